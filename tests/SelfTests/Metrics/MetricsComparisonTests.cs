using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>What a real cluster did before its upgrade and after it, with one thing changed: counted between two scrapes of stand-ins and compared.</summary>
public sealed class MetricsComparisonTests
{
    private static readonly MetricsLimits s_limits = Facts.Settings.Defaults.Metrics.Limits;

    private static readonly Dictionary<string, Action<MetricsComparison>> s_judgements = new()
    {
        ["error-rate-held"] = one => one.ErrorRateHeld(),
        ["workflow-outcomes-held"] = one => one.WorkflowOutcomesHeld(),
        ["latency-held"] = one => one.LatencyHeld(),
        ["persistence-latency-held"] = one => one.PersistenceLatencyHeld(),
        ["throughput-held"] = one => one.ThroughputHeld(),
    };

    private static readonly Dictionary<string, Action<MetricsStandIn>> s_edits = new()
    {
        ["nothing"] = _ => { },
        ["infrastructure errors"] = one => one.Edit(MetricsEdits.Scale("service_error_with_type", 60, series => series.Has("error_type", "serviceerror_Unavailable")), "frontend"),
        ["errors of callers"] = one => one.Edit(MetricsEdits.Scale("service_error_with_type", 200, series => series.Has("error_type", "serviceerror_NotFound")), "frontend"),
        ["workflows that fail"] = one => one.Edit(MetricsEdits.Add("workflow_success", "workflow_failed", ["namespace=\"orders\",operation=\"CompletionStats\",service_name=\"history\""], 40), "history"),
        ["slow frontends"] = one => one.Edit(MetricsEdits.Slower("service_latency", 3), "frontend"),
        ["a slow database"] = one => one.Edit(MetricsEdits.Slower("persistence_latency", 4)),
        ["requests that stand still"] = one => one.Edit(MetricsEdits.Freeze("service_requests"), "frontend"),
    };

    [Theory]
    [InlineData("nothing", "", "")]
    [InlineData("infrastructure errors", "error-rate-held", "Requests that fail by the cluster's own fault are")]
    [InlineData("errors of callers", "", "")]
    [InlineData("workflows that fail", "workflow-outcomes-held", "Workflows that fail or time out are")]
    [InlineData("slow frontends", "latency-held", "Requests to the frontends are slower")]
    [InlineData("a slow database", "persistence-latency-held", "Requests to the database are slower")]
    public async Task One_change_makes_one_answer_red(string edit, string violated, string sentence)
    {
        await using var before = await MetricsStandIn.StartAsync(new() { Release = "1.27.3", RequestsPerSecond = MetricsCluster.Busy });
        await using var after = await MetricsStandIn.StartAsync(new() { Release = "1.29.1", RequestsPerSecond = MetricsCluster.Busy });
        s_edits[edit](after);
        var comparison = new MetricsComparison(await MetricsCluster.TrafficAsync(before), await MetricsCluster.TrafficAsync(after), s_limits);

        var answers = s_judgements.ToDictionary(each => each.Key, each => MetricsCluster.AnswerOf(() => each.Value(comparison)));

        var told = string.Join('\n', answers.Values.OfType<Answered>().Select(answer => $"{answer.Sentence}\n{answer.Observed}"));
        answers.Where(answer => answer.Value is not null).Select(answer => answer.Key).ShouldBe(violated.Split(' ', StringSplitOptions.RemoveEmptyEntries), told);
        answers.Values.OfType<Answered>().ShouldAllBe(answer => answer is Violated);
        told.ShouldStartWith(sentence);
    }

    [Fact]
    public async Task Requests_that_stop_are_a_loss_of_throughput_and_leave_the_rest_to_later()
    {
        await using var before = await MetricsStandIn.StartAsync(new() { RequestsPerSecond = MetricsCluster.Busy });
        await using var after = await MetricsStandIn.StartAsync(new() { Release = "1.29.1", RequestsPerSecond = MetricsCluster.Busy });
        s_edits["requests that stand still"](after);
        var comparison = new MetricsComparison(await MetricsCluster.TrafficAsync(before), await MetricsCluster.TrafficAsync(after), s_limits);

        MetricsCluster.AnswerOf(comparison.ThroughputHeld).ShouldBeOfType<Violated>().Sentence.ShouldStartWith("The frontends take 0 requests a second, 0 % of what");
        MetricsCluster.AnswerOf(comparison.ErrorRateHeld).ShouldBeOfType<Deferred>().Sentence.ShouldStartWith("There are too few requests to compare");
    }

