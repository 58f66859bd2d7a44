using TemporalConformance.Cli;
using TemporalConformance.Facts;

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
}
