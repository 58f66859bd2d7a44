using TemporalConformance.Environments;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>A server that the engine's contract is asked of.</summary>
public interface IEngineServer
{
    /// <summary>A frontend's <c>host:port</c>; null when there is none here.</summary>
    string? Address { get; }
}

/// <summary>The stand-in with its engine.</summary>
public sealed class EngineStandIn : IEngineServer, IAsyncLifetime
{
    private StandInCluster? _cluster;

    public WorkflowEngine Engine { get; } = new();

    public string? Address => _cluster?.Frontends[0];

    public StandInCluster Cluster => _cluster!;

    public async ValueTask InitializeAsync() => _cluster = await StandInCluster.StartAsync(new StandInClusterOptions { Parts = [Engine] });

    public async ValueTask DisposeAsync()
    {
        await (_cluster?.DisposeAsync() ?? ValueTask.CompletedTask);
        Engine.Dispose();
    }
}

/// <summary>A real dev server, where its CLI is found.</summary>
public sealed class EngineDevServer : IEngineServer, IAsyncLifetime
{
    private DevServer? _server;

    public string? Address => _server?.Address;

    public async ValueTask InitializeAsync()
    {
        if (DevServer.Find(Facts.Settings.Defaults) is { } binary)
        {
            _server = await DevServer.StartAsync(binary, [Facts.Settings.Defaults.Temporal.CanaryNamespace], TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync() => await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
}
