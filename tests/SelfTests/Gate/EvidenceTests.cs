using TemporalConformance.Gate;

namespace TemporalConformance.SelfTests;

/// <summary>Evidence that does not carry a GO: each kind with its own sentence, and none outvoted by a violated blocker.</summary>
public sealed class EvidenceTests
{
    private static readonly DateTimeOffset Long = Moments.Started.AddDays(-2);

    public static TheoryData<string, string, string> Trxs => new()
    {
        { "cut short", "The TRX cannot be read.", "Unexpected end of file" },
        { "empty", "The TRX cannot be read.", "an empty file" },
        { "none", "There is no TRX: the phase did not run, or its process died before it wrote one.", "no such file" },
        { "crashed", "The TRX holds no result: the test process ended before it could hand over any.", "Test host process pid: 8081 crashed." },
        { "no definition", "The TRX has results without a definition.", "\"Tests.schema/main-version\" (line 11)" },
        { "foreign", "The TRX is of another test assembly.", "otherproject (line 11)" },
        { "no check", "The TRX has results that are no check.", "\"Tests.no check\" (line 11)" },
        { "unknown id", "The TRX answers checks that are not in checks.json.", "schema/other (line 11)" },
        { "other phase", "The TRX answers checks of another phase.", "sdk/connects (line 11)" },
        { "unknown outcome", "The TRX has outcomes that are not known.", "\"Inconclusive\" for \"Tests.schema/main-version\" (line 10)" },
        { "duplicate", "The TRX answers checks more than once.", "schema/main-version (lines 9, 11)" },
        { "duplicate passed", "The TRX answers checks more than once.", "schema/main-version (lines 9, 11)" },
        { "counters", "The counters of the TRX contradict its results.", "passed: 3 counted, 4 there" },
        { "summary", "The TRX' own summary contradicts its results.", "\"Failed\"; Test host process pid: 1 crashed." },
        { "stale", "The TRX is too old.", "2026-11-23 09:00:00 UTC to 2026-11-23 09:00:10 UTC" },
        { "future", "The TRX is from the future.", "2026-11-25 11:00:00 UTC to 2026-11-25 11:00:10 UTC" },
        { "backwards", "The TRX ends before it starts.", "2026-11-25 09:00:10 UTC to 2026-11-25 09:00:00 UTC" },
    };

    [Theory]
    [MemberData(nameof(Trxs))]
    public void A_TRX_that_cannot_be_believed_is_UNDECIDED_and_says_why(string kind, string sentence, string observed)
    {
        var verdict = Sample.Judged(Sample.Evidence(Trx(kind, Row.Met(Sample.PathKnown))));
        verdict.Decision.ShouldBe(Decision.Undecided);
        var problem = verdict.Problems.First(problem => problem.Sentence == sentence);
        problem.Observed.ShouldContain(observed);
        problem.Refused.ShouldBeTrue();
        problem.Where.ShouldStartWith("PreUpgrade.trx");
        verdict.Reason.ShouldStartWith(verdict.Problems[0].Sentence);
    }

    [Theory]
    [MemberData(nameof(Trxs))]
    public void It_is_UNDECIDED_even_when_a_blocker_is_violated_and_that_one_is_still_listed(string kind, string sentence, string observed)
    {
        var log = Sample.Log(Sample.Event(Sample.PathKnown, Result.Violated, $"Not known ({kind})."));
        var verdict = Sample.Judged(Sample.Evidence(Trx(kind, Row.Violated(Sample.PathKnown)), log: log));
        verdict.Decision.ShouldBe(Decision.Undecided, sentence + observed);
        var check = verdict.Of(Sample.PathKnown);
        (check.Result, check.Message).ShouldBe((Result.Violated, $"Not known ({kind})."));
    }

    public static TheoryData<int, string> ExitCodes => new()
    {
        { 1, "1 (an error of the test platform)" },
        { 3, "3 (the session was aborted)" },
        { 5, "5 (the command line is invalid)" },
        { 7, "7 (the test host crashed or was killed)" },
        { 8, "8 (no test ran)" },
        { 10, "10 (the test adapter failed)" },
        { 137, "137 (killed by signal 9)" },
        { 255, "255 (not a code of the test platform)" },
        { -1, "-1 (not a code of the test platform)" },
    };

    [Theory]
    [MemberData(nameof(ExitCodes))]
    public void An_exit_code_of_a_run_that_did_not_end_is_UNDECIDED(int code, string observed)
    {
        var verdict = Sample.Judged(Sample.Evidence(Sample.Trx(), exitCode: code));
        (verdict.Decision, verdict.Reason).ShouldBe((Decision.Undecided, "The test process did not come to its end."));
        verdict.Problems.Single().Observed.ShouldBe(observed);
    }

