using TemporalConformance.Checks;
using TemporalConformance.Gate;

namespace TemporalConformance.Tests;

public sealed partial class SdkTests
{
    private static readonly TimeSpan WorkflowLimit = TimeSpan.FromSeconds(20);

    [Check("sdk/workflow-completes", Severity.Blocker, Needs = Systems.Temporal,
        Remedy = "Follow the workflow in the UI: with no workflow task completed look at matching and history, with none scheduled at history's shards.")]
    public Task Workflow_started_by_an_SDK_completes_on_its_worker() => upgrade.Ask(async token =>
    {
        var canary = await upgrade.Canary(token);
        var text = $"echo-{Guid.NewGuid():N}";
        var outcome = await canary.EchoAsync(text, WorkflowLimit, token);
        if (outcome.Result != text)
        {
            throw new Violated("A workflow that the SDK started did not complete as it should.")
            {
                Wanted = $"the workflow returns its argument within {WorkflowLimit.TotalSeconds:0} s",
                Observed = outcome.WhyNot ?? $"it returned {outcome.Result}",
                Where = canary.Where,
            };
        }
    });
}
