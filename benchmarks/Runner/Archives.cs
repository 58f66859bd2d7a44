using System.Diagnostics;
using System.Globalization;
using TemporalConformance.Environments;

namespace TemporalConformance.Benchmarks;

/// <summary>
/// The parts <c>archive</c> and <c>backup</c>: a database with histories is grown. What <c>verify-backup</c> takes to read its dump is compared with
/// bare <c>pg_restore -f /dev/null</c>, what <c>backup</c> takes with bare <c>pg_dump -Fc</c> of both databases.
/// </summary>
internal sealed class Archives(ScratchPostgres postgres, PostgresBinaries binaries, Subjects subjects, Options options, CancellationToken token)
{
    private const double MostMemory = 200;

    /// <summary>Below it, the start of the process is most of what verify-backup takes.</summary>
    private const double LargeDump = 1e9;

    /// <summary>Grows, measures, prints.</summary>
    /// <param name="reading">Whether dumps are read.</param>
    /// <param name="making">Whether backups are made.</param>
    public async Task RunAsync(bool reading, bool making)
    {
        var folder = Directory.CreateTempSubdirectory("temporal-conformance-benchmark-dumps-");
        try
        {
            await Console.Error.WriteLineAsync($"growing a database to {options.Executions:#,0} executions with their histories, which takes minutes …");
            var grown = await Databases.GrownAsync(postgres, options.Executions, token, histories: true);
            if (reading)
            {
                await ReadingAsync(Path.Combine(folder.FullName, "recorded.dump"), "temporal", compressed: true);
                await ReadingAsync(Path.Combine(folder.FullName, "grown.dump"), grown.Main, compressed: true);
                await ReadingAsync(Path.Combine(folder.FullName, "plain.dump"), grown.Main, compressed: false);
            }

            if (making)
            {
                await MakingAsync(grown);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task ReadingAsync(string dump, string database, bool compressed)
    {
        await Dump("pg_dump", database, _ => dump, compressed ? [] : ["--compress=0"]).RunAsync(Path.GetTempPath(), token);
        var restore = new Command("pg_restore -f /dev/null", binaries.Restore, _ => ["-f", "/dev/null", dump], new Dictionary<string, string>());
        var verify = subjects.VerifyBackup(dump);
        var times = await Alternation.RunAsync([restore, verify], options.Rounds, token);
        var bytes = new FileInfo(dump).Length;
        Report.Table($"A dump of {database}, {(compressed ? "" : "not compressed, ")}{bytes / 1e6:#,0} MB", times);
        if (bytes >= LargeDump)
        {
            Report.Goal("verify-backup takes at most 1.1 times as long as pg_restore -f /dev/null", times[1].Median / times[0].Median, 1.1, " times");
        }

        Memory("verify-backup", verify);
        File.Delete(dump);
    }

    private async Task MakingAsync(Databases databases)
    {
        var main = Dump("pg_dump -Fc, main", databases.Main, folder => Path.Combine(folder, "main.dump"), []);
        var visibility = Dump("pg_dump -Fc, visibility", databases.Visibility, folder => Path.Combine(folder, "visibility.dump"), []);
        var backup = subjects.Backup(databases, binaries.Folder);
        var times = await Alternation.RunAsync([main, visibility, backup], options.Rounds, token);
        Report.Table($"A backup of {databases.Main} and {databases.Visibility}", times);
        Report.Ratio("backup against the longer pg_dump", times[2].Median / Math.Max(times[0].Median, times[1].Median));
        Report.Ratio("backup against both, one after the other", times[2].Median / (times[0].Median + times[1].Median));
        Memory("backup", backup);
    }

    private Command Dump(string name, string database, Func<string, string> file, IReadOnlyList<string> more)
    {
        var connection = postgres.Connection(database);
        return new Command(
            name, Path.Combine(binaries.Folder, "pg_dump"), folder => ["-Fc", "-h", connection.Host, "-p", $"{connection.Port}", "-U", connection.Username!, "-f", file(folder), .. more, database],
            new Dictionary<string, string> { ["PGPASSWORD"] = connection.Password!.Reveal() });
    }

    private static void Memory(string name, Command command)
    {
        var folder = Directory.CreateTempSubdirectory("temporal-conformance-benchmark-");
        try
        {
            if (PeakOf(command, folder.FullName) is { } peak)
            {
                Report.Goal($"{name} needs at most {MostMemory:0} MB of memory", peak, MostMemory, " MB");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The most memory that it had in use, in MB, as Linux counts; null elsewhere.</summary>
    private static double? PeakOf(Command command, string folder)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        var start = new ProcessStartInfo(command.Program, command.Arguments(folder)) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in command.Environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
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
