using System.Text.Json.Nodes;
using TemporalConformance.Checks;
using TemporalConformance.Cli;
using TemporalConformance.Environments;
using TemporalConformance.Formats;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>monitoring.coreos.com of the stand-in as a real kubectl sees it, the rights to it, and what discover makes of it.</summary>
public sealed class KubernetesMonitorsTests
{
    [Fact]
    public async Task Kubectl_finds_monitors_where_the_operator_is_and_no_such_type_elsewhere()
    {
        Assert.SkipUnless(Programs.Find("kubectl") is not null, "No kubectl on this machine.");
        await using var without = await Cluster.StartAsync();
        await using var with = await MonitorObjects.StartAsync();
        with.StandIn.MonitorEveryRole();

        (await without.KubectlAsync("get", "servicemonitors")).ShouldBe((1, "", "error: the server doesn't have a resource type \"servicemonitors\"\n"));
        (await with.KubectlAsync("get", "servicemonitors", "-o", "name")).Output.ShouldBe(
            string.Concat(MonitorObjects.Roles.Select(role => $"servicemonitor.monitoring.coreos.com/temporal-{role}\n")));
        var table = await with.KubectlAsync("get", "smon", "temporal-worker");
        table.Error.ShouldBeEmpty();
        table.Output.Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries).ShouldBe(["NAME", "AGE"]);
        table.Output.Split('\n')[1].ShouldStartWith("temporal-worker ");
        (await with.KubectlAsync("get", "servicemonitors.monitoring.coreos.com", "temporal-worker", "-o", "jsonpath={.kind} {.apiVersion} {.spec.endpoints[0].port}")).Output
            .ShouldBe("ServiceMonitor monitoring.coreos.com/v1 metrics");
        (await with.KubectlAsync("get", "podmonitors")).ShouldBe((0, "", "No resources found in temporal-backend namespace.\n"));
        (await with.KubectlAsync("get", "pmon", "none")).Error.ShouldBe("Error from server (NotFound): podmonitors.monitoring.coreos.com \"none\" not found\n");
        (await with.KubectlAsync("get", "servicemonitors", "-l", "app=x", "-A")).ShouldBe((0, "", "No resources found\n"));
        (await with.KubectlAsync("api-resources", "--api-group=monitoring.coreos.com", "-o", "name")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .ShouldBe(["podmonitors.monitoring.coreos.com", "servicemonitors.monitoring.coreos.com"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_folder_with_recorded_monitors_is_a_cluster_with_the_operator()
    {
        using var folder = new ScratchFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "servicemonitors.json"), """
            { "kind": "ServiceMonitorList", "apiVersion": "monitoring.coreos.com/v1", "metadata": { "resourceVersion": "7" },
              "items": [ { "metadata": { "name": "kept", "namespace": "temporal-backend" }, "spec": { "selector": {}, "endpoints": [ { "port": "metrics" } ] } } ] }
            """, TestContext.Current.CancellationToken);
        await using var cluster = await Cluster.StartAsync(new KubernetesStandInOptions { Folders = [KubernetesRecordings.Before, folder.Path] });

        var reading = await cluster.ReadAsync();

        reading.Monitors["servicemonitors in temporal-backend"].Value().ShouldHaveSingleItem().Id.ShouldBe("ServiceMonitor/kept");
        reading.Monitors["podmonitors in temporal-backend"].Value().ShouldBeEmpty();
    }

    [Fact]
    public void The_rights_are_list_alone_with_a_Role_in_each_further_namespace()
    {
        var text = KubernetesGrants.Text(SettingsSource.Read("{}", ["kubernetes.namespace=temporal-backend", "metrics.monitors=monitoring,temporal-backend"]), "reader");

        var role = KubernetesObject.ReadAll(text, "grants").Single(one => one.Reference == "Role/reader-monitors").Root.ToYaml();
        role.ShouldSatisfyAllConditions(
            one => one.ShouldContain("namespace: monitoring"), one => one.ShouldContain("servicemonitors"), one => one.ShouldContain("podmonitors"), one => one.ShouldNotContain("get"));
        text.ShouldContain("metrics.monitors: ServiceMonitors and PodMonitors of the namespace monitoring.");
        PlanCommand.Text(SettingsSource.Read("{}", ["kubernetes.kubeconfig=/c", "metrics.monitors=monitoring"]), "results", sql: false)
            .ShouldContain("    list servicemonitors.monitoring.coreos.com in namespace monitoring: ");
    }

    [Fact]
    public async Task What_discover_prints_is_what_the_monitors_have_scraped()
    {
        await using var cluster = await MonitorObjects.StartAsync();
        cluster.StandIn.MonitorEveryRole();
        cluster.StandIn.Edit("servicemonitors", "temporal-history", one => one["spec"]!["endpoints"]![0]!["path"] = "/own");
        cluster.StandIn.Edit("servicemonitors", "temporal-worker", one => one["spec"]!["endpoints"]![0] = new JsonObject { ["port"] = "metrics", ["scheme"] = "https" });
        cluster.StandIn.Remove("servicemonitors", "temporal-matching");

        var found = InstallationFinder.Find(await cluster.ReadAsync());

        found.Metrics.Select(one => one.Address).ShouldBe(
        [
            "http://temporal-frontend-headless.temporal-backend.svc:9090/metrics", "http://temporal-history-headless.temporal-backend.svc:9090/own",
            "http://temporal-matching-headless.temporal-backend.svc:9090/metrics", "https://temporal-worker-headless.temporal-backend.svc:9090/metrics",
        ], ignoreOrder: true);
        FoundSettings.Of(found).Single(one => one.Key == "metrics.endpoints").From
            .ShouldBe("one pod of each role behind each name; ports and pages as ServiceMonitor/temporal-frontend, ServiceMonitor/temporal-history, ServiceMonitor/temporal-worker have them scraped");
    }
}
