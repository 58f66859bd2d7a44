using Grpc.Core;
using Grpc.Net.Client;
using TemporalConformance.Probes.Wire;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.OperatorService.V1;
using Temporalio.Api.WorkflowService.V1;

namespace TemporalConformance.SelfTests.Live;

/// <summary>A cluster that the contract is held against, with an empty namespace <c>temporal-conformance</c>.</summary>
/// <param name="Address">A frontend.</param>
/// <param name="Release">What it must say that it is; null if that is not known beforehand.</param>
/// <param name="Owner">Stops it.</param>
public sealed record ContractCluster(string Address, string? Release, IAsyncDisposable Owner);

/// <summary>What every cluster answers to the calls that the checks make, a real one as much as the stand-in. A difference is a bug of the stand-in.</summary>
public abstract class ClusterContract : IAsyncLifetime
{
    private const string Ns = "temporal-conformance";
    private ContractCluster? _cluster;
    private ClusterClient? _client;

    private ContractCluster Cluster => _cluster!;

    private ClusterClient Client => _client!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _cluster = await OpenAsync();
        _client = await ClusterClient.ConnectAsync(_cluster.Address);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        await (_cluster?.Owner.DisposeAsync() ?? ValueTask.CompletedTask);
        GC.SuppressFinalize(this);
    }

    /// <summary>The cluster of one test.</summary>
    protected abstract Task<ContractCluster> OpenAsync();

    [Fact]
    public async Task It_says_its_release_the_same_everywhere()
    {
        var info = await Client.Workflow.GetClusterInfoAsync(new GetClusterInfoRequest(), ClusterClient.Once);
        var system = await Client.Workflow.GetSystemInfoAsync(new GetSystemInfoRequest(), ClusterClient.Once);
        var described = await Client.Admin.DescribeClusterAsync(new DescribeClusterRequest(), cancellationToken: Token);

        new[] { info.ServerVersion, system.ServerVersion, described.ServerVersion }.ShouldAllBe(version => version == (Cluster.Release ?? info.ServerVersion));
        described.ClusterId.ShouldBe(info.ClusterId);
        described.HistoryShardCount.ShouldBe(info.HistoryShardCount);
        Guid.TryParse(info.ClusterId, out _).ShouldBeTrue();
        info.ClusterName.ShouldBe("active");
    }

    [Fact]
    public async Task Its_capabilities_claim_eager_start_in_every_release_and_the_namespace_only_from_1_29()
    {
        var system = await Client.Workflow.GetSystemInfoAsync(new GetSystemInfoRequest(), ClusterClient.Once);
        var found = await Client.Workflow.DescribeNamespaceAsync(new DescribeNamespaceRequest { Namespace = Ns }, ClusterClient.Once);

        system.Capabilities.EagerWorkflowStart.ShouldBeTrue();
        (found.NamespaceInfo.Capabilities?.EagerWorkflowStart ?? false).ShouldBe(Version.Parse(system.ServerVersion) >= new Version(1, 29));
        found.NamespaceInfo.State.ShouldBe(NamespaceState.Registered);
        found.NamespaceInfo.SupportsSchedules.ShouldBeTrue();
    }

    [Fact]
    public async Task A_namespace_that_does_not_exist_is_not_found_whatever_is_asked_of_it()
    {
        const string sentence = "Namespace no-such-namespace is not found.";
        (await Refused(() => Client.Workflow.DescribeNamespaceAsync(new() { Namespace = "no-such-namespace" }, ClusterClient.Once))).ShouldBe(("NotFound", sentence));
        (await Refused(() => Client.Workflow.CountWorkflowExecutionsAsync(new() { Namespace = "no-such-namespace" }, ClusterClient.Once))).ShouldBe(("NotFound", sentence));
        (await Refused(() => Client.Workflow.DescribeNamespaceAsync(new(), ClusterClient.Once))).ShouldBe(("InvalidArgument", "Namespace not set on request."));
    }

    [Fact]
    public async Task A_workflow_that_does_not_exist_is_not_found()
    {
        var execution = new WorkflowExecution { WorkflowId = "no-such-workflow" };
        (await Refused(() => Client.Workflow.DescribeWorkflowExecutionAsync(new() { Namespace = Ns, Execution = execution }, ClusterClient.Once)))
            .ShouldBe(("NotFound", "workflow not found for ID: no-such-workflow"));
        (await Refused(() => Client.Workflow.GetWorkflowExecutionHistoryAsync(new() { Namespace = Ns, Execution = execution }, ClusterClient.Once)))
            .Status.ShouldBe("NotFound");
    }

    [Fact]
    public async Task An_empty_namespace_lists_and_counts_nothing()
    {
        (await Client.Workflow.ListWorkflowExecutionsAsync(new() { Namespace = Ns, Query = "ExecutionStatus='Running'" }, ClusterClient.Once)).Executions.ShouldBeEmpty();
        (await Client.Workflow.CountWorkflowExecutionsAsync(new() { Namespace = Ns }, ClusterClient.Once)).Count.ShouldBe(0);
        var byStatus = await Client.Workflow.CountWorkflowExecutionsAsync(new() { Namespace = Ns, Query = "GROUP BY ExecutionStatus" }, ClusterClient.Once);
        (byStatus.Count, byStatus.Groups.Count).ShouldBe((0L, 0));
        (await Client.Workflow.ListSchedulesAsync(new() { Namespace = Ns }, ClusterClient.Once)).Schedules.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("WorkflowType STARTS_WITH 'Order' AND StartTime > '2020-01-01T00:00:00Z'")]
    [InlineData("(WorkflowId = 'a' OR WorkflowId IN ('b', 'c')) AND TaskQueue != 'q'")]
    [InlineData("StartTime BETWEEN '2020-01-01T00:00:00Z' AND '2021-01-01T00:00:00Z'")]
    [InlineData("CloseTime IS NULL")]
    public async Task Queries_that_checks_and_SDKs_write_are_understood(string query) =>
        (await Client.Workflow.ListWorkflowExecutionsAsync(new() { Namespace = Ns, Query = query }, ClusterClient.Once)).Executions.ShouldBeEmpty();

    [Theory]
    [InlineData("NoSuchAttribute='x'", "invalid query: invalid expression: column name 'NoSuchAttribute' is not a valid search attribute")]
    [InlineData("ExecutionStatus='Running' GROUP BY WorkflowType", "invalid query: operation is not supported: 'group by' clause is only supported for ExecutionStatus search attribute")]
    public async Task Queries_that_make_no_sense_are_refused_with_the_reason(string query, string sentence) =>
        (await Refused(() => Client.Workflow.CountWorkflowExecutionsAsync(new() { Namespace = Ns, Query = query }, ClusterClient.Once))).ShouldBe(("InvalidArgument", sentence));

    [Fact]
    public async Task A_method_that_does_not_exist_is_unimplemented()
    {
        using var channel = GrpcChannel.ForAddress($"http://{Cluster.Address}");
        var nothing = Marshallers.Create<byte[]>(bytes => bytes, bytes => bytes);
        var method = new Method<byte[], byte[]>(MethodType.Unary, "temporal.api.workflowservice.v1.WorkflowService", "NoSuchMethod", nothing, nothing);
        (await Refused(async () => await channel.CreateCallInvoker().AsyncUnaryCall(method, null, new CallOptions(cancellationToken: Token), [])))
            .ShouldBe(("Unimplemented", "unknown method NoSuchMethod for service temporal.api.workflowservice.v1.WorkflowService"));
    }

    [Theory]
    [InlineData("temporal.api.workflowservice.v1.WorkflowService", "Serving")]
    [InlineData("no.such.Service", "NotFound: unknown service")]
    [InlineData("temporal.server.api.adminservice.v1.AdminService", "NotFound: unknown service")]
    public async Task Health_is_known_by_the_names_of_real_servers(string service, string answer) =>
        (await ClusterClient.HealthAsync(Cluster.Address, service)).ShouldBe(answer);

    [Fact]
    public async Task The_ring_of_history_names_the_hosts_that_own_the_shards()
    {
        var cluster = await Client.Admin.DescribeClusterAsync(new DescribeClusterRequest(), cancellationToken: Token);
        cluster.MembershipInfo.Rings.Select(ring => ring.Role).Order().ShouldBe(["frontend", "history", "matching", "worker"]);
        var owned = 0;
        foreach (var host in cluster.MembershipInfo.Rings.Single(ring => ring.Role == "history").Members)
        {
            owned += (await Client.Admin.DescribeHistoryHostAsync(new DescribeHistoryHostRequest { HostAddress = host.Identity }, cancellationToken: Token)).ShardsNumber;
        }

        owned.ShouldBe(cluster.HistoryShardCount);
    }

    [Fact]
    public async Task It_replicates_with_nobody()
    {
        var only = (await Client.Admin.ListClustersAsync(new Probes.Wire.ListClustersRequest { PageSize = 10 }, cancellationToken: Token)).Clusters.ShouldHaveSingleItem();
        only.ClusterName.ShouldBe("active");
        only.IsConnectionEnabled.ShouldBeTrue();
        var same = (await Client.Operator.ListClustersAsync(new(), ClusterClient.Once)).Clusters.ShouldHaveSingleItem();
        (same.ClusterName, same.ClusterId, same.HistoryShardCount).ShouldBe((only.ClusterName, only.ClusterId, only.HistoryShardCount));
    }

    [Fact]
    public async Task The_systems_search_attributes_are_there_and_no_others()
    {
        var found = await Client.Operator.ListSearchAttributesAsync(new ListSearchAttributesRequest { Namespace = Ns }, ClusterClient.Once);
        found.CustomAttributes.ShouldBeEmpty();
        found.SystemAttributes["WorkflowId"].ShouldBe(IndexedValueType.Keyword);
        found.SystemAttributes["StartTime"].ShouldBe(IndexedValueType.Datetime);
        found.SystemAttributes.Keys.ShouldContain("ExecutionStatus");
    }

    [Fact]
    public async Task A_task_queue_that_nobody_uses_has_no_pollers_and_no_backlog()
    {
        var found = await Client.Workflow.DescribeTaskQueueAsync(
            new() { Namespace = Ns, TaskQueue = new() { Name = "nobody" }, TaskQueueType = TaskQueueType.Workflow, ReportStats = true }, ClusterClient.Once);
        found.Pollers.ShouldBeEmpty();
        (found.Stats?.ApproximateBacklogCount ?? 0).ShouldBe(0);
    }

    [Fact]
    public async Task A_namespace_can_be_registered_once_and_deleted()
    {
        var request = new RegisterNamespaceRequest { Namespace = "made-for-this", WorkflowExecutionRetentionPeriod = new() { Seconds = 86400 } };
        await Client.Workflow.RegisterNamespaceAsync(request, ClusterClient.Once);
        (await Refused(() => Client.Workflow.RegisterNamespaceAsync(request, ClusterClient.Once))).ShouldBe(("AlreadyExists", "Namespace \"made-for-this\" already exists"));
        (await Client.Workflow.DescribeNamespaceAsync(new() { Namespace = "made-for-this" }, ClusterClient.Once)).NamespaceInfo.State.ShouldBe(NamespaceState.Registered);
        (await Client.Operator.DeleteNamespaceAsync(new() { Namespace = "made-for-this" }, ClusterClient.Once)).DeletedNamespace.ShouldStartWith("made-for-this-deleted-");
    }

    [Fact]
    public async Task Requests_may_be_compressed()
    {
        using var channel = GrpcChannel.ForAddress($"http://{Cluster.Address}");
        var headers = new Metadata { { "grpc-internal-encoding-request", "gzip" } };
        var answer = await new AdminService.AdminServiceClient(channel).ListClustersAsync(new Probes.Wire.ListClustersRequest { PageSize = 10 }, headers, cancellationToken: Token);
        answer.Clusters.ShouldHaveSingleItem();
    }

    private static Task<(string Status, string Sentence)> Refused(Func<Task> call) => ClusterClient.RefusalOf(call);
}
