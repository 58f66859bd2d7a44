using TemporalConformance.Checks;
using TemporalConformance.Gate;
using TemporalConformance.Probes;

namespace TemporalConformance.Tests;

/// <summary>
/// health: the running cluster, process by process. What a frontend says of itself proves little: with every history process dead, and with the
/// stores stopped, real ones still answer SERVING.
/// </summary>
public sealed partial class HealthTests(UpgradeUnderTest upgrade)
{
    private const string AtTheirPods = "ask them from inside the cluster, or look at their pods";

    [Check("health/every-frontend-serves", Severity.Blocker, Needs = Systems.Temporal, Settles = true,
        Remedy = "Look at the log of the frontend that is named here; if it was taken away for good, take it out of temporal.address.")]
    public Task Every_frontend_says_that_it_serves() => upgrade.Ask(async token =>
    {
        var state = await upgrade.Settled(ClusterHealth.EveryFrontendServes, token);
        if (ClusterHealth.FrontendsNotAsked(state) is { Count: > 0 } others)
        {
            upgrade.Unproven(
                $"each frontend by itself: {string.Join(", ", others)}", "temporal.address names fewer addresses than the ring has frontends", "name every frontend, or their headless Service, in temporal.address");
        }
    });

    [Check("health/store-answers", Severity.Blocker, Needs = Systems.Temporal, Settles = true,
        Remedy = "Look at PostgreSQL and at the way from the servers to it; their health stays SERVING without it.")]
    public Task Both_stores_are_reached_through_every_frontend() => upgrade.Ask(async token => await upgrade.Settled(ClusterHealth.StoreAnswers, token));

    [Check("health/history-serves", Severity.Blocker, Needs = Systems.Temporal, Settles = true,
        Remedy = "Look at the log of the history process that is named here; start another in its place, or wait until the ring has dropped it.")]
    public Task Every_history_process_serves() => ProcessesServe(ServerRole.History);

    [Check("health/matching-serves", Severity.Blocker, Needs = Systems.Temporal, Settles = true,
        Remedy = "Look at the log of the matching process that is named here; start another in its place, or wait until the ring has dropped it.")]
    public Task Every_matching_process_serves() => ProcessesServe(ServerRole.Matching);

    [Check("health/ring-equals-pods", Severity.Blocker, Needs = Systems.Temporal, Settles = true,
        Remedy = "A process that beats and is in no ring is alone: restart it. Where one vanished, start another; after making a role smaller on purpose wait five minutes.")]
    public Task Rings_have_exactly_the_processes_that_live() => upgrade.Ask(async token => await upgrade.Settled(ClusterHealth.RingEqualsProcesses, token));

    [Check("health/all-shards-owned", Severity.Blocker, Needs = Systems.Temporal, Settles = true,
        Remedy = "Executions in a shard without an owner stand still: look at the logs of the history processes, and restart the one that should own it.")]
    public Task Every_shard_has_exactly_one_owner() => upgrade.Ask(async token => await upgrade.Settled(ClusterHealth.AllShardsOwned, token));

    [Check("health/dead-letter-queues-empty", Severity.Advisory, Needs = Systems.Postgresql,
        Remedy = "Look at them with tdbg dlq (--dlq-version v2 list, then read), mend the cause, then merge or purge.",
        Heavy = "Counts the rows of three tables of dead letters, in each up to 100,000; 0.04 s with two of them full.")]
    public Task Queues_of_dead_letters_are_empty() => upgrade.Ask(async token =>
        ClusterHealth.DeadLetterQueuesEmpty((await upgrade.StoreOfKind(Facts.Store.Main, token)).Live));

    private Task ProcessesServe(ServerRole role) => upgrade.Ask(async token =>
    {
        var state = await upgrade.Settled(look => ClusterHealth.ProcessesServe(look, role), token);
        if (ClusterHealth.NotAskedThemselves(state, role) is { Count: > 0 } others)
        {
            upgrade.Unproven($"each process by itself: {string.Join(", ", others)}", "their ports are out of reach from here, so only what the role does was asked", AtTheirPods);
        }
    });
}
