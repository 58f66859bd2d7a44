using TemporalConformance.Checks;
using TemporalConformance.Cli;
using TemporalConformance.Environments;
using TemporalConformance.Facts;
using TemporalConformance.Gate;

namespace TemporalConformance.SelfTests;

/// <summary>Runs phases that work on a cluster, as processes, and keeps what they say.</summary>
internal static class SmokeRun
{
    /// <summary>The namespace that the checks may write to.</summary>
    public static readonly string CanaryNamespace = Settings.Defaults.Temporal.CanaryNamespace;

    private static readonly DevServerBinary? s_cli = DevServer.Find(Settings.Defaults);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A real server with the canary's namespace; the test is skipped where there is no CLI.</summary>
    public static async Task<DevServer> ServerAsync(params string[] dynamicConfig) => await ServerWithAsync([CanaryNamespace], dynamicConfig);

    /// <summary>The same with other namespaces.</summary>
    public static async Task<DevServer> ServerWithAsync(IReadOnlyList<string> namespaces, params string[] dynamicConfig)
    {
        Assert.SkipWhen(s_cli is null, "no temporal CLI: neither TEMPORAL_CLI nor PATH leads to one");
        return await DevServer.StartAsync(s_cli, namespaces, Token, dynamicConfig);
    }

    /// <summary>Asks Smoke.</summary>
    public static Task<PhaseVerdict> AskAsync(string address, params (string Key, string Value)[] sets) => AskAsync(UpgradePhase.Smoke, address, sets);

    /// <summary>Asks a phase.</summary>
    public static async Task<PhaseVerdict> AskAsync(UpgradePhase phase, string address, params (string Key, string Value)[] sets)
    {
        using var results = new ScratchFolder();
        var started = DateTimeOffset.UtcNow;
        var exit = await ProcessAsync(phase, results.Path, address, sets, _ => { }, Token);
        var verdict = Judge.Phase(
            PhaseEvidence.FromFolder(results.Path, phase.ToString(), exit.ExitCode), CheckRoll.Embedded(), [], new Expectation { Now = DateTimeOffset.UtcNow, NotBefore = started });
        verdict.Checks.ShouldNotBeEmpty(exit.Tail);
        return verdict;
    }

    /// <summary>Runs a phase to its end, or until the token ends it.</summary>
    public static Task<PhaseExit> ProcessAsync(
        UpgradePhase phase, string results, string address, IEnumerable<(string Key, string Value)> sets, Action<AnswerEvent> answered, CancellationToken token) =>
        new PhaseProcess(Installation.Find(), results).RunAsync(
            phase,
            new Handover(results, results, null, sets.Append(("temporal.address", address)).ToDictionary(set => set.Item1, set => set.Item2)),
            TimeSpan.FromMinutes(2), answered, token);

    /// <summary>The checks that are violated, exactly.</summary>
    public static void ShouldBeRed(this PhaseVerdict verdict, params string[] ids)
    {
        var said = verdict.Said();
        verdict.Checks.Where(check => check.Result == Result.Violated).Select(check => check.Id).ShouldBe(ids, ignoreOrder: true, said);
        verdict.Checks.Where(check => check.Result == Result.Unanswered).Select(check => check.Id).ShouldBeEmpty(said);
        verdict.Decision.ShouldBe(
            verdict.Checks.Any(check => check.Result == Result.Violated && check.Severity == Severity.Blocker) ? Decision.NoGo : Decision.Go, said);
    }

    /// <summary>Everything that is not green, for when a test fails.</summary>
    public static string Said(this PhaseVerdict verdict) =>
        string.Join('\n', verdict.Checks.Where(check => check.Result != Result.Met).Select(check => $"{check.Id}: {check.Result} {check.Message} {check.Observed}"));
}
