using Npgsql;
using TemporalConformance.Facts;
using TemporalConformance.Probes;

namespace TemporalConformance.SelfTests;

public sealed class PostgresProbeTests(PostgresServer server)
{
    private static readonly ProbeLimits s_short = new(TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(400));

    [Fact]
    public async Task A_recorded_main_store_is_read_whole_in_one_batch()
    {
        var postgres = await server.Postgres;
        var calls = new CallCounter();

        var reading = await PostgresServer.ReadAsync(postgres.Connection("temporal"), Store.Main, calls);

        reading.Database.ShouldBe("temporal");
        reading.Schema.ShouldBe("public");
        reading.Where.ShouldBe(postgres.Connection("temporal").Display);
        reading.ServerMajor.ShouldBe(postgres.Major);
        reading.InRecovery.ShouldBeFalse();
        reading.ReadOnlyByDefault.ShouldBeFalse();
        reading.DatabaseOid.ShouldBeGreaterThan(0);
        reading.Row.ShouldNotBeNull().Version.ShouldBe(new SchemaVersion(1, 16));
        reading.Row.Created!.Value.ToString("O").ShouldStartWith("2026-11-23T03:46:00.233647");
        var history = reading.History.ValueOrDefault.ShouldNotBeNull();
        history.Count.ShouldBe(18);
        history[^1].ShouldBe(history[^1] with { OldVersion = "1.15", NewVersion = "1.16", ManifestMd5 = "476336154fc93f6df4e69eb47979c991" });
        var cluster = reading.Clusters.ValueOrDefault.ShouldNotBeNull().ShouldHaveSingleItem();
        cluster.ShouldBe(cluster with { Name = "active", HistoryShards = 512, IsConnectionEnabled = true });
        Guid.TryParse(cluster.Id, out _).ShouldBeTrue();
        reading.Sizes.ValueOrDefault!.Single(size => size.Table == "history_node").Bytes.ShouldBeGreaterThan(100_000);
        ulong.TryParse(reading.SystemIdentifier.ValueOrDefault, out _).ShouldBeTrue();
        reading.BtreeGin.ValueOrDefault.ShouldNotBeNull().Installed.ShouldBeNull();
        reading.BtreeGin.ValueOrDefault!.Available.ShouldNotBeNull();
        var shape = reading.Shape.ValueOrDefault.ShouldNotBeNull();
        shape.Version.ShouldBe(new SchemaVersion(1, 16));
        shape.Tables.Count.ShouldBe(36);
        calls.Statements.ShouldBe(26);
    }

    [Fact]
    public async Task A_recorded_visibility_store_is_read_whole()
    {
        var reading = await PostgresServer.ReadAsync((await server.Postgres).Connection("temporal_visibility"), Store.Visibility);

        reading.Row.ShouldNotBeNull().Version.ShouldBe(new SchemaVersion(1, 9));
        reading.HasClusterTable.ShouldBeFalse();
        reading.Clusters.ValueOrDefault.ShouldBeEmpty();
        reading.BtreeGin.ValueOrDefault.ShouldNotBeNull().Schema.ShouldBe("public");
        reading.Shape.ValueOrDefault!.Functions.ShouldHaveSingleItem().Name.ShouldBe("convert_ts");
    }

    [Fact]
    public async Task The_number_of_statements_does_not_grow_with_the_number_of_tables()
    {
        var copy = await server.CopyAsync();
        await Sql.RunAsync(copy, "DO $$ BEGIN FOR i IN 1..300 LOOP EXECUTE format('CREATE TABLE extra_%s (id int PRIMARY KEY)', i); END LOOP; END $$");
        var calls = new CallCounter();

        var reading = await PostgresServer.ReadAsync(copy, Store.Main, calls);

        reading.Shape.ValueOrDefault!.Tables.Count.ShouldBe(336);
        calls.Statements.ShouldBe(26);
    }

