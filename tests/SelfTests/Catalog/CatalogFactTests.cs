using System.Text.Json;
using TemporalConformance.Facts;

namespace TemporalConformance.SelfTests;

/// <summary>A few facts as literals, each known from upstream independently of the catalog's files.</summary>
public sealed class CatalogFactTests
{
    private static readonly ReleaseCatalog Catalog = ReleaseCatalog.Load();

    [Theory]
    [InlineData("1.24.0", "1.12", "1.5")]
    [InlineData("1.24.1", "1.12", "1.6")]
    [InlineData("1.25.2", "1.14", "1.6")]
    [InlineData("1.26.1", "1.14", "1.6")]
    [InlineData("1.26.2", "1.14", "1.7")]
    [InlineData("1.27.0", "1.15", "1.9")]
    [InlineData("1.27.1", "1.16", "1.9")]
    [InlineData("1.27.4", "1.16", "1.9")]
    [InlineData("1.28.3.1", "1.17", "1.9")]
    [InlineData("1.29.1", "1.18", "1.9")]
    [InlineData("1.29.7", "1.18", "1.9")]
    [InlineData("1.30.0", "1.18", "1.13")]
    [InlineData("1.31.0", "1.19", "1.14")]
    [InlineData("1.32.1", "1.19", "1.14")]
    public void A_release_requires_the_schemas_of_its_tag(string version, string main, string visibility)
    {
        var release = Release(version);
        release.Main.ToString().ShouldBe(main);
        release.Visibility.ToString().ShouldBe(visibility);
        release.Requires(Store.Main).ShouldBe(release.Main);
        release.Requires(Store.Visibility).ShouldBe(release.Visibility);
    }

    [Fact]
    public void Every_line_from_1_24_to_1_32_is_there_and_the_catalog_is_dated()
    {
        Catalog.Lines.Select(line => line.ToString()).ShouldBe(Enumerable.Range(24, 9).Select(minor => $"1.{minor}"));
        Catalog.Date.ShouldBe(new DateOnly(2026, 11, 25));
        Catalog.Releases.ShouldAllBe(release => !release.Extra);
    }

    [Fact]
    public void A_release_of_which_nothing_but_its_existence_is_known_is_listed_and_not_found()
    {
        Catalog.Listed.Select(listed => listed.Version.ToString()).ShouldBe(["1.30.9", "1.31.5", "1.32.2"]);
        Catalog.Find(ServerVersion.Parse("1.30.9")).ShouldBeNull();
        Catalog.LatestPatch(new ReleaseLine(1, 30)).Version.ToString().ShouldBe("1.30.8");
    }

    [Theory]
    [InlineData("1.24", "1.24.3")]
    [InlineData("1.27", "1.27.4")]
    [InlineData("1.28", "1.28.4")]
    [InlineData("1.29", "1.29.7")]
    public void The_latest_patch_of_a_line_is_known(string line, string latest)
    {
        ReleaseLine.TryParse(line, out var parsed).ShouldBeTrue();
        Catalog.LatestPatch(parsed).Version.ToString().ShouldBe(latest);
    }

    [Fact]
    public void A_line_without_releases_has_no_latest_patch() =>
        Should.Throw<ArgumentException>(() => Catalog.LatestPatch(new ReleaseLine(1, 99))).Message.ShouldContain("No release of 1.99 is known");

    [Fact]
    public void The_schemas_of_a_database_name_the_releases_that_may_run_on_it()
    {
        Versions(Catalog.ThatRequire(SchemaVersion.Parse("1.15"), SchemaVersion.Parse("1.9"))).ShouldBe(["1.27.0"]);
        Versions(Catalog.ThatRequire(SchemaVersion.Parse("1.16"), null)).ShouldBe(["1.27.1", "1.27.2", "1.27.3", "1.27.4"]);
        Versions(Catalog.ThatRequire(null, SchemaVersion.Parse("1.5"))).ShouldBe(["1.24.0"]);
        Catalog.ThatRequire(SchemaVersion.Parse("1.16"), SchemaVersion.Parse("1.13")).ShouldBeEmpty();
    }

    [Fact]
    public void Releases_and_charts_that_nobody_should_use_are_marked_with_reason_and_source()
    {
        Versions(Catalog.Releases.Where(release => release.KnownBad is not null)).ShouldBe(["1.24.0", "1.27.0", "1.29.0"]);
        Catalog.Charts.Where(chart => chart.KnownBad is not null).Select(chart => chart.Version)
            .ShouldBe(["0.68.0", "0.70.0", "0.71.0", "1.0.0-rc.2", "1.1.0"], ignoreOrder: true);
        Release("1.27.0").KnownBadSource.ShouldBe("https://github.com/temporalio/temporal/issues/7376");
        Catalog.FindChart("0.70.0")!.Server.ToString().ShouldBe("1.29.0");
        Catalog.FindChart("9.9.9").ShouldBeNull();
    }

