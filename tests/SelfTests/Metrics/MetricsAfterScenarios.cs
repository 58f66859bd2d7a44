using TemporalConformance.Checks;
using TemporalConformance.Gate;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>PostUpgrade on real scrapes of 1.29.1 that were changed, against a baseline of real scrapes of 1.27.3; the red ids stand in <see cref="MetricsScenarios.Violated"/>.</summary>
public sealed class MetricsAfterScenarios
{
    [Fact]
    public async Task What_got_worse_is_red_after_the_upgrade()
    {
        await using var phases = await MetricsPhases.StartAsync();
        await phases.TakeBaselineAsync();
        await phases.UpgradeAsync();
        var metrics = phases.Metrics;
        metrics.Edit(MetricsEdits.Scale("service_error_with_type", 60, series => series.Has("error_type", "serviceerror_Unavailable")), "frontend");
        metrics.Edit(MetricsEdits.Add("workflow_success", "workflow_failed", ["namespace=\"orders\",operation=\"CompletionStats\",service_name=\"history\""], 60), "history");
        metrics.Edit(MetricsEdits.Slower("service_latency", 3), "frontend");
        metrics.Edit(MetricsEdits.Slower("persistence_latency", 4));
        metrics.Edit(MetricsEdits.Set("persistence_sql_in_use", 20, series => series.Has("db_kind", "main")), "history-2");
        metrics.Edit(MetricsEdits.Add("workflow_success", "workflow_made_up", [.. Enumerable.Range(0, 15_000).Select(at => $"workflowType=\"T{at}\"")], 1), "history");
        metrics.Edit(MetricsEdits.Relabel("build_version", "1_29_1", "1_28_1"), "matching-2");

        var after = await phases.AskAsync(UpgradePhase.PostUpgrade);

        MetricsScenarios.ShouldBeRed(
            after,
            ("metrics/error-rate-held", "now the cluster's: Unavailable"),
            ("metrics/workflow-outcomes-held", "now by outcome: success"),
            ("metrics/latency-held", "Requests to the frontends are slower"),
            ("metrics/persistence-latency-held", "Requests to the database are slower"),
            ("metrics/series-count-held", "history: "),
            ("metrics/persistence-pool-free", "20 of 20 connections to main are in use"),
            ("path/one-running-version", "(matching) shows build_information 1.28.1"));
        after.Decision.ShouldBe(Decision.NoGo);
    }

    [Fact]
    public async Task Other_names_and_a_standstill_are_red_and_what_needs_requests_is_deferred()
    {
        await using var phases = await MetricsPhases.StartAsync();
        await phases.TakeBaselineAsync();
        await phases.UpgradeAsync();
        phases.Metrics.Edit(MetricsEdits.Freeze("service_requests"), "frontend");
        phases.Metrics.Edit(MetricsEdits.Prefix("temporal_"));

        var after = await phases.AskAsync(UpgradePhase.PostUpgrade);

        MetricsScenarios.ShouldBeRed(after, ("metrics/naming-unchanged", "tally, prefix temporal"), ("metrics/throughput-held", "The frontends take 0 requests a second"));
        after.ShouldSay("metrics/error-rate-held", Result.Deferred, "There are too few requests to compare");
        after.NotProven.ShouldContain(one => one.What.Contains("metrics/error-rate-held", StringComparison.Ordinal));
    }
}
