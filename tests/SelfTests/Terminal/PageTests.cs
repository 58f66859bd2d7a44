using CsCheck;
using Spectre.Console;
using TemporalConformance.Cli;

namespace TemporalConformance.SelfTests;

public sealed class PageTests
{
    [Fact]
    public void No_line_is_wider_than_the_page_and_no_word_is_lost()
    {
        // No text of our own has an Ω: a word is found where it was put and nowhere else.
        var word = Gen.String[Gen.Char.AlphaNumeric, 0, 89].Select(rest => "Ω" + rest);
        var text = Gen.Select(word.Array[1, 30], Gen.Int[60, 200], Gen.Int[0, 24]);
        text.Sample((words, width, indent) =>
        {
            using var screen = new Scene(width);
            Listings.Problems(screen.Screen, string.Join(' ', words), [new Problem(string.Join(' ', words), Do: string.Join(' ', words))], 64);
            screen.Console.Lines.ShouldAllBe(line => line.Length <= width);
            string.Concat(screen.Text.Where(char.IsLetterOrDigit)).Split(string.Concat(words)).Length.ShouldBe(4);
        }, iter: 200);
    }

    [Fact]
    public void Wide_characters_count_as_the_two_cells_they_fill()
    {
        using var scene = new Scene(60);
        scene.Terminal.Note(string.Concat(Enumerable.Repeat("漢字", 40)));
        scene.Console.Lines.ShouldAllBe(line => line.GetCellWidth() <= 60);
        scene.Text.Count(c => c == '漢').ShouldBe(40);
    }

    [Fact]
    public void Empty_lines_and_indentation_inside_a_text_are_kept()
    {
        using var scene = new Scene(60);
        scene.Terminal.Note("first\n\n  indented\nlast\n");
        scene.Console.Output.TrimEnd('\n').ShouldBe("  note  first\n\n          indented\n        last");
    }

    [Theory]
    [InlineData(0.04, "0.0 s")]
    [InlineData(0.3, "0.3 s")]
    [InlineData(9.94, "9.9 s")]
    [InlineData(9.97, "10 s")]
    [InlineData(59.4, "59 s")]
    [InlineData(59.7, "1 min 00 s")]
    [InlineData(125, "2 min 05 s")]
    [InlineData(7265, "121 min 05 s")]
    public void Times_read_as_a_person_says_them(double seconds, string text)
    {
        using var scene = new Scene(80);
        scene.Terminal.Step("x");
        scene.Time.Advance(TimeSpan.FromSeconds(seconds));
        scene.Terminal.StepDone("done");
        scene.Console.Lines[^1].ShouldBe(seconds < 0.1 ? "  ✓ done" : $"  ✓ done  {text}");
    }
}
