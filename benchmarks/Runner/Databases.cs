using Npgsql;
using TemporalConformance.Environments;
using TemporalConformance.Facts;
using TemporalConformance.StandIns;

namespace TemporalConformance.Benchmarks;

/// <summary>The two databases of a cluster, of some size.</summary>
/// <param name="Main">Name of the main store's database.</param>
/// <param name="Visibility">Name of the visibility store's database.</param>
/// <param name="Executions">Rows in <c>executions</c>.</param>
internal sealed record Databases(string Main, string Visibility, long Executions)
{
    private const string Release = "1.27.3";

    /// <summary>As in the recorded databases.</summary>
    private const int HistoryNodesAnExecution = 8;

    /// <summary>The recorded databases as they are.</summary>
    public static async Task<Databases> RecordedAsync(ScratchPostgres postgres, CancellationToken token)
    {
        await Task.WhenAll(Enum.GetValues<Store>().Select(
            store => postgres.RestoreAsync(Dump(store), Recordings.Database(store), token)));
        await TidyAsync(postgres, Recordings.Database(Store.Main), token);
        await TidyAsync(postgres, Recordings.Database(Store.Visibility), token);
        return new(Recordings.Database(Store.Main), Recordings.Database(Store.Visibility), await CountAsync(postgres, token));
    }

    /// <summary>The recorded dump of a store.</summary>
    public static string Dump(Store store) => Recordings.Dump(Release, store);

    /// <summary>Copies the recorded databases and multiplies their executions.</summary>
    /// <param name="postgres">The server, with the recorded databases in it.</param>
    /// <param name="executions">How many there are to be in each table that has a row for each.</param>
    /// <param name="token">Ends it.</param>
    /// <param name="histories">Whether their histories grow with them, which most bytes of a real database are.</param>
    public static async Task<Databases> GrownAsync(ScratchPostgres postgres, long executions, CancellationToken token, bool histories = false)
    {
        var main = $"temporal_{executions}{(histories ? "_histories" : "")}";
        var visibility = $"temporal_visibility_{executions}{(histories ? "_histories" : "")}";
        foreach (var (template, copy) in new[] { (Recordings.Database(Store.Main), main), (Recordings.Database(Store.Visibility), visibility) })
        {
            await postgres.CloneAsync(template, copy, token);
            await postgres.AdoptAsync(copy, token);
        }

        await Task.WhenAll(GrowMainAsync(), GrowVisibilityAsync());
        return new(main, visibility, executions);

        async Task GrowMainAsync()
        {
            await GrowAsync(postgres, main, "executions", executions, "decode(md5(n::text), 'hex')", token);
            await GrowAsync(postgres, main, "current_executions", executions, "decode(md5(n::text), 'hex')", token);
            if (histories)
            {
                await GrowAsync(postgres, main, "history_tree", executions, "", token);
                await GrowAsync(postgres, main, "history_node", executions * HistoryNodesAnExecution, "", token);
            }

            await TidyAsync(postgres, main, token);
        }

        async Task GrowVisibilityAsync()
        {
            await GrowAsync(postgres, visibility, "executions_visibility", executions, "md5(n::text)::uuid::text", token);
            await TidyAsync(postgres, visibility, token);
        }
    }

    /// <summary>Repeats a table's rows under other ids until it has as many as wanted.</summary>
    private static async Task GrowAsync(ScratchPostgres postgres, string database, string table, long wanted, string runId, CancellationToken token)
    {
        await using var connection = await OpenAsync(postgres, database, token);
        await using var names = new NpgsqlCommand(
            """
            SELECT array_agg(column_name::text ORDER BY ordinal_position) FROM information_schema.columns
            WHERE table_schema = 'public' AND table_name = $1 AND is_generated = 'NEVER'
            """, connection)
        { Parameters = { new() { Value = table } } };
        var columns = (string[])(await names.ExecuteScalarAsync(token))!;
        var values = columns.Select(column => column switch
        {
            "workflow_id" => "left(workflow_id, 240) || '-' || n",
            "run_id" => runId,
            // Nodes of one history stay together, and with their tree.
            "tree_id" => "decode(md5(tree_id::text || n / size), 'hex')",
            _ => column,
        });
        await using var insert = new NpgsqlCommand(
            $"""
            INSERT INTO {table} ({string.Join(", ", columns)})
            SELECT {string.Join(", ", values)}
            FROM generate_series(1, $1 - (SELECT count(*) FROM {table})) AS n
            JOIN (SELECT *, row_number() OVER () AS position, count(*) OVER () AS size FROM {table}) AS recorded ON position = 1 + n % size
            """, connection)
        { Parameters = { new() { Value = wanted } }, CommandTimeout = 0 };
        var indexes = await DropIndexesAsync(connection, table, token);
        await insert.ExecuteNonQueryAsync(token);
        foreach (var definition in indexes)
        {
            await ExecuteAsync(connection, definition, token);
        }
    }

    /// <summary>
    /// Drops all but the primary key and returns how to make them again: with the many of the visibility store in place, inserting a million
    /// rows had not ended after nine minutes.
    /// </summary>
    private static async Task<string[]> DropIndexesAsync(NpgsqlConnection connection, string table, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT coalesce(array_agg(indexrelid::regclass::text), '{}'), coalesce(array_agg(pg_get_indexdef(indexrelid)), '{}')
            FROM pg_index WHERE indrelid = $1::text::regclass AND NOT indisprimary
            """, connection)
        { Parameters = { new() { Value = table } } };
        string[] names, definitions;
        await using (var reader = await command.ExecuteReaderAsync(token))
        {
            await reader.ReadAsync(token);
            (names, definitions) = (reader.GetFieldValue<string[]>(0), reader.GetFieldValue<string[]>(1));
        }

        foreach (var name in names)
        {
            await ExecuteAsync(connection, $"DROP INDEX {name}", token);
        }

        await ExecuteAsync(connection, "SET maintenance_work_mem = '512MB'", token);
        return definitions;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(token);
    }

    /// <summary>What autovacuum does to a database that lives; without it the first readers would pay.</summary>
    private static async Task TidyAsync(ScratchPostgres postgres, string database, CancellationToken token)
    {
        await using var connection = await OpenAsync(postgres, database, token);
        foreach (var sql in new[] { "VACUUM ANALYZE", "CHECKPOINT" })
        {
            await ExecuteAsync(connection, sql, token);
        }
    }

    private static async Task<long> CountAsync(ScratchPostgres postgres, CancellationToken token)
    {
        await using var connection = await OpenAsync(postgres, Recordings.Database(Store.Main), token);
        await using var command = new NpgsqlCommand("SELECT count(*) FROM executions", connection);
        return (long)(await command.ExecuteScalarAsync(token))!;
    }

    private static async Task<NpgsqlConnection> OpenAsync(ScratchPostgres postgres, string database, CancellationToken token)
    {
        var connection = new NpgsqlConnection(postgres.Connection(database).Npgsql + ";Pooling=false");
        await connection.OpenAsync(token);
        return connection;
    }
}
