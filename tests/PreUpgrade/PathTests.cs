using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.Gate;

namespace TemporalConformance.Tests;

public sealed partial class PathTests
{
    [Check("path/target-known", Severity.Blocker,
        Remedy = "Name a release of the catalog as target, or describe the new one in a file and name it in catalog.extra.")]
    public Task Target_is_a_release_that_the_catalog_knows() => upgrade.Ask(() => upgrade.To);

    [Check("path/hop-supported", Severity.Blocker,
        Remedy = "Upgrade by the stops named here, one after the other, each with its own run of this suite.")]
    public Task Target_can_be_reached_from_the_running_release_in_one_upgrade() => upgrade.Ask(async token =>
        (await upgrade.From(token)).Agree(from => upgrade.PathFrom(from) is { Support: HopSupport.Refused } path
            ? new Violated($"{from.Version} is too far behind {upgrade.To.Version} for one upgrade: {path.Minors} minor versions.")
            {
                Wanted = "a running release of which the upgrade guide says that it can be upgraded to the target directly",
                Observed = $"running {from.Version}, target {upgrade.To.Version}; stops to make: {PlanOf(path)}",
            }
            : null));

    [Check("path/hop-recommended", Severity.Advisory,
        Remedy = "Upgrade to the release between them first, or accept that upstream has not tried this distance.")]
    public Task Target_is_at_most_two_minor_versions_ahead() => upgrade.Ask(async token =>
        (await upgrade.From(token)).Agree(from => upgrade.PathFrom(from) is { IsRecommended: false, Minors: > 0 } path
            ? new Violated($"From {from.Version} to {upgrade.To.Version} is a hop of {path.Minors} minor versions, which the guide does not recommend.")
            {
                Wanted = "at most two minor versions between the running release and the target",
                Observed = $"{path.Minors} minor versions; stops that avoid it: {PlanOf(path)}",
            }
            : null));

    [Check("path/sequential-minors", Severity.Advisory, BlockerUnderPolicy = "sequential",
        Remedy = "Follow the plan, one stop after the other, and let every stop run until all shards are loaded (upstream says about 10 minutes); or accept the direct hop of the guide.")]
    public Task Upgrade_takes_one_minor_version_at_a_time_from_the_latest_patch() => upgrade.Ask(async token =>
        (await upgrade.From(token)).Agree(from => upgrade.PathFrom(from) is { IsSequential: false, Minors: > 0 } path
            ? new Violated(path.Minors > 1
                ? $"Upstream supports one minor version at a time; {from.Version} to {upgrade.To.Version} is {path.Minors}."
                : $"Upstream asks for the latest patch of the running minor version first; {from.Version} is not that of {from.Line}.")
            {
                Wanted = "a hop of at most one minor version, from the latest patch of the running one",
                Observed = $"upstream's plan: {PlanOf(path)}",
            }
            : null));

    [Check("path/known-bad-release", Severity.Blocker,
        Remedy = "Choose another patch of the same minor version as target; leave a known-bad running release by the way that the reason names.")]
    public Task Neither_the_releases_nor_the_chart_of_the_upgrade_are_known_to_be_bad() => upgrade.Ask(async token =>
    {
        if (upgrade.To.KnownBad is { } reason)
        {
            throw new Violated($"The target {upgrade.To.Version} is a known-bad release: {reason}")
            {
                Wanted = "a target that is not on the catalog's list of known-bad releases",
                Observed = $"{upgrade.To.Version} ({upgrade.To.KnownBadSource})",
            };
        }

        if (await upgrade.KnownBadChart(token) is { } chart)
        {
            throw new Violated($"The chart {chart.Version} is known to be bad: {chart.KnownBad}")
            {
                Wanted = "a chart that is not on the catalog's list of known-bad charts",
                Observed = $"chart {chart.Version} ({chart.KnownBadSource})",
                Remedy = "Choose another version of the chart.",
            };
        }

        (await upgrade.From(token)).Agree(from => from.KnownBad is { } bad
            ? new Violated($"The running release {from.Version} is known to be bad: {bad}")
            {
                Wanted = "a running release that is not on the catalog's list of known-bad releases",
                Observed = $"{from.Version} ({from.KnownBadSource})",
            }
            : null);
    });

