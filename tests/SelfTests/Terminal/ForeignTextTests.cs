using TemporalConformance.Cli;
using TemporalConformance.Gate;

namespace TemporalConformance.SelfTests;

public sealed class ForeignTextTests
{
    [Theory]
    [InlineData("[red]not red[/]")]
    [InlineData("tasks[0] is [/] and [[ and ]]")]
    [InlineData("[bold")]
    [InlineData("{0} {name} %s")]
    public void Brackets_in_data_are_printed_as_they_are(string data)
    {
        using var scene = new Scene(120);
        Play(scene, data);
        scene.Text.Split(data).Length.ShouldBeGreaterThan(8);
    }

    [Theory]
    [InlineData("name\e[2Jcleared", @"name\x1B[2Jcleared")]
    [InlineData("name\u009B31mred", @"name\x9B31mred")]
    [InlineData("a\u202Eb", @"a\u202Eb")]
    [InlineData("zero\u200Bwidth", @"zero\u200Bwidth")]
    [InlineData("bell\a", @"bell\x07")]
    public void Escape_sequences_and_invisible_characters_in_data_are_shown_and_do_nothing(string data, string shown)
    {
        using var scene = new Scene(120);
        Play(scene, data);
        scene.Text.ShouldContain(shown);
        scene.Text.ShouldNotContain(data);
    }

    [Fact]
    public void A_line_feed_in_data_cannot_pretend_to_be_a_field_or_a_verdict()
    {
        using var scene = new Scene(120);
        Play(scene, "x\r\nGO\n  do        nothing");
        scene.Console.Lines.ShouldNotContain("GO");
        scene.Console.Lines.ShouldNotContain("  do        nothing");
    }

    [Fact]
    public void Without_colour_no_colour_is_written_and_the_verdict_still_stands_out()
    {
        var writer = new StringWriter();
        var screen = Screen.Open(writer, new TerminalOptions { Styled = true, Coloured = false, Width = 80 });
        using (var terminal = new Terminal(screen, new ManualTime()))
        {
            terminal.Verdict(Scene.Whole(Decision.NoGo, "NO-GO", "A reason."), "results");
        }

        writer.ToString().ShouldContain("\e[1;7m NO-GO \e[0m");
        writer.ToString().ShouldNotMatch(@"\e\[(\d+;)*(3[0-7]|9[0-7]|38|4[0-7])(;\d+)*m");
    }

    [Fact]
    public void With_colour_the_verdict_has_its_own()
    {
        var writer = new StringWriter();
        var screen = Screen.Open(writer, new TerminalOptions { Styled = true, Coloured = true, Width = 80 });
        using (var terminal = new Terminal(screen, new ManualTime()))
        {
            terminal.Verdict(Scene.Whole(Decision.NoGo, "NO-GO", "A reason."), "results");
        }

        writer.ToString().ShouldMatch(@"\e\[1;7;(31|91)m NO-GO \e\[0m");
    }

    [Fact]
    public void A_pipe_gets_no_escape_at_all_and_lines_of_any_length()
    {
        var writer = new StringWriter();
        var sentence = string.Join(' ', Enumerable.Repeat("word", 400));
        var screen = Screen.Open(writer, new TerminalOptions());
        using (var terminal = new Terminal(screen, new ManualTime()))
        {
            terminal.Note(sentence);
            terminal.Step("waiting");
            terminal.StepDone();
        }

        writer.ToString().ReplaceLineEndings("\n").ShouldBe($"  note  {sentence}\n  ✓ waiting\n");
    }

    private static void Play(Scene scene, string data)
    {
        scene.Terminal.Begin(new RunHeader(data, data, data, data, data));
        scene.Terminal.Note(data);
        scene.Terminal.Step(data);
        scene.Terminal.Output(data);
        scene.Terminal.StepDone();
        scene.Terminal.PhaseFinished(Scene.Phase(Decision.NoGo, data,
            Scene.Judged("path/target-known", Result.Violated, data, data, data, data, data)));
        scene.Terminal.Verdict(
            Scene.Whole(Decision.NoGo, "NO-GO", data) with { Notes = [data], NotProven = [new NotProven(data, data, data)] }, "results");
    }
}
