using TemporalConformance.Checks;
using TemporalConformance.Gate;

namespace TemporalConformance.Cli;

/// <summary>A step of a sequence.</summary>
internal abstract record Step
{
    /// <summary>A phase is asked.</summary>
    /// <param name="Phase">The phase.</param>
    /// <param name="Ground">The systems that were set up for it, or null for those of the settings.</param>
    public sealed record Ask(UpgradePhase Phase, HandedGround? Ground) : Step;

    /// <summary>The cluster is changed. Only after a GO; when it fails, what follows is asked once more but not written to.</summary>
    /// <param name="Doing">What is done, as <c>migrating both stores</c>.</param>
    /// <param name="RunAsync">Does it; returns what was done, or throws <see cref="ChangeFailedException"/>.</param>
    public sealed record Change(string Doing, Func<CancellationToken, Task<string>> RunAsync) : Step;

    /// <summary>A phase is left out, for a reason that the report shows.</summary>
    /// <param name="Phase">The phase.</param>
    /// <param name="Why">The reason, a sentence.</param>
    public sealed record Omit(UpgradePhase Phase, NotProven Why) : Step;
}

/// <summary>The command that was to change the cluster did not do it. The message is a sentence without secrets.</summary>
internal sealed class ChangeFailedException(string message) : Exception(message);

/// <summary>
/// Runs the steps of an upgrade in order and ends with one verdict, the worst of its phases. A rehearsal and an upgrade around a real migration
/// are the same steps on different ground.
/// </summary>
internal sealed class Sequence(CommandRun run, Terminal terminal, Installation installation)
{
    /// <summary>How long a phase may take as a whole: the last of the nested limits.</summary>
    private static readonly TimeSpan PhaseLimit = TimeSpan.FromMinutes(30);

    private readonly DateTimeOffset _started = DateTimeOffset.UtcNow;
    private readonly List<PhaseVerdict> _phases = [];
    private readonly List<string> _against = [];
    private readonly List<NotProven> _omitted = [];

    /// <summary>Runs the steps.</summary>
    /// <exception cref="OperationCanceledException">The run was stopped; the results folder says UNDECIDED.</exception>
    public async Task<Verdict> RunAsync(IReadOnlyList<Step> steps, CancellationToken token)
    {
        var changeFailed = false;
        foreach (var step in steps)
        {
            switch (step)
            {
                case Step.Omit omit:
                    _omitted.Add(omit.Why);
                    break;
                case Step.Ask { Phase: UpgradePhase.Smoke } when changeFailed:
                    _against.Add("Smoke was not run, because it writes and the command before it had failed.");
                    break;
                case Step.Ask ask:
                    await AskAsync(ask, token);
                    break;
                case Step.Change when _phases is [.., { Decision: not Decision.Go } before]:
                    _against.Add($"{before.Phase} is {before.Decision.Text()}, so nothing was changed and nothing was asked after it.");
                    return Judged();
                case Step.Change change:
                    changeFailed = !await ChangedAsync(change, token);
                    break;
                default:
                    throw new InvalidOperationException($"No such step: {step}.");
            }
        }

        return Judged();
    }

    private async Task AskAsync(Step.Ask ask, CancellationToken token)
    {
        var phase = ask.Phase.ToString();
        terminal.PhaseStarted(phase, run.Roll.Of(phase));
        var sets = new Dictionary<string, string>(run.Options.Sets);
        if (ask.Ground is not null)
        {
            // What is seen on disposable databases must not stand where the baseline of a real cluster belongs.
            sets["baseline.path"] = Path.Combine(run.Results, "baseline.json");
        }

        var handover = new Handover(Environment.CurrentDirectory, run.Results, run.Options.Config, sets, ask.Ground, run.Options.NewBaseline || ask.Ground is not null, run.Found);
        var exit = await new PhaseProcess(installation, run.Results).RunAsync(ask.Phase, handover, PhaseLimit, terminal.Answered, token);
        await File.WriteAllTextAsync(Path.Combine(run.Results, $"{phase}.log"), run.Settings.Scrubber.Scrub(exit.Tail) + "\n", token);
        var verdict = Judge.Phase(PhaseEvidence.FromFolder(run.Results, phase, exit.ExitCode), run.Roll, run.Waivers, new Expectation
        {
            Now = DateTimeOffset.UtcNow,
            NotBefore = _started,
            Target = run.Settings.Target.ToString(),
            MaxAge = run.Settings.Evidence.MaxAge,
        });
        _phases.Add(verdict);
        ResultsFolder.WritePhase(run.Results, phase, Judge.Worst([verdict], run.Identity));
        terminal.PhaseFinished(verdict);
        if (verdict.Run is null)
        {
            terminal.Note($"{phase} left no record; the last lines that it printed stand in {Path.Combine(run.Options.Results, $"{phase}.log")}.");
        }
    }

    private async Task<bool> ChangedAsync(Step.Change change, CancellationToken token)
    {
        terminal.Step(change.Doing);
        try
        {
            terminal.StepDone(await change.RunAsync(token));
            return true;
        }
        catch (ChangeFailedException failure)
        {
            terminal.StepFailed(failure.Message);
            _against.Add(failure.Message);
            return false;
        }
    }

    private Verdict Judged()
    {
        var verdict = Judge.Worst(_phases, run.Identity, _against);
        return _omitted.Count == 0 ? verdict : verdict with { Partial = true, NotProven = [.. verdict.NotProven, .. _omitted] };
    }
}
