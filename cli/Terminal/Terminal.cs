using Spectre.Console;
using TemporalConformance.Gate;

namespace TemporalConformance.Cli;

/// <summary>What stands above everything else: what runs, and on what.</summary>
/// <param name="Title">What runs, such as <c>Rehearsal of an upgrade</c>.</param>
/// <param name="Ground">One sentence: which systems are asked, and whether they are real.</param>
/// <param name="Target">The release to upgrade to.</param>
/// <param name="Running">The running release or its candidates and where that is known from; <c>null</c> when it is not known yet.</param>
/// <param name="Results">The results folder, as the user named it.</param>
public sealed record RunHeader(string Title, string Ground, string Target, string? Running, string Results);

/// <summary>
/// Shows a run as it happens: one line a check, grouped by subject, then what is red and what to do, then the verdict. Calls may come
/// from any thread, except that a run has one phase or one step at a time. Disposing it erases the status line and stops its clock.
/// </summary>
public sealed class Terminal : IDisposable
{
    private readonly Lock turn = new();
    private readonly Screen screen;
    private readonly TerminalOptions options;
    private readonly TimeProvider time;
    private readonly StatusLine status;
    private readonly ITimer clock;

    private PhaseProgress? phase;
    private int phases;
    private int gutter;
    private string? step;
    private bool apart;
    private long began;
    private long shownAt;
    private long? waitingAt;

