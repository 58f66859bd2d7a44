using System.Text;

namespace TemporalConformance.Gate;

/// <summary>Writes <c>verdict.md</c>.</summary>
internal sealed class MarkdownReport
{
    private readonly StringBuilder _text = new();
    private readonly bool _severalPhases;

    public MarkdownReport(Verdict verdict)
    {
        _severalPhases = verdict.Phases.Count > 1;
        Line($"# {Inline(verdict.Headline)}");
        Line();
        Line(Inline(verdict.Reason));
        Phases(verdict);
        Problems(verdict.Problems);

        var checks = verdict.Checks;
        Section("Violated blockers", [.. checks.Where(check => check.IsRedBlocker(Result.Violated))]);
        Section("Unanswered blockers", [.. checks.Where(check => check.IsRedBlocker(Result.Unanswered))]);
        Waived([.. checks.Where(check => check.Result == Result.Waived)], verdict.Waivers);
        Section("Advisories", [.. checks.Where(check => check.Severity == Severity.Advisory && check.Result is Result.Violated or Result.Unanswered)]);
        Counts(checks);
        Items("Notes", verdict.Notes.Select(Inline));
        NotProven(verdict.NotProven);
        Changes(verdict.Changes);
        Identity(verdict);
    }

    public override string ToString() => _text.ToString();

    private void Phases(Verdict verdict)
    {
        if (_severalPhases)
        {
            Line();
            Table(["phase", "verdict", "why"], verdict.Phases.Select(phase => new[] { phase.Phase, phase.Headline, phase.Reason }));
        }
    }

    private void Problems(IReadOnlyList<EvidenceProblem> problems)
    {
        if (problems.Count == 0)
        {
            return;
        }

        Heading("Evidence");
        foreach (var problem in problems)
        {
            Line(problem.Phase is null ? $"### {Inline(problem.Sentence)}" : $"### {problem.Phase}: {Inline(problem.Sentence)}");
            Line();
            Fields(("wanted", problem.Wanted), ("observed", problem.Observed), ("where", problem.Where), ("do", problem.Remedy));
        }
    }

    private void Section(string title, IReadOnlyList<CheckVerdict> checks)
    {
        if (checks.Count == 0)
        {
            return;
        }

        Heading(title);
        foreach (var check in checks)
        {
            Check(check);
            Fields(
                ("wanted", check.Wanted),
                ("observed", check.Observed),
                ("where", check.Where),
                ("do", check.Remedy),
                ("because of", check.Cause),
                ("more", check.Link));
        }
    }

    private void Waived(IReadOnlyList<CheckVerdict> checks, WaiverUse use)
    {
        if (checks.Count > 0)
        {
            Heading("Waived");
            foreach (var check in checks)
            {
                Check(check);
                var waiver = check.Waiver!;
                Fields(
                    ("covers", waiver.Covers),
                    ("reason", waiver.Reason),
                    ("owner", waiver.Owner),
                    ("until", $"{waiver.Until:yyyy-MM-dd}"),
                    ("wanted", check.Wanted),
                    ("observed", check.Observed),
                    ("where", check.Where),
                    ("do", check.Remedy));
            }
        }

        Items("Waivers that are over", use.Expired.Select(waiver => $"{Inline(waiver.Id)}: ended on {waiver.Until:yyyy-MM-dd}, so it was ignored ({Inline(waiver.Owner)}: {Inline(waiver.Reason)})"));
        Items("Waivers that covered nothing", use.Unused.Select(waiver => $"{Inline(waiver.Id)} ({waiver.Covers}), until {waiver.Until:yyyy-MM-dd}"));
    }

    private void Check(CheckVerdict check)
    {
        Line($"### {Inline(check.Id)}{(_severalPhases ? $" ({check.Phase})" : "")}: {Inline(check.Message)}");
        Line();
    }

    private void Counts(IReadOnlyList<CheckVerdict> checks)
    {
        if (checks.Count == 0)
        {
            return;
        }

        Heading("Checks");
        var columns = Enum.GetValues<Result>().Where(result => checks.Any(check => check.Result == result)).ToList();
        Table(
            ["", .. columns.Select(result => result.Text())],
            Enum.GetValues<Severity>().Select(severity => (string[])
            [
                severity == Severity.Blocker ? "blockers" : "advisories",
                .. columns.Select(result => $"{checks.Count(check => check.Severity == severity && check.Result == result)}"),
            ]));
    }

