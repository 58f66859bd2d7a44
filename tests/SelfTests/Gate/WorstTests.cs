using TemporalConformance.Gate;

namespace TemporalConformance.SelfTests;

public sealed class WorstTests
{
    private static readonly PhaseVerdict Good = Sample.Judged(Sample.Evidence(Sample.Trx()));

    private static readonly PhaseVerdict Bad = Post(Row.Violated(Sample.Version));

    private static readonly PhaseVerdict Silent = Post(Row.Unanswered(Sample.Version));

    [Fact]
    public void The_worst_of_the_phases_counts_and_its_reason_is_given()
    {
        Judge.Worst([Good, Post()], Sample.Identity).ShouldSatisfyAllConditions(
            verdict => verdict.Decision.ShouldBe(Decision.Go),
            verdict => verdict.ExitCode.ShouldBe(0),
            verdict => verdict.Reason.ShouldBe("All 5 blockers that were asked are met."),
            verdict => verdict.Checks.Count.ShouldBe(6));
        Judge.Worst([Good, Silent], Sample.Identity).ShouldSatisfyAllConditions(
            verdict => verdict.Decision.ShouldBe(Decision.Undecided),
            verdict => verdict.ExitCode.ShouldBe(2),
            verdict => verdict.Reason.ShouldBe("1 blocker could not be answered: schema/main-version."));
        Judge.Worst([Good, Bad], Sample.Identity).ShouldSatisfyAllConditions(
            verdict => verdict.Decision.ShouldBe(Decision.NoGo),
            verdict => verdict.ExitCode.ShouldBe(1),
            verdict => verdict.Reason.ShouldBe("1 blocker is violated: schema/main-version."));
    }

    [Fact]
    public void No_phase_is_UNDECIDED() => Judge.Worst([], Sample.Identity).ShouldSatisfyAllConditions(
        verdict => verdict.Decision.ShouldBe(Decision.Undecided),
        verdict => verdict.Reason.ShouldBe("No phase was judged."));

    [Fact]
    public void An_override_caps_the_verdict_and_does_not_soften_it()
    {
        string[] why = ["PreUpgrade was overridden by ada."];
        Judge.Worst([Good], Sample.Identity, why).ShouldSatisfyAllConditions(
            verdict => verdict.Decision.ShouldBe(Decision.Undecided),
            verdict => verdict.Headline.ShouldBe("UNDECIDED"),
            verdict => verdict.Reason.ShouldBe("PreUpgrade was overridden by ada."));
        Judge.Worst([Good, Bad], Sample.Identity, why).Decision.ShouldBe(Decision.NoGo);
    }

    [Fact]
    public void A_violated_blocker_in_evidence_that_cannot_be_believed_is_not_the_reason()
    {
        var refused = Judge.Phase(Sample.Evidence(Sample.Trx(Row.Violated(Sample.PathKnown)), exitCode: 7), Sample.Roll, [], Sample.Expect);
        Judge.Worst([refused, Bad], Sample.Identity).Reason.ShouldBe("1 blocker is violated: schema/main-version.");
    }

    public static TheoryData<string, string> Differences => new()
    {
        { "target", "The phases were about different targets." },
        { "cluster", "The phases were about different clusters." },
        { "tool", "The phases were judged by different tools." },
        { "catalog", "The phases used different catalogs." },
        { "ground", "Some phases asked a demonstration and some a real system." },
    };

    [Theory]
    [MemberData(nameof(Differences))]
    public void Phases_that_do_not_belong_together_are_UNDECIDED(string what, string sentence)
    {
        var run = Sample.Run(Phases.PostUpgrade);
        var other = Post(what switch
        {
            "target" => run with { Target = "1.28.3" },
            "cluster" => run with { Cluster = "other" },
            "tool" => run with { Tool = "temporal-conformance 0.2.0" },
            "catalog" => run with { CatalogDate = "2026-01-01" },
            _ => run with { Demonstration = true },
        });
        var verdict = Judge.Worst([Good, other], Sample.Identity);
        (verdict.Decision, verdict.Problems[0].Sentence).ShouldBe((Decision.Undecided, sentence));
    }

    [Fact]
    public void In_a_demonstration_Smoke_may_ask_a_server_of_its_own()
    {
        var before = Sample.Judged(Sample.Evidence(Sample.Trx(), Sample.Run() with { Demonstration = true }));
        var after = Post(Sample.Run(Phases.PostUpgrade) with { Demonstration = true, Cluster = "dev-server" });
        Judge.Worst([before, after], Sample.Identity).Decision.ShouldBe(Decision.Go);
    }

    [Fact]
    public void A_phase_judged_twice_is_UNDECIDED() =>
        Judge.Worst([Good, Good], Sample.Identity).Reason.ShouldBe("A phase was judged more than once.");

    [Fact]
    public void A_waiver_that_one_phase_uses_is_not_reported_as_unused_by_another()
    {
        var waiver = Sample.Waive(Sample.Version, "violated");
        var pre = Sample.Judged(Sample.Evidence(Sample.Trx()), waiver);
        var post = Judge.Phase(PostEvidence(Sample.Run(Phases.PostUpgrade), Row.Violated(Sample.Version)), Sample.Roll, [waiver], Sample.Expect);
        var verdict = Judge.Worst([pre, post], Sample.Identity);
        (verdict.Waivers.Used.Count, verdict.Waivers.Unused.Count).ShouldBe((1, 0));
    }

    private static PhaseVerdict Post(params IEnumerable<Row> others) => Judge.Phase(PostEvidence(Sample.Run(Phases.PostUpgrade), others), Sample.Roll, [], Sample.Expect);

    private static PhaseVerdict Post(RunRecord run) => Judge.Phase(PostEvidence(run), Sample.Roll, [], Sample.Expect);

    private static PhaseEvidence PostEvidence(RunRecord run, params IEnumerable<Row> others)
    {
        var list = others.ToList();
        var rows = Sample.Ids(Phases.PostUpgrade).Where(id => list.TrueForAll(row => row.Check != id)).Select(Row.Met).Concat(list);
        return new(Phases.PostUpgrade, TrxBuilder.Of(rows.Select(row => row with { Assembly = Phases.PostUpgrade })), run.ToJson(), null);
    }
}
