using System.Text.Json.Nodes;
using TemporalConformance.Checks;
using TemporalConformance.Probes;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>ServiceMonitors and PodMonitors for a stand-in whose cluster has the Prometheus operator.</summary>
internal static class MonitorObjects
{
    /// <summary>The roles that the official charts write a ServiceMonitor for.</summary>
    public static readonly string[] Roles = ["frontend", "history", "matching", "worker"];

    /// <summary>A cluster with the operator's resources, and none of them yet.</summary>
    public static Task<Cluster> StartAsync(params IReadOnlyList<StandInUser> users) =>
        Cluster.StartAsync(users.Count == 0 ? new KubernetesStandInOptions { Monitors = true } : new KubernetesStandInOptions { Monitors = true, Users = users });

    /// <summary>Adds a monitor.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="resource"><c>servicemonitors</c> or <c>podmonitors</c>.</param>
    /// <param name="name">Its name.</param>
    /// <param name="spec">Its <c>spec</c>, as JSON.</param>
    /// <param name="ns">Its namespace.</param>
    public static void Monitor(this KubernetesStandIn cluster, string resource, string name, string spec, string ns = KubernetesStandIn.Namespace) => cluster.Add(resource, new JsonObject
    {
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ns, ["creationTimestamp"] = "2026-11-23T03:40:00Z" },
        ["spec"] = JsonNode.Parse(spec),
    });

    /// <summary>A monitor for each role, as the official charts make with <c>server.metrics.serviceMonitor.enabled</c>: it selects the role's headless Service.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="relabelings">Their <c>metricRelabelings</c>, as JSON.</param>
    public static void MonitorEveryRole(this KubernetesStandIn cluster, string relabelings = "[]")
    {
        foreach (var role in Roles)
        {
            cluster.Monitor("servicemonitors", $"temporal-{role}", $$"""
                { "endpoints": [ { "port": "metrics", "interval": "30s", "metricRelabelings": {{relabelings}} } ], "namespaceSelector": { "matchNames": [ "{{KubernetesStandIn.Namespace}}" ] },
                  "selector": { "matchLabels": { "app.kubernetes.io/name": "temporal", "app.kubernetes.io/instance": "temporal", "app.kubernetes.io/component": "{{role}}", "app.kubernetes.io/headless": "true" } } }
                """);
        }
    }

    /// <summary>Takes the annotations away by which a scrape job without the operator finds pods.</summary>
    /// <param name="cluster">The cluster.</param>
    public static void RemoveAnnotations(this KubernetesStandIn cluster)
    {
        foreach (var pod in cluster.Names("pods"))
        {
            cluster.Edit("pods", pod, one => one["metadata"]!.AsObject().Remove("annotations"));
        }
    }

    /// <summary>What is asked of each role: <c>http://:9090/metrics</c>; more than one where its pods differ.</summary>
    public static string PagesOf(KubernetesReading reading, string role) =>
        string.Join(' ', MetricsPods.EndpointsOf(reading).Where(endpoint => endpoint.Role == role).Select(endpoint => $"{endpoint.Address.Scheme}://:{endpoint.Address.Port}{endpoint.Address.PathAndQuery}").Distinct());
}
