using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.Gate;

namespace TemporalConformance.Tests;

public sealed partial class DatabaseTests
{
    [Check("database/connection-budget", Severity.Blocker, Needs = Systems.Postgresql,
        Remedy = "Lower maxConns in the server's configuration, or raise the limit that is named; state cluster.pods, cluster.surge, stores.main.maxConns and stores.visibility.maxConns where something else was assumed.")]
    public Task Servers_find_enough_connections_while_old_and_new_pods_stand_side_by_side() => upgrade.Ask(async token =>
    {
        upgrade.OnlyOnTheRealServer();
        var budget = new ConnectionBudget(upgrade.StatedCluster, upgrade.DatabaseLimits.ConnectionShare, upgrade.HasKubernetes ? LiveBudget.Of(await upgrade.Kubernetes(token)) : null);
        foreach (var reading in await upgrade.Readings(token))
        {
            budget.Add(reading, upgrade.StoreSettings(reading.Store).MaxConns);
        }

        if (budget.Offences() is { Count: > 0 } offences)
        {
            throw new Violated("During a rolling update the servers may open more connections than the database has for them; new pods would not start.")
            {
                Wanted = $"(pods + surge) × maxConns of both stores within {upgrade.DatabaseLimits.ConnectionShare} % of what is free (database.connectionShare)",
                Observed = $"{string.Join('\n', offences)}\nreckoned with {budget.Reckoning}",
            };
        }
    });

    [Check("database/disk-headroom", Severity.Advisory, Needs = Systems.Postgresql,
        Remedy = "Give the volume more space before the migration, or shrink the table first (retention, archival).")]
    public Task Disk_has_room_for_the_largest_table_that_the_migration_writes_again() => upgrade.Ask(async token =>
    {
        var offences = new List<string>();
        var unknown = new List<string>();
        var rewrites = 0;
        var all = await upgrade.Readings(token);
        foreach (var store in upgrade.PostgresqlStores)
        {
            var reading = await upgrade.StoreOfKind(store, token);
            var rewritten = upgrade.PendingSteps(reading).SelectMany(step => step.Changes).Where(change => change.Rewrites).Select(change => change.Table).ToHashSet();
            var largest = reading.Sizes.OrUnanswered(reading).Where(size => rewritten.Contains(size.Table)).MaxBy(size => size.Bytes);
            if (largest is null)
            {
                continue;
            }

            rewrites++;
            var wanted = upgrade.DatabaseLimits.RewriteSpace * largest.Bytes;
            var size = $"{largest.Table} has {Sizes.Bytes(largest.Bytes)} with its indexes, which a pending step writes again";
            if (await upgrade.FreeSpace(store, token) is { } measured)
            {
                if (measured < wanted)
                {
                    offences.Add($"{store.Name()}: {size}; {Sizes.Bytes(measured)} are free by stores.{store.Name()}.freeSpaceQuery, wanted {Sizes.Bytes(wanted)}");
                }

                continue;
            }

            if (upgrade.StoreSettings(store).VolumeSize is not { } volume)
            {
                unknown.Add($"{store.Name()}: {size}");
                continue;
            }

            // The stores of one server lie on one volume, unless somebody went out of their way.
            var used = all.Where(other => other.ServerName == reading.ServerName).Sum(other => other.DatabaseBytes.OrUnanswered(other));
            var free = volume - used;
            if (free < wanted)
            {
                offences.Add($"{store.Name()}: {size}; of {Sizes.Bytes(volume)} at most {Sizes.Bytes(Math.Max(0, free))} are free (the stores have {Sizes.Bytes(used)}; WAL and other databases are not counted), wanted {Sizes.Bytes(wanted)}");
            }
        }

        var rule = $"free space of {upgrade.DatabaseLimits.RewriteSpace} × the largest table that a pending step writes again (database.rewriteSpace)";
        if (offences.Count > 0)
        {
            throw new Violated("The disk may fill up while the migration writes a table again, which stops the database.") { Wanted = rule, Observed = string.Join('\n', offences) };
        }

        if (unknown.Count > 0)
        {
            throw new Unanswered("Nothing says how much disk is free: no SQL function and no GRANT tells it.")
            {
                Wanted = rule,
                Observed = string.Join('\n', unknown),
                Remedy = "Give the size of the volume in stores.main.volumeSize and stores.visibility.volumeSize (for example 500GB), or a query for its free bytes in stores.*.freeSpaceQuery with prometheus.url; or look at it by hand and waive this check.",
            };
        }

        if (rewrites == 0)
        {
            throw new NotApplicable("No pending step writes a table again.");
        }
    });
}
