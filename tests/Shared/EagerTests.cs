using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.Gate;
using TemporalConformance.Probes;

namespace TemporalConformance.Tests;

/// <summary>eager: starts whose answer carries the first workflow task. What only PostUpgrade asks stands in its own half of the class.</summary>
public sealed partial class EagerTests(UpgradeUnderTest upgrade)
{
    /// <summary>The first release in which eager start is on by default and history records that it was accepted.</summary>
    private static readonly ServerVersion OnByDefault = new(1, 29, 0);

    [Check("eager/response-carries-task", Severity.Advisory, Needs = Systems.Temporal,
        Remedy = "Compare system.enableEagerWorkflowStart of all frontends and history hosts: history decides, and frontends only say what they were told.")]
    public Task Answer_to_an_eager_start_carries_the_first_workflow_task() => upgrade.Ask(async token =>
    {
        await EnsureSubject(token);
        var outcome = await upgrade.EagerStart(token);
        const string Wanted = "the answer to a start with request_eager_execution carries a workflow task";
        switch (outcome.Fate)
        {
            case EagerFate.Denied:
                throw new Violated("Eager start is denied: it is off in this namespace.")
                {
                    Wanted = Wanted,
                    Observed = "no task; the namespace says that eager start is off (system.enableEagerWorkflowStart=false)",
                    Where = outcome.Where,
                    Remedy = "Set system.enableEagerWorkflowStart to true for the namespace, on frontend and history, or state eager=off.",
                };
            case EagerFate.Ignored:
                throw new Violated("A request for eager start is ignored, although eager start is on.")
                {
                    Wanted = Wanted,
                    Observed = "no task; the namespace says that eager start is on, and a worker waited on the connection of the request",
                    Where = outcome.Where,
                };
            case EagerFate.NoWorker:
                throw new Unanswered("No worker is on the same connection, so that the SDK asks for no eager start.")
                {
                    Wanted = Wanted,
                    Observed = "no task; our worker for the task queue had ended",
                    Where = outcome.Where,
                    Remedy = "Look at sdk/workflow-completes for why the worker ended.",
                };
        }
    });

    [Check("eager/history-accepts", Severity.Advisory, Needs = Systems.Temporal,
        Remedy = "Look whether every history host is the target release: servers before 1.29 hand out the task and do not record it.")]
    public Task History_records_that_the_eager_start_was_accepted() => upgrade.Ask(async token =>
    {
        await EnsureSubject(token);
        var outcome = await upgrade.EagerStart(token);
        if (await upgrade.LowestServer(token) is var server && server < OnByDefault)
        {
            throw new NotApplicable($"A server before {OnByDefault} does not record it, and this is {server}.");
        }

        if (outcome.Fate != EagerFate.Granted)
        {
            throw new NotApplicable("No eager start was granted, so that there is nothing to record.") { Cause = "eager/response-carries-task" };
        }

        if (!outcome.Recorded)
        {
            throw new Violated("The answer carried the workflow task, and the history does not record that the eager start was accepted.")
            {
                Wanted = "the first event, WorkflowExecutionStarted, has eagerExecutionAccepted",
                Observed = "it has not",
                Where = outcome.Where,
            };
        }
    });

    private void EnsureWanted()
    {
        if (upgrade.Eager == "off")
        {
            throw new NotApplicable("Eager start is pinned off by eager=off.");
        }
    }

    // Below 1.29 eager start is off unless somebody switched it on: then, and only then, there is something to judge without eager=required.
    private async Task EnsureSubject(CancellationToken token)
    {
        EnsureWanted();
        if (upgrade.Eager == "auto" && await upgrade.LowestServer(token) is var server && server < OnByDefault && (await upgrade.EagerStart(token)).Fate == EagerFate.Denied)
        {
            throw new NotApplicable($"Before {OnByDefault} eager start is off by default, and this is {server}.");
        }
    }
}
