using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.Probes;

namespace TemporalConformance.Cli;

/// <summary>Says what a run would read and write, and where. Asks no system anything, unless what the upgrade changes is to be seen.</summary>
internal static class PlanCommand
{
    /// <summary>Prints the plan.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="sql">Whether every statement is printed as it is sent.</param>
    /// <param name="asks">Whether the cluster may be asked what is installed, and <c>helm</c> to render, for what the upgrade changes.</param>
    /// <param name="token">Ends it.</param>
    /// <returns>0; 2 where what the upgrade changes was asked for and could not be told.</returns>
    public static async Task<int> RunAsync(CommonValues options, bool sql, bool asks, CancellationToken token)
    {
        var settings = RunSettings.Read(options.Config, options.Sets);
        Guard.Hide(settings.Scrubber);
        var (told, changes) = await PlannedChanges.LinesAsync(settings, asks, token);
        var text = asks ? string.Join('\n', changes) + "\n" : string.Join('\n', [Text(settings, Path.GetFullPath(options.Results), sql), .. changes]) + "\n";
        Console.Out.Write(settings.Scrubber.Scrub(text));
        return told ? 0 : ExitCodes.NotTold;
    }

    /// <summary>What is read and written, but for what the upgrade changes.</summary>
    public static string Text(Settings settings, string results, bool sql)
    {
        var lines = new List<string> { "What a run would read and write. Nothing was asked or written to say this.", "" };
        if (settings.IsDemonstration)
        {
            lines.Add("No setting names a system: every command works on the demonstration, on databases and a server of its own that it removes again.");
            lines.Add("With the connections of yours, each phase would do what follows.");
            lines.Add("");
        }

        Databases(settings, sql, lines);
        Frontends(settings, lines);
        Kubernetes(settings, lines);
        PlanOfMetrics.Add(settings, lines);
        lines.Add("files");
        lines.Add($"  written  {results}: verdict, answers and records of the run; earlier ones of the same names are replaced");
        lines.Add($"  written  {Path.GetFullPath(settings.BaselinePath)}: by pre, once; replaced only with --new-baseline. Read by post");
        lines.Add("           beside it, with a frontend: the running workflows (.workflows.jsonl, one a line, and .workflows.txt, a table)");
        Read("catalog.extra", settings.CatalogExtra, lines);
        Read("migration.files", settings.Migration.Files, lines);
        Read("helm.chartPath", settings.Helm.ChartPath, lines);
        foreach (var (key, paths) in new[] { ("helm.values", settings.Helm.Values), ("helm.manifests", settings.Helm.Manifests), ("helm.installed", settings.Helm.Installed) })
        {
            foreach (var path in paths)
            {
                Read(key, path, lines);
            }
        }

        if (settings.Helm is { ChartPath: { } chart, Manifests.Count: 0, ReuseValues: false })
        {
            lines.Add($"  runs     {settings.Helm.Program ?? "helm"} template {settings.Helm.Release} {chart} --is-upgrade, by pre, where that program is found; it asks no cluster");
        }

        Backup(settings, lines);
        lines.Add("");
        lines.Add("around");
        lines.Add("  runs     the command after --, after a GO of pre. What it changes is its own affair; it gets no secret of these settings but by your environment");
        return string.Join('\n', lines) + "\n";
    }

    private static void Backup(Settings settings, List<string> lines)
    {
        var backup = settings.Backup;
        lines.Add("");
        lines.Add("backup (pre)");
        if (!backup.IsNamed)
        {
            lines.Add("  no setting names a backup: none is read");
        }

        Read("backup.path", backup.Path, lines);
        Read("backup.copy", backup.Copy, lines);
        if (new[] { backup.Path, backup.Copy }.OfType<string>().Any(S3Address.IsMeant))
        {
            lines.Add($"           at {backup.S3.Endpoint?.ToString() ?? "AWS, or where AWS_ENDPOINT_URL says"}: objects are listed (ListObjectsV2) and read (GetObject), with {(backup.S3.AccessKey is null ? "what the usual chain of AWS gives" : "backup.s3.accessKey")}; nothing is written");
        }

        if (backup.Command is { } command)
        {
            lines.Add($"  runs     {command} (backup.command), which gets no secret of these settings");
        }

        if (backup.PgBackRest is { } stanza)
        {
            lines.Add($"  runs     pgbackrest --stanza={stanza} info and verify");
        }

        if (backup.Restore)
        {
            lines.Add("  written  a PostgreSQL of our own, on this machine, that the dumps are restored into; removed again (backup.restore); dumps at an object store are brought to its folder first");
        }
    }

