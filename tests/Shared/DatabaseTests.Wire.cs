using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.Gate;
using TemporalConformance.Probes;

namespace TemporalConformance.Tests;

public sealed partial class DatabaseTests
{
    [Check("database/tls-verifies-with-mounted-files", Severity.Blocker, Needs = Systems.Postgresql,
        Remedy = "Reissue the server's certificate for the host of the connection, or mount the authority that signed it; the servers and the schema job need the same files.")]
    public Task Certificates_of_the_databases_verify_with_the_files_given() => upgrade.Ask(async token =>
    {
        var offences = new List<string>();
        var unknown = new List<string>();
        var without = new List<string>();
        var judged = 0;
        foreach (var store in upgrade.PostgresqlStores)
        {
            StoreReading reading;
            try
            {
                reading = await upgrade.ReadStore(store, token);
            }
            catch (ProbeException refusal) when (refusal.Failure == ProbeFailure.Tls)
            {
                offences.Add($"{store.Name()}: {refusal.Message}");
                continue;
            }
            catch (ProbeException refusal)
            {
                throw new Unanswered(refusal.Message) { Where = refusal.Where, Remedy = refusal.Remedy, Cause = "database/reachable" };
            }

            var tls = reading.Tls;
            var line = $"{store.Name()}: SSL Mode={tls.Mode}";
            if (!tls.Encrypted)
            {
                without.Add($"{line}, not encrypted");
            }
            else if (tls.Mode is "Prefer" or "Allow" && tls.Server?.Authority is null)
            {
                without.Add($"{line}, encrypted only because the server offers it");
            }
            else if (tls.Mode == "VerifyFull")
            {
                judged++;
            }
            else if (tls.Server is not { } server)
            {
                unknown.Add($"{line}, {tls.Trouble}");
            }
            else if (server.Problems.Count > 0)
            {
                (server.Authority is null ? unknown : offences).Add($"{line}, {server.Subject} judged by {server.Authority ?? "the authorities of this machine"}: {string.Join("; ", server.Problems)}");
            }
            else
            {
                judged++;
            }
        }

        if (offences.Count > 0)
        {
            throw new Violated("A database's certificate does not verify with the files given.") { Wanted = "what sslmode=verify-full asks for: a known authority, the host's name, valid dates", Observed = string.Join('\n', offences) };
        }

        if (unknown.Count > 0)
        {
            throw new Unanswered("A connection is encrypted, and nothing says which authority has to have signed its certificate.")
            {
                Wanted = "the authority's file that the servers use too",
                Observed = string.Join('\n', unknown),
                Remedy = "Put sslmode=verify-full and sslrootcert=… into the connection (Npgsql: SSL Mode=VerifyFull;Root Certificate=…).",
            };
        }

        if (judged == 0)
        {
            throw new NotApplicable($"TLS is not asked for ({string.Join("; ", without)}).");
        }
    });

    [Check("database/certificates-outlive-the-window", Severity.Advisory, Needs = Systems.Postgresql,
        Remedy = "Renew the certificate before the upgrade, so that an expiry is not taken for the upgrade's doing.")]
    public Task Certificates_of_the_databases_outlive_the_window() => upgrade.Ask(async token =>
    {
        var until = upgrade.CertificatesNeededUntil;
        var offences = new List<string>();
        var encrypted = 0;
        foreach (var reading in await upgrade.Readings(token))
        {
            if (!reading.Tls.Encrypted)
            {
                continue;
            }

            encrypted++;
            var server = reading.Tls.Server ?? throw new Unanswered("The connection is encrypted, and its certificate could not be looked at.")
            {
                Observed = reading.Tls.Trouble,
                Where = reading.Where,
                Remedy = "Look at it by hand: openssl s_client -starttls postgres -connect host:port.",
            };
            if (server.FirstToExpire.NotAfter < until)
            {
                offences.Add($"{reading.Store.Name()}: {server.FirstToExpire.Subject} expires {server.FirstToExpire.NotAfter:u}");
            }
        }

        if (offences.Count > 0)
        {
            throw new Violated("A certificate of the databases expires during the upgrade or soon after it.")
            {
                Wanted = $"valid until {until:u}: the window and certificates.margin beyond",
                Observed = string.Join('\n', offences),
            };
        }

        if (encrypted == 0)
        {
            throw new NotApplicable("No connection to the databases is encrypted.");
        }
    });

    [Check("database/pooler-mode", Severity.Advisory, Needs = Systems.Postgresql,
        Remedy = "Let the servers and the schema job connect directly, or through a pool in session mode: they keep prepared statements and settings of their session.")]
    public Task Connections_are_direct_or_pooled_by_session() => upgrade.Ask(async token =>
    {
        var offences = new List<string>();
        foreach (var reading in await upgrade.Readings(token))
        {
            var pooling = await upgrade.Pooling(reading, token);
            if (pooling.Mode == PoolingMode.Transaction)
            {
                offences.Add($"{reading.Store.Name()}: {reading.Where}: {pooling.Evidence}");
            }
        }

        if (offences.Count > 0)
        {
            throw new Violated("A pooler in transaction mode stands before the database.") { Wanted = "a direct connection, or one process of the server for as long as a client stays", Observed = string.Join('\n', offences) };
        }
    });

    [Check("database/supported-plugin", Severity.Blocker, Needs = Systems.Postgresql,
        Remedy = "Set pluginName of both stores to postgres12 or postgres12_pgx in the server's configuration and in the schema job, then correct stores.main.plugin and stores.visibility.plugin.")]
    public Task SQL_plugin_of_the_configuration_exists_in_the_target() => upgrade.Ask(() =>
    {
        var offences = upgrade.PostgresqlStores
            .Select(store => (Key: $"stores.{store.Name()}.plugin", upgrade.StoreSettings(store).Plugin))
            .Where(stated => stated.Plugin is not ("postgres12" or "postgres12_pgx"))
            .Select(stated => $"{stated.Key}={stated.Plugin}: " + stated.Plugin switch
            {
                "postgres" => "removed from the server together with the schema for PostgreSQL 9.6; it cannot use advanced visibility",
                "mysql" => "removed from the server together with the schema for MySQL 5.7; and the connection leads to PostgreSQL",
                "mysql8" => "for MySQL, and the connection leads to PostgreSQL",
                "sqlite" => "for development in memory, and the connection leads to PostgreSQL",
                _ => "no plugin of the server has this name",
            })
            .ToList();
        return offences.Count == 0 ? true : throw new Violated("The servers cannot start with this SQL plugin.") { Wanted = "postgres12 or postgres12_pgx", Observed = string.Join('\n', offences) };
    });
}
