using TemporalConformance.Checks;
using TemporalConformance.Cli;
using TemporalConformance.Gate;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>
/// The checks of the running cluster as a user asks them: a phase as a process, on the stand-in cluster over a real PostgreSQL with the recorded
/// databases, judged by the gate. Known-bad is the known-good cluster with one thing broken.
/// </summary>
public sealed class HealthScenarios(PostgresServer server)
{
    /// <summary>The checks that a test of this class sees violated.</summary>
    public static readonly string[] Violated =
    [
        "health/every-frontend-serves", "health/store-answers", "health/history-serves", "health/matching-serves", "health/ring-equals-pods", "health/all-shards-owned",
        "health/shards-reacquired", "health/queues-drain", "health/dead-letter-queues-empty", "identity/cluster-unchanged", "identity/namespaces-unchanged",
        "identity/search-attributes-unchanged", "identity/nexus-endpoints-unchanged", "identity/schedules-unchanged", "path/one-running-version",
    ];

    private const string Ours = "health,identity,path/one-running-version,path/multi-cluster";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", "", "")]
    [InlineData("all-history-killed", "health/history-serves health/ring-equals-pods health/all-shards-owned", "")]
    [InlineData("all-matching-killed", "health/matching-serves health/ring-equals-pods", "")]
    [InlineData("frontend-2-killed", "health/every-frontend-serves health/ring-equals-pods", "path/one-running-version")]
    [InlineData("history-2-killed-after-3s", "health/history-serves health/all-shards-owned", "")]
    [InlineData("history-2-killed-after-30s", "health/ring-equals-pods", "")]
    [InlineData("matching-1-hung", "health/ring-equals-pods", "")]
    [InlineData("postgresql-down", "health/store-answers", "health/history-serves health/matching-serves health/ring-equals-pods health/all-shards-owned path/one-running-version")]
    [InlineData("worker-killed", "health/ring-equals-pods", "")]
    public async Task PreUpgrade_on_a_recorded_situation(string situation, string violated, string unanswered)
    {
        await using var ground = await Ground.OpenAsync(server);
        if (situation.Length > 0)
        {
            await ground.Cluster.ReplayAsync(situation);
        }

        var verdict = await ground.AskAsync(UpgradePhase.PreUpgrade);

        ShouldBeRed(verdict, violated, unanswered);
        verdict.Decision.ShouldBe(violated.Length == 0 ? Decision.Go : Decision.NoGo, verdict.Reason);
    }

    [Theory]
    [InlineData(null, "", "")]
    [InlineData(ClusterFault.FrontendOfAnotherRelease, "path/one-running-version", "")]
    [InlineData(ClusterFault.RingTooSmall, "health/ring-equals-pods health/all-shards-owned", "")]
    [InlineData(ClusterFault.ShardsUnowned, "health/all-shards-owned", "")]
    [InlineData(ClusterFault.NamespaceChanged, "identity/namespaces-unchanged", "")]
    [InlineData(ClusterFault.SearchAttributeLost, "identity/search-attributes-unchanged", "")]
    [InlineData(ClusterFault.NexusEndpointLost, "identity/nexus-endpoints-unchanged", "")]
    [InlineData(ClusterFault.ScheduleLost, "identity/schedules-unchanged", "")]
    [InlineData(ClusterFault.AnotherCluster, "identity/cluster-unchanged", "")]
    public async Task PostUpgrade_on_a_cluster_with_one_thing_broken(ClusterFault? fault, string violated, string unanswered)
    {
        await using var ground = await Ground.OpenAsync(server);
        await ground.AskAsync(UpgradePhase.PreUpgrade);
        await ground.Cluster.UpgradeToAsync("1.29.1");
        if (fault is { } broken)
        {
            ground.Cluster.Set(broken);
        }

        var verdict = await ground.AskAsync(UpgradePhase.PostUpgrade);

        ShouldBeRed(verdict, violated, unanswered);
    }

    [Fact]
    public async Task A_cluster_at_rest_passes_PostUpgrade_and_the_times_are_recorded()
    {
        await using var ground = await Ground.OpenAsync(server);
        await ground.AskAsync(UpgradePhase.PreUpgrade);
        await ground.Cluster.UpgradeToAsync("1.29.1");

        var verdict = await ground.AskAsync(UpgradePhase.PostUpgrade);

        verdict.Decision.ShouldBe(Decision.Go, $"{verdict.Reason}\n{Told(verdict)}");
        var settled = verdict.Run.ShouldNotBeNull().Settled.ToDictionary(each => each.Id);
        settled.Keys.ShouldContain("health/ring-equals-pods");
        settled["health/shards-reacquired"].HeldSeconds.ShouldBeGreaterThanOrEqualTo(1);
    }

