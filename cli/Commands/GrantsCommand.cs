using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.Probes;

namespace TemporalConformance.Cli;

/// <summary>Prints the SQL that makes our role, or the objects that give us rights in Kubernetes. Asks no system anything.</summary>
internal static class GrantsCommand
{
    private const string DefaultRole = "temporal_conformance";

    /// <summary>Prints a script for psql: fit to be read, and to be piped.</summary>
    /// <param name="options">The settings name servers, databases and the role.</param>
    /// <param name="role">Another name for the role than that of the connection.</param>
    /// <param name="schema">The schema of Temporal's tables.</param>
    /// <param name="kubernetes">Whether the rights in Kubernetes are wanted, for kubectl, and <paramref name="role"/> is a service account.</param>
    public static int Run(CommonValues options, string? role, string schema, bool kubernetes)
    {
        var settings = RunSettings.Read(options.Config, options.Sets);
        Console.Out.Write(kubernetes ? KubernetesGrants.Text(settings, role) : Script(settings, role, schema));
        return 0;
    }

    /// <summary>The script.</summary>
    public static string Script(Settings settings, string? role, string schema)
    {
        var lines = new List<string>();
        var stores = new List<(Store Store, string Server, string Database, string Role)> { Of(Store.Main, settings.Stores.Main, "temporal") };
        if (settings.Stores.Visibility.Kind == "postgresql")
        {
            stores.Add(Of(Store.Visibility, settings.Stores.Visibility, "temporal_visibility"));
        }

        lines.Add("-- The role that TemporalConformance reads with: everything that its checks ask of PostgreSQL, and no right to write.");
        lines.Add("-- For psql, as a superuser or as the owner of Temporal's tables: ./run.sh grants | psql -h HOST -U postgres");
        foreach (var server in stores.GroupBy(store => store.Server))
        {
            lines.Add("");
            lines.Add($"-- On the server {server.Key}");
            foreach (var name in server.Select(store => store.Role).Distinct())
            {
                Add(new LeastPrivilege(name, schema).OnServer);
            }

            foreach (var (store, _, database, name) in server)
            {
                lines.Add("");
                lines.Add($"-- The {store.Name()} store");
                lines.Add($"\\connect {Connect(database)}");
                Add(new LeastPrivilege(name, schema).InDatabase(store, database));
            }
        }

        lines.Add("");
        lines.Add("-- More, for single answers; none of it is needed on PostgreSQL as it comes:");
        foreach (var (store, _, database, name) in stores)
        {
            foreach (var grant in new LeastPrivilege(name, schema).WhereTaken(database))
            {
                lines.Add($"--   in {database}, where everybody's right was taken away: {grant.Sql};");
                lines.Add($"--     for {grant.For}");
            }
        }

        lines.Add("--   database/disk-headroom: no GRANT tells free disk; give stores.*.volumeSize, or stores.*.freeSpaceQuery with prometheus.url");
        lines.Add("--   what is read of Kubernetes: ./run.sh grants --kubernetes, for kubectl");
        lines.Add("--   temporary tables and, before PostgreSQL 15, tables in the schema public are everybody's right; who wants neither takes them from PUBLIC");
        return string.Join('\n', lines) + "\n";

        (Store Store, string Server, string Database, string Role) Of(Store store, StoreSettings set, string database) => (
            store,
            set.Connection is { } connection ? $"{connection.Host}:{connection.Port}" : "of the stores (no connection is set, so the usual names stand here)",
            set.Connection?.Database ?? database,
            role ?? set.Connection?.Username ?? DefaultRole);

        void Add(IEnumerable<Grant> grants)
        {
            foreach (var grant in grants)
            {
                lines.Add($"{grant.Sql};");
                lines.Add($"--   for {grant.For}");
            }
        }
    }

    /// <summary>A database's name as psql's \connect takes it.</summary>
    private static string Connect(string database) => SqlText.Name(database);
}
