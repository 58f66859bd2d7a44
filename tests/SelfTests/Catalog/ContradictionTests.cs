using System.Text;
using TemporalConformance.Facts;

namespace TemporalConformance.SelfTests;

public sealed class ContradictionTests
{
    private static readonly CatalogFiles Files = CatalogFiles.Embedded();

    [Fact]
    public void The_catalog_contradicts_itself_nowhere() => ReleaseCatalog.Load().Contradictions().ShouldBeEmpty();

    [Theory]
    [InlineData("releases/1.29.json", "\"line\": \"1.29\"", "\"line\": \"1.28\"", "releases/1.29.json says it is line \"1.28\"")]
    [InlineData("releases/1.29.json", "\"version\": \"1.29.2\"", "\"version\": \"1.28.2\"", "releases/1.29.json holds 1.28.2, which is of another line")]
    [InlineData("releases/1.29.json", "\"version\": \"1.29.2\"", "\"version\": \"1.29.1\"", "release 1.29.1 is stated twice")]
    [InlineData("releases/1.29.json", "\"version\": \"1.29.2\"", "\"version\": \"1.29.9\"", "releases/1.29.json has 1.29.3 after 1.29.9")]
    [InlineData("releases/1.27.json", "\"main\": \"1.15\"", "\"main\": \"1.13\"", "1.27.0 requires main schema 1.13, older than what 1.26.3 requires (1.14)")]
    [InlineData("releases/1.32.json", "\"main\": \"1.19\"", "\"main\": \"1.20\"", "1.32.0 requires main schema 1.20, to which no step leads")]
    [InlineData("releases/1.32.json", "\"main\": \"1.19\"", "\"main\": \"1.20\"", "1.32.0 requires main schema 1.20, whose shape is not known")]
    [InlineData("releases/1.29.json", "\"published\": \"2025-12-18\"", "\"published\": \"2025-01-18\"", "1.29.2 was published on 2025-01-18, before 1.29.1")]
    [InlineData("releases/1.32.json", "\"published\": \"2026-10-07\"", "\"published\": \"2027-10-07\"", "1.32.1 was published on 2027-10-07, after the catalog's date")]
    [InlineData("releases/1.30.json", "\"version\": \"1.30.9\"", "\"version\": \"1.30.8\"", "1.30.8 is both stated and only listed")]
    [InlineData("releases/1.29.json", "go.temporal.io/server@v1.29.1", "/home/someone/notes", "release 1.29.1 has no source that a reader can look up")]
    [InlineData("releases/1.27.json", "https://github.com/temporalio/temporal/issues/7376", "./notes", "the defect of 1.27.0 has no source")]
    [InlineData("charts.json", "\"server\": \"1.31.2\"", "\"server\": \"1.31.9\"", "chart 1.6.0 installs server 1.31.9, which is not known")]
    [InlineData("charts.json", "\"version\": \"0.69.0\"", "\"version\": \"0.72.0\"", "chart 0.72.0 is stated twice")]
    [InlineData("charts.json", "\"date\": \"2025-11-13\"", "\"date\": \"2024-01-01\"", "chart 0.71.0 of 2024-01-01 stands after 0.70.0")]
    [InlineData("cli.json", "\"server\": \"1.29.1\"", "\"server\": \"1.29.8\"", "the temporal command 1.5.1 has server 1.29.8 built in, which is not known")]
    [InlineData("cli.json", "\"version\": \"1.5.1\"", "\"version\": \"1.5.0\"", "the temporal command 1.5.0 is stated twice")]
    [InlineData("security.json", "\"before\": \"1.27.4\"", "\"before\": \"1.27.5\"", "CVE-2025-14986 is said to be fixed in 1.27.4 and open in it")]
    [InlineData("security.json", "\"from\": \"1.24.0\"", "\"from\": \"1.27.9\"", "CVE-2025-14986 has an affected range from 1.27.9 to before 1.27.4")]
    [InlineData("security.json", "CVE-2026-89140", "CVE-2026-5199", "CVE-2026-5199 is stated twice")]
    [InlineData("policies.json", "\"directMinors\": 3", "\"directMinors\": 9", "the guide's distances are out of order: 2, 9, 4")]
    [InlineData("policies.json", "\"1.25\"", "\"1.5\"", "the guide's policy names the line 1.5, of which no release is known")]
    [InlineData("policies.json", "https://docs.temporal.io", "/tmp/docs", "the sequential policy has no source")]
    [InlineData("steps/main.json", "\"from\": \"1.16\"", "\"from\": \"1.15\"", "main steps have a gap: one ends at 1.16, the next begins at 1.15")]
    [InlineData("steps/main.json", "\"from\": \"1.18\"", "\"from\": \"1.20\"", "main step 1.20 to 1.19 does not go up")]
    [InlineData("steps/main.json", "\"to\": \"1.11\"", "\"to\": \"1.1\"", "main manifests have 1.1 after 1.10")]
    [InlineData("steps/main.json", "\"from\": \"1.12\"", "\"from\": \"0.9\"", "main steps begin at 0.9, whose manifest is not known")]
    [InlineData("steps/main.json", "ebe4dee3a157b26d2c4a1af88794586b", "ebe4dee3", "the manifest of main 1.18 has \"ebe4dee3\" where an md5 belongs")]
    [InlineData("steps/main.json", "[\"ebe4dee3a157b26d2c4a1af88794586b\"]", "[]", "main 1.18 has no manifest")]
    [InlineData("steps/main.json", "ebe4dee3a157b26d2c4a1af88794586b", "86b90742573de5574e618fb3bd6ae804", "two main manifests have the md5 86b90742573de5574e618fb3bd6ae804")]
    [InlineData("steps/visibility.json", "\"1.30.4.1\"", "\"1.30.4.9\"", "a visibility step names the tool of 1.30.4.9, a release that is not known")]
    [InlineData("steps/main.json", "\"table\": \"tasks_v2\"", "\"table\": \"tasks_v3\"", "main 1.17 to 1.18, step-by-step: the shapes say \"+ table tasks_v2\", the steps do not")]
    [InlineData("steps/main.json", "\"table\": \"tasks_v2\"", "\"table\": \"tasks_v3\"", "main 1.17 to 1.18, at-once: the steps say \"+ table tasks_v3\", the shapes do not")]
    [InlineData("steps/visibility.json", "\"by_temporal_pause_info\"", "\"by_pause\"", "visibility 1.6 to 1.7, step-by-step: the shapes say \"+ index by_temporal_pause_info\", the steps do not")]
    [InlineData("shapes/main-1.18-at-once.json", "\"version\": \"1.18\"", "\"version\": \"1.17\"", "shapes/main-1.18-at-once.json holds main-1.17-at-once.json")]
    [InlineData("shapes/main-1.18-at-once.json", "\"form\": \"at-once\"", "\"form\": \"observed\"", "shapes/main-1.18-at-once.json is of the form \"observed\"")]
    [InlineData("shapes/visibility-1.9-at-once.json", "\"method\": \"btree\",", "\"method\": \"btree\", \"valid\": false,", "shapes/visibility-1.9-at-once.json has the invalid index")]
    [InlineData("shapes/main-1.18-at-once.json", "\"source\": \"", "\"source\": \"/", "shapes/main-1.18-at-once.json has no source that a reader can look up")]
    public void A_doctored_file_is_found(string file, string good, string bad, string finding)
    {
        var text = Encoding.UTF8.GetString(Files.Read(file));
        text.ShouldContain(good);
        var at = text.IndexOf(good, StringComparison.Ordinal);
        var doctored = string.Concat(text.AsSpan(0, at), bad, text.AsSpan(at + good.Length));
        Findings(Files.With(file, Encoding.UTF8.GetBytes(doctored))).ShouldContain(one => one.StartsWith(finding));
    }

