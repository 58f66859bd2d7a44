using System.Diagnostics;
using TemporalConformance.Environments;

namespace TemporalConformance.SelfTests;

/// <summary>A real server of another project, in a scratch folder of its own, behind a shell that ends it and removes the folder when this process goes, however it goes.</summary>
internal sealed class GuardedServer : IAsyncDisposable
{
    // $1 is the scratch folder.
    private const string Begin = """
        exec 2>&1
        trap '' HUP INT TERM PIPE
        umask 077
        mkdir "$1" && cd "$1" || exit 1

        """;

    private const string End = """

        server=$!
        while read -r line; do :; done
        kill "$server"
        wait "$server"
        cd /
        rm -rf "$1"
        """;

    private readonly Process guard;
    private Task rest = Task.CompletedTask;

    private GuardedServer(Process guard) => this.guard = guard;

    /// <summary>The start, to which a user or an environment may be given.</summary>
    /// <param name="commands">Lines of shell, the last of which starts the server in the background without standard input. <c>$1</c> is the scratch folder.</param>
    /// <param name="name">What the scratch folder is called by.</param>
    /// <param name="parent">Where it is made; null = the temporary folder.</param>
    /// <param name="arguments"><c>$2</c> and so on.</param>
    public static ProcessStartInfo Shell(string commands, string name, string? parent, params string[] arguments) =>
        OwnSession.Shell(Begin + commands + End, [Path.Combine(parent ?? Path.GetTempPath(), $"conformance-{name}-{Guid.NewGuid():N}"), .. arguments]);

    /// <summary>Starts it and waits for the line that says that it is ready.</summary>
    /// <param name="start">By <see cref="Shell"/>.</param>
    /// <param name="isReady">Knows that line.</param>
    /// <param name="input">What its commands read first; null = nothing.</param>
    /// <returns>The server, and the line.</returns>
    public static async Task<(GuardedServer Server, string Line)> StartAsync(ProcessStartInfo start, Func<string, bool> isReady, string? input = null)
    {
        var server = new GuardedServer(Process.Start(start)!);
        if (input is not null)
        {
            await server.guard.StandardInput.WriteLineAsync(input);
            await server.guard.StandardInput.FlushAsync();
        }

        var said = new List<string>();
        while (await server.guard.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            said.Add(line);
            if (isReady(line))
            {
                // Read to the end of its days: a full pipe would stop the server.
                server.rest = server.guard.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
                return (server, line);
            }
        }

        await server.DisposeAsync();
        throw new InvalidOperationException($"It did not start:\n{string.Join('\n', said)}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        guard.StandardInput.Close();
        await guard.WaitForExitAsync();
        await rest;
        guard.Dispose();
    }
}
