using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.Gate;
using TemporalConformance.Probes;

namespace TemporalConformance.Tests;

public sealed partial class DatabaseTests
{
    [Check("database/no-long-transactions", Severity.Blocker, Needs = Systems.Postgresql,
        Remedy = "Let them end, or end them with their owner's consent (pg_terminate_backend, ROLLBACK PREPARED): the migration would wait behind them, and all traffic behind the migration.")]
    public Task No_transaction_has_been_open_for_long() => upgrade.Ask(async token =>
    {
        var limit = upgrade.DatabaseLimits.LongTransaction;
        var offences = new List<string>();
        var hidden = new List<StoreReading>();
        foreach (var reading in await upgrade.Readings(token))
        {
            var activity = reading.Activity.OrUnanswered(reading);
            offences.AddRange(activity.Transactions.Where(open => open.Age > limit)
                .Select(open => $"{reading.Store.Name()}: {open.Who} is {open.State} since {Sizes.Duration(open.Age)}"));
            hidden.AddRange(activity.Hidden > 0 ? [reading] : []);
        }

        if (offences.Count > 0)
        {
            throw new Violated("Transactions have been open for so long that the migration would queue behind them, and everything else behind the migration.")
            {
                Wanted = $"no transaction older than {Sizes.Duration(limit)} (database.longTransaction), prepared ones included",
                Observed = string.Join('\n', offences),
            };
        }

        HiddenFrom(hidden, "how long the transactions of other roles have been open");
    });

    [Check("database/no-blocking-locks", Severity.Blocker, Needs = Systems.Postgresql,
        Remedy = "Find the session by its pid in pg_stat_activity and end what it does, with its owner's consent; then ask again.")]
    public Task Nobody_holds_a_lock_that_the_pending_steps_would_have_to_wait_for() => upgrade.Ask(async token =>
    {
        var limit = upgrade.DatabaseLimits.LongLock;
        var offences = new List<string>();
        var hidden = new List<StoreReading>();
        foreach (var store in upgrade.PostgresqlStores)
        {
            var reading = await upgrade.StoreOfKind(store, token);
            var locks = reading.Locks.OrUnanswered(reading);
            var needed = upgrade.PendingSteps(reading).SelectMany(step => step.Changes).ToLookup(change => change.Table, change => change.Lock);
            hidden.AddRange(locks.Any(held => held.State is null) ? [reading] : []);
            offences.AddRange(
                from held in locks
                let idle = held.Granted && held.Idle > limit
                let conflicts = held.Age > limit && needed[held.Table].Any(step => step.WaitsFor(held.Mode))
                where idle || conflicts
                group held.Mode by (held.Table, held.Who, held.State, held.Age, Why: idle ? "does nothing with it" : "stands in the way of a pending step") into same
                select $"{store.Name()}: {same.Key.Who} ({same.Key.State}, for {Sizes.Duration(same.Key.Age ?? TimeSpan.Zero)}) has {string.Join(", ", same.Distinct().Order())} on {same.Key.Table} and {same.Key.Why}");
        }

        if (offences.Count > 0)
        {
            throw new Violated("Locks on Temporal's tables are held in the migration's way.")
            {
                Wanted = $"no lock held for more than {Sizes.Duration(limit)} (database.longLock) by a session that is idle, or that a pending step has to wait for",
                Observed = string.Join('\n', offences),
            };
        }

        HiddenFrom(hidden, "what the sessions of other roles do with their locks");
    });

    [Check("database/replication-caught-up", Severity.Advisory, Needs = Systems.Postgresql,
        Remedy = "Wait until the standby has caught up, or find out what holds it up: a failover during the migration would lose what it has not replayed.")]
    public Task Every_standby_has_caught_up() => upgrade.Ask(async token =>
    {
        upgrade.OnlyOnTheRealServer();
        var limit = upgrade.DatabaseLimits.ReplicationLag;
        var offences = new HashSet<string>();
        var hidden = new List<StoreReading>();
        var standbys = 0;
        foreach (var reading in await upgrade.Readings(token))
        {
            var replication = reading.Replication.OrUnanswered(reading);
            standbys += replication.Standbys.Count + replication.IdleSlots.Count;
            hidden.AddRange(replication.Standbys.Any(standby => standby.State is null) ? [reading] : []);
            offences.UnionWith(replication.IdleSlots.Select(slot => $"{reading.ServerName}: the slot {slot} keeps WAL for a standby that is not connected"));
            offences.UnionWith(replication.Standbys.Where(standby => standby.State is not (null or "streaming"))
                .Select(standby => $"{reading.ServerName}: {standby.Name} is in the state {standby.State}{Behind(standby)}"));
            offences.UnionWith(replication.Standbys.Where(standby => standby.State == "streaming" && standby.Lag > limit)
                .Select(standby => $"{reading.ServerName}: {standby.Name} replays {Sizes.Duration(standby.Lag!.Value)} late{Behind(standby)}"));
        }

        if (offences.Count > 0)
        {
            throw new Violated("A standby is behind.") { Wanted = $"every standby streaming and at most {Sizes.Duration(limit)} behind (database.replicationLag)", Observed = string.Join('\n', offences) };
        }

        HiddenFrom(hidden, "how far the standbys are");
        if (standbys == 0)
        {
            throw new NotApplicable("No standby is connected, and no slot waits for one.");
        }

        static string Behind(Standby standby) => standby.BytesBehind is { } bytes ? $", {Sizes.Bytes(bytes)} behind" : "";
    });

    [Check("database/clock-skew", Severity.Advisory, Needs = Systems.Postgresql,
        Remedy = "Synchronise both clocks (NTP); timers, heartbeats and certificates go by them.")]
    public Task Clocks_of_the_databases_and_of_this_host_agree() => upgrade.Ask(async token =>
    {
        var limit = upgrade.DatabaseLimits.ClockSkew;
        var offences = new List<string>();
        var vague = new List<string>();
        foreach (var reading in await upgrade.Readings(token))
        {
            var (offset, uncertainty) = reading.Clock;
            var text = $"{reading.Store.Name()}: {reading.Where} is {Math.Abs(offset.TotalSeconds):0.###} s {(offset < TimeSpan.Zero ? "behind" : "ahead")}, give or take {uncertainty.TotalSeconds:0.###} s";
            var target = offset.Duration() - uncertainty > limit ? offences : offset.Duration() + uncertainty > limit ? vague : null;
            target?.Add(text);
        }

        var wanted = $"less than {limit.TotalSeconds:0.###} s between the database's clock and this host's (database.clockSkew)";
        if (offences.Count > 0)
        {
            throw new Violated("The clocks do not agree.") { Wanted = wanted, Observed = string.Join('\n', offences) };
        }

        if (vague.Count > 0)
        {
            throw new Unanswered("The answers took so long that the clocks could not be compared that closely.") { Wanted = wanted, Observed = string.Join('\n', vague), Remedy = "Ask again from a host nearer to the database." };
        }
    });

    /// <summary>Other roles' sessions are no evidence as long as our role may not look at them.</summary>
    private static void HiddenFrom(List<StoreReading> readings, string what)
    {
        if (readings.Count > 0)
        {
            throw new Unanswered($"Our role may not see {what}.")
            {
                Wanted = "a role that is a member of pg_read_all_stats (pg_monitor includes it)",
                Observed = string.Join('\n', readings.Select(reading => $"{reading.Store.Name()}: {reading.Role} is not")),
                Remedy = $"GRANT pg_read_all_stats TO {SqlText.Name(readings[0].Role)}; then ask again. ./run.sh grants prints everything that is needed.",
            };
        }
    }
}
