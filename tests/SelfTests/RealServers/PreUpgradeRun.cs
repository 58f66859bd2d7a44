using TemporalConformance.Checks;
using TemporalConformance.Environments;
using TemporalConformance.Facts;
using TemporalConformance.Gate;

namespace TemporalConformance.SelfTests;

/// <summary>The phase before the upgrade of 1.27.3 to 1.29.1, as a process of its own, on any two databases.</summary>
internal static class PreUpgradeRun
{
    /// <summary>What is red about 1.27.3 → 1.29.1 on every server; both are advisories.</summary>
    public static IReadOnlyList<string> Hop { get; } = ["path/sequential-minors", "path/security-regression"];

    /// <summary>Runs the phase and judges what it left.</summary>
    /// <param name="server">The server, for the scenario's name.</param>
    /// <param name="main">The main store.</param>
    /// <param name="visibility">The visibility store.</param>
    /// <param name="sets">Settings beside the connections.</param>
    public static async Task<PhaseVerdict> OfAsync(
        ScratchPostgres server, ConnectionText main, ConnectionText visibility, params (string Key, string Value)[] sets)
    {
        using var results = new ScratchFolder();
        var scenario = new Scenario($"1.27.3 on {server.Description}", UpgradePhase.PreUpgrade, Decision.Go)
        {
            Sets = sets.Prepend(("running", "1.27.3")).ToDictionary(set => set.Item1, set => (string?)set.Item2),
        };
        return await new ScenarioRun(scenario, new DatabasePair(server, main, visibility), results.Path).VerdictAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The checks that are violated or unanswered, beside <see cref="Hop"/>.</summary>
    public static IReadOnlyList<CheckVerdict> RedBesideHop(this PhaseVerdict verdict) =>
        [.. verdict.Checks.Where(check => check.Result is Result.Violated or Result.Unanswered && !Hop.Contains(check.Id))];
}
