using System.Diagnostics;
using TemporalConformance.Checks;
using TemporalConformance.Environments;
using TemporalConformance.Facts;

namespace TemporalConformance.Cli;

/// <summary>Runs the command that really upgrades the cluster.</summary>
internal static class AroundProcess
{
    /// <summary>Runs it to its end.</summary>
    /// <param name="command">Program and arguments; no shell is between.</param>
    /// <param name="settings">Its time limit, and the secrets that its output must not show.</param>
    /// <param name="output">Called for each line it prints.</param>
    /// <param name="token">Stops it, with everything that it has started.</param>
    /// <returns>What was done, a sentence.</returns>
    /// <exception cref="ChangeFailedException">It could not be started, failed, or took too long.</exception>
    public static async Task<string> RunAsync(IReadOnlyList<string> command, Settings settings, Action<string> output, CancellationToken token)
    {
        var name = settings.Scrubber.Scrub(command[0]);
        var start = new ProcessStartInfo(command[0]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in command.Skip(1))
        {
            start.ArgumentList.Add(argument);
        }

        ChildEnvironment.RemoveSettings(start);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(settings.Around.Timeout);
        var watch = Stopwatch.StartNew();
        using var process = Start(start, name);
        var reading = Task.WhenAll(Lines(process.StandardOutput), Lines(process.StandardError));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            token.ThrowIfCancellationRequested();
            throw new ChangeFailedException($"{name} was ended after around.timeout ({Sizes.Duration(settings.Around.Timeout)}); how far it got is not known.");
        }

        await reading;
        return process.ExitCode == 0
            ? $"{name} succeeded after {Sizes.Duration(watch.Elapsed)}"
            : throw new ChangeFailedException($"{name} failed with exit code {process.ExitCode}; what it printed stands above.");

        async Task Lines(StreamReader stream)
        {
            while (await stream.ReadLineAsync(CancellationToken.None) is { } line)
            {
                output(settings.Scrubber.Scrub(line));
            }
        }
    }

    private static Process Start(ProcessStartInfo start, string name)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception refusal)
        {
            throw new ChangeFailedException($"{name} could not be started: {refusal.Message}.");
        }
    }
}
