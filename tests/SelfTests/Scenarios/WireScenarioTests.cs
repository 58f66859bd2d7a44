using Npgsql;
using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.Gate;
using TemporalConformance.Probes;

namespace TemporalConformance.SelfTests;

/// <summary>
/// The checks that take another server than the ordinary local one: certificates, poolers, standbys, prepared transactions. Whoever judges the shared
/// primary sees the standbys and slots of others, so these tests take turns.
/// </summary>
[Collection("one primary at a time")]
public sealed class WireScenarioTests(RecordedServers servers)
{
    [Fact]
    public async Task Certificates_that_verify_and_that_last()
    {
        using var authority = new CertificateAuthority();
        await using var server = await TlsPostgres.StartAsync(authority);

        var checks = await AskAsync(server.Reader(), "database/tls-verifies-with-mounted-files,database/certificates-outlive-the-window", ("certificates.margin", "1m"), ("window.length", "1m"));

        checks["database/tls-verifies-with-mounted-files"].Result.ShouldBe(Result.Met, checks["database/tls-verifies-with-mounted-files"].Message);
        checks["database/certificates-outlive-the-window"].Result.ShouldBe(Result.Met, checks["database/certificates-outlive-the-window"].Message);
    }

    [Fact]
    public async Task Certificates_that_do_not()
    {
        using var authority = new CertificateAuthority();
        await using var server = await TlsPostgres.StartAsync(authority);
        const string Verifies = "database/tls-verifies-with-mounted-files", Lasts = "database/certificates-outlive-the-window";

        // Five days are fewer than the thirty that are asked for.
        Violated(await AskAsync(server.Reader(), Lasts), Lasts, "CN=");

        // Nobody named an authority: whether the servers could verify it is not known.
        var unknown = (await AskAsync(server.Reader(SslMode.Require), Verifies))[Verifies];
        unknown.Result.ShouldBe(Result.Unanswered, unknown.Message);
        unknown.Remedy.ShouldNotBeNull().ShouldContain("sslrootcert");

        await server.PresentAsync(authority.Server(names: "other.example"));
        Violated(await AskAsync(server.Reader(), Verifies), Verifies, "no encrypted connection");
        Violated(await AskAsync(server.Reader(SslMode.VerifyCA), Verifies), Verifies, "not made out to the host 127.0.0.1, but to other.example");

        await server.PresentAsync(authority.Server(expired: true, "127.0.0.1"));
        Violated(await AskAsync(server.Reader(), Verifies), Verifies, "no encrypted connection");
        Violated(await AskAsync(server.Reader(SslMode.Require), Lasts), Lasts, "expires");
    }

    [Theory]
    [InlineData(nameof(PoolMode.Transaction), Result.Violated)]
    [InlineData(nameof(PoolMode.Session), Result.Met)]
    public async Task A_pooler_by_its_mode(string mode, Result result)
    {
        var primary = await servers.PrimaryAsync();
        await using var pooler = await PgBouncer.StartAsync(primary, Enum.Parse<PoolMode>(mode));

        var check = (await AskAsync(pooler.Connection("temporal"), "database/pooler-mode"))["database/pooler-mode"];

        check.Result.ShouldBe(result, $"{check.Message} {check.Observed}");
        if (result == Result.Violated)
        {
            check.Observed.ShouldNotBeNull().ShouldContain("served a second client while the first was still connected");
        }
    }

