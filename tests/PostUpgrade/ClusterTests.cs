using TemporalConformance.Checks;
using TemporalConformance.Gate;

namespace TemporalConformance.Tests;

public sealed partial class ClusterTests
{
    [Check("cluster/no-fatal-log-patterns", Severity.Blocker, Needs = Systems.Kubernetes, Settles = true, LimitSeconds = 60,
        Remedy = "Read the whole log of the pod that is named; what the line means stands beside it.")]
    public Task Servers_write_no_fatal_line_into_their_logs() => upgrade.Ask(async token =>
    {
        var reading = (await upgrade.Settled(_ => { }, token)).Installation;
        var logs = await Task.WhenAll(InstallationHealth.Logs(reading).Select(async each => new ContainerLog(
            each.Pod.Meta.Name, each.Container.Name, each.Previous, await upgrade.PodLog(each.Pod.Meta.Name, each.Container.Name, each.Previous, token))));
        InstallationHealth.NoFatalLogPatterns(logs, UpgradeUnderTest.FatalLogPatterns, reading.Where);
        if (logs.Any(log => log.Text.ValueOrDefault?.Count(one => one == '\n') >= UpgradeUnderTest.MostLogLines))
        {
            upgrade.Unproven("what servers wrote right after they started", $"only the last {UpgradeUnderTest.MostLogLines} lines of each log were read", "a look into the place where logs are kept");
        }
    });

    [Check("cluster/resource-usage-held", Severity.Advisory, Needs = Systems.Kubernetes,
        Remedy = "Compare the load before and after; where it is the same, find out what the role that is named does with more before you give it more.")]
    public Task Servers_use_about_what_they_did_before() => upgrade.Ask(async token => InstallationHealth.UsageHeld(await upgrade.Installation(token), await upgrade.KubernetesBefore(token)));
}
