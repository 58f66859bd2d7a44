using Npgsql;
using TemporalConformance.Facts;
using TemporalConformance.Probes;

namespace TemporalConformance.SelfTests;

/// <summary>A real pgbouncer between us and the server.</summary>
[Collection("one primary at a time")]
public sealed class PgBouncerTests(RecordedServers servers)
{
    [Theory]
    [InlineData(nameof(PoolMode.Transaction))]
    [InlineData(nameof(PoolMode.Session))]
    public async Task A_store_behind_a_pooler_is_read_as_without(string mode)
    {
        var primary = await servers.PrimaryAsync();
        await using var pooler = await PgBouncer.StartAsync(primary, Enum.Parse<PoolMode>(mode));

        var reading = await PostgresServer.ReadAsync(pooler.Connection("temporal"));

        var direct = await PostgresServer.ReadAsync(primary.Connection("temporal"));
        reading.Row.ShouldBe(direct.Row);
        reading.SystemIdentifier.ShouldBe(direct.SystemIdentifier);
        var shape = reading.Shape.ShouldBeOfType<Reading<DatabaseShape>.Known>().Value;
        direct.Shape.ValueOrDefault!.Diff(shape).Matches.ShouldBeTrue();
        reading.Clusters.ValueOrDefault.ShouldNotBeNull().ShouldHaveSingleItem().HistoryShards.ShouldBe(512);
    }

    [Fact]
    public async Task What_we_set_for_our_transaction_does_not_reach_whoever_gets_the_connection_next()
    {
        var primary = await servers.PrimaryAsync();
        await using var pooler = await PgBouncer.StartAsync(primary, PoolMode.Transaction);

        await PostgresServer.ReadAsync(pooler.Connection("temporal"));

        await using var next = await Sql.OpenAsync(pooler.Connection("temporal"));
        await using var ask = new NpgsqlCommand("SELECT current_setting('statement_timeout') || ' ' || current_setting('search_path') || ' ' || current_setting('transaction_read_only')", next);
        (await ask.ExecuteScalarAsync(TestContext.Current.CancellationToken)).ShouldBe("0 \"$user\", public off");
    }

    [Fact]
    public async Task In_transaction_mode_a_client_does_not_keep_its_server_process()
    {
        var primary = await servers.PrimaryAsync();
        await using var pooler = await PgBouncer.StartAsync(primary, PoolMode.Transaction);
        await using var one = await Sql.OpenAsync(pooler.Connection("temporal"));
        var process = await ProcessAsync(one);
        await using var taker = await Sql.OpenAsync(pooler.Connection("temporal"));
        await using var transaction = await taker.BeginTransactionAsync(TestContext.Current.CancellationToken);

        (await ProcessAsync(taker)).ShouldBe(process);
        (await ProcessAsync(one)).ShouldNotBe(process);
    }

    [Fact]
    public async Task In_session_mode_a_client_keeps_it()
    {
        var primary = await servers.PrimaryAsync();
        await using var pooler = await PgBouncer.StartAsync(primary, PoolMode.Session);
        await using var one = await Sql.OpenAsync(pooler.Connection("temporal"));
        var process = await ProcessAsync(one);
        await using var other = await Sql.OpenAsync(pooler.Connection("temporal"));

        (await ProcessAsync(other)).ShouldNotBe(process);
        (await ProcessAsync(one)).ShouldBe(process);
    }

    [Fact]
    public async Task An_option_that_a_pooler_does_not_know_is_refused_with_its_own_words()
    {
        var primary = await servers.PrimaryAsync();
        await using var pooler = await PgBouncer.StartAsync(primary, PoolMode.Transaction);

        var failure = await Should.ThrowAsync<ProbeException>(
            () => PostgresServer.ReadAsync(pooler.Connection("temporal").With(to => to.Options = "-c geqo=off")));

        failure.Message.ShouldContain("unsupported startup parameter: options");
    }

    [Fact]
    public async Task A_database_that_is_not_behind_the_pooler()
    {
        var primary = await servers.PrimaryAsync();
        await using var pooler = await PgBouncer.StartAsync(primary, PoolMode.Transaction);

        var failure = await Should.ThrowAsync<ProbeException>(() => PostgresServer.ReadAsync(pooler.Connection("nowhere")));

        failure.Message.ShouldContain("nowhere");
    }

    [Fact]
    public async Task Every_check_of_the_schema_answers_through_a_pooler_in_transaction_mode()
    {
        var primary = await servers.PrimaryAsync();
        await using var pooler = await PgBouncer.StartAsync(primary, PoolMode.Transaction);

        var verdict = await PreUpgradeRun.OfAsync(primary, pooler.Connection("temporal"), pooler.Connection("temporal_visibility"));

        verdict.RedBesideHop().Where(check => check.Id.StartsWith("schema/", StringComparison.Ordinal))
            .ShouldBeEmpty(string.Join('\n', verdict.RedBesideHop().Select(check => $"{check.Id}: {check.Message}")));
    }

    private static async Task<int> ProcessAsync(NpgsqlConnection connection)
    {
        await using var ask = new NpgsqlCommand("SELECT pg_backend_pid()", connection);
        return (int)(await ask.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
