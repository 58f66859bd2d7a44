using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.Gate;
using TemporalConformance.Probes;

namespace TemporalConformance.Tests;

/// <summary>workflows: what runs on the cluster. What only one phase asks stands in its own part of the class.</summary>
public sealed partial class WorkflowsTests(UpgradeUnderTest upgrade)
{
    private const string ByHand =
        "Compare by hand in a quiet hour: SELECT namespace_id, count(*) FROM current_executions WHERE state IN (1, 2) GROUP BY 1, against executions_visibility with close_time IS NULL.";

    [Check("workflows/stores-agree", Severity.Advisory, Needs = Systems.Postgresql,
        Remedy = "temporal operator namespace describe --namespace-id ID names the namespace. Look at the backlog of history's visibility queue (task_latency of visibility tasks, errors of the visibility store) before changing anything: a list that is behind loses workflows from sight, not from life.",
        Heavy = "Counts the open executions of both stores, once a phase: all rows of current_executions, which is not read above 1 GiB, and up to 500,000 rows of executions_visibility; 0.25 s and 0.5 s at 10⁶ executions of which 168,000 are open.")]
    public Task Main_store_and_visibility_agree_about_what_is_open() => upgrade.Ask(async token =>
    {
        var main = await upgrade.StoreOfKind(Store.Main, token);
        var visibility = await upgrade.StoreOfKind(Store.Visibility, token);
        var there = main.Open.OrUnanswered(main);
        var here = visibility.Open.OrUnanswered(visibility);
        if (there.TooLarge is { } bytes)
        {
            throw new Unanswered("The main store has no index over open executions, and its table is too large to be counted.")
            {
                Wanted = "current_executions of at most 1 GiB",
                Observed = Sizes.Bytes(bytes),
                Where = main.Where,
                Remedy = ByHand,
            };
        }

        if (here.TooMany)
        {
            throw new Unanswered($"Visibility has more than {Sizes.Count(OpenReading.MostCounted)} open executions; counting ends there.")
            {
                Wanted = $"at most {Sizes.Count(OpenReading.MostCounted)} open executions in executions_visibility",
                Observed = "more",
                Where = visibility.Where,
                Remedy = ByHand,
            };
        }

        var inMain = there.Open.ToDictionary(row => (row.NamespaceId, row.Status), row => row.Count);
        var inVisibility = here.Open.ToDictionary(row => (row.NamespaceId, row.Status), row => row.Count);
        var offences =
            from key in inMain.Keys.Union(inVisibility.Keys)
            let left = inMain.GetValueOrDefault(key)
            let right = inVisibility.GetValueOrDefault(key)
            where Math.Abs(left - right) > here.Moved.GetValueOrDefault(key.NamespaceId)
            orderby key
            select $"namespace {key.NamespaceId}: {Sizes.Count(left)} {Status(key.Status)} in the main store, {Sizes.Count(right)} in visibility";
        var observed = string.Join('\n', offences);
        if (observed.Length > 0)
        {
            throw new Violated("Main store and visibility do not agree about which executions are open.")
            {
                Wanted = "the same number in each namespace, but for as many as have started or closed in the last minute",
                Observed = observed,
                Where = $"current_executions of {main.Where}, executions_visibility of {visibility.Where}",
            };
        }
    });

    private static string Status(int status) => status switch
    {
        1 => "running",
        8 => "paused",
        _ => $"open with status {status}",
    };
}
