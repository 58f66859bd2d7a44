using System.Diagnostics;
using TemporalConformance.Environments;
using TemporalConformance.Facts;

namespace TemporalConformance.SelfTests;

/// <summary>When a pooler gives a server's connection to somebody else.</summary>
internal enum PoolMode
{
    /// <summary>After each transaction.</summary>
    Transaction,

    /// <summary>When the client leaves.</summary>
    Session,
}

/// <summary>
/// A real pgbouncer in front of a server of ours, on a free port of 127.0.0.1, with SCRAM on both sides. Dies with this
/// process. As root it runs as another user, for pgbouncer refuses root.
/// </summary>
internal sealed class PgBouncer : IAsyncDisposable
{
    /// <summary>$1 pgbouncer, $2 the scratch folder; the configuration and then the users come in, each up to a line with a dot.</summary>
    private const string Script = """
        exec 2>&1
        trap '' HUP INT TERM PIPE
        umask 077
        mkdir "$2" && cd "$2" || exit 1
        for file in pgbouncer.ini users.txt; do
          while IFS= read -r line && [ "$line" != . ]; do printf '%s\n' "$line"; done >$file
        done
        "$1" pgbouncer.ini </dev/null &
        pooler=$!
        while read -r line; do :; done
        kill "$pooler"
        wait "$pooler"
        cd /
        rm -rf "$2"
        """;

    private readonly Process guard;
    private readonly ConnectionText target;
    private readonly int port;

    private PgBouncer(Process guard, ConnectionText target, int port) => (this.guard, this.target, this.port) = (guard, target, port);

    /// <summary>Starts a pooler; skips the test where there is none.</summary>
    /// <param name="server">The server behind it.</param>
    /// <param name="mode">How it pools.</param>
    /// <param name="users">Further roles with their passwords, beside the server's superuser.</param>
    public static async Task<PgBouncer> StartAsync(ScratchPostgres server, PoolMode mode, params (string Role, string Password)[] users)
    {
        // Debian puts it where only root looks.
        var program = Programs.Find("pgbouncer") ?? new[] { "/usr/sbin/pgbouncer" }.FirstOrDefault(Programs.IsExecutable);
        Assert.SkipUnless(program is not null, "No pgbouncer on this machine (apt-get install pgbouncer).");
        var target = server.Connection("postgres");
        var port = Ports.Free();
        var start = OwnSession.Shell(Script, program!, Path.Combine(Unprivileged.ScratchParent(), $"conformance-pgbouncer-{Guid.NewGuid():N}"));
        start.UserName = Unprivileged.User() ?? "";
        start.WorkingDirectory = "/";
        var pooler = new PgBouncer(Process.Start(start)!, target, port);
        await pooler.guard.StandardInput.WriteLineAsync($"""
            [databases]
            * = host={target.Host} port={target.Port}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = scram-sha-256
            auth_file = users.txt
            pool_mode = {(mode == PoolMode.Transaction ? "transaction" : "session")}
            default_pool_size = 2
            .
            {string.Join('\n', users.Prepend((target.Username!, target.Password!.Reveal())).Select(user => $"\"{user.Item1}\" \"{user.Item2}\""))}
            .
            """);
        await pooler.guard.StandardInput.FlushAsync();
        var said = new List<string>();
        while (await pooler.guard.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            said.Add(line);
            if (line.Contains("process up", StringComparison.Ordinal))
            {
                // What it says from here on is nobody's business, but the pipe must not fill up.
                _ = pooler.guard.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
                return pooler;
            }
        }

        await pooler.DisposeAsync();
        throw new InvalidOperationException($"pgbouncer did not start: {string.Join('\n', said)}");
    }

    /// <summary>The server's database through the pooler, as the server's superuser.</summary>
    public ConnectionText Connection(string database) => target.With(to => (to.Port, to.Database) = (port, database));

    public async ValueTask DisposeAsync()
    {
        guard.StandardInput.Close();
        await guard.WaitForExitAsync();
        guard.Dispose();
    }
}
