using Spectre.Console;
using TemporalConformance.Gate;

namespace TemporalConformance.Cli;

/// <summary>One part of this machine that a run can use.</summary>
/// <param name="What">Its name, such as <c>PostgreSQL binaries</c>.</param>
/// <param name="Found"><c>true</c> found, <c>false</c> missing, <c>null</c> could not tell.</param>
/// <param name="Where">Where it was found, or where it was looked for.</param>
/// <param name="Adds">What it adds to a run, or would add.</param>
/// <param name="Do">What to type to get it; <c>null</c> when there is nothing to do.</param>
public sealed record DoctorRow(string What, bool? Found, string Where, string Adds, string? Do = null);

/// <summary>One problem, as every error of this tool is told.</summary>
/// <param name="Headline">What is wrong, in one sentence.</param>
/// <param name="Wanted">What is allowed.</param>
/// <param name="Observed">What was found; never a secret.</param>
/// <param name="Where">File, line, column, variable or flag.</param>
/// <param name="Do">What to do next.</param>
public sealed record Problem(string Headline, string? Wanted = null, string? Observed = null, string? Where = null, string? Do = null);

/// <summary>Pages that are printed once: the list of checks, one check explained, what this machine has, and what went wrong.</summary>
public static class Listings
{
    /// <summary>From this width on the list of checks has one line a check, as it has in a pipe.</summary>
    private const int Wide = 120;

    /// <summary>Prints the checks: id, severity, phases, sentence. A pipe gets one line a check, columns apart by two spaces at least.</summary>
    public static void Checks(Screen screen, IReadOnlyList<CheckEntry> checks)
    {
        ArgumentNullException.ThrowIfNull(screen);
        ArgumentNullException.ThrowIfNull(checks);
        var page = screen.NewPage();
        var ids = Longest(checks, check => check.Id);
        var phases = Longest(checks, check => string.Join(", ", check.Phases));
        var oneLine = !page.Wraps || page.Width >= Wide;
        foreach (var check in checks)
        {
            var severity = new Piece(check.Severity.Text().PadRight(10), Look.Of(check.Severity));
            var where = new Piece(string.Join(", ", check.Phases).PadRight(phases), Look.Quiet);
            if (oneLine)
            {
                page.Paragraph(ids + 2 + 10 + phases + 2, [new Piece(check.Id.PadRight(ids + 2), Look.Strong), severity, where], check.Sentence);
            }
            else
            {
                page.Line(new Piece(check.Id, Look.Strong), "  ", severity with { Text = severity.Text.TrimEnd() }, "  ", where);
                page.Paragraph(4, [], check.Sentence);
            }
        }

        // A pipe gets the rows alone, so that counting its lines counts the checks.
        if (page.Wraps)
        {
            page.Blank().Line(new Piece($"{Look.Count(checks.Count, "check")}; ./run.sh explain ID tells all about one.", Look.Quiet));
        }

        screen.Write(page);
    }

    /// <summary>Prints everything about one check; <paramref name="more"/> adds labelled paragraphs, such as what it reads and why it matters.</summary>
    public static void Explain(Screen screen, CheckEntry check, IReadOnlyList<(string Label, string Text)>? more = null)
    {
        ArgumentNullException.ThrowIfNull(screen);
        ArgumentNullException.ThrowIfNull(check);
        List<(string Label, string Text)> fields =
        [
            ("severity", check.Severity is Severity.Blocker
                ? "blocker: were it violated, the upgrade would fail, lose data, or could not be rolled back"
                : "advisory: the upgrade works, but something degrades or needs a decision"),
            ("phases", string.Join(", ", check.Phases)),
            ("needs", check.Systems is [] ? "nothing but the settings" : string.Join(", ", check.Systems)),
            .. more ?? [],
            ("do", check.Remedy),
            ("link", check.Link),
        ];
        var gutter = 2 + fields.Max(field => field.Label.Length) + 2;
        var page = screen.NewPage().Line(new Piece(check.Id, Look.Strong)).Paragraph(2, [], check.Sentence).Blank();
        foreach (var (label, text) in fields)
        {
            page.Paragraph(gutter, new Piece($"  {label}", Look.Quiet), text);
        }

        screen.Write(page);
    }