    [Check("path/security-regression", Severity.Advisory,
        Remedy = "Choose the latest patch of the target's minor version, or accept the missing fixes in writing.")]
    public Task Target_has_every_security_fix_of_the_running_release_and_of_its_own_minor_version() => upgrade.Ask(async token =>
    {
        var latest = upgrade.LatestOf(upgrade.To.Line);
        var missing = upgrade.To.OpenSecurityHoles.Intersect(latest.SecurityFixes).ToList();
        (await upgrade.From(token)).Agree(from =>
        {
            var lost = upgrade.To.OpenSecurityHoles.Intersect(from.SecurityFixes).ToList();
            return lost.Count + missing.Count == 0 ? null : new Violated(lost.Count > 0
                ? $"The upgrade loses security fixes: {upgrade.To.Version} lacks what {from.Version} has."
                : $"The target {upgrade.To.Version} lacks security fixes that its own minor version has since received.")
            {
                Wanted = $"every security fix of the running release and of {latest.Version}, the latest known patch of {latest.Line}",
                Observed = string.Join('\n', lost.Union(missing).Select(id => $"{id}: {upgrade.DescribeFix(id)}")),
            };
        });
    });

    [Check("path/not-a-downgrade", Severity.Blocker,
        Remedy = "Set target to the release that you mean to install; to go back, use the way back of the runbook instead of an upgrade.")]
    public Task Target_is_not_older_than_what_runs_and_what_the_databases_hold() => upgrade.Ask(async token =>
    {
        var from = await upgrade.From(token);
        // Without databases the releases alone are compared; that no database was asked makes the verdict partial.
        foreach (var store in upgrade.HasDatabases ? upgrade.PostgresqlStores : [])
        {
            var reading = await upgrade.StoreOfKind(store, token);
            if (reading.RowOfThisDatabase() is { } row && row > upgrade.To.Requires(store))
            {
                throw new Violated($"The {store.Name()} store is at schema {row} already, which is newer than {upgrade.To.Version} asks for.")
                {
                    Wanted = $"a schema of at most {upgrade.To.Requires(store)}",
                    Observed = $"schema {row}",
                    Where = reading.Where,
                };
            }
        }

        from.Agree(release => release.Version > upgrade.To.Version
            ? new Violated($"{upgrade.To.Version} is older than the running {release.Version}: that is a downgrade.")
            {
                Wanted = $"a target of at least {release.Version}",
                Observed = $"running {release.Version} ({from.Source}), target {upgrade.To.Version}",
            }
            : null);

        if (from.Candidates.All(release => release.Version == upgrade.To.Version))
        {
            throw new NotApplicable($"{upgrade.To.Version} is what runs already: there is nothing to upgrade.");
        }
    });

    [Check("path/multi-cluster", Severity.Blocker,
        Remedy = "With replication between clusters the passive side is upgraded first: say in temporal.replicationSide which side this is.")]
    public Task Cluster_replicates_with_no_other_or_its_turn_has_come() => upgrade.Ask(async token =>
    {
        if (!upgrade.HasDatabases && !upgrade.HasFrontends)
        {
            throw new NotApplicable("Neither PostgreSQL nor Temporal is connected: no setting names one.");
        }

        var (clusters, where) = await Clusters(token);
        if (clusters.Count == 0)
        {
            throw new Unanswered("No cluster is recorded in cluster_metadata_info: no server has ever started on this database.")
            {
                Wanted = "one row, written by the first server that starts",
                Observed = "an empty table",
                Where = where,
                Remedy = "Check that stores.main.connection names the database that the running cluster uses.",
            };
        }

        if (clusters.Count > 1 && upgrade.ReplicationSide != "passive")
        {
            var names = string.Join(", ", clusters);
            throw new Unanswered($"{clusters.Count} clusters are recorded here ({names}), and the passive side has to be upgraded first.")
            {
                Wanted = "one cluster, or temporal.replicationSide=passive",
                Observed = $"clusters {names}; temporal.replicationSide={upgrade.ReplicationSide ?? "not set"}",
                Where = where,
                Remedy = upgrade.ReplicationSide == "active"
                    ? "Upgrade every passive cluster first; then waive this check with that as the reason."
                    : null,
            };
        }
    });

    /// <summary>The clusters that the main store records and, where a frontend is connected, that it lists.</summary>
    private async Task<(IReadOnlyList<string> Names, string Where)> Clusters(CancellationToken token)
    {
        if (!upgrade.HasDatabases)
        {
            return await upgrade.ListedClusters(token);
        }

        var reading = await upgrade.StoreOfKind(Store.Main, token);
        var recorded = reading.Clusters.OrUnanswered(reading).Select(cluster => cluster.Name).ToList();
        return (recorded, reading.Where);
    }

    private static string PlanOf(UpgradePath path) => string.Join(" → ", path.Stops)
        + (path.UnknownLines.Count > 0 ? $"; and a stop in {string.Join(", ", path.UnknownLines)}, of which the catalog knows no release" : "");
}
