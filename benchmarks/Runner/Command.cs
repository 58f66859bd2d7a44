using System.Diagnostics;

namespace TemporalConformance.Benchmarks;

/// <summary>A process that is timed as a whole, from its start until its end and the last of its output.</summary>
/// <param name="Name">What the tables call it.</param>
/// <param name="Program">The executable.</param>
/// <param name="Arguments">Makes the arguments for a run, which has a fresh folder of its own.</param>
/// <param name="Environment">Variables on top of a clean environment.</param>
internal sealed record Command(
    string Name, string Program, Func<string, IReadOnlyList<string>> Arguments, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>Runs it once.</summary>
    /// <param name="folder">A fresh folder: working directory, results and temporary files.</param>
    /// <param name="token">Ends it.</param>
    /// <exception cref="InvalidOperationException">It did not end with 0, so that its time means nothing.</exception>
    public async Task<TimeSpan> RunAsync(string folder, CancellationToken token)
    {
        var start = new ProcessStartInfo(Program, Arguments(folder))
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Settings of the caller must not reach what is measured.
        foreach (var name in start.Environment.Keys.Where(IsForeign).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["TESTINGPLATFORM_TELEMETRY_OPTOUT"] = "1";
        start.Environment["TMPDIR"] = folder;
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value.Replace(FolderMark, folder, StringComparison.Ordinal);
        }

        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(token);
        var errors = process.StandardError.ReadToEndAsync(token);
        try
        {
            await Task.WhenAll(output, errors, process.WaitForExitAsync(token));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        var time = watch.Elapsed;
        return process.ExitCode == 0 ? time : throw new InvalidOperationException(
            $"{Name} ended with {process.ExitCode}, so its time means nothing:\n{await output}\n{await errors}");
    }

    /// <summary>Stands for the run's folder in the values of <see cref="Environment"/>.</summary>
    public const string FolderMark = "{folder}";

    private static bool IsForeign(string name) => name.StartsWith("TEMPORAL_CONFORMANCE", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("TESTINGPLATFORM_", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("PG", StringComparison.Ordinal);
}
