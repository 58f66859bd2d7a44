using TemporalConformance.Facts;
using TemporalConformance.Formats;

namespace TemporalConformance.SelfTests;

public sealed class RenderJudgementTests
{
    public static TheoryData<string> Charts => [.. FormatFiles.Charts];

    [Theory]
    [InlineData("rendered-0.72.0.yaml")]
    [InlineData("rendered-1.6.0.yaml")]
    public void A_healthy_render_is_accepted(string render)
    {
        var objects = FormatFiles.Render(render);
        RenderJudgement.Accepted(objects, Live(objects)).ShouldBeEmpty();
        RenderJudgement.SchemaStepGated(objects, pending: false).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Charts))]
    public void Recorded_renders_are_accepted_and_their_configuration_is_sound(string chart)
    {
        var objects = KubernetesObject.ReadAll(FormatFiles.Recorded("helm", chart, "rendered.yaml"), $"{chart}/rendered.yaml");
        var release = ReleaseCatalog.Load().FindChart(chart)!.Server;
        var configuration = ServerConfiguration.In(objects).ShouldHaveSingleItem().Configuration;
        var live = ServerConfiguration.In(FormatFiles.Render("rendered-0.72.0.yaml"))[0].Configuration;

        RenderJudgement.Accepted(objects, Live(objects)).ShouldBeEmpty();
        RenderJudgement.SchemaStepGated(objects, pending: false).ShouldBeEmpty();
        ConfigurationJudgement.PersistenceEqualsLive(configuration.Main, configuration.Visibility, live, chart).ShouldBeEmpty();
        ConfigurationJudgement.SupportedDriver(configuration.Stores).ShouldBeEmpty();
        ConfigurationJudgement.AuthorizerHasInternalFrontend(configuration).ShouldBeEmpty();
        ConfigurationJudgement.NoUnknownStaticKeys(configuration, StaticConfigKeys.For(release)!, release).ShouldBeEmpty();
        DynamicConfiguration.In(objects).ShouldHaveSingleItem().Configuration.ShouldSatisfyAllConditions(
            dynamic => dynamic.Errors.ShouldBeEmpty(),
            dynamic => DynamicJudgement.ValuesTyped(dynamic, DynamicConfigKeys.For(release)!).ShouldBeEmpty(),
            dynamic => DynamicJudgement.KeysRegistered(dynamic, DynamicConfigKeys.For(release)!).ShouldBeEmpty());
        ChartPin.Pinned(ReleaseCatalog.Load(), chart, null, release).Count.ShouldBe(chart == "0.70.0" ? 1 : 0);
    }

    [Theory]
    [InlineData("tls-0.72.0")]
    [InlineData("small-inline-password-0.72.0")]
    [InlineData("guide-over-production-0.72.0")]
    [InlineData("guide-over-production-0.73.2")]
    public void Recorded_variants_are_accepted_by_the_API_server(string variant) =>
        RenderJudgement.Accepted(KubernetesObject.ReadAll(FormatFiles.Recorded("helm", "variants", variant, "rendered.yaml"), variant)).ShouldBeEmpty();

    [Theory]
    [InlineData("0.63.0")]
    [InlineData("0.72.0")]
    [InlineData("0.74.0")]
    public void The_guides_values_alone_render_another_database(string chart)
    {
        var objects = KubernetesObject.ReadAll(FormatFiles.Recorded("helm", "guide-values", chart, "rendered.yaml"), chart);
        var configuration = ServerConfiguration.In(objects)[0].Configuration;
        var live = ServerConfiguration.In(FormatFiles.Render("rendered-0.72.0.yaml"))[0].Configuration;

        configuration.Main!.Engine.ShouldBe(StoreEngine.Cassandra);
        configuration.Visibility!.Engine.ShouldBe(StoreEngine.Elasticsearch);
        ConfigurationJudgement.PersistenceEqualsLive(configuration.Main, configuration.Visibility, live, chart).Count.ShouldBe(2);
    }

    [Fact]
    public void A_mount_without_a_volume_is_what_reused_values_lead_to()
    {
        var objects = FormatFiles.EditedRender("rendered-0.72.0.yaml", "            - name: config\n              mountPath", "            - name: config-sprig\n              mountPath");

        RenderJudgement.Accepted(objects).ShouldSatisfyAllConditions(
            findings => findings.Count.ShouldBe(4),
            findings => findings[0].Path.ShouldBe("Deployment/temporal-frontend"),
            findings => findings[0].Sentence.ShouldContain("config-sprig"),
            findings => findings[0].WriteThis!.ShouldContain("configMapsToMount"),
            findings => findings[0].Line.ShouldBeGreaterThan(100));
    }

    [Fact]
    public void A_ConfigMap_that_the_release_forgets_is_named() =>
        RenderJudgement.Accepted(FormatFiles.EditedRender("rendered-0.72.0.yaml", "  name: \"temporal-dynamic-config\"\n  labels", "  name: \"temporal-dynamic\"\n  labels"))
            .ShouldContain(one => one.Sentence.Contains("wants the ConfigMap temporal-dynamic-config", StringComparison.Ordinal));

    [Fact]
    public void Selectors_and_Job_names_that_are_taken_are_named()
    {
        var objects = FormatFiles.EditedRender("rendered-0.72.0.yaml", "name: temporal-schema-1", "name: temporal-schema");
        var live = new LiveNames(
            new Dictionary<string, IReadOnlyDictionary<string, string>> { ["Deployment/temporal-history"] = new Dictionary<string, string> { ["app"] = "temporal-history" } },
            ["temporal-schema", "other"]);

        var findings = RenderJudgement.Accepted(objects, live);

        findings.Select(one => one.Path).ShouldBe(["Deployment/temporal-history", "Job/temporal-schema"], ignoreOrder: true);
        findings.ShouldContain(one => one.Sentence.Contains("live by app=temporal-history", StringComparison.Ordinal));
        findings.ShouldContain(one => one.WriteThis == "kubectl delete job temporal-schema, once it is done");
        RenderJudgement.Accepted(FormatFiles.Render("rendered-1.6.0.yaml"), live with { Selectors = new Dictionary<string, IReadOnlyDictionary<string, string>>() })
            .ShouldBeEmpty("a hook is deleted before it is made anew");
    }

    [Fact]
    public void A_Job_that_bears_the_revision_takes_no_name_that_is_there() => RenderJudgement.Accepted(
        FormatFiles.Render("rendered-0.72.0.yaml"), new LiveNames(new Dictionary<string, IReadOnlyDictionary<string, string>>(), ["temporal-schema-1"]))
        .ShouldBeEmpty("helm template writes 1, helm upgrade the next revision");

    [Fact]
    public void Nothing_rendered_is_never_accepted() => RenderJudgement.Accepted([]).ShouldHaveSingleItem();

    [Theory]
    [InlineData("rendered-0.72.0.yaml", "temporal-schema-1 migrates beside the Deployments")]
    [InlineData("rendered-1.6.0.yaml", null)]
    public void A_migration_beside_the_Deployments_is_not_gated(string render, string? sentence)
    {
        var findings = RenderJudgement.SchemaStepGated(FormatFiles.Render(render), pending: true);
        if (sentence is null)
        {
            findings.ShouldBeEmpty();
        }
        else
        {
            findings.ShouldHaveSingleItem().Sentence.ShouldContain(sentence);
        }
    }

    [Theory]
    [InlineData("'update-schema', '--schema-dir'", "'update-schema', '-q', '--schema-dir'", "With -q")]
    [InlineData("admin-tools:1.29.1-tctl-1.18.4-cli-1.5.0", "admin-tools:1.27.2-tctl-1.18.2-cli-1.3.0", "migrates with admin-tools 1.27.2")]
    [InlineData("command: ['temporal-sql-tool', 'update-schema', '--schema-dir', '/etc/temporal/schema/postgresql/v12/visibility/versioned']", "command: ['true']", "one store of two")]
    public void A_job_that_migrates_badly_is_named(string good, string bad, string sentence) =>
        RenderJudgement.SchemaStepGated(FormatFiles.EditedRender("rendered-0.72.0.yaml", good, bad), pending: false).ShouldContain(one => one.Sentence.Contains(sentence, StringComparison.Ordinal));

    [Fact]
    public void Nothing_that_migrates_is_named_when_something_is_pending()
    {
        var objects = FormatFiles.Render("rendered-0.72.0.yaml").Where(one => one.Kind != "Job").ToList();
        RenderJudgement.SchemaStepGated(objects, pending: true).ShouldHaveSingleItem().Sentence.ShouldContain("no Job of the render");
        RenderJudgement.SchemaStepGated(objects, pending: null).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("0.72.0", true, "beside the Deployments")]
    [InlineData("0.72.0", null, "beside the Deployments")]
    [InlineData("0.72.0", false, null)]
    [InlineData("1.6.0", true, null)]
    [InlineData("1.0.0", true, "beside the Deployments")]
    public void Values_say_how_the_schema_is_migrated(string chart, bool? pending, string? sentence)
    {
        var findings = SchemaGate.Gated(FormatFiles.For(chart, FormatFiles.ValuesOf(chart)), pending);
        findings.Select(one => one.Sentence).ShouldBe(sentence is null ? [] : [findings.Count > 0 ? findings[0].Sentence : ""]);
        findings.ShouldAllBe(one => one.Sentence.Contains(sentence!, StringComparison.Ordinal));
    }

    [Fact]
    public void A_switched_off_migration_that_is_due_is_named()
    {
        var off = FormatFiles.For("1.6.0", FormatFiles.Edited("values-1.x.yaml", "manageSchema: true", "manageSchema: false"));
        SchemaGate.Gated(off, true).ShouldHaveSingleItem().Sentence.ShouldContain("nothing migrate");
        SchemaGate.Gated(off, null).ShouldBeEmpty();
        var unhooked = FormatFiles.For("1.6.0", HelmValues.Merge(FormatFiles.Values("values-1.x.yaml"), YamlReader.Read("schema: {useHelmHooks: false}", YamlDialect.Helm, "f")));
        SchemaGate.Gated(unhooked, true).ShouldHaveSingleItem().WriteThis.ShouldBe("schema:\n  useHelmHooks: true");
    }

    [Theory]
    [InlineData("temporalio/server:1.29.1", null, "temporalio/server", "1.29.1", "1.29.1", true)]
    [InlineData("registry.example.com:5000/mirror/temporalio/admin-tools:1.29.1-tctl-1.18.4-cli-1.5.0", "registry.example.com:5000", "mirror/temporalio/admin-tools", "1.29.1-tctl-1.18.4-cli-1.5.0", "1.29.1", true)]
    [InlineData("localhost/server@sha256:abc", "localhost", "server", null, null, false)]
    [InlineData("temporalio/ui:2.42.1@sha256:abc", null, "temporalio/ui", "2.42.1", "2.42.1", true)]
    [InlineData("temporalio/admin-tools:1.29", null, "temporalio/admin-tools", "1.29", null, true)]
    public void Images_are_taken_apart(string text, string? registry, string repository, string? tag, string? release, bool official)
    {
        var image = ImageReference.Parse(text)!;

        (image.Registry, image.Repository, image.Tag, image.Release?.ToString(), image.IsTemporal).ShouldBe((registry, repository, tag, release, official));
        image.ToString().ShouldBe(text);
    }

    private static LiveNames Live(IReadOnlyList<KubernetesObject> objects) => new(
        objects.Where(one => one.Kind == "Deployment").ToDictionary(one => one.Reference, one => one.Selector), []);
}
