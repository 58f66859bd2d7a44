using System.Diagnostics.CodeAnalysis;
using TemporalConformance.Environments;
using TemporalConformance.Facts;
using TemporalConformance.Gate;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;
using Temporalio.Worker;
using Temporalio.Workflows;
using static TemporalConformance.Checks.UpgradePhase;

namespace TemporalConformance.SelfTests;

/// <summary>The same checks with real workflows on a real dev server, where the CLI is found.</summary>
public sealed class WorkflowsOnRealServer
{
    private const string Namespace = "orders";
    private const string Queue = "orders-queue";

    private static readonly DevServerBinary? Cli = DevServer.Find(Settings.Defaults);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Workflows_that_go_on_close_and_continue_as_new_are_not_lost()
    {
        await using var server = await ServerAsync();
        var client = await ClientAsync(server);
        using var worker = Worker(client);
        await worker.ExecuteAsync(
            async () =>
            {
                var waiting = await StartAsync(client, "waits");
                var closing = await StartAsync(client, "closes");
                var again = await StartAsync(client, "continues");
                using var phases = await CapturedAsync(server, client, 3);
                File.ReadAllText(phases.Table).ShouldContain("orders: 3 running, 3 listed, histories of 3 kept");
                (await phases.AskAsync(PreUpgrade)).ShouldSay("workflows/baseline-captured", Result.Met, "kept: ");

                await waiting.SignalAsync(workflow => workflow.TellAsync("more"));
                await closing.SignalAsync(workflow => workflow.TellAsync("close"));
                await again.SignalAsync(workflow => workflow.TellAsync("again"));
                await closing.GetResultAsync(rpcOptions: new RpcOptions { CancellationToken = Token });
                await UntilAsync(client, "ExecutionStatus='Running'", 2);
                var after = await phases.AskAsync(PostUpgrade, ("workers.taskQueues", $"{Namespace}/{Queue}"), ("workers.sdk.minimum.temporal-dotnet", "1.0.0"));

                after.ShouldSay("workflows/running-not-lost", Result.Met, "1 Completed, 1 ContinuedAsNew, 1 Running, 0 lost");
                after.ShouldSay("workflows/histories-preserved", Result.Met);
                after.ShouldSay("workflows/still-progressing", Result.Met);
                after.ShouldSay("sdk/workers-present", Result.Met);
                after.ShouldSay("sdk/worker-sdk-inventory", Result.Met);
            },
            Token);
    }

    [Fact]
    public async Task A_workflow_that_was_deleted_is_lost()
    {
        await using var server = await ServerAsync();
        var client = await ClientAsync(server);
        var handle = await StartAsync(client, "deleted");
        await StartAsync(client, "stays");
        using var phases = await CapturedAsync(server, client, 2);
        await client.Connection.WorkflowService.DeleteWorkflowExecutionAsync(
            new DeleteWorkflowExecutionRequest { Namespace = Namespace, WorkflowExecution = new() { WorkflowId = handle.Id, RunId = handle.ResultRunId } });
        await UntilAsync(client, "", 1);

        var after = await phases.AskAsync(PostUpgrade);

        after.ShouldSay("workflows/running-not-lost", Result.Violated, $"orders: Waiting {handle.Id} (run {handle.ResultRunId})").Message.ShouldBe("Workflows that ran before the upgrade are gone.");
        after.ShouldSay("workflows/histories-preserved", Result.Violated, "the execution is gone");
        after.Decision.ShouldBe(Decision.NoGo);
    }

