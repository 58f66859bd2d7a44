using TemporalConformance.Environments;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests.Live;

/// <summary>The contract on the stand-in of 1.29.1.</summary>
public sealed class StandIn1291ContractTests : ClusterContract
{
    /// <inheritdoc/>
    protected override Task<ContractCluster> OpenAsync() => ContractStandIn.OpenAsync("1.29.1");
}

/// <summary>The contract on the stand-in of 1.29.1 with the engine that workers run on.</summary>
public sealed class StandInEngineContractTests : ClusterContract
{
    /// <inheritdoc/>
    protected override Task<ContractCluster> OpenAsync() => ContractStandIn.OpenAsync("1.29.1", new WorkflowEngine());
}

/// <summary>The contract on the stand-in of 1.27.3.</summary>
public sealed class StandIn1273ContractTests : ClusterContract
{
    /// <inheritdoc/>
    protected override Task<ContractCluster> OpenAsync() => ContractStandIn.OpenAsync("1.27.3");
}

/// <summary>The contract on the stand-in of 1.25.2.</summary>
public sealed class StandIn1252ContractTests : ClusterContract
{
    /// <inheritdoc/>
    protected override Task<ContractCluster> OpenAsync() => ContractStandIn.OpenAsync("1.25.2");
}

/// <summary>The contract on a real server.</summary>
public sealed class DevServerContractTests : ClusterContract
{
    /// <inheritdoc/>
    protected override async Task<ContractCluster> OpenAsync()
    {
        var binary = new DevServerBinary(SharedData.TemporalCli(), "test", "");
        var server = await DevServer.StartAsync(binary, ["temporal-conformance"], TestContext.Current.CancellationToken);
        return new ContractCluster(server.Address, null, server);
    }
}

internal static class ContractStandIn
{
    public static async Task<ContractCluster> OpenAsync(string release, params IStandInService[] parts)
    {
        var cluster = await StandInCluster.StartAsync(new StandInClusterOptions { Release = release, Parts = parts });
        return new ContractCluster(cluster.Frontends[0], release, cluster);
    }
}
