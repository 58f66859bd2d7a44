using TemporalConformance.Checks;
using TemporalConformance.Cli;
using TemporalConformance.Environments;
using TemporalConformance.Facts;
using TemporalConformance.Gate;

namespace TemporalConformance.SelfTests;

/// <summary>The checks of a running Temporal, on a real dev server where the CLI is found.</summary>
public sealed class TemporalScenarios
{
    /// <summary>The checks that a test of this class sees violated.</summary>
    public static readonly string[] Violated = ["sdk/connects", "sdk/workflow-completes"];

    private static readonly DevServerBinary? Cli = DevServer.Find(Settings.Defaults);

    [Fact]
    public async Task Smoke_is_GO_on_a_real_server()
    {
        await using var server = await ServerAsync();

        var verdict = await SmokeAsync(server.Address);

        // The dev server has no credentials to refuse anybody for the want of, and no workflows of users.
        verdict.Checks.Where(check => check.Result == Result.NotApplicable).Select(check => check.Id).ShouldBe(["sdk/unauthenticated-denied", "workflows/critical-complete"], ignoreOrder: true);
        verdict.Checks.ShouldAllBe(check => check.Result == Result.Met || check.Result == Result.NotApplicable, string.Join('\n', verdict.Checks.Select(check => $"{check.Id}: {check.Message} {check.Observed}")));
        verdict.Decision.ShouldBe(Decision.Go, verdict.Reason);
    }

    [Fact]
    public async Task A_server_that_refuses_to_start_workflows_is_NO_GO()
    {
        // With so short a limit on ids no workflow of ours can be started: the server is healthy and useless.
        await using var server = await ServerAsync("limit.maxIDLength=40");

        var verdict = await SmokeAsync(server.Address);

        var check = verdict.Checks.Single(check => check.Id == "sdk/workflow-completes");
        check.Result.ShouldBe(Result.Violated, $"{check.Message} {check.Observed}");
        check.Message.ShouldBe("A workflow that the SDK started did not complete as it should.");
        check.Observed.ShouldBe("the server refused: WorkflowId length exceeds limit.");
        verdict.Decision.ShouldBe(Decision.NoGo);
    }

    [Fact]
    public async Task A_port_where_nothing_listens_is_NO_GO()
    {
        var verdict = await SmokeAsync("127.0.0.1:1");

        var connects = verdict.Checks.Single(check => check.Id == "sdk/connects");
        connects.Result.ShouldBe(Result.Violated, connects.Message);
        connects.Message.ShouldBe("A frontend of the settings is not there.");
        var completes = verdict.Checks.Single(check => check.Id == "sdk/workflow-completes");
        completes.Result.ShouldBe(Result.Unanswered, completes.Message);
        completes.Cause.ShouldBe("sdk/connects");
        verdict.Decision.ShouldBe(Decision.NoGo);
    }

    [Fact]
    public async Task A_namespace_that_does_not_exist_is_NO_GO_and_leaves_the_workflow_unanswered()
    {
        await using var server = await ServerAsync();

        var verdict = await SmokeAsync(server.Address, ("temporal.canaryNamespace", "no-such-namespace"));

        var check = verdict.Checks.Single(check => check.Id == "sdk/workflow-completes");
        check.Result.ShouldBe(Result.Unanswered, check.Message);
        check.Message.ShouldBe($"{server.Address} has no namespace no-such-namespace.");
        var usable = verdict.Checks.Single(check => check.Id == "sdk/namespace-usable");
        usable.Result.ShouldBe(Result.Violated, usable.Message);
        usable.Observed.ShouldBe("no-such-namespace: does not exist");
        verdict.Decision.ShouldBe(Decision.NoGo);
    }

    private static async Task<DevServer> ServerAsync(params string[] dynamicConfig)
    {
        Assert.SkipWhen(Cli is null, "no temporal CLI: neither TEMPORAL_CLI nor PATH leads to one");
        return await DevServer.StartAsync(Cli, [Settings.Defaults.Temporal.CanaryNamespace], TestContext.Current.CancellationToken, dynamicConfig);
    }

    private static async Task<PhaseVerdict> SmokeAsync(string address, params (string Key, string Value)[] sets)
    {
        using var results = new ScratchFolder();
        var settings = sets.Append(("temporal.address", address)).ToDictionary(set => set.Item1, set => set.Item2);
        var started = DateTimeOffset.UtcNow;
        var exit = await new PhaseProcess(Installation.Find(), results.Path).RunAsync(
            UpgradePhase.Smoke, new Handover(results.Path, results.Path, null, settings), TimeSpan.FromMinutes(2), _ => { }, TestContext.Current.CancellationToken);
        var verdict = Judge.Phase(
            PhaseEvidence.FromFolder(results.Path, "Smoke", exit.ExitCode), CheckRoll.Embedded(), [], new Expectation { Now = DateTimeOffset.UtcNow, NotBefore = started });
        verdict.Checks.ShouldNotBeEmpty(exit.Tail);
        return verdict;
    }
}
