using System.Diagnostics;
using System.Runtime.CompilerServices;
using TemporalConformance.Environments;

namespace TemporalConformance.SelfTests;

/// <summary>
/// This test program started once more as somebody who owns a server and is then killed. What it owns is told by a variable;
/// without it nothing happens here.
/// </summary>
internal static class OwnerProcess
{
    private const string Variable = "SELFTESTS_OWNER_OF";

    /// <summary>Starts an owner of <c>postgres</c> or of a dev server (the path of a CLI), and returns its first line.</summary>
    public static async Task<(Process Owner, string Line)> StartAsync(string owned)
    {
        var program = System.IO.Path.Combine(AppContext.BaseDirectory, "SelfTests");
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment[Variable] = owned;
        var owner = Process.Start(start)!;
        try
        {
            var line = await owner.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60));
            return (owner, line.ShouldNotBeNull("The owner ended without a word."));
        }
        catch
        {
            owner.Kill();
            throw;
        }
    }

    /// <summary>Waits until nothing listens on a port of 127.0.0.1 any more.</summary>
    public static async Task UntilNothingListensAsync(int port)
    {
        await UntilAsync(() =>
        {
            using var client = new System.Net.Sockets.TcpClient();
            try
            {
                client.Connect("127.0.0.1", port);
                return false;
            }
            catch (System.Net.Sockets.SocketException)
            {
                return true;
            }
        });
    }

    /// <summary>Waits until something is so, for what happens in other processes; the test's own limit ends a wait in vain.</summary>
    public static async Task UntilAsync(Func<bool> isSo)
    {
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!isSo())
        {
            await ticks.WaitForNextTickAsync(limit.Token);
        }
    }

    [ModuleInitializer]
    internal static void OwnAndWait()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } owned)
        {
            return;
        }

        // Children must not become owners themselves.
        Environment.SetEnvironmentVariable(Variable, null);
        // No code of this assembly may run on another thread before its initializer is done: so no async method of our own.
        Console.WriteLine(owned == "postgres"
            ? LocalPostgres.StartAsync(PostgresSearch.Find(Facts.Settings.Defaults)!, CancellationToken.None).GetAwaiter().GetResult().Connection("postgres").Npgsql
            : DevServer.StartAsync(new DevServerBinary(owned, "test", ""), [], CancellationToken.None).GetAwaiter().GetResult().Address);
        Console.In.ReadToEnd();
        Environment.Exit(0);
    }
}
