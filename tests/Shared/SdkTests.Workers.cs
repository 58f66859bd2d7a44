using TemporalConformance.Checks;
using TemporalConformance.Gate;

namespace TemporalConformance.Tests;

/// <summary>The workers of the cluster's users.</summary>
public sealed partial class SdkTests
{
    /// <summary>A worker asks at least once a minute; a server remembers those that have stopped for five.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(2);

    [Check("sdk/workers-present", Severity.Advisory, Needs = Systems.Temporal,
        Remedy = "Look at those workers: their logs, and whether they use an address that still leads to a frontend. Name the queue as namespace/queue where several namespaces have one of that name.")]
    public Task Every_task_queue_of_the_settings_has_a_worker() => upgrade.Ask(async token =>
    {
        if (upgrade.WorkerTaskQueues.Count == 0)
        {
            throw new NotApplicable("workers.taskQueues names no task queue.");
        }

        var offences = new List<string>();
        foreach (var queue in upgrade.WorkerTaskQueues)
        {
            var pollers = await upgrade.Pollers(queue, token);
            var last = pollers.Values.SelectMany(found => found).Max(poller => poller.LastAccess);
            if (!(DateTimeOffset.UtcNow - last < Fresh))
            {
                offences.Add($"{queue}: {(last is null ? "nobody asks for tasks" : $"nobody has asked for tasks since {last.Value.UtcDateTime:u}")} in {string.Join(", ", pollers.Keys)}");
            }
        }

        if (offences.Count > 0)
        {
            throw new Violated("Task queues of the settings have no worker.")
            {
                Wanted = $"somebody who has asked for workflow or activity tasks within {Sizes.Duration(Fresh)}",
                Observed = string.Join('\n', offences),
            };
        }
    });

    [Check("sdk/worker-sdk-inventory", Severity.Advisory, Needs = Systems.Temporal, LimitSeconds = 300,
        Remedy = "Build those workers with a newer SDK, or lower workers.sdk.minimum if the older one is meant to stay.")]
    public Task Workers_use_SDKs_that_are_new_enough() => upgrade.Ask(async token =>
    {
        var seen = await upgrade.SeenSdks(token);
        if (upgrade.MinimumSdks.Count == 0)
        {
            throw new NotApplicable($"workers.sdk.minimum names no SDK to compare with. Seen in recent histories: {string.Join(", ", seen.Select(one => one.Sdk ?? "one without a name").Distinct().Order().DefaultIfEmpty("none"))}.");
        }

        var wanted = string.Join(", ", upgrade.MinimumSdks.Select(minimum => $"{minimum.Key} {minimum.Value} or newer"));
        var old = seen.Where(one => one.Sdk is not null && IsTooOld(one.Sdk)).Select(Describe).Distinct().ToList();
        var unnamed = seen.Where(one => one.Sdk is null || !upgrade.MinimumSdks.ContainsKey(one.Sdk.Split(' ')[0])).Select(Describe).Distinct().ToList();
        if (old.Count > 0)
        {
            throw new Violated("Workers use an SDK that is older than the settings allow.") { Wanted = wanted, Observed = string.Join('\n', old) };
        }

        if (seen.Count == 0 || unnamed.Count > 0)
        {
            throw new Unanswered(seen.Count == 0 ? "No recent history says which SDK its worker uses." : "Some workers use an SDK about which the settings or the history say nothing.")
            {
                Wanted = wanted,
                Observed = seen.Count == 0 ? "no execution with a completed workflow task" : string.Join('\n', unnamed),
                Remedy = "Name every SDK of your workers in workers.sdk.minimum; very old SDKs do not say what they are.",
            };
        }
    });

    private bool IsTooOld(string sdk) =>
        sdk.Split(' ') is [var name, var version] && upgrade.MinimumSdks.TryGetValue(name, out var minimum) && Older(version, minimum);

    private static string Describe(SeenSdk one) => $"{one.Namespace}/{one.TaskQueue}: {one.Sdk ?? "an SDK that does not say its name"} ran {one.WorkflowType}, for example {one.Example}";

    /// <summary>Compares the numbers of two versions; what follows a hyphen or a plus does not count, and a version that is none is older than any.</summary>
    private static bool Older(string version, string minimum) =>
        !Version.TryParse(Numbers(minimum), out var least) || !Version.TryParse(Numbers(version), out var found) || found < least;

    private static string Numbers(string version) => version.TrimStart('v').Split('-', '+')[0] is var numbers && numbers.Contains('.') ? numbers : $"{numbers}.0";
}
