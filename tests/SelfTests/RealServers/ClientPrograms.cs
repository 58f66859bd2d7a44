using System.Diagnostics;
using TemporalConformance.Facts;

namespace TemporalConformance.SelfTests;

/// <summary>PostgreSQL's client programs as a user runs them.</summary>
internal static class ClientPrograms
{
    /// <summary>Runs one that has to end well.</summary>
    /// <param name="program">Its path.</param>
    /// <param name="connection">The database that its environment leads to; null for none.</param>
    /// <param name="arguments">Its arguments.</param>
    public static async Task RunAsync(string program, ConnectionText? connection, params string[] arguments)
    {
        var (exit, said) = await TryAsync(program, connection, arguments);
        exit.ShouldBe(0, said);
    }

    /// <summary>Runs one; its exit code, and what it said.</summary>
    public static async Task<(int ExitCode, string Said)> TryAsync(string program, ConnectionText? connection, params string[] arguments)
    {
        using var process = Start(program, connection, arguments);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await errors);
    }

    /// <summary>Starts one, with its output and its errors to be read.</summary>
    public static Process Start(string program, ConnectionText? connection, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (connection is not null)
        {
            start.Environment["PGHOST"] = connection.Host;
            start.Environment["PGPORT"] = $"{connection.Port}";
            start.Environment["PGUSER"] = connection.Username;
            start.Environment["PGPASSWORD"] = connection.Password?.Reveal();
            start.Environment["PGDATABASE"] = connection.Database;
            start.Environment["PGSSLMODE"] = "disable";
            start.Environment["PGGSSENCMODE"] = "disable";
        }

        return Process.Start(start)!;
    }
}
