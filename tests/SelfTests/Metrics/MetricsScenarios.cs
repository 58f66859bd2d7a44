using TemporalConformance.Checks;
using TemporalConformance.Gate;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>The checks of metrics as a user asks them: phases on stand-ins that answer real scrapes, and on a real Prometheus. Known-bad is known-good with edits.</summary>
public sealed class MetricsScenarios
{
    /// <summary>The checks that a scenario here has seen red.</summary>
    public static readonly string[] Violated =
    [
        "metrics/every-role-scraped", "metrics/names-present", "metrics/naming-unchanged", "metrics/changed-meanings", "metrics/dashboards-resolve", "metrics/alert-rules-resolve",
        "metrics/no-alert-firing", "metrics/low-traffic-window", "metrics/error-rate-held", "metrics/workflow-outcomes-held", "metrics/latency-held", "metrics/persistence-latency-held",
        "metrics/throughput-held", "metrics/series-count-held", "metrics/persistence-pool-free", "metrics/worker-slots-free", "eager/clients-already-asking",
    ];

    private const string Healthy = """
        { "title": "Server", "panels": [
          { "title": "Requests", "type": "timeseries", "targets": [ { "refId": "A", "expr": "sum(rate(service_requests{operation=~\"$operation\"}[$__rate_interval])) by (operation)" } ] },
          { "title": "Shards", "type": "stat", "targets": [ { "refId": "A", "expr": "sum(numshards_gauge)" } ] } ] }
        """;

    private const string Unhealthy = """
        { "title": "Server", "panels": [
          { "title": "Errors", "type": "timeseries", "targets": [ { "refId": "A", "expr": "sum(rate(service_errors[5m]))" } ] },
          { "title": "Database", "type": "timeseries", "targets": [ { "refId": "A", "expr": "rate(temporal_persistence_requests_total[5m])" } ] } ] }
        """;

    [Fact]
    public async Task Real_scrapes_before_and_after_the_upgrade_are_green()
    {
        await using var phases = await MetricsPhases.StartAsync();
        var dashboards = ("prometheus.dashboards", phases.File("server.json", Healthy));

        var before = await phases.AskAsync(UpgradePhase.PreUpgrade, dashboards);
        await phases.UpgradeAsync();
        var after = await phases.AskAsync(UpgradePhase.PostUpgrade, dashboards);

        ShouldBeRed(before, "", "");
        ShouldBeRed(after, "", "");
        before.Run!.Baseline.ShouldNotBeNull().ShouldStartWith("written to");
        foreach (var id in new[] { "metrics/error-rate-held", "metrics/workflow-outcomes-held", "metrics/latency-held", "metrics/persistence-latency-held", "metrics/throughput-held", "metrics/series-count-held" })
        {
            after.ShouldSay(id, Result.Met);
        }

        before.ShouldSay("metrics/dashboards-resolve", Result.Met);
        before.ShouldSay("metrics/persistence-pool-free", Result.NotApplicable, "does not show its pools");
        after.ShouldSay("metrics/persistence-pool-free", Result.Met);
        before.ShouldSay("path/one-running-version", Result.Met);
        after.ShouldSay("path/one-running-version", Result.Met);
    }

    [Fact]
    public async Task What_is_wrong_before_the_upgrade_is_red_there()
    {
        await using var phases = await MetricsPhases.StartAsync();
        phases.Metrics.Edit(MetricsEdits.Remove("numshards_gauge"));
        phases.Metrics.Edit(MetricsEdits.Set("temporal_worker_task_slots_available", 0, series => series.Has("namespace", "orders")), "worker");
        phases.Metrics.Edit(MetricsEdits.Add("workflow_success", "workflow_eager_execution_denied", ["namespace=\"orders\",reason=\"dynamic_config_disabled\",service_name=\"history\""], 12), "history-1");

        var before = await phases.AskAsync(
            UpgradePhase.PreUpgrade,
            ("metrics.workers", phases.Metrics.Endpoint("worker-1").AbsoluteUri),
            ("prometheus.dashboards", phases.File("server.json", Unhealthy)),
            ("prometheus.rules", phases.File("rules.yaml", "groups:\n- name: temporal\n  rules:\n  - alert: Errors\n    expr: rate(temporal_request_errors_total[5m]) > 1\n")));

        ShouldBeRed(
            before,
            ("metrics/names-present", "numshards_gauge is missing"),
            ("metrics/worker-slots-free", "no slot is free for"),
            ("eager/clients-already-asking", "orders: dynamic_config_disabled"),
            ("metrics/dashboards-resolve", "broken already: "),
            ("metrics/alert-rules-resolve", "rules.yaml:5"),
            ("metrics/changed-meanings", "service_errors: since 1.28.0"));
        before.ShouldSay("metrics/dashboards-resolve", Result.Violated, "instead: ");
        before.Decision.ShouldBe(Decision.Go);
    }

    [Fact]
    public async Task A_process_that_nobody_can_scrape_blocks_the_upgrade()
    {
        await using var phases = await MetricsPhases.StartAsync();
        await phases.Metrics.StopAsync("worker");

        var before = await phases.AskAsync(UpgradePhase.PreUpgrade);

        ShouldBeRed(before, "metrics/every-role-scraped", "path/one-running-version");
        before.ShouldSay("metrics/every-role-scraped", Result.Violated, "Nothing listens at");
        before.Decision.ShouldBe(Decision.NoGo);
    }

    [Fact]
    public async Task Without_metrics_the_verdict_is_partial_and_says_so()
    {
        await using var phases = await MetricsPhases.StartAsync();

        var before = await phases.AskAsync(UpgradePhase.PreUpgrade, ("metrics.endpoints", ""));

        before.Checks.Single(check => check.Id == "metrics/every-role-scraped").Result.ShouldBe(Result.NotApplicable);
        before.Run!.Scope.NotConnected.ShouldContain("metrics");
    }

    /// <summary>Exactly these checks are violated, each with these words; none is unanswered.</summary>
    internal static void ShouldBeRed(PhaseVerdict verdict, params (string Id, string Words)[] violated)
    {
        ShouldBeRed(verdict, string.Join(' ', violated.Select(one => one.Id)), "");
        foreach (var (id, words) in violated)
        {
            verdict.ShouldSay(id, Result.Violated, words);
        }
    }

    /// <summary>Exactly these checks are violated, and exactly these unanswered; ids with a blank between them.</summary>
    internal static void ShouldBeRed(PhaseVerdict verdict, string violated, string unanswered)
    {
        var told = string.Join('\n', verdict.Checks.Where(check => check.Result is Result.Violated or Result.Unanswered).Select(check => $"{check.Result.Text()} {check.Id}: {check.Message} | {check.Observed}"));
        verdict.Checks.Where(check => check.Result == Result.Violated).Select(check => check.Id).ShouldBe(Words(violated), ignoreOrder: true, told);
        verdict.Checks.Where(check => check.Result == Result.Unanswered).Select(check => check.Id).ShouldBe(Words(unanswered), ignoreOrder: true, told);
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
