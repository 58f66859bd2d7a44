using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.Gate;
using TemporalConformance.Probes;

namespace TemporalConformance.Tests;

/// <summary>identity: what an upgrade must not change.</summary>
public sealed class IdentityTests(UpgradeUnderTest upgrade)
{
    [Check("identity/cluster-unchanged", Severity.Blocker,
        Remedy = "Stop the servers before they write more: they run on another database, or under another cluster name, than before the upgrade.")]
    public Task Cluster_is_the_one_that_was_upgraded() => upgrade.Ask(async token =>
    {
        if (!upgrade.HasDatabases && !upgrade.HasFrontends)
        {
            throw new NotApplicable("Neither PostgreSQL nor Temporal is connected: no setting names one.") { Cause = "scope" };
        }

        var now = await upgrade.IdentityNow(token);
        var before = (await upgrade.Baseline(token)).Identity;
        var offences = before.DifferencesTo(now).Concat(await FrontendsOfAnotherCluster(now, token)).ToList();
        if (offences.Count > 0)
        {
            throw new Violated("This is not the cluster that PreUpgrade saw.")
            {
                Wanted = before.ToString(),
                Observed = string.Join('\n', offences),
                Where = upgrade.HasDatabases ? (await upgrade.Reading(Store.Main, token)).Where : null,
            };
        }

        if (upgrade.HasDatabases && before.SystemIdentifier is not null && !upgrade.IsCopy)
        {
            // A restored copy has every row of the cluster, and another identifier of its server: only that tells the two apart.
            var reading = await upgrade.Reading(Store.Main, token);
            _ = reading.SystemIdentifier.OrUnanswered(reading);
        }
    });

    [Check("identity/namespaces-unchanged", Severity.Blocker, Needs = Systems.Temporal,
        Remedy = "Find out who changed the namespace; put its settings back with temporal operator namespace update. One that is gone comes back with a restore only.")]
    public Task Namespaces_are_what_they_were_before() => Compared("namespaces", before => before.Namespaces, now => now.Namespaces, ClusterComparison.Of);

    [Check("identity/search-attributes-unchanged", Severity.Blocker, Needs = Systems.Temporal,
        Remedy = "Do not create a lost attribute anew before its old column is known: a new one may take another, and every value written before is lost to queries.")]
    public Task Search_attributes_are_what_they_were_before() =>
        Compared("search attributes", before => before.SearchAttributes, now => now.SearchAttributes, ClusterComparison.Of);

    [Check("identity/nexus-endpoints-unchanged", Severity.Advisory, Needs = Systems.Temporal,
        Remedy = "Create the endpoint anew with temporal operator nexus endpoint create; its URL changes with its id.")]
    public Task Nexus_endpoints_are_what_they_were_before() =>
        Compared("Nexus endpoints", before => before.NexusEndpoints, now => now.NexusEndpoints, ClusterComparison.Of);

    [Check("identity/schedules-unchanged", Severity.Advisory, Needs = Systems.Temporal,
        Remedy = "Compare with what their owners expect: a schedule that is gone starts nothing, one that was paused and is not starts what nobody expects.")]
    public Task Schedules_are_what_they_were_before() => upgrade.Ask(async token =>
    {
        var (before, now) = await BeforeAndNow("schedules", section => section.Schedules, facts => facts.Schedules, token);
        var offences = ClusterComparison.Of(before, now).ToList();
        foreach (var schedule in ClusterComparison.Unlisted(before, now))
        {
            // The list comes from visibility, which may lag or have been capped; the schedule itself decides.
            if (!await upgrade.HasSchedule(schedule, token))
            {
                offences.Add($"{ClusterComparison.Name(schedule)} is gone");
            }
        }

        Judge("schedules", offences);
    });

    private Task Compared<T>(
        string what, Func<ClusterSection, IReadOnlyList<T>?> then, Func<ClusterFacts, Asked<IReadOnlyList<T>>> now, Func<IReadOnlyList<T>, IReadOnlyList<T>, IReadOnlyList<string>> compare) =>
        upgrade.Ask(async token =>
        {
            var (before, after) = await BeforeAndNow(what, then, now, token);
            Judge(what, compare(before, after));
        });

    private async Task<(IReadOnlyList<T> Before, IReadOnlyList<T> Now)> BeforeAndNow<T>(
        string what, Func<ClusterSection, IReadOnlyList<T>?> then, Func<ClusterFacts, Asked<IReadOnlyList<T>>> now, CancellationToken token)
    {
        var section = await upgrade.ClusterBefore(token);
        var before = then(section) ?? throw new Unanswered($"The baseline does not have the {what}.")
        {
            Observed = section.NotRead.Count > 0 ? string.Join('\n', section.NotRead) : null,
            Remedy = "They cannot be read any more: waive this check with that as the reason.",
        };
        var asked = now(await upgrade.MadeByUsers(token));
        return asked.Value is { } after
            ? (before, after)
            : throw new Unanswered($"The {what} could not be read: {asked.Refusal!.Message}") { Where = asked.Refusal.Where, Remedy = asked.Refusal.Remedy };
    }

    private static void Judge(string what, IReadOnlyList<string> offences)
    {
        if (offences.Count > 0)
        {
            throw new Violated($"The {what} are not what they were before the upgrade.")
            {
                Wanted = $"the {what} of the baseline, unchanged; new ones may have come",
                Observed = string.Join('\n', offences),
            };
        }
    }

    /// <summary>The frontends whose cluster is not the one that the connected main store records.</summary>
    private async Task<IEnumerable<string>> FrontendsOfAnotherCluster(Identity recorded, CancellationToken token)
    {
        if (!upgrade.HasDatabases || !upgrade.HasFrontends)
        {
            return [];
        }

        return (await upgrade.Frontends(token)).Where(answer => answer.Reading is not null)
            .Select(answer => (answer.Address, Cluster: new ClusterIdentity(answer.Reading!.ClusterName, answer.Reading.ClusterId, answer.Reading.HistoryShards)))
            .Where(told => !recorded.Clusters.Contains(told.Cluster))
            .Select(told => $"the frontend {told.Address} is of cluster {told.Cluster}, and the main store records {recorded}");
    }
}
