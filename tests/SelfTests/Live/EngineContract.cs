using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;
using Temporalio.Worker;

namespace TemporalConformance.SelfTests;

/// <summary>
/// What a worker of the real SDK sees of a server, and what is written into the histories. Asked of the engine and of a real dev server: what
/// holds for one holds for the other.
/// </summary>
public abstract partial class EngineContract(IEngineServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Activities_and_timers_run() => await WithWorkerAsync(async (client, queue) =>
    {
        var handle = await client.StartWorkflowAsync((GreetWorkflow workflow) => workflow.RunAsync("world"), Options(queue));

        (await handle.GetResultAsync()).ShouldBe("Hello world");

        (await EventsAsync(handle)).ShouldBe(Line("""
            WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted
            ActivityTaskScheduled ActivityTaskStarted ActivityTaskCompleted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted
            TimerStarted TimerFired WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted WorkflowExecutionCompleted
            """));
        var description = await handle.DescribeAsync();
        description.Status.ShouldBe(WorkflowExecutionStatus.Completed);
        description.TaskQueue.ShouldBe(queue);
        description.HistoryLength.ShouldBe(16);
    });

    [Fact]
    public async Task Signals_change_what_queries_answer() => await WithWorkerAsync(async (client, queue) =>
    {
        var handle = await client.StartWorkflowAsync((CounterWorkflow workflow) => workflow.RunAsync(), Options(queue));

        (await handle.QueryAsync(workflow => workflow.Count)).ShouldBe(0);
        await handle.SignalAsync(workflow => workflow.AddAsync(3));
        (await handle.QueryAsync(workflow => workflow.Count)).ShouldBe(3);
        await handle.SignalAsync(workflow => workflow.FinishAsync());
        (await handle.GetResultAsync()).ShouldBe(3);
        (await handle.QueryAsync(workflow => workflow.Count)).ShouldBe(3, "a closed workflow answers from its history");

        (await EventsAsync(handle)).ShouldBe(Line("""
            WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted
            WorkflowExecutionSignaled WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted
            WorkflowExecutionSignaled WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted WorkflowExecutionCompleted
            """));
    });

    [Fact]
    public async Task A_query_that_does_not_exist_is_refused() => await WithWorkerAsync(async (client, queue) =>
    {
        var handle = await client.StartWorkflowAsync((CounterWorkflow workflow) => workflow.RunAsync(), Options(queue));

        var refusal = await Should.ThrowAsync<Temporalio.Exceptions.WorkflowQueryFailedException>(() => handle.QueryAsync<int>("nothing", []));

        refusal.Message.ShouldContain("nothing");
        await handle.TerminateAsync();
    });

    [Fact]
    public async Task Activities_are_tried_again() => await WithWorkerAsync(async (client, queue) =>
    {
        var handle = await client.StartWorkflowAsync((RetryWorkflow workflow) => workflow.RunAsync(), Options(queue));

        (await handle.GetResultAsync()).ShouldBe("3 MaximumAttemptsReached NonRetryableFailure");

        var started = (await HistoryAsync(handle)).Where(entry => entry.ActivityTaskStartedEventAttributes is not null).Select(entry => entry.ActivityTaskStartedEventAttributes).ToList();
        started.Select(attributes => attributes.Attempt).ShouldBe([3, 2, 1]);
        started[0].LastFailure.Message.ShouldBe("attempt 2");
    });

    [Fact]
    public async Task Activities_time_out() => await WithWorkerAsync(async (client, queue) =>
    {
        var handle = await client.StartWorkflowAsync((TimeoutWorkflow workflow) => workflow.RunAsync(), Options(queue));

        (await handle.GetResultAsync()).ShouldBe("StartToClose Heartbeat ScheduleToStart ScheduleToClose");
    });

    [Fact]
    public async Task A_cancelled_workflow_cancels_its_activity() => await WithWorkerAsync(async (client, queue) =>
    {
        var handle = await client.StartWorkflowAsync((CancelWorkflow workflow) => workflow.RunAsync(), Options(queue));
        await UntilAsync(async () => (await RawAsync(client, handle)).PendingActivities is [{ State: PendingActivityState.Started }]);

        await handle.CancelAsync();

        var failure = await Should.ThrowAsync<Temporalio.Exceptions.WorkflowFailedException>(() => handle.GetResultAsync());
        failure.InnerException.ShouldBeOfType<Temporalio.Exceptions.CanceledFailureException>();
        (await EventsAsync(handle)).ShouldBe(Line("""
            WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted ActivityTaskScheduled
            WorkflowExecutionCancelRequested WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted ActivityTaskCancelRequested
            ActivityTaskStarted ActivityTaskCanceled WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted WorkflowExecutionCanceled
            """));
    });

    [Fact]
    public async Task A_terminated_workflow_ends_at_once() => await WithWorkerAsync(async (client, queue) =>
    {
        var handle = await client.StartWorkflowAsync((CounterWorkflow workflow) => workflow.RunAsync(), Options(queue));
        await handle.QueryAsync(workflow => workflow.Count);

        await handle.TerminateAsync("enough");

        var failure = await Should.ThrowAsync<Temporalio.Exceptions.WorkflowFailedException>(() => handle.GetResultAsync());
        failure.InnerException.ShouldBeOfType<Temporalio.Exceptions.TerminatedFailureException>();
        (await EventsAsync(handle)).ShouldBe("WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted WorkflowExecutionTerminated");
        var refusal = await Should.ThrowAsync<Temporalio.Exceptions.RpcException>(() => handle.SignalAsync(workflow => workflow.FinishAsync()));
        refusal.Code.ShouldBe(Temporalio.Exceptions.RpcException.StatusCode.NotFound);
        refusal.Message.ShouldBe("workflow execution already completed");
    });

    [Fact]
    public async Task Children_report_how_they_ended() => await WithWorkerAsync(async (client, queue) =>
    {
        var options = Options(queue);
        var handle = await client.StartWorkflowAsync((ParentWorkflow workflow) => workflow.RunAsync(options.Id!), options);

        (await handle.GetResultAsync()).ShouldBe("Hello child, as asked, 5");

        var kinds = (await HistoryAsync(handle)).Select(entry => entry.EventType).Where(kind => !$"{kind}".StartsWith("WorkflowTask", StringComparison.Ordinal));
        string.Join(' ', kinds).ShouldBe(Line("""
            WorkflowExecutionStarted StartChildWorkflowExecutionInitiated ChildWorkflowExecutionStarted ChildWorkflowExecutionCompleted
            StartChildWorkflowExecutionInitiated ChildWorkflowExecutionStarted ChildWorkflowExecutionFailed
            StartChildWorkflowExecutionInitiated ChildWorkflowExecutionStarted
            SignalExternalWorkflowExecutionInitiated ExternalWorkflowExecutionSignaled SignalExternalWorkflowExecutionInitiated ExternalWorkflowExecutionSignaled
            ChildWorkflowExecutionCompleted WorkflowExecutionCompleted
            """));
        (await HistoryAsync(client.GetWorkflowHandle($"{options.Id}-greet")))[0].WorkflowExecutionStartedEventAttributes.ParentWorkflowExecution.WorkflowId.ShouldBe(options.Id);
    });

    [Fact]
    public async Task A_child_that_is_left_behind_is_terminated() => await WithWorkerAsync(async (client, queue) =>
    {
        var options = Options(queue);
        await client.ExecuteWorkflowAsync((LeavingWorkflow workflow) => workflow.RunAsync(options.Id!), options);

        await UntilAsync(async () => (await client.GetWorkflowHandle($"{options.Id}-left").DescribeAsync()).Status == WorkflowExecutionStatus.Terminated);
    });

    [Fact]
    public async Task A_workflow_goes_on_as_new_runs() => await WithWorkerAsync(async (client, queue) =>
    {
        var handle = await client.StartWorkflowAsync((CountdownWorkflow workflow) => workflow.RunAsync(2), Options(queue));

        (await handle.GetResultAsync()).ShouldBe("done");

        var first = await EventsAsync(client.GetWorkflowHandle(handle.Id, handle.ResultRunId));
        first.ShouldBe("WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted WorkflowExecutionContinuedAsNew");
        var last = (await HistoryAsync(client.GetWorkflowHandle(handle.Id)))[0].WorkflowExecutionStartedEventAttributes;
        last.FirstExecutionRunId.ShouldBe(handle.ResultRunId);
        last.ContinuedExecutionRunId.ShouldNotBe(handle.ResultRunId);
    });

    [Fact]
    public async Task A_failed_workflow_is_tried_again() => await WithWorkerAsync(async (client, queue) =>
    {
        var options = Options(queue);
        options.RetryPolicy = new() { InitialInterval = TimeSpan.FromMilliseconds(100), MaximumAttempts = 3 };

        (await client.ExecuteWorkflowAsync((FailWorkflow workflow) => workflow.RunAsync(2), options)).ShouldBe(2);
    });

    [Fact]
    public async Task Workflows_tell_each_other() => await WithWorkerAsync(async (client, queue) =>
    {
        var counter = await client.StartWorkflowAsync((CounterWorkflow workflow) => workflow.RunAsync(), Options(queue));

        (await client.ExecuteWorkflowAsync((TellingWorkflow workflow) => workflow.RunAsync(counter.Id), Options(queue))).ShouldBe("missing");

        await Should.ThrowAsync<Temporalio.Exceptions.WorkflowFailedException>(() => counter.GetResultAsync());
        (await counter.QueryAsync(workflow => workflow.Count)).ShouldBe(7);
    });

    [Fact]
    public async Task Markers_and_memos_are_written() => await WithWorkerAsync(async (client, queue) =>
    {
        var handle = await client.StartWorkflowAsync((MarkingWorkflow workflow) => workflow.RunAsync(), Options(queue));

        (await handle.GetResultAsync()).ShouldBe("Hello local True");

        (await EventsAsync(handle)).ShouldContain("MarkerRecorded");
        (await EventsAsync(handle)).ShouldContain("TimerCanceled");
        (await (await handle.DescribeAsync()).Memo["note"].ToValueAsync<string>()).ShouldBe("written");
    });

    [Fact]
    public async Task A_failed_workflow_task_is_tried_again() => await WithWorkerAsync(async (client, queue) =>
    {
        var handle = await client.StartWorkflowAsync((StumblingWorkflow workflow) => workflow.RunAsync(), Options(queue));

        (await handle.GetResultAsync()).ShouldBe("up again");

        (await EventsAsync(handle)).ShouldBe(Line("""
            WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskFailed
            WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted WorkflowExecutionCompleted
            """));
    });

    private static WorkflowOptions Options(string queue) => new($"engine-{Guid.NewGuid():N}", queue) { ExecutionTimeout = TimeSpan.FromSeconds(30) };

    private async Task<TemporalClient> ConnectAsync()
    {
        Assert.SkipWhen(server.Address is null, "no temporal CLI: neither TEMPORAL_CLI nor PATH leads to one");
        return await TemporalClient.ConnectAsync(new(server.Address!) { Namespace = Facts.Settings.Defaults.Temporal.CanaryNamespace });
    }

    private async Task WithWorkerAsync(Func<TemporalClient, string, Task> test)
    {
        var client = await ConnectAsync();
        var options = new TemporalWorkerOptions($"engine-{Guid.NewGuid():N}")
            .AddWorkflow<GreetWorkflow>().AddWorkflow<CounterWorkflow>().AddWorkflow<RetryWorkflow>().AddWorkflow<TimeoutWorkflow>().AddWorkflow<CancelWorkflow>()
            .AddWorkflow<ParentWorkflow>().AddWorkflow<LeavingWorkflow>().AddWorkflow<FailWorkflow>().AddWorkflow<CountdownWorkflow>().AddWorkflow<TellingWorkflow>()
            .AddWorkflow<MarkingWorkflow>().AddWorkflow<StumblingWorkflow>()
            .AddAllActivities(typeof(EngineActivities), null);
        using var worker = new TemporalWorker(client, options);
        await worker.ExecuteAsync(() => test(client, options.TaskQueue!).WaitAsync(TimeSpan.FromSeconds(40), Token), Token);
    }

    private static async Task<List<Temporalio.Api.History.V1.HistoryEvent>> HistoryAsync(WorkflowHandle handle) => [.. (await handle.FetchHistoryAsync()).Events];

    private static async Task<string> EventsAsync(WorkflowHandle handle) => string.Join(' ', (await HistoryAsync(handle)).Select(entry => entry.EventType));

    private static Task<DescribeWorkflowExecutionResponse> RawAsync(TemporalClient client, WorkflowHandle handle) => client.Connection.WorkflowService.DescribeWorkflowExecutionAsync(
        new() { Namespace = client.Options.Namespace, Execution = new() { WorkflowId = handle.Id } });

    private static string Line(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(35));
        while (!await condition())
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }
}

/// <summary>The contract, asked of the engine.</summary>
public sealed class EngineTests(EngineStandIn server) : EngineContract(server), IClassFixture<EngineStandIn>;

/// <summary>The contract, asked of a real dev server.</summary>
public sealed class EngineOfDevServerTests(EngineDevServer server) : EngineContract(server), IClassFixture<EngineDevServer>;
