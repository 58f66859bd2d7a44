using Temporalio.Api.WorkflowService.V1;
using TemporalConformance.Probes.Wire;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests.Live;

/// <summary>Each fault that concerns the cluster shows where it should, and only there.</summary>
public sealed class StandInFaultTests : IAsyncLifetime
{
    private StandInCluster? _cluster;

    private StandInCluster Cluster => _cluster!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => _cluster = await StandInCluster.StartAsync(new StandInClusterOptions());

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Cluster.DisposeAsync();

    [Theory]
    [InlineData(ClusterFault.PermissionDenied, "PermissionDenied: Request unauthorized.")]
    [InlineData(ClusterFault.NamespaceMissing, "NotFound: Namespace temporal-conformance is not found.")]
    [InlineData(ClusterFault.StoreDown, "Unavailable: CountWorkflowExecutions operation failed. Query failed: no usable database connection found")]
    public async Task Calls_are_refused(ClusterFault fault, string refusal)
    {
        Cluster.Set(fault);
        using var client = await ClusterClient.ConnectAsync(Cluster.Frontends[0]);
        var (status, sentence) = await ClusterClient.RefusalOf(() => Count(client, "temporal-conformance"));
        $"{status}: {sentence}".ShouldBe(refusal);
        (await ClusterClient.HealthAsync(Cluster.Frontends[0], "temporal.api.workflowservice.v1.WorkflowService")).ShouldBe("Serving");
        Cluster.Clear();
        await Count(client, "temporal-conformance");
    }

    [Fact]
    public async Task Every_other_call_is_one_too_many()
    {
        Cluster.Set(ClusterFault.ResourceExhausted);
        using var client = await ClusterClient.ConnectAsync(Cluster.Frontends[0]);
        await Count(client, "orders");
        (await ClusterClient.RefusalOf(() => Count(client, "orders"))).ShouldBe(("ResourceExhausted", "namespace rate limit exceeded"));
        await Count(client, "orders");
    }

    [Fact]
    public async Task Answers_break_off_in_the_middle()
    {
        Cluster.Set(ClusterFault.Reset);
        using var client = await ClusterClient.ConnectAsync(Cluster.Frontends[0]);
        (await ClusterClient.RefusalOf(() => Count(client, "orders"))).Status.ShouldBeOneOf("Internal", "Unknown", "Unavailable", "Cancelled");
    }

    [Fact]
    public async Task One_frontend_is_another_release()
    {
        Cluster.Set(ClusterFault.FrontendOfAnotherRelease);
        var releases = new List<string>();
        foreach (var frontend in Cluster.Frontends)
        {
            using var client = await ClusterClient.ConnectAsync(frontend);
            releases.Add((await client.Workflow.GetSystemInfoAsync(new(), ClusterClient.Once)).ServerVersion);
        }

        releases.ShouldBe(["1.29.1", "1.28.1"]);
    }

    [Fact]
    public async Task The_ring_is_smaller_than_the_processes_are_many()
    {
        Cluster.Set(ClusterFault.RingTooSmall);
        using var client = await ClusterClient.ConnectAsync(Cluster.Frontends[0]);
        var cluster = await client.Admin.DescribeClusterAsync(new(), cancellationToken: Token);
        cluster.MembershipInfo.Rings.Single(ring => ring.Role == "history").MemberCount.ShouldBe(1);
        var members = await client.Admin.ListClusterMembersAsync(new() { Role = ClusterMemberRole.History, LastHeartbeatWithin = new() { Seconds = 20 } }, cancellationToken: Token);
        members.ActiveMembers.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Shards_have_no_owner()
    {
        Cluster.Set(ClusterFault.ShardsUnowned);
        using var client = await ClusterClient.ConnectAsync(Cluster.Frontends[0]);
        var owned = 0;
        foreach (var host in Cluster.HistoryHosts)
        {
            owned += (await client.Admin.DescribeHistoryHostAsync(new() { HostAddress = host }, cancellationToken: Token)).ShardIds.Count;
        }

        owned.ShouldBe(384);
    }

    [Fact]
    public async Task What_was_set_up_is_gone_or_another()
    {
        Cluster.Set(
            ClusterFault.SearchAttributeLost, ClusterFault.ScheduleLost, ClusterFault.NexusEndpointLost, ClusterFault.NamespaceChanged, ClusterFault.AnotherCluster,
            ClusterFault.SeveralClusters);
        using var client = await ClusterClient.ConnectAsync(Cluster.Frontends[0]);
        (await client.Operator.ListSearchAttributesAsync(new() { Namespace = "orders" }, ClusterClient.Once)).CustomAttributes.Keys.ShouldBe(["Priority"]);
        (await client.Workflow.ListSchedulesAsync(new() { Namespace = "orders" }, ClusterClient.Once)).Schedules.ShouldHaveSingleItem();
        (await client.Operator.ListNexusEndpointsAsync(new(), ClusterClient.Once)).Endpoints.ShouldBeEmpty();
        (await client.Workflow.DescribeNamespaceAsync(new() { Namespace = "orders" }, ClusterClient.Once)).Config.WorkflowExecutionRetentionTtl.Seconds.ShouldBe(86400);
        (await client.Workflow.GetClusterInfoAsync(new(), ClusterClient.Once)).ClusterId.ShouldStartWith("5dbb3e8f");
        (await client.Operator.ListClustersAsync(new(), ClusterClient.Once)).Clusters.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Executions_are_lost_and_histories_are_short_or_another()
    {
        using var client = await ClusterClient.ConnectAsync(Cluster.Frontends[0]);
        var running = (await List(client)).Executions;
        var before = await History(client, "basket-orders-1-2");

        Cluster.Set(ClusterFault.HistoryTruncated);
        (await History(client, "basket-orders-1-2")).ShouldBe(before.Take(before.Count - 1));
        Cluster.Clear();
        Cluster.Set(ClusterFault.HistoryRewritten);
        (await History(client, "basket-orders-1-2")).Count(text => !before.Contains(text)).ShouldBe(1);
        Cluster.Clear();
        Cluster.Set(ClusterFault.ExecutionsLost);
        var left = (await List(client)).Executions;
        left.Count.ShouldBeLessThan(running.Count);
        var lost = running.First(execution => !left.Contains(execution)).Execution;
        (await ClusterClient.RefusalOf(() => client.Workflow.DescribeWorkflowExecutionAsync(new() { Namespace = "orders", Execution = lost }, ClusterClient.Once)))
            .Status.ShouldBe("NotFound");
        Cluster.Set(ClusterFault.VisibilityEmpty);
        (await List(client)).Executions.ShouldBeEmpty();
    }

    private static Task<CountWorkflowExecutionsResponse> Count(ClusterClient client, string ns) =>
        client.Workflow.CountWorkflowExecutionsAsync(new() { Namespace = ns }, ClusterClient.Once);

    private static Task<ListWorkflowExecutionsResponse> List(ClusterClient client) =>
        client.Workflow.ListWorkflowExecutionsAsync(new() { Namespace = "orders", Query = "ExecutionStatus='Running'" }, ClusterClient.Once);

    private static async Task<List<string>> History(ClusterClient client, string id) =>
        [.. (await client.Workflow.GetWorkflowExecutionHistoryAsync(new() { Namespace = "orders", Execution = new() { WorkflowId = id } }, ClusterClient.Once)).History.Events.Select(one => one.ToString())];
}
