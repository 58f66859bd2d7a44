using TemporalConformance.Facts;

namespace TemporalConformance.SelfTests;

public sealed class ShapeDiffTests
{
    private static readonly ReleaseCatalog Catalog = ReleaseCatalog.Load();
    private static readonly DatabaseShape Main = Catalog.Shapes(Store.Main, new(1, 18))[0];
    private static readonly DatabaseShape Visibility = Catalog.Shapes(Store.Visibility, new(1, 9))[0];

    [Fact]
    public void A_shape_matches_itself_and_itself_in_another_order()
    {
        Main.Diff(Main).Matches.ShouldBeTrue();
        var reversed = With(Visibility, "executions_visibility", table => table with
        {
            Columns = [.. table.Columns.Reverse()],
            Indexes = [.. table.Indexes.Reverse()],
        });
        var diff = Visibility.Diff(reversed);
        diff.Offences.ShouldBeEmpty();
        diff.Extras.ShouldBeEmpty();
    }

    [Fact]
    public void The_two_forms_differ_by_a_table_and_three_defaults_and_each_is_found_again()
    {
        var forms = Catalog.Shapes(Store.Main, new(1, 18));
        forms[0].Diff(forms[1]).Offences.ShouldBe(
        [
            "table cluster_metadata is missing",
            "column queue.message_encoding: wanted varchar(16) NOT NULL DEFAULT 'Json', observed varchar(16) NOT NULL",
            "column queue_metadata.data_encoding: wanted varchar(16) NOT NULL DEFAULT 'Json', observed varchar(16) NOT NULL",
            "column queue_metadata.version: wanted bigint NOT NULL DEFAULT 0, observed bigint NOT NULL",
        ]);
        foreach (var form in forms)
        {
            var match = ShapeMatch.Closest(forms, form with { Form = DatabaseShape.Observed });
            match.Known.ShouldBeSameAs(form);
            match.Diff.Matches.ShouldBeTrue();
        }
    }

    [Fact]
    public void Without_a_known_shape_there_is_no_closest() =>
        Should.Throw<ArgumentException>(() => ShapeMatch.Closest([], Main));

    [Fact]
    public void The_closest_shape_speaks_of_the_form_that_the_database_was_built_by()
    {
        var broken = Without(Catalog.Shapes(Store.Main, new(1, 18))[1], "tasks_v2");
        var match = ShapeMatch.Closest(Catalog.Shapes(Store.Main, new(1, 18)), broken);
        match.Known.Form.ShouldBe(DatabaseShape.AtOnce);
        match.Diff.Offences.ShouldBe(["table tasks_v2 is missing"]);
    }

    [Fact]
    public void A_missing_table_is_an_offence_and_a_table_of_ones_own_is_not()
    {
        Main.Diff(Without(Main, "tasks_v2")).Offences.ShouldBe(["table tasks_v2 is missing"]);
        var diff = Without(Main, "tasks_v2").Diff(Main);
        diff.Matches.ShouldBeTrue();
        diff.Extras.ShouldBe(["table tasks_v2"]);
    }

    [Fact]
    public void The_column_that_an_interrupted_1_16_leaves_missing_is_named() => Offence(
        "current_executions",
        table => table with { Columns = [.. table.Columns.Where(column => column.Name != "data_encoding")] },
        "column current_executions.data_encoding is missing: wanted varchar(16) NOT NULL DEFAULT ''");

    [Fact]
    public void A_column_as_1_15_had_it_is_told_from_that_of_1_16() => Offence(
        "current_executions",
        table => Column(table, "data_encoding", column => column with { NotNull = false, Default = null }),
        "column current_executions.data_encoding: wanted varchar(16) NOT NULL DEFAULT '', observed varchar(16)");

