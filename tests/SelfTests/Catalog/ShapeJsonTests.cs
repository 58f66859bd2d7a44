using System.Text;
using TemporalConformance.Facts;

namespace TemporalConformance.SelfTests;

public sealed class ShapeJsonTests
{
    [Fact]
    public void Every_shape_of_the_catalog_is_written_as_it_was_read()
    {
        var files = CatalogFiles.Embedded();
        var shapes = files.Names.Where(name => name.StartsWith("shapes/", StringComparison.Ordinal)).ToList();
        shapes.Count.ShouldBeGreaterThan(20);
        foreach (var name in shapes)
        {
            var text = Encoding.UTF8.GetString(files.Read(name));
            var shape = ShapeJson.Read(name, files.Read(name));
            ShapeJson.Write(shape).ShouldBe(text, name);
            name.ShouldBe($"shapes/{ShapeJson.FileName(shape)}");
        }
    }

    [Fact]
    public void The_order_in_which_a_database_lists_its_tables_and_indexes_makes_no_difference()
    {
        var shape = ReleaseCatalog.Load().Shapes(Store.Visibility, new(1, 9))[0];
        var other = shape with
        {
            Tables = shape.Tables.Reverse().ToDictionary(pair => pair.Key, pair => pair.Value with { Indexes = [.. pair.Value.Indexes.Reverse()] }),
        };
        ShapeJson.Write(other).ShouldBe(ShapeJson.Write(shape));
    }

    [Fact]
    public void A_shape_with_everything_in_it_survives()
    {
        var shape = new DatabaseShape
        {
            Store = Store.Visibility,
            Version = new(1, 9),
            Form = DatabaseShape.Observed,
            Extensions = ["btree_gin"],
            Functions = [new("f", "", "integer", "stable", false), new("f", "a text", "integer", "immutable", true)],
            Sequences = [new("s", "bigint")],
            Tables = new Dictionary<string, TableShape>
            {
                ["t \"q\""] = new(
                    "t \"q\"",
                    [new("a", "text", true, "'\\x'::bytea", null), new("ä", "bigint", false, null, "(a > 'b'::text)")],
                    ["a"],
                    [new("i", "gin", false, false, ["a jsonb_path_ops", "lower(a) DESC"], "(a <> ''::text)")],
                    ["CHECK ((a <> 'x'::text))"]),
                ["empty"] = new("empty", [], [], [], []),
            },
        };
        var read = ShapeJson.Read("shape.json", Encoding.UTF8.GetBytes(ShapeJson.Write(shape)));
        ShapeJson.Write(read).ShouldBe(ShapeJson.Write(shape));
        read.Source.ShouldBeNull();
        shape.Diff(read).Offences.ShouldBe(["index i on t \"q\" is invalid: its build failed, and PostgreSQL does not use it"]);
        read.Functions.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("\"store\": \"main\"", "\"store\": \"both\"", "\"main\" or \"visibility\"")]
    [InlineData("\"version\": \"1.18\"", "\"version\": \"latest\"", "a schema version")]
    [InlineData("\"form\"", "\"shape\"", "a field \"form\"")]
    [InlineData("\"notNull\"", "\"nullable\"", "one of the fields name, type, notNull, default, generated")]
    [InlineData("\"notNull\": true", "\"notNull\": \"yes\"", "true or false for \"notNull\"")]
    [InlineData("\"primaryKey\": [\"a\"]", "\"primaryKey\": \"a\"", "an array for \"primaryKey\"")]
    [InlineData("\"checks\": []", "\"checks\": [], \"rows\": 1", "one of the fields columns, primaryKey, indexes, checks")]
    [InlineData("\"extensions\": []", "\"extensions\": [1]", "text for \"extensions\"")]
    public void A_file_that_is_no_shape_is_refused_with_its_place(string good, string bad, string wanted)
    {
        const string shape = """{ "store": "main", "version": "1.18", "form": "observed", "extensions": [], "functions": [], "sequences": [], "tables": { "t": { "columns": [ { "name": "a", "type": "text", "notNull": true } ], "primaryKey": ["a"], "indexes": [], "checks": [] } } }""";
        ShapeJson.Read("shape.json", Encoding.UTF8.GetBytes(shape)).Tables.ShouldHaveSingleItem();
        shape.ShouldContain(good);
        var problem = Should.Throw<CatalogException>(() => ShapeJson.Read("shape.json", Encoding.UTF8.GetBytes(shape.Replace(good, bad))));
        problem.Wanted.ShouldStartWith(wanted);
        problem.Message.ShouldStartWith("shape.json:1:");
    }
}
