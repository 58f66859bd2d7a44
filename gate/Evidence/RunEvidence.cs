namespace TemporalConformance.Gate;

/// <summary>Whether a run record can be believed, and whether it is about what it has to be about.</summary>
internal static class RunEvidence
{
    /// <summary>Reads run.json and files every objection; null = there is none that can be read.</summary>
    public static RunRecord? Read(PhaseEvidence evidence, TrxFile? trx, CheckRoll roll, Expectation expect, ProblemList problems)
    {
        var where = evidence.RunName;
        if (evidence.Run is null)
        {
            problems.Gap("Nothing says which cluster and which severities the answers are about.", "a run record", "no such file", where);
            return null;
        }

        RunRecord run;
        try
        {
            run = RunRecord.Parse(evidence.Run, where);
        }
        catch (GateInputException e)
        {
            problems.Unreadable("The run record cannot be read.", e);
            return null;
        }

        if (run.Phase != evidence.Phase)
        {
            problems.Refuse("The run record is of another phase.", evidence.Phase, run.Phase, where);
        }

        if (run.Finished is null)
        {
            problems.Refuse("The run did not come to its end.", "a time as finished", "none", where);
        }

        var timely = problems.Times("The run", run.Started, run.Finished ?? run.Started, expect, where);
        if (timely && trx is not null && run.Finished is { } finished
            && (trx.Started > finished + Clocks.Rounding || trx.Finished < run.Started - Clocks.Rounding))
        {
            problems.Refuse(
                "The run record and the TRX are of two runs.",
                $"a TRX from {ProblemList.Moment(run.Started)} to {ProblemList.Moment(finished)}",
                $"{ProblemList.Moment(trx.Started)} to {ProblemList.Moment(trx.Finished)}",
                $"{where} and {evidence.TrxName}");
        }

        Identity(run, expect, problems, where);
        Severities(run, evidence.Phase, roll, problems, where);
        foreach (var trouble in run.Trouble)
        {
            problems.Note($"Trouble outside the checks: {trouble}");
        }

        return run;
    }

    /// <summary>
    /// The severity that counts. A run may raise any check; it may lower a blocker only where it says why.
    /// </summary>
    public static Severity SeverityOf(CheckEntry check, RunRecord? run) =>
        run is null || !run.Severities.TryGetValue(check.Id, out var effective) ? check.Severity
        : LoweredWithoutReason(check, effective, run) ? Severity.Blocker
        : effective;

    private static void Identity(RunRecord run, Expectation expect, ProblemList problems, string where)
    {
        if (expect.Target is { } target && run.Target != target)
        {
            problems.Refuse("The run was about another target.", target, run.Target, where);
        }

        if (expect.Cluster is not { } cluster || run.Cluster == cluster)
        {
            return;
        }

        if (run.Cluster is null)
        {
            problems.Gap("The run does not say which cluster it asked.", $"cluster {cluster}", "no cluster id", where);
        }
        else
        {
            problems.Refuse("The run was about another cluster.", $"cluster {cluster}", $"cluster {run.Cluster}", where);
        }
    }

    private static void Severities(RunRecord run, string phase, CheckRoll roll, ProblemList problems, string where)
    {
        var checks = roll.Of(phase);
        var missing = checks.Where(check => !run.Severities.ContainsKey(check.Id)).Select(check => check.Id).ToList();
        if (missing.Count > 0)
        {
            problems.Gap(
                "The run record does not give every check's severity.",
                $"{checks.Count} severities",
                $"none for {string.Join(", ", missing)}",
                where,
                "Use the gate and the tests of one build.");
        }

        foreach (var check in checks)
        {
            if (run.Severities.TryGetValue(check.Id, out var effective) && LoweredWithoutReason(check, effective, run))
            {
                problems.Note($"{check.Id} counts as a blocker: {where} makes it an advisory and does not say why.");
            }
        }
    }

    private static bool LoweredWithoutReason(CheckEntry check, Severity effective, RunRecord run) =>
        check.Severity == Severity.Blocker && effective == Severity.Advisory
        && string.IsNullOrWhiteSpace(run.SeverityOrigins.GetValueOrDefault(check.Id));
}
