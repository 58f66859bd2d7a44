using TemporalConformance.Checks;
using TemporalConformance.Gate;
using TemporalConformance.Probes;
using TemporalConformance.SelfTests.Live;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Worker;

namespace TemporalConformance.SelfTests;

/// <summary>Smoke on a real server, in which dynamic configuration makes one feature fail at a time, and what is left afterwards.</summary>
public sealed class SmokeOnRealServer
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("frontend.enableUpdateWorkflowExecution=false", "the server refused: UpdateWorkflowExecution operation is disabled", "sdk/update", "sdk/update-with-start")]
    [InlineData("frontend.enableExecuteMultiOperation=false", "the server refused: ExecuteMultiOperation API is disabled", "sdk/update-with-start")]
    [InlineData("frontend.enableSchedules=false", "the server refused: Schedules are disabled", "sdk/schedule-fires")]
    [InlineData("history.maximumSignalsPerExecution=1", "the server refused: exceeded workflow execution limit for signal events", "sdk/signal-and-query")]
    [InlineData("limit.numPendingChildExecutions.error=1", "the last one WorkflowTaskFailed: PendingChildWorkflowsLimitExceeded", "sdk/child-and-continue-as-new")]
    [InlineData("limit.numPendingActivities.error=1", "the last one WorkflowTaskFailed: PendingActivitiesLimitExceeded", "sdk/activity-completes")]
    [InlineData("system.enableEagerWorkflowStart=false", "no task; the namespace says that eager start is off", "eager/response-carries-task")]
    public async Task One_feature_fails(string dynamicConfig, string observed, params string[] red)
    {
        await using var server = await SmokeRun.ServerAsync(dynamicConfig);

        var verdict = await SmokeRun.AskAsync(server.Address);

        verdict.ShouldBeRed(red);
        verdict.Of(red[0]).Observed!.ShouldContain(observed);
    }

    [Fact]
    public async Task Eager_start_that_is_required_and_off_is_NO_GO()
    {
        await using var server = await SmokeRun.ServerAsync("system.enableEagerWorkflowStart=false");

        var smoke = await SmokeRun.AskAsync(server.Address, ("scope.only", "eager"), ("eager", "required"));
        var pinned = await SmokeRun.AskAsync(server.Address, ("scope.only", "eager"), ("eager", "off"));
        var post = await SmokeRun.AskAsync(UpgradePhase.PostUpgrade, server.Address, ("scope.only", "eager,sdk/connects"));

        smoke.ShouldBeRed("eager/response-carries-task");
        smoke.Decision.ShouldBe(Decision.NoGo);
        pinned.Of("eager/response-carries-task").Message.ShouldBe("Eager start is pinned off by eager=off.");
        post.Of("eager/enabled").Result.ShouldBe(Result.Violated, post.Said());
        post.Of("eager/response-carries-task").Result.ShouldBe(Result.Violated, post.Said());
        post.Of("eager/enabled").Observed!.ShouldContain("temporal-conformance: off");
        post.Of("eager/latency-gain").Cause.ShouldBe("eager/response-carries-task");
    }

    [Fact]
    public async Task Eager_start_is_green_after_the_upgrade()
    {
        await using var server = await SmokeRun.ServerAsync();

        var post = await SmokeRun.AskAsync(UpgradePhase.PostUpgrade, server.Address, ("scope.only", "eager"));

        post.ShouldBeRed();
        post.Checks.Where(check => check.Id.StartsWith("eager/", StringComparison.Ordinal)).ShouldAllBe(check => check.Result == Result.Met, post.Said());
    }

    [Fact]
    public async Task Eager_start_needs_the_worker_on_the_same_connection()
    {
        await using var server = await SmokeRun.ServerAsync();
        var probe = new TemporalProbe(new TemporalAccess(SmokeRun.CanaryNamespace, null, null, TimeSpan.FromSeconds(10)), new CallCounter());
        await using var own = await probe.OpenAsync(server.Address, Token);
        await using var other = await probe.OpenAsync(server.Address, Token);
        await using var canary = await Canary.OpenAsync(own, new CanaryOptions("tests", false, TimeSpan.FromSeconds(10)), Token);

        (await canary.EagerAsync(Token)).Fate.ShouldBe(EagerFate.Granted);
        (await canary.EagerAsync(other, Token)).Fate.ShouldBe(EagerFate.NoWorker);
        (await canary.CleanUpAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Critical_workflows_run_on_the_workers_of_their_users()
    {
        await using var server = await SmokeRun.ServerAsync();
        using var users = await ClusterClient.ConnectAsync(server.Address, "default");
        using var worker = new TemporalWorker(users.Sdk, new TemporalWorkerOptions("orders").AddWorkflow<EchoWorkflow>());
        const string Named = """[{ "type": "TemporalConformanceEcho", "taskQueue": "orders", "input": "hello", "timeLimit": "10s" }]""";
        const string Nobody = """[{ "namespace": "default", "type": "TemporalConformanceEcho", "taskQueue": "payments", "input": "hello", "timeLimit": "2s" }]""";

        await worker.ExecuteAsync(async () =>
        {
            var done = await SmokeRun.AskAsync(server.Address, ("scope.only", "workflows"), ("temporal.namespaces", "default"), ("workflows.critical", Named));
            done.Of("workflows/critical-complete").Result.ShouldBe(Result.Met, done.Said());

            var waiting = await SmokeRun.AskAsync(server.Address, ("scope.only", "workflows"), ("workflows.critical", Nobody));
            waiting.ShouldBeRed("workflows/critical-complete");
            waiting.Of("workflows/critical-complete").Observed.ShouldBe("TemporalConformanceEcho: it had not completed after 2 s; nobody polls payments");

            var nowhere = await SmokeRun.AskAsync(server.Address, ("scope.only", "workflows"), ("workflows.critical", Named));
            nowhere.Of("workflows/critical-complete").Result.ShouldBe(Result.Unanswered, nowhere.Said());
        }, Token);

        (await Running(users, "default")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_namespace_of_our_own_is_registered_and_deleted()
    {
        await using var server = await SmokeRun.ServerWithAsync([]);

        var verdict = await SmokeRun.AskAsync(server.Address, ("temporal.canaryCreate", "true"), ("scope.only", "sdk/workflow-completes,sdk/visibility-lists-it"));

        verdict.ShouldBeRed();
        using var client = await ClusterClient.ConnectAsync(server.Address, "default");
        (await ClusterClient.RefusalOf(() => client.Workflow.DescribeNamespaceAsync(new DescribeNamespaceRequest { Namespace = SmokeRun.CanaryNamespace }, ClusterClient.Once)))
            .Status.ShouldBe("NotFound");
    }

    [Fact]
    public async Task Nothing_is_left_of_a_run_whether_it_ends_or_is_stopped()
    {
        // A child workflow that cannot be started keeps the run going until it is stopped.
        await using var server = await SmokeRun.ServerAsync("limit.numPendingChildExecutions.error=1");
        using var client = await ClusterClient.ConnectAsync(server.Address);
        using var results = new ScratchFolder();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);

        await Should.ThrowAsync<OperationCanceledException>(() => SmokeRun.ProcessAsync(
            UpgradePhase.Smoke, results.Path, server.Address, [], answer =>
            {
                if (answer.Id == "sdk/workflow-completes")
                {
                    stop.Cancel();
                }
            }, stop.Token));

        RunRecord.Parse(await File.ReadAllTextAsync(Path.Combine(results.Path, "Smoke.run.json"), Token)).Finished.ShouldNotBeNull("the phase was given the time to end by itself");
        (await Running(client, SmokeRun.CanaryNamespace)).ShouldBeEmpty();
        (await client.Workflow.ListSchedulesAsync(new ListSchedulesRequest { Namespace = SmokeRun.CanaryNamespace }, ClusterClient.Once)).Schedules.ShouldBeEmpty();

        (await SmokeRun.AskAsync(server.Address, ("scope.skip", "sdk/child-and-continue-as-new"))).ShouldBeRed();
        (await Running(client, SmokeRun.CanaryNamespace)).ShouldBeEmpty();
        (await client.Workflow.ListSchedulesAsync(new ListSchedulesRequest { Namespace = SmokeRun.CanaryNamespace }, ClusterClient.Once)).Schedules.ShouldBeEmpty();
    }

    // Visibility is written afterwards: what it still says to be running is asked for by itself.
    private static async Task<List<string>> Running(ClusterClient client, string name)
    {
        var rows = await client.Workflow.ListWorkflowExecutionsAsync(new ListWorkflowExecutionsRequest { Namespace = name, Query = "ExecutionStatus = 'Running'" }, ClusterClient.Once);
        var running = new List<string>();
        foreach (var row in rows.Executions)
        {
            try
            {
                var described = await client.Workflow.DescribeWorkflowExecutionAsync(new DescribeWorkflowExecutionRequest { Namespace = name, Execution = row.Execution }, ClusterClient.Once);
                if (described.WorkflowExecutionInfo.Status == WorkflowExecutionStatus.Running)
                {
                    running.Add(row.Execution.WorkflowId);
                }
            }
            catch (Temporalio.Exceptions.RpcException gone) when (gone.Code == Temporalio.Exceptions.RpcException.StatusCode.NotFound)
            {
                // Deleted between the two looks.
            }
        }

        return running;
    }
}
