using TemporalConformance.Gate;

namespace TemporalConformance.Cli;

/// <summary>Judges a results folder again, from its files alone.</summary>
internal static class GateCommand
{
    /// <summary>Judges every phase that left evidence in the folder, and writes the verdict beside it.</summary>
    public static int Run(CommonValues options, string? cluster)
    {
        var run = CommandRun.Read(options);
        if (!Directory.Exists(run.Results))
        {
            throw new UsageException(new Problem("There is nothing to judge.", "a folder with the results of a run", "no such folder", run.Options.Results, "Name it with --results, or run a phase: ./run.sh pre"));
        }

        using var terminal = new Terminal(Screen.Output());
        var target = run.Settings.Origin("target") == "default" ? null : run.Settings.Target.ToString();
        terminal.Begin(new RunHeader("Judging files", "nothing is asked; the files of an earlier run are judged", target ?? "as the files say", null, run.Options.Results));
        var phases = new List<PhaseVerdict>();
        foreach (var phase in Phases.All.Where(phase => HasEvidence(run.Results, phase)))
        {
            var verdict = Judge.Phase(PhaseEvidence.FromFolder(run.Results, phase), run.Roll, run.Waivers, new Expectation
            {
                Now = DateTimeOffset.UtcNow,
                Target = target,
                Cluster = cluster,
                MaxAge = run.Settings.Evidence.MaxAge,
            });
            phases.Add(verdict);
            ResultsFolder.WritePhase(run.Results, phase, Judge.Worst([verdict], run.Identity));
            terminal.PhaseFinished(verdict);
        }

        var whole = Judge.Worst(phases, run.Identity);
        ResultsFolder.Finish(run.Results, whole);
        terminal.Verdict(whole, run.Options.Results);
        return whole.ExitCode;
    }

    private static bool HasEvidence(string folder, string phase) =>
        new[] { "trx", "run.json", "events.jsonl" }.Any(suffix => File.Exists(Path.Combine(folder, $"{phase}.{suffix}")));
}
