using System.Diagnostics;
using System.Text.Json.Nodes;
using TemporalConformance.Checks;
using TemporalConformance.Cli;
using TemporalConformance.Gate;
using TemporalConformance.Probes;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>
/// A run that is told a kubeconfig and a namespace and finds the rest: frontends by port-forward, databases by the configuration and its Secrets, on
/// stand-ins over a real PostgreSQL.
/// </summary>
public sealed class DiscoveredRunTests(PostgresServer server)
{
    private const string Objects = "cluster/selectors-match,cluster/workloads-ready,cluster/no-crash-loops,cluster/references-exist,cluster/endpoints-present,cluster/no-pending-release,sdk/connects";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pre_asks_everything_that_it_finds_by_itself_and_says_where_it_was_found()
    {
        await using var pair = await DatabasePair.CopyAsync(server, Recorded.Real1273);
        await using var temporal = await StandInCluster.StartAsync(new StandInClusterOptions { Release = "1.27.3", MainStore = pair.Main.Npgsql + ";Pooling=false" });
        await using var cluster = await Cluster.StartAsync();
        cluster.StandIn.Fit(KubernetesFitting.OfStandInCluster, "1.27.3");
        await using var metrics = await MetricsStandIn.StartAsync(new() { Release = "1.27.3", RequestsPerSecond = MetricsCluster.Busy });
        Lead(cluster, temporal);
        Lead(cluster, metrics);
        Configure(cluster, pair);

        var (code, output) = await RunAsync(
            cluster, "pre", "--set", "kubernetes.reach=port-forward", "--set", "kubernetes.readPasswords=true", "--set", "metrics.sample=1s", "--only", $"{Objects},path,health,metrics/every-role-scraped,database/reachable,schema/main-version,schema/visibility-version");

        code.ShouldBe(0, output);
        var text = await File.ReadAllTextAsync(Path.Combine(cluster.Folder, "results", "verdict.json"), Token);
        var verdict = JsonNode.Parse(text)!;
        ((string?)verdict["verdict"]).ShouldBe("GO", output);
        var checks = verdict["checks"]!.AsArray().Where(check => (string?)check!["result"] == "met").Select(check => (string)check!["id"]!).ToList();
        foreach (var id in new[] { "sdk/connects", "health/every-frontend-serves", "health/history-serves", "health/ring-equals-pods", "database/reachable", "schema/main-version", "cluster/workloads-ready", "metrics/every-role-scraped", "path/one-running-version" })
        {
            checks.ShouldContain(id, output);
        }

        var notes = string.Join('\n', verdict["notes"]!.AsArray());
        notes.ShouldContain("temporal.address is [\"temporal-frontend.temporal-backend.svc:7233\"] (discovered: Service/temporal-frontend)");
        notes.ShouldContain($"stores.main.connection is {pair.Main.Display} (discovered: ConfigMap/temporal-config config_template.yaml)");
        notes.ShouldContain("Reached through the Kubernetes API: 127.0.0.1:");
        output.ShouldContain("discovered: Service/temporal-frontend");
        var rights = KubeRights.Needed.Concat(KubeRights.Forwarding).Select(right => (right.Verb, right.Group, right.Resource)).ToHashSet();
        cluster.StandIn.Requests.Where(one => one.Verb.Length > 0 && !one.Resource.StartsWith("selfsubject", StringComparison.Ordinal)).ShouldAllBe(one => rights.Contains(new(one.Verb, one.Group, one.Resource)));
        cluster.StandIn.Requests.ShouldContain(one => one.Resource == "pods/portforward");
        if (pair.Main.Password is { } password)
        {
            $"{text}{output}".ShouldNotContain(password.Reveal());
        }
    }

    [Fact]
    public async Task Without_a_way_to_frontends_and_databases_the_verdict_is_partial_and_says_what_to_give()
    {
        await using var cluster = await Cluster.StartAsync();
        cluster.StandIn.Fit(KubernetesFitting.OfStandInCluster, "1.27.3");

        var (code, output) = await RunAsync(cluster, "pre", "--only", Objects);

        code.ShouldBe(0, output);
        output.ShouldContain("partial");
        output.ReplaceLineEndings(" ").ShouldContain("kubernetes.reach=port-forward");
        output.ReplaceLineEndings(" ").ShouldContain("kubernetes.readPasswords=true");
        cluster.StandIn.Requests.ShouldNotContain(one => one.Resource == "pods/portforward");
    }

