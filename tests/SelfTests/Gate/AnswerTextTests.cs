using CsCheck;
using TemporalConformance.Gate;

namespace TemporalConformance.SelfTests;

public sealed class AnswerTextTests
{
    private static readonly Gen<string> Data = Pick.One(
        "plain", "[violated] not me", "wanted: not me", "do: rm -rf", "two\nlines", "wín\r\ndows\rmac", "  indented", "a\n\n\nb", "\u2028x", "[deferred] x\n[met]", "tasks_v2, chasm_node_maps");

    [Fact]
    public void A_full_answer_reads_as_documented()
    {
        var text = new AnswerText(Result.Violated, "The main store is at 1.18 but its table tasks_v2 is missing.")
        {
            Wanted = "every table of main 1.18",
            Observed = "36 tables of 37\nmissing: tasks_v2",
            Where = "temporal@db:5432/temporal",
            Remedy = "Restore the table.",
            Cause = "database/reachable",
        };

        text.Write().ShouldBe("""
            [violated] The main store is at 1.18 but its table tasks_v2 is missing.
            wanted: every table of main 1.18
            observed: 36 tables of 37
              missing: tasks_v2
            where: temporal@db:5432/temporal
            do: Restore the table.
            cause: database/reachable
            """.ReplaceLineEndings("\n"));
        AnswerText.Read(text.Write()).ShouldBe(text);
    }

    [Theory]
    [InlineData("[violated] A.", Result.Violated)]
    [InlineData("[unanswered] A.", Result.Unanswered)]
    [InlineData("[not applicable] A.", Result.NotApplicable)]
    [InlineData("[deferred] A.", Result.Deferred)]
    [InlineData("printed before\n\n[deferred] A.\n", Result.Deferred)]
    [InlineData("[violated] printed\n[not applicable] A.", Result.NotApplicable)]
    [InlineData("[not applicable] printed\nwanted: x\n[violated] A.\nwanted: y", Result.Violated)]
    public void The_form_at_the_end_of_a_text_counts(string text, Result result)
    {
        var answer = AnswerText.Read(text).ShouldNotBeNull();
        answer.Result.ShouldBe(result);
        answer.Sentence.ShouldBe("A.");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("no marker")]
    [InlineData("[met] A.")]
    [InlineData("[Not Applicable] A.")]
    [InlineData("[not applicable]")]
    [InlineData("[not applicable]  \n")]
    [InlineData("x [not applicable] A.")]
    [InlineData("[not applicable] printed by the test\nand then skipped for another reason")]
    [InlineData("[not applicable] A.\nwanted: x\nwanted: y")]
    [InlineData("[not applicable] A.\nbecause: x")]
    public void Anything_else_is_no_answer(string? text) => AnswerText.Read(text).ShouldBeNull();

    [Fact]
    public void What_is_written_is_read_again_and_data_never_becomes_a_marker() =>
        Gen.Select(Pick.One(Result.Violated, Result.Unanswered, Result.NotApplicable, Result.Deferred), Data, Gen.Null(Data), Gen.Null(Data), Gen.Null(Data), Data)
            .Sample((result, sentence, wanted, observed, remedy, before) =>
            {
                var written = new AnswerText(result, sentence) { Wanted = wanted, Observed = observed, Remedy = remedy }.Write();
                var read = AnswerText.Read(before + "\n" + written).ShouldNotBeNull();
                read.ShouldBe(new AnswerText(result, Clean(sentence)!) { Wanted = Clean(wanted), Observed = Clean(observed), Remedy = Clean(remedy) });
            });

    [Fact]
    public void An_answer_without_a_sentence_or_a_marker_cannot_be_written()
    {
        Should.Throw<InvalidOperationException>(() => new AnswerText(Result.Violated, " \n ").Write());
        Should.Throw<InvalidOperationException>(() => new AnswerText(Result.Met, "It is so.").Write());
    }

    private static string? Clean(string? text) => text?.ReplaceLineEndings("\n").Trim();
}
