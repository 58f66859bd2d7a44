using TemporalConformance.Gate;

namespace TemporalConformance.SelfTests;

public sealed class WaiverTests
{
    private const string Whole = """
        {
          // Comments are welcome.
          "schema": 1,
          "waivers": [
            {
              "id": "schema/main-version", "phase": "PreUpgrade", "cluster": null, "covers": "unanswered",
              "reason": "The replica lags.", "owner": "ada", "until": "2026-12-31"
            }
          ]
        }
        """;

    [Fact]
    public void A_file_of_waivers_is_read() =>
        WaiverFile.Parse(Whole, Sample.Roll).ShouldBe(
            [new Waiver("schema/main-version", "PreUpgrade", null, "unanswered", "The replica lags.", "ada", new DateOnly(2026, 12, 31))]);

    [Fact]
    public void The_file_in_the_repository_is_as_simple_as_this() =>
        WaiverFile.Parse("""{ "schema": 1, "waivers": [] }""", Sample.Roll).ShouldBeEmpty();

    [Theory]
    [InlineData("schema/main-version", "schema/mian-version", "waivers.json:6:13: wanted the id of a check (./run.sh list shows them); observed \"schema/mian-version\".")]
    [InlineData("PreUpgrade", "Pre", "waivers.json:6:45: wanted one of Rehearsal, PreUpgrade, Around, PostUpgrade, Smoke; observed \"Pre\".")]
    [InlineData("\"unanswered\"", "\"everything\"", "waivers.json:6:86: wanted unanswered or violated; observed \"everything\".")]
    [InlineData("2026-12-31", "31.12.2026", "waivers.json:7:63: wanted a day as yyyy-MM-dd; observed \"31.12.2026\".")]
    [InlineData("2026-12-31", "2026-02-30", "waivers.json:7:63: wanted a day as yyyy-MM-dd; observed \"2026-02-30\".")]
    [InlineData("The replica lags.", " ", "waivers.json:7:17: wanted a text as reason; observed \" \".")]
    [InlineData("\"ada\"", "null", "waivers.json:7:47: wanted a text as owner; observed null.")]
    [InlineData("\"ada\"", "[\"ada\"]", "waivers.json:7:47: wanted a text as owner; observed [.")]
    [InlineData("\"owner\": \"ada\", ", "", "waivers.json:5:5: wanted a waiver with owner; observed a waiver without.")]
    [InlineData("\"until\"", "\"untill\"", "waivers.json:7:54: wanted id, phase, cluster, covers, reason, owner, until, once each; observed \"untill\".")]
    [InlineData("\"cluster\": null", "\"id\": \"path/target-known\"", "waivers.json:6:59: wanted id, phase, cluster, covers, reason, owner, until, once each; observed \"id\".")]
    [InlineData("\"schema\": 1", "\"schema\": 2", "waivers.json:3:13: wanted schema 1; observed schema 2.")]
    [InlineData("\"schema\": 1,", "", "waivers.json:10:1: wanted schema and waivers; observed no schema.")]
    [InlineData("\"waivers\"", "\"weavers\"", "waivers.json:4:3: wanted schema and waivers, once each; observed \"weavers\".")]
    [InlineData("  ]\n}", "  ]\n", "waivers.json:10:")]
    [InlineData("  ]\n}", "  ]\n} x", "waivers.json:10:")]
    [InlineData("\"covers\":", "\"covers\"", "waivers.json:6:")]
    public void A_file_that_is_not_understood_is_refused_with_its_place(string old, string @new, string message)
    {
        var text = Whole.ReplaceLineEndings("\n");
        text.ShouldContain(old);
        Should.Throw<WaiverException>(() => WaiverFile.Parse(text.Replace(old, @new, StringComparison.Ordinal), Sample.Roll)).Message.ShouldStartWith(message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    public void What_is_no_file_of_waivers_is_refused(string text) => Should.Throw<WaiverException>(() => WaiverFile.Parse(text, Sample.Roll));

    [Fact]
    public void A_waiver_covers_its_one_result_and_is_printed()
    {
        var waiver = Sample.Waive(Sample.Version, "violated");
        var verdict = Sample.Judged(Sample.Evidence(Sample.Trx(Row.Violated(Sample.Version)), exitCode: 2), waiver);
        (verdict.Decision, verdict.Reason).ShouldBe((Decision.Go, "All 2 blockers that were asked are met; 1 check is waived."));
        verdict.Of(Sample.Version).ShouldSatisfyAllConditions(
            check => check.Result.ShouldBe(Result.Waived),
            check => check.Waiver.ShouldBe(waiver),
            check => check.Observed.ShouldBe("that"));
        verdict.Waivers.Used.ShouldBe([waiver]);
        verdict.NotProven.ShouldBeEmpty();
    }

    [Fact]
    public void A_waived_silence_stands_under_not_proven()
    {
        var verdict = Sample.Judged(Sample.Evidence(Sample.Trx(Row.Unanswered(Sample.Version))), Sample.Waive(Sample.Version, "unanswered"));
        verdict.Decision.ShouldBe(Decision.Go);
        verdict.NotProven.ShouldBe([new NotProven(Sample.Version, "It did not say. Waived by ada until 2026-12-31: Known since spring.", "Mend schema/main-version.")]);
    }

    [Fact]
    public void A_waiver_for_the_one_result_does_not_cover_the_other()
    {
        Sample.Judged(Sample.Evidence(Sample.Trx(Row.Violated(Sample.Version))), Sample.Waive(Sample.Version, "unanswered")).Decision.ShouldBe(Decision.NoGo);
        Sample.Judged(Sample.Evidence(Sample.Trx(Row.Unanswered(Sample.Version))), Sample.Waive(Sample.Version, "violated")).Decision.ShouldBe(Decision.Undecided);
    }

    [Theory]
    [InlineData("2026-11-24", false)]
    [InlineData("2026-11-25", true)]
    public void A_waiver_holds_to_the_end_of_its_last_day_and_then_is_ignored_and_named(string until, bool holds)
    {
        var waiver = Sample.Waive(Sample.Version, "violated") with { Until = DateOnly.Parse(until) };
        var verdict = Sample.Judged(Sample.Evidence(Sample.Trx(Row.Violated(Sample.Version))), waiver);
        verdict.Decision.ShouldBe(holds ? Decision.Go : Decision.NoGo);
        verdict.Waivers.Expired.ShouldBe(holds ? [] : [waiver]);
    }

    [Theory]
    [InlineData(null, null, true)]
    [InlineData("PreUpgrade", Sample.Cluster, true)]
    [InlineData("PostUpgrade", null, false)]
    [InlineData(null, "another", false)]
    public void A_waiver_holds_for_the_phase_and_cluster_it_names(string? phase, string? cluster, bool holds) =>
        Sample.Judged(Sample.Evidence(Sample.Trx(Row.Violated(Sample.Version))), Sample.Waive(Sample.Version, "violated") with { Phase = phase, Cluster = cluster })
            .Decision.ShouldBe(holds ? Decision.Go : Decision.NoGo);

    [Fact]
    public void A_waiver_for_a_cluster_does_not_hold_where_the_cluster_is_not_known() =>
        Sample.Judged(
                Sample.Evidence(Sample.Trx(Row.Violated(Sample.Version)), Sample.Run() with { Cluster = null }),
                Sample.Waive(Sample.Version, "violated") with { Cluster = Sample.Cluster })
            .Decision.ShouldBe(Decision.NoGo);

    [Fact]
    public void A_waiver_that_covers_nothing_is_named()
    {
        var waiver = Sample.Waive(Sample.Version, "violated");
        Sample.Judged(Sample.Evidence(Sample.Trx()), waiver).Waivers.Unused.ShouldBe([waiver]);
    }

    [Fact]
    public void No_waiver_makes_a_GO_of_evidence_that_cannot_be_believed() =>
        Sample.Judged(Sample.Evidence(null), [.. Sample.Ids().Select(id => Sample.Waive(id, "unanswered"))]).Decision.ShouldBe(Decision.Undecided);
}
