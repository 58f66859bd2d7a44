using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.Gate;
using TemporalConformance.Probes;

namespace TemporalConformance.Tests;

public sealed partial class DatabaseTests
{
    /// <summary>The schema tool reads and writes these itself, whatever a step does.</summary>
    private static readonly string[] s_booksOfTheTool = ["schema_version", "schema_update_history"];

    [Check("database/migration-privileges", Severity.Blocker, Needs = Systems.Postgresql,
        Remedy = "As the owner or a superuser, run the statements named under observed; or name the role that will really migrate in stores.main.migrationRole and stores.visibility.migrationRole.")]
    public Task Role_that_will_migrate_may_make_every_pending_step() => upgrade.Ask(async token =>
    {
        var offences = new List<string>();
        var pending = 0;
        foreach (var store in upgrade.PostgresqlStores)
        {
            var reading = await upgrade.StoreOfKind(store, token);
            var steps = upgrade.PendingSteps(reading);
            pending += steps.Count;
            if (steps.Count == 0)
            {
                continue;
            }

            var rights = reading.Rights.OrUnanswered(reading);
            var roles = rights.Roles.Where(role => role.Migrates).ToList();
            offences.AddRange(roles.Count == 0 ? [$"{store.Name()}: there is no role {upgrade.StoreSettings(store).MigrationRole}"] : []);
            offences.AddRange(roles.SelectMany(role => MissingForSteps(role, rights, steps, reading)).Select(missing => $"{store.Name()}: {missing}"));
        }

        if (pending == 0)
        {
            throw new NotApplicable("No step of the schema is pending.");
        }

        if (offences.Count > 0)
        {
            throw new Violated("The role that will migrate lacks rights that the pending steps need, so the migration would stop between two statements.")
            {
                Wanted = "CREATE on the schema for new objects, ownership of the tables that steps alter, and the tool's own two tables",
                Observed = string.Join('\n', offences),
            };
        }
    });

    [Check("database/runtime-privileges", Severity.Blocker, Needs = Systems.Postgresql,
        Remedy = "As the owner, run the statements named under observed; or name the role that the servers really use in stores.main.runtimeRole and stores.visibility.runtimeRole.")]
    public Task Role_of_the_servers_may_use_every_table_also_those_that_the_migration_makes() => upgrade.Ask(async token =>
    {
        var offences = new List<string>();
        var assumed = false;
        foreach (var store in upgrade.PostgresqlStores)
        {
            var reading = await upgrade.StoreOfKind(store, token);
            var rights = reading.Rights.OrUnanswered(reading);
            var stated = upgrade.StoreSettings(store).RuntimeRole;
            var roles = rights.Roles.Where(role => role.Serves).ToList();
            offences.AddRange(roles.Count == 0 ? [$"{store.Name()}: {(stated is null ? "no role may write to it" : $"there is no role {stated}")}"] : []);
            var makesTables = upgrade.Phase == UpgradePhase.PreUpgrade
                && upgrade.PendingSteps(reading).SelectMany(step => step.Changes).Any(change => change.Kind == ChangeKind.CreateTable);
            foreach (var role in roles)
            {
                var missing = MissingForUse(role, reading.Schema, reading.Database).Concat(makesTables ? MissingOnNew(role, reading.Schema) : []).ToList();
                offences.AddRange(missing.Select(what => $"{store.Name()}: {what}"));
                assumed |= missing.Count > 0 && stated is null;
            }
        }

        if (offences.Count > 0)
        {
            throw new Violated(upgrade.Phase == UpgradePhase.PreUpgrade
                ? "The role of the servers may not use every table, or will not be able to use those that the migration makes."
                : "The role of the servers may not use every table, so calls fail although the schema is right.")
            {
                Wanted = "USAGE on the schema; SELECT, INSERT, UPDATE and DELETE on every table, new ones included"
                    + (assumed ? " (for every role that may write to executions now, since no runtimeRole is stated)" : ""),
                Observed = string.Join('\n', offences),
            };
        }
    });

