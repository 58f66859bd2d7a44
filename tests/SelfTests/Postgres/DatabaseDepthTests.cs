using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.Probes;

namespace TemporalConformance.SelfTests;

/// <summary>What the checks of databases go by, piece by piece.</summary>
public sealed class DatabaseDepthTests(PostgresServer server)
{
    [Fact]
    public async Task The_number_of_round_trips_does_not_grow_with_the_number_of_tables()
    {
        var copy = await server.CopyAsync();
        var (few, many) = (new CallCounter(), new CallCounter());

        await PostgresServer.ReadAsync(copy, Store.Main, few);
        await Sql.RunAsync(copy, "DO $$ BEGIN FOR i IN 1..300 LOOP EXECUTE format('CREATE TABLE ours_%s (id integer PRIMARY KEY, data text)', i); END LOOP; END $$");
        var reading = await PostgresServer.ReadAsync(copy, Store.Main, many);

        reading.Sizes.ValueOrDefault!.Count.ShouldBeGreaterThan(300);
        (many.RoundTrips, many.Statements).ShouldBe((few.RoundTrips, few.Statements));
        many.RoundTrips.ShouldBe(1);
        few.Bytes.ShouldBeGreaterThan(1000);
        many.Bytes.ShouldBeGreaterThan(few.Bytes);
    }

    [Fact]
    public async Task Nor_does_it_when_something_is_refused()
    {
        var copy = await server.CopyAsync();
        var role = $"refused_{Guid.NewGuid():N}";
        await Sql.RunAsync(copy, $"CREATE ROLE {role} LOGIN PASSWORD 'refused-pw'");
        var asRole = copy.With(to => (to.Username, to.Password) = (role, "refused-pw"));
        var (few, many) = (new CallCounter(), new CallCounter());

        await PostgresServer.ReadAsync(asRole, Store.Main, few);
        await Sql.RunAsync(copy, "DO $$ BEGIN FOR i IN 1..300 LOOP EXECUTE format('CREATE TABLE ours_%s (id integer PRIMARY KEY, data text)', i); END LOOP; END $$");
        await PostgresServer.ReadAsync(asRole, Store.Main, many);

        (many.RoundTrips, many.Statements).ShouldBe((few.RoundTrips, few.Statements));
    }

    [Fact]
    public async Task A_direct_connection_is_not_taken_for_a_pooled_one()
    {
        var reading = await PostgresServer.ReadAsync((await server.Postgres).Connection("temporal"));

        reading.IsPooled.ShouldBeFalse();
        reading.Tls.ShouldBe(new TlsReading("Disable", false, null, null));
        reading.Clock.Offset.Duration().ShouldBeLessThan(TimeSpan.FromSeconds(1));
        reading.Replication.ValueOrDefault!.Standbys.ShouldBeEmpty();
        reading.DatabaseBytes.ValueOrDefault.ShouldBeGreaterThan(1_000_000);
    }

    [Fact]
    public async Task What_our_own_role_has_set_says_nothing_of_the_roles_that_work()
    {
        var copy = await server.CopyAsync();
        var role = $"careful_{Guid.NewGuid():N}";
        await Sql.RunAsync(copy, $"CREATE ROLE {role} LOGIN PASSWORD 'careful-pw'; ALTER ROLE {role} SET default_transaction_read_only = on; GRANT INSERT ON executions TO {role}");

        var rights = (await PostgresServer.ReadAsync(copy)).Rights.ValueOrDefault.ShouldNotBeNull();

        rights.Roles.Single(known => known.Name == role).ReadOnly.ShouldBe(true);
        rights.Roles.Single(known => known.Migrates).ReadOnly.ShouldBe(false);
        var asRole = await PostgresServer.ReadAsync(copy.With(to => (to.Username, to.Password) = (role, "careful-pw")));
        asRole.ReadOnlyByDefault.ShouldBeTrue();
        asRole.Rights.ValueOrDefault!.Roles.Single(known => known.Migrates).ReadOnly.ShouldBeNull("the server's own setting is hidden behind ours");
    }

    [Fact]
    public void Half_of_the_way_is_taken_off_the_clocks()
    {
        var sent = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        // 40 ms there, 200 ms of work, 40 ms back, and a clock that is 5 s ahead.
        var clock = ClockReading.Of(sent, sent.AddSeconds(5.04), sent.AddSeconds(5.24), sent.AddSeconds(0.28));

        clock.Offset.ShouldBe(TimeSpan.FromSeconds(5));
        clock.Uncertainty.ShouldBe(TimeSpan.FromMilliseconds(40));
    }

