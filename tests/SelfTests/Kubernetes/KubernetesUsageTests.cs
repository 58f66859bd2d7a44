using System.Text.Json.Nodes;
using TemporalConformance.Checks;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>metrics.k8s.io of the stand-in in the form of metrics-server's, and what is judged by it.</summary>
public sealed class KubernetesUsageTests
{
    [Fact]
    public async Task Lists_are_those_of_an_aggregated_API()
    {
        await using var cluster = await MeasuredAsync();
        using var http = new HttpClient(new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true });
        http.DefaultRequestHeaders.Authorization = new("Bearer", StandInUser.Viewer.Token);

        var list = JsonNode.Parse(await http.GetStringAsync(
            new Uri(cluster.StandIn.Address, $"/apis/metrics.k8s.io/v1beta1/namespaces/{KubernetesStandIn.Namespace}/pods?labelSelector=app.kubernetes.io/component=history&limit=1"), TestContext.Current.CancellationToken))!;

        ((string?)list["kind"], (string?)list["apiVersion"], list["metadata"]!.ToJsonString()).ShouldBe(("PodMetricsList", "metrics.k8s.io/v1beta1", "{}"));
        var pods = list["items"]!.AsArray();
        pods.Count.ShouldBe(3, "metrics-server knows no pages");
        pods[0]!.AsObject().Select(member => member.Key).ShouldBe(["metadata", "timestamp", "window", "containers"], ignoreOrder: true);
        pods[0]!["metadata"]!.AsObject().Select(member => member.Key).ShouldBe(["name", "namespace", "creationTimestamp", "labels"], ignoreOrder: true);
        ((string?)pods[0]!["containers"]![0]!["usage"]!["cpu"]).ShouldBe("180000000n");
        // Who may not watch is told that first.
        http.DefaultRequestHeaders.Authorization = new("Bearer", StandInUser.Admin.Token);
        using var watch = await http.GetAsync(new Uri(cluster.StandIn.Address, $"/apis/metrics.k8s.io/v1beta1/namespaces/{KubernetesStandIn.Namespace}/pods?watch=1"), TestContext.Current.CancellationToken);
        ((int)watch.StatusCode).ShouldBe(405);
    }

    [Fact]
    public async Task The_probe_reads_it_and_judgements_are_met()
    {
        await using var cluster = await MeasuredAsync();

        var reading = await cluster.ReadAsync();

        reading.PodUsage.Value().Count.ShouldBe(reading.Pods.Value().Count(pod => pod.Phase == "Running"));
        reading.NodeUsage.Value().Count.ShouldBe(3);
        InstallationHealth.ResourceHeadroom(reading).ShouldBeNull("nothing is left unreckoned");
        InstallationHealth.UsageHeld(reading, KubernetesSection.Of(reading));
    }

    [Fact]
    public async Task Nodes_that_others_fill_have_no_room_although_requests_would_fit()
    {
        await using var cluster = await MeasuredAsync();
        foreach (var node in cluster.StandIn.Names("nodes"))
        {
            cluster.StandIn.Edit("nodes.metrics.k8s.io", node, one => one["usage"] = new JsonObject { ["cpu"] = "7900000000n", ["memory"] = "1048576Ki" });
            cluster.StandIn.Edit("nodes", node, one => one["status"]!["allocatable"]!["cpu"] = "8");
        }

        Should.Throw<Violated>(async () => InstallationHealth.ResourceHeadroom(await cluster.ReadAsync())).Observed.ShouldNotBeNull().ShouldContain("what all pods use: 23.7 cores");
    }

    [Fact]
    public async Task A_container_near_its_limit_and_a_role_that_grew_are_named()
    {
        await using var cluster = await MeasuredAsync();
        var before = KubernetesSection.Of(await cluster.ReadAsync());
        cluster.StandIn.Measure((pod, _) => pod.StartsWith("temporal-history", StringComparison.Ordinal) ? (0.9, 3900L << 20) : (0.18, 230L << 20));

        var reading = await cluster.ReadAsync();

        Should.Throw<Violated>(() => InstallationHealth.ResourceHeadroom(reading)).Observed.ShouldNotBeNull().ShouldContain("container temporal-history: uses 3.8 GiB of its limit 4 GiB");
        Should.Throw<Violated>(() => InstallationHealth.UsageHeld(reading, before)).Observed.ShouldNotBeNull().ShouldSatisfyAllConditions(
            observed => observed.ShouldContain("history: 0.9 cores a pod, 0.18 before"), observed => observed.ShouldContain("history: 3.8 GiB a pod, 230 MiB before"));
    }

    [Fact]
    public async Task Without_the_baselines_usage_or_the_API_nothing_is_told()
    {
        await using var cluster = await MeasuredAsync();
        var reading = await cluster.ReadAsync();
        await using var without = await Cluster.StartAsync();
        var blind = await without.ReadAsync();

        Should.Throw<Unanswered>(() => InstallationHealth.UsageHeld(reading, KubernetesSection.Of(blind)));
        Should.Throw<Unanswered>(() => InstallationHealth.UsageHeld(blind, KubernetesSection.Of(reading)));
        InstallationHealth.ResourceHeadroom(blind).ShouldNotBeNull().ShouldContain("metrics.k8s.io did not answer");
    }

    private static async Task<Cluster> MeasuredAsync()
    {
        var cluster = await Cluster.StartAsync(new KubernetesStandInOptions { Metrics = true });
        cluster.StandIn.Measure();
        return cluster;
    }
}
