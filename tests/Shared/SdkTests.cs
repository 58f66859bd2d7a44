using TemporalConformance.Checks;
using TemporalConformance.Gate;
using TemporalConformance.Probes;

namespace TemporalConformance.Tests;

/// <summary>sdk: what a user's SDK needs of the frontends. What only Smoke asks stands in its own half of the class.</summary>
public sealed partial class SdkTests(UpgradeUnderTest upgrade)
{
    [Check("sdk/connects", Severity.Blocker, Needs = Systems.Temporal,
        Remedy = "Try the same address, certificates and API key with temporal operator cluster health from this machine.")]
    public Task Every_frontend_lets_an_SDK_connect() => upgrade.Ask(async token =>
    {
        var refusals = (await upgrade.Frontends(token)).Select(answer => answer.Refusal).OfType<ProbeException>().ToList();
        if (refusals.Count == 0)
        {
            return;
        }

        // What no client could get over is a no. Credentials that are not ours, silence and files missing here leave the question open.
        var no = refusals.Select(refusal => refusal.Failure switch
        {
            ProbeFailure.NothingListens => "A frontend of the settings is not there.",
            ProbeFailure.WrongProtocol => "A frontend of the settings does not speak what its clients speak.",
            ProbeFailure.Tls => "A frontend's certificate does not verify with what its clients are given.",
            _ => null,
        }).FirstOrDefault(sentence => sentence is not null);
        const string Wanted = "every address of temporal.address accepts a connection of the Temporal SDK";
        var observed = string.Join('\n', refusals.Select(refusal => refusal.Message));
        var where = string.Join(", ", refusals.Select(refusal => refusal.Where));
        var remedy = string.Join(' ', refusals.Select(refusal => refusal.Remedy).Distinct());
        throw no is not null
            ? new Violated(no) { Wanted = Wanted, Observed = observed, Where = where, Remedy = remedy }
            : new Unanswered("A frontend of the settings does not let this suite in.") { Wanted = Wanted, Observed = observed, Where = where, Remedy = remedy };
    });

    [Check("sdk/namespace-usable", Severity.Blocker, Needs = Systems.Temporal, LimitSeconds = 120,
        Remedy = "Look at the namespace with temporal operator namespace describe, and at matching where its task queues do not answer.")]
    public Task Namespaces_are_registered_and_their_task_queues_answer() => upgrade.Ask(async token =>
    {
        var names = await upgrade.Namespaces(token);
        if (names.Count == 0)
        {
            throw new Unanswered("The cluster shows no namespace but its own, so there is nothing to look into.")
            {
                Wanted = "at least one namespace",
                Remedy = "Name the namespaces in temporal.namespaces, or give credentials that may see them.",
            };
        }

        List<string> offences = [], unknown = [];
        foreach (var answer in await upgrade.AskNamespaces(names, token))
        {
            if (answer.Exists == false)
            {
                offences.Add($"{answer.Name}: does not exist");
            }
            else if (answer.State is not null and not "Registered")
            {
                offences.Add($"{answer.Name}: is {answer.State.ToLowerInvariant()}");
            }
            else if (answer.Refusal is { } refusal)
            {
                (refusal.Failure is ProbeFailure.Refused or ProbeFailure.TimedOut or ProbeFailure.TooManyCalls ? unknown : offences).Add($"{answer.Name}: {refusal.Message}");
            }
        }

        const string Wanted = "each namespace registered, and a task queue in it described";
        var remedy = upgrade.Phase == UpgradePhase.Smoke && offences.Count > 0
            ? $"Create it (temporal operator namespace create -n {upgrade.CanaryNamespace}), name another one in temporal.canaryNamespace, or allow temporal.canaryCreate."
            : null;
        if (offences.Count > 0)
        {
            throw new Violated("A namespace cannot be used.") { Wanted = Wanted, Observed = string.Join('\n', offences.Concat(unknown)), Remedy = remedy };
        }

        if (unknown.Count > 0)
        {
            throw new Unanswered("Whether a namespace can be used was not told.") { Wanted = Wanted, Observed = string.Join('\n', unknown) };
        }
    });
}