    [Fact]
    public async Task Processes_that_were_not_replaced_took_no_shard_over_and_work_piles_up()
    {
        await using var ground = await Ground.OpenAsync(server);
        await ground.AskAsync(UpgradePhase.PreUpgrade);
        await DatabasePair.ExecuteAsync(ground.Pair.Main, """
            INSERT INTO transfer_tasks (shard_id, task_id, data, data_encoding) SELECT 1, 900000000 + n, '', 'Proto3' FROM generate_series(1, 5000) n;
            INSERT INTO queue_messages (queue_type, queue_name, queue_partition, message_id, message_payload, message_encoding) VALUES (2, '1_active_active_x', 0, 1, '', 'Proto3');
            """, Token);

        var verdict = await ground.AskAsync(UpgradePhase.PostUpgrade);

        ShouldBeRed(verdict, "health/shards-reacquired health/queues-drain health/dead-letter-queues-empty path/one-running-version", "");
        Observed(verdict, "health/shards-reacquired").ShouldContain("512 of 512 shards were not taken over since the baseline");
        Observed(verdict, "health/queues-drain").ShouldContain("transfer_tasks: ");
        Observed(verdict, "health/dead-letter-queues-empty").ShouldBe("history tasks in 1_active_active_x: 1");
        Observed(verdict, "path/one-running-version").ShouldContain("still so after");
    }

    [Fact]
    public async Task Frontends_alone_tell_the_identity_and_the_other_clusters()
    {
        await using var ground = await Ground.OpenAsync(server);
        var before = await ground.AskAsync(UpgradePhase.PreUpgrade, databases: false);
        ShouldBeRed(before, "", "");
        before.Run.ShouldNotBeNull().ClusterName.ShouldBe("active");

        await ground.Cluster.UpgradeToAsync("1.29.1");
        ground.Cluster.Set(ClusterFault.AnotherCluster);
        ShouldBeRed(await ground.AskAsync(UpgradePhase.PostUpgrade, databases: false), "identity/cluster-unchanged", "");

        ground.Cluster.Clear();
        ShouldBeRed(await ground.AskAsync(UpgradePhase.PostUpgrade, databases: false), "", "");
        ground.Cluster.Set(ClusterFault.SeveralClusters);
        ShouldBeRed(await ground.AskAsync(UpgradePhase.PreUpgrade, databases: false), "", "path/multi-cluster");
    }

    private static void ShouldBeRed(PhaseVerdict verdict, string violated, string unanswered)
    {
        verdict.Checks.Where(check => check.Result == Result.Violated).Select(check => check.Id).ShouldBe(Words(violated), ignoreOrder: true, Told(verdict));
        verdict.Checks.Where(check => check.Result == Result.Unanswered).Select(check => check.Id).ShouldBe(Words(unanswered), ignoreOrder: true, Told(verdict));
    }

    private static string Observed(PhaseVerdict verdict, string id) => verdict.Checks.Single(check => check.Id == id).Observed ?? "";

    private static string Told(PhaseVerdict verdict) => string.Join('\n', verdict.Checks
        .Where(check => check.Result is Result.Violated or Result.Unanswered).Select(check => $"{check.Result.Text()} {check.Id}: {check.Message} | {check.Observed}"));

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A cluster of 1.27.3 on databases that are migrated already, as they are between the steps of an upgrade.</summary>
    private sealed class Ground(DatabasePair pair, StandInCluster cluster) : IAsyncDisposable
    {
        private readonly ScratchFolder _results = new();

        public DatabasePair Pair => pair;

        public StandInCluster Cluster => cluster;

        public static async Task<Ground> OpenAsync(PostgresServer server)
        {
            var pair = await DatabasePair.CopyAsync(server, Recorded.Real1291);
            return new Ground(pair, await StandInCluster.StartAsync(new StandInClusterOptions { Release = "1.27.3", MainStore = pair.Main.Npgsql + ";Pooling=false" }));
        }

        public async Task<PhaseVerdict> AskAsync(UpgradePhase phase, bool databases = true)
        {
            var started = DateTimeOffset.UtcNow;
            var sets = new Dictionary<string, string>
            {
                ["temporal.address"] = string.Join(',', cluster.Frontends),
                ["baseline.path"] = Path.Combine(_results.Path, "baseline.json"),
                ["post.settle"] = "3s",
                ["post.hold"] = "1s",
                ["cluster.pods"] = "4",
                ["cluster.surge"] = "1",
                ["stores.main.maxConns"] = "4",
                ["stores.visibility.maxConns"] = "4",
                ["scope.only"] = Ours,
            };
            if (databases)
            {
                sets["stores.main.connection"] = pair.Main.Npgsql;
                sets["stores.visibility.connection"] = pair.Visibility.Npgsql;
            }

            var exit = await new PhaseProcess(Installation.Find(), _results.Path).RunAsync(
                phase, new Handover(_results.Path, _results.Path, null, sets), TimeSpan.FromMinutes(2), _ => { }, Token);
            var verdict = Judge.Phase(
                PhaseEvidence.FromFolder(_results.Path, phase.ToString(), exit.ExitCode), CheckRoll.Embedded(), [], new Expectation { Now = DateTimeOffset.UtcNow, NotBefore = started });
            verdict.Checks.ShouldNotBeEmpty(exit.Tail);
            return verdict;
        }

        public async ValueTask DisposeAsync()
        {
            await cluster.DisposeAsync();
            await pair.DisposeAsync();
            _results.Dispose();
        }
    }
}
