using Grpc.Core;
using Grpc.Net.Client;
using TemporalConformance.Probes.Wire;
using TemporalConformance.StandIns;
using Temporalio.Api.WorkflowService.V1;

namespace TemporalConformance.SelfTests.Live;

/// <summary>The stand-in as a cluster of processes: ports, releases, faults.</summary>
public sealed class StandInClusterTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_SDK_connects_to_each_frontend_and_is_told_the_release()
    {
        await using var cluster = await StandInCluster.StartAsync(new StandInClusterOptions { Release = "1.27.3" });
        cluster.Frontends.Count.ShouldBe(2);
        foreach (var frontend in cluster.Frontends)
        {
            using var client = await ClusterClient.ConnectAsync(frontend);
            (await client.Workflow.GetClusterInfoAsync(new GetClusterInfoRequest(), ClusterClient.Once)).ServerVersion.ShouldBe("1.27.3");
        }
    }

    [Fact]
    public async Task The_rings_name_the_ports_of_the_processes()
    {
        await using var cluster = await StandInCluster.StartAsync(new StandInClusterOptions());
        using var client = await ClusterClient.ConnectAsync(cluster.Frontends[0]);
        var rings = (await client.Admin.DescribeClusterAsync(new DescribeClusterRequest(), cancellationToken: Token)).MembershipInfo.Rings;
        rings.Single(ring => ring.Role == "history").Members.Select(member => member.Identity).ShouldBe(cluster.HistoryHosts);
        var shards = new HashSet<int>();
        foreach (var host in cluster.HistoryHosts)
        {
            shards.UnionWith((await client.Admin.DescribeHistoryHostAsync(new DescribeHistoryHostRequest { HostAddress = host }, cancellationToken: Token)).ShardIds);
        }

        shards.Count.ShouldBe(512);
    }

    [Fact]
    public async Task What_no_part_answers_is_refused_in_the_words_of_a_real_server()
    {
        await using var cluster = await StandInCluster.StartAsync(new StandInClusterOptions());
        using var channel = GrpcChannel.ForAddress($"http://{cluster.Frontends[0]}");
        var nothing = Marshallers.Create<byte[]>(bytes => bytes, bytes => bytes);
        var method = new Method<byte[], byte[]>(MethodType.Unary, "temporal.api.workflowservice.v1.WorkflowService", "NoSuchMethod", nothing, nothing);
        var refusal = await Should.ThrowAsync<RpcException>(async () => await channel.CreateCallInvoker().AsyncUnaryCall(method, null, new CallOptions(cancellationToken: Token), []));
        refusal.StatusCode.ShouldBe(StatusCode.Unimplemented);
        refusal.Status.Detail.ShouldBe("unknown method NoSuchMethod for service temporal.api.workflowservice.v1.WorkflowService");
    }

    [Fact]
    public async Task A_process_that_is_gone_turns_everyone_away_until_it_is_back()
    {
        await using var cluster = await StandInCluster.StartAsync(new StandInClusterOptions());
        cluster.Set(ClusterFault.HistoryGone);
        (await ClusterClient.HealthAsync(cluster.HistoryHosts[0], "")).ShouldStartWith("Unavailable");
        (await ClusterClient.HealthAsync(cluster.Frontends[0], "")).ShouldBe("Serving");
        cluster.Clear();
        (await ClusterClient.HealthAsync(cluster.HistoryHosts[0], "")).ShouldBe("Serving");
    }

    [Fact]
    public async Task A_hung_frontend_takes_the_connection_and_answers_nothing()
    {
        await using var cluster = await StandInCluster.StartAsync(new StandInClusterOptions());
        cluster.Set(ClusterFault.FrontendHung);
        (await ClusterClient.HealthAsync(cluster.Frontends[1], "")).ShouldStartWith("DeadlineExceeded");
        (await ClusterClient.HealthAsync(cluster.Frontends[0], "")).ShouldBe("Serving");
    }

    [Fact]
    public async Task An_upgrade_replaces_every_process_on_its_port_and_keeps_the_data()
    {
        await using var cluster = await StandInCluster.StartAsync(new StandInClusterOptions { Release = "1.26.2" });
        var frontends = cluster.Frontends;
        string before;
        using (var client = await ClusterClient.ConnectAsync(cluster.Frontends[0]))
        {
            before = (await client.Workflow.GetClusterInfoAsync(new GetClusterInfoRequest(), ClusterClient.Once)).ClusterId;
        }

        await cluster.UpgradeToAsync("1.29.1");

        cluster.Frontends.ShouldBe(frontends);
        using var after = await ClusterClient.ConnectAsync(cluster.Frontends[0]);
        var info = await after.Workflow.GetClusterInfoAsync(new GetClusterInfoRequest(), ClusterClient.Once);
        (info.ServerVersion, info.ClusterId).ShouldBe(("1.29.1", before));
        (await after.Workflow.DescribeNamespaceAsync(new() { Namespace = "orders" }, ClusterClient.Once)).NamespaceInfo.Capabilities.EagerWorkflowStart.ShouldBeTrue();
        var members = await after.Admin.ListClusterMembersAsync(
            new ListClusterMembersRequest { Role = ClusterMemberRole.Worker }, cancellationToken: Token);
        members.ActiveMembers.Count.ShouldBe(2, "the last life of a process is remembered for 48 hours");
    }

    [Fact]
    public async Task Made_up_executions_are_listed_page_by_page_described_and_counted()
    {
        await using var cluster = await StandInCluster.StartAsync(new StandInClusterOptions());
        using var client = await ClusterClient.ConnectAsync(cluster.Frontends[0]);
        var recorded = (await client.Workflow.CountWorkflowExecutionsAsync(new() { Namespace = "orders", Query = "ExecutionStatus='Running'" }, ClusterClient.Once)).Count;
        cluster.AddExecutions(2500);

        var ids = new HashSet<string>();
        var request = new ListWorkflowExecutionsRequest { Namespace = "orders", PageSize = 1000, Query = "ExecutionStatus='Running'" };
        do
        {
            var page = await client.Workflow.ListWorkflowExecutionsAsync(request, ClusterClient.Once);
            ids.UnionWith(page.Executions.Select(execution => execution.Execution.WorkflowId));
            request.NextPageToken = page.NextPageToken;
        }
        while (!request.NextPageToken.IsEmpty);

        ids.Count.ShouldBe((int)recorded + 2500);
        (await client.Workflow.CountWorkflowExecutionsAsync(new() { Namespace = "orders", Query = "ExecutionStatus='Running'" }, ClusterClient.Once)).Count.ShouldBe(ids.Count);
        var history = await client.Workflow.GetWorkflowExecutionHistoryAsync(
            new() { Namespace = "orders", Execution = new() { WorkflowId = "bulk-0002499" } }, ClusterClient.Once);
        var described = await client.Workflow.DescribeWorkflowExecutionAsync(
            new() { Namespace = "orders", Execution = new() { WorkflowId = "bulk-0002499" } }, ClusterClient.Once);
        described.WorkflowExecutionInfo.HistoryLength.ShouldBe(history.History.Events.Count);
    }
}