    [Theory]
    [InlineData("type")]
    [InlineData("nullability")]
    [InlineData("default")]
    [InlineData("generated")]
    public void Each_property_of_a_column_counts(string property)
    {
        var table = "tasks_v2";
        var observed = property switch
        {
            "type" => "integer NOT NULL",
            "nullability" => "bigint",
            "default" => "bigint NOT NULL DEFAULT 7",
            _ => "bigint NOT NULL GENERATED ALWAYS AS (range_hash + 1) STORED",
        };
        Offence(
            table,
            shape => Column(shape, "pass", column => property switch
            {
                "type" => column with { Type = "integer" },
                "nullability" => column with { NotNull = false },
                "default" => column with { Default = "7" },
                _ => column with { Generated = "(range_hash + 1)" },
            }),
            $"column tasks_v2.pass: wanted bigint NOT NULL, observed {observed}");
    }

    [Fact]
    public void A_generated_column_with_another_expression_is_an_offence()
    {
        var observed = With(Visibility, "executions_visibility", table => Column(
            table, "keyword01", column => column with { Generated = "(search_attributes ->> 'Keyword02'::text)" }));
        Visibility.Diff(observed).Offences.ShouldBe(
        [
            "column executions_visibility.keyword01: wanted varchar(255) GENERATED ALWAYS AS (search_attributes ->> 'Keyword01') STORED, "
            + "observed varchar(255) GENERATED ALWAYS AS (search_attributes ->> 'Keyword02') STORED",
        ]);
    }

    [Fact]
    public void Expressions_are_compared_by_meaning()
    {
        var observed = With(Visibility, "executions_visibility", table => table with
        {
            Columns = [.. table.Columns.Select(column => column with { Generated = column.Generated?.Replace("public.", "").Replace("'::text", "'") })],
            Indexes = [.. table.Indexes.Select(index => index with { Keys = [.. index.Keys.Select(key => key.Replace("COALESCE", "coalesce"))] })],
        });
        Visibility.Diff(observed).Offences.ShouldBeEmpty();
    }

    [Fact]
    public void A_column_of_ones_own_is_reported_unless_it_refuses_Temporals_rows()
    {
        var harmless = With(Main, "tasks_v2", table => table with { Columns = [.. table.Columns, new("note", "text", false, null, null)] });
        Main.Diff(harmless).Matches.ShouldBeTrue();
        Main.Diff(harmless).Extras.ShouldBe(["column tasks_v2.note (text)"]);
        Offence(
            "tasks_v2",
            table => table with { Columns = [.. table.Columns, new("note", "text", true, null, null)] },
            "column tasks_v2.note is not Temporal's and refuses its rows: wanted none, observed text NOT NULL");
    }

    [Fact]
    public void Another_primary_key_is_an_offence_and_so_is_none()
    {
        Offence(
            "task_queues_v2",
            table => table with { PrimaryKey = ["task_queue_id", "range_hash"] },
            "primary key of task_queues_v2: wanted (range_hash, task_queue_id), observed (task_queue_id, range_hash)");
        Offence(
            "task_queues_v2",
            table => table with { PrimaryKey = [] },
            "primary key of task_queues_v2: wanted (range_hash, task_queue_id), observed none");
    }

    [Fact]
    public void A_dropped_index_is_an_offence() => Offence(
        "namespaces",
        table => table with { Indexes = [] },
        "index namespaces_name_key on namespaces is missing: wanted unique btree (name)");

    [Fact]
    public void A_renamed_index_is_an_offence_that_names_its_twin() => Offence(
        "namespaces",
        table => table with { Indexes = [table.Indexes[0] with { Name = "mine" }] },
        "index namespaces_name_key on namespaces is missing: wanted unique btree (name), though mine is the same under another name");

    [Fact]
    public void An_invalid_index_is_an_offence() => Offence(
        "namespaces",
        table => table with { Indexes = [table.Indexes[0] with { Valid = false }] },
        "index namespaces_name_key on namespaces is invalid: its build failed, and PostgreSQL does not use it");

