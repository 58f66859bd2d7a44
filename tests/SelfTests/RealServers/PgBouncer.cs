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
    /// <summary>$2 pgbouncer; the configuration and then the users come in, each up to a line with a dot.</summary>
    private const string Script = """
        for file in pgbouncer.ini users.txt; do
          while IFS= read -r line && [ "$line" != . ]; do printf '%s\n' "$line"; done >$file
        done
        "$2" pgbouncer.ini </dev/null &
        """;

    private readonly GuardedServer pooler;
    private readonly ConnectionText target;
    private readonly int port;

    private PgBouncer(GuardedServer pooler, ConnectionText target, int port) => (this.pooler, this.target, this.port) = (pooler, target, port);

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
        var start = GuardedServer.Shell(Script, "pgbouncer", Unprivileged.ScratchParent(), program!);
        start.UserName = Unprivileged.User() ?? "";
        start.WorkingDirectory = "/";
        var input = $"""
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
            """;
        return new PgBouncer((await GuardedServer.StartAsync(start, line => line.Contains("process up", StringComparison.Ordinal), input)).Server, target, port);
    }

    /// <summary>The server's database through the pooler, as the server's superuser.</summary>
    public ConnectionText Connection(string database) => target.With(to => (to.Port, to.Database) = (port, database));

    public ValueTask DisposeAsync() => pooler.DisposeAsync();
}
