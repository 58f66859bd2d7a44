using TemporalConformance.Checks;
using TemporalConformance.Probes;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>The judgements of health: on the recorded outages of a real cluster, and on what the probe reads of the stand-in.</summary>
public sealed class ClusterHealthTests
{
    private static readonly Dictionary<string, Action<ClusterState>> s_judgements = new()
    {
        ["every-frontend-serves"] = ClusterHealth.EveryFrontendServes,
        ["store-answers"] = ClusterHealth.StoreAnswers,
        ["history-serves"] = state => ClusterHealth.ProcessesServe(state, ServerRole.History),
        ["matching-serves"] = state => ClusterHealth.ProcessesServe(state, ServerRole.Matching),
        ["ring-equals-pods"] = ClusterHealth.RingEqualsProcesses,
        ["all-shards-owned"] = ClusterHealth.AllShardsOwned,
        ["one-running-version"] = state => ClusterHealth.OneRunningVersion(state, null),
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("all-history-killed", "history-serves ring-equals-pods all-shards-owned", "", "no history process is a member of the ring")]
    [InlineData("all-matching-killed", "matching-serves ring-equals-pods", "", "no matching process is a member of the ring")]
    [InlineData("frontend-2-killed", "every-frontend-serves ring-equals-pods", "one-running-version", "frontend: 127.0.1.2 sent its last heartbeat 20 s ago, and none has started in its place")]
    [InlineData("history-2-killed-after-3s", "history-serves all-shards-owned", "", "256 of 512 shards have no owner")]
    [InlineData("history-2-killed-after-30s", "history-serves ring-equals-pods", "", "history: 127.0.1.12 sent its last heartbeat 42 s ago")]
    [InlineData("matching-1-hung", "matching-serves ring-equals-pods", "", "127.0.1.21:7235 has sent no heartbeat for 55 s, is not in the ring, and accepts connections and answers nothing")]
    [InlineData("postgresql-down", "store-answers", "history-serves matching-serves ring-equals-pods all-shards-owned one-running-version", "no usable database connection found")]
    [InlineData("worker-killed", "ring-equals-pods", "", "worker: the ring that 127.0.1.1:7233 sees has no member; heartbeats come from no member")]
    public void Each_recorded_outage_turns_its_checks_red(string situation, string violated, string unanswered, string observed)
    {
        var answers = Judge(RecordedSituation.Read(situation));

        answers.Where(answer => answer.Value is Violated).Select(answer => answer.Key).ShouldBe(Words(violated), ignoreOrder: true, Told(answers));
        answers.Where(answer => answer.Value is Unanswered).Select(answer => answer.Key).ShouldBe(Words(unanswered), ignoreOrder: true, Told(answers));
        Told(answers).ShouldContain(observed);
    }

    [Theory]
    [InlineData("1.25.2")]
    [InlineData("1.26.2")]
    [InlineData("1.27.3")]
    [InlineData("1.28.1")]
    [InlineData("1.29.1")]
    public async Task A_whole_cluster_is_met_by_every_judgement(string release)
    {
        await using var cluster = await StandInCluster.StartAsync(new StandInClusterOptions { Release = release });

        var answers = Judge(await LookAsync(cluster));

        answers.Values.OfType<Answered>().ShouldBeEmpty(Told(answers));
    }

    [Theory]
    [InlineData(ClusterFault.FrontendHung, "every-frontend-serves", "one-running-version")]
    [InlineData(ClusterFault.FrontendOfAnotherRelease, "one-running-version", "")]
    [InlineData(ClusterFault.RingTooSmall, "ring-equals-pods all-shards-owned", "")]
    [InlineData(ClusterFault.ShardsUnowned, "all-shards-owned", "")]
    [InlineData(ClusterFault.HistoryGone, "history-serves ring-equals-pods all-shards-owned", "")]
    [InlineData(ClusterFault.MatchingGone, "matching-serves ring-equals-pods", "")]
    [InlineData(ClusterFault.StoreDown, "store-answers", "history-serves matching-serves ring-equals-pods all-shards-owned one-running-version")]
    public async Task One_thing_broken_turns_its_checks_red(ClusterFault fault, string violated, string unanswered)
    {
        await using var cluster = await StandInCluster.StartAsync(new StandInClusterOptions { Release = "1.27.3" });
        cluster.Set(fault);

        var answers = Judge(await LookAsync(cluster));

        answers.Where(answer => answer.Value is Violated).Select(answer => answer.Key).ShouldBe(Words(violated), ignoreOrder: true, Told(answers));
        answers.Where(answer => answer.Value is Unanswered).Select(answer => answer.Key).ShouldBe(Words(unanswered), ignoreOrder: true, Told(answers));
    }

