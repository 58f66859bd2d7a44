using Spectre.Console;
using TemporalConformance.Gate;

namespace TemporalConformance.Cli;

/// <summary>Lays out what a run says: its header, a check's line, a red check's block, a phase's end, the verdict.</summary>
internal static class Blocks
{
    /// <summary>Cells before a field's text inside a block: two levels of indentation, the longest label, two spaces.</summary>
    private const int Fields = 4 + 8 + 2;

    private static readonly TimeSpan WorthSaying = TimeSpan.FromSeconds(0.1);

    /// <summary>What runs, on what ground, from where to where, and where the results go.</summary>
    public static Page Header(Page page, RunHeader header)
    {
        page.Paragraph(0, [], new Piece(Printable.Flat(header.Title), Look.Strong));
        foreach (var (label, text) in new[] { ("ground", header.Ground), ("target", header.Target), ("running", header.Running), ("results", header.Results) })
        {
            if (text is { Length: > 0 })
            {
                page.Paragraph(11, new Piece($"  {label}", Look.Quiet), text);
            }
        }

        return page;
    }

    /// <summary>One check in the live view: subject, glyph, sentence, severity where it is not green, time where it took some.</summary>
    public static Page Line(Page page, string subject, int gutter, AnswerEvent answer)
    {
        List<Piece> body = [answer.Sentence];
        if (Look.Word(answer.Result, answer.Severity) is { } word)
        {
            body.Add(word with { Text = $"  {word.Text}" });
        }

        body.Add(Time(TimeSpan.FromSeconds(answer.Seconds)));
        return page.Paragraph(gutter + 2, Gutter(page, subject, gutter, answer), body);
    }

    private static Piece[] Gutter(Page page, string subject, int gutter, AnswerEvent answer) =>
        [new Piece($"  {subject}".PadRight(gutter - 1) + " ", Look.Strong), page.Glyph(answer.Result, answer.Severity)];

    /// <summary>The checks of a subject that were left out, in one line: <c>– 4 checks out of scope: no setting names temporal.</c></summary>
    public static Page OutOfScope(Page page, string subject, int gutter, IReadOnlyList<AnswerEvent> left)
    {
        var reasons = left.Select(answer => answer.Message).Distinct().ToList();
        var reason = reasons is [{ Length: > 0 } only] ? $": {only}" : "";
        return page.Paragraph(gutter + 2, Gutter(page, subject, gutter, left[0]), new Piece($"{Look.Count(left.Count, "check")} out of scope{reason}", Look.Quiet));
    }

    /// <summary>A time worth saying, with two spaces before it; otherwise nothing.</summary>
    public static Piece Time(TimeSpan time) => time < WorthSaying ? "" : new Piece($"  {Look.Time(time)}", Look.Quiet);

    /// <summary>The end of a phase: its red and unanswered checks, its waived ones, and how many there are of each kind.</summary>
    public static Page Phase(Func<Page> newPage, PhaseVerdict verdict, TimeSpan? took)
    {
        var page = newPage();
        var open = verdict.Checks.Where(IsOpen).ToList();
        var shown = open.Where(check => Root(check, open) is null).ToList();
        foreach (var check in shown.OrderBy(check => (check.Severity, check.Result)))
        {
            page.Blank().Add(Check(newPage(), check, [.. open.Where(other => Root(other, open) == check)]));
        }

        foreach (var check in verdict.Checks.Where(check => check.Result is Result.Waived))
        {
            page.Blank().Add(Check(newPage(), check, []));
        }

        return page.Blank().Paragraph(2, [], Tally(verdict, took));
    }

    /// <summary>
    /// One red, unanswered or waived check. <paramref name="consequences"/> are checks that could not answer because this one is red:
    /// they are named here instead of repeating its remedy in a block of their own.
    /// </summary>
    public static Page Check(Page page, CheckVerdict check, IReadOnlyList<CheckVerdict> consequences)
    {
        var word = Look.Word(check.Result, check.Severity) ?? "";
        List<Piece> title = [new Piece(check.Id, Look.Strong), word with { Text = $"  {word.Text}" }];
        if (check.Result is Result.Unanswered)
        {
            title.Add(new Piece($"  could{Page.Unbroken}not{Page.Unbroken}tell", Look.Quiet));
        }

        page.Paragraph(4, ["  ", page.Glyph(check.Result, check.Severity)], title);
        page.Paragraph(4, [], check.Message);
        Field(page, "wanted", check.Wanted);
        Field(page, "observed", check.Observed);
        Field(page, "where", check.Where);
        Field(page, "do", check.Remedy);
        Field(page, "link", check.Link);
        Field(page, "cause", check.Cause);
        if (check.Waiver is { } waiver)
        {
            Field(page, "waived", $"by {waiver.Owner} until {waiver.Until:yyyy-MM-dd}: {waiver.Reason}");
        }

        if (consequences.Count > 0)
        {
            Field(page, "so open", string.Join(", ", consequences.Select(other => $"{other.Id} ({other.Severity.Text()})")));
        }

        return page;
    }

    /// <summary>Red, or nobody could tell: what a reader has to act on.</summary>
    public static bool IsOpen(CheckVerdict check) => check.Result is Result.Violated or Result.Unanswered;

    // The check whose block names this one. A chain of causes ends at its first link; a cause that is not red itself is only a field.
    private static CheckVerdict? Root(CheckVerdict check, IReadOnlyList<CheckVerdict> open)
    {
        if (check.Result is not Result.Unanswered || check.Cause is null)
        {
            return null;
        }

        var root = check;
        var seen = new HashSet<string> { check.Id };
        while (open.FirstOrDefault(other => other.Id == root.Cause && other.Phase == check.Phase) is { } cause && seen.Add(cause.Id))
        {
            root = cause;
            if (root.Result is not Result.Unanswered)
            {
                break;
            }
        }

        return root == check || seen.Contains(root.Cause ?? "") ? null : root;
    }

    /// <summary>A labelled paragraph inside a block; nothing where there is no text.</summary>
    public static void Field(Page page, string label, string? text)
    {
        if (text is { Length: > 0 })
        {
            page.Paragraph(Fields, new Piece($"    {label}", Look.Quiet), text);
        }
    }

    // PreUpgrade: 22 met, 1 violated, 4 out of scope in 3.2 s: NO-GO
    private static Piece[] Tally(PhaseVerdict verdict, TimeSpan? took)
    {
        var counts = verdict.Checks
            .GroupBy(check => Kind(check.Result, check.Cause))
            .OrderBy(kind => IsOutOfScope(kind.First().Result, kind.First().Cause))
            .ThenBy(kind => kind.First().Result)
            .Select(kind => $"{kind.Count()} {kind.Key}".Replace(' ', Page.Unbroken));
        var list = verdict.Checks.Count == 0 ? "nothing was asked" : string.Join(", ", counts);
        var time = took >= WorthSaying ? $" in {Look.Time(took.Value)}" : "";
        var reason = verdict.Problems.Count > 0 ? $"  {Printable.Flat(verdict.Reason)}" : "";
        return [$"{verdict.Phase}: {list}{time}:", new Piece($" {verdict.Headline}", new Style(Look.Colour(verdict.Decision), decoration: Decoration.Bold)), reason];
    }

    private static string Kind(Result result, string? cause) =>
        IsOutOfScope(result, cause) ? "out of scope" : result.Text().Replace('-', ' ');

    /// <summary>Left out on purpose: its system is not connected, or <c>--only</c> or <c>--skip</c> said so.</summary>
    public static bool IsOutOfScope(Result result, string? cause) => result is Result.NotApplicable && cause == CheckVerdict.ScopeCause;
}