    [Theory]
    [InlineData(TableLock.None, "AccessExclusiveLock", false)]
    [InlineData(TableLock.AccessExclusive, "AccessShareLock", true)]
    [InlineData(TableLock.Share, "AccessShareLock", false)]
    [InlineData(TableLock.Share, "RowExclusiveLock", true)]
    [InlineData(TableLock.Share, "ShareLock", false)]
    [InlineData(TableLock.ShareUpdateExclusive, "RowExclusiveLock", false)]
    [InlineData(TableLock.ShareUpdateExclusive, "ShareUpdateExclusiveLock", true)]
    public void A_step_waits_for_what_PostgreSQL_lets_it_wait_for(TableLock needed, string held, bool waits) => needed.WaitsFor(held).ShouldBe(waits);

    [Theory]
    [InlineData("ALTER TABLE executions_visibility ADD COLUMN _version BIGINT NOT NULL DEFAULT 0;", null)]
    [InlineData("CREATE TABLE t (id BIGSERIAL, x int GENERATED ALWAYS AS (1) STORED);", null)]
    [InlineData("/* DROP TABLE a */ -- RENAME\nINSERT INTO t VALUES ('DROP TABLE b; TRUNCATE c');", null)]
    [InlineData("ALTER TABLE t ALTER COLUMN c DROP NOT NULL;", null)]
    [InlineData("ALTER TABLE ONLY \"T\" DROP COLUMN c;", "drops the column T.c")]
    [InlineData("ALTER TABLE t ADD COLUMN a int, DROP COLUMN IF EXISTS public_c;", "drops the column t.public_c")]
    [InlineData("DROP TABLE IF EXISTS public.a, b;", "drops the table b")]
    [InlineData("drop index concurrently by_type;", "drops the index by_type")]
    [InlineData("ALTER TABLE t RENAME TO u;", "RENAME TO")]
    [InlineData("ALTER TABLE t DROP CONSTRAINT c;", "DROP CONSTRAINT")]
    [InlineData("ALTER TABLE t ALTER COLUMN c TYPE bigint;", "rewrites the table t for c")]
    [InlineData("ALTER TABLE t ADD COLUMN c int GENERATED ALWAYS AS (1) STORED;", "rewrites the table t for c")]
    [InlineData("ALTER TABLE t ADD COLUMN c uuid DEFAULT gen_random_uuid();", "rewrites the table t for c")]
    [InlineData("ALTER TABLE t ADD COLUMN c timestamptz DEFAULT now();", null)]
    [InlineData("DO $$ BEGIN DELETE FROM executions; END $$;", "DELETE FROM executions")]
    [InlineData("UPDATE t SET a = 1;", "UPDATE t SET")]
    [InlineData("TRUNCATE t;", "TRUNCATE t")]
    public void What_a_schema_file_may_not_do_is_found(string sql, string? found)
    {
        var step = ReleaseCatalog.Load().Steps(Store.Main, new SchemaVersion(1, 16), new SchemaVersion(1, 17)).Single();

        var beyond = SchemaStatements.Beyond(sql, step);

        if (found is null)
        {
            beyond.ShouldBeEmpty();
        }
        else
        {
            string.Join('\n', beyond).ShouldContain(found);
        }
    }

    [Fact]
    public void What_the_catalog_lists_for_a_step_is_allowed()
    {
        var catalog = ReleaseCatalog.Load();
        var dropping = catalog.Steps(Store.Main, new SchemaVersion(1, 15), new SchemaVersion(1, 16)).Single();
        var rewriting = catalog.Steps(Store.Visibility, new SchemaVersion(1, 6), new SchemaVersion(1, 7)).Single();

        SchemaStatements.Beyond("ALTER TABLE current_executions DROP COLUMN data_encoding; ALTER TABLE current_executions ADD COLUMN data_encoding VARCHAR(16) NOT NULL DEFAULT '';", dropping).ShouldBeEmpty();
        SchemaStatements.Beyond("ALTER TABLE executions_visibility ADD COLUMN TemporalPauseInfo JSONB GENERATED ALWAYS AS (search_attributes) STORED;", rewriting).ShouldBeEmpty();
    }
}
