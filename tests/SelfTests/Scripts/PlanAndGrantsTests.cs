using TemporalConformance.Cli;
using TemporalConformance.Facts;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>The two commands that say beforehand what a run needs and does. Nothing listens at their addresses: they ask nobody.</summary>
public sealed class PlanAndGrantsTests
{
    private static readonly string[] s_sets =
    [
        "stores.main.connection=Host=db.invalid;Database=temporal;Username=Reader;Password=a-secret-word", "stores.visibility.connection=postgresql://Reader@db.invalid/vis",
        "temporal.address=frontend.invalid:7233", "migration.files=schema", "stores.main.migrationRole=o'wner",
    ];

    [Fact]
    public void The_plan_names_systems_statements_files_and_the_canary_and_no_secret()
    {
        var plan = PlanCommand.Text(SettingsSource.Read("{}", s_sets), "/tmp/results-of-a-test", sql: false);

        foreach (var part in new[]
        {
            "Reader@db.invalid:5432/temporal (--set)", "Reader@db.invalid:5432/vis", "frontend.invalid:7233", "READ ONLY", "table schema_version (needs SELECT ON TABLE schema_version)",
            "/tmp/results-of-a-test", "baseline.json", "namespace temporal-conformance", "(migration.files)",
        })
        {
            plan.ShouldContain(part);
        }

        plan.ShouldNotContain("a-secret-word");
        plan.ShouldNotContain("FROM schema_version");
    }

    [Fact]
    public void The_plan_prints_the_statements_on_demand()
    {
        var plan = PlanCommand.Text(SettingsSource.Read("{}", s_sets), "results", sql: true);

        plan.ShouldContain("FROM schema_version WHERE version_partition = 0");
        plan.ShouldContain("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        plan.ShouldContain(@"r.rolname = E'o\'wner'");
    }

    [Fact]
    public void Without_settings_the_plan_is_that_of_the_demonstration() =>
        PlanCommand.Text(Settings.Defaults, "results", sql: false).ShouldStartWith("What a run would read and write. Nothing was asked or written to say this.\n\nNo setting names a system");

    [Fact]
    public void The_grants_are_a_script_for_psql_with_the_names_of_the_settings()
    {
        var script = GrantsCommand.Script(SettingsSource.Read("{}", s_sets), null, "tem poral");

        script.ShouldContain("\\connect vis\n");
        script.ShouldContain("GRANT CONNECT ON DATABASE temporal TO \"Reader\";");
        script.ShouldContain("GRANT SELECT ON TABLE \"tem poral\".cluster_metadata_info TO \"Reader\";");
        script.ShouldNotContain("a-secret-word");
        script.Split('\n').Count(line => line.StartsWith("CREATE ROLE", StringComparison.Ordinal)).ShouldBe(1, "both stores are on one server");
        script.Split('\n').Where(line => line.Length > 0 && !line.StartsWith("--", StringComparison.Ordinal)).ShouldAllBe(line => line.EndsWith(';') || line.StartsWith('\\'));
    }

    [Fact]
    public void Without_settings_the_usual_names_stand_in_the_grants()
    {
        var script = GrantsCommand.Script(Settings.Defaults, null, "public");

        script.ShouldContain("\\connect temporal_visibility\n");
        script.ShouldContain("CREATE ROLE temporal_conformance LOGIN");
    }

    [Fact]
    public async Task The_plan_lists_what_the_upgrade_changes_where_files_show_it()
    {
        using var folder = new ScratchFolder();
        var installed = Path.Combine(folder.Path, "installed.yaml");
        await File.WriteAllTextAsync(installed, FormatFiles.Text("rendered-0.72.0.yaml").Replace("server:1.29.1", "server:1.27.2", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        var settings = SettingsSource.Read("{}", [$"helm.manifests={Recordings.HelmRender}", $"helm.installed={installed}"]);

        var (told, lines) = await PlannedChanges.LinesAsync(settings, asks: false, TestContext.Current.CancellationToken);

        told.ShouldBeTrue();
        lines[0].ShouldBe("what the upgrade changes");
        lines[2].ShouldBe("  runs     Job/temporal-schema-1 (migrates the databases)");
        var history = lines.ToList().IndexOf("  changes  Deployment/temporal-history");
        lines[history + 1].Trim().ShouldBe("image of temporal-history temporalio/server:1.27.2 → temporalio/server:1.29.1");
    }

    [Fact]
    public async Task The_plan_asks_the_cluster_what_is_installed_only_when_it_is_told_to()
    {
        await using var cluster = await Cluster.StartAsync();
        var settings = SettingsSource.Read("{}", [$"helm.values={Recordings.HelmValues}", $"helm.manifests={Recordings.HelmRender}", $"kubernetes.kubeconfig={cluster.Kubeconfig()}", $"kubernetes.namespace={KubernetesStandIn.Namespace}"]);

        string.Join('\n', (await PlannedChanges.LinesAsync(settings, asks: false, TestContext.Current.CancellationToken)).Lines).ShouldContain("./run.sh plan --changes lists it");
        cluster.StandIn.Requests.ShouldBeEmpty();

        var (told, lines) = await PlannedChanges.LinesAsync(settings, asks: true, TestContext.Current.CancellationToken);

        told.ShouldBeTrue();
        lines[1].ShouldStartWith("  installed 0.63.0 (");
        lines.ShouldContain("  runs     Job/temporal-schema-1 (migrates the databases)");
        lines.ShouldContain("             image of temporal-history temporalio/server:1.27.2 → temporalio/server:1.29.1");
    }

    [Theory]
    [InlineData("", "neither helm.values nor helm.manifests nor helm.chartPath")]
    [InlineData("helm.manifests=/nowhere/rendered.yaml", "The file cannot be read")]
    [InlineData("helm.values=VALUES", "nothing shows what is installed")]
    public async Task The_plan_says_why_it_cannot_tell_what_the_upgrade_changes(string set, string said)
    {
        var settings = SettingsSource.Read("{}", set.Length == 0 ? [] : [set.Replace("VALUES", Recordings.HelmValues, StringComparison.Ordinal)]);

        var (told, lines) = await PlannedChanges.LinesAsync(settings, asks: true, TestContext.Current.CancellationToken);

        told.ShouldBeFalse("whoever asks for it and gets no answer sees it by the exit code");
        string.Join('\n', lines).ShouldContain(said);
    }

    [Fact]
    public async Task Without_a_render_images_and_keys_of_the_values_are_compared()
    {
        using var folder = new ScratchFolder();
        var (values, installed) = (Path.Combine(folder.Path, "values.yaml"), Path.Combine(folder.Path, "installed.yaml"));
        await File.WriteAllTextAsync(values, FormatFiles.Text("values-0.x.yaml").Replace("    replicaCount: 2", "    replicaCount: 5", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(installed, "USER-SUPPLIED VALUES:\n" + FormatFiles.Text("values-0.x.yaml"), TestContext.Current.CancellationToken);
        var settings = SettingsSource.Read("{}", [$"helm.values={values}", "helm.chart=0.72.0", $"helm.installed={installed}"]);

        var lines = (await PlannedChanges.LinesAsync(settings, asks: false, TestContext.Current.CancellationToken)).Lines;

        lines.ShouldContain("  only images and values are compared: no render is at hand");
        lines.ShouldContain("  changes  values server.worker.replicaCount");
        lines.ShouldContain("  new      image of the servers");
    }
}