    [Theory]
    [InlineData("before", "1.27.3", "")]
    [InlineData("during", "1.28.1", "cluster/workloads-ready cluster/no-pending-release")]
    [InlineData("after", "1.29.1", "")]
    [InlineData("faults/image-pull-server", "1.29.1", "cluster/workloads-ready")]
    [InlineData("faults/missing-secret", "1.29.1", "cluster/workloads-ready cluster/references-exist")]
    public async Task A_recorded_situation_gets_the_verdict_that_it_deserves(string folder, string release, string violated)
    {
        await using var temporal = await StandInCluster.StartAsync(new StandInClusterOptions { Release = release });
        await using var cluster = await Cluster.StartSharedAsync(folder);
        Complete(cluster);
        Lead(cluster, temporal);
        var sets = Sets(cluster);
        sets["scope.only"] = Objects;
        sets["target"] = "1.29.1";

        var verdict = await AskAsync(UpgradePhase.PreUpgrade, cluster, sets);

        verdict.Checks.Where(check => check.Result == Result.Violated).Select(check => check.Id).ShouldBe(violated.Split(' ', StringSplitOptions.RemoveEmptyEntries), ignoreOrder: true, verdict.Said());
        verdict.Checks.ShouldNotContain(check => check.Result == Result.Unanswered, verdict.Said());
        verdict.Checks.Single(check => check.Id == "sdk/connects").Result.ShouldBe(Result.Met);
        verdict.Decision.ShouldBe(violated.Length == 0 ? Decision.Go : Decision.NoGo);
    }

