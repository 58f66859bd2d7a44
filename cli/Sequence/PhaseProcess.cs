using System.Diagnostics;
using TemporalConformance.Checks;
using TemporalConformance.Environments;
using TemporalConformance.Gate;

namespace TemporalConformance.Cli;

/// <summary>What is left of a phase's process.</summary>
/// <param name="ExitCode">The test platform's exit code.</param>
/// <param name="Tail">The last lines that it printed, for when there is nothing else to go by.</param>
internal sealed record PhaseExit(int ExitCode, string Tail);

/// <summary>Runs a phase: a test executable that writes TRX, run.json and events into the results folder.</summary>
internal sealed class PhaseProcess(Installation installation, string results)
{
    private const int TailLines = 40;

    /// <summary>Longer than a phase takes to clean up on the cluster, shorter than the command's own time to end.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Runs the phase to its end and passes on every answer as it falls.</summary>
    /// <param name="phase">The phase.</param>
    /// <param name="handover">What it is to know.</param>
    /// <param name="limit">How long it may take as a whole.</param>
    /// <param name="answered">Called for each answer, in order.</param>
    /// <param name="token">Ends the process.</param>
    public async Task<PhaseExit> RunAsync(UpgradePhase phase, Handover handover, TimeSpan limit, Action<AnswerEvent> answered, CancellationToken token)
    {
        var scratch = Scratch();
        try
        {
            using var process = Start(phase, handover, limit, scratch.FullName);
            var tail = new Tail();
            var reading = Task.WhenAll(tail.ReadAsync(process.StandardOutput), tail.ReadAsync(process.StandardError));
            using var follower = new EventFollower(Path.Combine(results, $"{phase}.events.jsonl"), answered);
            try
            {
                await process.WaitForExitAsync(token);
            }
            catch (OperationCanceledException)
            {
                await StoppableProcess.StopAsync(process, Patience);
                throw;
            }

            await reading;
            follower.ReadRest();
            return new PhaseExit(process.ExitCode, tail.ToString());
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    // The platform copies attachments through the temporary folder, under names that every run shares: each phase gets its own. Its processes
    // talk through a socket in there, whose path may have some 104 characters at most: the caller's TMPDIR can be too long for that already.
    private static DirectoryInfo Scratch()
    {
        if (OperatingSystem.IsWindows() || !Directory.Exists("/tmp"))
        {
            return Directory.CreateTempSubdirectory("tc-");
        }

        return Directory.CreateDirectory($"/tmp/tc-{Guid.NewGuid():N}", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private Process Start(UpgradePhase phase, Handover handover, TimeSpan limit, string scratch)
    {
        var start = StoppableProcess.Start(installation.Executable(phase.ToString()));
        start.WorkingDirectory = Environment.CurrentDirectory;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        string[] arguments =
        [
            "--results-directory", results,
            "--report-trx-filename", $"{phase}.trx",
            "--timeout", $"{(int)limit.TotalSeconds}s",
            "--exit-on-process-exit", Environment.ProcessId.ToString(),
            "--progress", "off", "--no-ansi",
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // Variables of an outer test platform change exit codes and output of this one.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("TESTINGPLATFORM_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["TESTINGPLATFORM_TELEMETRY_OPTOUT"] = "1";
        start.Environment["TMPDIR"] = scratch;
        start.Environment[Handover.Variable] = handover.ToText();
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} could not be started.");
        process.StandardInput.Close();
        return process;
    }

    /// <summary>The last lines of two streams together.</summary>
    private sealed class Tail
    {
        private readonly Queue<string> _lines = [];

        public async Task ReadAsync(StreamReader stream)
        {
            while (await stream.ReadLineAsync() is { } line)
            {
                lock (_lines)
                {
                    _lines.Enqueue(line);
                    if (_lines.Count > TailLines)
                    {
                        _lines.Dequeue();
                    }
                }
            }
        }

        public override string ToString()
        {
            lock (_lines)
            {
                return string.Join('\n', _lines);
            }
        }
    }
}