    /// <summary>Prints what was found on this machine, and what each missing part would add.</summary>
    public static void Doctor(Screen screen, IReadOnlyList<DoctorRow> rows)
    {
        ArgumentNullException.ThrowIfNull(screen);
        ArgumentNullException.ThrowIfNull(rows);
        var page = screen.NewPage();
        foreach (var row in rows)
        {
            var (result, word, style) = row.Found switch
            {
                true => (Result.Met, "found", Look.Good),
                false => (Result.NotApplicable, "missing", Look.Doubtful),
                null => (Result.Unanswered, $"could{Page.Unbroken}not{Page.Unbroken}tell", Look.Doubtful),
            };
            page.Paragraph(4, ["  ", page.Glyph(result, Severity.Advisory)], new Piece(row.What, Look.Strong), new Piece($"  {word}", style));
            page.Paragraph(11, new Piece("    where", Look.Quiet), row.Where);
            page.Paragraph(11, new Piece("    adds", Look.Quiet), row.Adds);
            if (row.Do is not null)
            {
                page.Paragraph(11, new Piece("    do", Look.Quiet), row.Do);
            }
        }

        screen.Write(page);
    }

    /// <summary>Prints problems that stop a command, all at once; the last line names the exit code.</summary>
    /// <param name="screen">Usually <see cref="Screen.Error()"/>.</param>
    /// <param name="title">What they have in common: <c>The settings have 2 problems.</c></param>
    /// <param name="problems">One block each.</param>
    /// <param name="exitCode">64 for usage and settings, 70 for an internal error.</param>
    public static void Problems(Screen screen, string title, IReadOnlyList<Problem> problems, int exitCode)
    {
        ArgumentNullException.ThrowIfNull(screen);
        ArgumentNullException.ThrowIfNull(problems);
        var page = screen.NewPage().Paragraph(0, [], new Piece(Printable.Flat(title), Look.Bad));
        foreach (var problem in problems)
        {
            page.Blank().Paragraph(4, ["  ", page.Glyph(Result.Violated, Severity.Blocker)], new Piece(problem.Headline, Look.Strong));
            foreach (var (label, text) in new[] { ("wanted", problem.Wanted), ("observed", problem.Observed), ("where", problem.Where), ("do", problem.Do) })
            {
                if (text is { Length: > 0 })
                {
                    page.Paragraph(14, new Piece($"    {label}", Look.Quiet), text);
                }
            }
        }

        screen.Write(page.Blank().Line(new Piece($"exit code {exitCode} (see --help)", Look.Strong)));
    }

    /// <summary>
    /// Prints a defect of this tool: what it was doing, the exception's type and message (scrubbed by the caller), where in its code,
    /// and that nothing was decided.
    /// </summary>
    public static void InternalError(Screen screen, string doing, Exception error, Func<string, string> scrub)
    {
        ArgumentNullException.ThrowIfNull(error);
        ArgumentNullException.ThrowIfNull(scrub);
        var frames = (error.StackTrace ?? "").ReplaceLineEndings("\n").Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0);
        Problems(
            screen,
            "This is a defect of the tool, not a finding about your cluster. Nothing was decided: treat it as UNDECIDED.",
            [
                new Problem(
                    scrub($"{error.GetType().Name} while {doing}."),
                    Observed: scrub(error.Message),
                    Where: scrub(string.Join('\n', frames.Take(6))),
                    Do: "Report it with these lines and the output of ./run.sh --version; they name no secret."),
            ],
            exitCode: 70);
    }

    private static int Longest(IReadOnlyList<CheckEntry> checks, Func<CheckEntry, string> text) =>
        checks.Select(check => text(check).Length).DefaultIfEmpty(0).Max();
}
