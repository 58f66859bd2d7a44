namespace TemporalConformance.SelfTests;

/// <summary>Scrapes of a real cluster in the folder beside the repository.</summary>
internal static class RealScrapes
{
    private static readonly string[] Processes = ["frontend-1", "frontend-2", "history-1", "history-2", "matching-1", "matching-2", "worker-1"];

    /// <summary>The names of all series of a cluster; the test is skipped where the folder is not there.</summary>
    public static HashSet<string> Names(string cluster) => Processes
        .SelectMany(process => FormatFiles.Recorded("temporal", cluster, "metrics", $"{process}.prom").Split('\n'))
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line[..line.AsSpan().IndexOfAny('{', ' ')])
        .ToHashSet(StringComparer.Ordinal);
}
