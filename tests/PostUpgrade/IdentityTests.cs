using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.Gate;

namespace TemporalConformance.Tests;

/// <summary>identity: what an upgrade must not change.</summary>
public sealed class IdentityTests(UpgradeUnderTest upgrade)
{
    [Check("identity/cluster-unchanged", Severity.Blocker, Needs = Systems.Postgresql,
        Remedy = "Stop the servers before they write more: they run on another database, or under another cluster name, than before the upgrade.")]
    public Task Cluster_is_the_one_that_was_upgraded() => upgrade.Ask(async token =>
    {
        var reading = await upgrade.Reading(Store.Main, token);
        var now = Baseline.IdentityOf(reading.Clusters.OrUnanswered(reading), upgrade.IsCopy ? null : reading.SystemIdentifier.ValueOrDefault);
        var before = (await upgrade.Baseline(token)).Identity;
        var offences = before.DifferencesTo(now);
        if (offences.Count == 0 && before.SystemIdentifier is not null && !upgrade.IsCopy)
        {
            // A restored copy has every row of the cluster, and another identifier of its server: only that tells the two apart.
            _ = reading.SystemIdentifier.OrUnanswered(reading);
        }

        if (offences.Count > 0)
        {
            throw new Violated("This is not the cluster that PreUpgrade saw.")
            {
                Wanted = before.ToString(),
                Observed = string.Join('\n', offences),
                Where = reading.Where,
            };
        }
    });
}
