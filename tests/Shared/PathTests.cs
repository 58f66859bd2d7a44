using TemporalConformance.Checks;
using TemporalConformance.Gate;

namespace TemporalConformance.Tests;

/// <summary>path: from the running release to the target. What only PreUpgrade asks stands in its own half of the class.</summary>
public sealed partial class PathTests(UpgradeUnderTest upgrade)
{
    [Check("path/one-running-version", Severity.Blocker, Needs = Systems.Temporal, Settles = true,
        Remedy = "Finish the roll-out that is under way, or find out why it stands still; then ask again.")]
    public Task Every_frontend_runs_one_and_the_same_release() => upgrade.Ask(async token =>
        await upgrade.Settled(state => ClusterHealth.OneRunningVersion(state, upgrade.Phase == UpgradePhase.PostUpgrade ? upgrade.To.Version : null), token));
}
