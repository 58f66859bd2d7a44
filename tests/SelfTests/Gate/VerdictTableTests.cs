using TemporalConformance.Gate;

namespace TemporalConformance.SelfTests;

/// <summary>The table of the verdict, row by row, with the exact sentences.</summary>
public sealed class VerdictTableTests
{
    [Fact]
    public void Every_check_passed_is_GO()
    {
        var verdict = Sample.Judged(Sample.Evidence(Sample.Trx(), exitCode: 0));
        verdict.Decision.ShouldBe(Decision.Go);
        verdict.Headline.ShouldBe("GO");
        verdict.Reason.ShouldBe("All 3 blockers that were asked are met.");
        verdict.Checks.ShouldAllBe(check => check.Result == Result.Met && check.Message == check.Sentence && check.Remedy == null && check.Seconds == 0.25);
        verdict.Problems.ShouldBeEmpty();
        verdict.Notes.ShouldBeEmpty();
        verdict.Partial.ShouldBeFalse();
    }

    [Fact]
    public void A_violated_blocker_is_NO_GO_with_all_that_was_said()
    {
        var verdict = Sample.Judged(Sample.Evidence(Sample.Trx(Row.Violated(Sample.Version)), exitCode: 2));
        verdict.Decision.ShouldBe(Decision.NoGo);
        verdict.Headline.ShouldBe("NO-GO");
        verdict.Reason.ShouldBe("1 blocker is violated: schema/main-version.");
        var check = verdict.Of(Sample.Version);
        (check.Result, check.Message, check.Wanted, check.Observed, check.Where, check.Remedy).ShouldBe(
            (Result.Violated, "It is not so.", "this", "that", "there", "Mend it."));
    }

    [Fact]
    public void Two_violated_blockers_are_both_named() =>
        Sample.Judged(Sample.Evidence(Sample.Trx(Row.Violated(Sample.Version), Row.Violated(Sample.PathKnown)))).Reason
            .ShouldBe("2 blockers are violated: path/target-known, schema/main-version.");

    [Fact]
    public void An_unanswered_blocker_is_UNDECIDED()
    {
        var verdict = Sample.Judged(Sample.Evidence(Sample.Trx(Row.Unanswered(Sample.Version)), exitCode: 2));
        verdict.Decision.ShouldBe(Decision.Undecided);
        verdict.Headline.ShouldBe("UNDECIDED");
        verdict.Reason.ShouldBe("1 blocker could not be answered: schema/main-version.");
        verdict.Of(Sample.Version).Remedy.ShouldBe("Mend schema/main-version.");
    }

    [Fact]
    public void A_violated_blocker_outranks_an_unanswered_one() =>
        Sample.Judged(Sample.Evidence(Sample.Trx(Row.Unanswered(Sample.Version), Row.Violated(Sample.PathKnown)))).Decision.ShouldBe(Decision.NoGo);

    [Theory]
    [InlineData("[violated] A.", Result.Violated, "All 3 blockers that were asked are met; 1 advisory is violated.")]
    [InlineData("[unanswered] A.", Result.Unanswered, "All 3 blockers that were asked are met; 1 advisory is unanswered.")]
    [InlineData("[not applicable] A.", Result.NotApplicable, "All 3 blockers that were asked are met.")]
    [InlineData("no marker", Result.Unanswered, "All 3 blockers that were asked are met; 1 advisory is unanswered.")]
    public void An_advisory_never_stops(string text, Result result, string reason)
    {
        var verdict = Sample.Judged(Sample.Evidence(Sample.Trx(Row.Skipped(Sample.History, text)), exitCode: 0));
        verdict.Of(Sample.History).Result.ShouldBe(result);
        (verdict.Decision, verdict.Headline, verdict.Reason).ShouldBe((Decision.Go, "GO", reason));
    }

