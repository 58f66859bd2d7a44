namespace TemporalConformance.Gate;

/// <summary>What each check of the roll becomes: the table of the verdict, row by row.</summary>
internal sealed class CheckAnswers(PhaseEvidence evidence, TrxFile? trx, RunRecord? run, ILookup<string, AnswerEvent> events, ProblemList problems)
{
    private readonly ILookup<string?, TrxRow> _rows = (trx?.Rows ?? []).ToLookup(TrxEvidence.CheckOf, StringComparer.Ordinal);

    /// <summary>Judges the checks in order. What a run does not answer is said once, for all of them.</summary>
    public IReadOnlyList<CheckVerdict> Judge(IReadOnlyList<CheckEntry> asked, WaiverDesk waivers, out WaiverUse use)
    {
        var verdicts = asked.Select(check => waivers.Cover(One(check))).ToList();
        use = waivers.Use;

        var missing = asked.Where(check => !_rows.Contains(check.Id)).Select(check => check.Id).ToList();
        if (trx is { Rows.Count: > 0 } && missing.Count > 0)
        {
            problems.Gap(
                "The TRX does not answer every check.",
                $"{asked.Count} results",
                $"none for {string.Join(", ", missing)}",
                evidence.TrxName);
        }

        return verdicts;
    }

    private CheckVerdict One(CheckEntry check)
    {
        var answer = Merged(check);
        var red = answer.Result is Result.Violated or Result.Unanswered;
        return new(
            check.Id,
            evidence.Phase,
            RunEvidence.SeverityOf(check, run),
            answer.Result,
            check.Sentence,
            answer.Message,
            answer.Wanted,
            answer.Observed,
            answer.Where,
            answer.Remedy ?? (red ? check.Remedy : null),
            answer.Cause,
            check.Link,
            Waiver: null,
            answer.Seconds);
    }

    /// <summary>The worse of what the TRX and the log of answers say. A log that says nothing does not speak for the check.</summary>
    private Answer Merged(CheckEntry check)
    {
        var fromTrx = Confirmed(check, FromTrx(check));
        if (FromLog(check) is not { } said)
        {
            return fromTrx;
        }

        var fromLog = Confirmed(check, said);
        if (!_rows.Contains(check.Id))
        {
            // Said once for all checks, not once for each: the TRX is short or not there.
            return fromLog.Result == Result.Violated ? fromLog : fromTrx with
            {
                Message = "The check was answered, and its result did not reach the TRX.",
                Observed = $"none; the log of answers says {fromLog.Result.Text()}: {fromLog.Message}",
                Seconds = fromLog.Seconds,
            };
        }

        if (fromLog.Result != fromTrx.Result)
        {
            problems.Note($"{check.Id}: the TRX says {fromTrx.Result.Text()}, the log of answers {fromLog.Result.Text()}; the worse counts.");
        }

        // Equal answers: the log's fields are the same, its time is the finer one.
        return Answer.Badness(fromLog.Result) >= Answer.Badness(fromTrx.Result) ? fromLog : fromTrx with { Seconds = fromLog.Seconds };
    }

    private Answer FromTrx(CheckEntry check) => _rows[check.Id].ToList() switch
    {
        [] => new(Result.Unanswered, "The check was not asked.")
        {
            Wanted = "one result",
            Observed = trx is null ? "no TRX that can be read" : "none",
            Where = evidence.TrxName,
            Remedy = problems.Again,
        },
        [var row] => Answer.Of(row, check),
        var rows => new(Result.Unanswered, "The check was answered more than once.")
        {
            Wanted = "one result",
            Observed = string.Join("\n", rows.Select(row => $"line {row.Line}: {Answer.Of(row, check).Result.Text()}")),
            Where = evidence.TrxName,
            Remedy = problems.Again,
        },
    };

    private Answer? FromLog(CheckEntry check) => events[check.Id].ToList() switch
    {
        [] => null,
        [var said] => Answer.Of(said),
        var several when several.Exists(said => said.Result == Result.Violated) => Answer.Of(several.First(said => said.Result == Result.Violated)),
        var several => new(Result.Unanswered, "The check was answered more than once.")
        {
            Wanted = "one answer",
            Observed = string.Join("\n", several.Select(said => $"{ProblemList.Moment(said.Time)}: {said.Result.Text()}")),
            Where = evidence.EventsName,
            Remedy = problems.Again,
        },
    };

    /// <summary>"Out of scope" counts only where the run's own record left the check out.</summary>
    private Answer Confirmed(CheckEntry check, Answer answer)
    {
        if (answer is not { Result: Result.NotApplicable, Cause: CheckVerdict.ScopeCause } || Scoping.LeftOutBy(check, run) is not null)
        {
            return answer;
        }

        return new(Result.Unanswered, "The check says that it is out of scope, and the run record does not.")
        {
            Wanted = check.Systems.Count > 0 ? $"{string.Join(" or ", check.Systems)} among the systems not connected, or --only or --skip" : "--only or --skip that leaves it out",
            Observed = run is null ? "no run record that can be read" : $"not connected: {List(run.Scope.NotConnected)}; only: {List(run.Scope.Only)}; skip: {List(run.Scope.Skip)}",
            Where = evidence.RunName,
            Remedy = problems.Again,
            Seconds = answer.Seconds,
        };

        static string List(IReadOnlyList<string> words) => words.Count == 0 ? "none" : string.Join(", ", words);
    }
}

/// <summary>What a run record leaves out.</summary>
internal static class Scoping
{
    public const string Only = "--only";

    public const string Skip = "--skip";

    /// <summary>A system that is not connected, "--skip" or "--only"; null where the check is in scope.</summary>
    public static string? LeftOutBy(CheckEntry check, RunRecord? run) => run?.Scope switch
    {
        null => null,
        var scope when Names(scope.Skip, check.Id) => Skip,
        var scope when scope.Only.Count > 0 && !Names(scope.Only, check.Id) => Only,
        var scope => check.Systems.FirstOrDefault(system => scope.NotConnected.Contains(system, StringComparer.Ordinal)),
    };

    /// <summary>Whether a list of subjects and ids names a check; as on the command line, case does not matter.</summary>
    public static bool Names(IReadOnlyList<string> list, string id) =>
        list.Contains(id, StringComparer.OrdinalIgnoreCase) || list.Contains(CheckEntry.SubjectOf(id), StringComparer.OrdinalIgnoreCase);
}
