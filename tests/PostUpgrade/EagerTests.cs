using TemporalConformance.Checks;
using TemporalConformance.Gate;

namespace TemporalConformance.Tests;

public sealed partial class EagerTests
{
    private const int Pairs = 15;

    [Check("eager/enabled", Severity.Advisory, Needs = Systems.Temporal,
        Remedy = "Set system.enableEagerWorkflowStart to true for these namespaces, on frontend and history, or state eager=off.")]
    public Task Eager_start_is_on_in_every_namespace() => upgrade.Ask(async token =>
    {
        EnsureWanted();
        var enabled = await upgrade.EagerByNamespace(token);
        if (enabled.Count == 0)
        {
            throw new Unanswered("There is no namespace to ask about.") { Remedy = "Name the users' namespaces in temporal.namespaces." };
        }

        var off = enabled.Where(one => !one.Value).Select(one => one.Key).ToList();
        if (off.Count == enabled.Count && upgrade.Eager == "auto" && await upgrade.LowestServer(token) is var server && server < OnByDefault)
        {
            throw new NotApplicable($"Before {OnByDefault} eager start is off by default, and this is {server}.");
        }

        if (off.Count > 0)
        {
            throw new Violated("Eager start is off in namespaces of the users.")
            {
                Wanted = "the capability eagerWorkflowStart in every namespace",
                Observed = string.Join('\n', off.Select(name => $"{name}: off")),
            };
        }
    });

    [Check("eager/latency-gain", Severity.Advisory, Needs = Systems.Temporal,
        Remedy = "Look at the load of frontend and history: eager start saves the way through matching, and adds nothing else.")]
    public Task Eager_starts_are_no_slower_than_normal_ones() => upgrade.Ask(async token =>
    {
        await EnsureSubject(token);
        if ((await upgrade.EagerStart(token)).Fate is not Probes.EagerFate.Granted)
        {
            throw new NotApplicable("No eager start was granted, so that there is nothing to gain.") { Cause = "eager/response-carries-task" };
        }

        var pairs = await upgrade.EagerPairs(Pairs, token);
        var gain = PairedGain.Of(pairs.Eager, pairs.Normal);
        upgrade.Note($"eager/latency-gain: {gain}");
        if (gain.High < TimeSpan.Zero)
        {
            throw new Violated("Eager starts take longer than normal ones.")
            {
                Wanted = "an eager start is done no later than a normal one",
                Observed = gain.ToString(),
                Where = pairs.Where,
            };
        }
    });
}