    [Fact]
    public void Each_property_of_an_index_counts()
    {
        Offence("namespaces", table => Index(table, index => index with { Unique = false }), Wanted("btree (name)"));
        Offence("namespaces", table => Index(table, index => index with { Method = "hash" }), Wanted("unique hash (name)"));
        Offence("namespaces", table => Index(table, index => index with { Keys = ["name DESC"] }), Wanted("unique btree (name desc)"));
        Offence("namespaces", table => Index(table, index => index with { Predicate = "(id IS NOT NULL)" }), Wanted("unique btree (name) WHERE id is not null"));
        static string Wanted(string observed) => $"index namespaces_name_key on namespaces: wanted unique btree (name), observed {observed}";
    }

    [Fact]
    public void An_index_of_ones_own_is_reported()
    {
        var own = new IndexShape("mine", "btree", false, true, ["state"], null);
        Main.Diff(With(Main, "current_executions", table => table with { Indexes = [own] })).Extras
            .ShouldBe(["index mine on current_executions (btree (state))"]);
        Main.Diff(With(Main, "current_executions", table => table with { Indexes = [own with { Valid = false }] })).Extras
            .ShouldBe(["index mine on current_executions, which is invalid (btree (state))"]);
    }

    [Fact]
    public void A_missing_constraint_is_an_offence_and_one_of_ones_own_is_reported()
    {
        Offence(
            "nexus_endpoints_partition_status",
            table => table with { Checks = [] },
            "constraint of nexus_endpoints_partition_status is missing: wanted CHECK ((id = 0))");
        var diff = Main.Diff(With(Main, "nexus_endpoints_partition_status", table => table with { Checks = ["CHECK (id = 0)", "CHECK ((version > 0))"] }));
        diff.Matches.ShouldBeTrue();
        diff.Extras.ShouldBe(["constraint of nexus_endpoints_partition_status: CHECK ((version > 0))"]);
    }

    [Fact]
    public void A_missing_extension_function_or_sequence_is_an_offence()
    {
        Visibility.Diff(Visibility with { Extensions = [] }).Offences.ShouldBe(["extension btree_gin is missing"]);
        Visibility.Diff(Visibility with { Functions = [] }).Offences.ShouldBe(["function convert_ts(s character varying) is missing"]);
        Main.Diff(Main with { Sequences = [] }).Offences.ShouldBe(["sequence buffered_events_id_seq is missing"]);
        Visibility.Diff(Visibility with { Extensions = ["btree_gin", "pg_stat_statements"] }).Matches.ShouldBeTrue();
    }

    [Fact]
    public void A_different_function_or_sequence_is_an_offence()
    {
        Visibility.Diff(Visibility with { Functions = [Visibility.Functions[0] with { Volatility = "volatile", Strict = false }] }).Offences
            .ShouldBe(["function convert_ts(s character varying): wanted timestamp immutable strict, observed timestamp volatile"]);
        Main.Diff(Main with { Sequences = [Main.Sequences[0] with { Type = "integer" }] }).Offences
            .ShouldBe(["sequence buffered_events_id_seq: wanted bigint, observed integer"]);
    }

    private static void Offence(string table, Func<TableShape, TableShape> change, string sentence) =>
        Main.Diff(With(Main, table, change)).Offences.ShouldBe([sentence]);

    private static DatabaseShape With(DatabaseShape shape, string table, Func<TableShape, TableShape> change) => shape with
    {
        Form = DatabaseShape.Observed,
        Tables = shape.Tables.ToDictionary(pair => pair.Key, pair => pair.Key == table ? change(pair.Value) : pair.Value),
    };

    private static DatabaseShape Without(DatabaseShape shape, string table) => shape with
    {
        Form = DatabaseShape.Observed,
        Tables = shape.Tables.Where(pair => pair.Key != table).ToDictionary(),
    };

    private static TableShape Column(TableShape table, string name, Func<ColumnShape, ColumnShape> change) =>
        table with { Columns = [.. table.Columns.Select(column => column.Name == name ? change(column) : column)] };

    private static TableShape Index(TableShape table, Func<IndexShape, IndexShape> change) =>
        table with { Indexes = [.. table.Indexes.Select(change)] };
}
