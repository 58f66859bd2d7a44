namespace TemporalConformance.Gate;

/// <summary>Whether the log of answers can be believed, and its answers by check.</summary>
internal static class EventEvidence
{
    /// <summary>Reads the log and files every objection. There may be none: a TRX alone can be judged.</summary>
    public static ILookup<string, AnswerEvent> Read(PhaseEvidence evidence, TrxFile? trx, RunRecord? run, CheckRoll roll, Expectation expect, ProblemList problems)
    {
        var where = evidence.EventsName;
        var reading = EventLog.Read(evidence.Events ?? "", where);
        problems.RefuseAny(
            [.. reading.Problems.Select(problem => problem.Message.TrimEnd('.'))],
            "The log of answers cannot be read to its end.",
            "an answer a line",
            where);
        problems.RefuseAny(
            [.. reading.Events.Where(answer => answer.Result == Result.Waived).Select(answer => answer.Id)],
            "The log of answers says \"waived\", which only the gate can say.",
            "met, violated, unanswered, not-applicable or deferred",
            where);
        problems.RefuseAny(
            [.. reading.Events.Select(answer => answer.Id).Where(id => roll.Find(id)?.Phases.Contains(evidence.Phase) != true).Distinct(StringComparer.Ordinal)],
            "The log of answers has checks that this phase does not ask.",
            $"checks of {evidence.Phase}",
            where);

        var byId = reading.Events.ToLookup(answer => answer.Id, StringComparer.Ordinal);
        problems.RefuseAny(
            [.. byId.Where(answers => answers.Count() > 1).Select(answers => $"{answers.Key} ({string.Join(", ", answers.Select(answer => answer.Result.Text()))})")],
            "The log of answers has checks more than once.",
            "one answer per check",
            where);
        if (reading.Events.Count > 0)
        {
            Times(reading.Events, trx, run, expect, problems, where);
            Silence(byId, trx, problems, where);
        }

        return byId;
    }

    private static void Times(IReadOnlyList<AnswerEvent> events, TrxFile? trx, RunRecord? run, Expectation expect, ProblemList problems, string where)
    {
        var (first, last) = (events.Min(answer => answer.Time), events.Max(answer => answer.Time));
        if (!problems.Times("The log of answers", first, last, expect, where))
        {
            return;
        }

        var from = run?.Started ?? trx?.Started ?? first;
        var to = (run is null ? trx?.Finished : run.Finished) ?? last;
        if (first < from - Clocks.Rounding || last > to + Clocks.Rounding)
        {
            problems.Refuse(
                "The log of answers is of another run.",
                $"times from {ProblemList.Moment(from)} to {ProblemList.Moment(to)}",
                $"{ProblemList.Moment(first)} to {ProblemList.Moment(last)}",
                where);
        }
    }

    private static void Silence(ILookup<string, AnswerEvent> byId, TrxFile? trx, ProblemList problems, string where)
    {
        var silent = (trx?.Rows ?? [])
            .Where(row => row.Outcome == "Passed")
            .Select(TrxEvidence.CheckOf)
            .Where(id => id is not null && !byId.Contains(id))
            .ToList();
        if (silent.Count > 0)
        {
            problems.Note($"{where} has no line for {string.Join(", ", silent)}; the TRX alone speaks for them.");
        }
    }
}