    private static IEnumerable<string> MissingForSteps(RoleRights role, RightsReading rights, IReadOnlyList<SchemaStep> steps, StoreReading reading)
    {
        var grantee = SqlText.Name(role.Name);
        var schema = SqlText.Name(reading.Schema);
        var changes = steps.SelectMany(step => step.Changes).ToList();
        if (!role.MayConnect)
        {
            yield return $"{role.Name} may not connect: GRANT CONNECT ON DATABASE {SqlText.Name(reading.Database)} TO {grantee}";
        }

        if (!role.MayUseSchema)
        {
            yield return $"{role.Name} may not use the schema: GRANT USAGE ON SCHEMA {schema} TO {grantee}";
        }

        if (!role.MayCreateInSchema && changes.Any(change => change.Kind is ChangeKind.CreateTable or ChangeKind.CreateIndex or ChangeKind.CreateFunction))
        {
            yield return $"{role.Name} may not create in the schema: GRANT CREATE ON SCHEMA {schema} TO {grantee}";
        }

        if (!role.MayCreateInDatabase && reading.BtreeGin.ValueOrDefault?.Installed is null
            && (reading.Store == Store.Visibility || changes.Any(change => change.Kind == ChangeKind.CreateExtension)))
        {
            yield return $"{role.Name} may not create the missing extension: GRANT CREATE ON DATABASE {SqlText.Name(reading.Database)} TO {grantee}";
        }

        // A table that an earlier pending step makes will be the role's own.
        var altered = changes.Where(change => change.Kind is not (ChangeKind.CreateTable or ChangeKind.CreateExtension or ChangeKind.CreateFunction)).Select(change => change.Table).ToHashSet();
        foreach (var table in role.NotOwned.Where(altered.Contains))
        {
            yield return $"{role.Name} does not own {table}, which a step alters: ALTER TABLE {schema}.{SqlText.Name(table)} OWNER TO {grantee}, or GRANT {SqlText.Name(rights.Owners[table])} TO {grantee}";
        }

        foreach (var book in s_booksOfTheTool)
        {
            if (role.Missing.TryGetValue(book, out var missing) && missing != "DELETE")
            {
                yield return $"{role.Name} lacks {missing} on {book}: GRANT SELECT, INSERT, UPDATE ON TABLE {schema}.{book} TO {grantee}";
            }
        }
    }

    private static IEnumerable<string> MissingForUse(RoleRights role, string schema, string database)
    {
        var (grantee, space) = (SqlText.Name(role.Name), SqlText.Name(schema));
        if (!role.MayConnect)
        {
            yield return $"{role.Name} may not connect: GRANT CONNECT ON DATABASE {SqlText.Name(database)} TO {grantee}";
        }

        if (!role.MayUseSchema)
        {
            yield return $"{role.Name} may not use the schema: GRANT USAGE ON SCHEMA {space} TO {grantee}";
        }

        // The servers read schema_version and nothing more of the tool's books.
        foreach (var (table, missing) in role.Missing.Where(missing => !s_booksOfTheTool.Contains(missing.Key) || (missing.Key == "schema_version" && missing.Value.Contains("SELECT", StringComparison.Ordinal))))
        {
            yield return $"{role.Name} lacks {missing} on {table}: GRANT {(table == "schema_version" ? "SELECT" : missing)} ON TABLE {space}.{SqlText.Name(table)} TO {grantee}";
        }

        foreach (var sequence in role.MissingSequences)
        {
            yield return $"{role.Name} may not take numbers from {sequence}: GRANT USAGE ON SEQUENCE {space}.{SqlText.Name(sequence)} TO {grantee}";
        }
    }

    private static IEnumerable<string> MissingOnNew(RoleRights role, string schema) => role.MissingOnNew.Select(missing =>
        $"{role.Name} will lack {missing.Value} on tables that {missing.Key} makes: ALTER DEFAULT PRIVILEGES FOR ROLE {SqlText.Name(missing.Key)} IN SCHEMA {SqlText.Name(schema)} "
        + $"GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {SqlText.Name(role.Name)}");
}