    [Fact]
    public async Task An_empty_database_is_an_answer_and_not_an_error()
    {
        var reading = await PostgresServer.ReadAsync(await server.EmptyAsync());

        reading.HasVersionTable.ShouldBeFalse();
        reading.Row.ShouldBeNull();
        reading.SchemaVersions.ShouldBeOfType<Reading<IReadOnlyList<SchemaVersionRow>>.Known>().Value.ShouldBeEmpty();
        reading.Clusters.ValueOrDefault.ShouldBeEmpty();
        reading.Shape.ValueOrDefault!.Tables.ShouldBeEmpty();
    }

    [Fact]
    public async Task Somebody_elses_table_of_the_same_name_is_refused_as_such()
    {
        var other = await server.EmptyAsync();
        await Sql.RunAsync(other, "CREATE TABLE schema_version (installed_rank int PRIMARY KEY, script text)");

        var reading = await PostgresServer.ReadAsync(other);

        reading.HasVersionTable.ShouldBeTrue();
        var refused = reading.SchemaVersions.ShouldBeOfType<Reading<IReadOnlyList<SchemaVersionRow>>.Refused>();
        refused.Why.ShouldStartWith("Table schema_version is not what Temporal or this server's version has there");
        reading.Shape.ValueOrDefault!.Tables.Keys.ShouldBe(["schema_version"]);
    }

    [Fact]
    public async Task A_copy_under_another_name_has_no_row_of_its_own()
    {
        var copy = await server.CopyAsync(adopt: false);

        var reading = await PostgresServer.ReadAsync(copy);

        reading.Row.ShouldBeNull();
        reading.SchemaVersions.ValueOrDefault!.ShouldHaveSingleItem().DbName.ShouldBe("temporal");
        reading.Shape.ValueOrDefault!.Version.ShouldBe(default);
    }

