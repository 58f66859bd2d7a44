using TemporalConformance.Checks;
using TemporalConformance.Gate;

namespace TemporalConformance.Tests;

public sealed partial class HealthTests
{
    [Check("health/shards-reacquired", Severity.Blocker, Needs = Systems.Temporal | Systems.Postgresql, Settles = true,
        Remedy = "A shard that was not taken over has no new process behind it: look at the history logs for it, and wait until all are loaded (upstream says about 10 minutes).")]
    public Task Every_shard_was_taken_over_since_the_baseline() => upgrade.Ask(async token =>
    {
        var before = Section((await upgrade.ClusterBefore(token)).RangeIds, "the range_ids of the shards");
        await upgrade.Settled(state => ClusterHealth.ShardsReacquired(state, before), token);
    });

    [Check("health/queues-drain", Severity.Advisory, Needs = Systems.Temporal | Systems.Postgresql, Settles = true,
        Remedy = "Watch whether the numbers fall; where they rise, look at the logs of history (for transfer, timer and visibility tasks) and of matching (for tasks).",
        Heavy = "Counts the rows of five tables of tasks, in each up to 100,000, again while it is awaited; 0.05 s with all five full.")]
    public Task Queues_of_tasks_hold_no_more_than_before() => upgrade.Ask(async token =>
    {
        var before = await upgrade.ClusterBefore(token);
        Section(before.Queues, "the rows of the tables of tasks");
        await upgrade.Settled(state => ClusterHealth.QueuesDrain(state, before), token);
    });

    private static T Section<T>(T? section, string what)
        where T : class => section ?? throw new Unanswered($"The baseline does not have {what}.")
        {
            Remedy = "It cannot be read any more: waive this check with that as the reason; run.json of PreUpgrade says why it was not read.",
        };
}
