using Npgsql;
using TemporalConformance.Facts;

namespace TemporalConformance.SelfTests;

/// <summary>SQL for the tests' own databases.</summary>
internal static class Sql
{
    public static async Task RunAsync(ConnectionText connection, string sql)
    {
        await using var open = await OpenAsync(connection);
        await using var command = new NpgsqlCommand(sql, open);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    public static async Task<T> AskAsync<T>(ConnectionText connection, string sql)
    {
        await using var open = await OpenAsync(connection);
        await using var command = new NpgsqlCommand(sql, open);
        return (T)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    public static async Task<NpgsqlConnection> OpenAsync(ConnectionText connection)
    {
        var open = new NpgsqlConnection(connection.Npgsql + ";Pooling=false");
        await open.OpenAsync(TestContext.Current.CancellationToken);
        return open;
    }

    /// <summary>The same database with another role, host, port or further keywords.</summary>
    public static ConnectionText With(this ConnectionText connection, Action<NpgsqlConnectionStringBuilder> change)
    {
        var builder = new NpgsqlConnectionStringBuilder(connection.Npgsql);
        change(builder);
        return ConnectionText.Parse(builder.ConnectionString);
    }
}
