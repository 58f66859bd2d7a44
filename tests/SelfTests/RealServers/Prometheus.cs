using TemporalConformance.Environments;

namespace TemporalConformance.SelfTests;

/// <summary>What a <see cref="Prometheus"/> is to do.</summary>
internal sealed record PrometheusSetup
{
    /// <summary>What it scrapes every second, as the job <c>temporal</c>.</summary>
    public IReadOnlyList<Uri> Targets { get; init; } = [];

    /// <summary>A rule file that it evaluates every second; empty for none.</summary>
    public string Rules { get; init; } = "";

    /// <summary>A file in OpenMetrics with times, which becomes its past; null for none.</summary>
    public string? Past { get; init; }

    /// <summary>Its configuration.</summary>
    public string Configuration => $$"""
        global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }
        rule_files: [{{(Rules.Length > 0 ? "rules.yml" : "")}}]
        scrape_configs:
        - job_name: temporal
          static_configs:
          - targets: [{{string.Join(", ", Targets.Select(target => $"'{target.Authority}'"))}}]

        """;
}

/// <summary>A real Prometheus on a free port of 127.0.0.1. Dies with this process.</summary>
internal sealed class Prometheus : IAsyncDisposable
{
    /// <summary>$2 prometheus, $3 the port, $4 the configuration, $5 the rules, $6 the past.</summary>
    private const string Script = """
        printf '%s' "$4" >prometheus.yml
        printf '%s' "$5" >rules.yml
        if [ -n "$6" ]; then "$(dirname "$2")/promtool" tsdb create-blocks-from openmetrics "$6" data || exit 1; fi
        "$2" --config.file prometheus.yml --storage.tsdb.path data --web.listen-address "127.0.0.1:$3" </dev/null &
        """;

    private readonly GuardedServer server;

    private Prometheus(GuardedServer server, int port) => (this.server, Address) = (server, new Uri($"http://127.0.0.1:{port}"));

    /// <summary>Its URL.</summary>
    public Uri Address { get; }

    /// <summary>Starts a server and waits until it says that it is ready; skips the test where there is no Prometheus.</summary>
    /// <param name="setup">What it does; null = nothing.</param>
    public static async Task<Prometheus> StartAsync(PrometheusSetup? setup = null)
    {
        setup ??= new PrometheusSetup();
        var program = Programs.Find("prometheus");
        Assert.SkipUnless(program is not null, "No prometheus on this machine (apt-get install prometheus).");
        var port = Ports.Free();
        var start = GuardedServer.Shell(Script, "prometheus", null, program!, $"{port}", setup.Configuration, setup.Rules, setup.Past ?? "");
        return new Prometheus((await GuardedServer.StartAsync(start, line => line.Contains("Server is ready to receive web requests", StringComparison.Ordinal))).Server, port);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => server.DisposeAsync();
}
