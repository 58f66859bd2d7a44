using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.Gate;
using TemporalConformance.Probes;

namespace TemporalConformance.Tests;

/// <summary>schema: both stores. What PreUpgrade asks beyond this stands in its own half of the class.</summary>
public sealed partial class SchemaTests(UpgradeUnderTest upgrade)
{
    [Check("schema/main-version", Severity.Blocker, Needs = Systems.Postgresql,
        Remedy = "Run temporal-sql-tool update-schema for the main store with the tool of the target release, then ask again.")]
    public Task Main_store_is_at_a_schema_version_that_this_step_of_the_upgrade_allows() => VersionIsAllowed(Store.Main);

    [Check("schema/visibility-version", Severity.Blocker, Needs = Systems.Postgresql,
        Remedy = "Run temporal-sql-tool update-schema for the visibility store with the tool of the target release, then ask again.")]
    public Task Visibility_store_is_at_a_schema_version_that_this_step_of_the_upgrade_allows() => VersionIsAllowed(Store.Visibility);

    [Check("schema/main-shape", Severity.Blocker, Needs = Systems.Postgresql,
        Remedy = "Do not upgrade on this database before every difference is explained: compare with an empty database made by temporal-sql-tool of the same version, and repair by hand.")]
    public Task Main_store_has_the_shape_that_its_schema_version_promises() => ShapeIsKnown(Store.Main);

    [Check("schema/visibility-shape", Severity.Blocker, Needs = Systems.Postgresql,
        Remedy = "Do not upgrade on this database before every difference is explained: compare with an empty database made by temporal-sql-tool of the same version, and repair by hand.")]
    public Task Visibility_store_has_the_shape_that_its_schema_version_promises() => ShapeIsKnown(Store.Visibility);

    [Check("schema/history-chain", Severity.Advisory, Needs = Systems.Postgresql,
        Remedy = "Find out who changed the schema outside of temporal-sql-tool; the shape checks say whether the result is sound.")]
    public Task Schema_update_history_leads_to_the_present_version_without_a_gap() => upgrade.Ask(async token =>
    {
        var offences = new List<string>();
        foreach (var store in upgrade.PostgresqlStores)
        {
            var reading = await upgrade.StoreOfKind(store, token);
            var rows = reading.History.OrUnanswered(reading).OrderBy(row => row.Updated).ToList();
            var known = rows.Where(row => row.ManifestMd5.Length > 0 && !upgrade.KnowsManifest(store, row.NewVersion, row.ManifestMd5));
            offences.AddRange(known.Select(row => $"{store.Name()}: the step to {row.NewVersion} has the manifest {row.ManifestMd5}, which no release ships"));
            offences.AddRange(rows.Zip(rows.Skip(1))
                .Where(pair => pair.Second.OldVersion != pair.First.NewVersion)
                .Select(pair => $"{store.Name()}: after {pair.First.NewVersion} comes a step from {pair.Second.OldVersion} to {pair.Second.NewVersion}"));
            if (reading.RowOfThisDatabase() is { } row && rows.LastOrDefault()?.NewVersion != row.ToString())
            {
                offences.Add($"{store.Name()}: the history ends at {rows.LastOrDefault()?.NewVersion ?? "nothing"}, schema_version says {row}");
            }
        }

        if (offences.Count > 0)
        {
            throw new Violated("The schema was not brought to its version by temporal-sql-tool alone.")
            {
                Wanted = "steps that follow one another, each with the manifest of a release, up to the version in schema_version",
                Observed = string.Join('\n', offences),
                Where = "schema_update_history",
            };
        }
    });

    [Check("schema/every-store-known", Severity.Advisory, Needs = Systems.Postgresql,
        Remedy = "Check that store by hand against the version named here; this suite reads PostgreSQL only.")]
    public Task Every_store_is_a_PostgreSQL_database_that_this_suite_can_read() => upgrade.Ask(async token =>
    {
        foreach (var store in upgrade.PostgresqlStores)
        {
            await upgrade.Reading(store, token);
        }

        if (upgrade.VisibilityKind != "postgresql")
        {
            throw new Violated(upgrade.VisibilityKind == "none"
                ? "The visibility store is stated to be none, so nothing about it is checked."
                : $"The visibility store is {upgrade.VisibilityKind}, which this suite does not read.")
            {
                Wanted = "PostgreSQL for both stores",
                Observed = $"stores.visibility.kind={upgrade.VisibilityKind}; {upgrade.To.Version} needs {upgrade.NeededOf(upgrade.VisibilityKind)}",
            };
        }
    });

    private Task VersionIsAllowed(Store store) => upgrade.Ask(async token =>
    {
        var reading = await upgrade.StoreOfKind(store, token);
        var row = reading.RowOfThisDatabase() ?? throw new Violated(
            $"schema_version has no row for the database {reading.Database}, so every server refuses to start on it.")
        {
            Wanted = $"a row with db_name '{reading.Database}'",
            Observed = reading.SchemaVersions.OrUnanswered(reading) is { Count: > 0 } rows
                ? "rows for " + string.Join(", ", rows.Select(r => $"'{r.DbName}' ({r.CurrVersion})"))
                : "no row at all",
            Where = reading.Where,
            Remedy = "A database restored under another name keeps the old one in its row: with the servers stopped, set schema_version.db_name to the name of this database.",
        };

        var target = upgrade.To.Requires(store);
        if (upgrade.Phase == UpgradePhase.PreUpgrade)
        {
            // Between the steps of an upgrade the old release runs on the newer schema, so anything up to the target's is fine.
            (await upgrade.From(token)).Agree(from => row >= from.Requires(store) && row <= target ? null : NotAllowed(
                reading, row, row < from.Requires(store)
                    ? $"{from.Requires(store)}, which the running {from.Version} requires, to {target}"
                    : $"at most {target}, which {upgrade.To.Version} requires"));
        }
        else if (row != target)
        {
            throw NotAllowed(reading, row, $"{target}, which {upgrade.To.Version} requires");
        }

        Violated NotAllowed(StoreReading at, SchemaVersion observed, string wanted) =>
            new($"The {store.Name()} store is at schema {observed}, which {(observed < target ? "is too old here" : $"is beyond what {upgrade.To.Version} was made for")}.")
            {
                Wanted = wanted,
                Observed = observed.ToString(),
                Where = at.Where,
            };
    });

    private Task ShapeIsKnown(Store store) => upgrade.Ask(async token =>
    {
        var reading = await upgrade.StoreOfKind(store, token);
        var row = reading.RowOfThisDatabase() ?? throw new Unanswered("The database's row in schema_version is missing, so nothing says which shape is promised.")
        {
            Where = reading.Where,
            Cause = $"schema/{store.Name()}-version",
        };
        var match = upgrade.ClosestShape(store, row, reading.Shape.OrUnanswered(reading)) ?? throw new Unanswered(
            $"The catalog knows no shape of {store.Name()} schema {row}.")
        {
            Wanted = $"one of {string.Join(", ", upgrade.KnownSchemas(store))}",
            Observed = row.ToString(),
            Where = reading.Where,
            Remedy = "Use a version of this suite that knows the release, then ask again.",
        };
        if (!match.Diff.Matches)
        {
            throw new Violated($"The {store.Name()} store says schema {row}, but does not have its shape.")
            {
                Wanted = $"the shape of {store.Name()} schema {row} ({match.Known.Form})",
                Observed = string.Join('\n', match.Diff.Offences),
                Where = reading.Where,
            };
        }
    });
}
