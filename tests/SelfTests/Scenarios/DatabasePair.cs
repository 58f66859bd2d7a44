using Npgsql;
using TemporalConformance.Environments;
using TemporalConformance.Facts;

namespace TemporalConformance.SelfTests;

/// <summary>The two databases of a scenario, dropped when they are disposed.</summary>
/// <param name="Server">Their server.</param>
/// <param name="Main">Connection of the main store.</param>
/// <param name="Visibility">Connection of the visibility store.</param>
public sealed record DatabasePair(ScratchPostgres Server, ConnectionText Main, ConnectionText Visibility) : IAsyncDisposable
{
    /// <summary>A pair of its own in a recorded state; no scenario sees another one's changes.</summary>
    public static async Task<DatabasePair> CopyAsync(PostgresServer server, Recorded sample)
    {
        var suffix = sample == Recorded.Real1291 ? "_after" : "";
        return new DatabasePair(
            await server.Postgres,
            sample == Recorded.Empty ? await server.EmptyAsync() : await server.CopyAsync("temporal" + suffix),
            sample == Recorded.Empty ? await server.EmptyAsync() : await server.CopyAsync("temporal_visibility" + suffix));
    }

    /// <summary>Runs statements on one of them.</summary>
    public static async Task ExecuteAsync(ConnectionText connection, string sql, CancellationToken token)
    {
        if (sql.Length == 0)
        {
            return;
        }

        await using var open = new NpgsqlConnection(connection.Npgsql + ";Pooling=false");
        await open.OpenAsync(token);
        await using var command = new NpgsqlCommand(sql, open);
        await command.ExecuteNonQueryAsync(token);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Server.DropAsync(Main.Database, CancellationToken.None);
        await Server.DropAsync(Visibility.Database, CancellationToken.None);
    }
}
