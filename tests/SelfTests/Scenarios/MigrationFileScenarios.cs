using TemporalConformance.Gate;
using static TemporalConformance.Checks.UpgradePhase;

namespace TemporalConformance.SelfTests;

public static partial class Scenarios
{
    /// <summary>The check schema/migration-files.</summary>
    private static IEnumerable<Scenario> MigrationFiles =>
    [
        new("the schema files of the release", PreUpgrade, Decision.Go)
        {
            Sets = Set(("migration.files", WrittenSchemaFiles.Whole)),
            Violated = Hop,
        },
        new("schema files that end before the target", PreUpgrade, Decision.NoGo)
        {
            Sets = Set(("migration.files", WrittenSchemaFiles.WithoutLast)),
            Violated = And("schema/migration-files", "the step to 1.18 is missing"),
        },
        new("schema files with a manifest that somebody edited", PreUpgrade, Decision.NoGo)
        {
            Sets = Set(("migration.files", WrittenSchemaFiles.EditedManifest)),
            Violated = And("schema/migration-files", "which no release ships for 1.17"),
        },
        new("schema files that drop a table", PreUpgrade, Decision.NoGo)
        {
            Sets = Set(("migration.files", WrittenSchemaFiles.Dropping)),
            Violated = And("schema/migration-files", "drops the table tasks"),
        },
        new("no schema files where they should be", PreUpgrade, Decision.NoGo)
        {
            Sets = Set(("migration.files", WrittenSchemaFiles.Whole + "-gone")),
            Violated = And("schema/migration-files", "is not there"),
        },
    ];
}

/// <summary>
/// Folders of schema files as a release ships them: manifests byte for byte, as their MD5 in the catalog proves, and statements of our own that do
/// what the steps do.
/// </summary>
internal static class WrittenSchemaFiles
{
    private const string Harmless = "CREATE TABLE something (id BIGSERIAL PRIMARY KEY, data BYTEA NOT NULL DEFAULT ''); -- DROP TABLE executions\n";

    /// <summary>Both steps, as they should be.</summary>
    public static string Whole { get; } = Write("whole", _ => { });

    /// <summary>Without 1.18.</summary>
    public static string WithoutLast { get; } = Write("without-last", folder => Directory.Delete(Path.Combine(folder, "v1.18"), recursive: true));

    /// <summary>One byte more in the manifest of 1.17.</summary>
    public static string EditedManifest { get; } = Write("edited", folder => File.AppendAllText(Path.Combine(folder, "v1.17", "manifest.json"), " "));

    /// <summary>With a statement that no release has.</summary>
    public static string Dropping { get; } = Write("dropping", folder => File.AppendAllText(Path.Combine(folder, "v1.18", "tasks_v2.sql"), "drop table if exists tasks;\n"));

    private static string Write(string name, Action<string> change)
    {
        var root = Path.Combine(AppContext.BaseDirectory, "schema-files", name);
        if (Directory.Exists(root))
        {
            Directory.Delete(root, recursive: true);
        }

        var versions = Path.Combine(root, "temporal", "versioned");
        Step("1.17", "Add new chasm_node_maps table", "add_chasm_node_maps.sql");
        Step("1.18", "Adds tasks_v2 table for fairness tasks", "tasks_v2.sql");
        change(versions);
        return root;

        void Step(string version, string description, string file)
        {
            var folder = Directory.CreateDirectory(Path.Combine(versions, $"v{version}")).FullName;
            File.WriteAllText(Path.Combine(folder, "manifest.json"), string.Join('\n',
                "{", $"  \"CurrVersion\": \"{version}\",", "  \"MinCompatibleVersion\": \"1.0\",", $"  \"Description\": \"{description}\",", "  \"SchemaUpdateCqlFiles\": [", $"    \"{file}\"", "  ]", "}", ""));
            File.WriteAllText(Path.Combine(folder, file), Harmless);
        }
    }
}
