using System.Security;
using System.Text;

namespace TemporalConformance.SelfTests;

/// <summary>A row of a TRX to be built.</summary>
/// <param name="Check">The value of the property "check"; null = no such property.</param>
/// <param name="Outcome">As it stands in the file.</param>
/// <param name="Output">StdOut.</param>
/// <param name="Error">ErrorInfo/Message.</param>
internal sealed record Row(string? Check, string Outcome, string? Output = null, string? Error = null)
{
    public bool Defined { get; init; } = true;

    public string Assembly { get; init; } = "PreUpgrade";

    public static Row Met(string check) => new(check, "Passed");

    public static Row Violated(string check, string text = "[violated] It is not so.\nwanted: this\nobserved: that\nwhere: there\ndo: Mend it.") =>
        new(check, "Failed", Error: $"TemporalConformance.Checks.Violated : {text}");

    public static Row Unanswered(string check, string text = "[unanswered] It did not say.\nwhere: there") =>
        new(check, "Failed", Error: $"TemporalConformance.Checks.Unanswered : {text}");

    public static Row Skipped(string check, string text) => new(check, "NotExecuted", Output: text);
}

/// <summary>Writes TRX files as Microsoft.Testing.Extensions.TrxReport 2.5.2 does, and such as it never would.</summary>
internal sealed class TrxBuilder
{
    public DateTimeOffset Started { get; init; } = Moments.Started;

    public DateTimeOffset Finished { get; init; } = Moments.Finished;

    public string? Outcome { get; init; }

    /// <summary>Counters to write in the place of the right ones.</summary>
    public Dictionary<string, int> Counters { get; init; } = [];

    public string[] RunTexts { get; init; } = [];

    public static string Of(params IEnumerable<Row> rows) => new TrxBuilder().Build(rows);

    public string Build(params IEnumerable<Row> rows)
    {
        var list = rows.Select((row, i) => (Row: row, Id: $"2fb0a683-f2b8-3ea7-335c-{i:x12}")).ToList();
        var text = new StringBuilder();
        text.Append($"""
            {'\uFEFF'}<?xml version="1.0" encoding="utf-8"?>
            <TestRun id="40b3bbe1-ae2e-42b9-8cbe-c1953bd9988f" name="@vm {Finished:yyyy-MM-dd HH:mm:ss.fffffff}" xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010">
              <Times creation="{Started:O}" queuing="{Started:O}" start="{Started.UtcDateTime:O}" finish="{Finished.UtcDateTime:O}" />
              <TestSettings name="default" id="7931e27d-1e00-4733-9725-31c46d31c8f8">
                <Deployment runDeploymentRoot="_vm_2026-11-25" />
              </TestSettings>
              <Results>

            """);
        list.ForEach(row => Result(text, row.Row, row.Id));
        text.Append("  </Results>\n  <TestDefinitions>\n");
        list.Where(row => row.Row.Defined).ToList().ForEach(row => Definition(text, row.Row, row.Id));
        text.Append("  </TestDefinitions>\n  <TestEntries />\n  <TestLists>\n    <TestList name=\"Results Not in a List\" id=\"8C84FA94-04C1-424b-9868-57A2D4851A1D\" />\n  </TestLists>\n");
        Summary(text, [.. list.Select(row => row.Row)]);
        return text.Append("</TestRun>").ToString();
    }

    private static void Result(StringBuilder text, Row row, string id)
    {
        text.Append($"""    <UnitTestResult executionId="{id}" testId="{id}" testName="{Name(row)}" computerName="vm" duration="00:00:00.2500000" testType="13CDC9D9-DDB5-4fa4-A97D-D965CCFC6D4B" outcome="{row.Outcome}" testListId="8C84FA94-04C1-424b-9868-57A2D4851A1D" """);
        if (row.Output is null && row.Error is null)
        {
            text.Append("/>\n");
            return;
        }

        text.Append(">\n      <Output>\n");
        if (row.Output is not null)
        {
            text.Append($"        <StdOut>{SecurityElement.Escape(row.Output)}</StdOut>\n");
        }

        if (row.Error is not null)
        {
            text.Append($"        <ErrorInfo>\n          <Message>{SecurityElement.Escape(row.Error)}</Message>\n          <StackTrace>   at Somewhere</StackTrace>\n        </ErrorInfo>\n");
        }

        text.Append("      </Output>\n    </UnitTestResult>\n");
    }

    private static void Definition(StringBuilder text, Row row, string id)
    {
        text.Append($"""
                <UnitTest name="{Name(row)}" storage="/src/bin/release/net10.0/{row.Assembly.ToLowerInvariant()}.dll" id="{id}">
                  <Execution id="{id}" />
                  <Properties>

            """);
        (string, string?)[] properties = [("remedy", "Do something."), ("severity", "blocker"), ("check", row.Check)];
        foreach (var (key, value) in properties)
        {
            if (value is not null)
            {
                text.Append($"        <Property>\n          <Key>{key}</Key>\n          <Value>{SecurityElement.Escape(value)}</Value>\n        </Property>\n");
            }
        }

        text.Append($"      </Properties>\n      <TestMethod codeBase=\"/src/bin/Release/net10.0/{row.Assembly}.dll\" adapterTypeName=\"executor://x/4.0.2\" className=\"Tests\" name=\"M\" />\n    </UnitTest>\n");
    }

    private void Summary(StringBuilder text, List<Row> rows)
    {
        var counters = new Dictionary<string, int>
        {
            ["total"] = rows.Count,
            ["executed"] = Count("Passed") + Count("Failed"),
            ["passed"] = Count("Passed"),
            ["failed"] = Count("Failed"),
            ["error"] = 0,
            ["timeout"] = 0,
            ["aborted"] = 0,
            ["notExecuted"] = Count("NotExecuted"),
        };
        foreach (var (name, number) in Counters)
        {
            counters[name] = number;
        }

        text.Append($"  <ResultSummary outcome=\"{Outcome ?? (Count("Failed") > 0 ? "Failed" : "Completed")}\">\n");
        text.Append($"    <Counters {string.Join(" ", counters.Select(counter => $"{counter.Key}=\"{counter.Value}\""))} />\n");
        if (RunTexts.Length > 0)
        {
            text.Append($"    <RunInfos>\n{string.Concat(RunTexts.Select(run => $"      <RunInfo computerName=\"vm\" outcome=\"Error\">\n        <Text>{SecurityElement.Escape(run)}</Text>\n      </RunInfo>\n"))}    </RunInfos>\n");
        }

        text.Append("  </ResultSummary>\n");

        int Count(string outcome) => rows.Count(row => row.Outcome == outcome);
    }

    private static string Name(Row row) => SecurityElement.Escape($"Tests.{row.Check ?? "no check"}")!;
}
