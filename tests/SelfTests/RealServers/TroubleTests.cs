using Npgsql;
using TemporalConformance.Facts;
using TemporalConformance.Probes;

namespace TemporalConformance.SelfTests;

/// <summary>
/// Servers in which something is wrong that the probe must survive and a check wants to see. Not beside a standby: it would make the tablespace
/// of the small disk too, in the same place of the same machine, and stop.
/// </summary>
[Collection("one primary at a time")]
public sealed class TroubleTests(RecordedServers servers)
{
    private static readonly ProbeLimits s_short = new(TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(500));

    [Fact]
    public async Task A_transaction_open_for_long_is_seen_with_its_age_and_holds_nobody_up()
    {
        var primary = await servers.PrimaryAsync();
        await using var held = await HeldTransaction.BeginAsync(primary.Connection("temporal"), "SELECT count(*) FROM executions");

        (await PostgresServer.ReadAsync(primary.Connection("temporal"))).Shape.ShouldBeOfType<Reading<DatabaseShape>.Known>();

        (await held.AgeAsync(primary.Connection("postgres"))).ShouldBeGreaterThan(TimeSpan.Zero);
        (await Sql.AskAsync<string>(primary.Connection("postgres"), $"SELECT state FROM pg_stat_activity WHERE pid = {held.ProcessId}")).ShouldBe("idle in transaction");
    }

    [Fact]
    public async Task A_lock_on_executions_held_by_an_idle_session_stops_a_migration_and_not_the_probe()
    {
        var primary = await servers.PrimaryAsync();
        var copy = await servers.CopyAsync(primary);
        await using var held = await HeldTransaction.BeginAsync(copy, "LOCK TABLE executions IN ROW EXCLUSIVE MODE");

        (await PostgresServer.ReadAsync(copy)).Shape.ShouldBeOfType<Reading<DatabaseShape>.Known>();

        var refused = await Should.ThrowAsync<PostgresException>(() => Sql.RunAsync(copy, "SET lock_timeout = '50ms'; ALTER TABLE executions ADD COLUMN late int"));
        refused.SqlState.ShouldBe(PostgresErrorCodes.LockNotAvailable);
        (await Sql.AskAsync<string>(copy, $"SELECT mode FROM pg_locks WHERE relation = 'executions'::regclass AND pid = {held.ProcessId}")).ShouldBe("RowExclusiveLock");
    }

    [Fact]
    public async Task A_table_that_somebody_locks_against_everybody_costs_its_own_answer_only()
    {
        var primary = await servers.PrimaryAsync();
        var copy = await servers.CopyAsync(primary);
        await using var held = await HeldTransaction.BeginAsync(copy, "LOCK TABLE schema_update_history IN ACCESS EXCLUSIVE MODE");

        var reading = await new PostgresProbe(copy, Store.Main, s_short, new CallCounter()).ReadAsync(TestContext.Current.CancellationToken);

        reading.History.ShouldBeOfType<Reading<IReadOnlyList<SchemaUpdateRow>>.Refused>();
        reading.Row.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_prepared_transaction_keeps_its_locks_without_a_session()
    {
        var primary = await servers.PrimaryAsync();
        var copy = await servers.CopyAsync(primary);
        await using (var left = await LeftPrepared.PrepareAsync(copy, "LOCK TABLE executions IN ROW EXCLUSIVE MODE", "left-behind"))
        {
            (await Sql.AskAsync<string>(copy, "SELECT gid FROM pg_prepared_xacts WHERE database = current_database()")).ShouldBe(left.Name);
            (await Sql.AskAsync<bool>(copy, "SELECT pid IS NULL FROM pg_locks WHERE relation = 'executions'::regclass")).ShouldBeTrue();
            (await PostgresServer.ReadAsync(copy)).Row.ShouldNotBeNull();
        }

        (await Sql.AskAsync<long>(copy, "SELECT count(*) FROM pg_prepared_xacts WHERE database = current_database()")).ShouldBe(0);
    }

    [Theory]
    [InlineData("ALTER DATABASE {0} SET default_transaction_read_only = on")]
    [InlineData("ALTER ROLE {1} IN DATABASE {0} SET default_transaction_read_only = on")]
    public async Task A_database_that_is_read_only_by_default_says_so(string setting)
    {
        var primary = await servers.PrimaryAsync();
        var copy = await servers.CopyAsync(primary);
        await Sql.RunAsync(copy, string.Format(setting, copy.Database, copy.Username));

        var reading = await PostgresServer.ReadAsync(copy);

        reading.ReadOnlyByDefault.ShouldBeTrue();
        reading.InRecovery.ShouldBeFalse();
        reading.Row.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_full_disk_stops_whoever_writes_and_not_the_probe()
    {
        var primary = await servers.PrimaryAsync();
        await using var disk = await FullDisk.MountAsync(primary);
        var copy = await disk.CopyAsync("temporal");
        disk.Fill();
        disk.Free.ShouldBe(0);

        var reading = await PostgresServer.ReadAsync(copy);

        reading.Row.ShouldNotBeNull().Version.ShouldBe(new SchemaVersion(1, 16));
        reading.Shape.ShouldBeOfType<Reading<DatabaseShape>.Known>();
        var full = await Should.ThrowAsync<PostgresException>(() => Sql.RunAsync(copy, "CREATE TABLE more AS SELECT repeat('x', 100) FROM generate_series(1, 100000)"));
        full.SqlState.ShouldBe(PostgresErrorCodes.DiskFull);
    }

    [Fact]
    public async Task A_server_that_falls_silent_after_any_number_of_bytes_is_given_up_in_time()
    {
        var primary = await servers.PrimaryAsync();
        long all;
        await using (var relay = Relay.To(primary.Connection("temporal")))
        {
            await PostgresServer.ReadAsync(relay.Connection);
            all = relay.BytesFromServer;
            relay.Connections.ShouldBe(1);
        }

        all.ShouldBeGreaterThan(10_000);
        // In the answer to the startup, in the handshake, at the first answer, in the middle of the shape, at the last byte.
        foreach (var after in new[] { 0, 20, 600, all / 2, all - 1 })
        {
            await using var relay = Relay.To(primary.Connection("temporal"), after);

            var failure = await Should.ThrowAsync<ProbeException>(() => new PostgresProbe(
                relay.Connection, Store.Main, new ProbeLimits(TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(300)), new CallCounter())
                .ReadAsync(TestContext.Current.CancellationToken));

            failure.Failure.ShouldBe(ProbeFailure.TimedOut, $"after {after} of {all} bytes: {failure.Message}");
        }
    }

    [Theory]
    [InlineData(13)]
    [InlineData(15)]
    [InlineData(18)]
    public async Task A_store_is_read_in_as_many_round_trips_whatever_the_number_of_tables(int major)
    {
        var server = await servers.MajorAsync(major);
        var copy = await servers.CopyAsync(server);
        var few = await RoundTripsAsync(copy);
        await Sql.RunAsync(copy, "DO $$ BEGIN FOR i IN 1..300 LOOP EXECUTE format('CREATE TABLE extra_%s (id int PRIMARY KEY)', i); END LOOP; END $$");

        var many = await RoundTripsAsync(copy);

        many.ShouldBe(few);
        // Startup, two of SCRAM, and the batch.
        many.ShouldBe(4);
    }

    private static async Task<int> RoundTripsAsync(ConnectionText connection)
    {
        await using var relay = Relay.To(connection);
        await PostgresServer.ReadAsync(relay.Connection);
        return relay.RoundTrips;
    }
}
