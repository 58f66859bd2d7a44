using TemporalConformance.Gate;
using TemporalConformance.StandIns;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;
using static TemporalConformance.Checks.UpgradePhase;

namespace TemporalConformance.SelfTests;

/// <summary>The checks of what runs, on a stand-in cluster whose executions can be lost, changed and stuck.</summary>
public sealed class WorkflowsScenarios
{
    /// <summary>The checks that a test of this class, or of its sister on a real server, sees violated.</summary>
    public static readonly string[] Violated =
    [
        "workflows/baseline-captured", "workflows/running-not-lost", "workflows/histories-preserved", "workflows/still-progressing",
        "sdk/workers-present", "sdk/worker-sdk-inventory", "sdk/worker-versioning-inventory",
    ];

    [Fact]
    public async Task What_runs_is_listed_before_and_found_after()
    {
        var many = new ManyExecutions(2500);
        await using var cluster = await ClusterAsync(many);
        using var phases = new WorkflowPhases(cluster.Frontends[0], ManyExecutions.Name);

        var before = await phases.AskAsync(PreUpgrade);
        before.ShouldSay("workflows/baseline-captured", Result.Met);
        File.ReadLines(phases.Lines).Count().ShouldBe(2500);
        File.ReadLines(phases.Table).ShouldContain("many: 2 500 running, 2 500 listed, histories of 50 kept");
        Directory.GetFiles(Path.GetDirectoryName(phases.Baseline)!).Length.ShouldBe(3, "nothing is left of the making");
        before.Run!.NotProven.ShouldContain(one => one.What == "workflows of many" && one.Why.Contains("histories of 2 450"));
        before.Run.NotProven.ShouldContain(one => one.What.StartsWith("the SDK versions of clients", StringComparison.Ordinal));

        var after = await phases.AskAsync(PostUpgrade);
        after.ShouldSay("workflows/running-not-lost", Result.Met, "2 500 Running, 0 lost");
        after.ShouldSay("workflows/histories-preserved", Result.Met);
        after.ShouldSay("workflows/still-progressing", Result.Met);
    }

    [Fact]
    public async Task Executions_that_are_gone_are_named()
    {
        var many = new ManyExecutions(30);
        await using var cluster = await ClusterAsync(many);
        using var phases = await CapturedAsync(cluster);
        many.Gone.Add(7);

        var after = await phases.AskAsync(PostUpgrade);

        after.ShouldSay("workflows/running-not-lost", Result.Violated, $"many: Order0 order-7 (run {ManyExecutions.RunId(7)})");
        after.ShouldSay("workflows/running-not-lost", Result.Violated, "29 Running, 1 lost");
        after.ShouldSay("workflows/histories-preserved", Result.Violated, "order-7 (run 00000007-0000-0000-0000-000000000000): the execution is gone");
        after.Decision.ShouldBe(Decision.NoGo);
    }

    [Fact]
    public async Task Executions_that_visibility_hides_are_not_lost()
    {
        var many = new ManyExecutions(30);
        await using var cluster = await ClusterAsync(many);
        using var phases = await CapturedAsync(cluster);
        many.Hidden.UnionWith(Enumerable.Range(0, 30));

        (await phases.AskAsync(PostUpgrade)).ShouldSay("workflows/running-not-lost", Result.Met, "30 Running");
    }

    [Fact]
    public async Task More_than_can_be_asked_one_by_one_leaves_the_answer_open()
    {
        var many = new ManyExecutions(600);
        await using var cluster = await ClusterAsync(many);
        using var phases = await CapturedAsync(cluster);
        many.Hidden.UnionWith(Enumerable.Range(0, 600));

        (await phases.AskAsync(PostUpgrade)).ShouldSay("workflows/running-not-lost", Result.Unanswered, "many: 100 that visibility lists neither as running nor as closed since");
    }

