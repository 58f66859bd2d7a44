using TemporalConformance.Checks;
using TemporalConformance.Cli;
using TemporalConformance.Gate;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>Both phases, asked about metrics only, on the stand-ins of a cluster and of its metrics; the baseline is between them.</summary>
internal sealed class MetricsPhases : IAsyncDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly StandInCluster _cluster;

    private MetricsPhases(StandInCluster cluster, MetricsStandIn metrics) => (_cluster, Metrics) = (cluster, metrics);

    /// <summary>The metrics of the cluster.</summary>
    public MetricsStandIn Metrics { get; }

    /// <summary>A folder for the test's files.</summary>
    public string Folder => _folder.Path;

    private string BaselinePath => Path.Combine(Folder, "baseline.json");

    /// <summary>Starts a cluster of 1.27.3.</summary>
    /// <param name="openTelemetry">Whether its processes report with OpenTelemetry.</param>
    public static async Task<MetricsPhases> StartAsync(bool openTelemetry = false) => new(
        await StandInCluster.StartAsync(new StandInClusterOptions { Release = "1.27.3" }),
        await MetricsStandIn.StartAsync(new() { Release = "1.27.3", OpenTelemetry = openTelemetry, RequestsPerSecond = MetricsCluster.Busy }));

    /// <summary>Replaces all processes by those of 1.29.1.</summary>
    /// <param name="openTelemetry">Whether these report with OpenTelemetry; null = as those before.</param>
    public async Task UpgradeAsync(bool? openTelemetry = null)
    {
        await _cluster.UpgradeToAsync("1.29.1");
        Metrics.BecomeRelease("1.29.1", openTelemetry);
    }

    /// <summary>Takes the baseline that PreUpgrade would, without a process for it.</summary>
    public async Task TakeBaselineAsync() => new Baseline
    {
        Taken = DateTimeOffset.UtcNow,
        Tool = "self-tests",
        Running = ["1.27.3"],
        Target = "1.29.1",
        Identity = new Identity([], null),
        Metrics = MetricsSection.Of(await MetricsCluster.LookAsync(Metrics), await MetricsCluster.TrafficAsync(Metrics), []),
    }.Write(BaselinePath, overwrite: false);

    /// <summary>Writes a file into the folder.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="text">What is in it.</param>
    /// <returns>Its path.</returns>
    public string File(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Runs a phase.</summary>
    /// <param name="phase">Which.</param>
    /// <param name="sets">Settings besides; an empty value takes one away.</param>
    public async Task<PhaseVerdict> AskAsync(UpgradePhase phase, params (string Key, string Value)[] sets)
    {
        using var results = new ScratchFolder();
        var settings = new Dictionary<string, string>
        {
            ["temporal.address"] = string.Join(',', _cluster.Frontends),
            ["metrics.endpoints"] = string.Join(',', Metrics.Endpoints),
            ["metrics.sample"] = "1s",
            ["baseline.path"] = BaselinePath,
            ["post.settle"] = "0s",
            ["post.hold"] = "0s",
            ["scope.only"] = "metrics,eager/clients-already-asking,path/one-running-version",
        };
        foreach (var (key, value) in sets)
        {
            settings[key] = value;
            if (value.Length == 0)
            {
                settings.Remove(key);
            }
        }

        var started = DateTimeOffset.UtcNow;
        var exit = await new PhaseProcess(Installation.Find(), results.Path).RunAsync(
            phase, new Handover(results.Path, results.Path, null, settings), TimeSpan.FromMinutes(2), _ => { }, TestContext.Current.CancellationToken);
        var verdict = Judge.Phase(
            PhaseEvidence.FromFolder(results.Path, phase.ToString(), exit.ExitCode), CheckRoll.Embedded(), [], new Expectation { Now = DateTimeOffset.UtcNow, NotBefore = started });
        verdict.Checks.ShouldNotBeEmpty(exit.Tail);
        return verdict;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Metrics.DisposeAsync();
        await _cluster.DisposeAsync();
        _folder.Dispose();
    }
}
