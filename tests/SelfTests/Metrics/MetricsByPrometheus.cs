using System.Text;
using TemporalConformance.Checks;
using TemporalConformance.Gate;
using TemporalConformance.Probes;

namespace TemporalConformance.SelfTests;

/// <summary>The same by way of a real Prometheus: what it scrapes, what it counts, its alerts and its past.</summary>
public sealed class MetricsByPrometheus
{
    private const string Rules = """
        groups:
        - name: temporal
          rules:
          - { alert: Requests, expr: 'sum(service_requests) > 0' }
          - { alert: Prometheus, expr: 'up == 1' }
          - { alert: Quiet, expr: 'sum(service_requests) < 0' }
        """;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_Prometheus_that_scrapes_the_processes_tells_what_they_would()
    {
        await using var phases = await MetricsPhases.StartAsync();
        await using var prometheus = await Prometheus.StartAsync(new() { Targets = phases.Metrics.Endpoints, Rules = Rules });
        var probe = Probe(prometheus);
        var looks = new PrometheusLooks(probe);
        var token = TestContext.Current.CancellationToken;
        await UntilAsync(async () => (await probe.RulesAsync(token)).Any(rule => rule.Alerts.Any(alert => alert.State == "firing")));
        await UntilAsync(async () => (await looks.LookAsync(token)).Processes.Count == 7);
        var look = await looks.LookAsync(token);
        var scraped = await MetricsCluster.LookAsync(phases.Metrics);

        look.Processes.Select(process => (process.Role, process.Series)).ShouldBe(scraped.Processes.Select(process => (process.Role, process.Series)), ignoreOrder: true);
        look.Names.ShouldBe(scraped.Names, ignoreOrder: true);
        look.Namings.ShouldBe(scraped.Namings);
        look.Versions.ShouldBe(scraped.Versions);
        MetricsTraffic? traffic = null;
        // Prometheus counts a process from its second scrape on, and does not scrape all of them at once.
        await UntilAsync(async () => (traffic = await looks.TrafficAsync(look, TimeSpan.FromMinutes(1), false, token)) is { Requests: > 1000 } && traffic.Persistence.Count > traffic.Requests / 2);
        traffic!.Latency.Quantile(0.95).ShouldNotBeNull().ShouldBeInRange(0.001, 1);
        traffic.Persistence.Count.ShouldBeGreaterThan(traffic.Requests / 2);
        traffic.Closes.Keys.ShouldContain("success");
        MetricsCluster.AnswerOf(() => looks.TrafficAsync(look, TimeSpan.FromMinutes(1), true, token).GetAwaiter().GetResult()).ShouldBeOfType<Deferred>()
            .Sentence.ShouldStartWith("The youngest process was started");

        var verdict = await phases.AskAsync(
            UpgradePhase.PreUpgrade, ("metrics.endpoints", ""), ("prometheus.url", prometheus.Address.AbsoluteUri), ("metrics.range", "1m"), ("window.start", "2026-03-01T22:00Z"));

        MetricsScenarios.ShouldBeRed(verdict, "metrics/no-alert-firing", "metrics/low-traffic-window");
        verdict.ShouldSay("metrics/no-alert-firing", Result.Violated, "Requests (").Observed.ShouldNotBeNull().ShouldNotContain("Prometheus (");
        verdict.ShouldSay("metrics/low-traffic-window", Result.Unanswered, "remembers too little");
        verdict.ShouldSay("metrics/every-role-scraped", Result.Met);
        verdict.ShouldSay("metrics/alert-rules-resolve", Result.Met);
        verdict.ShouldSay("path/one-running-version", Result.Met);
    }

    [Fact]
    public async Task A_target_that_is_down_is_not_scraped()
    {
        await using var phases = await MetricsPhases.StartAsync();
        await using var prometheus = await Prometheus.StartAsync(new() { Targets = phases.Metrics.Endpoints });
        var looks = new PrometheusLooks(Probe(prometheus));
        var token = TestContext.Current.CancellationToken;
        await UntilAsync(async () => (await looks.LookAsync(token)).Processes.Count == 7);

        await phases.Metrics.StopAsync("worker");
        await UntilAsync(async () => (await looks.LookAsync(token)).Silent.Count == 1);

        MetricsCluster.AnswerOf(() => MetricsHealth.EveryRoleScraped(looks.LookAsync(token).GetAwaiter().GetResult(), null)).ShouldBeOfType<Violated>().Observed.ShouldNotBeNull().ShouldContain("Prometheus cannot scrape http://127.0.0.1:");
    }

    [Fact]
    public async Task A_window_in_a_busy_hour_of_the_past_week_is_named()
    {
        await using var phases = await MetricsPhases.StartAsync();
        await using var prometheus = await Prometheus.StartAsync(new() { Past = phases.File("past.txt", Week(DateTimeOffset.UtcNow)) });

        var verdict = await phases.AskAsync(
            UpgradePhase.PreUpgrade, ("prometheus.url", prometheus.Address.AbsoluteUri), ("window.start", $"{DateTimeOffset.UtcNow.AddDays(2):yyyy-MM-ddTHH:00}Z"), ("window.length", "1h"));

        verdict.ShouldSay("metrics/low-traffic-window", Result.Violated, "The maintenance window lies in a busy hour");
    }

    // Steady for a week, a value a minute.
    private static string Week(DateTimeOffset now)
    {
        var text = new StringBuilder("# TYPE build_information gauge\n");
        var from = now - MetricsHealth.Week;
        for (var minute = 7 * 1440 - 10; minute <= 7 * 1440; minute++)
        {
            text.Append($"build_information{{instance=\"a\",job=\"temporal\",build_version=\"1_27_3\",service_name=\"frontend\"}} 1 {from.AddMinutes(minute).ToUnixTimeSeconds()}\n");
        }

        text.Append("# TYPE service_requests gauge\n");
        for (var minute = 0; minute <= 7 * 1440; minute++)
        {
            text.Append($"service_requests{{instance=\"a\",job=\"temporal\",service_name=\"frontend\"}} {minute * 600} {from.AddMinutes(minute).ToUnixTimeSeconds()}\n");
        }

        return text.Append("# EOF\n").ToString();
    }

    private static PrometheusProbe Probe(Prometheus prometheus) => new(prometheus.Address, TimeSpan.FromSeconds(10), new CallCounter(), MetricsCluster.Open);

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(s_patience);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(300));
        while (!await condition())
        {
            await tick.WaitForNextTickAsync(patience.Token);
        }
    }
}