    [Fact]
    public void Security_fixes_accumulate_along_a_line_and_1_29_1_lacks_what_1_27_4_has()
    {
        Release("1.27.4").SecurityFixes.ShouldBe(["CVE-2025-14986", "CVE-2025-14987"]);
        Release("1.29.1").SecurityFixes.ShouldBeEmpty();
        Release("1.29.1").OpenSecurityHoles.ShouldContain("CVE-2025-14986");
        Release("1.29.2").SecurityFixes.ShouldBe(["CVE-2025-14986", "CVE-2025-14987"]);
        Release("1.29.5").SecurityFixes.ShouldContain("CVE-2026-5199");
        Release("1.29.6").SecurityFixes.ShouldContain("CVE-2026-5724");
        Release("1.28.4").OpenSecurityHoles.ShouldNotContain("CVE-2026-5199", "the hole came with 1.29.0");
        Release("1.28.4").SecurityFixes.ShouldNotContain("CVE-2026-5199", "what never had a hole has no fix of it either");
        Catalog.UnassessedHoles.Select(hole => hole.Id).ShouldBe(["CVE-2026-89140", "CVE-2026-104355"]);
    }

    [Fact]
    public void A_release_knows_the_images_that_the_newest_good_chart_gives_it()
    {
        Release("1.29.1").AdminToolsTag.ShouldBe("1.29.1-tctl-1.18.4-cli-1.5.0");
        Release("1.27.2").AdminToolsTag.ShouldBe("1.27.2-tctl-1.18.2-cli-1.3.0");
        Release("1.29.0").AdminToolsTag.ShouldBeNull("its only tag of that name was never published");
        Release("1.29.7").AdminToolsTag.ShouldBeNull("no chart has it");
        Release("1.29.0").UiVersion.ShouldBe("2.40.1");
        Catalog.CliReleases.Single(cli => cli.Version == "1.5.1").Server.ToString().ShouldBe("1.29.1");
    }

    [Fact]
    public void Stores_that_are_not_checked_have_their_requirements_stated()
    {
        Release("1.29.1").OtherStores.ShouldBe(new OtherStores(new(1, 18), new(1, 9), new(1, 13), "v9"));
        Release("1.26.0").OtherStores.ElasticsearchTemplate.ShouldBe("v7");
        Release("1.26.3").OtherStores.ElasticsearchTemplate.ShouldBe("v8");
    }

    [Fact]
    public void From_1_16_to_1_18_three_tables_are_new_and_no_other_is_touched()
    {
        var steps = Catalog.Steps(Store.Main, new(1, 16), new(1, 18));
        steps.Select(step => step.To.ToString()).ShouldBe(["1.17", "1.18"]);
        steps.SelectMany(step => step.Changes).Select(change => (change.Table, change.Kind, change.Lock, change.Rewrites)).ShouldBe(
        [
            ("chasm_node_maps", ChangeKind.CreateTable, TableLock.None, false),
            ("tasks_v2", ChangeKind.CreateTable, TableLock.None, false),
            ("task_queues_v2", ChangeKind.CreateTable, TableLock.None, false),
        ]);
        steps.ShouldAllBe(step => step.Repeatable);
    }

    [Fact]
    public void From_1_26_to_1_27_visibility_is_rewritten_three_times()
    {
        var changes = Catalog.Steps(Store.Visibility, new(1, 7), new(1, 9)).SelectMany(step => step.Changes).ToList();
        changes.Count(change => change.Rewrites).ShouldBe(3);
        changes.Where(change => change.Rewrites).ShouldAllBe(change => change.Lock == TableLock.AccessExclusive);
    }

    [Fact]
    public void Visibility_1_13_is_rewritten_once_by_the_newest_tool_and_four_times_by_that_of_1_30_4()
    {
        int Rewrites(string? tool) => Catalog
            .Steps(Store.Visibility, new(1, 9), new(1, 13), tool is null ? null : ServerVersion.Parse(tool))
            .SelectMany(step => step.Changes).Count(change => change.Rewrites);
        Rewrites(null).ShouldBe(1);
        Rewrites("1.30.5").ShouldBe(1);
        Rewrites("1.30.4").ShouldBe(4);
    }

    [Fact]
    public void Steps_that_drop_something_cannot_be_repeated() =>
        Catalog.Steps(Store.Main, new(1, 12), new(1, 19)).Where(step => !step.Repeatable).Select(step => step.To.ToString())
            .ShouldBe(["1.13", "1.16"]);

