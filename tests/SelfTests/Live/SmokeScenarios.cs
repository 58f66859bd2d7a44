using TemporalConformance.Checks;
using TemporalConformance.Gate;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>Smoke on a cluster with one thing about it: which checks are red, and no others.</summary>
public sealed class SmokeScenarios
{
    /// <summary>The checks that a test of this class, or of <see cref="SmokeOnRealServer"/>, sees violated.</summary>
    public static readonly string[] Violated =
    [
        "sdk/workflow-completes", "sdk/activity-completes", "sdk/signal-and-query", "sdk/timer-fires", "sdk/update", "sdk/update-with-start", "sdk/cancel-and-terminate",
        "sdk/child-and-continue-as-new", "sdk/schedule-fires", "sdk/visibility-lists-it", "sdk/retry-and-timeout", "workflows/critical-complete",
        "eager/response-carries-task", "eager/history-accepts", "eager/enabled", "eager/latency-gain",
    ];

    private static readonly string[] s_work = [.. Violated.Where(id => id.StartsWith("sdk/", StringComparison.Ordinal))];

    [Theory]
    [InlineData("1.25.2")]
    [InlineData("1.26.2")]
    [InlineData("1.27.3")]
    [InlineData("1.28.1")]
    [InlineData("1.29.1")]
    public async Task Every_release_is_GO(string release)
    {
        await using var cluster = await ClusterAsync(release);

        var verdict = await SmokeRun.AskAsync(cluster.Frontends[0]);

        verdict.ShouldBeRed();
        var eager = release == "1.29.1" ? Result.Met : Result.NotApplicable;
        verdict.Of("eager/response-carries-task").Result.ShouldBe(eager);
        verdict.Of("eager/history-accepts").Result.ShouldBe(eager);
        verdict.Of("sdk/update-with-start").Result.ShouldBe(string.CompareOrdinal(release, "1.28") < 0 ? Result.NotApplicable : Result.Met);
    }

    [Theory]
    [InlineData(ClusterFault.SignalLost, "the query answered 0", "sdk/signal-and-query")]
    [InlineData(ClusterFault.QueryStale, "the query answered ", "sdk/signal-and-query")]
    [InlineData(ClusterFault.TimerLate, "it fired after 6.", "sdk/timer-fires")]
    [InlineData(ClusterFault.TimerNever, "not done after 12 s: 5 events, the last one TimerStarted", "sdk/timer-fires")]
    [InlineData(ClusterFault.UpdateWithStartRejected, "the server refused: ", "sdk/update-with-start")]
    [InlineData(ClusterFault.UpdateRejected, "the server refused: ", "sdk/update", "sdk/update-with-start")]
    [InlineData(ClusterFault.ScheduleSilent, "not done after 12 s", "sdk/schedule-fires")]
    [InlineData(ClusterFault.ChildLost, "not done after 12 s", "sdk/child-and-continue-as-new")]
    [InlineData(ClusterFault.CancelIgnored, "not done after 12 s", "sdk/cancel-and-terminate")]
    [InlineData(ClusterFault.RetryMissing, "", "sdk/retry-and-timeout")]
    [InlineData(ClusterFault.TimeoutMissing, "not done after 12 s", "sdk/retry-and-timeout")]
    [InlineData(ClusterFault.ActivityResultLost, "", "sdk/activity-completes", "sdk/retry-and-timeout")]
    [InlineData(ClusterFault.VisibilityEmpty, "no row of it", "sdk/visibility-lists-it")]
    [InlineData(ClusterFault.EagerDisabled, "the namespace says that eager start is off", "eager/response-carries-task")]
    [InlineData(ClusterFault.EagerIgnored, "the namespace says that eager start is on, and a worker waited", "eager/response-carries-task")]
    [InlineData(ClusterFault.EagerNotRecorded, "it has not", "eager/history-accepts")]
    public async Task One_fault_turns_its_own_checks_red(ClusterFault fault, string observed, params string[] red)
    {
        await using var cluster = await ClusterAsync();
        cluster.Set(fault);

        var verdict = await SmokeRun.AskAsync(cluster.Frontends[0]);

        verdict.ShouldBeRed(red);
        verdict.Of(red[0]).Observed!.ShouldContain(observed);
        verdict.Of(red[0]).Cause.ShouldBeNull();
    }

