using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.Probes;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>Judgements on one look at real scrapes, with one thing changed.</summary>
public sealed class MetricsHealthTests
{
    private static readonly MetricsLimits s_limits = Facts.Settings.Defaults.Metrics.Limits;
    private static readonly Dictionary<string, int> s_pods = new() { ["frontend"] = 2, ["history"] = 2, ["matching"] = 2, ["worker"] = 1 };

    [Theory]
    [InlineData("1.27.3", false)]
    [InlineData("1.28.1", false)]
    [InlineData("1.29.1", false)]
    [InlineData("1.29.1", true)]
    public async Task A_real_cluster_is_understood_whole(string release, bool openTelemetry)
    {
        await using var standIn = await MetricsStandIn.StartAsync(new() { Release = release, OpenTelemetry = openTelemetry });

        var look = await MetricsCluster.LookAsync(standIn);

        look.Processes.Select(process => process.Role).ShouldBe(["frontend", "frontend", "history", "history", "matching", "matching", "worker"]);
        look.Versions.ShouldBe([ServerVersion.Parse(release)]);
        look.Namings.ShouldHaveSingleItem().Framework.ShouldBe(openTelemetry ? MetricFramework.OpenTelemetry : MetricFramework.Tally);
        MetricsHealth.EveryRoleScraped(look, s_pods);
        MetricsHealth.NamesPresent(look, ServerMetrics.For(ServerVersion.Parse(release)), null);
        MetricsHealth.NamingUnchanged(look, null);
        var comparable = await MetricsCluster.TrafficAsync(standIn);
        comparable.Requests.ShouldBe(0);
        comparable.Notes.ShouldBeEmpty();
    }

    [Fact]
    public async Task Both_reporters_tell_the_same_kinds_of_figures()
    {
        await using var standIn = await MetricsStandIn.StartAsync(new() { Release = "1.29.1", OpenTelemetry = true, RequestsPerSecond = MetricsCluster.Busy });

        var traffic = await MetricsCluster.TrafficAsync(standIn);

        traffic.Rate.ShouldBeInRange(MetricsCluster.Busy / 2, MetricsCluster.Busy * 1.5);
        traffic.Closes.Keys.ShouldContain("success");
        // Milliseconds in the scrape, seconds here.
        traffic.Latency.Quantile(0.5).ShouldNotBeNull().ShouldBeInRange(0.001, 0.1);
    }

    [Fact]
    public async Task A_process_without_metrics_is_no_and_a_silent_one_is_could_not_tell()
    {
        await using var standIn = await MetricsStandIn.StartAsync();
        standIn.Set(MetricsFault.InternalError, "matching-1");
        var silent = MetricsCluster.AnswerOf(() => MetricsHealth.EveryRoleScraped(MetricsCluster.LookAsync(standIn).Result, null)).ShouldBeOfType<Unanswered>();
        await standIn.StopAsync("worker");
        var gone = MetricsCluster.AnswerOf(() => MetricsHealth.EveryRoleScraped(MetricsCluster.LookAsync(standIn).Result, null)).ShouldBeOfType<Violated>();

        silent.Observed.ShouldNotBeNull().ShouldContain("answers 500 instead of metrics");
        gone.Observed.ShouldNotBeNull().ShouldContain("Nothing listens");
        gone.Observed.ShouldNotBeNull().ShouldContain("worker: no process of this role is scraped");
    }

    [Fact]
    public async Task Pods_that_nobody_scrapes_are_counted()
    {
        await using var standIn = await MetricsStandIn.StartAsync();
        var look = await MetricsCluster.LookAsync(standIn);

        MetricsCluster.AnswerOf(() => MetricsHealth.EveryRoleScraped(look, new Dictionary<string, int>(s_pods) { ["history"] = 3 }))
            .ShouldBeOfType<Violated>().Observed.ShouldBe("history: 3 pods are ready, 2 processes are scraped");
    }

    [Fact]
    public async Task A_metric_that_is_there_from_the_start_is_missed_and_one_of_first_use_is_not()
    {
        await using var standIn = await MetricsStandIn.StartAsync();
        standIn.Edit(MetricsEdits.Remove("numshards_gauge"));
        standIn.Edit(MetricsEdits.Remove("service_error_with_type"));
        var look = await MetricsCluster.LookAsync(standIn);

        var answer = MetricsCluster.AnswerOf(() => MetricsHealth.NamesPresent(look, ServerMetrics.For(ServerVersion.Parse("1.27.3")), null)).ShouldBeOfType<Violated>();

        answer.Observed.ShouldNotBeNull().ShouldContain("numshards_gauge is missing: 1.27.3 shows it from the start of a process");
        answer.Observed.ShouldNotBeNull().ShouldNotContain("service_error_with_type");
    }

