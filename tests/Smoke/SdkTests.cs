using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.Gate;
using TemporalConformance.Probes;

namespace TemporalConformance.Tests;

public sealed partial class SdkTests
{
    /// <summary>The first release whose servers let any SDK start a workflow with an update.</summary>
    private static readonly ServerVersion UpdateWithStart = new(1, 28, 0);

    [Check("sdk/workflow-completes", Severity.Blocker, Needs = Systems.Temporal,
        Remedy = "Follow the workflow in the UI: with no workflow task completed look at matching and history, with none scheduled at history's shards.")]
    public Task Workflow_started_by_an_SDK_completes_on_its_worker() => AskCanary("sdk/workflow-completes", "A workflow that the SDK started did not complete as it should.");

    [Check("sdk/activity-completes", Severity.Blocker, Needs = Systems.Temporal,
        Remedy = "Follow the workflow in the UI: an activity that is scheduled and not started waits in matching, one that is started and not completed in history.")]
    public Task Results_of_activities_reach_their_workflow() => AskCanary("sdk/activity-completes", "A workflow did not get the results of its activities.");

    [Check("sdk/signal-and-query", Severity.Blocker, Needs = Systems.Temporal,
        Remedy = "Look for WorkflowExecutionSignaled in the history of the workflow: with it the worker was not told, without it history lost the signal.")]
    public Task Signals_reach_their_workflow_and_queries_know_of_them() => AskCanary("sdk/signal-and-query", "A workflow and its clients do not understand each other by signals and queries.");

    [Check("sdk/timer-fires", Severity.Blocker, Needs = Systems.Temporal,
        Remedy = "Look at the timer queue of history: its lag (task_latency_queue of the timer queue), the clocks of the hosts, and shards that nobody owns.")]
    public Task Timers_fire_on_time() => AskCanary("sdk/timer-fires", "A timer did not fire as it should.");

    [Check("sdk/update", Severity.Blocker, Needs = Systems.Temporal,
        Remedy = "Look whether frontend.enableUpdateWorkflowExecution is false in the dynamic configuration, then at history's log.")]
    public Task Updates_are_answered_by_their_workflow() => AskCanary("sdk/update", "An update was not answered as it should be.");

    [Check("sdk/update-with-start", Severity.Blocker, Needs = Systems.Temporal,
        Remedy = "Look whether frontend.enableExecuteMultiOperation is false in the dynamic configuration, then at history's log.")]
    public Task Workflows_are_started_with_an_update() => upgrade.Ask(async token =>
    {
        if (await upgrade.LowestServer(token) is var server && server < UpdateWithStart)
        {
            throw new NotApplicable($"A server before {UpdateWithStart} need not start workflows with an update, and this is {server}.");
        }

        await Judge("sdk/update-with-start", "A workflow was not started with an update as it should be.", token);
    });

    [Check("sdk/cancel-and-terminate", Severity.Blocker, Needs = Systems.Temporal,
        Remedy = "Follow the workflow in the UI: a request to cancel stands in its history before the worker knows of it.")]
    public Task Workflows_end_when_they_are_cancelled_or_terminated() => AskCanary("sdk/cancel-and-terminate", "A workflow that was cancelled or terminated did not end so.");

    [Check("sdk/child-and-continue-as-new", Severity.Advisory, Needs = Systems.Temporal,
        Remedy = "Follow the workflow and its children in the UI: a child that is initiated and not started waits in history's transfer queue.")]
    public Task Children_run_and_workflows_continue_as_new() => AskCanary("sdk/child-and-continue-as-new", "A workflow with children that continues as new did not complete as it should.");

    [Check("sdk/schedule-fires", Severity.Advisory, Needs = Systems.Temporal,
        Remedy = "Look whether the worker service runs (it drives schedules in every namespace) and whether frontend.enableSchedules is false.")]
    public Task Schedules_start_their_workflows() => AskCanary("sdk/schedule-fires", "A schedule did not start its workflow.");

    [Check("sdk/visibility-lists-it", Severity.Blocker, Needs = Systems.Temporal,
        Remedy = "Look at history's visibility queue and at the visibility store: its schema, its rights, its load.")]
    public Task Visibility_lists_what_runs_and_what_ran_before() => AskCanary("sdk/visibility-lists-it", "Visibility does not show the workflows as they are.");

    [Check("sdk/retry-and-timeout", Severity.Advisory, Needs = Systems.Temporal,
        Remedy = "Look at the timer queue of history, which starts attempts again and notices timeouts.")]
    public Task Activities_are_tried_again_and_time_out() => AskCanary("sdk/retry-and-timeout", "A failed attempt was not followed by another, or a timeout was not noticed.");

    private Task AskCanary(string check, string sentence) => upgrade.Ask(token => Judge(check, sentence, token));

    private async Task Judge(string check, string sentence, CancellationToken token)
    {
        var outcome = await upgrade.CanaryOutcome(check, token);
        if (outcome.Offence is not null)
        {
            throw new Violated(sentence) { Wanted = outcome.Wanted, Observed = outcome.Offence, Where = outcome.Where, Cause = await CauseOf(check, token) };
        }
    }

    // Where not even the plainest workflow completes, that is what to look into first.
    private async Task<string?> CauseOf(string check, CancellationToken token)
    {
        const string Plainest = "sdk/workflow-completes";
        if (check == Plainest || !upgrade.IsAsked(Plainest))
        {
            return null;
        }

        try
        {
            return (await upgrade.CanaryOutcome(Plainest, token)).Offence is null ? null : Plainest;
        }
        catch (ProbeException)
        {
            return Plainest;
        }
    }
}
