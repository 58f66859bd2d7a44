using TemporalConformance.Checks;
using TemporalConformance.Cli;
using TemporalConformance.Facts;
using TemporalConformance.Gate;
using TemporalConformance.Probes;

namespace TemporalConformance.SelfTests;

/// <summary>Runs each scenario as a user would: a phase as a process on external databases, judged by the gate from the files it left.</summary>
public sealed class ScenarioTests(PostgresServer server)
{
    /// <summary>Checks whose rule is "yes, or could not tell": no answer of theirs says no.</summary>
    private static readonly string[] OnlyEverUnanswered = ["path/target-known", "path/multi-cluster"];

    public static TheoryData<string> Names => [.. Scenarios.All.Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_gate_decides_and_exactly_these_checks_are_red(string name)
    {
        var scenario = Scenarios.All.Single(scenario => scenario.Name == name);
        var token = TestContext.Current.CancellationToken;
        await using var pair = await DatabasePair.CopyAsync(server, scenario.Sample);
        await DatabasePair.ExecuteAsync(pair.Main, scenario.Main, token);
        await DatabasePair.ExecuteAsync(pair.Visibility, scenario.Visibility, token);
        await using var held = scenario.Held.Length > 0 ? await DatabasePair.HoldAsync(pair.Main, scenario.Held, token) : null;
        using var results = new ScratchFolder();

        var verdict = await new ScenarioRun(scenario, pair, results.Path).VerdictAsync(token);

        var red = verdict.Checks.Where(check => check.Result is Result.Violated or Result.Unanswered).ToList();
        var seen = string.Join('\n', red.Select(check => $"{check.Result.Text()} {check.Id}: {check.Message} | {check.Observed}")) + "\n" + string.Join('\n', verdict.Problems.Select(problem => problem.Sentence + " " + problem.Observed));
        red.Where(check => check.Result == Result.Violated).Select(check => check.Id).ShouldBe(scenario.Violated.Keys, ignoreOrder: true, seen);
        red.Where(check => check.Result == Result.Unanswered).Select(check => check.Id).ShouldBe(scenario.Unanswered.Keys, ignoreOrder: true, seen);
        foreach (var check in red)
        {
            (scenario.Violated.GetValueOrDefault(check.Id) ?? scenario.Unanswered[check.Id]).ShouldBeIn(check);
        }

        verdict.Decision.ShouldBe(scenario.Decision, seen);
    }

    [Fact]
    public void Every_check_of_the_phases_has_a_scenario_that_violates_it_and_one_that_does_not()
    {
        var checks = CheckRoll.Embedded().Checks.Where(check => check.Phases.Any(phase => Enum.IsDefined(typeof(UpgradePhase), phase))).ToList();
        string[][] elsewhere =
        [
            TemporalScenarios.Violated, ClientScenarios.Violated, SmokeScenarios.Violated, WorkflowsScenarios.Violated, HealthScenarios.Violated, ClusterScenarios.Violated,
            ValuesScenarios.Violated, RealServerScenarios.Violated, MetricsScenarios.Violated, BackupScenarios.Violated,
        ];
        var violated = Scenarios.All.SelectMany(scenario => scenario.Violated.Keys).Concat(elsewhere.SelectMany(ids => ids)).ToHashSet();

        var unanswered = Scenarios.All.SelectMany(scenario => scenario.Unanswered.Keys).ToHashSet();
        checks.Select(check => check.Id).Except(violated).Except(OnlyEverUnanswered).ShouldBeEmpty("a check that has not been seen red is not a check");
        OnlyEverUnanswered.Except(unanswered).ShouldBeEmpty("a check that has not been seen red is not a check");
        foreach (var check in checks.Where(check => check.Needs is not ("temporal" or "kubernetes" or "metrics" or "backup")))
        {
            Scenarios.All
                .Any(scenario => check.Phases.Contains(scenario.Phase.ToString()) && !scenario.Violated.ContainsKey(check.Id) && !scenario.Unanswered.ContainsKey(check.Id))
                .ShouldBeTrue($"{check.Id} is never seen green");
        }
    }

    [Fact]
    public void Scenario_names_are_told_apart() => Scenarios.All.Select(scenario => scenario.Name).ShouldBeUnique();
}

/// <summary>How scenario tests say what they want of a check.</summary>
internal static class CheckVerdictAssertions
{
    public static void ShouldBeIn(this string part, CheckVerdict check) =>
        string.Join('\n', check.Message, check.Observed).ShouldContain(part, Case.Sensitive, $"{check.Id} says: {check.Message}\nobserved: {check.Observed}");
}

/// <summary>One run of a phase in a scenario.</summary>
internal sealed class ScenarioRun(Scenario scenario, DatabasePair pair, string results)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Runs the phase and judges what it left.</summary>
    public async Task<PhaseVerdict> VerdictAsync(CancellationToken token)
    {
        var started = DateTimeOffset.UtcNow;
        var sets = await SetsAsync(token);
        var exit = await new PhaseProcess(Installation.Find(), results).RunAsync(scenario.Phase, new Handover(results, results, null, sets), Limit, _ => { }, token);
        var verdict = Judge.Phase(PhaseEvidence.FromFolder(results, scenario.Phase.ToString(), exit.ExitCode), CheckRoll.Embedded(), [], new Expectation
        {
            Now = DateTimeOffset.UtcNow,
            NotBefore = started,
        });
        verdict.Run.ShouldNotBeNull(exit.Tail);
        return verdict;
    }

    private async Task<Dictionary<string, string>> SetsAsync(CancellationToken token)
    {
        var (main, visibility) = scenario.Wiring(pair.Main.Npgsql, pair.Visibility.Npgsql);
        var sets = new Dictionary<string, string?>
        {
            ["stores.main.connection"] = main,
            ["stores.visibility.connection"] = visibility,
            ["baseline.path"] = Path.Combine(results, "baseline.json"),
            // The tests' server takes 60 connections; a cluster for it is small.
            ["cluster.pods"] = "4",
            ["cluster.surge"] = "1",
            ["stores.main.maxConns"] = "4",
            ["stores.visibility.maxConns"] = "4",
        };
        foreach (var (key, value) in scenario.Sets)
        {
            sets[key] = value;
        }

        if (scenario.Phase == UpgradePhase.PostUpgrade && scenario.Before(await BaselineAsync(token)) is { } before)
        {
            before.Write(sets["baseline.path"]!, overwrite: false);
        }

        return sets.Where(set => set.Value is not null).ToDictionary(set => set.Key, set => set.Value!);
    }

    // The recorded 1.29.1 is the recorded 1.27.3 after its upgrade, so the one's baseline is what the other had before.
    private async Task<Baseline> BaselineAsync(CancellationToken token)
    {
        var reading = await new PostgresProbe(pair.Main, Store.Main, ProbeLimits.Default, new CallCounter()).ReadAsync(token);
        return new Baseline
        {
            Taken = DateTimeOffset.UtcNow,
            Tool = "self-tests",
            Running = ["1.27.3"],
            Target = "1.29.1",
            Identity = Baseline.IdentityOf([.. reading.Clusters.OrUnanswered(reading).Where(cluster => cluster.Name != "renamed")], null),
        };
    }
}