    /// <summary>A view on a screen; <paramref name="time"/> is the system's clock unless a test brings its own.</summary>
    public Terminal(Screen screen, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(screen);
        this.screen = screen;
        this.time = time ?? TimeProvider.System;
        options = screen.Options;
        status = new StatusLine(screen.Console, options);
        clock = this.time.CreateTimer(_ => Tick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A view on a console of which the options are known.</summary>
    public Terminal(IAnsiConsole console, TerminalOptions options, TimeProvider? time = null)
        : this(new Screen(console, options), time)
    {
    }

    /// <summary>Prints the header.</summary>
    public void Begin(RunHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        lock (turn)
        {
            Print(Blocks.Header(screen.NewPage(), header));
            apart = true;
        }
    }

    /// <summary>A phase starts and will ask the checks of <paramref name="roll"/>: those in scope, in the order of checks.json.</summary>
    public void PhaseStarted(string phase, IReadOnlyList<CheckEntry> roll)
    {
        ArgumentNullException.ThrowIfNull(phase);
        ArgumentNullException.ThrowIfNull(roll);
        lock (turn)
        {
            this.phase = new PhaseProgress(roll);
            phases++;
            gutter = 2 + Math.Clamp(this.phase.Widest, 6, 14) + 2;
            Print(screen.NewPage().Blank().Line(new Piece(phase, Look.Strong), new Piece($"  {Look.Count(roll.Count, "check")}", Look.Quiet)));
            Watch();
        }
    }

    /// <summary>A check has answered. Its subject is printed once all of its checks have.</summary>
    public void Answered(AnswerEvent answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        lock (turn)
        {
            if (phase?.Add(answer) is { } complete)
            {
                Print(Lines(complete));
            }
        }
    }

    /// <summary>
    /// The phase has ended and was judged: prints answers that were held back, then a block for each red or unanswered check, then how
    /// many of each there are. Works for a phase that was not watched (<c>gate</c>) too.
    /// </summary>
    public void PhaseFinished(PhaseVerdict verdict)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        lock (turn)
        {
            Rest();
            var page = screen.NewPage();
            if (phase is null)
            {
                phases++;
                page.Blank().Line(new Piece(verdict.Phase, Look.Strong));
            }
            else
            {
                foreach (var group in phase.Unshown)
                {
                    page.Add(Lines(group));
                }
            }

            Print(page.Add(Blocks.Phase(screen.NewPage, verdict, phase is null ? null : Since(began))));
            phase = null;
            apart = true;
        }
    }

    /// <summary>Says one thing that the reader should know, such as where a password could be seen.</summary>
    public void Note(string sentence)
    {
        lock (turn)
        {
            Print(screen.NewPage().Paragraph(8, [new Piece("  note", Look.Given)], sentence));
        }
    }

    /// <summary>A step outside the phases begins, such as a migration. <paramref name="text"/> says what is done: "restoring the databases".</summary>
    public void Step(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        lock (turn)
        {
            step = text;
            Watch();
            shownAt = began;
            if (options.Interactive)
            {
                status.Show(text, TimeSpan.Zero);
            }
        }
    }

    /// <summary>One line of what a step's command prints.</summary>
    public void Output(string line)
    {
        lock (turn)
        {
            Print(StepPage().Paragraph(4, [new Piece(options.Unicode ? "  │" : "  |", Look.Quiet)], new Piece(line, Look.Quiet)));
        }
    }

    /// <summary>The step has succeeded; <paramref name="outcome"/> replaces its text where it has more to say.</summary>
    public void StepDone(string? outcome = null) =>
        EndStep(Look.Glyph(Result.Met, Severity.Blocker, options.Unicode), outcome);

    /// <summary>The step has failed; <paramref name="reason"/> says what happened.</summary>
    public void StepFailed(string reason) =>
        EndStep(Look.Glyph(Result.Violated, Severity.Blocker, options.Unicode), reason);

    /// <summary>The end of the run: what was not proven, the verdict, its exit code and where the files are.</summary>
    public void Verdict(Verdict verdict, string resultsFolder)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        ArgumentNullException.ThrowIfNull(resultsFolder);
        lock (turn)
        {
            Rest();
            Print(VerdictPage.Of(screen.NewPage(), verdict, resultsFolder, recap: phases != 1));
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        clock.Dispose();
        lock (turn)
        {
            status.Clear();
        }
    }

    private void EndStep(Piece glyph, string? text)
    {
        lock (turn)
        {
            var elapsed = Since(began);
            Rest();
            Print(StepPage().Paragraph(4, ["  ", glyph], text ?? step ?? "", Blocks.Time(elapsed)));
            step = null;
        }
    }

    // Steps that follow one another stand together, apart from the header or the phase before them.
    private Page StepPage()
    {
        var page = screen.NewPage();
        if (apart)
        {
            page.Blank();
            apart = false;
        }

        return page;
    }

    private Page Lines(SubjectGroup group)
    {
        var page = screen.NewPage();
        var subject = group.WasShown ? "" : group.Subject;
        var left = group.Pending.Where(answer => Blocks.IsOutOfScope(answer.Result, answer.Cause)).ToList();
        foreach (var answer in group.Pending.Except(left))
        {
            page.Add(Blocks.Line(screen.NewPage(), subject, gutter, answer));
            subject = "";
        }

        if (left.Count > 0)
        {
            page.Add(Blocks.OutOfScope(screen.NewPage(), subject, gutter, left));
        }

        group.Shown();
        return page;
    }

    private void Print(Page page)
    {
        status.Clear();
        if (!page.IsEmpty)
        {
            screen.Write(page);
            shownAt = time.GetTimestamp();
        }
    }

    private void Watch()
    {
        began = time.GetTimestamp();
        var period = options.Interactive ? TimeSpan.FromMilliseconds(100) : TimeSpan.FromMilliseconds(500);
        clock.Change(period, period);
    }

    private void Rest() => clock.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    private TimeSpan Since(long timestamp) => time.GetElapsedTime(timestamp);

    private void Tick()
    {
        lock (turn)
        {
            var text = step ?? phase?.Waiting();
            if (text is null)
            {
                return;
            }

            if (options.Interactive)
            {
                if (step is not null || Since(shownAt) >= options.Patience)
                {
                    status.Show(text, Since(began));
                }
            }
            else if (Since(shownAt) >= options.Patience && (waitingAt is not { } last || Since(last) >= options.WaitingLines))
            {
                Print((step is null ? screen.NewPage() : StepPage()).Line(new Piece($"  {text} … {Look.Time(Since(began))}", Look.Quiet)));
                waitingAt = time.GetTimestamp();
            }
        }
    }
}