    [Fact]
    public void A_missing_line_is_found() =>
        Findings(Files.Without("releases/1.28.json")).ShouldContain("no release is known between the lines 1.27 and 1.29");

    [Fact]
    public void A_release_without_a_shape_is_found()
    {
        var without = Files.Without("shapes/main-1.17-step-by-step.json").Without("shapes/main-1.17-at-once.json");
        Findings(without).ShouldContain("1.28.0 requires main schema 1.17, whose shape is not known");
    }

    [Fact]
    public void A_shape_file_of_another_name_is_found() =>
        Findings(Files.With("shapes/notes.json", "{}"u8.ToArray())).ShouldContain("shapes/notes.json is not named store-version-form.json");

    [Fact]
    public void A_shape_that_no_step_leads_to_is_found()
    {
        var shape = Encoding.UTF8.GetString(Files.Read("shapes/main-1.19-at-once.json")).Replace("\"1.19\"", "\"1.99\"");
        Findings(Files.With("shapes/main-1.99-at-once.json", Encoding.UTF8.GetBytes(shape)))
            .ShouldContain("shapes/main-1.99-at-once.json is of a version to which no step leads");
    }

    [Fact]
    public void A_shape_without_tables_is_found() =>
        Findings(Files.With("shapes/main-1.19-at-once.json", Encoding.UTF8.GetBytes(
            """{ "store": "main", "version": "1.19", "form": "at-once", "source": "x", "extensions": [], "functions": [], "sequences": [], "tables": {} }""")))
            .ShouldContain("shapes/main-1.19-at-once.json has no table");

    [Fact]
    public void A_missing_file_is_an_error_of_its_own() =>
        Should.Throw<CatalogException>(() => ReleaseCatalog.Load(Files.Without("charts.json"))).File.ShouldBe("charts.json");

    private static IReadOnlyList<string> Findings(CatalogFiles files) => ReleaseCatalog.Load(files).Contradictions();
}
