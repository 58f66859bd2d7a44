using TemporalConformance.Environments;
using TemporalConformance.Facts;
using TemporalConformance.StandIns;

namespace TemporalConformance.Benchmarks;

/// <summary>The commands that are measured.</summary>
/// <param name="root">The root of the checkout, built.</param>
/// <param name="postgres">The server.</param>
/// <param name="programs">The folder of its programs: Debian's <c>psql</c> of PATH is a script that looks for this one.</param>
internal sealed class Subjects(string root, ScratchPostgres postgres, string programs)
{
    /// <summary>PreUpgrade as a process of its own, on databases that the environment names, as a pipeline would.</summary>
    /// <param name="name">What the tables call it.</param>
    /// <param name="databases">The databases.</param>
    /// <param name="port">Where they are reached.</param>
    public Command PreUpgrade(string name, Databases databases, int port) => Phase(name, "PreUpgrade", new Dictionary<string, string>
    {
        ["TEMPORAL_CONFORMANCE__STORES__MAIN__CONNECTION"] = Text(databases.Main, port),
        ["TEMPORAL_CONFORMANCE__STORES__VISIBILITY__CONNECTION"] = Text(databases.Visibility, port),
        // The server has few connections; with the chart's defaults its budget would be exceeded.
        ["TEMPORAL_CONFORMANCE__CLUSTER__PODS"] = "4",
        ["TEMPORAL_CONFORMANCE__STORES__MAIN__MAXCONNS"] = "2",
        ["TEMPORAL_CONFORMANCE__STORES__VISIBILITY__MAXCONNS"] = "2",
        ["TEMPORAL_CONFORMANCE__BASELINE__PATH"] = $"{Command.FolderMark}/baseline.json",
    });

    /// <summary>An xUnit project with one test that asks nothing, started the same way.</summary>
    public Command Empty() => Phase("empty xUnit project", "EmptyProject", new Dictionary<string, string>());

    /// <summary>The guide's database commands.</summary>
    /// <param name="name">What the tables call it.</param>
    /// <param name="databases">The databases.</param>
    /// <param name="port">Where they are reached.</param>
    /// <param name="repeated">Whether the version is asked as often as the guide asks it.</param>
    public Command Guide(string name, Databases databases, int port, bool repeated = false)
    {
        var connection = postgres.Connection(databases.Main);
        return new(name, "/bin/sh", _ => [Path.Combine(root, "benchmarks", "guide.sh"), .. repeated ? new[] { "repeated" } : []], new Dictionary<string, string>
        {
            ["PATH"] = $"{programs}:{Environment.GetEnvironmentVariable("PATH")}",
            ["HOST"] = connection.Host,
            ["PORT"] = $"{port}",
            ["ROLE"] = connection.Username!,
            ["DATABASE"] = databases.Main,
            ["PGPASSWORD"] = connection.Password!.Reveal(),
            ["DUMP"] = Databases.Dump(Store.Main),
        });
    }

    /// <summary>The guide's lines for a running cluster, on the CLI.</summary>
    /// <param name="cli">The <c>temporal</c> CLI.</param>
    /// <param name="port">Where the frontend is reached.</param>
    public Command GuideCli(string cli, int port) => new(
        "the guide's commands, on the CLI", "/bin/sh", _ => [Path.Combine(root, "benchmarks", "guide-cli.sh")], new Dictionary<string, string>
        {
            ["TEMPORAL"] = cli,
            ["ADDRESS"] = $"127.0.0.1:{port}",
            ["NAMESPACE"] = Settings.Defaults.Temporal.CanaryNamespace,
        });

    /// <summary>PreUpgrade and Smoke, one after the other, on a frontend.</summary>
    /// <param name="target">A release above that of the frontend.</param>
    /// <param name="port">Where the frontend is reached.</param>
    public Command Live(string target, int port) => new(
        "PreUpgrade and Smoke",
        "/bin/sh",
        folder => [Path.Combine(root, "benchmarks", "live.sh"), folder, Executable("PreUpgrade"), Executable("Smoke")],
        new Dictionary<string, string>
        {
            ["TEMPORAL_CONFORMANCE__TARGET"] = target,
            ["TEMPORAL_CONFORMANCE__TEMPORAL__ADDRESS"] = $"127.0.0.1:{port}",
            ["TEMPORAL_CONFORMANCE__BASELINE__PATH"] = $"{Command.FolderMark}/baseline.json",
        });

