using TemporalConformance.Environments;
using TemporalConformance.Facts;

namespace TemporalConformance.SelfTests;

/// <summary>
/// A real standby in recovery, made by pg_basebackup from a primary of ours and fed by streaming. Its replay can be paused, so
/// that it lags behind for as long as a test wants.
/// </summary>
internal sealed class Standby : IAsyncDisposable
{
    private readonly LocalPostgres primary;
    private readonly LocalPostgres server;

    private Standby(LocalPostgres primary, LocalPostgres server) => (this.primary, this.server) = (primary, server);

    /// <summary>Copies the primary (see <see cref="RecordedServers.PrimaryAsync"/>) and follows it; takes about a second.</summary>
    public static async Task<Standby> FollowAsync(LocalPostgres primary) =>
        new(primary, await primary.FollowAsync(TestContext.Current.CancellationToken));

    /// <summary>How to connect to one of its databases; roles and passwords are the primary's.</summary>
    public ConnectionText Connection(string database) => server.Connection(database);

    /// <summary>Stops the replay: what the primary writes from now on arrives and does not show.</summary>
    public async Task PauseAsync()
    {
        await Sql.RunAsync(Connection("postgres"), "SELECT pg_wal_replay_pause()");
        await UntilAsync(Connection("postgres"), "SELECT pg_get_wal_replay_pause_state() = 'paused'");
    }

    /// <summary>Goes on with the replay.</summary>
    public Task ResumeAsync() => Sql.RunAsync(Connection("postgres"), "SELECT pg_wal_replay_resume()");

    /// <summary>Waits until everything that the primary wrote so far has arrived, replayed or not.</summary>
    public async Task ReceiveAsync() => await UntilAsync(Connection("postgres"), $"SELECT pg_last_wal_receive_lsn() >= '{await WrittenAsync()}'::pg_lsn");

    /// <summary>Waits until everything that the primary wrote so far shows.</summary>
    public async Task CatchUpAsync() => await UntilAsync(Connection("postgres"), $"SELECT pg_last_wal_replay_lsn() >= '{await WrittenAsync()}'::pg_lsn");

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private Task<string> WrittenAsync() => Sql.AskAsync<string>(primary.Connection("postgres"), "SELECT pg_current_wal_insert_lsn()::text");

    private static async Task UntilAsync(ConnectionText database, string condition)
    {
        // Whether it is so is only told when asked; each question takes a connection's time.
        while (!await Sql.AskAsync<bool>(database, condition))
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }
}
