using TemporalConformance.Gate;

namespace TemporalConformance.SelfTests;

public sealed class ScopeTests
{
    private const string Out = "[not applicable] Left out.\ncause: scope";

    [Fact]
    public void A_system_that_is_not_connected_makes_a_partial_GO_that_lists_what_was_asked()
    {
        var verdict = Sample.Judged(Sample.Evidence(
            Sample.Trx(Row.Skipped(Sample.Reachable, Out), Row.Skipped(Sample.Version, Out), Row.Skipped(Sample.History, Out)),
            Scoped(notConnected: ["postgresql"])));
        (verdict.Decision, verdict.Headline, verdict.Partial).ShouldBe((Decision.Go, "GO (partial: path)", true));
        verdict.Reason.ShouldBe("The 1 blocker that was asked is met.");
        verdict.NotProven.ShouldBe([new NotProven("postgresql", "no setting names it, so it was not asked", "the settings of postgresql")]);
    }

    [Fact]
    public void Subjects_left_out_by_flags_make_a_partial_GO_and_are_named()
    {
        var only = Sample.Judged(Sample.Evidence(Sample.Trx(Row.Skipped(Sample.PathKnown, Out)), Scoped(only: ["Schema", "database/reachable"])));
        (only.Decision, only.Headline).ShouldBe((Decision.Go, "GO (partial: database, schema)"));
        only.NotProven.ShouldBe([new NotProven("path/target-known", "left out by --only Schema,database/reachable", "a run without --only")]);

        var skip = Sample.Judged(Sample.Evidence(Sample.Trx(Row.Skipped(Sample.History, Out)), Scoped(skip: ["schema/history-chain"])));
        (skip.Decision, skip.Headline).ShouldBe((Decision.Go, "GO (partial: path, database, schema)"));
        skip.NotProven.ShouldBe([new NotProven("schema/history-chain", "left out by --skip schema/history-chain", "a run without --skip")]);
    }

    [Fact]
    public void Out_of_scope_that_the_run_record_does_not_confirm_is_unanswered()
    {
        var verdict = Sample.Judged(Sample.Evidence(Sample.Trx(Row.Skipped(Sample.Version, Out))));
        verdict.Decision.ShouldBe(Decision.Undecided);
        var check = verdict.Of(Sample.Version);
        (check.Result, check.Message, check.Wanted, check.Observed).ShouldBe((
            Result.Unanswered,
            "The check says that it is out of scope, and the run record does not.",
            "postgresql among the systems not connected, or --only or --skip",
            "not connected: none; only: none; skip: none"));
    }

    [Fact]
    public void Out_of_scope_for_a_system_that_the_check_does_not_need_is_unanswered() =>
        Sample.Judged(Sample.Evidence(Sample.Trx(Row.Skipped(Sample.PathKnown, Out)), Scoped(notConnected: ["postgresql"]))).Of(Sample.PathKnown).Result
            .ShouldBe(Result.Unanswered);

    [Fact]
    public void Out_of_scope_without_a_run_record_is_unanswered() =>
        Sample.Judged(new PhaseEvidence(Phases.PreUpgrade, Sample.Trx(Row.Skipped(Sample.Version, Out)), null, null)).Of(Sample.Version).Observed
            .ShouldBe("no run record that can be read");

    [Fact]
    public void A_system_that_is_configured_and_silent_is_not_out_of_scope() =>
        Sample.Judged(Sample.Evidence(Sample.Trx(Row.Unanswered(Sample.Reachable, "[unanswered] Nothing listens.\ncause: scope")), Scoped(notConnected: ["postgresql"]))).Decision
            .ShouldBe(Decision.Undecided);

    [Fact]
    public void A_phase_with_everything_out_of_scope_is_UNDECIDED_by_itself_and_silent_beside_others()
    {
        var smoke = Judge.Phase(
            new(Phases.Smoke, TrxBuilder.Of(Row.Skipped(Sample.Connects, Out) with { Assembly = Phases.Smoke }), Scoped(notConnected: ["temporal"], phase: Phases.Smoke).ToJson(), null),
            Sample.Roll,
            [],
            Sample.Expect);
        (smoke.Decision, smoke.NothingAsked, smoke.Reason).ShouldBe((Decision.Undecided, true, "Nothing was asked: every check is out of scope."));

        Judge.Worst([smoke], Sample.Identity).Decision.ShouldBe(Decision.Undecided);
        var whole = Judge.Worst([Sample.Judged(Sample.Evidence(Sample.Trx())), smoke], Sample.Identity);
        (whole.Decision, whole.Headline, whole.Partial).ShouldBe((Decision.Go, "GO (partial: path, database, schema)", true));
        whole.NotProven.ShouldContain(open => open.What == "temporal");
    }

    private static RunRecord Scoped(string[]? notConnected = null, string[]? only = null, string[]? skip = null, string phase = Phases.PreUpgrade) =>
        Sample.Run(phase) with
        {
            Scope = new() { Partial = true, Connected = [], NotConnected = notConnected ?? [], Only = only ?? [], Skip = skip ?? [] },
        };
}
