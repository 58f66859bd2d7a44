using TemporalConformance.Checks;
using TemporalConformance.Gate;

namespace TemporalConformance.Tests;

public sealed partial class WorkflowsTests
{
    /// <summary>How long a task may wait although a worker asks for tasks of its queue.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>A worker that works asks at least once a minute.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(2);

    [Check("workflows/running-not-lost", Severity.Blocker, Needs = Systems.Temporal, LimitSeconds = 600,
        Remedy = "Stop the workers of those types and look in the database that the servers use for the run ids (executions, current_executions); with data missing, restore. Executions that somebody deleted by hand since count as lost too.")]
    public Task Every_workflow_that_ran_before_the_upgrade_still_exists() => upgrade.Ask(async token =>
    {
        var fates = await upgrade.Fates(token);
        const string Wanted = "every execution of the baseline: running, continued as new, or closed since";
        if (fates.Lost.Count > 0)
        {
            throw new Violated("Workflows that ran before the upgrade are gone.") { Wanted = Wanted, Observed = string.Join('\n', fates.Lost.Append($"of all: {fates}")) };
        }

        if (fates.Unknown.Count > 0)
        {
            throw new Unanswered("Of some workflows that ran before the upgrade nothing can be said.")
            {
                Wanted = Wanted,
                Observed = string.Join('\n', fates.Unknown.Append($"of all: {fates}")),
                Remedy = "Run PostUpgrade within the namespaces' retention after PreUpgrade; look at visibility where it lists less than there is.",
            };
        }
    });

    [Check("workflows/histories-preserved", Severity.Blocker, Needs = Systems.Temporal, LimitSeconds = 600,
        Remedy = "Workers replay these histories: a changed one fails or repeats work. Stop the workers of those types, compare with temporal workflow show, and restore the main store if the events are really gone.")]
    public Task Histories_go_on_where_they_were_before_the_upgrade() => upgrade.Ask(async token =>
    {
        var sampled = await SampledAsync(token);
        var offences = new List<string>();
        foreach (var one in sampled.Where(one => one.Now is not null || !one.MayBeRemoved))
        {
            var difference = one.Now is null ? "the execution is gone" : one.History is null ? "the history is gone" : one.Before.History!.DifferenceTo(one.History);
            if (difference is not null)
            {
                offences.Add($"{one.Before}: {difference}");
            }
        }

        if (offences.Count > 0)
        {
            throw new Violated("Histories of before the upgrade are not what they were.")
            {
                Wanted = "each history of the baseline is the beginning of the history now",
                Observed = string.Join('\n', offences.Append($"of {sampled.Count} histories of the baseline")),
            };
        }

        if (sampled.All(one => one.Now is null))
        {
            throw new Unanswered("None of the histories of the baseline is there any more: their namespaces' retention has passed.")
            {
                Remedy = "Run PostUpgrade within the namespaces' retention after PreUpgrade.",
            };
        }
    });

    [Check("workflows/still-progressing", Severity.Advisory, Needs = Systems.Temporal, LimitSeconds = 600,
        Remedy = "Look at history's queues and matching of the shard and task queue. tdbg (or tctl admin) workflow refresh-tasks makes the tasks of one execution again.")]
    public Task Workflows_from_before_the_upgrade_go_on() => upgrade.Ask(async token =>
    {
        var running = (await SampledAsync(token)).Where(one => one.Now?.Status == "Running").ToList();
        if (running.Count == 0)
        {
            throw new NotApplicable("None of the sampled workflows of before the upgrade is still running.");
        }

        var now = DateTimeOffset.UtcNow;
        var stuck = running.SelectMany(one => Stuck(one, now)).ToList();
        if (stuck.Count > 0)
        {
            throw new Violated("Workflows from before the upgrade are stuck.")
            {
                Wanted = $"no timer overdue, and no task that waits longer than {Sizes.Duration(Patience)} while a worker asks for it",
                Observed = string.Join('\n', stuck.Append($"of {running.Count} sampled workflows that are still running")),
            };
        }
    });

    private async Task<IReadOnlyList<SampledExecution>> SampledAsync(CancellationToken token) => await upgrade.Sampled(token) is { Count: > 0 } sampled
        ? sampled
        : throw new NotApplicable("The baseline has no history: nothing ran when it was taken, or workflows.sample is 0.");

    private static IEnumerable<string> Stuck(SampledExecution one, DateTimeOffset now)
    {
        if (one.Now!.WorkflowTaskSince is { } since && Waits(since, one.Now.TaskQueue, "workflow") is { } task)
        {
            yield return $"{one.Before}: its workflow task {task}";
        }

        foreach (var activity in one.Now.Activities)
        {
            if (Waits(activity.Since, one.History?.ActivityQueues.GetValueOrDefault(activity.ActivityId) ?? one.Now.TaskQueue, "activity") is { } attempt)
            {
                yield return $"{one.Before}: its activity {activity.Type} {attempt}";
            }
        }

        // The server fires timers without any worker.
        foreach (var timer in one.History is { WhyCut: null } history ? history.Timers.Where(timer => now - timer.Due > Patience) : [])
        {
            yield return $"{one.Before}: its timer {timer.TimerId} was due {timer.Due.UtcDateTime:u} and has not fired";
        }

        string? Waits(DateTimeOffset from, string queue, string kind) =>
            now - from > Patience && one.Workers.GetValueOrDefault(queue)?.Any(poller => poller.Kind == kind && poller.LastAccess > now - Fresh) == true
                ? $"has waited on {queue} since {from.UtcDateTime:u}, although a worker asks for tasks there"
                : null;
    }
}
