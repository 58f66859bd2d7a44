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

    /// <summary>An executable that says at once what the real <c>helm</c> said of this cluster; it asks nobody.</summary>
    public string Helm
    {
        get
        {
            var file = Path.Combine(Home, "helm");
            File.WriteAllText(file, $"#!/bin/sh\ncase $1 in upgrade) exec cat '{Recordings.HelmRender}' ;; get) exec cat '{Recordings.HelmValues}' ;; esac\n");
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            return file;
        }
    }

    /// <summary>Starts it: the cluster before its upgrade, all healthy, with usage for <c>kubectl top</c>.</summary>
    public static async Task<Kubernetes> StartAsync()
    {
        var server = await KubernetesStandIn.StartAsync(new KubernetesStandInOptions { Metrics = true });
        server.Measure();
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
}
