using TemporalConformance.Checks;
using TemporalConformance.Cli;
using TemporalConformance.Gate;

namespace TemporalConformance.SelfTests;

/// <summary>Both phases around an upgrade that does not happen, asked about workflows and workers only; the baseline is between them.</summary>
/// <param name="address">A frontend.</param>
/// <param name="ns">The namespace that is looked into.</param>
internal sealed class WorkflowPhases(string address, string ns) : IDisposable
{
    private readonly ScratchFolder _folder = new();

    /// <summary>The baseline.</summary>
    public string Baseline => Path.Combine(_folder.Path, "baseline.json");

    /// <summary>One line for each running execution.</summary>
    public string Lines => Path.Combine(_folder.Path, "baseline.workflows.jsonl");

    /// <summary>The same for people.</summary>
    public string Table => Path.Combine(_folder.Path, "baseline.workflows.txt");

    /// <summary>Runs a phase.</summary>
    /// <param name="phase">Which.</param>
    /// <param name="sets">Settings besides.</param>
    public Task<PhaseVerdict> AskAsync(UpgradePhase phase, params (string Key, string Value)[] sets) => AskAsync(phase, false, sets);

    /// <summary>Runs a phase.</summary>
    /// <param name="phase">Which.</param>
    /// <param name="newBaseline">As <c>--new-baseline</c>.</param>
    /// <param name="sets">Settings besides.</param>
    public async Task<PhaseVerdict> AskAsync(UpgradePhase phase, bool newBaseline, params (string Key, string Value)[] sets)
    {
        using var results = new ScratchFolder();
        var settings = new Dictionary<string, string>
        {
            ["temporal.address"] = address,
            ["temporal.namespaces"] = ns,
            ["baseline.path"] = Baseline,
            // Above every release that the tests have a server of: so the same server can be before and after.
            ["target"] = "1.30.1",
            ["scope.only"] = "workflows,sdk",
        };
        foreach (var (key, value) in sets)
        {
            settings[key] = value;
        }

        var started = DateTimeOffset.UtcNow;
        var exit = await new PhaseProcess(Installation.Find(), results.Path).RunAsync(
            phase, new Handover(results.Path, results.Path, null, settings, NewBaseline: newBaseline), TimeSpan.FromMinutes(5), _ => { }, TestContext.Current.CancellationToken);
        var verdict = Judge.Phase(
            PhaseEvidence.FromFolder(results.Path, phase.ToString(), exit.ExitCode), CheckRoll.Embedded(), [], new Expectation { Now = DateTimeOffset.UtcNow, NotBefore = started });
        verdict.Checks.ShouldNotBeEmpty(exit.Tail);
        return verdict;
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}

/// <summary>What tests of live checks want of a verdict.</summary>
internal static class LiveVerdictAssertions
{
    /// <summary>The check of that id has that result; the text, where given, is in its sentence or in what it observed.</summary>
    public static CheckVerdict ShouldSay(this PhaseVerdict verdict, string id, Result result, string part = "")
    {
        var check = verdict.Checks.Single(check => check.Id == id);
        var seen = $"{check.Message}\n{check.Observed}\n{check.Where}\n{verdict.Run?.Baseline}";
        check.Result.ShouldBe(result, seen);
        seen.ShouldContain(part, Case.Sensitive);
        return check;
    }
}
