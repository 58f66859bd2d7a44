using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.Gate;

namespace TemporalConformance.Tests;

public sealed partial class SdkTests
{
    /// <summary>From here on worker deployments are the ones that stay; what came before was a draft of them.</summary>
    private static readonly ServerVersion Deployments = ServerVersion.Parse("1.28.0");

    [Check("sdk/worker-versioning-inventory", Severity.Advisory, Needs = Systems.Temporal, LimitSeconds = 120,
        Remedy = "Move those workers to Worker Deployments (temporal worker deployment) on the new release: sets and rules of build ids are retired, and removed in 1.32.")]
    public Task No_worker_depends_on_a_retired_form_of_versioning() => upgrade.Ask(async token =>
    {
        var running = await upgrade.From(token);
        var before = running.Candidates.Any(release => release.Version < Deployments);
        var offences = (await upgrade.Versioning(token))
            .SelectMany(place => place.Value.Uses.Where(use => before || !use.Contains("deployment", StringComparison.Ordinal)).Select(use => $"{place.Key} has {use}"))
            .ToList();
        if (offences.Count > 0)
        {
            throw new Violated("Workers are versioned in a form that is retired.")
            {
                Wanted = $"no sets or rules of build ids{(before ? $", and no worker deployments before {Deployments}" : "")}",
                Observed = string.Join('\n', offences),
            };
        }
    });
}