    [Fact]
    public async Task A_refused_SELECT_costs_only_its_own_answer()
    {
        var copy = await server.CopyAsync();
        await Sql.RunAsync(copy, """
            CREATE ROLE reads_versions LOGIN PASSWORD 'reads-versions';
            GRANT SELECT ON schema_version TO reads_versions;
            """);

        var reading = await PostgresServer.ReadAsync(copy.With(to => (to.Username, to.Password) = ("reads_versions", "reads-versions")));

        reading.Row.ShouldNotBeNull().Version.ShouldBe(new SchemaVersion(1, 16));
        var refused = reading.History.ShouldBeOfType<Reading<IReadOnlyList<SchemaUpdateRow>>.Refused>();
        refused.Why.ShouldBe("Table schema_update_history could not be read: permission denied for table schema_update_history");
        refused.Remedy.ShouldContain("GRANT SELECT ON TABLE schema_update_history TO reads_versions;");
        reading.Clusters.ShouldBeOfType<Reading<IReadOnlyList<ClusterRow>>.Refused>();
        reading.Shape.ValueOrDefault.ShouldNotBeNull().Tables.Count.ShouldBe(36);
        reading.Sizes.ValueOrDefault.ShouldNotBeEmpty();
        reading.SystemIdentifier.ValueOrDefault.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task The_probe_cannot_write_even_where_its_role_could()
    {
        var copy = await server.CopyAsync();
        await Sql.RunAsync(copy, """
            ALTER TABLE schema_update_history RENAME TO kept;
            CREATE FUNCTION grow() RETURNS SETOF kept LANGUAGE sql VOLATILE AS
                $$ INSERT INTO kept VALUES (0, 1, 1, now()) RETURNING * $$;
            CREATE VIEW schema_update_history AS SELECT * FROM grow();
            """);

        var reading = await PostgresServer.ReadAsync(copy);

        reading.History.ShouldBeOfType<Reading<IReadOnlyList<SchemaUpdateRow>>.Refused>().Why.ShouldContain("read-only transaction");
        (await Sql.AskAsync<long>(copy, "SELECT count(*) FROM kept")).ShouldBe(18);
    }

    [Fact]
    public async Task The_server_sees_who_asks()
    {
        var empty = await server.EmptyAsync();
        await Sql.RunAsync(empty, """
            CREATE VIEW schema_version AS SELECT 0 AS version_partition, current_setting('application_name') AS db_name, '1.16' AS curr_version,
                current_setting('statement_timeout') || ' ' || current_setting('transaction_read_only') AS min_compatible_version, NULL::timestamp AS creation_time
            """);

        var row = (await PostgresServer.ReadAsync(empty)).SchemaVersions.ValueOrDefault!.ShouldHaveSingleItem();

        row.DbName.ShouldBe(PostgresProbe.ApplicationName);
        row.DbName.ShouldMatch(@"^temporal-conformance/\d+\.\d+\.\d+$");
        row.MinCompatibleVersion.ShouldBe("5s on");
    }

    [Fact]
    public async Task A_locked_table_costs_its_own_answer_and_no_more_than_the_limit()
    {
        var copy = await server.CopyAsync();
        await using var holder = await Sql.OpenAsync(copy);
        await using var transaction = await holder.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var hold = new NpgsqlCommand("LOCK TABLE schema_update_history IN ACCESS EXCLUSIVE MODE", holder, transaction);
        await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        var reading = await new PostgresProbe(copy, Store.Main, s_short, new CallCounter()).ReadAsync(TestContext.Current.CancellationToken);

        reading.History.ShouldBeOfType<Reading<IReadOnlyList<SchemaUpdateRow>>.Refused>().Why.ShouldContain("within 0.4 s");
        reading.Row.ShouldNotBeNull();
        reading.Shape.ValueOrDefault.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_broken_cluster_row_is_refused_with_the_reason()
    {
        var copy = await server.CopyAsync();
        await Sql.RunAsync(copy, "UPDATE cluster_metadata_info SET data = substr(data, 1, length(data) - 3)");

        var refused = (await PostgresServer.ReadAsync(copy)).Clusters.ShouldBeOfType<Reading<IReadOnlyList<ClusterRow>>.Refused>();

        refused.Why.ShouldStartWith("Table cluster_metadata_info could not be understood: the row of cluster active is no whole protobuf");
    }

    [Fact]
    public async Task Temporals_tables_are_found_in_the_schema_that_the_roles_search_path_names()
    {
        var copy = await server.CopyAsync("temporal_visibility");
        await Sql.RunAsync(copy, $"""
            ALTER SCHEMA public RENAME TO "Odd schema";
            ALTER DATABASE "{copy.Database}" SET search_path = "Odd schema";
            """);

        var reading = await PostgresServer.ReadAsync(copy, Store.Visibility);

        reading.Schema.ShouldBe("Odd schema");
        reading.Row.ShouldNotBeNull();
        var known = ReleaseCatalog.Load().Shapes(Store.Visibility, new SchemaVersion(1, 9))[0];
        known.Diff(reading.Shape.ValueOrDefault!).Offences.ShouldBeEmpty();
    }

    [Fact]
    public async Task Read_only_databases_say_so()
    {
        var copy = await server.CopyAsync();
        await Sql.RunAsync(copy, $"ALTER DATABASE {copy.Database} SET default_transaction_read_only = on");

        (await PostgresServer.ReadAsync(copy)).ReadOnlyByDefault.ShouldBeTrue();
    }

    [Fact]
    public async Task No_connection_is_left_behind()
    {
        var copy = await server.CopyAsync();

        await PostgresServer.ReadAsync(copy);

        // Dropping without FORCE fails while anybody is connected; a backend may need a moment to be gone.
        await Should.NotThrowAsync(async () => await Sql.RunAsync((await server.Postgres).Connection("postgres"), $"DROP DATABASE {copy.Database}"));
    }
}
