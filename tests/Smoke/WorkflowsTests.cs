using TemporalConformance.Checks;
using TemporalConformance.Gate;

namespace TemporalConformance.Tests;

/// <summary>workflows: what the users' own work does.</summary>
public sealed class WorkflowsTests(UpgradeUnderTest upgrade)
{
    [Check("workflows/critical-complete", Severity.Blocker, Needs = Systems.Temporal, LimitSeconds = 900,
        Remedy = "Look whether its workers run and poll the queue of the entry, then follow the workflow in the UI.")]
    public Task Critical_workflows_complete_in_time() => upgrade.Ask(async token =>
    {
        var workflows = upgrade.CriticalWorkflows;
        if (workflows.Count == 0)
        {
            throw new NotApplicable("No workflow is named in workflows.critical.");
        }

        var outcomes = await Task.WhenAll(workflows.Select(async workflow => (workflow.Type, Outcome: await upgrade.Completes(workflow, token))));
        var offences = outcomes.Where(one => one.Outcome.Offence is not null).ToList();
        if (offences.Count > 0)
        {
            throw new Violated($"{offences.Count} of {outcomes.Length} critical workflows did not complete.")
            {
                Wanted = string.Join('\n', offences.Select(one => one.Outcome.Wanted)),
                Observed = string.Join('\n', offences.Select(one => $"{one.Type}: {one.Outcome.Offence}")),
                Where = string.Join('\n', offences.Select(one => one.Outcome.Where)),
            };
        }
    });
}
