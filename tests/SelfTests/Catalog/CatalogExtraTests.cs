using TemporalConformance.Facts;

namespace TemporalConformance.SelfTests;

public sealed class CatalogExtraTests
{
    private const string Good = """{ "version": "1.29.8", "postgresql": { "main": "1.18", "visibility": "1.9" }, "source": "temporalio/temporal tag v1.29.8" }""";

    [Fact]
    public void A_file_with_one_release_adds_it_to_its_line()
    {
        using var folder = new ExtraFolder();
        var catalog = ReleaseCatalog.Load(folder.Write("1.29.8.json", Good));
        var release = catalog.Find(ServerVersion.Parse("1.29.8")).ShouldNotBeNull();
        release.Extra.ShouldBeTrue();
        release.Main.ShouldBe(new SchemaVersion(1, 18));
        catalog.LatestPatch(new ReleaseLine(1, 29)).ShouldBe(release);
        catalog.Contradictions().ShouldBeEmpty();
    }

    [Fact]
    public void A_file_may_hold_several_and_a_folder_several_files()
    {
        using var folder = new ExtraFolder();
        folder.Write("one.json", $"[ {Good}, {Good.Replace("1.29.8", "1.29.9")} ]");
        folder.Write("two.json", Good.Replace("1.29.8", "1.29.10"));
        folder.Write("notes.txt", "not read");
        var catalog = ReleaseCatalog.Load(folder.Path);
        catalog.Releases.Where(release => release.Extra).Select(release => release.Version.ToString())
            .ShouldBe(["1.29.8", "1.29.9", "1.29.10"]);
    }

    [Fact]
    public void A_release_that_is_only_listed_becomes_known()
    {
        using var folder = new ExtraFolder();
        folder.Write("1.30.9.json", """{ "version": "1.30.9", "postgresql": { "main": "1.18", "visibility": "1.13" }, "source": "temporalio/temporal tag v1.30.9" }""");
        var catalog = ReleaseCatalog.Load(folder.Path);
        catalog.Find(ServerVersion.Parse("1.30.9")).ShouldNotBeNull();
        catalog.Listed.ShouldNotContain(listed => listed.Version == ServerVersion.Parse("1.30.9"));
        catalog.Contradictions().ShouldBeEmpty();
    }

    [Fact]
    public void A_release_may_state_images_and_the_security_fixes_that_it_brings()
    {
        using var folder = new ExtraFolder();
        folder.Write("1.29.8.json", """
            {
              "version": "1.29.8", "published": "2026-12-01", "go": "1.25.14", "adminTools": "1.29.8", "ui": "2.52.0",
              "postgresql": { "main": "1.18", "visibility": "1.9" }, "mysql": { "main": "1.18", "visibility": "1.9" },
              "cassandra": "1.13", "elasticsearch": "v9",
              "securityFixes": ["CVE-2026-87858"], // stated because the catalog's range ends elsewhere
              "source": "temporalio/temporal tag v1.29.8"
            }
            """);
        var release = ReleaseCatalog.Load(folder.Path).Find(ServerVersion.Parse("1.29.8")).ShouldNotBeNull();
        release.SecurityFixes.ShouldContain("CVE-2026-87858");
        release.SecurityFixes.ShouldContain("CVE-2025-14986", "the line had it before");
        release.OpenSecurityHoles.ShouldBeEmpty();
        release.AdminToolsTag.ShouldBe("1.29.8");
        release.UiVersion.ShouldBe("2.52.0");
        release.OtherStores.Cassandra.ShouldBe(new SchemaVersion(1, 13));
    }

    [Theory]
    [InlineData("{ \"version\": \"1.29.8\"", 1, 22, "JSON")]
    [InlineData("[\n  7\n]", 2, 3, "an object")]
    [InlineData("{\n  \"postgresql\": { \"main\": \"1.18\", \"visibility\": \"1.9\" },\n  \"source\": \"x\"\n}", 1, 1, "a field \"version\"")]
    [InlineData("{ \"version\": 1.29 }", 1, 14, "text for \"version\"")]
    [InlineData("{ \"version\": \"v1.29.8\" }", 1, 14, "a server version such as 1.29.1")]
    [InlineData("{ \"version\": \"1.29.8\",\n  \"published\": \"yesterday\" }", 2, 16, "a date such as 2026-11-25")]
    [InlineData("{ \"version\": \"1.29.8\",\n  \"postgresql\": [] }", 2, 17, "an object")]
    [InlineData("{ \"version\": \"1.29.8\",\n  \"postgresql\": { \"main\": \"eighteen\" } }", 2, 27, "a schema version such as 1.18")]
    [InlineData("{ \"version\": \"1.29.8\",\n  \"version\": \"1.29.9\" }", 2, 3, "each field once")]
    public void A_file_that_is_not_as_it_should_be_is_refused_with_its_place(string json, int line, int column, string wanted)
    {
        using var folder = new ExtraFolder();
        var file = folder.Write("bad.json", json);
        var problem = Should.Throw<CatalogException>(() => ReleaseCatalog.Load(file));
        problem.Wanted.ShouldStartWith(wanted);
        (problem.Line, problem.Column).ShouldBe((line, column));
        problem.Message.ShouldStartWith($"{file}:{line}:{column}: wanted {wanted}");
        problem.Message.ShouldContain("observed");
        problem.Remedy.ShouldNotBeEmpty();
    }

