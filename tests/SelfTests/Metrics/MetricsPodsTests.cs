using System.Text.Json.Nodes;
using TemporalConformance.Checks;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>Where the pods of a recorded cluster show their metrics, and processes that show very many.</summary>
public sealed class MetricsPodsTests
{
    [Fact]
    public async Task Every_server_pod_has_an_endpoint_by_its_port_or_by_its_annotations()
    {
        await using var cluster = await Cluster.StartAsync();
        var worker = cluster.StandIn.Names("pods").First(name => name.StartsWith("temporal-worker", StringComparison.Ordinal));
        cluster.StandIn.Edit("pods", worker, pod =>
        {
            pod["metadata"]!["annotations"] ??= new JsonObject();
            pod["metadata"]!["annotations"]!["prometheus.io/port"] = "9464";
            pod["metadata"]!["annotations"]!["prometheus.io/path"] = "/own/metrics";
        });

        var endpoints = MetricsPods.EndpointsOf(await cluster.ReadAsync());

        endpoints.Select(endpoint => endpoint.Role).Distinct().ShouldBe(["frontend", "history", "matching", "worker"], ignoreOrder: true);
        endpoints.Where(endpoint => endpoint.Role != "worker").ShouldAllBe(endpoint => endpoint.Address.Port == 9090 && endpoint.Address.AbsolutePath == "/metrics");
        var annotated = endpoints.First(endpoint => endpoint.Pod == worker);
        (annotated.Address.Port, annotated.Address.AbsolutePath).ShouldBe((9464, "/own/metrics"));
        annotated.Where.ShouldStartWith($"pod {worker} (http://");
    }

    [Fact]
    public async Task A_namespace_without_server_pods_is_could_not_tell()
    {
        await using var cluster = await Cluster.StartAsync();
        foreach (var name in cluster.StandIn.Names("pods"))
        {
            cluster.StandIn.Remove("pods", name);
        }

        var reading = await cluster.ReadAsync();

        MetricsCluster.AnswerOf(() => MetricsPods.EndpointsOf(reading)).ShouldBeOfType<Unanswered>().Sentence.ShouldContain("No server pod runs");
    }

    [Fact]
    public async Task A_process_with_a_hundred_thousand_series_is_read_like_any_other()
    {
        await using var standIn = await MetricsStandIn.StartAsync();
        standIn.Edit(MetricsEdits.Add("service_requests", "workflow_made_up", [.. Enumerable.Range(0, 100_000).Select(at => $"namespace=\"orders\",workflowType=\"T{at}\"")], 1), "frontend-1");

        var look = await MetricsCluster.LookAsync(standIn);

        look.Processes[0].Series.ShouldBeGreaterThan(100_000);
        look.Names.ShouldContain("service_requests");
        look.Names.ShouldNotContain("workflow_made_up");
    }
}
