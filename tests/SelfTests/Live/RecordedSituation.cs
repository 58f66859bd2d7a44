using System.Text.Json;
using TemporalConformance.Checks;
using TemporalConformance.Probes;

namespace TemporalConformance.SelfTests;

/// <summary>
/// A look at a real cluster of 1.27.3 in which something was broken, made from what its processes were recorded to say: the judgements of health
/// on the addresses that it really had.
/// </summary>
internal static class RecordedSituation
{
    private static readonly Dictionary<string, (ServerRole Role, string Address)> s_processes = new()
    {
        ["frontend-1"] = (ServerRole.Frontend, "127.0.1.1:7233"),
        ["frontend-2"] = (ServerRole.Frontend, "127.0.1.2:7233"),
        ["history-1"] = (ServerRole.History, "127.0.1.11:7234"),
        ["history-2"] = (ServerRole.History, "127.0.1.12:7234"),
        ["matching-1"] = (ServerRole.Matching, "127.0.1.21:7235"),
        ["matching-2"] = (ServerRole.Matching, "127.0.1.22:7235"),
    };

    /// <summary>The look, with the rows that the database had at that moment.</summary>
    public static ClusterState Read(string name)
    {
        var answers = File.ReadLines(Path.Combine(Checkout.Root, "fixtures/StandIns/Recordings/answers/faults", $"{name}.jsonl"))
            .Select(line => JsonDocument.Parse(line).RootElement).ToLookup(answer => answer.GetProperty("method").GetString()!.Split('/')[^1]);
        var health = answers["Check"].ToDictionary(answer => answer.GetProperty("member").GetString()!, StateOf);
        var info = Asked(answers["GetClusterInfo"].Single(), answer => new FrontendReading(
            Text(answer, "serverVersion"), Text(answer, "clusterId"), Text(answer, "clusterName"), answer.GetProperty("historyShardCount").GetInt32()));
        var description = Asked(answers["DescribeCluster"].Single(), answer => new ClusterDescription(
            Text(answer, "serverVersion"), Text(answer, "clusterId"), Text(answer, "clusterName"), answer.GetProperty("historyShardCount").GetInt32(),
            answer.GetProperty("membershipInfo").GetProperty("rings").EnumerateArray().ToDictionary(
                ring => Enum.Parse<ServerRole>(Text(ring, "role"), ignoreCase: true),
                ring => (IReadOnlyList<string>)(ring.TryGetProperty("members", out var members) ? [.. members.EnumerateArray().Select(member => Text(member, "identity"))] : []))));
        var visibility = Asked(answers["CountWorkflowExecutions"].Single(), answer => Text(answer, "count"));
        var rows = answers["cluster_membership"].Select(row => MemberOf(row.GetProperty("response"))).ToList();
        var cluster = new ClusterReading
        {
            At = DateTimeOffset.UnixEpoch,
            Frontends =
            [
                .. s_processes.Where(process => process.Value.Role == ServerRole.Frontend).Select(process => health[process.Key].State == ProcessState.Serving
                    ? new FrontendHealth { Address = process.Value.Address, State = ProcessState.Serving, Info = info, Description = description, Visibility = visibility }
                    : new FrontendHealth { Address = process.Value.Address, State = health[process.Key].State, Why = health[process.Key].Why }),
            ],
            VisibilityNamespace = "orders",
            Processes =
            [
                .. s_processes.Where(process => process.Value.Role != ServerRole.Frontend)
                    .Select(process => new ProcessHealth(process.Value.Role, process.Value.Address, health[process.Key].State, health[process.Key].Why)),
            ],
        };
        cluster = cluster with
        {
            HistoryHosts =
            [
                .. answers["DescribeHistoryHost"].Select(answer => new HistoryHost(Text(answer.GetProperty("request"), "hostAddress"), Asked(
                    answer, told => (IReadOnlyList<int>)[.. told.GetProperty("shardIds").EnumerateArray().Select(shard => shard.GetInt32())])))
                    .Where(host => cluster.Ring(ServerRole.History).Contains(host.Address)),
            ],
        };
        return rows.Count > 0
            ? new ClusterState(cluster, new LiveReading(
                "reader@db/temporal", new Reading<IReadOnlyList<Member>>.Known(rows), Nothing<IReadOnlyDictionary<int, long>>(), Nothing<IReadOnlyList<QueueDepth>>(),
                Nothing<TimeSpan>(), Nothing<IReadOnlyList<DeadLetters>>()), null)
            : new ClusterState(cluster, null, new ProbeException(ProbeFailure.NothingListens, "reader@db/temporal: connection refused", "reader@db/temporal", "Start it."));
    }

    private static Reading<T> Nothing<T>() => new Reading<T>.Refused("not recorded", "");

    private static Member MemberOf(JsonElement row)
    {
        var now = Time(row, "now");
        return new Member(
            (ServerRole)row.GetProperty("role").GetInt32(), Text(row, "rpc_address"), row.GetProperty("rpc_port").GetInt32(),
            Time(row, "session_start"), Time(row, "last_heartbeat"), now - Time(row, "last_heartbeat"));
    }

    private static (ProcessState State, string? Why) StateOf(JsonElement answer) => !answer.TryGetProperty("error", out var error)
        ? (ProcessState.Serving, null)
        : (Text(error, "message").Contains("refused", StringComparison.Ordinal) ? ProcessState.NothingListens : ProcessState.Silent, Text(error, "message"));

    private static Asked<T> Asked<T>(JsonElement answer, Func<JsonElement, T> read)
        where T : class =>
        answer.TryGetProperty("error", out var error)
            ? new Asked<T>(null, new ProbeException(ProbeFailure.Broken, Text(error, "message"), "127.0.1.1:7233", "") { Status = Text(error, "code") })
            : new Asked<T>(read(answer.GetProperty("response")), null);

    private static string Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.ToString() : "";

    private static DateTimeOffset Time(JsonElement element, string name) => new(element.GetProperty(name).GetDateTime(), TimeSpan.Zero);
}
