using System.Text.Json.Nodes;
using TemporalConformance.Checks;
using TemporalConformance.Gate;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>
/// What three checks of other subjects learn from Kubernetes: a stand-in cluster on a real PostgreSQL whose processes are the pods of a stand-in
/// Kubernetes. Known-bad is that with one edit of the pods.
/// </summary>
public sealed class PodsScenarios(PostgresServer server)
{
    private const string Ring = "health/ring-equals-pods";
    private const string Version = "path/one-running-version";
    private const string Budget = "database/connection-budget";

    private static readonly Dictionary<string, Action<KubernetesStandIn>> s_edits = new()
    {
        ["nothing"] = _ => { },
        ["a pod outside of the rings"] = one => one.Add("pods", Copy(one, "temporal-history", "temporal-history-outside")),
        ["a process that beats and whose pod is not ready"] = one => one.Edit("pods", First(one, "temporal-matching"), pod =>
            pod["status"]!["conditions"]!.AsArray().First(condition => (string?)condition!["type"] == "Ready")!["status"] = "False"),
        ["the pods of another cluster"] = one =>
        {
            foreach (var name in one.Names("pods"))
            {
                one.Edit("pods", name, pod => pod["status"]!["podIP"] = "10.9.9.9");
            }
        },
        ["a history pod of the release before"] = one => Image(one, "temporal-history", "temporalio/server:1.26.2"),
        ["one image of their own for all"] = one => Image(one, "temporal-", "registry.example.com/acme/workflows:7"),
        ["one image of their own for one role"] = one => Image(one, "temporal-worker", "registry.example.com/acme/workflows:7"),
    };

    [Theory]
    [InlineData("nothing", "", "", "")]
    [InlineData("a pod outside of the rings", Ring, "", "history: ready pods are 3 (127.0.0.1, 127.0.0.1, 127.0.0.1); heartbeats come from 2")]
    [InlineData("a process that beats and whose pod is not ready", Ring, "", "matching: ready pods are 1 (127.0.0.1); heartbeats come from 2")]
    [InlineData("the pods of another cluster", "", Ring, "that is another cluster, or its processes advertise other addresses")]
    [InlineData("a history pod of the release before", Version, "", "(history) has the image temporalio/server:1.26.2")]
    [InlineData("one image of their own for all", "", "", "")]
    [InlineData("one image of their own for one role", "", Version, "(worker) has the image registry.example.com/acme/workflows:7, which tells no release")]
    public async Task Pods_are_compared_with_rings_and_frontends(string edit, string violated, string unanswered, string observed)
    {
        var verdict = await AskAsync(s_edits[edit], ("cluster.pods", "4"), ("cluster.surge", "1"), ("stores.main.maxConns", "4"), ("stores.visibility.maxConns", "4"));

        verdict.ShouldAnswer(violated, unanswered);
        verdict.Said().ShouldContain(observed);
    }

    [Fact]
    public async Task The_budget_of_connections_is_reckoned_with_what_Kubernetes_says()
    {
        var verdict = await AskAsync(_ => { });

        verdict.ShouldAnswer(Budget, "");
        verdict.Said().ShouldContain("cluster.pods is 7 in Kubernetes, cluster.surge is 4 in Kubernetes, stores.main.maxConns is 20 in Kubernetes, stores.visibility.maxConns is 10 in Kubernetes");
    }

    private async Task<PhaseVerdict> AskAsync(Action<KubernetesStandIn> edit, params (string Key, string Value)[] more)
    {
        var token = TestContext.Current.CancellationToken;
        using var results = new ScratchFolder();
        await using var pair = await DatabasePair.CopyAsync(server, Recorded.Real1291);
        await using var cluster = await StandInCluster.StartAsync(new StandInClusterOptions { Release = "1.27.3", MainStore = pair.Main.Npgsql + ";Pooling=false" });
        await using var kubernetes = await KubernetesStandIn.StartAsync();
        kubernetes.Fit(KubernetesFitting.OfStandInCluster, "1.27.3");
        edit(kubernetes);
        var kubeconfig = Path.Combine(results.Path, "kubeconfig");
        await File.WriteAllTextAsync(kubeconfig, kubernetes.Kubeconfig(), token);
        var sets = new Dictionary<string, string>
        {
            ["kubernetes.kubeconfig"] = kubeconfig,
            ["kubernetes.namespace"] = KubernetesStandIn.Namespace,
            ["temporal.address"] = string.Join(',', cluster.Frontends),
            ["stores.main.connection"] = pair.Main.Npgsql,
            ["stores.visibility.connection"] = pair.Visibility.Npgsql,
            ["baseline.path"] = Path.Combine(results.Path, "baseline.json"),
            ["scope.only"] = $"{Ring},{Version},{Budget}",
        };
        foreach (var (key, value) in more)
        {
            sets[key] = value;
        }

        return await PhaseRun.AskAsync(UpgradePhase.PreUpgrade, results.Path, sets);
    }

    private static string First(KubernetesStandIn one, string prefix) => one.Names("pods").First(name => name.StartsWith(prefix, StringComparison.Ordinal));

    private static JsonObject Copy(KubernetesStandIn one, string prefix, string name)
    {
        var copy = one.Find("pods", First(one, prefix))!;
        copy["metadata"]!["name"] = name;
        copy["metadata"]!.AsObject().Remove("uid");
        return copy;
    }

    private static void Image(KubernetesStandIn one, string prefix, string image)
    {
        foreach (var name in one.Names("pods").Where(name => name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            one.Edit("pods", name, pod =>
            {
                var container = pod["spec"]!["containers"]![0]!;
                container["image"] = ((string)container["image"]!).StartsWith("temporalio/server", StringComparison.Ordinal) ? image : (string)container["image"]!;
            });
        }
    }
}
