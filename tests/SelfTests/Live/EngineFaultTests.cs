using TemporalConformance.StandIns;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;
using Temporalio.Client.Schedules;
using Temporalio.Exceptions;
using Temporalio.Worker;

namespace TemporalConformance.SelfTests;

/// <summary>What each fault of the engine does, and that nothing of it is left when it is cleared.</summary>
public sealed class EngineFaultTests(EngineStandIn server) : IClassFixture<EngineStandIn>, IDisposable
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The next test begins with a healthy cluster.</summary>
    public void Dispose() => server.Cluster.Clear();

    [Fact]
    public Task Lost_signals_are_accepted_and_not_written() => WithWorkerAsync(async (client, queue) =>
    {
        var handle = await CounterAsync(client, queue);
        server.Cluster.Set(ClusterFault.SignalLost);

        await handle.SignalAsync(workflow => workflow.AddAsync(1));

        (await handle.QueryAsync(workflow => workflow.Count)).ShouldBe(0);
        server.Cluster.Clear();
        await handle.SignalAsync(workflow => workflow.AddAsync(1));
        (await handle.QueryAsync(workflow => workflow.Count)).ShouldBe(1);
        await handle.TerminateAsync();
    });

    [Fact]
    public Task Stale_queries_do_not_know_of_the_last_signal() => WithWorkerAsync(async (client, queue) =>
    {
        server.Cluster.Set(ClusterFault.QueryStale);
        var handle = await client.StartWorkflowAsync((CounterWorkflow workflow) => workflow.RunAsync(), Options(queue));
        await handle.SignalAsync(workflow => workflow.AddAsync(3));
        await handle.SignalAsync(workflow => workflow.AddAsync(4));

        (await handle.QueryAsync(workflow => workflow.Count)).ShouldBe(3);

        (await handle.QueryAsync(workflow => workflow.Count)).ShouldBe(3, "it goes on answering the same");
        await handle.SignalAsync(workflow => workflow.FinishAsync());
        (await handle.GetResultAsync()).ShouldBe(7, "the workflow itself knows");
    });

    [Fact]
    public Task Timers_never_fire() => WithWorkerAsync(async (client, queue) =>
    {
        server.Cluster.Set(ClusterFault.TimerNever);

        await NeverEndsAsync(await client.StartWorkflowAsync((GreetWorkflow workflow) => workflow.RunAsync("late"), Options(queue)), EventType.TimerStarted);
    });

    [Fact]
    public Task Timers_fire_late() => WithWorkerAsync(async (client, queue) =>
    {
        server.Cluster.Set(ClusterFault.TimerLate);
        var handle = await client.StartWorkflowAsync((GreetWorkflow workflow) => workflow.RunAsync("late"), Options(queue));

        await handle.GetResultAsync();

        var events = (await handle.FetchHistoryAsync()).Events;
        (events.Single(entry => entry.EventType == EventType.TimerFired).EventTime - events.Single(entry => entry.EventType == EventType.TimerStarted).EventTime)
            .ToTimeSpan().ShouldBeGreaterThan(TimeSpan.FromSeconds(5));
    });

    [Fact]
    public Task Results_of_activities_are_lost() => WithWorkerAsync(async (client, queue) =>
    {
        server.Cluster.Set(ClusterFault.ActivityResultLost);

        await NeverEndsAsync(await client.StartWorkflowAsync((GreetWorkflow workflow) => workflow.RunAsync("lost"), Options(queue)), EventType.ActivityTaskScheduled);
    });

    [Fact]
    public Task Attempts_do_not_follow() => WithWorkerAsync(async (client, queue) =>
    {
        server.Cluster.Set(ClusterFault.RetryMissing);

        await NeverEndsAsync(await client.StartWorkflowAsync((RetryWorkflow workflow) => workflow.RunAsync(), Options(queue)), EventType.ActivityTaskScheduled);
    });

    [Fact]
    public Task Timeouts_go_unnoticed() => WithWorkerAsync(async (client, queue) =>
    {
        server.Cluster.Set(ClusterFault.TimeoutMissing);

        await NeverEndsAsync(await client.StartWorkflowAsync((TimeoutWorkflow workflow) => workflow.RunAsync(), Options(queue)), EventType.ActivityTaskScheduled);
    });

    [Fact]
    public Task Updates_are_refused() => WithWorkerAsync(async (client, queue) =>
    {
        var handle = await CounterAsync(client, queue);
        server.Cluster.Set(ClusterFault.UpdateRejected);

        (await Should.ThrowAsync<RpcException>(() => handle.ExecuteUpdateAsync(workflow => workflow.RaiseAsync(1)))).Code.ShouldBe(RpcException.StatusCode.PermissionDenied);

        server.Cluster.Clear();
        (await handle.ExecuteUpdateAsync(workflow => workflow.RaiseAsync(1))).ShouldBe(1);
        await handle.TerminateAsync();
    });

    [Fact]
    public Task Update_with_start_is_unknown() => WithWorkerAsync(async (client, queue) =>
    {
        server.Cluster.Set(ClusterFault.UpdateWithStartRejected);
        var options = Options(queue);
        options.IdConflictPolicy = WorkflowIdConflictPolicy.UseExisting;
        var start = WithStartWorkflowOperation.Create((CounterWorkflow workflow) => workflow.RunAsync(), options);

        (await Should.ThrowAsync<RpcException>(() => client.ExecuteUpdateWithStartWorkflowAsync((CounterWorkflow workflow) => workflow.RaiseAsync(1), new(start))))
            .Code.ShouldBe(RpcException.StatusCode.Unimplemented);
    });

    [Fact]
    public Task Children_never_run() => WithWorkerAsync(async (client, queue) =>
    {
        server.Cluster.Set(ClusterFault.ChildLost);
        var options = Options(queue);

        await NeverEndsAsync(await client.StartWorkflowAsync((ParentWorkflow workflow) => workflow.RunAsync(options.Id!), options), EventType.ChildWorkflowExecutionStarted);
    });

    [Fact]
    public Task Requests_to_cancel_are_ignored() => WithWorkerAsync(async (client, queue) =>
    {
        var handle = await CounterAsync(client, queue);
        server.Cluster.Set(ClusterFault.CancelIgnored);

        await handle.CancelAsync();

        await NeverEndsAsync(handle, EventType.WorkflowTaskCompleted);
    });

    [Fact]
    public Task Schedules_start_nothing() => WithWorkerAsync(async (client, queue) =>
    {
        server.Cluster.Set(ClusterFault.ScheduleSilent);
        var id = $"silent-{Guid.NewGuid():N}";
        var action = ScheduleActionStartWorkflow.Create((GreetWorkflow workflow) => workflow.RunAsync("schedule"), new(id, queue));
        var schedule = await client.CreateScheduleAsync(id, new Schedule(action, new() { Intervals = [new(TimeSpan.FromSeconds(1))] }), new() { TriggerImmediately = true });

        await schedule.TriggerAsync();

        (await schedule.DescribeAsync()).Info.NumActions.ShouldBe(0);
        await schedule.DeleteAsync();
    });

    [Fact]
    public Task Visibility_lags_or_is_empty() => WithWorkerAsync(async (client, queue) =>
    {
        var handle = await CounterAsync(client, queue);
        var query = $"WorkflowId = '{handle.Id}'";
        (await client.CountWorkflowsAsync(query)).Count.ShouldBe(1);

        foreach (var fault in new[] { ClusterFault.VisibilityLagging, ClusterFault.VisibilityEmpty })
        {
            server.Cluster.Clear();
            server.Cluster.Set(fault);
            (await client.CountWorkflowsAsync(query)).Count.ShouldBe(0, $"{fault}");
        }

        await handle.TerminateAsync();
    });

    [Fact]
    public Task Histories_lose_or_change_events() => WithWorkerAsync(async (client, queue) =>
    {
        var handle = await client.StartWorkflowAsync((GreetWorkflow workflow) => workflow.RunAsync("history"), Options(queue));
        await handle.GetResultAsync();
        var whole = (await handle.FetchHistoryAsync()).Events.ToList();

        server.Cluster.Set(ClusterFault.HistoryTruncated);
        (await handle.FetchHistoryAsync()).Events.Count.ShouldBe(whole.Count - 2);

        server.Cluster.Clear();
        server.Cluster.Set(ClusterFault.HistoryRewritten);
        var rewritten = (await handle.FetchHistoryAsync()).Events.ToList();
        rewritten.Count.ShouldBe(whole.Count);
        rewritten.Zip(whole).Count(pair => !pair.First.Equals(pair.Second)).ShouldBe(1);
    });

    [Fact]
    public Task Executions_from_before_are_gone() => WithWorkerAsync(async (client, queue) =>
    {
        var handle = await CounterAsync(client, queue);
        server.Cluster.Set(ClusterFault.ExecutionsLost);

        (await Should.ThrowAsync<RpcException>(() => handle.DescribeAsync())).Code.ShouldBe(RpcException.StatusCode.NotFound);

        var later = await CounterAsync(client, queue);
        await later.TerminateAsync();
    });

    [Fact]
    public Task Workflow_tasks_are_kept_back() => WithWorkerAsync(async (client, queue) =>
    {
        server.Cluster.Set(ClusterFault.TasksStuck);
        var handle = await client.StartWorkflowAsync((GreetWorkflow workflow) => workflow.RunAsync("stuck"), Options(queue));

        await NeverEndsAsync(handle, EventType.WorkflowTaskScheduled);

        server.Cluster.Clear();
        (await handle.GetResultAsync()).ShouldBe("Hello stuck");
    });

    [Theory]
    [InlineData("1.27.3", null, false, false)]
    [InlineData("1.28.1", null, false, false)]
    [InlineData("1.29.1", null, true, true)]
    [InlineData("1.29.1", ClusterFault.EagerIgnored, false, false)]
    [InlineData("1.29.1", ClusterFault.EagerDisabled, false, false)]
    [InlineData("1.29.1", ClusterFault.EagerNotRecorded, true, false)]
    public async Task Eager_start_is_of_the_release_and_can_fail(string release, ClusterFault? fault, bool handedOut, bool recorded)
    {
        using var engine = new WorkflowEngine();
        await using var cluster = await StandInCluster.StartAsync(new StandInClusterOptions { Release = release, Parts = [engine] });
        cluster.Set(fault is { } broken ? [broken] : []);
        var client = await TemporalClient.ConnectAsync(new(cluster.Frontends[0]) { Namespace = "temporal-conformance" });
        using var worker = new TemporalWorker(client, new TemporalWorkerOptions("eager") { MaxCachedWorkflows = 10 }.AddWorkflow<CounterWorkflow>());
        await worker.ExecuteAsync(async () =>
        {
            var answer = await client.Connection.WorkflowService.StartWorkflowExecutionAsync(new StartWorkflowExecutionRequest
            {
                Namespace = "temporal-conformance",
                WorkflowId = "eager",
                WorkflowType = new() { Name = "CounterWorkflow" },
                TaskQueue = new() { Name = "eager" },
                RequestId = "request",
                RequestEagerExecution = true,
            });

            (answer.EagerWorkflowTask is not null).ShouldBe(handedOut);
            (await client.GetWorkflowHandle("eager").FetchHistoryAsync()).Events.First().WorkflowExecutionStartedEventAttributes.EagerExecutionAccepted.ShouldBe(recorded);
            (await client.GetWorkflowHandle<CounterWorkflow>("eager").QueryAsync(workflow => workflow.Count)).ShouldBe(0, "it runs in any case");
        }, Token);
    }

    [Fact]
    public async Task An_upgrade_leaves_what_runs_running()
    {
        using var engine = new WorkflowEngine();
        await using var cluster = await StandInCluster.StartAsync(new StandInClusterOptions { Release = "1.27.3", Parts = [engine] });
        var client = await TemporalClient.ConnectAsync(new(cluster.Frontends[0]) { Namespace = "temporal-conformance" });
        using var worker = new TemporalWorker(client, new TemporalWorkerOptions("upgrade").AddWorkflow<CounterWorkflow>());
        await worker.ExecuteAsync(async () =>
        {
            var handle = await CounterAsync(client, "upgrade");
            await handle.SignalAsync(workflow => workflow.AddAsync(2));

            await cluster.UpgradeToAsync("1.29.1");

            (await handle.QueryAsync(workflow => workflow.Count)).ShouldBe(2);
            engine.Executions("temporal-conformance").Select(execution => execution.Info.Execution.WorkflowId).ShouldBe([handle.Id]);
            await handle.SignalAsync(workflow => workflow.FinishAsync());
            (await handle.GetResultAsync()).ShouldBe(2);
        }, Token);
    }

    private static WorkflowOptions Options(string queue) => new($"fault-{Guid.NewGuid():N}", queue) { ExecutionTimeout = TimeSpan.FromMinutes(1) };

    /// <summary>A counter whose first workflow task is over.</summary>
    private static async Task<WorkflowHandle<CounterWorkflow, int>> CounterAsync(TemporalClient client, string queue)
    {
        var handle = await client.StartWorkflowAsync((CounterWorkflow workflow) => workflow.RunAsync(), Options(queue));
        await handle.QueryAsync(workflow => workflow.Count);
        return handle;
    }

    /// <summary>Comes as far as an event of the kind, and no further for a second.</summary>
    private static async Task NeverEndsAsync(WorkflowHandle handle, EventType last)
    {
        using var second = CancellationTokenSource.CreateLinkedTokenSource(Token);
        second.CancelAfter(TimeSpan.FromSeconds(1));
        await Should.ThrowAsync<OperationCanceledException>(() => handle.GetResultAsync(rpcOptions: new() { CancellationToken = second.Token }));
        (await handle.FetchHistoryAsync()).Events.Select(entry => entry.EventType).ShouldContain(last);
    }

    private async Task WithWorkerAsync(Func<TemporalClient, string, Task> test)
    {
        var client = await TemporalClient.ConnectAsync(new(server.Address!) { Namespace = "temporal-conformance" });
        var options = new TemporalWorkerOptions($"fault-{Guid.NewGuid():N}")
            .AddWorkflow<GreetWorkflow>().AddWorkflow<CounterWorkflow>().AddWorkflow<RetryWorkflow>().AddWorkflow<TimeoutWorkflow>().AddWorkflow<ParentWorkflow>()
            .AddWorkflow<FailWorkflow>().AddAllActivities(typeof(EngineActivities), null);
        using var worker = new TemporalWorker(client, options);
        await worker.ExecuteAsync(() => test(client, options.TaskQueue!).WaitAsync(TimeSpan.FromSeconds(40), Token), Token);
    }
}
