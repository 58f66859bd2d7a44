using Temporalio.Activities;
using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Workflows;

#pragma warning disable CA1822 // The SDK wants instance methods.

namespace TemporalConformance.SelfTests;

/// <summary>What the workflows of the engine's tests do outside of them.</summary>
public static class EngineActivities
{
    [Activity]
    public static string Greet(string name) => $"Hello {name}";

    /// <summary>Succeeds at the attempt that it is given.</summary>
    [Activity]
    public static int SucceedAt(int attempt) => ActivityExecutionContext.Current.Info.Attempt == attempt
        ? attempt
        : throw new ApplicationFailureException($"attempt {ActivityExecutionContext.Current.Info.Attempt}", "TooEarly");

    [Activity]
    public static void Refuse() => throw new ApplicationFailureException("never", "Refused", nonRetryable: true);

    /// <summary>Never ends by itself, and says nothing.</summary>
    [Activity]
    public static Task Hang() => Task.Delay(Timeout.Infinite, ActivityExecutionContext.Current.CancellationToken);

    /// <summary>Says that it lives until it is cancelled.</summary>
    [Activity]
    public static async Task Beat()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await timer.WaitForNextTickAsync(ActivityExecutionContext.Current.CancellationToken))
        {
            ActivityExecutionContext.Current.Heartbeat("alive");
        }
    }
}

/// <summary>An activity, a timer, another activity.</summary>
[Workflow]
public sealed class GreetWorkflow
{
    [WorkflowRun]
    public async Task<string> RunAsync(string name)
    {
        var first = await Workflow.ExecuteActivityAsync(() => EngineActivities.Greet(name), new() { StartToCloseTimeout = TimeSpan.FromSeconds(10) });
        await Workflow.DelayAsync(TimeSpan.FromMilliseconds(100));
        return first;
    }
}

/// <summary>Counts what it is told, and ends when it is told to.</summary>
[Workflow]
public sealed class CounterWorkflow
{
    private bool _finished;

    [WorkflowQuery]
    public int Count { get; private set; }

    [WorkflowRun]
    public async Task<int> RunAsync()
    {
        await Workflow.WaitConditionAsync(() => _finished);
        return Count;
    }

    [WorkflowSignal]
    public Task AddAsync(int more)
    {
        Count += more;
        return Task.CompletedTask;
    }

    [WorkflowSignal]
    public Task FinishAsync()
    {
        _finished = true;
        return Task.CompletedTask;
    }

    [WorkflowUpdate]
    public async Task<int> RaiseAsync(int more)
    {
        await Workflow.DelayAsync(TimeSpan.FromMilliseconds(20));
        return Count += more;
    }

    [WorkflowUpdateValidator(nameof(RaiseAsync))]
    public void MayRaise(int more)
    {
        if (more < 0)
        {
            throw new ApplicationFailureException("not below zero", "Negative");
        }
    }
}

/// <summary>Retries, and gives up.</summary>
[Workflow]
public sealed class RetryWorkflow
{
    [WorkflowRun]
    public async Task<string> RunAsync()
    {
        var attempt = await Workflow.ExecuteActivityAsync(() => EngineActivities.SucceedAt(3), new()
        {
            StartToCloseTimeout = TimeSpan.FromSeconds(10),
            RetryPolicy = new() { InitialInterval = TimeSpan.FromMilliseconds(50) },
        });
        return $"{attempt} {await WhyAsync(() => EngineActivities.SucceedAt(9), new() { MaximumAttempts = 2, InitialInterval = TimeSpan.FromMilliseconds(50) })}"
            + $" {await WhyAsync(() => EngineActivities.Refuse(), null)}";
    }

    private static async Task<string> WhyAsync(System.Linq.Expressions.Expression<Action> activity, RetryPolicy? policy)
    {
        try
        {
            await Workflow.ExecuteActivityAsync(activity, new() { StartToCloseTimeout = TimeSpan.FromSeconds(10), RetryPolicy = policy });
            return "none";
        }
        catch (ActivityFailureException failed)
        {
            return $"{failed.RetryState}";
        }
    }
}

/// <summary>Each kind of timeout of an activity.</summary>
[Workflow]
public sealed class TimeoutWorkflow
{
    [WorkflowRun]
    public async Task<string> RunAsync()
    {
        var once = new RetryPolicy { MaximumAttempts = 1 };
        var brief = TimeSpan.FromMilliseconds(300);
        var afterStart = await WhyAsync(new() { StartToCloseTimeout = brief, RetryPolicy = once });
        var silent = await WhyAsync(new() { StartToCloseTimeout = TimeSpan.FromSeconds(20), HeartbeatTimeout = brief, RetryPolicy = once });
        var untaken = await WhyAsync(new() { ScheduleToCloseTimeout = TimeSpan.FromSeconds(20), ScheduleToStartTimeout = brief, TaskQueue = "nobody-polls-here" });
        var whole = await WhyAsync(new() { ScheduleToCloseTimeout = brief });
        return $"{afterStart} {silent} {untaken} {whole}";
    }