    [Fact]
    public void Steps_go_up_only_and_between_known_versions_only()
    {
        Catalog.Steps(Store.Main, new(1, 18), new(1, 18)).ShouldBeEmpty();
        Catalog.Steps(Store.Main, new(1, 18), new(1, 16)).ShouldBeEmpty();
        Should.Throw<ArgumentException>(() => Catalog.Steps(Store.Main, new(1, 3), new(1, 18))).Message
            .ShouldContain("main schema 1.3 is not known");
    }

    [Fact]
    public void Manifests_are_known_by_the_md5_of_every_release_that_shipped_them()
    {
        Catalog.ManifestMd5s(Store.Main, new(1, 18)).ShouldBe(["ebe4dee3a157b26d2c4a1af88794586b"]);
        Catalog.ManifestMd5s(Store.Main, new(1, 0)).ShouldBe(["55b84ca114ac34d84bdc5f52c198fa33"]);
        Catalog.ManifestMd5s(Store.Visibility, new(1, 9)).ShouldBe(["632d5551c749f4c0d42335d696a739a6"]);
        Catalog.ManifestMd5s(Store.Visibility, new(1, 13)).Count.ShouldBe(2, "1.30.5 combined what 1.30.0 did one by one");
        Catalog.ManifestMd5s(Store.Main, new(1, 99)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_schema_that_a_release_requires_has_a_shape_in_both_forms()
    {
        foreach (var (store, version) in Catalog.Releases
            .SelectMany(release => new[] { (Store.Main, release.Main), (Store.Visibility, release.Visibility) }).Distinct())
        {
            Catalog.Shapes(store, version).Select(shape => shape.Form)
                .ShouldBe([DatabaseShape.StepByStep, DatabaseShape.AtOnce], $"{store} {version}");
        }

        Catalog.Shapes(Store.Main, new(1, 99)).ShouldBeEmpty();
        Catalog.KnownSchemas(Store.Visibility).Select(version => version.ToString())
            .ShouldBe(["1.5", "1.6", "1.7", "1.8", "1.9", "1.10", "1.11", "1.12", "1.13", "1.14"]);
    }

    [Fact]
    public void A_shape_is_parsed_once() =>
        Catalog.Shapes(Store.Main, new(1, 18)).ShouldBeSameAs(Catalog.Shapes(Store.Main, new(1, 18)));

    [Fact]
    public void The_release_list_agrees_with_the_extracted_facts_where_they_are_at_hand()
    {
        var path = SharedFacts("releases.json");
        Assert.SkipWhen(path is null, "No folder shared/facts stands beside the repository.");
        using var facts = JsonDocument.Parse(File.ReadAllText(path!));
        foreach (var fact in facts.RootElement.GetProperty("releases").EnumerateArray())
        {
            var version = ServerVersion.Parse(fact.GetProperty("version").GetString()!);
            if (!fact.TryGetProperty("postgresql", out var postgresql))
            {
                Catalog.Listed.ShouldContain(listed => listed.Version == version);
                continue;
            }

            var release = Catalog.Find(version).ShouldNotBeNull($"{version} is missing");
            release.Main.ToString().ShouldBe(postgresql.GetProperty("main").GetString(), $"main of {version}");
            release.Visibility.ToString().ShouldBe(postgresql.GetProperty("visibility").GetString(), $"visibility of {version}");
            if (fact.GetProperty("published").GetString() is { } published)
            {
                release.Published.ShouldBe(DateOnly.Parse(published), $"date of {version}");
            }
        }
    }

    [Fact]
    public void The_charts_agree_with_the_extracted_facts_where_they_are_at_hand()
    {
        var path = SharedFacts("helm-chart-versions.json");
        Assert.SkipWhen(path is null, "No folder shared/facts stands beside the repository.");
        using var facts = JsonDocument.Parse(File.ReadAllText(path!));
        foreach (var fact in facts.RootElement.EnumerateArray())
        {
            var chart = Catalog.FindChart(fact.GetProperty("chart").GetString()!).ShouldNotBeNull();
            chart.Server.ToString().ShouldBe(fact.GetProperty("serverTag").GetString(), chart.Version);
            chart.AdminToolsTag.ShouldBe(fact.GetProperty("adminToolsTag").GetString(), chart.Version);
            chart.UiTag.ShouldBe(fact.GetProperty("uiTag").GetString(), chart.Version);
        }
    }

    private static Release Release(string version) => Catalog.Find(ServerVersion.Parse(version)).ShouldNotBeNull($"{version} is missing");

    private static IEnumerable<string> Versions(IEnumerable<Release> releases) => releases.Select(release => release.Version.ToString());

    /// <summary>A file of <c>shared/facts</c> in the folder that holds the repository; null where there is none.</summary>
    private static string? SharedFacts(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "TemporalConformance.sln")))
            {
                var path = Path.Combine(folder.FullName, "..", "shared", "facts", name);
                return File.Exists(path) ? path : null;
            }
        }

        return null;
    }
}
