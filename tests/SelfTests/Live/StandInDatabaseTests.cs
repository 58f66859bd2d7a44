using Npgsql;
using TemporalConformance.Facts;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests.Live;

/// <summary>What the stand-in writes into a main store, as the processes of a real cluster do.</summary>
public sealed class StandInDatabaseTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private const string Fresh = """
        SELECT role, count(*)::int FROM cluster_membership
        WHERE last_heartbeat > clock_timestamp() AT TIME ZONE 'UTC' - interval '20 seconds' GROUP BY role ORDER BY role
        """;

    private const string Ranges = "SELECT 0::smallint, sum(range_id)::int FROM shards";

    [Fact]
    public async Task Processes_write_their_heartbeats_and_take_shards_over_when_they_are_replaced()
    {
        var store = await server.CopyAsync();
        await using var cluster = await StandInCluster.StartAsync(new StandInClusterOptions { Release = "1.27.3", MainStore = store.Npgsql + ";Pooling=false" });
        (await Read(store, Fresh)).ShouldBe([(1, 2), (2, 2), (3, 2), (4, 1)]);
        var ranges = (await Read(store, Ranges))[0].Number;

        await cluster.UpgradeToAsync("1.29.1");

        (await Read(store, Ranges))[0].Number.ShouldBe(ranges + (2 * 512), "both history processes were replaced, and each time every shard had a new owner");
        (await Read(store, "SELECT 0::smallint, count(DISTINCT (rpc_address, rpc_port))::int FROM cluster_membership WHERE rpc_address = '127.0.0.1'"))[0].Number.ShouldBe(7);
    }

    [Fact]
    public async Task A_process_that_is_gone_falls_silent_until_it_is_back()
    {
        var store = await server.CopyAsync();
        await using var cluster = await StandInCluster.StartAsync(new StandInClusterOptions { MainStore = store.Npgsql + ";Pooling=false" });

        cluster.Set(ClusterFault.MatchingGone);
        (await Read(store, Fresh)).ShouldBe([(1, 2), (2, 2), (4, 1)]);

        cluster.Clear();
        (await Read(store, Fresh)).ShouldBe([(1, 2), (2, 2), (3, 2), (4, 1)]);
    }

    [Fact]
    public async Task A_recorded_situation_has_the_heartbeats_of_then()
    {
        var store = await server.CopyAsync();
        await using var cluster = await StandInCluster.StartAsync(new StandInClusterOptions { Release = "1.27.3", MainStore = store.Npgsql + ";Pooling=false" });

        await cluster.ReplayAsync("history-2-killed-after-30s");

        (await Read(store, "SELECT 0::smallint, count(*)::int FROM cluster_membership"))[0].Number.ShouldBe(8);
        (await Read(store, Fresh)).ShouldBe([(1, 2), (2, 1), (3, 2), (4, 1)]);
    }

    private static async Task<List<(int Role, int Number)>> Read(ConnectionText store, string sql)
    {
        await using var open = new NpgsqlConnection(store.Npgsql + ";Pooling=false");
        await open.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, open);
        await using var rows = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var found = new List<(int, int)>();
        while (await rows.ReadAsync(TestContext.Current.CancellationToken))
        {
            found.Add((rows.GetInt16(0), rows.GetInt32(1)));
        }

        return found;
    }
}
