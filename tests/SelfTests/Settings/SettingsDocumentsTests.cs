using System.Text.Json;
using Json.Schema;
using TemporalConformance.Facts;

namespace TemporalConformance.SelfTests;

public sealed class SettingsDocumentsTests
{
    private static readonly JsonDocumentOptions s_lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
    private static readonly JsonSchema s_schema = Json.Schema.JsonSchema.FromText(SettingsTable.JsonSchema());

    [Fact]
    public void The_committed_settings_file_is_the_generated_one() =>
        Committed("conformance.json").ShouldBe(SettingsTable.ConfigurationFile(), "Generate conformance.json again from SettingsTable.");

    [Fact]
    public void The_committed_schema_is_the_generated_one() =>
        Committed("conformance.schema.json").ShouldBe(SettingsTable.JsonSchema(), "Generate conformance.schema.json again from SettingsTable.");

    [Fact]
    public void The_settings_file_holds_every_setting_with_its_default()
    {
        Settings settings = SettingsSource.Read(SettingsTable.ConfigurationFile());

        SettingsTable.All.Where(setting => setting.Kind != SettingKind.Map && settings.Origin(setting.Key) == "default").ShouldBeEmpty();
        settings.Digest.ShouldBe(Settings.Defaults.Digest);
        settings.IsDemonstration.ShouldBeTrue();
    }

    [Fact]
    public void The_schema_is_a_valid_one_and_accepts_the_settings_file()
    {
        using var schema = JsonDocument.Parse(SettingsTable.JsonSchema());
        MetaSchemas.Draft202012.Evaluate(schema.RootElement).IsValid.ShouldBeTrue();
        Accepts(SettingsTable.ConfigurationFile()).ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{ "tarket": "1.29.1" }""")]
    [InlineData("""{ "stores": { "mian": {} } }""")]
    [InlineData("""{ "target": "29" }""")]
    [InlineData("""{ "target": "" }""")]
    [InlineData("""{ "target": 1.29 }""")]
    [InlineData("""{ "policy": "strict" }""")]
    [InlineData("""{ "severity": { "path/a": "fatal" } }""")]
    [InlineData("""{ "post": { "settle": "soon" } }""")]
    [InlineData("""{ "window": { "start": "2026-03-01T22:00" } }""")]
    [InlineData("""{ "outage": { "meter": "true" } }""")]
    [InlineData("""{ "temporal": { "address": [7233] } }""")]
    [InlineData("""{ "prometheus": { "url": "https://user:pw@host" } }""")]
    [InlineData("""{ "workflows": { "critical": [{ "type": "T" }] } }""")]
    public void The_schema_and_the_reader_refuse_the_same(string json)
    {
        Accepts(json).ShouldBeFalse();
        SettingsSource.Problems(json).ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("""{ "temporal": { "address": "a:1,b:2" } }""")]
    [InlineData("""{ "running": null, "temporal": { "address": null }, "phase": null }""")]
    [InlineData("""{ "evidence": { "maxAge": "1.02:03:04" }, "stores": { "main": { "volumeSize": "1.5 TiB" } } }""")]
    [InlineData("""{ "severity": { "path/a": "blocker" }, "workers": { "sdk": { "minimum": { "temporal-go": "1.0.0" } } } }""")]
    public void The_schema_and_the_reader_accept_the_same(string json)
    {
        Accepts(json).ShouldBeTrue();
        SettingsSource.Read(json).Target.ShouldBe(Settings.Defaults.Target);
    }

    [Fact]
    public void Every_setting_is_described_in_one_line_that_ends_with_a_full_stop()
    {
        foreach (SettingDefinition setting in SettingsTable.All)
        {
            setting.Description.ShouldNotContain('\n', setting.Key);
            setting.Description.ShouldEndWith(".", Case.Sensitive, setting.Key);
            (setting.Kind is SettingKind.Connection or SettingKind.Secret || setting.Key == "temporal.metadata").ShouldBe(setting.IsSecret, setting.Key);
        }

        SettingsTable.All.Select(setting => setting.Key).ShouldBeUnique();
        SettingsTable.All.Select(setting => setting.EnvironmentName).ShouldBeUnique();
    }

    [Fact]
    public void Every_example_is_a_value_that_the_reader_takes()
    {
        foreach (SettingDefinition setting in SettingsTable.All.Where(setting => setting.Example is not null && setting.Kind != SettingKind.Map))
        {
            SettingsException? refused = null;
            try
            {
                SettingsSource.Set($"{setting.Key}={setting.Example}");
            }
            catch (SettingsException e)
            {
                refused = e;
            }

            // An example may need a second setting beside it (a key for a certificate), but its own value must be right.
            refused?.Problems.Select(problem => problem.Key).ShouldNotContain(setting.Key, refused.Message);
        }
    }

    private static bool Accepts(string json)
    {
        using var document = JsonDocument.Parse(json, s_lenient);
        return s_schema.Evaluate(document.RootElement).IsValid;
    }

    private static string Committed(string name)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "TemporalConformance.sln")))
        {
            folder = folder.Parent;
        }

        return File.ReadAllText(Path.Combine(folder.ShouldNotBeNull().FullName, name));
    }
}
