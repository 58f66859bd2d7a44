using System.Text;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>Scrapes of real clusters: those that stand-ins answer with, and more in the folder beside the repository.</summary>
internal static class RealScrapes
{
    /// <summary>What a process answered; the test is skipped where it is not among the recordings and the folder is not there.</summary>
    public static string Body(string cluster, string process) => MetricsRecordings.Releases.Contains(cluster) || cluster == MetricsRecordings.OpenTelemetry
        ? Encoding.UTF8.GetString(MetricsRecordings.Body(cluster, process))
        : FormatFiles.Recorded("temporal", cluster, "metrics", $"{process}.prom");

    /// <summary>The names of all series of a cluster.</summary>
    public static HashSet<string> Names(string cluster) => MetricsRecordings.Processes
        .SelectMany(process => Body(cluster, process).Split('\n'))
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line[..line.AsSpan().IndexOfAny('{', ' ')])
        .ToHashSet(StringComparer.Ordinal);
}
