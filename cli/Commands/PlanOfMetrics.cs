using TemporalConformance.Facts;
using TemporalConformance.Probes;

namespace TemporalConformance.Cli;

/// <summary>The part of the plan about metrics, Prometheus, dashboards and rules.</summary>
internal static class PlanOfMetrics
{
    /// <summary>Adds it.</summary>
    public static void Add(Settings settings, List<string> lines)
    {
        lines.Add("metrics (pre, post)");
        var (metrics, prometheus) = (settings.Metrics, settings.Prometheus);
        if (metrics.Source == "none" || (metrics is { Source: "auto", Endpoints.Count: 0 } && prometheus.Url is null))
        {
            lines.Add("  no setting names metrics: none are read");
        }
        else if (metrics.Source == "kubernetes")
        {
            lines.Add("  read     the metrics port of every server pod, twice: where a ServiceMonitor or PodMonitor has it scraped, else by its annotations and ports");
        }

        foreach (var endpoint in metrics.Endpoints)
        {
            lines.Add($"  read     {endpoint}, each process behind the name by itself, twice");
        }

        foreach (var worker in metrics.Workers)
        {
            lines.Add($"  read     {worker}, once (metrics.workers)");
        }

        if (metrics.Endpoints.Count > 0 || metrics.Source == "kubernetes")
        {
            var limits = MetricsLimitsOfReading.Default;
            lines.Add($"  within   {SettingTexts.Duration(metrics.Sample)} between the two (metrics.sample), {SettingTexts.Duration(limits.Scrape)} an answer, {limits.Side} processes at a time");
        }

        if (prometheus.Url is { } url)
        {
            lines.Add($"  asked    {url} (GET /api/v1): queries over {SettingTexts.Duration(metrics.Range)} where no endpoint is named, rules with their alerts, targets, a week of requests a second");
        }

        foreach (var (key, paths) in new[] { ("prometheus.dashboards", prometheus.Dashboards), ("prometheus.rules", prometheus.Rules) })
        {
            lines.AddRange(paths.Select(path => $"  read     {Path.GetFullPath(path)} ({key})"));
        }

        lines.Add("  written  nothing");
        lines.Add("");
    }
}
