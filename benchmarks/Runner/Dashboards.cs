using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using TemporalConformance.Facts;
using TemporalConformance.Formats;

namespace TemporalConformance.Benchmarks;

/// <summary>Reads a folder's worth of dashboards and judges every query in them, in memory.</summary>
internal static class Dashboards
{
    private const int Files = 200;

    // As many queries as the official dashboards have on average.
    private const int Panels = 45;

    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    /// <summary>Measures and prints.</summary>
    /// <param name="root">The root of the checkout.</param>
    /// <param name="rounds">How often it is measured, after the first.</param>
    public static void Run(string root, int rounds)
    {
        var expressions = File.ReadLines(Path.Combine(root, "tests", "SelfTests", "Formats", "Data", "promql", "expressions.jsonl"))
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Where(line => line.GetProperty("ok").GetBoolean())
            .Select(line => line.GetProperty("expr").GetString()!).ToList();
        var files = Enumerable.Range(0, Files).Select(file => Dashboard(file, expressions)).ToList();
        var first = Read(files);
        var times = new Times("reading and judging", [.. Enumerable.Range(0, rounds).Select(_ => Read(files).Seconds)]);
        Report.Table($"{Files} dashboards with {first.Queries:#,0} queries, {files.Sum(file => file.Length) / 1e6:0.0} MB, in memory", [times]);
        Console.WriteLine($"\nThe first reading in a process took {first.Seconds:0.000} s.");
        Report.Goal($"{Files} dashboards are read and judged within 2 s, the first time in a process", first.Seconds, 2, " s");
    }

    private static (double Seconds, int Queries) Read(List<byte[]> files)
    {
        var watch = Stopwatch.StartNew();
        var judgement = new QueryJudgement(
            ServerMetrics.For(ServerVersion.Parse("1.27.3"))!, ServerMetrics.For(ServerVersion.Parse("1.29.1"))!, SeriesNaming.Default);
        var answers = files.SelectMany((file, i) => MonitoringFiles.Read(file, $"{i}.json").Queries).Select(judgement.Judge).ToList();
        return (watch.Elapsed.TotalSeconds, answers.Count);
    }

    /// <summary>A dashboard as Grafana exports it, with what it says about each panel besides its query.</summary>
    private static byte[] Dashboard(int file, List<string> expressions) => JsonSerializer.SerializeToUtf8Bytes(
        new JsonObject
        {
            ["title"] = $"dashboard {file}",
            ["schemaVersion"] = 39,
            ["templating"] = new JsonObject { ["list"] = new JsonArray(new JsonObject { ["name"] = "namespace", ["type"] = "query", ["query"] = "label_values(service_requests, namespace)" }) },
            ["panels"] = new JsonArray([.. Enumerable.Range(0, Panels).Select(panel => Panel(panel, expressions[((file * Panels) + panel) % expressions.Count]))]),
        },
        s_indented);

    private static JsonObject Panel(int number, string expression) => new()
    {
        ["id"] = number,
        ["title"] = $"panel {number}",
        ["type"] = "timeseries",
        ["datasource"] = new JsonObject { ["type"] = "prometheus", ["uid"] = "${DS_PROMETHEUS}" },
        ["gridPos"] = new JsonObject { ["h"] = 8, ["w"] = 12, ["x"] = 0, ["y"] = number },
        ["fieldConfig"] = new JsonObject
        {
            ["defaults"] = new JsonObject { ["unit"] = "reqps", ["custom"] = new JsonObject { ["lineWidth"] = 1, ["fillOpacity"] = 10, ["thresholdsStyle"] = new JsonObject { ["mode"] = "off" } } },
            ["overrides"] = new JsonArray(),
        },
        ["targets"] = new JsonArray(new JsonObject { ["refId"] = "A", ["expr"] = expression, ["legendFormat"] = "{{operation}}", ["range"] = true }),
    };
}
