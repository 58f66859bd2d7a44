using System.Text;
using System.Text.Json;
using TemporalConformance.Formats;

namespace TemporalConformance.SelfTests;

/// <summary>
/// What a strict parser of OpenMetrics says (the one of Prometheus' Python client, 0.16.0), recorded. "Refused" is there one thing; here a
/// body is refused for its grammar, and has defects for its numbers.
/// </summary>
public sealed class OpenMetricsTests
{
    /// <summary>Texts on which the two differ on purpose, and why.</summary>
    private static readonly Dictionary<string, string> Differing = new()
    {
        ["a 1\na 2\n# EOF\n"] = "A series twice without a time; the Python parser keeps the first and says nothing.",
    };

    [Fact]
    public void Recorded_texts_are_taken_as_a_strict_parser_takes_them()
    {
        var cases = FormatFiles.Text("openmetrics-cases.jsonl").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        cases.Count.ShouldBeGreaterThan(150);
        var wrong = new List<string>();
        foreach (var recorded in cases)
        {
            var text = recorded.GetProperty("text").GetString()!;
            var (answer, taken) = Answer(text);
            var theirs = recorded.GetProperty("ok").GetBoolean()
                ? string.Join(' ', recorded.GetProperty("families").EnumerateArray().Select(family => $"{family.GetProperty("name")}:{family.GetProperty("type")}:{family.GetProperty("samples")}"))
                : "refused";
            if ((taken ? answer : "refused") != theirs != Differing.ContainsKey(text))
            {
                wrong.Add($"{JsonSerializer.Serialize(text)}: here {answer}; there {theirs} {(recorded.TryGetProperty("error", out var error) ? error : "")}");
            }
        }

        wrong.ShouldBeEmpty(string.Join('\n', wrong));
    }

    [Fact]
    public void Times_created_times_exemplars_and_units_are_read()
    {
        var scrape = ExpositionReader.Read(
            """
            # TYPE a_seconds counter
            # UNIT a_seconds seconds
            # HELP a_seconds of \"it\"
            a_seconds_total{b="c"} 17.5 1395066363.123 # {trace_id="x"} 0.67 1395066362.5
            a_seconds_created{b="c"} 1395066000 1395066363.123
            # EOF

            """u8.ToArray(),
            ExpositionFormat.OpenMetrics,
            "f");

        var family = scrape.Families.ShouldHaveSingleItem();
        (family.Name, family.Type, family.Unit, family.Help).ShouldBe(("a_seconds", MetricType.Counter, "seconds", "of \"it\""));
        family.Samples.Select(sample => sample.Name).ShouldBe(["a_seconds_total", "a_seconds_created"]);
        family.Samples[0].TimestampMs.ShouldBe(1395066363123);
        family.Samples[0].Exemplar!.TimestampMs.ShouldBe(1395066362500);
        family.Samples[0].Exemplar!.Labels.Find("trace_id").ShouldBe("x");
        scrape.Defects().ShouldBeEmpty();
    }

    [Fact]
    public void Quoted_names_are_read_although_the_strict_parser_of_then_knows_none()
    {
        // What Prometheus' Go client sends of today's names under version 1.0.0 where it is asked for escaping=allow-utf-8.
        var scrape = ExpositionReader.Read("# TYPE \"a.b\" gauge\n{\"a.b\",\"worker-build-id\"=\"x\"} 1\n# EOF\n"u8.ToArray(), ExpositionFormat.OpenMetrics, "f");

        var family = scrape.Families.ShouldHaveSingleItem();
        (family.Name, family.Type, family.Samples[0].Labels.Find("worker-build-id")).ShouldBe(("a.b", MetricType.Gauge, "x"));
    }

    private static (string Answer, bool Taken) Answer(string text)
    {
        try
        {
            var scrape = ExpositionReader.Read(Encoding.UTF8.GetBytes(text), ExpositionFormat.OpenMetrics, "f");
            return scrape.Defects() is [var defect, ..]
                ? (defect.Problem, false)
                : (string.Join(' ', scrape.Families.Select(family => $"{family.Name}:{family.Type.ToString().ToLowerInvariant()}:{family.Samples.Count}")), true);
        }
        catch (UnreadableException refused)
        {
            refused.Line.ShouldBeGreaterThan(0);
            refused.Column.ShouldBeGreaterThan(0);
            return (refused.Message, false);
        }
    }
}
