using TemporalConformance.Facts;

namespace TemporalConformance.SelfTests;

public sealed class UpgradePathTests
{
    private static readonly ReleaseCatalog Catalog = ReleaseCatalog.Load();

    [Theory]
    [InlineData("1.28.4", "1.29.1", HopSupport.Direct, true, true)]
    [InlineData("1.28.1", "1.29.1", HopSupport.Direct, true, false)]
    [InlineData("1.27.4", "1.29.1", HopSupport.Direct, true, false)]
    [InlineData("1.26.3", "1.29.1", HopSupport.Direct, false, false)]
    [InlineData("1.25.2", "1.29.1", HopSupport.NotRecommended, false, false)]
    [InlineData("1.24.3", "1.29.1", HopSupport.Refused, false, false)]
    [InlineData("1.29.1", "1.29.7", HopSupport.Direct, true, true)]
    [InlineData("1.29.1", "1.29.1", HopSupport.NothingToDo, true, true)]
    [InlineData("1.29.2", "1.29.1", HopSupport.Downgrade, false, false)]
    [InlineData("1.29.1", "1.28.4", HopSupport.Downgrade, false, false)]
    [InlineData("1.25.2", "1.26.3", HopSupport.Direct, false, true)]
    [InlineData("1.29.7", "1.32.1", HopSupport.Direct, false, false)]
    [InlineData("1.28.4", "1.32.1", HopSupport.NotRecommended, false, false)]
    [InlineData("1.27.4", "1.32.1", HopSupport.Refused, false, false)]
    public void The_guides_matrix_holds_by_distance(string from, string to, HopSupport support, bool recommended, bool sequential)
    {
        var path = Plan(from, to);
        path.Support.ShouldBe(support);
        path.IsRecommended.ShouldBe(recommended);
        path.IsSequential.ShouldBe(sequential);
    }

    [Theory]
    [InlineData("1.27.2", "1.29.1", "1.27.4 (main 1.16, visibility 1.9), 1.28.4 (main 1.17, visibility 1.9), 1.29.1 (main 1.18, visibility 1.9)")]
    [InlineData("1.28.4", "1.29.1", "1.29.1 (main 1.18, visibility 1.9)")]
    [InlineData("1.29.0", "1.29.1", "1.29.1 (main 1.18, visibility 1.9)")]
    [InlineData("1.24.3", "1.26.3", "1.25.2 (main 1.14, visibility 1.6), 1.26.3 (main 1.14, visibility 1.7)")]
    [InlineData("1.29.1", "1.29.1", "")]
    [InlineData("1.29.1", "1.27.4", "")]
    public void The_stops_are_the_latest_patch_of_each_minor_with_its_schemas(string from, string to, string stops) =>
        string.Join(", ", Plan(from, to).Stops).ShouldBe(stops);

    [Fact]
    public void A_known_bad_patch_is_no_stop()
    {
        using var extra = new ExtraFolder();
        extra.Write("bad.json", """
            { "version": "1.28.5", "postgresql": { "main": "1.17", "visibility": "1.9" }, "source": "an invented tag",
              "knownBad": { "reason": "It loses timers.", "source": "https://example.invalid/1" } }
            """);
        var catalog = ReleaseCatalog.Load(extra.Path);
        catalog.LatestPatch(new ReleaseLine(1, 28)).Version.ToString().ShouldBe("1.28.4");
        catalog.Path(Find(catalog, "1.27.4"), Find(catalog, "1.29.1")).Stops.Select(stop => stop.Release.Version.ToString())
            .ShouldBe(["1.28.4", "1.29.1"]);
        catalog.Path(Find(catalog, "1.28.5"), Find(catalog, "1.29.1")).IsSequential.ShouldBeTrue("it is past its line's latest good patch");
    }

    [Fact]
    public void A_line_that_nobody_knows_is_named_as_a_missing_stop()
    {
        using var extra = new ExtraFolder();
        extra.Write("new.json", """
            { "version": "1.34.0", "postgresql": { "main": "1.19", "visibility": "1.14" }, "source": "an invented tag" }
            """);
        var catalog = ReleaseCatalog.Load(extra.Path);
        var path = catalog.Path(Find(catalog, "1.32.1"), Find(catalog, "1.34.0"));
        path.UnknownLines.Select(line => line.ToString()).ShouldBe(["1.33"]);
        path.Minors.ShouldBe(2);
    }

    [Fact]
    public void Between_two_majors_no_matrix_holds()
    {
        using var extra = new ExtraFolder();
        extra.Write("two.json", """
            { "version": "2.0.0", "postgresql": { "main": "1.19", "visibility": "1.14" }, "source": "an invented tag" }
            """);
        var catalog = ReleaseCatalog.Load(extra.Path);
        catalog.Path(Find(catalog, "1.32.1"), Find(catalog, "2.0.0")).Support.ShouldBe(HopSupport.Refused);
        catalog.Path(Find(catalog, "2.0.0"), Find(catalog, "1.32.1")).Support.ShouldBe(HopSupport.Downgrade);
    }

    private static UpgradePath Plan(string from, string to) => Catalog.Path(Find(Catalog, from), Find(Catalog, to));

    private static Release Find(ReleaseCatalog catalog, string version) =>
        catalog.Find(ServerVersion.Parse(version)).ShouldNotBeNull($"{version} is missing");
}
