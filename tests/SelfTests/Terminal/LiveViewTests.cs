using TemporalConformance.Cli;
using TemporalConformance.Gate;

namespace TemporalConformance.SelfTests;

public sealed class LiveViewTests
{
    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(120)]
    [InlineData(200)]
    public void A_run_with_one_of_everything_reads_well_at_any_width(int width)
    {
        using var scene = new Scene(width);
        scene.PlayEverything();
        scene.Text.ShouldBeApproved($"everything-{width}");
        scene.Console.Lines.ShouldAllBe(line => line.Length <= width);
    }

    [Fact]
    public void A_pipe_gets_whole_lines_and_no_escapes()
    {
        using var scene = new Scene(width: null);
        scene.PlayEverything();
        scene.Text.ShouldBeApproved("everything-pipe");
        scene.Text.ShouldNotContain("\e");
    }

    [Fact]
    public void A_terminal_that_knows_ASCII_alone_gets_ASCII_alone()
    {
        using var scene = new Scene(80, unicode: false);
        scene.PlayEverything();
        scene.Text.ShouldBeApproved("everything-ascii");
        scene.Text.ShouldAllBe(c => c < 128);
    }

    [Fact]
    public void A_rehearsal_shows_its_steps_its_phases_and_one_verdict()
    {
        using var scene = new Scene(100);
        scene.Terminal.Begin(new RunHeader("Rehearsal of an upgrade", "The demonstration: databases that a real 1.27.3 cluster wrote, in a PostgreSQL of this machine.", "1.29.1", null, "results"));
        scene.Terminal.Step("starting PostgreSQL 15 and restoring both databases");
        scene.Time.Advance(TimeSpan.FromSeconds(1.4));
        scene.Terminal.StepDone();
        var pre = Play(scene, "PreUpgrade");
        scene.Terminal.Step("migrating both stores");
        scene.Terminal.Output("main 1.16 → 1.17");
        scene.Terminal.Output("main 1.17 → 1.18");
        scene.Time.Advance(TimeSpan.FromSeconds(0.05));
        scene.Terminal.StepDone("migrated both stores: main 1.16 → 1.18, visibility 1.9");
        var post = Play(scene, "PostUpgrade");
        scene.Terminal.Verdict(
            Scene.Whole(Decision.Go, "GO (partial: path, schema)", "All 4 blockers that were asked are met; 2 advisories are violated.", pre, post) with
            {
                Identity = new VerdictIdentity { Tool = "temporal-conformance 0.1.0", CatalogDate = "2026-08-20", Judged = DateTimeOffset.UnixEpoch, Demonstration = true },
            },
            "results");
        scene.Text.ShouldBeApproved("rehearsal");
    }

    [Fact]
    public void A_failed_step_says_what_happened()
    {
        using var scene = new Scene(80);
        scene.Terminal.Step("migrating both stores");
        scene.Time.Advance(TimeSpan.FromSeconds(72));
        scene.Terminal.StepFailed("The migration command ended with exit code 3.");
        scene.Text.ShouldEndWith("  ✗ The migration command ended with exit code 3.  1 min 12 s\n");
    }

    [Fact]
    public void A_subject_is_printed_when_its_last_check_has_answered()
    {
        using var scene = new Scene(100);
        scene.Terminal.PhaseStarted("PreUpgrade", [.. Scene.Roll.Where(check => check.Subject is "path" or "sdk")]);
        scene.Terminal.Answered(Scene.Answer("path/hop-supported"));
        scene.Terminal.Answered(Scene.Answer("sdk/connects"));
        scene.Terminal.Answered(Scene.Answer("path/target-known"));
        scene.Text.ShouldNotContain("✓");
        scene.Terminal.Answered(Scene.Answer("path/sequential-minors"));
        scene.Console.Lines.Skip(2).Select(line => line.Trim()).ShouldBe(
        [
            "path    ✓ The hop from the running release to the target is supported",
            "✓ The target is a release that the catalog knows",
            "✓ The upgrade goes one minor release at a time, from the latest patch of each",
        ]);
    }

    [Fact]
    public void Answers_of_an_incomplete_subject_and_answers_that_nobody_expected_are_printed_at_the_end_of_the_phase()
    {
        using var scene = new Scene(100);
        scene.Terminal.PhaseStarted("PreUpgrade", [.. Scene.Roll.Where(check => check.Subject is "sdk")]);
        scene.Terminal.Answered(Scene.Answer("sdk/connects"));
        scene.Terminal.Answered(Scene.Answer("moon/is-full"));
        scene.Text.ShouldNotContain("✓");
        scene.Terminal.PhaseFinished(Scene.Phase(Decision.Undecided, "A check is missing.", Scene.Judged("sdk/connects")));
        scene.Text.ShouldContain("sdk     ✓ A client connects to the frontend");
        scene.Text.ShouldContain("moon    ✓ A check that the roll does not know");
        scene.Text.ShouldContain("PreUpgrade: 1 met: UNDECIDED");
    }

    [Fact]
    public void A_check_that_answers_twice_is_shown_twice()
    {
        using var scene = new Scene(100);
        scene.Terminal.PhaseStarted("Smoke", [.. Scene.Roll.Where(check => check.Id is "sdk/connects")]);
        scene.Terminal.Answered(Scene.Answer("sdk/connects"));
        scene.Terminal.Answered(Scene.Answer("sdk/connects", Result.Violated));
        scene.Text.Split('\n').Count(line => line.Contains("A client connects", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    public void Evidence_can_be_judged_without_having_been_watched()
    {
        using var scene = new Scene(100);
        var phase = Scene.Phase(Decision.Go, "The 1 blocker that was asked is met.", Scene.Judged("path/target-known"));
        scene.Terminal.PhaseFinished(phase);
        scene.Terminal.Verdict(Scene.Whole(Decision.Go, "GO", phase.Reason, phase), "/tmp/evidence/");
        scene.Text.ShouldBeApproved("judged");
    }

    [Fact]
    public void A_chain_of_causes_ends_in_the_block_of_its_first_link()
    {
        using var scene = new Scene(120);
        scene.Terminal.PhaseFinished(Scene.Phase(Decision.Undecided, "",
            Scene.Judged("database/reachable", Result.Unanswered, "Nobody could tell."),
            Scene.Judged("schema/main-version", Result.Unanswered, cause: "database/reachable"),
            Scene.Judged("schema/main-shape", Result.Unanswered, cause: "schema/main-version")));
        scene.Text.ShouldContain("so open   schema/main-version (blocker), schema/main-shape (blocker)");
    }

    [Fact]
    public void Causes_that_go_round_in_a_circle_or_lead_nowhere_hide_no_check()
    {
        using var scene = new Scene(120);
        scene.Terminal.PhaseFinished(Scene.Phase(Decision.Undecided, "",
            Scene.Judged("schema/main-version", Result.Unanswered, cause: "schema/main-shape"),
            Scene.Judged("schema/main-shape", Result.Unanswered, cause: "schema/main-version"),
            Scene.Judged("database/btree-gin", Result.Unanswered, cause: "database/reachable")));
        scene.Console.Lines.Count(line => line.Contains("could not tell", StringComparison.Ordinal)).ShouldBe(3);
        scene.Text.ShouldContain("cause     database/reachable");
    }

    private static PhaseVerdict Play(Scene scene, string phase)
    {
        var roll = Scene.Roll.Where(check => check.Id is "path/target-known" or "path/sequential-minors" or "schema/main-version").ToList();
        scene.Terminal.PhaseStarted(phase, roll);
        foreach (var check in roll)
        {
            scene.Terminal.Answered(Scene.Answer(check.Id, check.Id == "path/sequential-minors" ? Result.Violated : Result.Met, 0.02));
        }

        scene.Time.Advance(TimeSpan.FromSeconds(0.9));
        var verdict = Scene.Phase(Decision.Go, "All 2 blockers that were asked are met; 1 advisory is violated.",
            Scene.Judged("path/target-known", phase: phase),
            Scene.Judged("path/sequential-minors", Result.Violated, "The upgrade jumps over 1.28.", "1.28.4 in between", "1.27.3 → 1.29.1", "settings target and running", phase: phase),
            Scene.Judged("schema/main-version", phase: phase)) with
        { Headline = "GO (partial: path, schema)", Partial = true };
        scene.Terminal.PhaseFinished(verdict);
        return verdict;
    }
}
