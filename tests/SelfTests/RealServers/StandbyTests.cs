using TemporalConformance.Facts;
using TemporalConformance.Gate;
using TemporalConformance.Probes;

namespace TemporalConformance.SelfTests;

/// <summary>A standby in recovery, with and without lag.</summary>
[Collection("one primary at a time")]
public sealed class StandbyTests(RecordedServers servers)
{
    [Fact]
    public async Task A_standby_is_read_whole_and_says_that_it_is_one()
    {
        var primary = await servers.PrimaryAsync();
        await using var standby = await Standby.FollowAsync(primary);

        var reading = await PostgresServer.ReadAsync(standby.Connection("temporal"));

        reading.InRecovery.ShouldBeTrue();
        reading.Row.ShouldNotBeNull().Version.ShouldBe(new SchemaVersion(1, 16));
        reading.Shape.ShouldBeOfType<Reading<DatabaseShape>.Known>().Value.Tables.Count.ShouldBe(36);
        // The standby is a copy of the server: its identifier says which.
        var of = await PostgresServer.ReadAsync(primary.Connection("temporal"));
        of.InRecovery.ShouldBeFalse();
        reading.SystemIdentifier.ShouldBe(of.SystemIdentifier);
    }

    [Fact]
    public async Task A_standby_that_lags_shows_the_past_until_it_goes_on()
    {
        var primary = await servers.PrimaryAsync();
        var copy = await servers.CopyAsync(primary);
        await using var standby = await Standby.FollowAsync(primary);
        var behind = standby.Connection(copy.Database);
        await standby.CatchUpAsync();
        await standby.PauseAsync();

        await Sql.RunAsync(copy, "UPDATE schema_version SET curr_version = '1.17'");
        await standby.ReceiveAsync();

        (await PostgresServer.ReadAsync(copy)).Row.ShouldNotBeNull().CurrVersion.ShouldBe("1.17");
        (await PostgresServer.ReadAsync(behind)).Row.ShouldNotBeNull().CurrVersion.ShouldBe("1.16");
        (await Sql.AskAsync<decimal>(behind, "SELECT pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())")).ShouldBePositive();
        (await Sql.AskAsync<bool>(copy, "SELECT bool_or(replay_lsn < sent_lsn) FROM pg_stat_replication")).ShouldBeTrue();

        await standby.ResumeAsync();
        await standby.CatchUpAsync();

        (await PostgresServer.ReadAsync(behind)).Row.ShouldNotBeNull().CurrVersion.ShouldBe("1.17");
    }

    [Fact]
    public async Task A_standby_is_NO_GO()
    {
        var primary = await servers.PrimaryAsync();
        await using var standby = await Standby.FollowAsync(primary);

        var verdict = await PreUpgradeRun.OfAsync(primary, standby.Connection("temporal"), standby.Connection("temporal_visibility"));

        var red = verdict.Checks.Single(check => check.Id == "database/writable-primary");
        red.Result.ShouldBe(Result.Violated, red.Message);
        red.Observed.ShouldNotBeNull().ShouldContain("is a standby in recovery");
        verdict.Decision.ShouldBe(Decision.NoGo, verdict.Reason);
    }
}