    [Fact]
    public async Task Another_prefix_or_framework_than_before_is_named()
    {
        await using var before = await MetricsStandIn.StartAsync(new() { Release = "1.29.1" });
        var section = MetricsSection.Of(await MetricsCluster.LookAsync(before), null, []);
        await using var openTelemetry = await MetricsStandIn.StartAsync(new() { Release = "1.29.1", OpenTelemetry = true });
        before.Edit(MetricsEdits.Prefix("temporal_"), "frontend");
        var mixed = await MetricsCluster.LookAsync(before);
        before.Edit(MetricsEdits.Prefix("temporal_"), "history", "matching", "worker");
        var prefixed = await MetricsCluster.LookAsync(before);
        var other = await MetricsCluster.LookAsync(openTelemetry);

        MetricsCluster.AnswerOf(() => MetricsHealth.NamingUnchanged(mixed, null)).ShouldBeOfType<Violated>().Sentence.ShouldBe("The processes name their metrics in different ways.");
        var renamed = MetricsCluster.AnswerOf(() => MetricsHealth.NamingUnchanged(prefixed, section)).ShouldBeOfType<Violated>();
        (renamed.Wanted, renamed.Observed).ShouldBe(("tally, no prefix", "tally, prefix temporal"));
        MetricsCluster.AnswerOf(() => MetricsHealth.NamingUnchanged(other, section)).ShouldBeOfType<Violated>().Observed
            .ShouldBe("opentelemetry, no prefix, counters end in _total, units as suffixes, timers in milliseconds");
    }