    public static TheoryData<string, string?, string?, Result, string> Rows => new()
    {
        { "Passed", null, null, Result.Met, "The sentence of schema/main-version" },
        { "Failed", null, null, Result.Unanswered, "The check failed without a message." },
        { "Failed", null, "Test execution timed out after 500 milliseconds", Result.Unanswered, "The check ended in an exception instead of an answer." },
        { "Failed", null, "[violated] Not by our exception.", Result.Unanswered, "The check ended in an exception instead of an answer." },
        { "Failed", null, "Other.Violated : [violated] A.", Result.Unanswered, "The check ended in an exception instead of an answer." },
        { "Failed", null, "System.AggregateException : TemporalConformance.Checks.Violated : [violated] A.", Result.Unanswered, "The check ended in an exception instead of an answer." },
        { "Failed", "[not applicable] printed", "System.Exception : boom", Result.Unanswered, "The check ended in an exception instead of an answer." },
        { "Failed", null, "TemporalConformance.Checks.Violated : [violated] A.", Result.Violated, "A." },
        { "Failed", null, "TemporalConformance.Checks.Violated : [not applicable] A.", Result.Violated, "A." },
        { "Failed", null, "TemporalConformance.Checks.Violated : free text", Result.Violated, "free text" },
        { "Failed", null, "TemporalConformance.Checks.Violated : ", Result.Violated, "No sentence was given." },
        { "Failed", null, "TemporalConformance.Checks.Unanswered : [unanswered] A.", Result.Unanswered, "A." },
        { "Failed", null, "TemporalConformance.Checks.Unanswered : [not applicable] A.", Result.Unanswered, "A." },
        { "NotExecuted", "[violated] A.", null, Result.Violated, "A." },
        { "NotExecuted", "[unanswered] A.", null, Result.Unanswered, "A." },
        { "NotExecuted", "[not applicable] A.", null, Result.NotApplicable, "A." },
        { "NotExecuted", "[deferred] A.", null, Result.Deferred, "A." },
        { "NotExecuted", null, null, Result.Unanswered, "The check was skipped without saying what that means." },
        { "NotExecuted", "Not today.", null, Result.Unanswered, "The check was skipped without saying what that means." },
        { "NotExecuted", "[not applicable] printed\nNot today.", null, Result.Unanswered, "The check was skipped without saying what that means." },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_row_of_the_TRX_becomes(string outcome, string? output, string? error, Result result, string message)
    {
        var check = Sample.Judged(Sample.Evidence(Sample.Trx(new Row(Sample.Version, outcome, output, error)))).Of(Sample.Version);
        (check.Result, check.Message).ShouldBe((result, message));
    }

    [Fact]
    public void A_deferred_answer_makes_a_GO_so_far_and_stands_under_not_proven()
    {
        var verdict = Sample.Judged(Sample.Evidence(Sample.Trx(Row.Skipped(Sample.Version, "[deferred] Too few requests.\ndo: ./run.sh watch answers it."))));
        (verdict.Decision, verdict.Headline, verdict.Reason).ShouldBe((Decision.Go, "GO so far", "All 2 blockers that were asked are met; 1 check is deferred."));
        verdict.NotProven.ShouldBe([new NotProven(Sample.Version, "Too few requests.", "./run.sh watch answers it.")]);
    }

    [Fact]
    public void Nothing_met_is_no_GO()
    {
        var verdict = Sample.Judged(Sample.Evidence(TrxBuilder.Of(Sample.Ids().Select(id => Row.Skipped(id, "[not applicable] Nothing to do.")))));
        (verdict.Decision, verdict.Reason, verdict.NothingAsked).ShouldBe((Decision.Undecided, "Not one check was met.", false));
    }

    [Fact]
    public void A_check_that_the_TRX_does_not_answer_is_unanswered_even_if_it_is_an_advisory()
    {
        var verdict = Sample.Judged(Sample.Evidence(TrxBuilder.Of(Sample.Ids().Where(id => id != Sample.History).Select(Row.Met))));
        verdict.Decision.ShouldBe(Decision.Undecided);
        verdict.Reason.ShouldBe("The TRX does not answer every check.");
        verdict.Problems.Single().ShouldBe(new(
            "PreUpgrade", "The TRX does not answer every check.", "4 results", "none for schema/history-chain", "PreUpgrade.trx", "Run the phase again: ./run.sh pre", Refused: false));
        var check = verdict.Of(Sample.History);
        (check.Result, check.Message, check.Observed).ShouldBe((Result.Unanswered, "The check was not asked.", "none"));
    }

    [Fact]
    public void A_violated_blocker_stays_NO_GO_where_the_TRX_is_merely_short() =>
        Sample.Judged(Sample.Evidence(TrxBuilder.Of(Row.Violated(Sample.Version)))).Decision.ShouldBe(Decision.NoGo);

    [Fact]
    public void The_severity_of_the_run_is_the_one_that_counts()
    {
        var run = Sample.Run();
        var raised = run with { Severities = new Dictionary<string, Severity>(run.Severities) { [Sample.History] = Severity.Blocker } };
        Sample.Judged(Sample.Evidence(Sample.Trx(Row.Violated(Sample.History)), raised)).Decision.ShouldBe(Decision.NoGo);

        var lowered = run with
        {
            Severities = new Dictionary<string, Severity>(run.Severities) { [Sample.Version] = Severity.Advisory },
            SeverityOrigins = new Dictionary<string, string> { [Sample.Version] = "conformance.json:12:5" },
        };
        Sample.Judged(Sample.Evidence(Sample.Trx(Row.Violated(Sample.Version)), lowered)).Decision.ShouldBe(Decision.Go);
    }

    [Fact]
    public void A_blocker_lowered_without_a_reason_stays_a_blocker()
    {
        var run = Sample.Run();
        var lowered = run with { Severities = new Dictionary<string, Severity>(run.Severities) { [Sample.Version] = Severity.Advisory } };
        var verdict = Sample.Judged(Sample.Evidence(Sample.Trx(Row.Violated(Sample.Version)), lowered));
        verdict.Decision.ShouldBe(Decision.NoGo);
        verdict.Notes.ShouldBe(["schema/main-version counts as a blocker: PreUpgrade.run.json makes it an advisory and does not say why."]);
    }

    [Theory]
    [InlineData(Result.Met, Result.Violated, Result.Violated)]
    [InlineData(Result.Violated, Result.Met, Result.Violated)]
    [InlineData(Result.Met, Result.Unanswered, Result.Unanswered)]
    [InlineData(Result.Unanswered, Result.Met, Result.Unanswered)]
    [InlineData(Result.NotApplicable, Result.Deferred, Result.Deferred)]
    [InlineData(Result.Unanswered, Result.Violated, Result.Violated)]
    public void Where_TRX_and_log_differ_the_worse_counts_and_the_difference_is_said(Result inTrx, Result inLog, Result result)
    {
        var row = inTrx switch
        {
            Result.Met => Row.Met(Sample.Version),
            Result.Violated => Row.Violated(Sample.Version),
            Result.NotApplicable => Row.Skipped(Sample.Version, "[not applicable] A."),
            _ => Row.Unanswered(Sample.Version),
        };
        var log = Sample.Log(Sample.Ids().Select(id => Sample.Event(id, id == Sample.Version ? inLog : Result.Met)));
        var verdict = Sample.Judged(Sample.Evidence(Sample.Trx(row), log: log));
        verdict.Of(Sample.Version).Result.ShouldBe(result);
        verdict.Notes.ShouldBe([$"schema/main-version: the TRX says {inTrx.Text()}, the log of answers {inLog.Text()}; the worse counts."]);
    }

    [Fact]
    public void A_pass_without_a_line_in_the_log_is_noted_and_counts() =>
        Sample.Judged(Sample.Evidence(Sample.Trx(), log: Sample.Log(Sample.Event(Sample.Version, Result.Met)))).ShouldSatisfyAllConditions(
            verdict => verdict.Decision.ShouldBe(Decision.Go),
            verdict => verdict.Notes.ShouldBe(["PreUpgrade.events.jsonl has no line for path/target-known, database/reachable, schema/history-chain; the TRX alone speaks for them."]));

    [Fact]
    public void An_answer_that_only_the_log_has_does_not_count_unless_it_is_a_violation()
    {
        var log = Sample.Log(Sample.Event(Sample.Version, Result.Met), Sample.Event(Sample.Reachable, Result.Violated, "Nothing listens."));
        var verdict = Sample.Judged(Sample.Evidence(RecordedTrx.Crashed, log: log, exitCode: 7));
        verdict.Decision.ShouldBe(Decision.Undecided);
        verdict.Notes.ShouldBeEmpty();
        verdict.Of(Sample.Version).ShouldSatisfyAllConditions(
            check => check.Result.ShouldBe(Result.Unanswered),
            check => check.Message.ShouldBe("The check was answered, and its result did not reach the TRX."),
            check => check.Observed.ShouldBe("none; the log of answers says met: It is so."));
        verdict.Of(Sample.Reachable).ShouldSatisfyAllConditions(
            check => check.Result.ShouldBe(Result.Violated),
            check => check.Message.ShouldBe("Nothing listens."));
        verdict.Of(Sample.PathKnown).Message.ShouldBe("The check was not asked.");
    }

    [Fact]
    public void Trouble_outside_the_checks_is_noted() =>
        Sample.Judged(Sample.Evidence(Sample.Trx(), Sample.Run() with { Trouble = ["The baseline was not written."] })).Notes
            .ShouldBe(["Trouble outside the checks: The baseline was not written."]);
}