    [Fact]
    public void A_misspelt_field_is_refused_and_the_known_ones_are_named()
    {
        var problem = Refused(Good.Replace("\"source\"", "\"publised\": \"2026-12-01\", \"source\""));
        problem.Observed.ShouldBe("\"publised\"");
        problem.Wanted.ShouldContain("published");
        problem.Column.ShouldBe(Good.IndexOf("\"source\"", StringComparison.Ordinal) + 1);
    }

    [Fact]
    public void Columns_are_counted_in_characters_not_in_bytes()
    {
        var json = Good.Replace("temporalio/temporal tag", "Zürich – ").Replace("\" }", "\", \"extra\": 1 }");
        Refused(json).Column.ShouldBe(json.IndexOf("\"extra\"", StringComparison.Ordinal) + 1);
    }

    [Fact]
    public void A_release_of_the_catalog_cannot_be_stated_again()
    {
        var problem = Refused(Good.Replace("1.29.8", "1.29.1"));
        problem.Wanted.ShouldBe("a release that the catalog does not have");
        problem.Observed.ShouldStartWith("1.29.1, which it has");
    }

    [Fact]
    public void A_release_cannot_be_stated_in_two_files()
    {
        using var folder = new ExtraFolder();
        var first = folder.Write("a.json", Good);
        folder.Write("b.json", Good);
        var problem = Should.Throw<CatalogException>(() => ReleaseCatalog.Load(folder.Path));
        problem.File.ShouldEndWith("b.json");
        problem.Observed.ShouldBe($"1.29.8 again, first stated in {first}");
    }

    [Theory]
    [InlineData("1.20", "1.9", "main")]
    [InlineData("1.18", "1.12", "visibility")]
    [InlineData("1.18", "2.0", "visibility")]
    public void A_schema_without_a_known_shape_is_refused_and_what_that_means_is_said(string main, string visibility, string store)
    {
        var problem = Refused(Good.Replace("\"1.18\"", $"\"{main}\"").Replace("\"1.9\"", $"\"{visibility}\""));
        problem.Wanted.ShouldStartWith($"a schema of the {store} store whose shape is known");
        problem.Remedy.ShouldContain("nothing could be said about its tables");
    }

    [Theory]
    [InlineData("1.29.8", "1.17", "1.9", "1.29.7 requires 1.18")]
    [InlineData("1.29.8", "1.19", "1.9", "1.30.0 requires 1.18")]
    [InlineData("1.33.0", "1.19", "1.13", "1.32.1 requires 1.14")]
    public void A_schema_that_goes_back_is_refused(string version, string main, string visibility, string neighbour)
    {
        var problem = Refused(
            $$"""{ "version": "{{version}}", "postgresql": { "main": "{{main}}", "visibility": "{{visibility}}" }, "source": "x" }""");
        problem.Wanted.ShouldContain(neighbour);
        problem.Remedy.ShouldContain("A schema never goes back");
    }

    [Fact]
    public void An_unknown_security_fix_is_refused()
    {
        var problem = Refused(Good.Replace("\"source\"", "\"securityFixes\": [\"CVE-1999-1\"], \"source\""));
        problem.Observed.ShouldBe("\"CVE-1999-1\"");
        problem.Wanted.ShouldContain("CVE-2025-14986");
    }

    [Fact]
    public void A_place_with_nothing_in_it_is_refused()
    {
        using var folder = new ExtraFolder();
        Should.Throw<CatalogException>(() => ReleaseCatalog.Load(folder.Path)).Wanted.ShouldBe("at least one *.json file in this folder");
        var missing = System.IO.Path.Combine(folder.Path, "missing");
        var problem = Should.Throw<CatalogException>(() => ReleaseCatalog.Load(missing));
        problem.Message.ShouldBe($"{missing}: wanted a JSON file or a folder of JSON files, observed nothing of that name. Correct the setting catalog.extra, or remove it.");
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused()
    {
        using var folder = new ExtraFolder();
        var file = System.IO.Path.Combine(folder.Path, "bytes.json");
        File.WriteAllBytes(file, [.. "{ \"version\": \""u8, 0xFF, 0xFE, .. "\" }"u8]);
        Should.Throw<CatalogException>(() => ReleaseCatalog.Load(file)).File.ShouldBe(file);
    }

    private static CatalogException Refused(string json)
    {
        using var folder = new ExtraFolder();
        var file = folder.Write("bad.json", json);
        var problem = Should.Throw<CatalogException>(() => ReleaseCatalog.Load(file));
        problem.File.ShouldBe(file);
        problem.Line.ShouldBe(1);
        return problem;
    }
}
