using TemporalConformance.Environments;
using TemporalConformance.Facts;
using TemporalConformance.Probes;

namespace TemporalConformance.SelfTests;

public sealed class EmbeddedMigrationTests(PostgresServer server)
{
    private static readonly ReleaseCatalog s_catalog = ReleaseCatalog.Load();

    [Fact]
    public async Task Its_result_is_what_the_real_tool_left_in_the_real_1_29_1_database()
    {
        var main = await server.CopyAsync();
        var visibility = await server.CopyAsync("temporal_visibility");
        var started = DateTimeOffset.UtcNow;

        var report = await RunAsync(main, visibility);

        report.Failure.ShouldBeNull();
        report.Means.ShouldContain("stands for temporal-sql-tool");
        report.Stores.SelectMany(store => store.Done).ShouldBe([
            "main 1.16 → 1.17: Add new chasm_node_maps table",
            "main 1.17 → 1.18: Adds tasks_v2 table for fairness tasks",
            "visibility is at 1.9; release 1.29.1 requires 1.9: nothing to do",
        ]);
        var ours = await PostgresServer.ReadAsync(main);
        var real = await PostgresServer.ReadAsync((await server.Postgres).Connection("temporal_after"));
        ShouldBeTheSame(real.Shape.ValueOrDefault!, ours.Shape.ValueOrDefault!);
        ours.Row.ShouldNotBeNull().CurrVersion.ShouldBe("1.18");
        ours.Row.MinCompatibleVersion.ShouldBe("1.0");
        ours.Row.Created!.Value.ShouldBeInRange(started.AddSeconds(-1), DateTimeOffset.UtcNow.AddSeconds(1));
        Rows(ours).ShouldBe(Rows(real));
        ours.History.ValueOrDefault![^1].Updated.ShouldBeGreaterThan(ours.Row.Created.Value);
        (await Sql.AskAsync<long>(main, "SELECT count(*) FROM schema_update_history WHERE year = extract(year FROM update_time) AND month = extract(month FROM update_time)"))
            .ShouldBe(20);
    }

    [Fact]
    public async Task A_second_run_has_nothing_to_do()
    {
        var main = await server.CopyAsync();
        var visibility = await server.CopyAsync("temporal_visibility");
        await RunAsync(main, visibility);
        var before = Rows(await PostgresServer.ReadAsync(main));

        var report = await RunAsync(main, visibility);

        report.Succeeded.ShouldBeTrue();
        report.Stores[0].Done.ShouldBe(["main is at 1.18; release 1.29.1 requires 1.18: nothing to do"]);
        Rows(await PostgresServer.ReadAsync(main)).ShouldBe(before);
    }

    [Fact]
    public async Task A_store_that_fails_is_as_it_was_and_the_next_is_not_touched()
    {
        var main = await server.CopyAsync();
        await Sql.RunAsync(main, "CREATE TABLE task_queues_v2 (x int)");

        var report = await RunAsync(main, await server.CopyAsync("temporal_visibility"));

        report.Succeeded.ShouldBeFalse();
        report.Stores.ShouldHaveSingleItem().Failure.ShouldNotBeNull().ShouldContain("\"task_queues_v2\" already exists");
        report.Failure.ShouldNotBeNull().ShouldNotContain(main.Password!.Reveal());
        var reading = await PostgresServer.ReadAsync(main);
        reading.Row.ShouldNotBeNull().CurrVersion.ShouldBe("1.16");
        reading.Shape.ValueOrDefault!.Tables.Keys.ShouldNotContain("chasm_node_maps");
    }

    [Fact]
    public async Task A_copy_whose_row_bears_another_name_is_refused_as_the_real_tool_refuses_it()
    {
        var report = await RunAsync(await server.CopyAsync(adopt: false), await server.CopyAsync("temporal_visibility"));

        report.Failure.ShouldNotBeNull().ShouldContain("no row with a version for db_name copy_");
    }

    [Fact]
    public async Task A_database_that_cannot_be_reached_is_a_failure_in_words()
    {
        var nowhere = ConnectionText.Parse("Host=127.0.0.1;Port=1;Database=temporal;Username=u;Password=planted-secret");

        var report = await RunAsync(nowhere, nowhere);

        report.Failure.ShouldNotBeNull().ShouldStartWith("u@127.0.0.1:1/temporal was not migrated and is as it was:");
    }

    [Theory]
    [InlineData("temporal", "1.12", "1.32.1")]
    [InlineData("temporal", "1.14", "1.29.1")]
    [InlineData("temporal", "1.15", "1.29.1")]
    [InlineData("visibility", "1.5", "1.29.1")]
    [InlineData("visibility", "1.7", "1.32.1")]
    [InlineData("visibility", "1.9", "1.30.8")]
    public async Task Every_older_schema_arrives_at_the_known_shape_from_either_form(string store, string from, string to)
    {
        foreach (var form in new[] { DatabaseShape.StepByStep, DatabaseShape.AtOnce })
        {
            var postgres = await server.Postgres;
            var name = $"old_{store}_{from}_{form}";
            await postgres.RestoreAsync(SharedData.Path($"real/schemas/{store}-{from}-{form}.dump"), name, TestContext.Current.CancellationToken);
            await postgres.AdoptAsync(name, TestContext.Current.CancellationToken);
            var old = postgres.Connection(name);
            var release = s_catalog.Find(ServerVersion.Parse(to))!;
            var ready = await server.CopyAsync(store == "temporal" ? "temporal_visibility" : "temporal");

            var report = store == "temporal"
                ? await EmbeddedMigration.RunAsync(old, ready, s_catalog, release, TestContext.Current.CancellationToken)
                : await EmbeddedMigration.RunAsync(ready, old, s_catalog, release, TestContext.Current.CancellationToken);

            report.Failure.ShouldBeNull(form);
            var which = store == "temporal" ? Store.Main : Store.Visibility;
            var reading = await PostgresServer.ReadAsync(old, which);
            reading.Row.ShouldNotBeNull().Version.ShouldBe(release.Requires(which));
            ShapeMatch.Closest(s_catalog.Shapes(which, release.Requires(which)), reading.Shape.ValueOrDefault!).Diff.Offences.ShouldBeEmpty(form);
            reading.History.ValueOrDefault!.Select(row => row.NewVersion).ShouldContain(release.Requires(which).ToString());
        }
    }

    private static Task<MigrationReport> RunAsync(ConnectionText main, ConnectionText visibility) => EmbeddedMigration.RunAsync(
        main, visibility, s_catalog, s_catalog.Find(ServerVersion.Parse("1.29.1"))!, TestContext.Current.CancellationToken);

    private static string[] Rows(StoreReading reading) =>
        [.. reading.History.ValueOrDefault!.Select(row => $"{row.OldVersion} {row.NewVersion} {row.ManifestMd5} {row.Description}")];

    private static void ShouldBeTheSame(DatabaseShape real, DatabaseShape ours)
    {
        real.Diff(ours).Offences.ShouldBeEmpty();
        real.Diff(ours).Extras.ShouldBeEmpty();
        ours.Diff(real).Offences.ShouldBeEmpty();
    }
}
