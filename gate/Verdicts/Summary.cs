namespace TemporalConformance.Gate;

/// <summary>The decision of a phase and the sentences that go with a decision.</summary>
internal static class Summary
{
    /// <summary>
    /// The order: evidence that cannot be believed; a violated blocker; an unanswered blocker or a gap in the evidence;
    /// nothing met at all; GO.
    /// </summary>
    public static PhaseVerdict Of(string phase, IReadOnlyList<CheckVerdict> checks, RunRecord? run, ProblemList problems, WaiverUse waivers)
    {
        var decision = problems.Problems.Any(problem => problem.Refused) ? Decision.Undecided
            : checks.Any(check => check.IsRedBlocker(Result.Violated)) ? Decision.NoGo
            : problems.Problems.Count > 0 || checks.Any(check => check.IsRedBlocker(Result.Unanswered)) ? Decision.Undecided
            : checks.All(check => check.Result != Result.Met) ? Decision.Undecided
            : Decision.Go;
        var verdict = new PhaseVerdict
        {
            Phase = phase,
            Decision = decision,
            Partial = run?.Scope.Partial == true || checks.Any(check => check.IsOutOfScope),
            NothingAsked = problems.Problems.Count == 0 && checks.All(check => check.IsOutOfScope),
            Run = run,
            Checks = checks,
            Problems = problems.Problems,
            Notes = [.. problems.Notes, .. run?.Notes ?? []],
            NotProven = [.. Unproven.Of(checks, run)],
            Waivers = waivers,
        };
        return verdict with { Headline = Headline(decision, [verdict]), Reason = Reason(decision, [verdict], []) };
    }

    /// <summary>"GO", "GO so far", "GO (partial: path, schema)", "NO-GO", "UNDECIDED".</summary>
    public static string Headline(Decision decision, IReadOnlyList<PhaseVerdict> phases)
    {
        if (decision != Decision.Go)
        {
            return decision.Text();
        }

        var checks = phases.SelectMany(phase => phase.Checks).ToList();
        var asked = checks.Where(check => !check.IsOutOfScope).Select(check => CheckEntry.SubjectOf(check.Id)).Distinct(StringComparer.Ordinal);
        return decision.Text()
            + (checks.Exists(check => check.Result == Result.Deferred) ? " so far" : "")
            + (phases.Any(phase => phase.Partial) ? $" (partial: {string.Join(", ", asked)})" : "");
    }

    /// <summary>One sentence that says why.</summary>
    public static string Reason(Decision decision, IReadOnlyList<PhaseVerdict> phases, IReadOnlyList<EvidenceProblem> whole)
    {
        var checks = phases.SelectMany(phase => phase.Checks).ToList();
        var problems = phases.SelectMany(phase => phase.Problems).OrderByDescending(problem => problem.Refused).Concat(whole).ToList();
        var unanswered = checks.Where(check => check.IsRedBlocker(Result.Unanswered)).ToList();
        return decision switch
        {
            // A phase whose evidence cannot be believed does not say NO-GO, so its violated blockers are not the reason.
            Decision.NoGo => Blockers(
                [.. phases.Where(phase => phase.Decision == Decision.NoGo).SelectMany(phase => phase.Checks).Where(check => check.IsRedBlocker(Result.Violated))],
                "is violated",
                "are violated"),
            Decision.Undecided when problems.Count > 0 => problems[0].Sentence + problems.Count switch
            {
                1 => "",
                2 => " There is 1 more objection to the evidence.",
                var count => $" There are {count - 1} more objections to the evidence.",
            },
            Decision.Undecided when unanswered.Count > 0 => Blockers(unanswered, "could not be answered", "could not be answered"),
            Decision.Undecided when checks.TrueForAll(check => check.IsOutOfScope) => "Nothing was asked: every check is out of scope.",
            Decision.Undecided => "Not one check was met.",
            _ => Good(checks),
        };
    }

    private static string Blockers(List<CheckVerdict> red, string one, string many) =>
        $"{red.Count} {(red.Count == 1 ? $"blocker {one}" : $"blockers {many}")}: {string.Join(", ", red.Select(check => check.Id).Distinct(StringComparer.Ordinal))}.";

    private static string Good(List<CheckVerdict> checks)
    {
        var blockers = checks.Count(check => check.Severity == Severity.Blocker && check.Result == Result.Met);
        var parts = new List<string>
        {
            blockers switch
            {
                0 => "No blocker was asked",
                1 => "The 1 blocker that was asked is met",
                _ => $"All {blockers} blockers that were asked are met",
            },
        };
        Count(Result.Waived, _ => true, "is waived", "are waived", "check", "checks");
        Count(Result.Deferred, _ => true, "is deferred", "are deferred", "check", "checks");
        Count(Result.Violated, check => check.Severity == Severity.Advisory, "is violated", "are violated", "advisory", "advisories");
        Count(Result.Unanswered, check => check.Severity == Severity.Advisory, "is unanswered", "are unanswered", "advisory", "advisories");
        return string.Join("; ", parts) + ".";

        void Count(Result result, Func<CheckVerdict, bool> which, string one, string many, string noun, string nouns)
        {
            var count = checks.Count(check => check.Result == result && which(check));
            if (count > 0)
            {
                parts.Add(count == 1 ? $"1 {noun} {one}" : $"{count} {nouns} {many}");
            }
        }
    }
}

/// <summary>What a GO would not prove.</summary>
internal static class Unproven
{
    /// <summary>Systems and checks out of scope, deferred answers, waived "could not tell", and what the run itself names.</summary>
    public static IEnumerable<NotProven> Of(IReadOnlyList<CheckVerdict> checks, RunRecord? run)
    {
        var scope = run?.Scope;
        var leftOut = checks.Where(check => check.IsOutOfScope).ToList();
        foreach (var system in scope?.NotConnected ?? [])
        {
            yield return new(system, "no setting names it, so it was not asked", $"the settings of {system}");
        }

        foreach (var (flag, reason) in new[] { (Scoping.Only, scope?.Only), (Scoping.Skip, scope?.Skip) })
        {
            var ids = leftOut.Where(check => reason?.Count > 0 && LeftOutBy(check, flag, reason)).Select(check => check.Id).ToList();
            if (ids.Count > 0)
            {
                yield return new(string.Join(", ", ids), $"left out by {flag} {string.Join(",", reason!)}", $"a run without {flag}");
            }
        }

        foreach (var check in checks.Where(check => check.Result == Result.Deferred))
        {
            yield return new(check.Id, check.Message, check.Remedy);
        }

        foreach (var check in checks.Where(check => check is { Result: Result.Waived, Waiver.Covers: "unanswered" }))
        {
            yield return new(check.Id, $"{check.Message} Waived by {check.Waiver!.Owner} until {check.Waiver.Until:yyyy-MM-dd}: {check.Waiver.Reason}", check.Remedy);
        }

        foreach (var open in run?.NotProven ?? [])
        {
            yield return open;
        }
    }

    private static bool LeftOutBy(CheckVerdict check, string flag, IReadOnlyList<string> list) =>
        Scoping.Names(list, check.Id) == (flag == Scoping.Skip);
}
