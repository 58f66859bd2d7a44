using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;
using Temporalio.Client.Schedules;
using Temporalio.Converters;
using Temporalio.Exceptions;

namespace TemporalConformance.SelfTests;

public abstract partial class EngineContract
{
    [Fact]
    public async Task Updates_are_answered() => await WithWorkerAsync(async (client, queue) =>
    {
        var handle = await client.StartWorkflowAsync((CounterWorkflow workflow) => workflow.RunAsync(), Options(queue));
        await handle.QueryAsync(workflow => workflow.Count);

        (await handle.ExecuteUpdateAsync(workflow => workflow.RaiseAsync(4))).ShouldBe(4);

        (await EventsAsync(handle)).ShouldBe(Line("""
            WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted
            WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted WorkflowExecutionUpdateAccepted TimerStarted
            TimerFired WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted WorkflowExecutionUpdateCompleted
            """));
        var update = await handle.StartUpdateAsync(workflow => workflow.RaiseAsync(1), new(WorkflowUpdateStage.Accepted) { Id = "second" });
        (await update.GetResultAsync()).ShouldBe(5);
        (await handle.GetUpdateHandle<int>("second").GetResultAsync()).ShouldBe(5, "who asks again gets the same answer");
        await handle.TerminateAsync();
    });

    [Fact]
    public async Task An_update_that_is_turned_down_leaves_no_trace() => await WithWorkerAsync(async (client, queue) =>
    {
        var handle = await client.StartWorkflowAsync((CounterWorkflow workflow) => workflow.RunAsync(), Options(queue));
        await handle.QueryAsync(workflow => workflow.Count);

        var failure = await Should.ThrowAsync<WorkflowUpdateFailedException>(() => handle.ExecuteUpdateAsync(workflow => workflow.RaiseAsync(-1)));

        failure.InnerException!.Message.ShouldBe("not below zero");
        (await EventsAsync(handle)).ShouldBe("WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted");
        (await handle.ExecuteUpdateAsync(workflow => workflow.RaiseAsync(2))).ShouldBe(2);
        await handle.SignalAsync(workflow => workflow.FinishAsync());
        (await handle.GetResultAsync()).ShouldBe(2);
    });

    [Fact]
    public async Task An_update_starts_the_workflow() => await WithWorkerAsync(async (client, queue) =>
    {
        var options = Options(queue);
        options.IdConflictPolicy = WorkflowIdConflictPolicy.UseExisting;
        var start = WithStartWorkflowOperation.Create((CounterWorkflow workflow) => workflow.RunAsync(), options);

        (await client.ExecuteUpdateWithStartWorkflowAsync((CounterWorkflow workflow) => workflow.RaiseAsync(2), new(start))).ShouldBe(2);

        var again = WithStartWorkflowOperation.Create((CounterWorkflow workflow) => workflow.RunAsync(), options);
        (await client.ExecuteUpdateWithStartWorkflowAsync((CounterWorkflow workflow) => workflow.RaiseAsync(2), new(again))).ShouldBe(4);
        var handle = await again.GetHandleAsync();
        (await start.GetHandleAsync()).ResultRunId.ShouldBe(handle.ResultRunId);
        await handle.SignalAsync(workflow => workflow.FinishAsync());
        (await handle.GetResultAsync()).ShouldBe(4);
        (await EventsAsync(handle)).ShouldStartWith(Line("""
            WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted WorkflowExecutionUpdateAccepted TimerStarted
            TimerFired WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted WorkflowExecutionUpdateCompleted
            """));
    });

    [Fact]
    public async Task A_signal_starts_the_workflow() => await WithWorkerAsync(async (client, queue) =>
    {
        var options = Options(queue);
        options.SignalWithStart((CounterWorkflow workflow) => workflow.AddAsync(2));
        var handle = await client.StartWorkflowAsync((CounterWorkflow workflow) => workflow.RunAsync(), options);
        await client.StartWorkflowAsync((CounterWorkflow workflow) => workflow.RunAsync(), options);
        await handle.SignalAsync(workflow => workflow.FinishAsync());

        (await handle.GetResultAsync()).ShouldBe(4);
    });

    [Fact]
    public async Task An_id_runs_once_at_a_time() => await WithWorkerAsync(async (client, queue) =>
    {
        var options = Options(queue);
        var first = await client.StartWorkflowAsync((CounterWorkflow workflow) => workflow.RunAsync(), options);

        var refusal = await Should.ThrowAsync<WorkflowAlreadyStartedException>(() => client.StartWorkflowAsync((CounterWorkflow workflow) => workflow.RunAsync(), options));
        refusal.RunId.ShouldBe(first.ResultRunId);
        options.IdConflictPolicy = WorkflowIdConflictPolicy.TerminateExisting;
        var second = await client.StartWorkflowAsync((CounterWorkflow workflow) => workflow.RunAsync(), options);
        second.ResultRunId.ShouldNotBe(first.ResultRunId);
        (await client.GetWorkflowHandle(first.Id, first.ResultRunId).DescribeAsync()).Status.ShouldBe(WorkflowExecutionStatus.Terminated);
        await second.SignalAsync(workflow => workflow.FinishAsync());
        await second.GetResultAsync();
        options.IdConflictPolicy = WorkflowIdConflictPolicy.Fail;
        options.IdReusePolicy = WorkflowIdReusePolicy.RejectDuplicate;
        refusal = await Should.ThrowAsync<WorkflowAlreadyStartedException>(() => client.StartWorkflowAsync((CounterWorkflow workflow) => workflow.RunAsync(), options));
        refusal.RunId.ShouldBe(second.ResultRunId);
    });

