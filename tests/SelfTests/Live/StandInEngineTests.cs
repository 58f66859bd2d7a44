using TemporalConformance.StandIns;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;
using Temporalio.Worker;
using Temporalio.Workflows;

namespace TemporalConformance.SelfTests.Live;

/// <summary>The cluster with the engine in it: what runs there and what was recorded are one cluster to whoever asks.</summary>
public sealed class StandInEngineTests
{
    private const string Queue = "stand-in-engine";

    [Fact]
    public async Task A_worker_of_the_SDK_goes_on_through_an_upgrade_and_lists_are_of_both()
    {
        await using var cluster = await StandInCluster.StartAsync(new StandInClusterOptions { Release = "1.27.3", Parts = [new WorkflowEngine()] });
        using var one = await ClusterClient.ConnectAsync(cluster.Frontends[0], "orders");
        using var two = await ClusterClient.ConnectAsync(cluster.Frontends[1], "orders");
        var before = (await Running(two)).Count;
        using var worker = new TemporalWorker(one.Sdk, new TemporalWorkerOptions(Queue).AddWorkflow<Waiting>());

        await worker.ExecuteAsync(
            async () =>
            {
                var handle = await two.Sdk.StartWorkflowAsync((Waiting waiting) => waiting.RunAsync(), new WorkflowOptions("waits-for-the-upgrade", Queue));
                (await Running(two)).Count.ShouldBe(before + 1);
                (await Running(two))[0].Execution.WorkflowId.ShouldBe("waits-for-the-upgrade");

                await cluster.UpgradeToAsync("1.29.1");
                await handle.SignalAsync(waiting => waiting.GoOnAsync());

                (await handle.GetResultAsync(rpcOptions: new RpcOptions { CancellationToken = TestContext.Current.CancellationToken })).ShouldBe("gone on");
            },
            TestContext.Current.CancellationToken);
        (await Running(one)).ShouldNotContain(execution => execution.Execution.WorkflowId == "waits-for-the-upgrade");
    }

    [Fact]
    public async Task Pages_go_from_what_runs_to_what_was_recorded()
    {
        await using var cluster = await StandInCluster.StartAsync(new StandInClusterOptions { Parts = [new WorkflowEngine()] });
        using var client = await ClusterClient.ConnectAsync(cluster.Frontends[0], "orders");
        var recorded = (await Running(client)).Count;
        for (var started = 0; started < 7; started++)
        {
            await client.Sdk.StartWorkflowAsync((Waiting waiting) => waiting.RunAsync(), new WorkflowOptions($"page-{started}", Queue));
        }

        var ids = new List<string>();
        var request = new ListWorkflowExecutionsRequest { Namespace = "orders", PageSize = 5, Query = "ExecutionStatus='Running'" };
        do
        {
            var page = await client.Workflow.ListWorkflowExecutionsAsync(request, ClusterClient.Once);
            ids.AddRange(page.Executions.Select(execution => execution.Execution.WorkflowId));
            request.NextPageToken = page.NextPageToken;
        }
        while (!request.NextPageToken.IsEmpty);

        ids.Count.ShouldBe(recorded + 7);
        ids.Distinct().Count().ShouldBe(ids.Count);
        (await client.Workflow.CountWorkflowExecutionsAsync(new() { Namespace = "orders", Query = request.Query }, ClusterClient.Once)).Count.ShouldBe(ids.Count);
    }

    private static async Task<IList<Temporalio.Api.Workflow.V1.WorkflowExecutionInfo>> Running(ClusterClient client) =>
        (await client.Workflow.ListWorkflowExecutionsAsync(new() { Namespace = "orders", Query = "ExecutionStatus='Running'" }, ClusterClient.Once)).Executions;

    /// <summary>Waits for a signal.</summary>
    [Workflow]
    public sealed class Waiting
    {
        private bool _goOn;

        /// <summary>Ends once the signal has come.</summary>
        [WorkflowRun]
        public async Task<string> RunAsync()
        {
            await Workflow.WaitConditionAsync(() => _goOn);
            return "gone on";
        }

        /// <summary>The signal.</summary>
        [WorkflowSignal]
        public Task GoOnAsync()
        {
            _goOn = true;
            return Task.CompletedTask;
        }
    }
}
