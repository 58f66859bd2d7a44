using Npgsql;
using TemporalConformance.Facts;

namespace TemporalConformance.SelfTests;

/// <summary>
/// A session that began a transaction, did something in it and now does nothing: what a forgotten psql looks like, and what
/// holds back vacuum and a migration's locks. Ended by disposal.
/// </summary>
internal sealed class HeldTransaction : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;

    private HeldTransaction(NpgsqlConnection connection) => this.connection = connection;

    /// <summary>The server's process for it.</summary>
    public int ProcessId => connection.ProcessID;

    /// <summary>Begins a transaction and runs statements in it.</summary>
    /// <param name="database">The database and role.</param>
    /// <param name="sql">For example <c>LOCK TABLE executions IN ROW EXCLUSIVE MODE</c>; <c>SELECT 1</c> holds nothing but time.</param>
    /// <param name="applicationName">What <c>pg_stat_activity</c> shows.</param>
    public static async Task<HeldTransaction> BeginAsync(ConnectionText database, string sql, string applicationName = "forgotten psql")
    {
        var connection = await Sql.OpenAsync(database.With(to => to.ApplicationName = applicationName));
        try
        {
            await using var command = new NpgsqlCommand($"BEGIN ISOLATION LEVEL REPEATABLE READ; {sql}", connection);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            return new HeldTransaction(connection);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// How long the transaction is open by the server's own clock. A check's threshold below it stands for an hour: there is
    /// no way to start a transaction in the past.
    /// </summary>
    public async Task<TimeSpan> AgeAsync(ConnectionText superuser) => await Sql.AskAsync<TimeSpan>(
        superuser, $"SELECT clock_timestamp() - xact_start FROM pg_stat_activity WHERE pid = {ProcessId}");

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}

/// <summary>
/// A transaction prepared for a commit in two phases and left: it belongs to no session, survives restarts and keeps its
/// locks. Rolled back by disposal. Needs a server with <c>max_prepared_transactions</c>, such as <see cref="RecordedServers.PrimaryAsync"/>.
/// </summary>
internal sealed class LeftPrepared : IAsyncDisposable
{
    private readonly ConnectionText database;

    private LeftPrepared(ConnectionText database, string name) => (this.database, Name) = (database, name);

    /// <summary>Its global id, as <c>pg_prepared_xacts.gid</c> has it.</summary>
    public string Name { get; }

    /// <summary>Runs statements and prepares their transaction.</summary>
    public static async Task<LeftPrepared> PrepareAsync(ConnectionText database, string sql, string name)
    {
        // Npgsql makes one transaction of a text with several statements only as long as none of them ends it.
        await using var connection = await Sql.OpenAsync(database);
        foreach (var statement in new[] { "BEGIN", sql, $"PREPARE TRANSACTION '{name}'" })
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        return new LeftPrepared(database, name);
    }

    public async ValueTask DisposeAsync() => await Sql.RunAsync(database, $"ROLLBACK PREPARED '{Name}'");
}

/// <summary>As many sessions as a server, a database or a role lets in, so that the next is refused. Ended by disposal.</summary>
internal sealed class Crowd : IAsyncDisposable
{
    private const int Enough = 500;

    private readonly List<NpgsqlConnection> connections = [];

    /// <summary>How many got in.</summary>
    public int Count => connections.Count;

    /// <summary>Opens sessions until the server says that there are too many (SQLSTATE 53300).</summary>
    public static async Task<Crowd> FillAsync(ConnectionText database)
    {
        var crowd = new Crowd();
        try
        {
            while (crowd.Count < Enough)
            {
                crowd.connections.Add(await Sql.OpenAsync(database));
            }
        }
        catch (PostgresException full) when (full.SqlState == PostgresErrorCodes.TooManyConnections)
        {
            return crowd;
        }
        catch
        {
            await crowd.DisposeAsync();
            throw;
        }

        await crowd.DisposeAsync();
        throw new InvalidOperationException($"{database.Display} still lets in more than {Enough} sessions.");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in connections)
        {
            await connection.DisposeAsync();
        }
    }
}
