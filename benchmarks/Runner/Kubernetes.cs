using System.Text.Json.Nodes;
using TemporalConformance.StandIns;

namespace TemporalConformance.Benchmarks;

/// <summary>The recorded cluster as a server to measure against, with kubeconfigs that lead there, straight and the long way.</summary>
internal sealed class Kubernetes : IAsyncDisposable
{
    private readonly KubernetesStandIn _server;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("temporal-conformance-benchmark-kubernetes-");

    private Kubernetes(KubernetesStandIn server) => _server = server;

    /// <summary>The namespace that Temporal runs in.</summary>
    public static string Namespace => KubernetesStandIn.Namespace;

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port => _server.Address.Port;

    /// <summary>A folder that stays between the rounds: kubectl keeps there what it discovered, as in everybody's home.</summary>
    public string Home => _folder.FullName;

    /// <summary>Starts it: the cluster before its upgrade, all healthy, with usage for <c>kubectl top</c>.</summary>
    public static async Task<Kubernetes> StartAsync()
    {
        var server = await KubernetesStandIn.StartAsync(new KubernetesStandInOptions { Metrics = true });
        foreach (var node in server.Names("nodes"))
        {
            server.Add("nodes.metrics.k8s.io", Usage(node, new JsonObject { ["usage"] = Amount() }));
        }

        foreach (var pod in server.Names("pods"))
        {
            server.Add("pods.metrics.k8s.io", Usage(pod, new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "temporal", ["usage"] = Amount() }) }));
        }

        return new Kubernetes(server);
    }

    /// <summary>A kubeconfig that leads to a port.</summary>
    /// <param name="port">The server's, or a proxy's in front of it.</param>
    public string Kubeconfig(int port)
    {
        var file = Path.Combine(Home, $"kubeconfig-{port}");
        // What kubectl get all lists is more than the viewer may; both sides ask as the same user.
        File.WriteAllText(file, _server.Kubeconfig(StandInUser.Admin).Replace($":{Port}", $":{port}", StringComparison.Ordinal));
        return file;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static JsonObject Usage(string name, JsonObject usage)
    {
        usage["metadata"] = new JsonObject { ["name"] = name };
        usage["timestamp"] = "2026-11-23T03:40:00Z";
        usage["window"] = "20s";
        return usage;
    }

    private static JsonObject Amount() => new() { ["cpu"] = "250m", ["memory"] = "512Mi" };
}
