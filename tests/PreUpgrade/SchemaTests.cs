using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.Gate;
using TemporalConformance.Probes;

namespace TemporalConformance.Tests;

public sealed partial class SchemaTests
{
    /// <summary>Above these an exclusive lock or a rewrite is felt: CHECKS schema/pending-steps-safe.</summary>
    private const long LargeBytes = 1L << 30;
    private const long LargeRows = 1_000_000;

    [Check("schema/no-foreign-objects", Severity.Blocker, Needs = Systems.Postgresql,
        Remedy = "Find out who made these tables, and rename or drop them with their owner's consent: the migration would take them for its own and only raise the version.")]
    public Task No_table_of_a_later_schema_version_exists_already() => upgrade.Ask(async token =>
    {
        foreach (var store in upgrade.PostgresqlStores)
        {
            var reading = await upgrade.StoreOfKind(store, token);
            if (reading.RowOfThisDatabase() is not { } row)
            {
                throw new Unanswered("The database's row in schema_version is missing, so nothing says which tables are of a later version.")
                {
                    Where = reading.Where,
                    Cause = $"schema/{store.Name()}-version",
                };
            }

            var foreign = upgrade.TablesAfter(store, row).Where(reading.Shape.OrUnanswered(reading).Tables.ContainsKey).Order().ToList();
            if (foreign.Count > 0)
            {
                throw new Violated($"The {store.Name()} store is at schema {row} and yet has tables of a later version.")
                {
                    Wanted = $"only tables of schema {row} and tables of one's own",
                    Observed = string.Join(", ", foreign),
                    Where = reading.Where,
                };
            }
        }
    });

    [Check("schema/stores-are-two-databases", Severity.Blocker, Needs = Systems.Postgresql,
        Remedy = "Correct the connections in the settings and compare them with the server's own configuration (persistence.datastores).")]
    public Task Main_and_visibility_are_two_databases_each_wired_to_its_store() => upgrade.Ask(async token =>
    {
        var readings = new List<StoreReading>();
        foreach (var store in upgrade.PostgresqlStores)
        {
            readings.Add(await upgrade.Reading(store, token));
        }

        var offences = readings
            .Select(reading => (reading, kind: reading.Shape.OrUnanswered(reading).Kind()))
            .Where(pair => pair.kind != pair.reading.Store.Kind())
            .Select(pair => $"{pair.reading.Store.Name()}: {pair.reading.Where} {pair.kind.Describe()}")
            .ToList();
        if (readings is [var main, var visibility] && main.IsSameDatabaseAs(visibility))
        {
            offences.Add($"both stores are the one database {main.Where}");
        }

        if (offences.Count > 0)
        {
            throw new Violated("The stores are not wired to the two databases that a Temporal cluster has.")
            {
                Wanted = "main: a database with the table executions; visibility: another one with executions_visibility",
                Observed = string.Join('\n', offences),
            };
        }
    });

    [Check("schema/pending-steps-safe", Severity.Advisory, Needs = Systems.Postgresql,
        Remedy = "Plan the migration for a quiet hour with that much time and disk, or shrink the table first (retention, archival); rehearse it on a copy of production.")]
    public Task Pending_schema_steps_neither_rewrite_nor_lock_a_large_table() => upgrade.Ask(async token =>
    {
        var offences = new List<string>();
        foreach (var store in upgrade.PostgresqlStores)
        {
            var reading = await upgrade.StoreOfKind(store, token);
            if (reading.RowOfThisDatabase() is not { } row)
            {
                throw new Unanswered("The database's row in schema_version is missing, so nothing says which steps are pending.")
                {
                    Where = reading.Where,
                    Cause = $"schema/{store.Name()}-version",
                };
            }

            var sizes = reading.Sizes.OrUnanswered(reading).ToDictionary(size => size.Table);
            offences.AddRange(
                from step in upgrade.StepsFrom(store, row)
                from change in step.Changes
                where change.Lock != TableLock.None && sizes.TryGetValue(change.Table, out var large) && (large.Bytes > LargeBytes || (large.EstimatedRows ?? 0) > LargeRows)
                let size = sizes[change.Table]
                select $"{store.Name()} {step.To}: {change.Detail} on {change.Table} ({Sizes.Bytes(size.Bytes)}, {Rows(size)}), "
                    + (change.Rewrites ? $"a rewrite that {change.Lock.Describe()}{RewriteTime(size)}" : $"{change.Lock.Describe()}, without a rewrite"));
        }

        if (offences.Count > 0)
        {
            throw new Violated("Steps that the migration still has to make lock or rewrite large tables.")
            {
                Wanted = $"no pending step that locks or rewrites a table above {Sizes.Bytes(LargeBytes)} or {Sizes.Count(LargeRows)} rows",
                Observed = string.Join('\n', offences),
            };
        }
    });

    [Check("schema/migration-files", Severity.Blocker, Needs = Systems.Postgresql,
        Remedy = "Take the schema files of the target release unchanged (schema/postgresql/v12 of its tag, or of its admin-tools image) and name that folder in migration.files.")]
    public Task Schema_files_of_the_migration_are_those_of_a_release_and_do_only_what_is_known() => upgrade.Ask(async token =>
    {
        if (upgrade.MigrationFiles is not { } folder)
        {
            throw new NotApplicable("No folder with schema files is named in migration.files.");
        }

        if (!Directory.Exists(folder))
        {
            throw new Violated("The folder with the schema files is not there.") { Wanted = "a folder with temporal/versioned and visibility/versioned below it", Observed = "no such folder", Where = Path.GetFullPath(folder) };
        }

        var files = new SchemaFiles(folder);
        var offences = new List<string>();
        foreach (var store in upgrade.PostgresqlStores)
        {
            offences.AddRange(files.Offences(upgrade.PendingSteps(await upgrade.StoreOfKind(store, token))));
        }

        if (offences.Count > 0)
        {
            throw new Violated("The schema files of the migration are not what a release ships.")
            {
                Wanted = "for every pending step a manifest with a known MD5, and no DROP, RENAME, deletion or rewrite that the catalog does not list",
                Observed = string.Join('\n', offences),
                Where = Path.GetFullPath(folder),
            };
        }
    });

    private static string Rows(TableSize size) => size.EstimatedRows is { } rows ? $"about {Sizes.Count(rows)} rows" : "never analysed, so of an unknown number of rows";

    // Measured on PostgreSQL 15 with 10⁶ rows of visibility and its 51 indexes: 118 to 164 s for each rewrite.
    private static string RewriteTime(TableSize size) =>
        size.EstimatedRows is { } rows ? $" for about {Sizes.Duration(TimeSpan.FromSeconds(140.0 * rows / 1_000_000))}" : "";
}