    /// <summary>The guide's lines that only read Kubernetes, on the real kubectl and on a helm that says what the real one said.</summary>
    /// <param name="cluster">The server.</param>
    /// <param name="port">Where it is reached.</param>
    public Command GuideKubectl(Kubernetes cluster, int port) => new(
        "the guide's commands, on kubectl and a replayed helm", "/bin/sh", _ => [Path.Combine(root, "benchmarks", "guide-kubectl.sh")], new Dictionary<string, string>
        {
            ["KUBECONFIG"] = cluster.Kubeconfig(port),
            ["NS"] = Kubernetes.Namespace,
            ["HOME"] = cluster.Home,
            ["HELM"] = cluster.Helm,
            ["VALUES"] = Recordings.HelmValues,
        });

    /// <summary>PreUpgrade with nothing to ask but Kubernetes and the files of the upgrade.</summary>
    /// <param name="cluster">The server.</param>
    /// <param name="port">Where it is reached.</param>
    public Command OnKubernetes(Kubernetes cluster, int port) => Phase("PreUpgrade, Kubernetes and values alone", "PreUpgrade", new Dictionary<string, string>
    {
        ["TEMPORAL_CONFORMANCE__KUBERNETES__KUBECONFIG"] = cluster.Kubeconfig(port),
        ["TEMPORAL_CONFORMANCE__KUBERNETES__NAMESPACE"] = Kubernetes.Namespace,
        ["TEMPORAL_CONFORMANCE__SCOPE__ONLY"] = "cluster,values,dynamic",
        ["TEMPORAL_CONFORMANCE__HELM__CHART"] = Recordings.HelmChart,
        ["TEMPORAL_CONFORMANCE__HELM__VALUES"] = Recordings.HelmValues,
        ["TEMPORAL_CONFORMANCE__HELM__MANIFESTS"] = Recordings.HelmRender,
        ["TEMPORAL_CONFORMANCE__MIGRATION__FIRST"] = "true",
        ["TEMPORAL_CONFORMANCE__BASELINE__PATH"] = $"{Command.FolderMark}/baseline.json",
    });

    /// <summary>A dump proven by its file alone.</summary>
    /// <param name="dump">The dump.</param>
    public Command VerifyBackup(string dump) => new(
        "verify-backup", Cli, _ => ["verify-backup", dump],
        new Dictionary<string, string> { ["TEMPORAL_CONFORMANCE_HOME"] = root });

    /// <summary>A backup of both databases, without a cluster and without frontends.</summary>
    /// <param name="databases">The databases.</param>
    /// <param name="programs">The folder of pg_dump.</param>
    public Command Backup(Databases databases, string programs)
    {
        var port = postgres.Connection(databases.Main).Port;
        return new("backup", Cli, folder => ["backup", Path.Combine(folder, "backup"), "--set", $"postgres.binaries={programs}"], new Dictionary<string, string>
        {
            ["TEMPORAL_CONFORMANCE_HOME"] = root,
            ["TEMPORAL_CONFORMANCE__STORES__MAIN__CONNECTION"] = Text(databases.Main, port),
            ["TEMPORAL_CONFORMANCE__STORES__VISIBILITY__CONNECTION"] = Text(databases.Visibility, port),
        });
    }

    /// <summary>The main command without any settings: demonstration, both phases, smoke, verdict.</summary>
    public Command Run() => new("./run.sh", Path.Combine(root, "run.sh"), folder => ["--results", Path.Combine(folder, "results")], new Dictionary<string, string>());

    private string Cli => Path.Combine(root, "artifacts", "bin", "TemporalConformance.Cli", "release", "temporal-conformance");

    // The arguments are those that ./run.sh starts its phases with.
    private Command Phase(string name, string project, IReadOnlyDictionary<string, string> environment) => new(
        name,
        Executable(project),
        folder =>
        [
            "--results-directory", folder, "--report-trx-filename", $"{project}.trx", "--timeout", "120s",
            "--exit-on-process-exit", $"{Environment.ProcessId}", "--progress", "off", "--no-ansi",
        ],
        environment);

    private string Executable(string project) => Path.Combine(root, "artifacts", "bin", project, "release", project);

    // No word about TLS: both psql and Npgsql then ask for it first, as they do with what most people write.
    private string Text(string database, int port)
    {
        var connection = postgres.Connection(database);
        return $"Host={connection.Host};Port={port};Username={connection.Username};Password={connection.Password!.Reveal()};Database={database}";
    }
}
