namespace TemporalConformance.Gate;

/// <summary>Whether a TRX can be believed, and its rows by check.</summary>
internal static class TrxEvidence
{
    /// <summary>The vocabulary of Microsoft.Testing.Extensions.TrxReport: assertion, exception and timeout are all "Failed".</summary>
    private static readonly string[] Outcomes = ["Passed", "Failed", "NotExecuted"];

    /// <summary>Reads the TRX and files every objection; null = there is none that can be read.</summary>
    public static TrxFile? Read(PhaseEvidence evidence, CheckRoll roll, Expectation expect, ProblemList problems)
    {
        ExitCode(evidence, problems);
        if (evidence.Trx is null)
        {
            problems.Refuse(
                "There is no TRX: the phase did not run, or its process died before it wrote one.",
                "a TRX",
                "no such file",
                evidence.TrxName);
            return null;
        }

        TrxFile trx;
        try
        {
            trx = TrxReader.Read(evidence.Trx, evidence.TrxName);
        }
        catch (GateInputException e)
        {
            problems.Unreadable("The TRX cannot be read.", e);
            return null;
        }

        problems.Times("The TRX", trx.Started, trx.Finished, expect, evidence.TrxName);
        Rows(trx, evidence, roll, problems);
        Totals(trx, evidence, problems);
        return trx;
    }

    /// <summary>The check that a row answers, or null where it does not name exactly one.</summary>
    public static string? CheckOf(TrxRow row) => row.Definition?.Checks is [var id] ? id : null;

    private static void Rows(TrxFile trx, PhaseEvidence evidence, CheckRoll roll, ProblemList problems)
    {
        var where = evidence.TrxName;
        if (trx.Rows.Count == 0)
        {
            problems.Refuse(
                "The TRX holds no result: the test process ended before it could hand over any.",
                "one result per check",
                trx.RunTexts.Count == 0 ? "none" : string.Join("; ", trx.RunTexts),
                where);
        }

        Any(row => row.Definition is null, Name, "The TRX has results without a definition.", "a definition for every result");
        Any(
            row => row.Definition is { } d && !string.Equals(d.Assembly, evidence.Phase, StringComparison.OrdinalIgnoreCase),
            row => $"{row.Definition!.Assembly} (line {row.Line})",
            "The TRX is of another test assembly.",
            evidence.Phase);
        Any(row => row.Definition?.Checks.Count == 0, Name, "The TRX has results that are no check.", "checks only");
        Any(row => row.Definition?.Checks.Count > 1, Name, "The TRX has results that answer several checks.", "one check per result");
        Any(
            row => CheckOf(row) is { } id && roll.Find(id) is null,
            row => $"{CheckOf(row)} (line {row.Line})",
            "The TRX answers checks that are not in checks.json.",
            "ids of checks.json",
            "Use the gate and the tests of one build.");
        Any(
            row => CheckOf(row) is { } id && roll.Find(id) is { } check && !check.Phases.Contains(evidence.Phase),
            row => $"{CheckOf(row)} (line {row.Line})",
            "The TRX answers checks of another phase.",
            $"checks of {evidence.Phase}");
        Any(row => !Outcomes.Contains(row.Outcome), row => $"\"{row.Outcome}\" for {Name(row)}", "The TRX has outcomes that are not known.", string.Join(", ", Outcomes));

        problems.RefuseAny(
            [.. trx.Rows.Where(row => CheckOf(row) is not null).GroupBy(row => CheckOf(row)!, StringComparer.Ordinal).Where(rows => rows.Count() > 1)
                .Select(rows => $"{rows.Key} (lines {string.Join(", ", rows.Select(row => row.Line))})")],
            "The TRX answers checks more than once.",
            "one result per check",
            where);

        void Any(Func<TrxRow, bool> offends, Func<TrxRow, string> text, string sentence, string wanted, string? remedy = null)
        {
            var offenders = trx.Rows.Where(offends).Select(text).Distinct(StringComparer.Ordinal).ToList();
            if (offenders.Count > 0)
            {
                problems.Refuse(sentence, wanted, string.Join("; ", offenders), where, remedy);
            }
        }
    }

    private static void Totals(TrxFile trx, PhaseEvidence evidence, ProblemList problems)
    {
        var counters = trx.Counters;
        (string Name, int Says, int Has)[] sums =
        [
            ("total", counters["total"], trx.Rows.Count),
            ("passed", counters["passed"], Count("Passed")),
            ("failed", counters["failed"] + counters["error"] + counters["timeout"] + counters["aborted"], Count("Failed")),
            ("notExecuted", counters["notExecuted"], Count("NotExecuted")),
        ];
        problems.RefuseAny(
            [.. sums.Where(sum => sum.Says != sum.Has).Select(sum => $"{sum.Name}: {sum.Says} counted, {sum.Has} there")],
            "The counters of the TRX contradict its results.",
            "counters that equal the results",
            evidence.TrxName);

        var wanted = Count("Failed") > 0 ? "Failed" : "Completed";
        if (trx.Outcome != wanted && trx.Rows.Count > 0)
        {
            problems.Refuse(
                "The TRX' own summary contradicts its results.",
                $"\"{wanted}\", with {Count("Failed")} results failed",
                string.Join("; ", trx.RunTexts.Prepend($"\"{trx.Outcome}\"")),
                evidence.TrxName);
        }

        if (evidence.ExitCode is 0 && Count("Failed") > 0)
        {
            problems.Refuse("The exit code contradicts the TRX.", "2, because results failed", $"0 and {Count("Failed")} failed", evidence.TrxName);
        }

        if (evidence.ExitCode is 2 && Count("Failed") == 0)
        {
            problems.Refuse("The exit code contradicts the TRX.", "a failed result, because the exit code is 2", "none", evidence.TrxName);
        }

        int Count(string outcome) => trx.Rows.Count(row => row.Outcome == outcome);
    }

    /// <summary>Exit codes of Microsoft.Testing.Platform; only 0 and 2 belong to a run that came to its end.</summary>
    private static void ExitCode(PhaseEvidence evidence, ProblemList problems)
    {
        if (evidence.ExitCode is not { } code || code is 0 or 2)
        {
            return;
        }

        var meaning = code switch
        {
            1 => "an error of the test platform",
            3 => "the session was aborted",
            4 => "the set-up is invalid",
            5 => "the command line is invalid",
            7 => "the test host crashed or was killed",
            8 => "no test ran",
            9 => "fewer tests ran than were demanded",
            10 => "the test adapter failed",
            13 => "too many tests failed and the session stopped",
            > 128 and < 160 => $"killed by signal {code - 128}",
            _ => "not a code of the test platform",
        };
        problems.Refuse("The test process did not come to its end.", "exit code 0 or 2", $"{code} ({meaning})", $"the test process of {evidence.Phase}");
    }

    private static string Name(TrxRow row) => $"\"{row.TestName}\" (line {row.Line})";
}