    [Theory]
    [InlineData("truncated", "ends after event 4; event 5 was TimerStarted")]
    [InlineData("rewritten", "event 4 (WorkflowTaskCompleted) has other contents")]
    [InlineData("replaced", "event 5 was TimerStarted and is TimerFired")]
    public async Task A_history_that_is_another_one_is_told_by_its_first_event(string how, string observed)
    {
        var many = new ManyExecutions(3);
        await using var cluster = await ClusterAsync(many);
        using var phases = await CapturedAsync(cluster);
        many.Rewrite = history =>
        {
            switch (how)
            {
                case "truncated":
                    history.Events.RemoveAt(4);
                    break;
                case "rewritten":
                    history.Events[3].WorkflowTaskCompletedEventAttributes.Identity = "somebody else";
                    break;
                default:
                    history.Events[4].EventType = EventType.TimerFired;
                    history.Events[4].TimerFiredEventAttributes = new() { TimerId = "5" };
                    break;
            }
        };

        var after = await phases.AskAsync(PostUpgrade);

        after.ShouldSay("workflows/histories-preserved", Result.Violated, observed).Message.ShouldBe("Histories of before the upgrade are not what they were.");
        after.ShouldSay("workflows/running-not-lost", Result.Met);
        after.Decision.ShouldBe(Decision.NoGo);
    }

    [Fact]
    public async Task Tasks_that_wait_while_a_worker_asks_are_stuck_and_those_without_a_worker_are_not()
    {
        var many = new ManyExecutions(3);
        await using var cluster = await ClusterAsync(many);
        using var phases = await CapturedAsync(cluster);

        many.WaitingSince = DateTimeOffset.UtcNow.AddMinutes(-10);
        (await phases.AskAsync(PostUpgrade)).ShouldSay("workflows/still-progressing", Result.Met);

        many.Worker = DateTimeOffset.UtcNow;
        var stuck = (await phases.AskAsync(PostUpgrade, ("workers.taskQueues", ManyExecutions.Queue)));
        stuck.ShouldSay("workflows/still-progressing", Result.Violated, "its workflow task has waited on many-orders since").Message.ShouldBe("Workflows from before the upgrade are stuck.");
        stuck.ShouldSay("sdk/workers-present", Result.Met);
        stuck.Decision.ShouldBe(Decision.Go, "an advisory");
    }

    [Fact]
    public async Task A_timer_that_is_overdue_is_stuck_without_any_worker()
    {
        var many = new ManyExecutions(3) { TimerDue = DateTimeOffset.UtcNow.AddHours(-1) };
        await using var cluster = await ClusterAsync(many);
        using var phases = await CapturedAsync(cluster);

        (await phases.AskAsync(PostUpgrade)).ShouldSay("workflows/still-progressing", Result.Violated, "its timer 5 was due");
    }

    [Fact]
    public async Task A_list_that_is_shorter_than_the_count_is_no_baseline()
    {
        var many = new ManyExecutions(30) { Counted = 100 };
        await using var cluster = await ClusterAsync(many);
        using var phases = new WorkflowPhases(cluster.Frontends[0], ManyExecutions.Name);

        var before = await phases.AskAsync(PreUpgrade);

        before.ShouldSay("workflows/baseline-captured", Result.Violated, "many: 100 running are counted, 30 listed").Message.ShouldBe("The list of running workflows is not whole.");
        before.Decision.ShouldBe(Decision.NoGo);
        // It was written all the same, and is no better when it is found again.
        (await phases.AskAsync(PreUpgrade)).ShouldSay("workflows/baseline-captured", Result.Violated, "many: 100 running are counted, 30 listed");
        many.Counted = null;
        (await phases.AskAsync(PreUpgrade, newBaseline: true)).ShouldSay("workflows/baseline-captured", Result.Met);
    }

    [Fact]
    public async Task What_lies_beyond_the_limit_is_counted_and_said()
    {
        await using var cluster = await ClusterAsync(new ManyExecutions(1500));
        using var phases = new WorkflowPhases(cluster.Frontends[0], ManyExecutions.Name);

        var before = await phases.AskAsync(PreUpgrade, ("workflows.most", "1200"), ("workflows.sample", "0"));

        before.ShouldSay("workflows/baseline-captured", Result.Met);
        File.ReadLines(phases.Lines).Count().ShouldBe(1200);
        before.Run!.NotProven.Single(one => one.What == "workflows of many").Why.ShouldContain("300 running executions beyond the first 1 200 are counted only (workflows.most=1200)");
        (await phases.AskAsync(PostUpgrade)).ShouldSay("workflows/histories-preserved", Result.NotApplicable, "The baseline has no history");
    }

