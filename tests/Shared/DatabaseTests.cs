using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.Gate;
using TemporalConformance.Probes;

namespace TemporalConformance.Tests;

/// <summary>database: the PostgreSQL servers of both stores. Rights, room, traffic and the wire stand in parts of the class of their own.</summary>
public sealed partial class DatabaseTests(UpgradeUnderTest upgrade)
{
    /// <summary>Generated columns, which advanced visibility is made of, came with PostgreSQL 12.</summary>
    private const int OldestMajor = 12;

    /// <summary>The newest major that upstream's persistence documentation names as tested.</summary>
    private const int NewestTestedMajor = 16;

    [Check("database/reachable", Severity.Blocker, Needs = Systems.Postgresql,
        Remedy = "Try the same address with psql from this machine: name, port, pg_hba.conf and firewall are between here and there.")]
    public Task Both_databases_answer_with_the_credentials_given() => upgrade.Ask(async token =>
    {
        var answers = await Task.WhenAll(upgrade.PostgresqlStores.Select(async store =>
        {
            try
            {
                await upgrade.ReadStore(store, token);
                return null;
            }
            catch (ProbeException refusal)
            {
                return refusal;
            }
        }));

        var refusals = answers.OfType<ProbeException>().ToList();
        if (refusals.Count == 0)
        {
            return;
        }

        var observed = string.Join('\n', refusals.Select(refusal => refusal.Message).Distinct());
        var where = string.Join(", ", refusals.Select(refusal => refusal.Where).Distinct());
        const string Wanted = "an answer from each database of the settings";

        // Nobody there, or no such database, is an answer; silence and refusal only say that we could not ask.
        throw refusals.Any(refusal => refusal.Failure is ProbeFailure.NothingListens or ProbeFailure.NoSuchDatabase)
            ? new Violated("A database of the settings is not there.") { Wanted = Wanted, Observed = observed, Where = where, Remedy = refusals[0].Remedy }
            : new Unanswered("A database of the settings does not let this suite in.") { Wanted = Wanted, Observed = observed, Where = where, Remedy = refusals[0].Remedy };
    });

    [Check("database/writable-primary", Severity.Blocker, Needs = Systems.Postgresql,
        Remedy = "Point the connection at the primary; lift default_transaction_read_only for the migration's role, database and server.")]
    public Task Both_databases_are_on_a_primary_that_accepts_writes() => upgrade.Ask(async token =>
    {
        var offences = new List<string>();
        var unknown = new List<string>();
        foreach (var reading in await upgrade.Readings(token))
        {
            var place = $"{reading.Store.Name()}: {reading.Where}";
            // What holds for our own role says nothing: a role that only reads may well be read-only by default.
            var roles = reading.Rights.ValueOrDefault?.Roles is { Count: > 0 } found ? found.Select(role => (role.Name, role.ReadOnly)) : [(reading.Role, reading.ReadOnlyByDefault)];
            offences.AddRange(reading.InRecovery
                ? [$"{place} is a standby in recovery"]
                : roles.Where(role => role.ReadOnly == true).Select(role => $"{place} has default_transaction_read_only on for {role.Name}"));
            unknown.AddRange(roles.Where(role => role.ReadOnly is null && !reading.InRecovery).Select(role => $"{place} has it on for our own role, which hides what holds for {role.Name}"));
        }

        const string Wanted = "a primary (pg_is_in_recovery() is false) with default_transaction_read_only off for the roles that migrate and serve";
        if (offences.Count > 0)
        {
            throw new Violated("A database does not accept writes, so neither migration nor servers can work on it.") { Wanted = Wanted, Observed = string.Join('\n', offences) };
        }

        if (unknown.Count > 0)
        {
            throw new Unanswered("Nothing says whether transactions of the servers may write.")
            {
                Wanted = Wanted,
                Observed = string.Join('\n', unknown),
                Remedy = $"ALTER ROLE {SqlText.Name((await upgrade.Readings(token))[0].Role)} RESET default_transaction_read_only; this suite reads in READ ONLY transactions anyway.",
            };
        }
    });

    [Check("database/supported-major", Severity.Blocker, Needs = Systems.Postgresql,
        Remedy = "Upgrade PostgreSQL first; that is a change of its own, with its own backup.")]
    public Task PostgreSQL_is_new_enough_for_the_target() => EachServer(
        "PostgreSQL is too old for the generated columns of the visibility store.",
        $"PostgreSQL {OldestMajor} or newer",
        reading => reading.ServerMajor < OldestMajor ? $"is PostgreSQL {reading.ServerVersion}" : null);

    [Check("database/tested-major", Severity.Advisory, Needs = Systems.Postgresql,
        Remedy = "Rehearse on the same major version of PostgreSQL before production.")]
    public Task PostgreSQL_is_of_a_major_version_that_upstream_has_tested() => EachServer(
        "PostgreSQL is newer than any major version that upstream says it has tested.",
        $"PostgreSQL {OldestMajor} to {NewestTestedMajor} (upstream's documentation of persistence)",
        reading => reading.ServerMajor > NewestTestedMajor ? $"is PostgreSQL {reading.ServerVersion}" : null);

    [Check("database/btree-gin", Severity.Blocker, Needs = Systems.Postgresql,
        Remedy = "In the visibility database, as a role with CREATE on it: CREATE EXTENSION btree_gin.")]
    public Task Visibility_database_has_the_extension_btree_gin() => upgrade.Ask(async token =>
    {
        var reading = await upgrade.StoreOfKind(Store.Visibility, token);
        var extension = reading.BtreeGin.OrUnanswered(reading);
        if (extension.Installed is null)
        {
            throw new Violated("The visibility database lacks the extension that its GIN indexes are made with.")
            {
                Wanted = "btree_gin installed",
                Observed = extension.Available is { } available
                    ? $"not installed; version {available} is available on the server"
                    : "not installed, and the server has no files for it",
                Where = reading.Where,
                Remedy = extension.Available is null ? "Install PostgreSQL's contrib package on the server, then CREATE EXTENSION btree_gin in this database." : null,
            };
        }
    });

    private Task EachServer(string sentence, string wanted, Func<StoreReading, string?> offence) => upgrade.Ask(async token =>
    {
        var offences = new List<string>();
        foreach (var store in upgrade.PostgresqlStores)
        {
            var reading = await upgrade.Reading(store, token);
            if (offence(reading) is { } observed)
            {
                offences.Add($"{store.Name()}: {reading.Where} {observed}");
            }
        }

        if (offences.Count > 0)
        {
            throw new Violated(sentence) { Wanted = wanted, Observed = string.Join('\n', offences) };
        }
    });
}
