using TemporalConformance.Checks;
using TemporalConformance.Cli;
using TemporalConformance.Gate;

namespace TemporalConformance.SelfTests;

/// <summary>A phase as a process of its own with nothing but settings, judged by the gate.</summary>
internal static class PhaseRun
{
    /// <summary>Asks the phase.</summary>
    /// <param name="phase">The phase.</param>
    /// <param name="results">Its folder.</param>
    /// <param name="sets">All settings.</param>
    /// <param name="ground">Systems that are handed over; null = those of the settings.</param>
    public static async Task<PhaseVerdict> AskAsync(UpgradePhase phase, string results, IReadOnlyDictionary<string, string> sets, HandedGround? ground = null)
    {
        var started = DateTimeOffset.UtcNow;
        var exit = await new PhaseProcess(Installation.Find(), results).RunAsync(
            phase, new Handover(results, results, null, sets, ground), TimeSpan.FromMinutes(2), _ => { }, TestContext.Current.CancellationToken);
        var verdict = Judge.Phase(
            PhaseEvidence.FromFolder(results, phase.ToString(), exit.ExitCode), CheckRoll.Embedded(), [], new Expectation { Now = DateTimeOffset.UtcNow, NotBefore = started });
        verdict.Checks.ShouldNotBeEmpty(exit.Tail);
        return verdict;
    }

    /// <summary>Exactly these checks are violated and these unanswered.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <param name="violated">Ids, with blanks between them.</param>
    /// <param name="unanswered">Ids, with blanks between them.</param>
    public static void ShouldAnswer(this PhaseVerdict verdict, string violated, string unanswered)
    {
        var said = string.Join('\n', verdict.Checks.Where(check => check.Result is Result.Violated or Result.Unanswered).Select(check => $"{check.Id}: {check.Result} {check.Message} {check.Observed}"));
        verdict.Checks.Where(check => check.Result == Result.Violated).Select(check => check.Id).ShouldBe(Words(violated), ignoreOrder: true, said);
        verdict.Checks.Where(check => check.Result == Result.Unanswered).Select(check => check.Id).ShouldBe(Words(unanswered), ignoreOrder: true, said);
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