    [Fact]
    public async Task Post_sees_by_its_watch_when_a_rollout_has_come_to_its_end()
    {
        await using var cluster = await Cluster.StartAsync(new KubernetesStandInOptions { Folders = [KubernetesRecordings.After] });
        cluster.StandIn.Edit("deployments", "temporal-history", one => one["status"]!["updatedReplicas"] = 1);
        var asking = AskAsync(UpgradePhase.PostUpgrade, cluster, Settling(cluster, settle: "60s", hold: "8s"));
        using (var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50)))
        {
            while (!asking.IsCompleted && cluster.StandIn.Requests.Count(one => one.Verb == "watch") < 5)
            {
                await tick.WaitForNextTickAsync(Token);
            }
        }

        cluster.StandIn.Edit("deployments", "temporal-history", one => one["status"]!["updatedReplicas"] = 3);
        var verdict = await asking;

        verdict.Checks.Single(check => check.Id == "cluster/workloads-ready").Result.ShouldBe(Result.Met, verdict.Said());
        var lists = cluster.StandIn.Requests.Count(one => one is { Verb: "list", Resource: "deployments" } && one.Query.GetValueOrDefault("limit") != "1");
        lists.ShouldBeLessThan(6, "while nothing moves, nothing is read again");
    }

    [Fact]
    public async Task Post_cannot_tell_when_the_API_is_too_busy_until_the_time_to_settle_is_over()
    {
        await using var cluster = await Cluster.StartAsync(new KubernetesStandInOptions { Folders = [KubernetesRecordings.After] });
        cluster.StandIn.Edit("deployments", "temporal-history", one => one["status"]!["updatedReplicas"] = 1);
        var asking = AskAsync(UpgradePhase.PostUpgrade, cluster, Settling(cluster, settle: "3s", hold: "1s"));
        using (var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20)))
        {
            while (!asking.IsCompleted && !cluster.StandIn.Requests.Any(one => one.Verb == "watch"))
            {
                await tick.WaitForNextTickAsync(Token);
            }
        }

        cluster.StandIn.Set(KubernetesFault.TooManyRequests);
        cluster.StandIn.EndWatches();
        var verdict = await asking;

        var check = verdict.Checks.Single(check => check.Id == "cluster/workloads-ready");
        check.Result.ShouldBe(Result.Unanswered, verdict.Said());
        check.Message.ShouldContain("is too busy for us (429)");
    }

    private static Dictionary<string, string> Settling(Cluster cluster, string settle, string hold) => new()
    {
        ["kubernetes.kubeconfig"] = cluster.Kubeconfig(),
        ["kubernetes.namespace"] = KubernetesStandIn.Namespace,
        ["temporal.provider"] = "none",
        ["scope.only"] = "cluster/workloads-ready",
        ["post.settle"] = settle,
        ["post.hold"] = hold,
    };

    private static Dictionary<string, string> Sets(Cluster cluster) => new()
    {
        ["kubernetes.kubeconfig"] = cluster.Kubeconfig(StandInUser.Forwarder),
        ["kubernetes.namespace"] = KubernetesStandIn.Namespace,
        ["kubernetes.reach"] = "port-forward",
    };

    /// <summary>The stand-in's frontends, history and matching hosts stand for the pods' ports.</summary>
    private static void Lead(Cluster cluster, StandInCluster temporal)
    {
        foreach (var (pod, at) in PodReachTests.Frontends(cluster).Select((pod, at) => (pod, at)))
        {
            cluster.StandIn.Lead(pod, 7233, temporal.Frontends[at % temporal.Frontends.Count]);
        }

        // All its processes have one address, and so has every pod that was fitted to it.
        foreach (var address in temporal.HistoryHosts.Concat(temporal.MatchingHosts))
        {
            foreach (var pod in cluster.StandIn.Names("pods"))
            {
                cluster.StandIn.Lead(pod, int.Parse(address.Split(':')[1]), address);
            }
        }
    }

    /// <summary>The metrics ports of the pods are those of the stand-in's processes.</summary>
    private static void Lead(Cluster cluster, MetricsStandIn metrics)
    {
        foreach (var process in MetricsRecordings.Processes)
        {
            var (role, number) = (process[..^2], process[^1] - '1');
            var pod = cluster.StandIn.Names("pods").Where(name => (string?)cluster.StandIn.Find("pods", name)!["metadata"]!["labels"]?["app.kubernetes.io/component"] == role).ElementAt(number);
            cluster.StandIn.Lead(pod, 9090, metrics.Endpoint(process).Authority);
        }
    }

    /// <summary>What was not recorded with every fault.</summary>
    private static void Complete(Cluster cluster)
    {
        foreach (var name in new[] { "temporal-default-store", "temporal-visibility-store" }.Where(name => cluster.StandIn.Find("secrets", name) is null))
        {
            cluster.StandIn.Add("secrets", new JsonObject { ["metadata"] = new JsonObject { ["name"] = name } });
        }

        if (cluster.StandIn.Find("configmaps", "temporal-shims") is null)
        {
            cluster.StandIn.Add("configmaps", new JsonObject { ["metadata"] = new JsonObject { ["name"] = "temporal-shims" }, ["data"] = new JsonObject() });
        }
    }

    /// <summary>The servers' configuration names the databases of the test, and the Secrets hold their password.</summary>
    private static void Configure(Cluster cluster, DatabasePair pair)
    {
        cluster.StandIn.Edit("configmaps", "temporal-config", map => map["data"]!["config_template.yaml"] = ((string)map["data"]!["config_template.yaml"]!)
            .Replace("postgresql.example.com:5432", $"{pair.Main.Host}:{pair.Main.Port}", StringComparison.Ordinal)
            .Replace("databaseName: \"temporal\"", $"databaseName: \"{pair.Main.Database}\"", StringComparison.Ordinal)
            .Replace("databaseName: \"temporal_visibility\"", $"databaseName: \"{pair.Visibility.Database}\"", StringComparison.Ordinal)
            .Replace("user: temporal\n", $"user: {pair.Main.Username}\n", StringComparison.Ordinal)
            .Replace("user: \"temporal\"", $"user: \"{pair.Main.Username}\"", StringComparison.Ordinal));
        foreach (var name in new[] { "temporal-default-store", "temporal-visibility-store" })
        {
            cluster.StandIn.Edit("secrets", name, secret => secret["data"]!["password"] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(pair.Main.Password?.Reveal() ?? "none")));
        }
    }

    /// <summary>A phase, told what the command would have found.</summary>
    private static async Task<PhaseVerdict> AskAsync(UpgradePhase phase, Cluster cluster, Dictionary<string, string> sets)
    {
        var results = Path.Combine(cluster.Folder, "results");
        sets["baseline.path"] = Path.Combine(cluster.Folder, "baseline.json");
        var started = DateTimeOffset.UtcNow;
        var found = await RunSettings.DiscoverAsync(null, sets, Token);
        var exit = await new PhaseProcess(Installation.Find(), results).RunAsync(phase, new Handover(cluster.Folder, results, null, sets, Found: found), TimeSpan.FromMinutes(2), _ => { }, Token);
        var verdict = Judge.Phase(
            PhaseEvidence.FromFolder(results, phase.ToString(), exit.ExitCode), CheckRoll.Embedded(), [], new Expectation { Now = DateTimeOffset.UtcNow, NotBefore = started });
        verdict.Checks.ShouldNotBeEmpty(exit.Tail);
        return verdict;
    }

    private static async Task<(int Code, string Output)> RunAsync(Cluster cluster, params string[] arguments)
    {
        var start = new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "temporal-conformance"), [.. arguments, "--kubeconfig", cluster.Kubeconfig(StandInUser.Forwarder), "--namespace", KubernetesStandIn.Namespace])
        {
            WorkingDirectory = cluster.Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[Installation.HomeVariable] = Checkout.Root;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(Token);
        var output = await process.StandardOutput.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        return (process.ExitCode, output + await error);
    }
}
