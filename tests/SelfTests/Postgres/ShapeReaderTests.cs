using TemporalConformance.Environments;
using TemporalConformance.Facts;
using TemporalConformance.Probes;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

public sealed class ShapeReaderTests(PostgresServer server)
{
    private static readonly ReleaseCatalog s_catalog = ReleaseCatalog.Load();

    [Theory]
    [InlineData("temporal", Store.Main, 16)]
    [InlineData("temporal_visibility", Store.Visibility, 9)]
    [InlineData("temporal_after", Store.Main, 18)]
    [InlineData("temporal_visibility_after", Store.Visibility, 9)]
    public async Task Databases_that_real_servers_wrote_have_the_catalogs_shape(string database, Store store, int minor)
    {
        await using var connection = await Sql.OpenAsync((await server.Postgres).Connection(database));

        var observed = await ShapeReader.ReadAsync(connection, store, new SchemaVersion(1, minor), cancellationToken: TestContext.Current.CancellationToken);

        ShouldBeTheSame(ShapeMatch.Closest(s_catalog.Shapes(store, observed.Version), observed).Known, observed);
    }

    [Fact]
    public async Task Every_major_on_this_machine_prints_the_same_shape()
    {
        // More installations than the usual places have: their folders in SELFTESTS_POSTGRES, parted by colons.
        var all = (Environment.GetEnvironmentVariable("SELFTESTS_POSTGRES") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => PostgresSearch.Find(Read(folder)).ShouldNotBeNull(folder))
            .Concat(PostgresSearch.FindAll(Settings.Defaults)).DistinctBy(found => found.Major).ToList();
        all.ShouldNotBeEmpty();
        foreach (var binaries in all)
        {
            await using var postgres = await LocalPostgres.StartAsync(binaries, TestContext.Current.CancellationToken);
            foreach (var store in Enum.GetValues<Store>())
            {
                await postgres.RestoreAsync(Recordings.Dump("1.29.1", store), Recordings.Database(store), TestContext.Current.CancellationToken);
                var reading = await PostgresServer.ReadAsync(postgres.Connection(Recordings.Database(store)), store);
                var observed = reading.Shape.ValueOrDefault.ShouldNotBeNull();
                ShouldBeTheSame(ShapeMatch.Closest(s_catalog.Shapes(store, observed.Version), observed).Known, observed);
            }

            TestContext.Current.TestOutputHelper!.WriteLine($"PostgreSQL {binaries.Major} of {binaries.Source}");
        }

        static Settings Read(string folder) => SettingsReader.Read(null, new Dictionary<string, string> { ["postgres.binaries"] = folder }, new Dictionary<string, string?>());
    }

    [Fact]
    public async Task Every_schema_that_the_real_tool_made_has_the_catalogs_shape()
    {
        var folder = SharedData.Path("real/schemas");
        var read = 0;
        await foreach (var observed in ShapeHarvest.RunAsync(folder, await server.Postgres, TestContext.Current.CancellationToken))
        {
            var known = s_catalog.Shapes(observed.Store, observed.Version).Single(shape => shape.Form == observed.Form);
            ShouldBeTheSame(known, observed);
            read++;
        }

        read.ShouldBe(Directory.GetFiles(folder, "*.dump").Length);
    }

    [Fact]
    public async Task A_folder_without_dumps_is_refused()
    {
        var postgres = await server.Postgres;

        var refused = await Should.ThrowAsync<EnvironmentException>(async () =>
        {
            await foreach (var _ in ShapeHarvest.RunAsync(AppContext.BaseDirectory, postgres, TestContext.Current.CancellationToken))
            {
                Assert.Fail("There is nothing to read.");
            }
        });

        refused.Message.ShouldContain("temporal-1.18-at-once.dump");
    }

    [Fact]
    public async Task Everything_that_makes_a_shape_is_read()
    {
        var empty = await server.EmptyAsync();
        await Sql.RunAsync(empty, """
            CREATE EXTENSION btree_gin;
            CREATE TABLE "Odd name" (b int, a int NOT NULL CHECK (a > 0), t timestamp DEFAULT '1970-01-01', j jsonb,
                g text GENERATED ALWAYS AS (j ->> 'x') STORED, gone int, PRIMARY KEY (b, a), UNIQUE (t));
            ALTER TABLE "Odd name" DROP COLUMN gone;
            CREATE INDEX keys ON "Odd name" (a DESC, b NULLS FIRST, t DESC NULLS LAST, (coalesce(g, 'none')) text_pattern_ops) WHERE a > 3;
            CREATE INDEX included ON "Odd name" (a) INCLUDE (b);
            CREATE INDEX gin_index ON "Odd name" USING gin (a, j jsonb_path_ops);
            UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'included'::regclass;
            CREATE VIEW tasks_v2 AS SELECT 1::int AS one;
            CREATE SEQUENCE counter AS int;
            CREATE FUNCTION f(x int, y text) RETURNS text LANGUAGE sql STABLE STRICT AS 'SELECT y';
            """);
        await using var connection = await Sql.OpenAsync(empty);

        var shape = await ShapeReader.ReadAsync(connection, Store.Main, new SchemaVersion(1, 1), cancellationToken: TestContext.Current.CancellationToken);

        shape.Extensions.ShouldBe(["btree_gin"]);
        shape.Sequences.ShouldBe([new SequenceShape("counter", "integer")]);
        shape.Functions.ShouldBe([new FunctionShape("f", "x integer, y text", "text", "stable", true)]);
        shape.Tables.Keys.ShouldBe(["Odd name", "tasks_v2"]);
        var table = shape.Tables["Odd name"];
        table.PrimaryKey.ShouldBe(["b", "a"]);
        table.Checks.ShouldBe(["CHECK ((a > 0))"]);
        table.Columns.ShouldBe([
            new ColumnShape("b", "integer", true, null, null),
            new ColumnShape("a", "integer", true, null, null),
            new ColumnShape("t", "timestamp without time zone", false, "'1970-01-01 00:00:00'::timestamp without time zone", null),
            new ColumnShape("j", "jsonb", false, null, null),
            new ColumnShape("g", "text", false, null, "(j ->> 'x'::text)"),
        ]);
        table.Indexes.Select(index => $"{index.Name}: {index.Method} {string.Join(", ", index.Keys)} {index.Predicate}{(index.Unique ? "unique" : "")}{(index.Valid ? "" : "invalid")}").ShouldBe([
            "Odd name_t_key: btree t unique",
            "gin_index: gin a, j jsonb_path_ops ",
            "included: btree a, INCLUDE b invalid",
            "keys: btree a DESC, b NULLS FIRST, t DESC NULLS LAST, COALESCE(g, 'none'::text) text_pattern_ops (a > 3)",
        ]);
    }

    private static void ShouldBeTheSame(DatabaseShape known, DatabaseShape observed)
    {
        var label = $"{known.Store} {known.Version} {known.Form}";
        known.Diff(observed).Offences.ShouldBeEmpty(label);
        known.Diff(observed).Extras.ShouldBeEmpty(label);
        observed.Diff(known).Offences.ShouldBeEmpty(label);
    }
}
