using TemporalConformance.Facts;
using TemporalConformance.Formats;

namespace TemporalConformance.SelfTests;

public sealed class ValuesFormatTests
{
    public static TheoryData<string> Charts => [.. FormatFiles.Charts];

    [Theory]
    [MemberData(nameof(Charts))]
    public void Healthy_values_match_their_charts(string chart)
    {
        var values = FormatFiles.For(chart, FormatFiles.ValuesOf(chart));
        var release = ReleaseCatalog.Load().FindChart(chart)!.Server;

        Wrong(values, release).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("0.63.0", "small-inline-password-0.63.0", "values.yaml")]
    [InlineData("0.72.0", "small-inline-password-0.72.0", "values.yaml")]
    [InlineData("0.72.0", "tls-0.72.0", "overlay.yaml")]
    public void Recorded_variants_match_their_charts(string chart, string variant, string file)
    {
        var recorded = HelmTexts.ReadValues(FormatFiles.Recorded("helm", "variants", variant, file), file);
        var values = file == "overlay.yaml" ? HelmValues.Merge(FormatFiles.Values("values-0.x.yaml"), recorded) : recorded;

        Wrong(FormatFiles.For(chart, values), ReleaseCatalog.Load().FindChart(chart)!.Server).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("0.63.0")]
    [InlineData("0.72.0")]
    [InlineData("1.6.0")]
    public void Computed_values_of_a_healthy_release_match_their_chart(string chart) =>
        ValuesFormat.MatchesChart(FormatFiles.For(chart, HelmTexts.ReadValues(FormatFiles.Recorded("helm", chart, "computed-values.yaml"), chart))).ShouldBeEmpty();

    [Theory]
    [InlineData("0.72.0")]
    [InlineData("1.6.0")]
    public void The_guides_values_are_taken_apart_key_by_key(string chart)
    {
        var findings = ValuesFormat.MatchesChart(FormatFiles.For(chart, "guide-values-1.29.yaml"));

        Say(findings, "server.config.services.frontend.eagerWorkflowStartEnabled").ShouldSatisfyAllConditions(
            one => one.Line.ShouldBe(14), one => one.WriteThis!.ShouldContain("system.enableEagerWorkflowStart"), one => one.InsteadOf.ShouldBe("true"));
        Say(findings, "server.config.services.frontend.rateLimit").WriteThis!.ShouldContain("frontend.namespaceRPS");
        Say(findings, "server.config.persistence.datastores.default").ShouldSatisfyAllConditions(
            one => one.Sentence.ShouldContain("driver, host, port, database, user, existingSecret"),
            one => one.Sentence.ShouldContain(chart == "1.6.0" ? "no valid driver" : "persistence.default"));
        Say(findings, "server.config.global.tls").WriteThis!.ShouldSatisfyAllConditions(
            yaml => yaml.ShouldContain("clientCaFiles: [ /etc/temporal/certs/ca.crt ]"), yaml => yaml.ShouldContain("requireClientAuth: true"),
            yaml => yaml.ShouldContain("rootCaFiles"), yaml => yaml.ShouldNotContain("minVersion"));
        Say(findings, "server.config.global.tls.internode.server.minVersion").Sentence.ShouldContain("TLS 1.2");
        Say(findings, "server.config.global.tls.internode.server.clientCAFile").WriteThis!.ShouldContain("requireClientAuth");
        Say(findings, "server.config.global.tls.internode.client.caFile").WriteThis!.ShouldContain("rootCaFiles");
        findings.ShouldAllBe(one => one.CheckId == "values/format-matches-chart" && one.File == "guide-values-1.29.yaml");
    }

