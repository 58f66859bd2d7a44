using System.Text;
using System.Text.Json;
using TemporalConformance.Formats;

namespace TemporalConformance.SelfTests;

/// <summary>
/// What Prometheus' own parser says (prometheus/common 0.72.1, recorded): the texts beside this class, all of them where the recordings
/// are at hand, and all real scrapes.
/// </summary>
public sealed class ExpositionCorpusTests
{
    [Fact]
    public void Short_texts_are_read_as_the_real_parser_reads_them() => Compare(FormatFiles.Text("exposition-cases.jsonl"), least: 100);

    [Fact]
    public void All_recorded_texts_are_read_as_the_real_parser_reads_them() => Compare(FormatFiles.Recorded("exposition", "cases.jsonl"), least: 329);

    [Fact]
    public void All_real_scrapes_are_read_as_the_real_parser_reads_them()
    {
        var scrapes = Lines(FormatFiles.Recorded("exposition", "real-scrapes.jsonl"));
        scrapes.Count.ShouldBeGreaterThanOrEqualTo(35);
        foreach (var recorded in scrapes)
        {
            var file = recorded.GetProperty("file").GetString()!;
            var scrape = Read(FormatFiles.Recorded(["temporal", .. file.Split('/')]), file);
            Families(scrape).ShouldBe(Families(recorded), file);
            scrape.Defects().ShouldBeEmpty(file);
        }
    }

    private static void Compare(string jsonLines, int least)
    {
        var cases = Lines(jsonLines);
        cases.Count.ShouldBeGreaterThanOrEqualTo(least);
        foreach (var recorded in cases)
        {
            var text = recorded.GetProperty("text").GetString()!;
            if (recorded.GetProperty("ok").GetBoolean())
            {
                var scrape = Read(text, text);
                Families(scrape).ShouldBe(Families(recorded), text);
                if (recorded.GetProperty("families").EnumerateArray().All(family => family.TryGetProperty("metrics", out _)))
                {
                    Values(scrape).ShouldBe(Values(recorded), text);
                }

                continue;
            }

            // "text format parsing error in line 3: …"
            var error = recorded.GetProperty("error").GetString()!;
            var line = int.Parse(error.Split(" in line ")[1].Split(':')[0]);
            var refused = Should.Throw<UnreadableException>(() => Read(text, "f"), $"{error}\n{text}");
            refused.Line.ShouldBe(line, $"{error}\n{refused.Message}\n{text}");
            refused.Column.ShouldBeInRange(1, text.Split('\n')[line - 1].Length + 1, text);
            refused.Problem.Contains("was cut off", StringComparison.Ordinal).ShouldBe(error.EndsWith("end of input stream", StringComparison.Ordinal), text);
        }
    }

    private static List<JsonElement> Lines(string jsonLines) =>
        [.. jsonLines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    private static Scrape Read(string text, string where) => ExpositionReader.Read(Encoding.UTF8.GetBytes(text), ExpositionFormat.Text, where);

    private static string[] Families(Scrape scrape) =>
        [.. scrape.Families.Select(family => $"{family.Name} {(family.Type == MetricType.Unknown ? "untyped" : family.Type.ToString().ToLowerInvariant())} {family.CountSeries()}").Order(StringComparer.Ordinal)];

    private static string[] Families(JsonElement recorded) => [.. recorded.GetProperty("families").EnumerateArray()
        .Select(family => $"{family.GetProperty("name").GetString()} {family.GetProperty("type").GetString()} {family.GetProperty("series").GetInt32()}").Order(StringComparer.Ordinal)];

    // Of counters, gauges and untyped metrics; the recordings have the parts of histograms in another form, and large families without values.
    private static string[] Values(Scrape scrape) => [.. scrape.Families.Where(family => family.BoundLabel is null).SelectMany(family => family.Samples)
        .Select(sample => Value(sample.Name, sample.Labels, sample.Value, sample.TimestampMs)).Order(StringComparer.Ordinal)];

    private static string[] Values(JsonElement recorded) => [.. recorded.GetProperty("families").EnumerateArray()
        .Where(family => family.GetProperty("type").GetString() is not ("histogram" or "summary"))
        .SelectMany(family => family.GetProperty("metrics").EnumerateArray().Select(metric => Value(
            family.GetProperty("name").GetString()!,
            LabelSet.Of(metric.GetProperty("labels").EnumerateObject().Select(label => new Label(label.Name, label.Value.GetString()!))),
            Number(metric.GetProperty("value").GetString()!),
            metric.TryGetProperty("timestampMs", out var time) ? time.GetInt64() : null)))
        .Order(StringComparer.Ordinal)];

    private static string Value(string name, LabelSet labels, double value, long? time) =>
        $"{name}{LabelSet.Of(labels.OrderBy(label => label.Name, StringComparer.Ordinal))} {value:R} {time}";

    private static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text),
    };
}