    [Fact]
    public async Task Visibility_that_lags_by_half_a_minute_is_NO_GO()
    {
        await using var cluster = await ClusterAsync();
        cluster.Set(ClusterFault.VisibilityLagging);

        (await SmokeRun.AskAsync(cluster.Frontends[0])).ShouldBeRed("sdk/visibility-lists-it");
    }

    [Fact]
    public async Task Where_nothing_makes_progress_everything_says_so_and_names_the_plainest()
    {
        await using var cluster = await ClusterAsync();
        cluster.Set(ClusterFault.TasksStuck);

        var verdict = await SmokeRun.AskAsync(cluster.Frontends[0], ("scope.only", "sdk"));

        verdict.ShouldBeRed(s_work);
        verdict.Of("sdk/workflow-completes").Observed.ShouldBe("not done after 12 s: 2 events, the last one WorkflowTaskScheduled");
        s_work.Where(id => id != "sdk/workflow-completes").ShouldAllBe(id => verdict.Of(id).Cause == "sdk/workflow-completes");
    }

    [Fact]
    public async Task A_missing_namespace_leaves_the_work_unanswered()
    {
        await using var cluster = await ClusterAsync();
        cluster.Set(ClusterFault.NamespaceMissing);

        var verdict = await SmokeRun.AskAsync(cluster.Frontends[0]);

        s_work.ShouldAllBe(id => verdict.Of(id).Result == Result.Unanswered, verdict.Said());
        verdict.Of("sdk/workflow-completes").Remedy!.ShouldContain("temporal operator namespace create -n temporal-conformance");
    }

    [Fact]
    public async Task Refused_rights_leave_the_work_unanswered()
    {
        await using var cluster = await ClusterAsync();
        cluster.Set(ClusterFault.PermissionDenied);

        var verdict = await SmokeRun.AskAsync(cluster.Frontends[0]);

        s_work.ShouldAllBe(id => verdict.Of(id).Result == Result.Unanswered, verdict.Said());
    }

    [Fact]
    public async Task Eager_start_slower_than_normal_start_is_red_after_the_upgrade()
    {
        using var engine = new WorkflowEngine();
        await using var cluster = await StandInCluster.StartAsync(new StandInClusterOptions { Parts = [new SlowEagerStart(engine)] });

        var verdict = await SmokeRun.AskAsync(UpgradePhase.PostUpgrade, cluster.Frontends[0], ("scope.only", "eager"));

        verdict.ShouldBeRed("eager/latency-gain");
        verdict.Of("eager/latency-gain").Observed!.ShouldStartWith("median gain -");
    }

    private static async Task<StandInCluster> ClusterAsync(string release = "1.29.1") =>
        await StandInCluster.StartAsync(new StandInClusterOptions { Release = release, Parts = [new WorkflowEngine()] });

    /// <summary>The engine, in which an eager start takes its time.</summary>
    private sealed class SlowEagerStart : IStandInPart
    {
        private const string Start = "temporal.api.workflowservice.v1.WorkflowService/StartWorkflowExecution";
        private static readonly TimeSpan s_delay = TimeSpan.FromMilliseconds(100);

        private readonly WorkflowEngine _engine;

        public SlowEagerStart(WorkflowEngine engine)
        {
            _engine = engine;
            Handlers = new Dictionary<string, StandInHandler>(engine.Handlers)
            {
                [Start] = async (request, call) =>
                {
                    if (((Temporalio.Api.WorkflowService.V1.StartWorkflowExecutionRequest)request).RequestEagerExecution)
                    {
                        using var slowly = new PeriodicTimer(s_delay);
                        await slowly.WaitForNextTickAsync(call.Token);
                    }

                    return await engine.Handlers[Start](request, call);
                },
            };
        }

        public IReadOnlyDictionary<string, StandInHandler> Handlers { get; }

        public void Behave(IReadOnlySet<ClusterFault> faults) => _engine.Behave(faults);

        public void BecomeRelease(string release) => _engine.BecomeRelease(release);
    }
}