    [Theory]
    [InlineData(13)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(18)]
    public async Task Every_major_answers_every_question_at_once(int major)
    {
        var calls = new CallCounter();

        var reading = await PostgresServer.ReadAsync((await servers.MajorAsync(major)).Connection("temporal"), Store.Main, calls);

        calls.RoundTrips.ShouldBe(1, "a refused question would have been asked again");
        reading.Rights.ValueOrDefault.ShouldNotBeNull().Roles.ShouldHaveSingleItem().ReadOnly.ShouldBe(false);
        reading.Activity.ValueOrDefault.ShouldNotBeNull().MaxConnections.ShouldBeGreaterThan(0);
        reading.Locks.ValueOrDefault.ShouldNotBeNull();
        reading.Replication.ValueOrDefault.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_standby_that_lags_and_one_that_has_caught_up()
    {
        const string CaughtUp = "database/replication-caught-up";
        var primary = await servers.PrimaryAsync();
        var copy = await servers.CopyAsync(primary);
        await using (var standby = await Standby.FollowAsync(primary))
        {
            await standby.CatchUpAsync();
            (await AskAsync(copy, CaughtUp))[CaughtUp].Result.ShouldBe(Result.Met);

            await standby.PauseAsync();
            await Sql.RunAsync(copy, "UPDATE schema_version SET curr_version = '1.17'");
            await standby.ReceiveAsync();
            // The lag of a replay that does not move grows with every answer of the standby; it sends one every ten seconds.
            await UntilAsync(copy, "SELECT coalesce(max(replay_lag) > interval '2 ms', false) FROM pg_stat_replication");
            Violated(await AskAsync(copy, CaughtUp, ("database.replicationLag", "1ms")), CaughtUp, "late");
            await standby.ResumeAsync();
        }

        await Sql.RunAsync(primary.Connection("postgres"), "SELECT pg_create_physical_replication_slot('of_a_standby_that_is_gone', true)");
        try
        {
            Violated(await AskAsync(copy, CaughtUp), CaughtUp, "of_a_standby_that_is_gone keeps WAL");
        }
        finally
        {
            await Sql.RunAsync(primary.Connection("postgres"), "SELECT pg_drop_replication_slot('of_a_standby_that_is_gone')");
        }
    }

    [Fact]
    public async Task A_prepared_transaction_that_nobody_ends()
    {
        const string Long = "database/no-long-transactions", Locks = "database/no-blocking-locks";
        var primary = await servers.PrimaryAsync();
        var main = await servers.CopyAsync(primary);
        var visibility = await servers.CopyAsync(primary, "temporal_visibility");
        await using var left = await LeftPrepared.PrepareAsync(main, "LOCK TABLE executions IN ROW EXCLUSIVE MODE; SELECT pg_sleep(1.1)", $"left-{Guid.NewGuid():N}");

        var checks = await AskAsync(main, $"{Long},{Locks}", [("database.longTransaction", "1ms"), ("database.longLock", "1ms")], visibility);

        Violated(checks, Long, $"prepared transaction '{left.Name}'");
        Violated(checks, Locks, $"prepared transaction '{left.Name}'");
    }

    private static void Violated(IReadOnlyDictionary<string, CheckVerdict> checks, string id, string part)
    {
        checks[id].Result.ShouldBe(Result.Violated, $"{checks[id].Message} {checks[id].Observed}");
        part.ShouldBeIn(checks[id]);
    }

    private static Task<IReadOnlyDictionary<string, CheckVerdict>> AskAsync(ConnectionText connection, string only, params (string Key, string Value)[] sets) =>
        AskAsync(connection, only, sets, connection);

    /// <summary>Asks single checks of PreUpgrade; which database it is does not matter to those of the wire.</summary>
    private static async Task<IReadOnlyDictionary<string, CheckVerdict>> AskAsync(ConnectionText main, string only, (string Key, string Value)[] sets, ConnectionText visibility)
    {
        using var results = new ScratchFolder();
        var scenario = new Scenario("on another server", UpgradePhase.PreUpgrade, Decision.Go)
        {
            Sets = sets.Append(("scope.only", only)).Append(("running", "1.27.3")).ToDictionary(set => set.Item1, set => (string?)set.Item2),
        };
        var verdict = await new ScenarioRun(scenario, new DatabasePair(null!, main, visibility), results.Path).VerdictAsync(TestContext.Current.CancellationToken);
        return verdict.Checks.ToDictionary(check => check.Id);
    }

    private static async Task UntilAsync(ConnectionText connection, string condition)
    {
        while (!await Sql.AskAsync<bool>(connection, condition))
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }
}