    private void NotProven(IReadOnlyList<NotProven> open)
    {
        Heading("Not proven");
        if (open.Count == 0)
        {
            Line("Nothing was left open by this run.");
        }

        foreach (var item in open)
        {
            Line($"- {Inline(item.What)}: {Inline(item.Why.TrimEnd('.'))}.{(item.AnsweredBy is { } by ? $" Answered by: {Inline(by.TrimEnd('.'))}." : "")}");
        }
    }

    private void Changes(IReadOnlyList<PlannedChange> changes)
    {
        if (changes.Count == 0)
        {
            return;
        }

        Heading("What the upgrade will change");
        foreach (var change in changes)
        {
            Line($"- **{Inline(change.Name)}** {Inline(change.What)}");
            foreach (var field in change.Fields)
            {
                Line($"  - {Inline(field)}");
            }
        }
    }

    private void Identity(Verdict verdict)
    {
        var identity = verdict.Identity;
        Heading("What was judged");
        Table(
            ["", ""],
            new (string Name, string? Value)[]
            {
                ("cluster", identity switch
                {
                    { Cluster: null } => "not known",
                    { ClusterName: { } name } => $"{identity.Cluster} ({name})",
                    _ => identity.Cluster,
                }),
                ("PostgreSQL system", identity.SystemIdentifier),
                ("ground", identity.Ground),
                ("running", identity.Running.Count == 0 ? "not known" : string.Join(" or ", identity.Running) + (identity.RunningSource is { } source ? $" ({source})" : "")),
                ("target", identity.Target ?? "not known"),
                ("tool", identity.Tool),
                ("catalog", identity.CatalogDate),
                ("settings", identity.SettingsDigest),
                ("asked", identity switch
                {
                    { Started: { } from, Finished: { } to } => $"{ProblemList.Moment(from)} to {ProblemList.Moment(to)}",
                    { Started: { } from } => $"{ProblemList.Moment(from)}, not finished",
                    _ => null,
                }),
                ("judged", ProblemList.Moment(identity.Judged)),
                ("exit code", $"{verdict.ExitCode}"),
            }.Where(row => row.Value is not null).Select(row => new[] { row.Name, row.Value! }));
        Line();
        Line("The verdict of record is `verdict.json` beside this file; without one that says the same, this text proves nothing.");
    }

    private void Items(string title, IEnumerable<string> items)
    {
        var list = items.ToList();
        if (list.Count > 0)
        {
            Heading(title);
            list.ForEach(item => Line($"- {item}"));
        }
    }

    private void Fields(params ReadOnlySpan<(string Name, string? Value)> fields)
    {
        foreach (var (name, value) in fields)
        {
            if (value is null)
            {
                continue;
            }

            var lines = value.ReplaceLineEndings("\n").Split('\n');
            if (lines.Length == 1)
            {
                Line($"- **{name}:** {Inline(value)}");
                continue;
            }

            // Several offenders, one a line: as they are, in a fence that is longer than any run of backticks inside.
            var fence = new string('`', Math.Max(3, LongestTicks(value) + 1));
            Line($"- **{name}:**");
            Line($"  {fence}text");
            foreach (var line in lines)
            {
                Line($"  {line}");
            }

            Line($"  {fence}");
        }

        Line();
    }

    private void Table(string[] head, IEnumerable<string[]> rows)
    {
        Line($"| {string.Join(" | ", head)} |");
        Line($"|{string.Concat(Enumerable.Repeat("---|", head.Length))}");
        foreach (var row in rows)
        {
            Line($"| {string.Join(" | ", row.Select(Inline))} |");
        }
    }

    private void Heading(string title)
    {
        if (_text.Length > 0 && !_text.ToString(Math.Max(0, _text.Length - 2), Math.Min(2, _text.Length)).Equals("\n\n", StringComparison.Ordinal))
        {
            Line();
        }

        Line($"## {title}");
        Line();
    }

    private void Line(string line = "") => _text.Append(line).Append('\n');

    private static int LongestTicks(string text)
    {
        var (longest, run) = (0, 0);
        foreach (var c in text)
        {
            run = c == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }

    /// <summary>Data stays data: nothing in it becomes markup, a table's border or a line of its own.</summary>
    private static string Inline(string text)
    {
        var safe = new StringBuilder(text.Length);
        foreach (var c in text.ReplaceLineEndings(" "))
        {
            _ = c switch
            {
                '\\' or '`' or '*' or '[' or ']' or '|' => safe.Append('\\').Append(c),
                '<' => safe.Append("&lt;"),
                '>' => safe.Append("&gt;"),
                '&' => safe.Append("&amp;"),
                _ => safe.Append(c),
            };
        }

        return safe.ToString();
    }
}