    [Fact]
    public void An_exit_code_that_contradicts_the_results_is_UNDECIDED()
    {
        var hidden = Sample.Judged(Sample.Evidence(Sample.Trx(Row.Violated(Sample.Version)), exitCode: 0));
        (hidden.Decision, hidden.Problems.Single().Observed).ShouldBe((Decision.Undecided, "0 and 1 failed"));
        var lost = Sample.Judged(Sample.Evidence(Sample.Trx(), exitCode: 2));
        (lost.Decision, lost.Problems.Single().Wanted).ShouldBe((Decision.Undecided, "a failed result, because the exit code is 2"));
    }

    [Fact]
    public void Evidence_from_before_this_run_is_UNDECIDED()
    {
        var verdict = Judge.Phase(Sample.Evidence(Sample.Trx()), Sample.Roll, [], Sample.Expect with { NotBefore = Moments.Started.AddSeconds(1) });
        verdict.Decision.ShouldBe(Decision.Undecided);
        verdict.Problems.Select(problem => problem.Sentence).ShouldBe(["The TRX is from before this run.", "The run is from before this run."]);
    }

    [Fact]
    public void A_missing_run_record_is_UNDECIDED_at_best_and_NO_GO_by_default_severities()
    {
        var silent = Sample.Judged(new PhaseEvidence(Phases.PreUpgrade, Sample.Trx(), null, null));
        (silent.Decision, silent.Reason).ShouldBe((Decision.Undecided, "Nothing says which cluster and which severities the answers are about."));
        silent.Checks.ShouldAllBe(check => check.Result == Result.Met);
        Sample.Judged(new PhaseEvidence(Phases.PreUpgrade, Sample.Trx(Row.Violated(Sample.Version)), null, null)).Decision.ShouldBe(Decision.NoGo);
    }

    public static TheoryData<string, string, string> Runs => new()
    {
        { "unfinished", "The run did not come to its end.", "none" },
        { "phase", "The run record is of another phase.", "PostUpgrade" },
        { "target", "The run was about another target.", "1.28.3" },
        { "cluster", "The run was about another cluster.", "cluster other" },
        { "stale", "The run is too old.", "2026-11-23 09:00:00 UTC to 2026-11-23 09:00:10 UTC" },
        { "future", "The run is from the future.", "2026-11-25 11:00:00 UTC to 2026-11-25 11:00:10 UTC" },
        { "other run", "The run record and the TRX are of two runs.", "2026-11-25 09:00:00 UTC to 2026-11-25 09:00:10 UTC" },
        { "unreadable", "The run record cannot be read.", "an empty file" },
    };

    [Theory]
    [MemberData(nameof(Runs))]
    public void A_run_record_that_cannot_be_believed_is_UNDECIDED_even_when_a_blocker_is_violated(string kind, string sentence, string observed)
    {
        var run = Sample.Run();
        var changed = kind switch
        {
            "unfinished" => run with { Finished = null },
            "phase" => run with { Phase = Phases.PostUpgrade },
            "target" => run with { Target = "1.28.3" },
            "cluster" => run with { Cluster = "other" },
            "stale" => run with { Started = Long, Finished = Long.AddSeconds(10) },
            "future" => run with { Started = Moments.Started.AddHours(2), Finished = Moments.Finished.AddHours(2) },
            "other run" => run with { Started = Moments.Started.AddMinutes(-9), Finished = Moments.Started.AddMinutes(-8) },
            _ => run,
        };
        var evidence = new PhaseEvidence(Phases.PreUpgrade, Sample.Trx(Row.Violated(Sample.Version)), kind == "unreadable" ? "" : changed.ToJson(), null);
        var verdict = Judge.Phase(evidence, Sample.Roll, [], Sample.Expect with { Target = "1.29.1", Cluster = Sample.Cluster });
        verdict.Decision.ShouldBe(Decision.Undecided);
        verdict.Problems.First(problem => problem.Sentence == sentence).Observed.ShouldContain(observed);
        verdict.Of(Sample.Version).Result.ShouldBe(Result.Violated);
    }

    [Fact]
    public void A_run_that_could_not_read_its_cluster_is_UNDECIDED_at_best()
    {
        var expect = Sample.Expect with { Cluster = Sample.Cluster };
        var run = Sample.Run() with { Cluster = null };
        var verdict = Judge.Phase(Sample.Evidence(Sample.Trx(), run), Sample.Roll, [], expect);
        (verdict.Decision, verdict.Reason).ShouldBe((Decision.Undecided, "The run does not say which cluster it asked."));
        Judge.Phase(Sample.Evidence(Sample.Trx(Row.Violated(Sample.Reachable)), run), Sample.Roll, [], expect).Decision.ShouldBe(Decision.NoGo);
    }

    [Fact]
    public void A_run_record_that_lacks_a_severity_is_UNDECIDED_at_best()
    {
        var run = Sample.Run() with { Severities = new Dictionary<string, Severity> { [Sample.PathKnown] = Severity.Blocker } };
        var verdict = Sample.Judged(Sample.Evidence(Sample.Trx(), run));
        verdict.Decision.ShouldBe(Decision.Undecided);
        verdict.Problems.Single().Observed.ShouldBe("none for database/reachable, schema/main-version, schema/history-chain");
    }