    [Fact]
    public async Task A_list_that_does_not_belong_to_the_baseline_leaves_everything_open()
    {
        await using var cluster = await ClusterAsync(new ManyExecutions(3));
        using var phases = await CapturedAsync(cluster);
        File.AppendAllText(phases.Lines, "\n");

        var after = await phases.AskAsync(PostUpgrade);

        foreach (var id in new[] { "workflows/running-not-lost", "workflows/histories-preserved", "workflows/still-progressing" })
        {
            after.ShouldSay(id, Result.Unanswered, "The list of running workflows is not the one that belongs to the baseline.");
        }

        after.Decision.ShouldBe(Decision.Undecided);
    }

    [Fact]
    public async Task A_namespace_that_is_gone_takes_its_executions_along()
    {
        var many = new ManyExecutions(3);
        await using var cluster = await ClusterAsync(many);
        using var phases = await CapturedAsync(cluster);
        var client = await ConnectAsync(cluster);
        await client.Connection.OperatorService.DeleteNamespaceAsync(new() { Namespace = ManyExecutions.Name });

        (await phases.AskAsync(PostUpgrade)).ShouldSay("workflows/running-not-lost", Result.Violated, "many: all 3, with the namespace");
    }

    [Fact]
    public async Task Nothing_at_all_in_sight_proves_nothing()
    {
        await using var cluster = await ClusterAsync(new Silence());
        using var phases = new WorkflowPhases(cluster.Frontends[0], ManyExecutions.Name);

        (await phases.AskAsync(PreUpgrade)).ShouldSay("workflows/baseline-captured", Result.Unanswered, "Visibility shows no execution at all");
    }

    [Fact]
    public async Task A_hundred_thousand_are_listed_and_found_again()
    {
        var many = new ManyExecutions(100_000);
        await using var cluster = await ClusterAsync(many);
        using var phases = new WorkflowPhases(cluster.Frontends[0], ManyExecutions.Name);

        (await phases.AskAsync(PreUpgrade)).ShouldSay("workflows/baseline-captured", Result.Met);
        File.ReadLines(phases.Lines).Count().ShouldBe(100_000);
        many.Gone.Add(50_001);
        (await phases.AskAsync(PostUpgrade)).ShouldSay("workflows/running-not-lost", Result.Violated, "99 999 Running, 1 lost");
    }

    private static async Task<WorkflowPhases> CapturedAsync(StandInCluster cluster)
    {
        var phases = new WorkflowPhases(cluster.Frontends[0], ManyExecutions.Name);
        (await phases.AskAsync(PreUpgrade)).ShouldSay("workflows/baseline-captured", Result.Met);
        return phases;
    }

    private static async Task<StandInCluster> ClusterAsync(params IStandInService[] parts)
    {
        var cluster = await StandInCluster.StartAsync(new StandInClusterOptions { Release = "1.29.1", Parts = parts });
        var client = await ConnectAsync(cluster);
        await client.Connection.WorkflowService.RegisterNamespaceAsync(new RegisterNamespaceRequest
        {
            Namespace = ManyExecutions.Name,
            WorkflowExecutionRetentionPeriod = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(TimeSpan.FromDays(3)),
        });
        return cluster;
    }

    private static async Task<TemporalClient> ConnectAsync(StandInCluster cluster) => await TemporalClient.ConnectAsync(new(cluster.Frontends[0]));

    /// <summary>A visibility that shows nothing, whatever the namespace.</summary>
    private sealed class Silence : IStandInService
    {
        public IReadOnlyDictionary<string, StandInHandler> Handlers { get; } = new Dictionary<string, StandInHandler>
        {
            ["temporal.api.workflowservice.v1.WorkflowService/CountWorkflowExecutions"] = (_, _) => Task.FromResult<Google.Protobuf.IMessage>(new CountWorkflowExecutionsResponse()),
            ["temporal.api.workflowservice.v1.WorkflowService/ListWorkflowExecutions"] = (_, _) => Task.FromResult<Google.Protobuf.IMessage>(new ListWorkflowExecutionsResponse()),
        };
    }
}
