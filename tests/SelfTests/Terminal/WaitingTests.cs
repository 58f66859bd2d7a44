using System.Text.RegularExpressions;
using TemporalConformance.Gate;

namespace TemporalConformance.SelfTests;

public sealed class WaitingTests
{
    private const string Erase = "\r\e[2K";

    [Fact]
    public void A_pipe_is_told_what_is_waited_for_after_two_seconds_and_then_every_ten()
    {
        using var scene = new Scene(width: null);
        Start(scene);
        scene.Time.Advance(TimeSpan.FromSeconds(1.9));
        Waiting(scene).ShouldBeEmpty();
        scene.Time.Advance(TimeSpan.FromSeconds(25));
        Waiting(scene).ShouldBe(
        [
            "  waiting for path (1 of 3), schema (0 of 3), database (0 of 3) and 2 more … 2.0 s",
            "  waiting for path (1 of 3), schema (0 of 3), database (0 of 3) and 2 more … 12 s",
            "  waiting for path (1 of 3), schema (0 of 3), database (0 of 3) and 2 more … 22 s",
        ]);
    }

    [Fact]
    public void A_subject_that_completes_makes_the_waiting_lines_no_more_frequent()
    {
        using var scene = new Scene(width: null);
        Start(scene);
        scene.Time.Advance(TimeSpan.FromSeconds(3));
        scene.Terminal.Answered(Scene.Answer("path/hop-supported"));
        scene.Terminal.Answered(Scene.Answer("path/sequential-minors"));
        scene.Time.Advance(TimeSpan.FromSeconds(8));
        Waiting(scene).Count.ShouldBe(1);
        scene.Time.Advance(TimeSpan.FromSeconds(2));
        Waiting(scene).Last().ShouldBe("  waiting for schema (0 of 3), database (0 of 3), identity (0 of 1) and 1 more … 12 s");
    }

    [Fact]
    public void A_terminal_gets_a_status_line_that_is_erased_before_anything_else_is_written()
    {
        using var scene = new Scene(80, interactive: true, styled: true);
        scene.Console.EmitAnsiSequences = true;
        Start(scene);
        scene.Time.Advance(TimeSpan.FromSeconds(1.9));
        scene.Text.ShouldNotContain(Erase);
        scene.Time.Advance(TimeSpan.FromSeconds(0.2));
        Plain(scene.Text).ShouldContain($"{Erase}  ⠋ waiting for path (1 of 3), schema (0 of 3), database (0 of 3) and … · 2.0 s");
        var before = scene.Text.Length;
        scene.Terminal.Answered(Scene.Answer("path/hop-supported"));
        scene.Terminal.Answered(Scene.Answer("path/sequential-minors"));
        scene.Text[before..].ShouldStartWith(Erase);
        scene.Text[(before + Erase.Length)..].ShouldNotContain(Erase);
    }

    [Fact]
    public void Disposing_the_view_leaves_no_status_line_behind()
    {
        var scene = new Scene(80, interactive: true, styled: true);
        scene.Console.EmitAnsiSequences = true;
        scene.Terminal.Step("starting PostgreSQL");
        scene.Text.ShouldContain("starting PostgreSQL");
        scene.Dispose();
        scene.Text.ShouldEndWith(Erase);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(200)]
    public void A_status_line_never_wraps(int width)
    {
        using var scene = new Scene(width, interactive: true);
        scene.Terminal.Step("restoring " + string.Join(", ", Enumerable.Repeat("a database with a long name", 12)));
        scene.Text.Length.ShouldBeInRange(10, width - 1);
        scene.Text.ShouldContain("…");
    }

    [Fact]
    public void A_step_shows_at_once_on_a_terminal_and_after_two_seconds_in_a_pipe()
    {
        using var pipe = new Scene(width: null);
        pipe.Terminal.Step("restoring the databases");
        pipe.Text.ShouldBeEmpty();
        pipe.Time.Advance(TimeSpan.FromSeconds(2));
        pipe.Text.ShouldBe("  restoring the databases … 2.0 s\n");

        using var person = new Scene(80, interactive: true);
        person.Terminal.Step("restoring the databases");
        person.Text.ShouldContain("⠋ restoring the databases");
    }

    [Fact]
    public void Nothing_is_waited_for_once_the_phase_has_been_judged()
    {
        using var scene = new Scene(width: null);
        Start(scene);
        scene.Terminal.PhaseFinished(Scene.Phase(Decision.Undecided, "", Scene.Judged("path/target-known")));
        scene.Time.Advance(TimeSpan.FromMinutes(1));
        Waiting(scene).ShouldBeEmpty();
    }

    [Fact]
    public void A_phase_whose_checks_have_all_answered_is_still_waited_for()
    {
        using var scene = new Scene(width: null);
        scene.Terminal.PhaseStarted("Smoke", [.. Scene.Roll.Where(check => check.Id == "sdk/connects")]);
        scene.Terminal.Answered(Scene.Answer("sdk/connects"));
        scene.Time.Advance(TimeSpan.FromSeconds(2));
        scene.Text.ShouldContain("waiting for the phase to end");
    }

    // Without the sequences that only change how text looks.
    private static string Plain(string text) => Regex.Replace(text, @"\e\[[\d;]*m", "");

    private static void Start(Scene scene)
    {
        scene.Terminal.PhaseStarted("PreUpgrade", Scene.Roll);
        scene.Terminal.Answered(Scene.Answer("path/target-known"));
    }

    private static List<string> Waiting(Scene scene) =>
        [.. scene.Console.Lines.Where(line => line.Contains("waiting", StringComparison.Ordinal))];
}
