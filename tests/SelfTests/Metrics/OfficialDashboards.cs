using System.Text.Json;
using TemporalConformance.Formats;

namespace TemporalConformance.SelfTests;

/// <summary>A query of an official dashboard.</summary>
/// <param name="File">The dashboard: <c>server/server-general.json</c>.</param>
/// <param name="Panel">Its panel and letter: <c>Actions A</c>; empty where that is not known.</param>
/// <param name="Expression">What it asks.</param>
internal sealed record OfficialQuery(string File, string Panel, string Expression);

/// <summary>
/// The dashboards that temporalio/dashboards publishes, as files of Grafana. They are made here of what their panels ask for (see <c>Formats/Data</c>), or of
/// their own expressions where the folder with those stands beside the repository; a test compares the two.
/// </summary>
internal static class OfficialDashboards
{
    /// <summary>A query for each of theirs, on the same series and labels.</summary>
    public static IReadOnlyList<OfficialQuery> Derived()
    {
        using var file = JsonDocument.Parse(FormatFiles.Text("official-dashboards.json"));
        return [.. file.RootElement.GetProperty("dashboards").EnumerateObject().SelectMany(dashboard => dashboard.Value.EnumerateArray()
            .Select(query => new OfficialQuery(dashboard.Name, query[0].GetString()!, Expression(Words(query[1]), Words(query[2])))))];
    }

    /// <summary>Their own expressions, each once a dashboard; the test is skipped where the folder is not there.</summary>
    public static IReadOnlyList<OfficialQuery> Published()
    {
        var path = Path.Combine(Checkout.Root, "..", "shared", "facts", "dashboards-exprs.json");
        Assert.SkipWhen(!File.Exists(path), "No folder shared/facts stands beside the repository.");
        using var file = JsonDocument.Parse(File.ReadAllText(path));
        // Choices of variables and their fixed values were collected with the queries.
        return [.. file.RootElement.EnumerateObject().SelectMany(dashboard => dashboard.Value.GetProperty("metrics").EnumerateObject()
            .SelectMany(metric => metric.Value.EnumerateArray()).Select(one => one.GetString()!)
            .Where(text => !text.StartsWith("label_values", StringComparison.Ordinal) && !text.StartsWith("frontend,", StringComparison.Ordinal) && text != "prometheus").Distinct()
            .Select(text => new OfficialQuery(dashboard.Name, "", text)))];
    }

    /// <summary>Writes queries as dashboards, a file each, and gives the folder.</summary>
    public static string Write(IEnumerable<OfficialQuery> queries, string folder)
    {
        foreach (var dashboard in queries.GroupBy(query => query.File))
        {
            var path = Path.Combine(folder, dashboard.Key);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, JsonSerializer.Serialize(new { title = dashboard.Key, panels = dashboard.Select(Panel) }));
        }

        return folder;
    }

    /// <summary>As a panel is read.</summary>
    public static MonitoredQuery Monitored(OfficialQuery query) => new(query.File, query.Panel, 0, query.Expression, MonitoredKind.Panel);

    private static object Panel(OfficialQuery query)
    {
        var letter = query.Panel.LastIndexOf(' ');
        return letter < 0
            ? new { title = "query", targets = new[] { new { refId = "A", expr = query.Expression } } }
            : new { title = query.Panel[..letter], targets = new[] { new { refId = query.Panel[(letter + 1)..], expr = query.Expression } } };
    }

    private static string Expression(string[] series, string[] labels) => series.Length == 0 ? "vector(0)" : string.Join(" + ", series.Select(name =>
        name.EndsWith("_bucket", StringComparison.Ordinal) ? $"histogram_quantile(0.95, {Sum(name, [.. labels, "le"])})" : Sum(name, labels)));

    // ~ before a name says that it is a regular expression; = behind a label, which value is wanted.
    private static string Sum(string name, string[] labels)
    {
        var conditions = labels.Select(label => label.Split('=', 2)).Where(label => label.Length == 2).Select(label => $"{label[0]}=\"{label[1]}\"");
        var selector = name.StartsWith('~') ? $"{{{string.Join(',', conditions.Prepend($"__name__=~\"{name[1..]}\""))}}}" : $"{name}{{{string.Join(',', conditions)}}}";
        return $"sum by ({string.Join(", ", labels.Where(label => !label.Contains('=')))}) (rate({selector}[$__rate_interval]))";
    }

    private static string[] Words(JsonElement text) => text.GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