    private static void Databases(Settings settings, bool sql, List<string> lines)
    {
        var limits = new ProbeLimits(settings.Database.ConnectTimeout, settings.Database.StatementTimeout);
        lines.Add("databases (pre, post)");
        lines.Add("  written  nothing: each is read in one READ ONLY transaction that is rolled back");
        lines.Add($"  as       application_name {PostgresProbe.ApplicationName}; one connection a store, closed after one round trip");
        lines.Add($"  within   {SettingTexts.Duration(limits.Connect)} to connect, {SettingTexts.Duration(limits.Statement)} a statement (the server enforces it), {SettingTexts.Duration(limits.Statement / 2)} for a lock");
        lines.Add("  besides  where the connection is encrypted, one TLS handshake to see the certificate; behind a pooler, two connections for a moment");
        foreach (var (store, set) in new[] { (Store.Main, settings.Stores.Main), (Store.Visibility, settings.Stores.Visibility) })
        {
            lines.Add("");
            if (set.Kind != "postgresql")
            {
                lines.Add($"  {store.Name()}: is {set.Kind}, which is not read");
                continue;
            }

            lines.Add($"  {store.Name()}: {(set.Connection is { } connection ? $"{connection.Display} ({settings.Origin($"stores.{store.Name()}.connection")})" : $"stores.{store.Name()}.connection is not set")}");
            if (set.FreeSpaceQuery is { } query)
            {
                lines.Add($"    free space of its volume: {query}, asked of {settings.Prometheus.Url} (GET /api/v1/query)");
            }

            foreach (var (subject, text, right) in PostgresProbe.Statements(store, new StoreRoles(set.MigrationRole, set.RuntimeRole), limits))
            {
                lines.Add($"    {char.ToLowerInvariant(subject[0])}{subject[1..]}{(right is null ? "" : $" (needs {right})")}");
                if (sql)
                {
                    lines.AddRange(text.Split('\n').Select(line => $"        {line.TrimEnd()}"));
                }
            }
        }

        if (!sql)
        {
            lines.Add("");
            lines.Add("  ./run.sh plan --sql prints every statement as it is sent.");
        }

        lines.Add("");
    }

    private static void Frontends(Settings settings, List<string> lines)
    {
        var temporal = settings.Temporal;
        lines.Add("Temporal");
        if (temporal.Address.Count == 0)
        {
            lines.Add("  temporal.address is not set: no frontend is asked");
        }

        foreach (var address in temporal.Address)
        {
            lines.Add($"  read     {address}, each process behind the name by itself");
        }

        lines.Add($"           health, release, both stores (pre, post, smoke); rings, members, shards of each history host, by AdminService (pre, post)");
        lines.Add($"           in {(temporal.Namespaces.Count > 0 ? string.Join(", ", temporal.Namespaces) : "every namespace but Temporal's own")}: settings, search attributes, schedules, Nexus endpoints, task queues,");
        lines.Add($"           running workflows (at most {settings.Workflows.Most} by id), histories of {settings.Workflows.Sample} of them: of each event its type and a digest are kept (pre, post)");
        lines.Add($"  within   {temporal.RequestsPerSecond} calls a second, 10 s each");
        lines.Add($"  written  by smoke, and by post for eager start, and only in the namespace {temporal.CanaryNamespace}: a few short workflows and a schedule of our own (TemporalConformance…),");
        lines.Add($"           named temporal-conformance-…, on a task queue {temporal.CanaryTaskQueue}-… with a worker of our own; deleted afterwards, those that failed kept until the namespace's retention");
        foreach (var critical in settings.Workflows.Critical)
        {
            lines.Add($"  started  {critical.Type} on task queue {critical.TaskQueue}: a workflow of yours, by smoke (workflows.critical)");
        }

        lines.Add("");
    }

    private static void Kubernetes(Settings settings, List<string> lines)
    {
        lines.Add("Kubernetes (pre, post, and discover)");
        if (KubernetesWay.Of(settings, looks: false) is not { } access)
        {
            lines.Add("  no setting names a cluster: none is asked");
            lines.Add("");
            return;
        }

        var limits = access.Limits;
        lines.Add($"  from     {(access.InCluster ? "the API server of the pod's own cluster" : string.Join(Path.PathSeparator, access.Kubeconfigs))}{(access.Context is null ? "" : $", context {access.Context}")}, namespace {access.Namespace ?? "of the context"}");
        lines.Add("  written  nothing: get, list and watch, and the reviews by which the API tells what we may do. No exec, no Secret's content but the newest of the Helm release"
            + (settings.Kubernetes.ReadPasswords ? " and the servers' database passwords (kubernetes.readPasswords)" : ""));
        lines.Add(access.Forwards
            ? "  reaches  Services of the namespace: frontends, history and matching by port-forwards, metrics by the proxy for pods (kubernetes.reach)"
            : "  reaches  nothing through the API: no port-forward, no proxy");
        lines.Add("  finds    frontends, metrics and databases that no setting names, as ./run.sh discover would");
        lines.Add($"  within   {SettingTexts.Duration(limits.Connect)} to connect, {SettingTexts.Duration(limits.Call)} a call, {limits.Side} calls at a time, {limits.Page} objects a page; selectors go to the server");
        lines.AddRange(KubeRights.NeededBy(access).Select(right => $"    {right}: {right.Purpose}{(right.ClusterWide ? " (of the whole cluster)" : "")}"));
        lines.AddRange(access.MonitorNamespaces.SelectMany(ns => KubeRights.OfMonitors.Select(right => $"    {right} in namespace {ns}: {right.Purpose} (metrics.monitors)")));
        lines.Add("  ./run.sh grants --kubernetes prints Roles with these rights and no other.");
        lines.Add("");
    }

    private static void Read(string key, string? path, List<string> lines)
    {
        if (path is not null)
        {
            lines.Add($"  read     {(S3Address.IsMeant(path) ? path : Path.GetFullPath(path))} ({key})");
        }
    }
}
