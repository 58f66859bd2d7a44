using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using TemporalConformance.Formats;

namespace TemporalConformance.SelfTests;

public sealed partial class RuleFileTests
{
    /// <summary>Files, and whether Prometheus takes them.</summary>
    public static TheoryData<string, bool> Files => new()
    {
        { Rule("alert: A\n    expr: up == 0\n    for: 5m\n    labels: {severity: page}\n    annotations: {summary: down}"), true },
        { Rule("record: a:b\n    expr: sum(up)"), true },
        { Rule("alert: A\n    expr: |\n      sum(up)\n        by (job) == 0"), true },
        { "groups: []", true },
        { Rule("alert: A\n    expr: sum(up) bye (job)"), false },
        { Rule("alert: A\n    expr: |\n      sum(up) == 0\n        und on(a) b"), false },
        { Rule("alert: A\n    expr: rate(up)"), false },
        { Rule("alert: A\n    expr: up > $threshold"), false },
        { Rule("alert: A\n    record: a:b\n    expr: up"), false },
        { Rule("expr: up"), false },
        { Rule("alert: A"), false },
        { Rule("alert: A\n    expr: up\n    for: 5minutes"), false },
        { Rule("record: a b\n    expr: up"), false },
        { Rule("record: a\n    expr: up\n    for: 5m"), false },
        { Rule("alert: A\n    expr: up\n    severity: page"), false },
        { Rule("alert: A\n    expr: up\n    labels: {a-b: c}"), false },
        { "groups:\n- rules:\n  - {alert: A, expr: up}\n", false },
        { "groups:\n- {name: g, rules: []}\n- {name: g, rules: []}\n", false },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void A_rule_file_is_taken_or_refused(string text, bool good)
    {
        var file = MonitoringFiles.Read(Encoding.UTF8.GetBytes(text), "rules.yaml");

        (file.Problems.Count == 0 && file.Queries.All(one => QueryReading.Of(one).Error is null)).ShouldBe(good, string.Join("\n", file.Problems));
        file.Problems.ShouldAllBe(one => one.Line > 0 && one.File == "rules.yaml");
    }

    [Fact]
    public async Task Real_promtool_says_the_same_about_each()
    {
        var promtool = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, "promtool")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(promtool is null, "promtool is not on the PATH; Debian has it in the package prometheus.");
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var files = Files.Select((row, i) => (Path: Path.Combine(folder.FullName, $"{i:00}.yaml"), Text: row.Data.Item1, Good: row.Data.Item2)).ToList();
            foreach (var file in files)
            {
                await File.WriteAllTextAsync(file.Path, file.Text, TestContext.Current.CancellationToken);
            }

            var said = await Errors(promtool!, [.. files.Select(file => file.Path)]);
            foreach (var file in files)
            {
                var errors = string.Join('\n', said.Where(line => line.StartsWith($"{file.Path}:", StringComparison.Ordinal)));
                (errors.Length == 0).ShouldBe(file.Good, $"{file.Text}\n{errors}");
                if (Place().Match(errors) is { Success: true } place)
                {
                    var query = MonitoringFiles.Read(Encoding.UTF8.GetBytes(file.Text), file.Path).Queries.Single();
                    QueryReading.Of(query).Error!.ToString().ShouldStartWith($"{place.Groups[1].Value}:", customMessage: errors);
                }
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>What promtool complains about; each line begins with its file.</summary>
    private static async Task<string[]> Errors(string promtool, string[] files)
    {
        using var process = Process.Start(new ProcessStartInfo(promtool, ["check", "rules", .. files]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await output;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return errors.Split('\n');
    }

    private static string Rule(string rule) => $"groups:\n- name: g\n  rules:\n  - {rule}\n";

    [GeneratedRegex(@"could not parse expression: (\d+:\d+): parse error", RegexOptions.CultureInvariant)]
    private static partial Regex Place();
}
