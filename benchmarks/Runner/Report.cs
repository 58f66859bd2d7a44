using System.Runtime.InteropServices;

namespace TemporalConformance.Benchmarks;

/// <summary>The tables, as Markdown on the standard output.</summary>
internal static class Report
{
    /// <summary>Names the machine by what anybody may know of it.</summary>
    public static void Machine(string postgres, Options options)
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30);
        Console.WriteLine(
            $"""
            {DateTime.UtcNow:yyyy-MM-dd} · {System()} · {RuntimeInformation.ProcessArchitecture} · {Environment.ProcessorCount} cores · {memory:0} GiB · {RuntimeInformation.FrameworkDescription} · {postgres}
            {options.Rounds} rounds a table, A B A B; load of the machine at the start {Load()}
            """);
    }

    /// <summary>How busy the machine was in the last minute, by its own account.</summary>
    public static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "not known";

    /// <summary>Prints a table; the first row is what the others are compared with.</summary>
    public static void Table(string title, IReadOnlyList<Times> times)
    {
        Console.WriteLine($"\n### {title}\n");
        Console.WriteLine("| | median | quarter to three quarters | ratio |");
        Console.WriteLine("|---|---|---|---|");
        foreach (var row in times)
        {
            Console.WriteLine($"| {row.Name} | {row.Median:0.000} s | {row.Quantile(0.25):0.000}–{row.Quantile(0.75):0.000} s | {row.Median / times[0].Median:0.00} |");
        }
    }

    /// <summary>Says whether a goal is met.</summary>
    public static void Goal(string sentence, double observed, double limit, string unit)
    {
        Console.WriteLine($"\nGoal: {sentence}. Observed {observed:0.00}{unit}: {(observed <= limit ? "met" : "missed")}.");
    }

    /// <summary>States a ratio for which there is no goal.</summary>
    public static void Ratio(string sentence, double observed) => Console.WriteLine($"\n{sentence}: {observed:0.00} times as long.");

    private static string System() => File.Exists("/etc/os-release")
        && File.ReadLines("/etc/os-release").FirstOrDefault(line => line.StartsWith("PRETTY_NAME=", StringComparison.Ordinal)) is { } line
            ? line["PRETTY_NAME=".Length..].Trim('"')
            : RuntimeInformation.OSDescription;
}