    [Fact]
    public async Task Queues_without_a_worker_and_old_SDKs_are_named()
    {
        await using var server = await ServerAsync();
        var client = await ClientAsync(server);
        using var worker = Worker(client);
        await worker.ExecuteAsync(
            async () =>
            {
                await StartAsync(client, "one");
                using var phases = await CapturedAsync(server, client, 1);
                var verdict = await phases.AskAsync(PreUpgrade, ("workers.taskQueues", $"{Queue},nobody-here"), ("workers.sdk.minimum.temporal-dotnet", "99.0.0"));

                verdict.ShouldSay("sdk/workers-present", Result.Violated, "nobody-here: nobody asks for tasks in orders").Observed!.ShouldNotContain(Queue);
                verdict.ShouldSay("sdk/worker-sdk-inventory", Result.Violated, "orders/orders-queue: temporal-dotnet ").Observed!.ShouldContain("ran Waiting, for example one");
                verdict.ShouldSay("sdk/worker-versioning-inventory", Result.Met);
                var other = await phases.AskAsync(PreUpgrade, ("workers.sdk.minimum.temporal-go", "1.30.0"));
                other.ShouldSay("sdk/worker-sdk-inventory", Result.Unanswered, "about which the settings or the history say nothing");
            },
            Token);
    }

    [Fact]
    public async Task Sets_of_build_ids_are_named()
    {
        await using var server = await ServerAsync("frontend.workerVersioningDataAPIs=true", "frontend.workerVersioningWorkflowAPIs=true");
        var client = await ClientAsync(server);
        await client.Connection.WorkflowService.UpdateWorkerBuildIdCompatibilityAsync(
            new UpdateWorkerBuildIdCompatibilityRequest { Namespace = Namespace, TaskQueue = Queue, AddNewBuildIdInNewDefaultSet = "1.0" });
        using var phases = new WorkflowPhases(server.Address, Namespace);

        var verdict = await phases.AskAsync(PreUpgrade, ("workers.taskQueues", Queue));

        verdict.ShouldSay("sdk/worker-versioning-inventory", Result.Violated, "orders/orders-queue has 1 sets of compatible build ids").Message.ShouldBe("Workers are versioned in a form that is retired.");
    }

    private static async Task<DevServer> ServerAsync(params string[] dynamicConfig)
    {
        Assert.SkipWhen(Cli is null, "no temporal CLI: neither TEMPORAL_CLI nor PATH leads to one");
        return await DevServer.StartAsync(Cli, [Namespace, Settings.Defaults.Temporal.CanaryNamespace], Token, dynamicConfig);
    }

    private static async Task<TemporalClient> ClientAsync(DevServer server) =>
        await TemporalClient.ConnectAsync(new(server.Address) { Namespace = Namespace });

    private static TemporalWorker Worker(TemporalClient client) => new(client, new TemporalWorkerOptions(Queue).AddWorkflow<WaitingWorkflow>());

    private static Task<WorkflowHandle<WaitingWorkflow>> StartAsync(TemporalClient client, string id) =>
        client.StartWorkflowAsync((WaitingWorkflow workflow) => workflow.RunAsync(), new WorkflowOptions(id, Queue));

    private static async Task<WorkflowPhases> CapturedAsync(DevServer server, TemporalClient client, long running)
    {
        await UntilAsync(client, "ExecutionStatus='Running'", running);
        var phases = new WorkflowPhases(server.Address, Namespace);
        (await phases.AskAsync(PreUpgrade)).ShouldSay("workflows/baseline-captured", Result.Met);
        return phases;
    }

    /// <summary>Visibility follows with a delay; waits until it counts so many.</summary>
    private static async Task UntilAsync(TemporalClient client, string query, long count)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while ((await client.CountWorkflowsAsync(query, new WorkflowCountOptions())).Count != count)
        {
            await pace.WaitForNextTickAsync(limit.Token);
        }
    }

    /// <summary>Waits to be told what to do.</summary>
    [Workflow("Waiting")]
    public sealed class WaitingWorkflow
    {
        private string _told = "";

        /// <summary>Ends with <c>close</c>, and begins anew with <c>again</c>.</summary>
        [WorkflowRun]
        public async Task RunAsync()
        {
            await Workflow.WaitConditionAsync(() => _told is "close" or "again");
            if (_told == "again")
            {
                throw Workflow.CreateContinueAsNewException((WaitingWorkflow workflow) => workflow.RunAsync());
            }
        }

        /// <summary>Tells it what to do.</summary>
        [WorkflowSignal]
        [SuppressMessage("Naming", "CA1716", Justification = "A word of the workflow's own.")]
        public Task TellAsync(string what)
        {
            _told = what;
            return Task.CompletedTask;
        }
    }
}