    private static async Task<string> WhyAsync(ActivityOptions options)
    {
        try
        {
            await Workflow.ExecuteActivityAsync(() => EngineActivities.Hang(), options);
            return "none";
        }
        catch (ActivityFailureException failed) when (failed.InnerException is TimeoutFailureException timeout)
        {
            return $"{timeout.TimeoutType}";
        }
    }
}

/// <summary>Cancels what it waits for when it is cancelled itself.</summary>
[Workflow]
public sealed class CancelWorkflow
{
    [WorkflowRun]
    public async Task RunAsync() => await Workflow.ExecuteActivityAsync(() => EngineActivities.Beat(), new()
    {
        StartToCloseTimeout = TimeSpan.FromMinutes(1),
        HeartbeatTimeout = TimeSpan.FromSeconds(10),
        CancellationType = ActivityCancellationType.WaitCancellationCompleted,
    });
}

/// <summary>Children that succeed, fail and are cancelled.</summary>
[Workflow]
public sealed class ParentWorkflow
{
    [WorkflowRun]
    public async Task<string> RunAsync(string id)
    {
        var greeting = await Workflow.ExecuteChildWorkflowAsync((GreetWorkflow child) => child.RunAsync("child"), new() { Id = $"{id}-greet" });
        string failure;
        try
        {
            await Workflow.ExecuteChildWorkflowAsync((FailWorkflow child) => child.RunAsync(1), new() { Id = $"{id}-fail" });
            failure = "none";
        }
        catch (ChildWorkflowFailureException failed)
        {
            failure = failed.InnerException!.Message;
        }

        var counter = await Workflow.StartChildWorkflowAsync((CounterWorkflow child) => child.RunAsync(), new() { Id = $"{id}-counter" });
        await counter.SignalAsync(child => child.AddAsync(5));
        await counter.SignalAsync(child => child.FinishAsync());
        return $"{greeting}, {failure}, {await counter.GetResultAsync()}";
    }
}

/// <summary>Leaves a child behind.</summary>
[Workflow]
public sealed class LeavingWorkflow
{
    [WorkflowRun]
    public async Task RunAsync(string id) => await Workflow.StartChildWorkflowAsync((CounterWorkflow child) => child.RunAsync(), new() { Id = $"{id}-left" });
}

/// <summary>Fails until the attempt that it is given; at the first one for good when that is 1.</summary>
[Workflow]
public sealed class FailWorkflow
{
    [WorkflowRun]
    public Task<int> RunAsync(int attempt) => Workflow.Info.Attempt == attempt && attempt > 1
        ? Task.FromResult(attempt)
        : throw new ApplicationFailureException("as asked", "Asked");
}

/// <summary>Goes on as another run until nothing is left.</summary>
[Workflow]
public sealed class CountdownWorkflow
{
    [WorkflowRun]
    public Task<string> RunAsync(int left) => left > 0
        ? throw Workflow.CreateContinueAsNewException((CountdownWorkflow next) => next.RunAsync(left - 1))
        : Task.FromResult("done");
}

/// <summary>Tells another workflow to count, to end, and a missing one too.</summary>
[Workflow]
public sealed class TellingWorkflow
{
    [WorkflowRun]
    public async Task<string> RunAsync(string id)
    {
        await Workflow.GetExternalWorkflowHandle<CounterWorkflow>(id).SignalAsync(other => other.AddAsync(7));
        await Workflow.GetExternalWorkflowHandle(id).CancelAsync();
        try
        {
            await Workflow.GetExternalWorkflowHandle<CounterWorkflow>($"{id}-missing").SignalAsync(other => other.AddAsync(7));
            return "found";
        }
        catch (Exception missing) when (missing is FailureException)
        {
            return "missing";
        }
    }
}

/// <summary>Markers, memo and search attributes, and a timer that is cancelled.</summary>
[Workflow]
public sealed class MarkingWorkflow
{
    [WorkflowRun]
    public async Task<string> RunAsync()
    {
        var greeting = await Workflow.ExecuteLocalActivityAsync(() => EngineActivities.Greet("local"), new() { StartToCloseTimeout = TimeSpan.FromSeconds(10) });
        var patched = Workflow.Patched("patch");
        Workflow.UpsertMemo(MemoUpdate.ValueSet("note", "written"));
        using var source = new CancellationTokenSource();
        var timer = Workflow.DelayAsync(TimeSpan.FromMinutes(1), source.Token);
        await Workflow.DelayAsync(TimeSpan.FromMilliseconds(50));
        source.Cancel();
        try
        {
            await timer;
        }
        catch (OperationCanceledException)
        {
            return $"{greeting} {patched}";
        }

        return "not cancelled";
    }
}

/// <summary>Its first workflow task fails.</summary>
[Workflow]
public sealed class StumblingWorkflow
{
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, bool> s_seen = new();

    [WorkflowRun]
    public Task<string> RunAsync() => s_seen.TryAdd(Workflow.Info.RunId, true) ? throw new InvalidOperationException("stumbled") : Task.FromResult("up again");
}
