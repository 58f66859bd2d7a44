using System.Text.Json.Nodes;
using TemporalConformance.Checks;
using TemporalConformance.Gate;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>A cluster with the Prometheus operator, asked as a user asks: real scrapes at the ports that its ServiceMonitors lead to. Known-bad is known-good with one edit.</summary>
public sealed class MonitorScenarios
{
    private const string Latency = """
        { "title": "Server", "panels": [
          { "title": "Latency", "type": "timeseries", "targets": [ { "refId": "A", "expr": "histogram_quantile(0.95, sum(rate(service_latency_bucket[5m])) by (le))" } ] } ] }
        """;

    [Fact]
    public async Task Processes_are_scraped_where_the_monitors_lead_to()
    {
        await using var phases = await MetricsPhases.StartAsync();
        await using var cluster = await MonitoredAsync(phases);

        var before = await AskAsync(phases, cluster, ("prometheus.dashboards", phases.File("server.json", Latency)));

        MetricsScenarios.ShouldBeRed(before, "", "");
        before.ShouldSay("metrics/every-role-scraped", Result.Met);
        before.ShouldSay("metrics/names-present", Result.Met);
        before.ShouldSay("metrics/dashboards-resolve", Result.Met);
    }

    [Fact]
    public async Task Without_the_monitors_the_annotations_are_believed_and_lead_nowhere()
    {
        await using var phases = await MetricsPhases.StartAsync();
        await using var cluster = await MonitoredAsync(phases);
        foreach (var name in cluster.StandIn.Names("servicemonitors"))
        {
            cluster.StandIn.Remove("servicemonitors", name);
        }

        var before = await AskAsync(phases, cluster);

        before.ShouldSay("metrics/every-role-scraped", Result.Violated, "Nothing listens at");
    }

    [Fact]
    public async Task A_role_that_no_monitor_selects_blocks_the_upgrade()
    {
        await using var phases = await MetricsPhases.StartAsync();
        await using var cluster = await MonitoredAsync(phases);
        cluster.StandIn.Edit("servicemonitors", "temporal-matching", one => one["spec"]!["endpoints"]![0]!["port"] = "http-metrics");
        Reannotate(cluster, phases, "matching");

        var before = await AskAsync(phases, cluster);

        MetricsScenarios.ShouldBeRed(before, "metrics/every-role-scraped", "");
        before.ShouldSay("metrics/every-role-scraped", Result.Violated, "ServiceMonitor/temporal-matching wants port http-metrics, and Service/temporal-matching-headless has grpc-rpc, grpc-membership, metrics");
        before.Decision.ShouldBe(Decision.NoGo);
    }

    [Fact]
    public async Task What_monitors_drop_is_named_and_so_are_the_panels_that_need_it()
    {
        await using var phases = await MetricsPhases.StartAsync();
        await using var cluster = await MonitoredAsync(phases, """[ { "sourceLabels": [ "__name__" ], "regex": "service_latency_bucket", "action": "drop" } ]""");

        var before = await AskAsync(phases, cluster, ("prometheus.dashboards", phases.File("server.json", Latency)));

        MetricsScenarios.ShouldBeRed(before, "metrics/names-present metrics/dashboards-resolve", "");
        before.ShouldSay("metrics/names-present", Result.Violated, "service_latency is shown, and Prometheus does not store service_latency_bucket: ServiceMonitor/temporal-");
        before.ShouldSay("metrics/dashboards-resolve", Result.Violated, "The processes show it, and Prometheus does not store it: ServiceMonitor/temporal-");
        before.Decision.ShouldBe(Decision.Go);
    }

    [Fact]
    public async Task Refused_monitors_are_said_among_the_notes()
    {
        var user = StandInUser.Viewer.Without("servicemonitors", "podmonitors");
        await using var phases = await MetricsPhases.StartAsync();
        await using var cluster = await MonitoredAsync(phases, user: user);

        var before = await AskAsync(phases, cluster, ("metrics.source", ""), ("metrics.endpoints", string.Join(',', phases.Metrics.Endpoints)), ("kubernetes.kubeconfig", cluster.Kubeconfig(user)));

        before.ShouldSay("metrics/every-role-scraped", Result.Met);
        before.Run!.Notes.ShouldContain(note => note.StartsWith("metrics/every-role-scraped: We may not list servicemonitors.monitoring.coreos.com", StringComparison.Ordinal));
    }

    /// <summary>The recorded cluster with a ServiceMonitor a role, whose pods' metrics ports are those of the real processes; the annotations still say 9090.</summary>
    private static async Task<Cluster> MonitoredAsync(MetricsPhases phases, string relabelings = "[]", StandInUser? user = null)
    {
        var cluster = user is null ? await MonitorObjects.StartAsync() : await MonitorObjects.StartAsync(user);
        cluster.StandIn.Fit(KubernetesFitting.OfStandInCluster, "1.27.3");
        cluster.StandIn.MonitorEveryRole(relabelings);
        foreach (var process in MetricsRecordings.Processes)
        {
            cluster.StandIn.Edit("pods", PodOf(cluster, process), pod =>
                pod["spec"]!["containers"]![0]!["ports"]!.AsArray().Single(port => (string?)port!["name"] == "metrics")!["containerPort"] = phases.Metrics.Endpoint(process).Port);
        }

        return cluster;
    }

    /// <summary>Pods of a role without annotations but for the port, so that they are found and nothing asks a scrape job to look at them.</summary>
    private static void Reannotate(Cluster cluster, MetricsPhases phases, string role)
    {
        foreach (var process in MetricsRecordings.Processes.Where(process => process[..^2] == role))
        {
            cluster.StandIn.Edit("pods", PodOf(cluster, process), pod =>
                pod["metadata"]!["annotations"] = new JsonObject { ["prometheus.io/port"] = $"{phases.Metrics.Endpoint(process).Port}" });
        }
    }

    private static string PodOf(Cluster cluster, string process) =>
        cluster.StandIn.Names("pods").Where(name => (string?)cluster.StandIn.Find("pods", name)!["metadata"]!["labels"]?["app.kubernetes.io/component"] == process[..^2]).ElementAt(process[^1] - '1');

    private static Task<PhaseVerdict> AskAsync(MetricsPhases phases, Cluster cluster, params (string Key, string Value)[] sets) => phases.AskAsync(
        UpgradePhase.PreUpgrade,
        [("metrics.endpoints", ""), ("metrics.source", "kubernetes"), ("kubernetes.kubeconfig", cluster.Kubeconfig()), ("kubernetes.namespace", KubernetesStandIn.Namespace), .. sets]);
}