    [Fact]
    public void For_a_0_x_chart_the_guides_values_mean_an_empty_Cassandra()
    {
        var values = FormatFiles.For("0.72.0", "guide-values-1.29.yaml");
        var findings = ValuesFormat.MatchesChart(values, ["temporal-default-store"]);

        Say(findings, "cassandra.enabled").Sentence.ShouldContain("the main store would be this new, empty one");
        Say(findings, "elasticsearch.enabled").Sentence.ShouldContain("visibility store");
        Say(findings, "server.config.persistence.numHistoryShards").WriteThis!.ShouldContain("numHistoryShards: 4096");
        findings.ShouldContain(one => one.Sentence.Contains("temporal-default-store", StringComparison.Ordinal) && one.WriteThis!.StartsWith("existingSecret"));
        Say(findings, "server.config.persistence.datastores.default").WriteThis!.ShouldBe(
            """
            server:
              config:
                persistence:
                  default:
                    driver: sql
                    sql:
                      driver: "postgres12"
                      host: "postgresql.example.com"
                      port: 5432
                      database: "temporal"
                      user: "temporal"
                      existingSecret: "temporal-default-store"
                      maxConns: 50
                      maxIdleConns: 10
                      maxConnLifetime: "1h"
            """);
        values.Main!.Engine.ShouldBe(StoreEngine.Cassandra);
        values.Shards.ShouldBe(512);
    }

    [Fact]
    public void For_a_1_x_chart_the_stores_are_written_anew()
    {
        var written = Say(ValuesFormat.MatchesChart(FormatFiles.For("1.6.0", "guide-values-1.29.yaml")), "server.config.persistence.datastores.visibility").WriteThis!;

        written.ShouldContain("pluginName: \"postgres12\"");
        written.ShouldContain("connectAddr:");
        written.ShouldContain("postgresql.example.com:5432");
        var store = new ChartValues(YamlReader.Read(written, YamlDialect.Helm, "w"), FormatFiles.Layout("1.6.0")).Visibility!;
        (store.Address, store.Secret, store.Plugin).ShouldBe(("postgresql.example.com:5432/temporal_visibility", "temporal-visibility-store", "postgres12"));
    }

    [Fact]
    public void What_is_advised_is_right_by_itself()
    {
        foreach (var chart in new[] { "0.72.0", "1.6.0" })
        {
            var findings = ValuesFormat.MatchesChart(FormatFiles.For(chart, "guide-values-1.29.yaml"));
            var advice = findings.Where(one => one.WriteThis?.Contains(":\n", StringComparison.Ordinal) == true)
                .Select(one => YamlReader.Read(one.WriteThis!, YamlDialect.Helm, one.Path));
            var rewritten = FormatFiles.For(chart, HelmValues.Merge(advice));

            Wrong(rewritten, ServerVersion.Parse("1.29.1")).Where(one => !one.Path.EndsWith(".enabled", StringComparison.Ordinal)).ShouldBeEmpty(chart);
        }
    }

    [Fact]
    public void Values_of_the_other_generation_are_told_apart()
    {
        var old = ValuesFormat.MatchesChart(FormatFiles.For("1.6.0", "values-0.x.yaml"));
        Say(old, "cassandra").Sentence.ShouldContain("The render stops");
        Say(old, "server.config.persistence.default").WriteThis!.ShouldContain("datastores:");
        Say(old, "server.config.numHistoryShards").WriteThis!.ShouldContain("numHistoryShards: 512");
        Say(old, "schema.update").WriteThis!.ShouldContain("manageSchema: true");

        var young = ValuesFormat.MatchesChart(FormatFiles.For("0.72.0", "values-1.x.yaml"));
        Say(young, "server.config.persistence.datastores.default").WriteThis!.ShouldContain("host: postgresql.example.com");
        Say(young, "cassandra.enabled").WriteThis.ShouldBe("cassandra:\n  enabled: false");
    }

    [Fact]
    public void A_misspelt_key_is_named_with_the_one_that_is_meant()
    {
        var finding = ValuesFormat.MatchesChart(FormatFiles.For("0.72.0", FormatFiles.Edited("values-0.x.yaml", "    numHistoryShards", "    numHistoryShard"))).ShouldHaveSingleItem();

        finding.WriteThis!.ShouldStartWith("numHistoryShards");
        finding.Line.ShouldBe(23);
        finding.Grave.ShouldBeTrue();
    }

