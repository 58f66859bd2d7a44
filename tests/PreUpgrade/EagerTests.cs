using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.Gate;

namespace TemporalConformance.Tests;

/// <summary>eager: what PreUpgrade can tell of it.</summary>
public sealed class EagerTests(UpgradeUnderTest upgrade)
{
    /// <summary>The first release in which eager start is on by default.</summary>
    private static readonly ServerVersion OnByDefault = new(1, 29, 0);

    [Check("eager/clients-already-asking", Severity.Advisory, Needs = Systems.Metrics,
        Remedy = "Nothing has to change: know that these clients get their first task eagerly from the upgrade on, and set system.enableEagerWorkflowStart to false for a namespace that must not.")]
    public Task No_client_asks_for_eager_start_in_vain() => upgrade.Ask(async token =>
    {
        if (upgrade.Eager == "off")
        {
            throw new NotApplicable("Eager start is pinned off by eager=off.");
        }

        if (upgrade.To.Version < OnByDefault)
        {
            throw new NotApplicable($"Before {OnByDefault} eager start is off by default, so the upgrade to {upgrade.To.Version} changes nothing for clients that ask for it.");
        }

        var look = await upgrade.Metrics(token);
        MetricsHealth.NobodyAsksForEagerStart(look, upgrade.To.Version);
    });
}