    [Fact]
    public async Task Many_more_series_of_one_role_are_named()
    {
        await using var standIn = await MetricsStandIn.StartAsync(new() { Release = "1.29.1" });
        var section = MetricsSection.Of(await MetricsCluster.LookAsync(standIn), null, []);
        standIn.Edit(MetricsEdits.Add("workflow_success", "workflow_made_up", [.. Enumerable.Range(0, 20_000).Select(at => $"workflowType=\"T{at}\"")], 1), "history");

        var answer = MetricsCluster.AnswerOf(() => MetricsHealth.SeriesCountHeld(section, MetricsCluster.LookAsync(standIn).Result, s_limits)).ShouldBeOfType<Violated>();

        answer.Observed.ShouldNotBeNull().ShouldStartWith("history: ");
        answer.Observed.Split('\n').ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_pool_that_is_nearly_used_up_is_named_and_older_releases_show_none()
    {
        await using var newer = await MetricsStandIn.StartAsync(new() { Release = "1.29.1" });
        await using var older = await MetricsStandIn.StartAsync(new() { Release = "1.27.3" });
        MetricsHealth.PersistencePoolFree(await MetricsCluster.LookAsync(newer), s_limits, true);
        newer.Edit(MetricsEdits.Set("persistence_sql_in_use", 19, series => series.Has("db_kind", "main")), "history-1");

        var full = MetricsCluster.AnswerOf(() => MetricsHealth.PersistencePoolFree(MetricsCluster.LookAsync(newer).Result, s_limits, true)).ShouldBeOfType<Violated>();

        full.Observed.ShouldBe($"{newer.Endpoint("history-1")}: 19 of 20 connections to main are in use");
        var look = await MetricsCluster.LookAsync(older);
        MetricsCluster.AnswerOf(() => MetricsHealth.PersistencePoolFree(look, s_limits, false)).ShouldBeOfType<NotApplicable>();
        MetricsCluster.AnswerOf(() => MetricsHealth.PersistencePoolFree(look, s_limits, true)).ShouldBeOfType<Unanswered>();
    }

    // The server's own worker is a worker of the Go SDK, and shows what a user's shows.
    [Fact]
    public async Task A_worker_without_a_free_slot_is_named()
    {
        await using var standIn = await MetricsStandIn.StartAsync();
        var token = TestContext.Current.CancellationToken;
        var worker = new MetricsProbe(new MetricsAccess([new MetricsEndpoint(standIn.Endpoint("worker-1"))], MetricsCluster.Open), new CallCounter());
        MetricsHealth.WorkerSlotsFree(await worker.ReadAsync(token));
        standIn.Edit(MetricsEdits.Set("temporal_worker_task_slots_available", 0, series => series.Has("worker_type", "ActivityWorker") && series.Has("namespace", "orders")), "worker");
        var busy = await worker.ReadAsync(token);
        var frontend = await new MetricsProbe(new MetricsAccess([new MetricsEndpoint(standIn.Endpoint("frontend-1"))], MetricsCluster.Open), new CallCounter()).ReadAsync(token);

        MetricsCluster.AnswerOf(() => MetricsHealth.WorkerSlotsFree(busy)).ShouldBeOfType<Violated>().Observed.ShouldNotBeNull().ShouldContain("no slot is free for ActivityWorker of orders");
        MetricsCluster.AnswerOf(() => MetricsHealth.WorkerSlotsFree(frontend)).ShouldBeOfType<Unanswered>().Observed.ShouldNotBeNull().ShouldContain("shows no temporal_worker_task_slots_available");
    }

    [Fact]
    public async Task Clients_that_ask_for_eager_start_in_vain_are_counted()
    {
        await using var standIn = await MetricsStandIn.StartAsync();
        MetricsHealth.NobodyAsksForEagerStart(await MetricsCluster.LookAsync(standIn), ServerVersion.Parse("1.29.1"));
        standIn.Edit(MetricsEdits.Add("workflow_success", "workflow_eager_execution_denied", ["namespace=\"orders\",reason=\"dynamic_config_disabled\",service_name=\"history\""], 12), "history-1");

        var answer = MetricsCluster.AnswerOf(() => MetricsHealth.NobodyAsksForEagerStart(MetricsCluster.LookAsync(standIn).Result, ServerVersion.Parse("1.29.1"))).ShouldBeOfType<Violated>();

        answer.Observed.ShouldBe("orders: dynamic_config_disabled, 12 times");
    }

    [Theory]
    [InlineData(90, typeof(Violated), "90 % of the week's peak")]
    [InlineData(40, null, "")]
    public void A_window_is_compared_with_the_same_hours_of_the_past_week(double then, Type? type, string words)
    {
        var now = new DateTimeOffset(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);
        var start = new DateTimeOffset(2026, 3, 7, 22, 0, 0, TimeSpan.Zero);
        var week = Enumerable.Range(0, 7 * 96).Select(at => now - MetricsHealth.Week + (at * MetricsHealth.Step))
            .Select(at => new PrometheusPoint(at, at.Hour is 22 or 23 && at.DayOfWeek == DayOfWeek.Saturday ? then : at.Hour == 10 ? 100 : 30)).ToList();

        var answer = MetricsCluster.AnswerOf(() => MetricsHealth.LowTraffic(week, new WindowSettings(TimeSpan.FromHours(1), start), now, s_limits, "prometheus"));

        answer?.GetType().ShouldBe(type);
        (answer?.Sentence ?? "").ShouldContain(words);
        MetricsCluster.AnswerOf(() => MetricsHealth.LowTraffic(week, new WindowSettings(TimeSpan.FromHours(1), null), now, s_limits, "prometheus")).ShouldBeOfType<NotApplicable>();
        MetricsCluster.AnswerOf(() => MetricsHealth.LowTraffic(week[..20], new WindowSettings(TimeSpan.FromHours(1), start), now, s_limits, "prometheus"))
            .ShouldBeOfType<Unanswered>().Sentence.ShouldContain("remembers too little");
    }

    [Fact]
    public void Only_alerts_that_look_at_Temporal_count()
    {
        PrometheusRule Rule(string name, string query, params string[] states) =>
            new(name, query, true, "rules.yml", "g", [.. states.Select(state => new PrometheusAlert(state, new Dictionary<string, string> { ["alertname"] = name, ["severity"] = "page" }, null))]);
        static bool IsOfTemporal(string query) => query.Contains("service_errors", StringComparison.Ordinal);

        MetricsHealth.NoAlertFiring([Rule("Pending", "service_errors > 1", "pending"), Rule("Disk", "disk > 1", "firing")], IsOfTemporal, "p");
        MetricsCluster.AnswerOf(() => MetricsHealth.NoAlertFiring([Rule("Disk", "disk > 1", "firing")], IsOfTemporal, "p")).ShouldBeOfType<NotApplicable>();
        MetricsCluster.AnswerOf(() => MetricsHealth.NoAlertFiring([Rule("Errors", "service_errors > 1", "firing")], IsOfTemporal, "p"))
            .ShouldBeOfType<Violated>().Observed.ShouldBe("Errors (rules.yml, g): severity=page");
    }
}