    public static TheoryData<string, string> Logs => new()
    {
        { "damaged", "The log of answers cannot be read to its end." },
        { "waived", "The log of answers says \"waived\", which only the gate can say." },
        { "other phase", "The log of answers has checks that this phase does not ask." },
        { "unknown", "The log of answers has checks that this phase does not ask." },
        { "twice", "The log of answers has checks more than once." },
        { "older", "The log of answers is of another run." },
        { "stale", "The log of answers is too old." },
    };

    [Theory]
    [MemberData(nameof(Logs))]
    public void A_log_that_cannot_be_believed_is_UNDECIDED(string kind, string sentence)
    {
        var met = Sample.Event(Sample.Version, Result.Met);
        var log = kind switch
        {
            "damaged" => Sample.Log(met)[..^10],
            "waived" => Sample.Log(met with { Result = Result.Waived }),
            "other phase" => Sample.Log(Sample.Event(Sample.Connects, Result.Met)),
            "unknown" => Sample.Log(Sample.Event("schema/other", Result.Met)),
            "twice" => Sample.Log(met, met),
            "older" => Sample.Log(met with { Time = Moments.Started.AddMinutes(-10) }),
            _ => Sample.Log(met with { Time = Long }),
        };
        var verdict = Sample.Judged(Sample.Evidence(Sample.Trx(), log: log));
        verdict.Decision.ShouldBe(Decision.Undecided);
        verdict.Problems.Select(problem => problem.Sentence).ShouldContain(sentence);
    }

    [Fact]
    public void A_phase_without_checks_is_UNDECIDED() =>
        Judge.Phase(Sample.Evidence(Sample.Trx()), new CheckRoll([]), [], Sample.Expect).Reason.ShouldStartWith("No check belongs to PreUpgrade.");

    [Fact]
    public void A_TRX_cut_anywhere_is_never_a_GO()
    {
        var whole = Sample.Trx();
        Sample.Judged(Sample.Evidence(whole)).Decision.ShouldBe(Decision.Go);
        for (var percent = 0; percent < 100; percent++)
        {
            Sample.Judged(Sample.Evidence(whole[..(whole.Length * percent / 100)])).Decision.ShouldBe(Decision.Undecided, $"cut at {percent} %");
        }
    }

    [Fact]
    public void No_single_damaged_character_makes_a_GO_out_of_a_violated_blocker()
    {
        var trx = Sample.Trx(Row.Violated(Sample.Version));
        for (var i = 0; i < trx.Length; i += 7)
        {
            Sample.Judged(Sample.Evidence(trx.Remove(i, 1))).Decision.ShouldNotBe(Decision.Go, $"without character {i}");
        }
    }

    private static string? Trx(string kind, Row path)
    {
        Row[] rest = [Row.Met(Sample.Reachable), Row.Met(Sample.History)];
        var main = Row.Met(Sample.Version);
        Row[] all = [path, .. rest, main];
        var two = new TrxBuilder { Started = Long, Finished = Long.AddSeconds(10) };
        return kind switch
        {
            "cut short" => TrxBuilder.Of(all)[..^15],
            "empty" => "",
            "none" => null,
            "crashed" => RecordedTrx.Crashed,
            "no definition" => TrxBuilder.Of(path, rest[0], rest[1], main with { Defined = false }),
            "foreign" => TrxBuilder.Of(all.Select(row => row == main ? row with { Assembly = "OtherProject" } : row)),
            "no check" => TrxBuilder.Of([.. all[..3], new Row(null, "Passed")]),
            "unknown id" => TrxBuilder.Of([.. all[..3], Row.Met("schema/other")]),
            "other phase" => TrxBuilder.Of([.. all[..3], Row.Met(Sample.Connects)]),
            "unknown outcome" => TrxBuilder.Of(Row.Met(Sample.Reachable), Row.Met(Sample.History), new Row(Sample.Version, "Inconclusive"), path),
            "duplicate" => TrxBuilder.Of(rest[0], main, path, new Row(Sample.Version, "Failed"), rest[1]),
            "duplicate passed" => TrxBuilder.Of(rest[0], main, rest[1], main, path),
            "counters" => new TrxBuilder { Counters = { ["passed"] = 3 } }.Build(Row.Met(Sample.PathKnown), rest[0], rest[1], main),
            "summary" => new TrxBuilder { Outcome = "Failed", RunTexts = ["Test host process pid: 1 crashed."] }.Build(Row.Met(Sample.PathKnown), rest[0], rest[1], main),
            "stale" => two.Build(all),
            "future" => new TrxBuilder { Started = Moments.Started.AddHours(2), Finished = Moments.Finished.AddHours(2) }.Build(all),
            _ => new TrxBuilder { Started = Moments.Finished, Finished = Moments.Started }.Build(all),
        };
    }
}