    [Fact]
    public async Task A_workflow_is_started_eagerly() => await WithWorkerAsync(async (client, queue) =>
    {
        var response = await client.Connection.WorkflowService.StartWorkflowExecutionAsync(new()
        {
            Namespace = client.Options.Namespace,
            WorkflowId = Options(queue).Id,
            WorkflowType = new() { Name = "GreetWorkflow" },
            TaskQueue = new() { Name = queue },
            Input = new() { Payloads_ = { await client.Options.DataConverter.ToPayloadAsync("eager") } },
            WorkflowRunTimeout = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(TimeSpan.FromSeconds(20)),
            RequestId = "request",
            Identity = "starter",
            RequestEagerExecution = true,
        });
        response.EagerWorkflowTask.ShouldNotBeNull();

        var history = await HistoryAsync(client.GetWorkflowHandle(response.EagerWorkflowTask.WorkflowExecution.WorkflowId));
        history[0].WorkflowExecutionStartedEventAttributes.EagerExecutionAccepted.ShouldBeTrue();
        history[2].WorkflowTaskStartedEventAttributes.Identity.ShouldBe("starter");
        history[2].WorkflowTaskStartedEventAttributes.RequestId.ShouldBe("request");
        (await client.GetWorkflowHandle<GreetWorkflow, string>(response.EagerWorkflowTask.WorkflowExecution.WorkflowId).GetResultAsync()).ShouldBe("Hello eager");
    });

    [Fact]
    public async Task Executions_are_listed_and_counted() => await WithWorkerAsync(async (client, queue) =>
    {
        var done = await client.StartWorkflowAsync((GreetWorkflow workflow) => workflow.RunAsync("list"), Options(queue));
        await done.GetResultAsync();
        var running = await client.StartWorkflowAsync((CounterWorkflow workflow) => workflow.RunAsync(), Options(queue));

        await UntilAsync(async () => (await client.CountWorkflowsAsync($"TaskQueue = '{queue}' AND ExecutionStatus = 'Completed'")).Count == 1);
        await UntilAsync(async () => (await client.CountWorkflowsAsync($"TaskQueue = '{queue}'")).Count == 2);
        (await ListAsync(client, $"WorkflowId = '{done.Id}'")).ShouldBe([done.Id]);
        (await ListAsync(client, $"TaskQueue = '{queue}' AND WorkflowType = 'CounterWorkflow'")).ShouldBe([running.Id]);
        (await ListAsync(client, $"WorkflowId STARTS_WITH '{running.Id[..20]}' AND ExecutionStatus IN ('Running', 'Failed')")).ShouldBe([running.Id]);
        var groups = await client.CountWorkflowsAsync($"TaskQueue = '{queue}' GROUP BY ExecutionStatus");
        groups.Groups.Select(group => $"{group.GroupValues.Single()} {group.Count}").Order().ShouldBe(["Completed 1", "Running 1"]);
        var refusal = await Should.ThrowAsync<RpcException>(() => client.CountWorkflowsAsync("NoSuchAttribute = 'x'"));
        refusal.Code.ShouldBe(RpcException.StatusCode.InvalidArgument);
        await running.TerminateAsync();
    });

    [Fact]
    public async Task Schedules_start_workflows() => await WithWorkerAsync(async (client, queue) =>
    {
        var id = $"engine-schedule-{Guid.NewGuid():N}";
        var action = ScheduleActionStartWorkflow.Create((GreetWorkflow workflow) => workflow.RunAsync("schedule"), new(id, queue));
        var schedule = await client.CreateScheduleAsync(id, new Schedule(action, new() { Intervals = [new(TimeSpan.FromSeconds(1))] }));

        await UntilAsync(async () => (await schedule.DescribeAsync()).Info.RecentActions.Count >= 2);
        await schedule.PauseAsync("enough");
        (await schedule.DescribeAsync()).Schedule.State.Paused.ShouldBeTrue();
        var started = ((ScheduleActionExecutionStartWorkflow)(await schedule.DescribeAsync()).Info.RecentActions.First().Action).WorkflowId;
        started.ShouldStartWith(id);
        (await client.GetWorkflowHandle<GreetWorkflow, string>(started).GetResultAsync()).ShouldBe("Hello schedule");
        await Should.ThrowAsync<ScheduleAlreadyRunningException>(() => client.CreateScheduleAsync(id, new Schedule(action, new() { Intervals = [new(TimeSpan.FromHours(1))] })));
        await UntilAsync(async () => await IsListedAsync(client, id));
        await schedule.DeleteAsync();
        (await Should.ThrowAsync<RpcException>(() => schedule.DescribeAsync())).Code.ShouldBe(RpcException.StatusCode.NotFound);
    });

