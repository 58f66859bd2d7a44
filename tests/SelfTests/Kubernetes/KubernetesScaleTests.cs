using System.Diagnostics;
using System.Text.Json.Nodes;
using TemporalConformance.Probes;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>
/// A namespace that Temporal shares: 2 000 pods of 400 other applications, 500 revisions of its Helm release, a ConfigMap of 1 MB that its pods refer to and another that
/// they do not. What is read is asserted; how long it took is written to the test's output, since a busy machine proves nothing.
/// </summary>
public sealed class KubernetesScaleTests(ITestOutputHelper output)
{
    private const int Applications = 400;
    private const int PodsEach = 5;
    private const int Revisions = 500;

    [Fact]
    public async Task Other_applications_pods_and_old_revisions_are_left_at_the_server()
    {
        await using var cluster = await CrowdedAsync();
        var first = Stopwatch.StartNew();
        await cluster.ReadAsync();
        Report("the first time, compiling included", first);
        var before = cluster.StandIn.Requests.Count;

        var watch = Stopwatch.StartNew();
        var reading = await cluster.ReadAsync();
        Report("with selectors", watch);

        reading.Pods.Value().Count.ShouldBe(14);
        reading.ForeignWorkloads.ShouldBe(Applications);
        reading.HelmRevisions.Value().Count.ShouldBe(Revisions);
        reading.HelmRelease.Value()!.Revision.Revision.ShouldBe(Revisions);
        reading.ConfigMaps["temporal-config"].Value()!.Data["large"].Length.ShouldBe(1_000_000);
        var requests = cluster.StandIn.Requests.Skip(before).ToList();
        requests.Where(one => one.Resource is "pods" or "replicasets" or "endpointslices" && one.Group != "metrics.k8s.io").ShouldAllBe(one => one.Query.ContainsKey("labelSelector"));
        requests.Count(one => one.Resource == "configmaps").ShouldBe(2);
        requests.Count.ShouldBeLessThan(25);
    }

    [Fact]
    public async Task Without_selectors_the_whole_namespace_is_read_in_pages()
    {
        var user = StandInUser.Viewer.Without("deployments", "statefulsets");
        await using var cluster = await CrowdedAsync(user);
        await cluster.ReadAsync(user);
        var before = cluster.StandIn.Requests.Count;

        var watch = Stopwatch.StartNew();
        var reading = await cluster.ReadAsync(user);
        Report("all pods", watch);

        reading.Pods.Value().Count.ShouldBe(14);
        cluster.StandIn.Requests.Skip(before).Count(one => one.Resource == "pods" && one.Group.Length == 0).ShouldBe(1 + (14 + (Applications * PodsEach)) / KubernetesLimits.Default.Page + 1);
    }

    private void Report(string what, Stopwatch watch)
    {
        using var process = Process.GetCurrentProcess();
        output.WriteLine($"{what}: {watch.Elapsed.TotalMilliseconds:0} ms; peak working set with the stand-in in the same process: {process.PeakWorkingSet64 >> 20} MiB");
    }

    private static async Task<Cluster> CrowdedAsync(StandInUser? user = null)
    {
        var cluster = await Cluster.StartAsync(user is null ? null : new KubernetesStandInOptions { Users = [user] });
        var server = cluster.StandIn;
        var (pod, deployment, secret) = (server.Find("pods", "temporal-history-6648c4987-2r2jn")!, server.Find("deployments", "temporal-history")!, server.Find("secrets", "sh.helm.release.v1.temporal.v1")!);
        // As large as a real one, which carries who manages which field.
        pod["metadata"]!["annotations"]!["padding"] = new string('x', 3500);
        for (var at = 0; at < Applications; at++)
        {
            var name = $"app-{at:000}";
            server.Add("deployments", Renamed(deployment, name));
            for (var replica = 0; replica < PodsEach; replica++)
            {
                server.Add("pods", Renamed(pod, $"{name}-{replica}"));
            }
        }

        for (var revision = 2; revision <= Revisions; revision++)
        {
            var copy = secret.DeepClone().AsObject();
            copy["metadata"]!["name"] = $"sh.helm.release.v1.temporal.v{revision}";
            copy["metadata"]!["labels"]!["version"] = $"{revision}";
            copy["metadata"]!["labels"]!["status"] = revision == Revisions ? "deployed" : "superseded";
            server.Add("secrets", copy);
        }

        server.Edit("configmaps", "temporal-config", map => map["data"]!["large"] = new string('y', 1_000_000));
        server.Add("configmaps", JsonNode.Parse("""{ "metadata": { "name": "somebody-elses" }, "data": {} }""")!.AsObject());
        server.Edit("configmaps", "somebody-elses", map => map["data"]!["large"] = new string('z', 1_000_000));
        return cluster;
    }

    private static JsonObject Renamed(JsonObject one, string name)
    {
        var copy = one.DeepClone().AsObject();
        var metadata = copy["metadata"]!.AsObject();
        metadata["name"] = name;
        metadata["uid"] = null;
        metadata["labels"] = new JsonObject { ["app"] = name[..7] };
        var pod = copy["spec"]!["template"] is { } template ? template["spec"]! : copy["spec"]!;
        pod["containers"]![0]!["image"] = "registry.example.com/shop/server:3";
        if (copy["spec"]!["template"] is { } workload)
        {
            copy["spec"]!["selector"]!["matchLabels"] = new JsonObject { ["app"] = name };
            workload["metadata"]!["labels"] = new JsonObject { ["app"] = name };
        }

        return copy;
    }
}