    [Fact]
    public async Task A_process_out_of_reach_is_judged_by_what_it_does_and_not_taken_for_one_that_serves()
    {
        await using var cluster = await StandInCluster.StartAsync(new StandInClusterOptions());
        var look = await LookAsync(cluster);
        var blind = look with { Cluster = look.Cluster with { Processes = [.. look.Cluster.Processes.Select(process => process with { State = ProcessState.Unreachable })] } };

        ClusterHealth.ProcessesServe(blind, ServerRole.History);
        ClusterHealth.NotAskedThemselves(blind, ServerRole.History).Count.ShouldBe(2);
        Should.Throw<Unanswered>(() => ClusterHealth.ProcessesServe(blind, ServerRole.Matching)).Observed.ShouldNotBeNull().ShouldContain("is out of reach from here");
        ClusterHealth.ProcessesServe(blind with { Cluster = blind.Cluster with { TaskQueue = new Asked<string>("temporal-system/default-worker-tq", null) } }, ServerRole.Matching);
        var dead = new Asked<IReadOnlyList<int>>(null, new ProbeException(ProbeFailure.Broken, "refused", "there", "") { Status = "Unavailable" });
        Should.Throw<Violated>(() => ClusterHealth.ProcessesServe(
            blind with { Cluster = blind.Cluster with { HistoryHosts = [.. blind.Cluster.HistoryHosts.Select(host => host with { Shards = dead })] } }, ServerRole.History));
    }

    [Fact]
    public void A_pod_that_a_new_one_replaced_is_not_missed()
    {
        var now = DateTimeOffset.UnixEpoch;
        Member Beat(string address, double started, double age) => new(ServerRole.History, address, 6934, now.AddSeconds(-started), now.AddSeconds(-age), TimeSpan.FromSeconds(age));

        Membership.Missing([Beat("10.0.0.1", 9000, 60), Beat("10.0.0.2", 70, 3)], ServerRole.History).ShouldBeEmpty();
        Membership.Missing([Beat("10.0.0.1", 9000, 60), Beat("10.0.0.2", 9000, 3)], ServerRole.History).Single().Address.ShouldBe("10.0.0.1");
        Membership.Missing([Beat("10.0.0.1", 9000, 400), Beat("10.0.0.2", 9000, 3)], ServerRole.History).ShouldBeEmpty("after five minutes the cluster is as large as it is");
        Membership.Missing([Beat("10.0.0.1", 9000, 60), Beat("10.0.0.1", 50, 3)], ServerRole.History).ShouldBeEmpty("it was restarted");
        Membership.Living([Beat("10.0.0.1", 9000, 60), Beat("10.0.0.1", 50, 3), Beat("10.0.0.2", 90, 21)], ServerRole.History).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Shards_and_queues_are_compared_with_the_baseline()
    {
        await using var cluster = await StandInCluster.StartAsync(new StandInClusterOptions());
        var look = await LookAsync(cluster);
        ClusterState Now(Dictionary<int, long> ranges, long transfer, TimeSpan overdue) => look with
        {
            Store = new LiveReading(
                "reader@db/temporal", new Reading<IReadOnlyList<Member>>.Known([]), new Reading<IReadOnlyDictionary<int, long>>.Known(ranges),
                new Reading<IReadOnlyList<QueueDepth>>.Known([new QueueDepth("transfer_tasks", transfer)]), new Reading<TimeSpan>.Known(overdue),
                new Reading<IReadOnlyList<DeadLetters>>.Known([])),
        };
        var before = new ClusterSection { RangeIds = new Dictionary<int, long> { [1] = 5, [2] = 7 }, Queues = new Dictionary<string, long> { ["transfer_tasks"] = 300 }, OldestTimerSeconds = 20 };

        ClusterHealth.ShardsReacquired(Now(new() { [1] = 6, [2] = 8 }, 0, TimeSpan.Zero), before.RangeIds);
        Should.Throw<Violated>(() => ClusterHealth.ShardsReacquired(Now(new() { [1] = 6, [2] = 7 }, 0, TimeSpan.Zero), before.RangeIds)).Observed.ShouldBe("1 of 2 shards were not taken over since the baseline: 2");
        Should.Throw<Violated>(() => ClusterHealth.ShardsReacquired(Now(new() { [1] = 6 }, 0, TimeSpan.Zero), before.RangeIds)).Observed.ShouldBe("1 of 2 shards have no row any more: 2");
        ClusterHealth.QueuesDrain(Now([], 1200, TimeSpan.FromMinutes(1)), before);
        Should.Throw<Violated>(() => ClusterHealth.QueuesDrain(Now([], 1400, TimeSpan.Zero), before)).Observed.ShouldBe("transfer_tasks: 1 400 rows wait, 300 waited before");
        Should.Throw<Violated>(() => ClusterHealth.QueuesDrain(Now([], 0, TimeSpan.FromMinutes(20)), before)).Observed.ShouldBe("timer_tasks: the oldest is overdue by 20 min 0 s");
        Should.Throw<Unanswered>(() => ClusterHealth.ShardsReacquired(look, before.RangeIds));
    }

    private static async Task<ClusterState> LookAsync(StandInCluster cluster)
    {
        await using var probe = new ClusterProbe(new TemporalAccess("temporal-conformance", null, null, TimeSpan.FromSeconds(3)), cluster.Frontends, null, new CallCounter());
        return new ClusterState(await probe.ReadAsync(Token), null, null);
    }

    private static Dictionary<string, Answered?> Judge(ClusterState state) => s_judgements.ToDictionary(judgement => judgement.Key, judgement =>
    {
        try
        {
            judgement.Value(state);
            return null;
        }
        catch (Answered answer)
        {
            return answer;
        }
    });

    private static string Told(Dictionary<string, Answered?> answers) =>
        string.Join('\n', answers.Where(answer => answer.Value is not null).Select(answer => $"{answer.Key}: {answer.Value!.Sentence} {answer.Value.Observed}"));

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