    [Fact]
    public async Task A_schedule_is_triggered_by_hand() => await WithWorkerAsync(async (client, queue) =>
    {
        var id = $"engine-trigger-{Guid.NewGuid():N}";
        var action = ScheduleActionStartWorkflow.Create((GreetWorkflow workflow) => workflow.RunAsync("trigger"), new(id, queue));
        var schedule = await client.CreateScheduleAsync(id, new Schedule(action, new() { Intervals = [new(TimeSpan.FromHours(1))] }), new() { TriggerImmediately = true });

        await UntilAsync(async () => (await schedule.DescribeAsync()).Info.NumActions == 1);
        var first = ((ScheduleActionExecutionStartWorkflow)(await schedule.DescribeAsync()).Info.RecentActions.Single().Action).WorkflowId;
        (await client.GetWorkflowHandle<GreetWorkflow, string>(first).GetResultAsync()).ShouldBe("Hello trigger");
        await schedule.TriggerAsync(new() { Overlap = ScheduleOverlapPolicy.AllowAll });
        await UntilAsync(async () => (await schedule.DescribeAsync()).Info.NumActions == 2);
        await schedule.DeleteAsync();
    });

    [Fact]
    public async Task A_workflow_that_takes_too_long_is_ended() => await WithWorkerAsync(async (client, queue) =>
    {
        var options = Options(queue);
        options.RunTimeout = TimeSpan.FromMilliseconds(500);
        var handle = await client.StartWorkflowAsync((CounterWorkflow workflow) => workflow.RunAsync(), options);

        var failure = await Should.ThrowAsync<WorkflowFailedException>(() => handle.GetResultAsync());

        failure.InnerException.ShouldBeOfType<TimeoutFailureException>();
        (await EventsAsync(handle)).ShouldEndWith(" WorkflowExecutionTimedOut");
    });

    [Fact]
    public async Task A_start_is_delayed() => await WithWorkerAsync(async (client, queue) =>
    {
        var options = Options(queue);
        options.StartDelay = TimeSpan.FromSeconds(1);
        var handle = await client.StartWorkflowAsync((GreetWorkflow workflow) => workflow.RunAsync("later"), options);

        (await EventsAsync(handle)).ShouldBe("WorkflowExecutionStarted");
        (await handle.GetResultAsync()).ShouldBe("Hello later");
    });

    [Fact]
    public async Task Workers_are_seen_at_their_queue() => await WithWorkerAsync(async (client, queue) =>
    {
        foreach (var kind in new[] { TaskQueueType.Workflow, TaskQueueType.Activity })
        {
            await UntilAsync(async () => (await client.Connection.WorkflowService.DescribeTaskQueueAsync(new DescribeTaskQueueRequest
            {
                Namespace = client.Options.Namespace,
                TaskQueue = new() { Name = queue },
                TaskQueueType = kind,
            })).Pollers.Any(poller => poller.Identity == client.Connection.Options.Identity));
        }
    });

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        var client = await ConnectAsync();
        var handle = client.GetWorkflowHandle("no-such-workflow");

        foreach (var call in new Func<Task>[]
        {
            () => handle.DescribeAsync(), () => handle.FetchHistoryAsync(), () => handle.SignalAsync("any", []), () => handle.CancelAsync(), () => handle.TerminateAsync(),
        })
        {
            var refusal = await Should.ThrowAsync<RpcException>(call);
            refusal.Code.ShouldBe(RpcException.StatusCode.NotFound);
            refusal.Message.ShouldStartWith("workflow not found for ID: no-such-workflow");
        }
    }

    [Fact]
    public async Task A_deleted_execution_is_gone() => await WithWorkerAsync(async (client, queue) =>
    {
        var handle = await client.StartWorkflowAsync((GreetWorkflow workflow) => workflow.RunAsync("delete"), Options(queue));
        await handle.GetResultAsync();

        await client.Connection.WorkflowService.DeleteWorkflowExecutionAsync(new() { Namespace = client.Options.Namespace, WorkflowExecution = new() { WorkflowId = handle.Id } });

        await UntilAsync(async () =>
        {
            try
            {
                await handle.DescribeAsync();
                return false;
            }
            catch (RpcException refusal) when (refusal.Code == RpcException.StatusCode.NotFound)
            {
                return true;
            }
        });
    });

    private static async Task<List<string>> ListAsync(TemporalClient client, string query)
    {
        List<string> found = [];
        await foreach (var execution in client.ListWorkflowsAsync(query))
        {
            found.Add(execution.Id);
        }

        return found;
    }

    private static async Task<bool> IsListedAsync(TemporalClient client, string id)
    {
        await foreach (var schedule in client.ListSchedulesAsync())
        {
            if (schedule.Id == id)
            {
                return true;
            }
        }

        return false;
    }
}
