using TemporalConformance.Facts;

namespace TemporalConformance.SelfTests;

/// <summary>The statements as texts; that they lead to the wanted shape is proven on a real PostgreSQL elsewhere.</summary>
public sealed class DdlTests
{
    private static readonly ReleaseCatalog Catalog = ReleaseCatalog.Load();

    [Fact]
    public void From_1_16_to_1_18_three_tables_are_created_and_nothing_else_is_done()
    {
        var statements = Ddl.Between(MainShape("1.16"), MainShape("1.18"));
        statements.Select(statement => statement.Split('\n')[0]).ShouldBe(
            ["CREATE TABLE \"public\".\"chasm_node_maps\" (", "CREATE TABLE \"public\".\"task_queues_v2\" (", "CREATE TABLE \"public\".\"tasks_v2\" ("]);
        statements[1].ReplaceLineEndings("\n").ShouldBe("""
            CREATE TABLE "public"."task_queues_v2" (
              "range_hash" bigint NOT NULL,
              "task_queue_id" bytea NOT NULL,
              "range_id" bigint NOT NULL,
              "data" bytea NOT NULL,
              "data_encoding" character varying(16) NOT NULL,
              PRIMARY KEY ("range_hash", "task_queue_id")
            )
            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Both_forms_take_the_same_way() =>
        Ddl.Between(MainShape("1.16", DatabaseShape.AtOnce), MainShape("1.18", DatabaseShape.AtOnce)).ShouldBe(Ddl.Between(MainShape("1.16"), MainShape("1.18")));

    [Fact]
    public void From_a_shape_to_itself_nothing_is_done()
    {
        foreach (var shape in Catalog.KnownSchemas(Store.Main).SelectMany(version => Catalog.Shapes(Store.Main, version)))
        {
            Ddl.Between(shape, shape).ShouldBeEmpty();
        }
    }

    [Fact]
    public void A_column_becomes_not_null_after_its_empty_rows_got_the_default() =>
        Ddl.Between(MainShape("1.15"), MainShape("1.16")).ShouldBe(
        [
            "ALTER TABLE \"public\".\"current_executions\" ALTER COLUMN \"data_encoding\" SET DEFAULT ''::character varying",
            "UPDATE \"public\".\"current_executions\" SET \"data_encoding\" = DEFAULT WHERE \"data_encoding\" IS NULL",
            "ALTER TABLE \"public\".\"current_executions\" ALTER COLUMN \"data_encoding\" SET NOT NULL",
        ]);

    [Fact]
    public void All_new_columns_of_a_table_come_in_one_statement_before_their_indexes()
    {
        var statements = Ddl.Between(VisibilityShape("1.7"), VisibilityShape("1.9"));
        statements[0].ShouldStartWith("ALTER TABLE \"public\".\"executions_visibility\" ADD COLUMN \"temporalworkerdeploymentversion\" character varying(255) GENERATED ALWAYS AS (");
        statements[0].ShouldContain("ADD COLUMN \"_version\" bigint DEFAULT 0 NOT NULL");
        statements.Skip(1).ShouldAllBe(statement => statement.StartsWith("CREATE INDEX \"by_temporal_"));
        statements.Count.ShouldBe(4);
    }

    [Fact]
    public void Tables_go_and_come_between_1_12_and_1_13()
    {
        var statements = Ddl.Between(MainShape("1.12"), MainShape("1.13"));
        statements[0].ShouldBe("DROP TABLE \"public\".\"nexus_incoming_services\"");
        statements.ShouldContain(statement => statement.Contains("CHECK ((id = 0))"));
    }

    [Fact]
    public void Whatever_a_later_version_adds_an_earlier_one_loses()
    {
        Ddl.Between(VisibilityShape("1.9"), VisibilityShape("1.7")).ShouldBe(
        [
            "DROP INDEX \"public\".\"by_temporal_worker_deployment\"",
            "DROP INDEX \"public\".\"by_temporal_worker_deployment_version\"",
            "DROP INDEX \"public\".\"by_temporal_workflow_versioning_behavior\"",
            "ALTER TABLE \"public\".\"executions_visibility\" DROP COLUMN \"temporalworkerdeploymentversion\", "
            + "DROP COLUMN \"temporalworkflowversioningbehavior\", DROP COLUMN \"temporalworkerdeployment\", DROP COLUMN \"_version\"",
        ]);
    }

    [Fact]
    public void Every_kind_of_difference_has_its_statement()
    {
        var from = Shape(new TableShape(
            "t\"1",
            [new("k", "integer", true, null, null), new("a", "integer", true, "1", null), new("g", "text", false, null, "(k)::text")],
            ["k"],
            [new("i", "btree", false, true, ["a"], null)],
            [])) with
        { Sequences = [new("gone", "bigint")] };
        var to = Shape(new TableShape(
            "t\"1",
            [new("k", "integer", true, null, null), new("a", "bigint", false, null, null), new("g", "text", false, null, "(a)::text")],
            ["k", "a"],
            [new("i", "btree", true, true, ["a DESC"], "(a > 0)")],
            [])) with
        { Sequences = [new("come", "integer")], Extensions = ["btree_gin"] };
        Ddl.Between(from, to).ShouldBe(
        [
            "CREATE EXTENSION IF NOT EXISTS \"btree_gin\"",
            "CREATE SEQUENCE \"public\".\"come\" AS integer",
            "DROP INDEX \"public\".\"i\"",
            "ALTER TABLE \"public\".\"t\"\"1\" DROP CONSTRAINT \"t\"\"1_pkey\"",
            "ALTER TABLE \"public\".\"t\"\"1\" DROP COLUMN \"g\", ADD COLUMN \"g\" text GENERATED ALWAYS AS ((a)::text) STORED",
            "ALTER TABLE \"public\".\"t\"\"1\" ALTER COLUMN \"a\" TYPE bigint",
            "ALTER TABLE \"public\".\"t\"\"1\" ALTER COLUMN \"a\" DROP DEFAULT",
            "ALTER TABLE \"public\".\"t\"\"1\" ALTER COLUMN \"a\" DROP NOT NULL",
            "ALTER TABLE \"public\".\"t\"\"1\" ADD PRIMARY KEY (\"k\", \"a\")",
            "CREATE UNIQUE INDEX \"i\" ON \"public\".\"t\"\"1\" USING btree (a DESC) WHERE (a > 0)",
            "DROP SEQUENCE IF EXISTS \"public\".\"gone\"",
        ]);
    }

    [Fact]
    public void What_a_shape_does_not_hold_is_refused()
    {
        var empty = Shape();
        Should.Throw<NotSupportedException>(() => Ddl.Between(empty, empty with { Functions = [new("f", "", "integer", "stable", true)] }))
            .Message.ShouldContain("Function f cannot be created");
        var table = new TableShape("t", [new("k", "integer", true, null, null)], ["k"], [], []);
        Should.Throw<NotSupportedException>(() => Ddl.Between(Shape(table), Shape(table with { Checks = ["CHECK ((k > 0))"] })))
            .Message.ShouldContain("constraints of t differ");
    }

    private static DatabaseShape MainShape(string version, string form = DatabaseShape.StepByStep) =>
        Catalog.Shapes(Store.Main, SchemaVersion.Parse(version)).Single(shape => shape.Form == form);

    private static DatabaseShape VisibilityShape(string version) => Catalog.Shapes(Store.Visibility, SchemaVersion.Parse(version))[0];

    private static DatabaseShape Shape(params TableShape[] tables) => new()
    {
        Store = Store.Main,
        Version = new(1, 18),
        Form = DatabaseShape.Observed,
        Tables = tables.ToDictionary(table => table.Name),
    };
}
