using CsCheck;
using TemporalConformance.Formats;

namespace TemporalConformance.SelfTests;

/// <summary>
/// The expressions and answers in <c>Data/promql</c> were recorded from Prometheus' own parser (module v0.316.0); all 1 067 of them are in the folder
/// beside the repository.
/// </summary>
public sealed class PromqlReaderTests
{
    [Fact]
    public void What_the_real_parser_says_is_what_ours_says()
    {
        var corpus = PromqlCorpus.Read(FormatFiles.Text("promql/expressions.jsonl")).ToList();

        corpus.Count.ShouldBeGreaterThan(300);
        corpus.Count(one => !one.Valid).ShouldBeGreaterThan(100);
        corpus.SelectMany(one => one.Differences()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("dashboards.jsonl", 454)]
    [InlineData("handwritten.jsonl", 214)]
    [InlineData("mutated.jsonl", 399)]
    public void Every_recorded_answer_of_the_real_parser_is_ours(string file, int expressions)
    {
        var corpus = PromqlCorpus.Read(FormatFiles.Recorded("promql", file)).ToList();

        corpus.Count.ShouldBe(expressions);
        corpus.SelectMany(one => one.Differences()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("x offset 5m + y", "x offset 5m + y")]
    [InlineData("x offset -2 ^ 2", "x offset -2s ^ 2")]
    [InlineData("x[2 * 5m]", "x[2 * 5m]")]
    [InlineData("x[max_of(step(), 1m):(30s)] offset (1h)", "x[max_of(step(), 1m):(30s)] offset (1h)")]
    [InlineData("2 ^ 3 ^ 2 * -a", "2 ^ 3 ^ 2 * -a")]
    [InlineData("sum(a) by (x) > bool on(x) group_left(y) SUM without (z) (b)", "sum by (x) (a) > bool on (x) group_left (y) sum without (z) (b)")]
    [InlineData("1e20", "100000000000000000000")]
    [InlineData("0x10 + 010 + 1.5e-7", "16 + 8 + 0.00000015")]
    [InlineData("x @ 1.0005", "x @ 1.001")]
    public void The_rest_of_the_grammar_is_printed_as_Prometheus_prints_it(string expression, string canonical)
    {
        PromqlReader.Read(expression).Canonical.ShouldBe(canonical);
        PromqlReader.Read(canonical).Canonical.ShouldBe(canonical);
    }

    [Fact]
    public void An_error_has_its_line_column_bytes_and_word()
    {
        var error = Should.Throw<PromqlException>(() => PromqlReader.Read("sum by (é) (\n  rate(x[5m]) y)")).Error;

        error.ShouldBe(new PromqlError("unexpected character: 'é'", 8, 30, 1, 9));
        Should.Throw<PromqlException>(() => PromqlReader.Read("\"é\" +\n  rate(x) y")).Error
            .ShouldBe(new PromqlError("unexpected name \"y\"", 17, 18, 2, 11));
        Should.Throw<PromqlException>(() => PromqlReader.Read("sum by a (x)")).Message.ShouldBe("1:8: unexpected name \"a\", expected `(`");
        Should.Throw<PromqlException>(() => PromqlReader.Read("rate(x)")).Message.ShouldBe("1:6: rate takes a range vector here, not an instant vector");
    }

    [Fact]
    public void What_an_expression_needs_is_told_from_what_it_makes()
    {
        var query = PromqlReader.Read(
            "sum by (op, version) (rate(a{x=\"1\",y=\"\",z!=\"2\"}[5m])) / on(op) group_left(w) label_replace(b or c, \"version\", \"$1\", \"v\", \"(.*)\") unless absent(d)");

        query.NeededLabels.ShouldBe(["op", "x"]);
        query.Labels.ShouldBe(["op", "version", "w"]);
        query.Selectors.Select(one => (one.Name, one.Optional, one.WantedAbsent, one.Aggregated)).ShouldBe(
            [("a", false, false, true), ("b", true, false, false), ("c", true, false, false), ("d", false, true, false)]);
    }

    [Fact]
    public void What_no_person_wrote_is_refused_without_taking_the_stack_or_the_memory()
    {
        foreach (var hostile in new[]
        {
            new string('(', 100_000), new string('-', 100_000) + "a", string.Join("^", Enumerable.Repeat("a", 100_000)), "a" + string.Concat(Enumerable.Repeat("+a", 100_000)),
            string.Concat(Enumerable.Repeat("sum(", 5000)), new string(' ', 100_001), $"\"{new string('x', 100_000)}\"", "a" + string.Concat(Enumerable.Repeat("[1m:]", 5000)), "a{b=~\"" + new string('(', 10_000) + "\"}",
        })
        {
            PromqlReader.TryRead(hostile, out _, out var error).ShouldBeFalse();
            error!.Problem.Length.ShouldBeLessThan(20_500);
        }

        foreach (var deep in new[] { $"{new string('(', 100)}a{new string(')', 100)}", $"{new string('-', 2000)}a", string.Join("^", Enumerable.Repeat("a", 2000)), string.Join(" + ", Enumerable.Repeat("a", 2000)) })
        {
            PromqlReader.Read(deep).Selectors.ShouldNotBeEmpty();
        }
    }

    [Fact]
    public void Whatever_is_read_is_answered_within_its_bounds_and_printed_so_that_it_means_the_same()
    {
        var valid = PromqlCorpus.Read(FormatFiles.Text("promql/expressions.jsonl")).Select(one => one.Expression).ToArray();
        string[] pieces = ["(", ")", "{", "}", "[", "]", "5m", ":", "by", "sum", "on", "offset", "@", "\"", "'", "\\", "é", "\uD800", "#", "\n", "=~", "^", "1e", "0x", ",", "$", "a"];
        var mutated = Gen.Select(Gen.Int[0, valid.Length - 1], Gen.Int[0, 200], Gen.Int[0, 8], Gen.Int[0, pieces.Length - 1], (which, at, cut, piece) =>
            valid[which][..Math.Min(at, valid[which].Length)] + pieces[piece] + valid[which][Math.Min(at + cut, valid[which].Length)..]);

        mutated.Sample(
            text =>
            {
                if (PromqlReader.TryRead(text, out var query, out var error))
                {
                    var printed = PromqlReader.Read(query!.Canonical);
                    printed.Canonical.ShouldBe(query.Canonical);
                    printed.Selectors.Count.ShouldBe(query.Selectors.Count);
                }
                else
                {
                    error!.Start.ShouldBeInRange(0, error.End);
                    error.Line.ShouldBeGreaterThan(0);
                    error.Column.ShouldBeGreaterThan(0);
                }
            },
            iter: 2000);
    }
}
