using System.Globalization;

namespace TemporalConformance.Gate;

/// <summary>What a TRX says, read strictly. Which checks it should hold is not this type's business.</summary>
/// <param name="Started"><c>Times/@start</c>.</param>
/// <param name="Finished"><c>Times/@finish</c>.</param>
/// <param name="Rows">Every <c>UnitTestResult</c>, in the order of the file.</param>
/// <param name="Outcome"><c>ResultSummary/@outcome</c>: "Completed" or "Failed".</param>
/// <param name="Counters"><c>Counters</c>, by attribute.</param>
/// <param name="RunTexts">What the platform says about the run as a whole, one text per <c>RunInfo</c>.</param>
public sealed record TrxFile(
    DateTimeOffset Started,
    DateTimeOffset Finished,
    IReadOnlyList<TrxRow> Rows,
    string Outcome,
    IReadOnlyDictionary<string, int> Counters,
    IReadOnlyList<string> RunTexts);

/// <summary>One <c>UnitTestResult</c>.</summary>
/// <param name="Line">Its line in the file, from 1.</param>
/// <param name="TestName">Display name.</param>
/// <param name="Outcome">"Passed", "Failed", "NotExecuted", or whatever else stands there.</param>
/// <param name="Output"><c>Output/StdOut</c>, which ends with the reason of a skip.</param>
/// <param name="Error"><c>Output/ErrorInfo/Message</c>.</param>
/// <param name="Seconds"><c>@duration</c>, where there is one.</param>
/// <param name="Definition">The definition with the same <c>testId</c>; null = there is none.</param>
public sealed record TrxRow(int Line, string TestName, string Outcome, string? Output, string? Error, double? Seconds, TrxDefinition? Definition);

/// <summary>One <c>UnitTest</c>.</summary>
/// <param name="Assembly">File name of the test assembly, without folder and extension, as <c>@storage</c> has it (in lower case).</param>
/// <param name="Checks">The values of the property <c>check</c>; a check of ours has exactly one.</param>
public sealed record TrxDefinition(string Assembly, IReadOnlyList<string> Checks);

/// <summary>
/// Reads the TRX that Microsoft.Testing.Extensions.TrxReport 2.5 writes for xUnit v3. The parts that matter here:
/// <code>
/// &lt;TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010"&gt;
///   &lt;Times start="2026-11-25T03:38:47.78Z" finish="2026-11-25T03:38:48.68Z" … /&gt;
///   &lt;Results&gt;&lt;UnitTestResult testId="…" testName="…" outcome="NotExecuted" duration="00:00:00.01"&gt;
///     &lt;Output&gt;&lt;StdOut&gt;…reason of the skip&lt;/StdOut&gt; or &lt;ErrorInfo&gt;&lt;Message&gt;Full.Type.Name : text&lt;/Message&gt;…
///   &lt;TestDefinitions&gt;&lt;UnitTest id="…" storage="/…/preupgrade.dll"&gt;
///     &lt;Properties&gt;&lt;Property&gt;&lt;Key&gt;check&lt;/Key&gt;&lt;Value&gt;schema/main-version&lt;/Value&gt;…
///   &lt;ResultSummary outcome="Failed"&gt;&lt;Counters total="4" passed="1" failed="1" timeout="1" notExecuted="1" … /&gt;
/// </code>
/// A test host that dies leaves a well-formed file without a single result; <c>RunInfos</c> says so.
/// </summary>
public static class TrxReader
{
    private const string Namespace = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";

    /// <summary>Reads a TRX.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <exception cref="GateInputException">Empty, cut short, not well-formed, too large, or not a TRX.</exception>
    public static TrxFile Read(string text, string file)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new GateInputException(file, 0, 0, "a TRX", "an empty file");
        }

        var run = TrxNode.Read(text.TrimStart('\uFEFF'), file);
        if (run.Name != "TestRun" || run.Namespace != Namespace)
        {
            throw run.Error($"<TestRun xmlns=\"{Namespace}\">", $"<{run.Name} xmlns=\"{run.Namespace}\">");
        }

        var times = run.Only("Times");
        var summary = run.Only("ResultSummary");
        var definitions = Definitions(run.Only("TestDefinitions"));
        return new(
            Time(times, "start"),
            Time(times, "finish"),
            [.. run.Only("Results").All("UnitTestResult").Select(row => Row(row, definitions))],
            summary.Attribute("outcome"),
            Counters(summary.Only("Counters")),
            [.. RunTexts(summary)]);
    }

    private static Dictionary<string, TrxDefinition> Definitions(TrxNode list)
    {
        var found = new Dictionary<string, TrxDefinition>(StringComparer.OrdinalIgnoreCase);
        foreach (var test in list.All("UnitTest"))
        {
            var id = test.Attribute("id");
            var properties = test.Optional("Properties")?.All("Property") ?? [];
            var checks = properties
                .Where(property => property.Only("Key").Text == "check")
                .Select(property => property.Only("Value").Text)
                .Distinct(StringComparer.Ordinal)
                .ToList();
            var definition = new TrxDefinition(Path.GetFileNameWithoutExtension(test.Attribute("storage").Replace('\\', '/')), checks);

            // Rows of a theory share one definition and write it once per row; two that differ leave open which check a row answers.
            if (found.TryGetValue(id, out var first) && (first.Assembly != definition.Assembly || !first.Checks.SequenceEqual(checks, StringComparer.Ordinal)))
            {
                throw test.Error($"one definition of test {id}", "a second one that differs");
            }

            found[id] = definition;
        }

        return found;
    }

    private static TrxRow Row(TrxNode row, Dictionary<string, TrxDefinition> definitions)
    {
        var output = row.Optional("Output");
        return new(
            row.Line,
            row.Attribute("testName"),
            row.Attribute("outcome"),
            output?.Optional("StdOut")?.Text,
            output?.Optional("ErrorInfo")?.Optional("Message")?.Text,
            TimeSpan.TryParse(row.AttributeOrNull("duration"), CultureInfo.InvariantCulture, out var duration) ? duration.TotalSeconds : null,
            definitions.GetValueOrDefault(row.Attribute("testId")));
    }

    private static Dictionary<string, int> Counters(TrxNode counters)
    {
        var found = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var name in (string[])["total", "passed", "failed", "error", "timeout", "aborted", "notExecuted"])
        {
            var value = counters.Attribute(name);
            found[name] = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw counters.Error($"a number as {name}", $"\"{value}\"");
        }

        return found;
    }

    private static IEnumerable<string> RunTexts(TrxNode summary) =>
        from infos in summary.All("RunInfos")
        from info in infos.All("RunInfo")
        from text in info.All("Text")
        select text.Text.Trim();

    private static DateTimeOffset Time(TrxNode times, string attribute)
    {
        var value = times.Attribute(attribute);
        return DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time.ToUniversalTime()
            : throw times.Error($"a time as {attribute}", $"\"{value}\"");
    }
}
