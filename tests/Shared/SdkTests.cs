using TemporalConformance.Checks;
using TemporalConformance.Gate;

namespace TemporalConformance.Tests;

/// <summary>sdk: what a user's SDK needs of the frontends. What only Smoke asks stands in its own half of the class.</summary>
public sealed partial class SdkTests(UpgradeUnderTest upgrade)
{
    [Check("sdk/connects", Severity.Blocker, Needs = Systems.Temporal,
        Remedy = "Try the same address, certificates and API key with temporal operator cluster health from this machine.")]
    public Task Every_frontend_lets_an_SDK_connect() => upgrade.Ask(async token =>
    {
        var answers = await upgrade.Frontends(token);
        var refusals = answers.Where(answer => answer.Refusal is not null).ToList();
        if (refusals.Count > 0)
        {
            var observed = string.Join('\n', refusals.Select(answer => answer.Refusal!.Message));
            var where = string.Join(", ", refusals.Select(answer => answer.Address));
            const string Wanted = "every address of temporal.address accepts a connection of the Temporal SDK";
            throw refusals.Any(answer => answer.Refusal!.Failure is Probes.ProbeFailure.NothingListens)
                ? new Violated("A frontend of the settings is not there.") { Wanted = Wanted, Observed = observed, Where = where, Remedy = refusals[0].Refusal!.Remedy }
                : new Unanswered("A frontend of the settings does not let this suite in.") { Wanted = Wanted, Observed = observed, Where = where, Remedy = refusals[0].Refusal!.Remedy };
        }
    });
}