    [Fact]
    public async Task Too_few_requests_are_deferred_with_what_will_answer_it()
    {
        await using var standIn = await MetricsStandIn.StartAsync(new() { RequestsPerSecond = 10 });
        var few = await MetricsCluster.TrafficAsync(standIn);
        var comparison = new MetricsComparison(few, few, s_limits);

        foreach (var judge in s_judgements.Values)
        {
            MetricsCluster.AnswerOf(() => judge(comparison)).ShouldBeOfType<Deferred>().Remedy.ShouldNotBeNull().ShouldContain("prometheus.url");
        }
    }

    [Fact]
    public async Task A_restart_between_two_scrapes_counts_from_zero()
    {
        // Slow enough that it cannot have caught up with itself by the second scrape.
        const double Slow = 500;
        await using var standIn = await MetricsStandIn.StartAsync(new() { RequestsPerSecond = Slow });

        var traffic = await MetricsCluster.TrafficAsync(standIn, () =>
        {
            standIn.Restart("frontend-1");
            return Task.CompletedTask;
        });

        traffic.Notes.ShouldHaveSingleItem().ShouldContain("was restarted meanwhile");
        traffic.Requests.ShouldBeInRange(0, Slow * traffic.Seconds * 1.5);
    }

    [Fact]
    public async Task A_process_that_answers_only_once_is_not_counted()
    {
        await using var standIn = await MetricsStandIn.StartAsync(new() { RequestsPerSecond = MetricsCluster.Busy });

        var traffic = await MetricsCluster.TrafficAsync(standIn, () => standIn.StopAsync("history-2"));

        traffic.Source.ShouldBe("two scrapes of 6 processes");
        traffic.Notes.ShouldHaveSingleItem().ShouldContain("Nothing listens");
    }

    [Theory]
    [InlineData(0, 100, 0, 0.0370)]
    [InlineData(5, 100, 0.0215, 0.1118)]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(100, 100, 0.9630, 1)]
    public void The_interval_of_a_share_is_Wilsons(int hits, int all, double low, double high)
    {
        var (from, to) = Shares.Interval(hits, all);
        from.ShouldBe(low, 0.0001);
        to.ShouldBe(high, 0.0001);
    }

    // The worked examples of Newcombe 1998 (Statistics in Medicine 17, 873–890), method 10, by their rounded ends.
    [Theory]
    [InlineData(56, 70, 48, 80, 0.0524, 0.3339)]
    [InlineData(9, 10, 3, 10, 0.1705, 0.8090)]
    [InlineData(5, 56, 0, 29, -0.0381, 0.1926)]
    [InlineData(10, 10, 0, 10, 0.6075, 1)]
    public void The_interval_of_a_difference_is_Newcombes(int now, int allNow, int before, int allBefore, double low, double high)
    {
        var (from, to) = Shares.Rise(before, allBefore, now, allNow);
        from.ShouldBe(low, 0.0001);
        to.ShouldBe(high, 0.0001);
    }

    [Fact]
    public void Quantiles_lie_between_bounds()
    {
        var times = MeasuredHistogram.Of(new Dictionary<double, double> { [0.1] = 50, [0.2] = 100, [1] = 100, [double.PositiveInfinity] = 110 });

        times.Quantile(0.5).ShouldNotBeNull().ShouldBe(0.11, 0.001);
        times.Quantile(0.95).ShouldBe(double.PositiveInfinity);
        times.LongerThan(0.15).ShouldBe((0.2, 10));
        times.LongerThan(2).ShouldBeNull();
        MeasuredHistogram.Empty.Quantile(0.5).ShouldBeNull();
        times.ToString().ShouldBe("half within 110 ms, 95 % within more than 1 s, 99 % within more than 1 s (110 measured)");
    }
}
