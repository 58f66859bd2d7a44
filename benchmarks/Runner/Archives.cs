using System.Diagnostics;
using System.Globalization;
using TemporalConformance.Environments;

namespace TemporalConformance.Benchmarks;

/// <summary>
/// The part <c>archive</c>: a database with histories is grown and dumped, and what <c>verify-backup</c> takes to read the dump is compared with
/// bare <c>pg_restore -f /dev/null</c>.
/// </summary>
internal sealed class Archives(ScratchPostgres postgres, PostgresBinaries binaries, Subjects subjects, Options options, CancellationToken token)
{
    private const double MostMemory = 200;

    /// <summary>Grows, dumps, measures, prints.</summary>
    public async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("temporal-conformance-benchmark-dumps-");
        try
        {
            await Console.Error.WriteLineAsync($"growing a database to {options.Executions:#,0} executions with their histories, and dumping it, which takes minutes …");
            var grown = await Databases.GrownAsync(postgres, options.Executions, token, histories: true);
            foreach (var executions in new[] { 0L, options.Executions })
            {
                var database = executions == 0 ? "temporal" : grown.Main;
                var dump = Path.Combine(folder.FullName, $"{database}.dump");
                var took = await DumpAsync(database, dump);
                await MeasureAsync(database, dump, took);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task MeasureAsync(string database, string dump, TimeSpan took)
    {
        var restore = new Command("pg_restore -f /dev/null", binaries.Restore, _ => ["-f", "/dev/null", dump], new Dictionary<string, string>());
        var verify = subjects.VerifyBackup(dump);
        var times = await Alternation.RunAsync([restore, verify], options.Rounds, token);
        Report.Table($"A dump of {database}, {new FileInfo(dump).Length / 1e6:#,0} MB (pg_dump -Fc took {took.TotalSeconds:0} s)", times);
        if (database != "temporal")
        {
            Report.Goal("verify-backup takes at most 1.1 times as long as pg_restore -f /dev/null", times[1].Median / times[0].Median, 1.1, " times");
        }

        if (PeakOf(verify) is { } peak)
        {
            Report.Goal($"verify-backup needs at most {MostMemory:0} MB of memory", peak, MostMemory, " MB");
        }
    }

    private async Task<TimeSpan> DumpAsync(string database, string file)
    {
        var connection = postgres.Connection(database);
        return await new Command(
            "pg_dump", Path.Combine(binaries.Folder, "pg_dump"), _ => ["-Fc", "-h", connection.Host, "-p", $"{connection.Port}", "-U", connection.Username!, "-f", file, database],
            new Dictionary<string, string> { ["PGPASSWORD"] = connection.Password!.Reveal() }).RunAsync(Path.GetTempPath(), token);
    }

    /// <summary>The most memory that it had in use, in MB, as Linux counts; null elsewhere.</summary>
    private static double? PeakOf(Command command)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        var start = new ProcessStartInfo(command.Program, command.Arguments("")) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in command.Environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        double? peak = null;
        do
        {
            // The kernel's own mark of high water: what happens between two looks is in it.
            peak = HighWater(process.Id) ?? peak;
        }
        while (!process.WaitForExit(10));
        return peak;
    }

    private static double? HighWater(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? null : double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1000;
        }
        catch (IOException)
        {
            // It has ended.
            return null;
        }
    }
}
