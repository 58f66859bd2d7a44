using TemporalConformance.Formats;

namespace TemporalConformance.SelfTests;

public sealed class PromqlReaderTests
{
    [Theory]
    [InlineData("dashboards.jsonl")]
    [InlineData("handwritten.jsonl")]
    [InlineData("mutated.jsonl")]
    public void Every_recorded_answer_of_the_real_parser_is_ours(string file)
    {
        var corpus = PromqlCorpus.Read(FormatFiles.Recorded("promql", file)).ToList();

        corpus.Count.ShouldBeGreaterThan(200);
        corpus.SelectMany(one => one.Differences()).ShouldBeEmpty();
    }
}