    [Fact]
    public void A_key_without_any_effect_is_no_grave_matter() =>
        ValuesFormat.MatchesChart(FormatFiles.For("0.72.0", FormatFiles.Edited("values-0.x.yaml", "  replicaCount: 1\n  metrics:", "  replicaCount: 1\n  x-mine: 2\n  metrics:")))
            .ShouldHaveSingleItem().Grave.ShouldBeFalse();

    [Fact]
    public void Reused_values_lose_what_the_new_chart_brings()
    {
        var catalog = ReleaseCatalog.Load();
        var values = FormatFiles.Values("values-0.x.yaml");

        var far = ValuesFormat.Reused(catalog.FindChart("0.63.0")!, catalog.FindChart("0.73.2")!, values);
        Say(far, "server.image.tag").Sentence.ShouldContain("1.27.2");
        Say(far, "server.configMapsToMount").Sentence.ShouldContain("refuses the Deployments");
        Say(ValuesFormat.Reused(catalog.FindChart("0.63.0")!, catalog.FindChart("1.6.0")!, values), "cassandra").Sentence.ShouldContain("the render stops");
        ValuesFormat.Reused(catalog.FindChart("0.63.0")!, catalog.FindChart("0.63.0")!, values).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null, "1.29.1", "No chart version is named")]
    [InlineData("latest", "1.29.1", "not a version")]
    [InlineData("0.99.0", "1.29.1", "not known")]
    [InlineData("0.70.0", "1.29.1", "should not be used")]
    [InlineData("0.70.0", "1.29.1", "installs server 1.29.0")]
    [InlineData("0.72.0", "1.28.1", "installs server 1.29.1")]
    public void A_chart_is_pinned_or_not(string? version, string target, string sentence) =>
        ChartPin.Pinned(ReleaseCatalog.Load(), version, FormatFiles.Values("values-0.x.yaml"), ServerVersion.Parse(target)).ShouldContain(one => one.Sentence.Contains(sentence, StringComparison.Ordinal));

    [Fact]
    public void A_pinned_chart_with_the_targets_images_is_fine()
    {
        var catalog = ReleaseCatalog.Load();
        ChartPin.Pinned(catalog, "0.72.0", FormatFiles.Values("values-0.x.yaml"), ServerVersion.Parse("1.29.1"), "0.63.0").ShouldBeEmpty();
        ChartPin.Pinned(catalog, "0.72.0", FormatFiles.Values("values-0.x.yaml"), ServerVersion.Parse("1.29.1"), "0.73.2").ShouldHaveSingleItem().Sentence.ShouldContain("older than the installed");
        ChartPin.Pinned(catalog, "0.72.0", FormatFiles.Values("guide-values-1.29.yaml"), ServerVersion.Parse("1.29.1")).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            one => one.Sentence.ShouldContain("1.29.1-tctl-1.18.2-cli-1.3.0"), one => one.WriteThis!.ShouldContain("1.29.1-tctl-1.18.4-cli-1.5.0"));
    }

    private static IReadOnlyList<Finding> Wrong(ChartValues values, ServerVersion release) =>
    [
        .. ValuesFormat.MatchesChart(values),
        .. ConfigurationJudgement.SupportedDriver(values.Stores),
        .. ConfigurationJudgement.AuthorizerHasInternalFrontend(values),
        .. StaticConfigKeys.For(release) is { } keys ? ConfigurationJudgement.NoUnknownStaticKeys(values, keys, release) : [],
    ];

    private static Finding Say(IReadOnlyList<Finding> findings, string path) =>
        findings.FirstOrDefault(one => one.Path == path).ShouldNotBeNull($"{path} is not among\n{string.Join('\n', findings.Select(one => one.Where))}");
}
