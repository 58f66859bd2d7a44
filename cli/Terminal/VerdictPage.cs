using Spectre.Console;
using TemporalConformance.Gate;

namespace TemporalConformance.Cli;

/// <summary>The end of a run. What matters most stands last, where the eye is when the command returns.</summary>
internal static class VerdictPage
{
    private const int MostChanges = 12;

    /// <summary>Lays out the end of a run.</summary>
    /// <param name="page">An empty page of the screen.</param>
    /// <param name="verdict">What was decided.</param>
    /// <param name="results">The results folder.</param>
    /// <param name="recap">Name the red checks once more, one line each: their blocks stand further up, phase by phase.</param>
    public static Page Of(Page page, Verdict verdict, string results, bool recap)
    {
        if (recap)
        {
            Recap(page, verdict.Checks);
        }

        Problems(page, verdict.Problems);
        Items(page, "Waivers that have expired and were ignored", verdict.Waivers.Expired.Select(Text));
        Items(page, "Waivers that cover nothing here", verdict.Waivers.Unused.Select(Text));
        Changes(page, verdict.Changes);
        Items(page, "Notes", verdict.Notes);
        Items(page, "Not proven", verdict.NotProven.Select(Text));

        var colour = new Style(Look.Colour(verdict.Decision));
        var word = verdict.Decision.Text();
        var more = verdict.Headline.StartsWith(word, StringComparison.Ordinal) ? verdict.Headline[word.Length..] : verdict.Headline;
        var badge = new Piece($" {word} ", new Style(Look.Colour(verdict.Decision), decoration: Decoration.Bold | Decoration.Invert));
        page.Blank().Rule(colour);
        page.Paragraph(2, [" ", badge], new Piece(Printable.Flat(more).Trim(), Look.Strong));
        page.Paragraph(2, [], Printable.Flat(verdict.Reason));
        if (verdict.Identity.Demonstration)
        {
            page.Paragraph(2, [], "This was a demonstration: no system of yours was asked.");
        }

        var folder = results.TrimEnd('/', '\\');
        page.Paragraph(2, [], new Piece($"exit code {verdict.ExitCode} (see --help)", Look.Strong));
        page.Paragraph(2, [], new Piece($"{folder}/verdict.json, verdict.md, verdict.junit.xml", Look.Quiet));
        page.Paragraph(2, [], new Piece($"judged by {verdict.Identity.Tool}, catalog of {verdict.Identity.CatalogDate}", Look.Quiet));
        return page.Rule(colour);
    }

    private static void Recap(Page page, IReadOnlyList<CheckVerdict> checks)
    {
        var open = checks.Where(check => Blocks.IsOpen(check) || check.Result is Result.Waived).OrderBy(check => (check.Severity, check.Result)).ToList();
        if (open.Count == 0)
        {
            return;
        }

        page.Blank().Line(new Piece("Not green", Look.Strong));
        foreach (var check in open)
        {
            var word = Look.Word(check.Result, check.Severity) ?? "";
            page.Paragraph(
                4,
                ["  ", page.Glyph(check.Result, check.Severity)],
                new Piece(check.Id, Look.Strong),
                word with { Text = $"  {word.Text}" },
                new Piece($"  {check.Phase}", Look.Quiet),
                $"  {check.Message}");
        }
    }

    private static void Problems(Page page, IReadOnlyList<EvidenceProblem> problems)
    {
        if (problems.Count == 0)
        {
            return;
        }

        page.Blank().Line(new Piece("Objections to the evidence", Look.Strong));
        foreach (var problem in problems)
        {
            var phase = problem.Phase is null ? "" : $"{problem.Phase}: ";
            page.Paragraph(4, ["  ", page.Glyph(Result.Unanswered, Severity.Blocker)], phase + problem.Sentence);
            Blocks.Field(page, "wanted", problem.Wanted);
            Blocks.Field(page, "observed", problem.Observed);
            Blocks.Field(page, "where", problem.Where);
            Blocks.Field(page, "do", problem.Remedy);
        }
    }

    private static void Items(Page page, string heading, IEnumerable<string> items)
    {
        var list = items.ToList();
        if (list.Count == 0)
        {
            return;
        }

        page.Blank().Line(new Piece(heading, Look.Strong));
        foreach (var item in list)
        {
            page.Paragraph(4, ["  ", page.Glyph(Result.NotApplicable, Severity.Advisory)], item);
        }
    }

    // What migrates and the workloads matter on a screen; the file has it all.
    private static void Changes(Page page, IReadOnlyList<PlannedChange> changes)
    {
        if (changes.Count == 0)
        {
            return;
        }

        Items(page, "What the upgrade will change", changes.Take(MostChanges).Select(change => $"{change.Name} {change.What}{(change.Fields.Count == 0 ? "" : $": {change.Fields[0]}{(change.Fields.Count == 1 ? "" : $", and {change.Fields.Count - 1} more")}")}"));
        if (changes.Count > MostChanges)
        {
            page.Paragraph(4, ["    "], new Piece($"and {changes.Count - MostChanges} more objects; verdict.md lists them all", Look.Quiet));
        }
    }

    private static string Text(NotProven gap)
    {
        var why = gap.Why.TrimEnd().TrimEnd('.');
        return gap.AnsweredBy is { Length: > 0 } by ? $"{gap.What}: {why}. Answered by: {by}" : $"{gap.What}: {why}.";
    }

    private static string Text(Waiver waiver) =>
        $"{waiver.Id}{(waiver.Phase is null ? "" : $" in {waiver.Phase}")}, {waiver.Owner}, until {waiver.Until:yyyy-MM-dd}: {waiver.Reason}";
}
