using TemporalConformance.Checks;
using TemporalConformance.Gate;

namespace TemporalConformance.Tests;

/// <summary>cluster: the objects in Kubernetes that Temporal consists of.</summary>
public sealed partial class ClusterTests(UpgradeUnderTest upgrade)
{
    [Check("cluster/selectors-match", Severity.Blocker, Needs = Systems.Kubernetes,
        Remedy = "Correct kubernetes.namespace, or the labels that are named. By hand, select with -l app.kubernetes.io/component=history: the guide's app=temporal-history matches nothing that the charts make.")]
    public Task Every_role_has_a_workload_and_every_selector_matches_something() => upgrade.Ask(async token => InstallationHealth.SelectorsMatch(await upgrade.Kubernetes(token)));

    [Check("cluster/workloads-ready", Severity.Blocker, Needs = Systems.Kubernetes, Settles = true,
        Remedy = "Find out why the pods that are named do not become ready (kubectl describe pod), and mend that before anything else is changed.")]
    public Task Every_workload_is_rolled_out_and_all_its_pods_are_ready() => upgrade.Ask(async token =>
        await upgrade.Settled(state => InstallationHealth.WorkloadsReady(state.Installation, upgrade.Phase == UpgradePhase.PostUpgrade ? upgrade.To.Version : null), token));

    [Check("cluster/no-crash-loops", Severity.Blocker, Needs = Systems.Kubernetes, Settles = true,
        Remedy = "Read what the container said before it ended: kubectl logs POD -c CONTAINER --previous.")]
    public Task No_container_crashes() => upgrade.Ask(async token =>
    {
        // A crash takes its time: after the upgrade pods are watched for as long as every condition has to hold.
        var reading = (await upgrade.Settled(_ => { }, token)).Installation;
        var isAfter = upgrade.Phase == UpgradePhase.PostUpgrade;
        var wasRestarted = reading.Pods.OrUnanswered(reading.Where).Any(pod => pod.Restarts > 0);
        InstallationHealth.NoCrashLoops(reading, isAfter, isAfter && wasRestarted ? await PodsBefore(token) : null);
    });

    [Check("cluster/references-exist", Severity.Blocker, Needs = Systems.Kubernetes,
        Remedy = "Make the object or the key that is named, or take the reference out of the values; the next pod that starts needs it.")]
    public Task Every_ConfigMap_and_Secret_that_pods_refer_to_exists() => upgrade.Ask(async token => InstallationHealth.ReferencesExist(await upgrade.Installation(token)));

    [Check("cluster/endpoints-present", Severity.Blocker, Needs = Systems.Kubernetes, Settles = true,
        Remedy = "Look at the pods behind the Service that is named: kubectl get endpointslices -l kubernetes.io/service-name=NAME.")]
    public Task Every_Service_leads_to_a_pod_that_serves() => upgrade.Ask(async token =>
        await upgrade.Settled(state => InstallationHealth.EndpointsPresent(state.Installation), token));

    [Check("cluster/no-pending-release", Severity.Blocker, Needs = Systems.Kubernetes,
        Remedy = "Look at `helm history` and find out why the newest revision did not come to its end; the next `helm upgrade` starts from it.")]
    public Task Newest_revision_of_the_Helm_release_is_deployed() => upgrade.Ask(async token => InstallationHealth.NoPendingRelease(await upgrade.Installation(token)));

    [Check("cluster/rollout-settings", Severity.Advisory, Needs = Systems.Kubernetes,
        Remedy = "Set what is named in the values of the chart. Charts 0.x offer no readiness probe: there, set server.minReadySeconds where the chart has it, or watch the roll-out.")]
    public Task Upgrade_replaces_pods_without_an_outage() => upgrade.Ask(async token => InstallationHealth.RolloutSettings(await upgrade.Installation(token)));

    [Check("cluster/resource-headroom", Severity.Advisory, Needs = Systems.Kubernetes,
        Remedy = "Add a node, lower maxSurge, or raise the limit that is named; pods that find no room stay Pending and hold the roll-out up.")]
    public Task Nodes_have_room_for_the_pods_that_the_roll_out_adds() => upgrade.Ask(async token =>
    {
        if (InstallationHealth.ResourceHeadroom(await upgrade.Installation(token)) is { } what)
        {
            upgrade.Unproven("room on the nodes beside other applications", what, "metrics-server in the cluster, or a look at the nodes by hand");
        }
    });

    [Check("cluster/worker-deployments", Severity.Advisory, Needs = Systems.Kubernetes,
        Remedy = "Correct the Deployment that is named; whether its pods poll again afterwards is asked by sdk/workers-present.")]
    public Task Worker_Deployments_roll_without_an_interruption() => upgrade.Ask(async token => InstallationHealth.WorkersRoll(await upgrade.WorkerDeployments(token)));

    [Check("cluster/reachable-from-workers", Severity.Advisory, Needs = Systems.Kubernetes,
        Remedy = "Let the NetworkPolicy admit the workers' pods on the frontends' port, or correct the address that the workers use.")]
    public Task Workers_reach_the_frontends() => upgrade.Ask(async token =>
        InstallationHealth.ReachableFromWorkers(await upgrade.Installation(token), upgrade.NamesWorkerDeployments ? await upgrade.WorkerDeployments(token) : []));

    private async Task<IReadOnlyDictionary<string, PodBefore>?> PodsBefore(CancellationToken token)
    {
        try
        {
            return (await upgrade.KubernetesBefore(token)).Pods;
        }
        catch (Unanswered)
        {
            // What can be judged without the baseline is judged; that it is missing becomes a doubt there.
            return null;
        }
    }
}
