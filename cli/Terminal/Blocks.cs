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
        page.Paragraph(0, [], new Piece(header.Title, Look.Strong));
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
        var pad = new string(' ', Math.Max(gutter - 2 - subject.Length, 1));
        return page.Paragraph(gutter + 2, [new Piece($"  {subject}{pad}", Look.Strong), page.Glyph(answer.Result, answer.Severity)], body);
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
            Field(page, "so open", string.Join(", ", consequences.Select(other => $"{other.Id} ({Look.Word(other.Severity)})")));
        }

        return page;
    }

    /// <summary>The verdict and everything a reader needs beside it.</summary>
    /// <param name="newPage">Makes a page for the screen.</param>
    /// <param name="verdict">What was decided.</param>
    /// <param name="results">The results folder.</param>
    /// <param name="recap">Name the red checks once more, one line each: their blocks stand further up, phase by phase.</param>
    public static Page Verdict(Func<Page> newPage, Verdict verdict, string results, bool recap)
    {
        var page = newPage();
        var open = verdict.Checks.Where(check => IsOpen(check) || check.Result is Result.Waived).OrderBy(check => (check.Severity, check.Result)).ToList();
        if (recap && open.Count > 0)
        {
            page.Blank().Line(new Piece("Not green", Look.Strong));
            foreach (var check in open)
            {
                var word = Look.Word(check.Result, check.Severity) ?? "";
                page.Paragraph(4, ["  ", page.Glyph(check.Result, check.Severity)],
                    check.Id, word with { Text = $"  {word.Text}" }, new Piece($"  {check.Phase}", Look.Quiet), $"  {check.Message}");
            }
        }

        List(page, "The evidence has problems", verdict.Problems);
        List(page, "Not proven", verdict.NotProven.Select(gap => $"{gap.What}: {gap.Why}"));

        var colour = new Style(Look.Colour(verdict.Decision));
        var badge = new Piece($" {Look.Word(verdict.Decision)} ", new Style(Look.Colour(verdict.Decision), decoration: Decoration.Bold | Decoration.Invert));
        page.Blank().Rule(colour);
        page.Paragraph(2, ["  ", badge], new Piece(Scope(verdict), Look.Strong));
        page.Paragraph(2, [], verdict.Reason);
        page.Paragraph(2, [], new Piece($"exit code {verdict.ExitCode} (see --help)", Look.Strong), new Piece($"  {Files(results)}", Look.Quiet));
        return page.Rule(colour);
    }

    private static bool IsOpen(CheckVerdict check) => check.Result is Result.Violated or Result.Unanswered;

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

    private static void Field(Page page, string label, string? text)
    {
        if (text is { Length: > 0 })
        {
            page.Paragraph(Fields, new Piece($"    {label}", Look.Quiet), text);
        }
    }

    private static void List(Page page, string heading, IEnumerable<string> items)
    {
        var any = false;
        foreach (var item in items)
        {
            if (!any)
            {
                page.Blank().Line(new Piece(heading, Look.Strong));
                any = true;
            }

            page.Paragraph(4, ["  ", page.Glyph(Result.NotApplicable, Severity.Advisory)], item);
        }
    }

    // 22 met, 1 violated, 2 not applicable in 3.2 s: NO-GO
    private static Piece[] Tally(PhaseVerdict verdict, TimeSpan? took)
    {
        var kinds = new[]
        {
            (Result.Met, "met"), (Result.Violated, "violated"), (Result.Unanswered, "unanswered"), (Result.Waived, "waived"),
            (Result.NotApplicable, $"not{Page.Unbroken}applicable"), (Result.Deferred, "deferred"),
        };
        var counts = kinds
            .Select(kind => (Count: verdict.Checks.Count(check => check.Result == kind.Item1), Name: kind.Item2))
            .Where(kind => kind.Count > 0)
            .Select(kind => $"{kind.Count}{Page.Unbroken}{kind.Name}");
        var list = verdict.Checks.Count == 0 ? "nothing was asked" : string.Join(", ", counts);
        var time = took is { } span ? $" in {Look.Time(span)}" : "";
        return [$"{verdict.Phase}: {list}{time}: ", new Piece(Look.Word(verdict.Decision), new Style(Look.Colour(verdict.Decision), decoration: Decoration.Bold))];
    }

    private static string Scope(Verdict verdict) =>
        verdict.Partial
            ? $"(partial: {string.Join(", ", verdict.Checks.Select(check => Look.Subject(check.Id)).Distinct())})"
            : "";

    private static string Files(string results)
    {
        var folder = results.TrimEnd('/', '\\');
        return $"{folder}/verdict.json, verdict.md, verdict.junit.xml";
    }
}
