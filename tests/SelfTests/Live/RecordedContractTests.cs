using Google.Protobuf;
using Grpc.Net.Client;
using TemporalConformance.Probes.Wire;
using TemporalConformance.StandIns;
using Temporalio.Api.WorkflowService.V1;

namespace TemporalConformance.SelfTests.Live;

/// <summary>The stand-in answers what real servers answered, call for call, release for release and in every broken situation.</summary>
public sealed class RecordedContractTests
{
    public static TheoryData<string> Releases => [.. StandInCluster.Releases];

    public static TheoryData<string> Situations => [.. StandInCluster.Situations];

    [Theory]
    [MemberData(nameof(Releases))]
    public async Task A_healthy_cluster_answers_as_recorded(string release)
    {
        var folder = SharedData.Path($"real/temporal/{release}/grpc/frontend-1");
        await using var cluster = await StandInCluster.StartAsync(new StandInClusterOptions { Release = release });

        // Executions are not started here, and a list of clusters was recorded with names where the probes read numbers.
        var made = await CompareAsync(cluster, Directory.GetFiles(folder, "*.json", SearchOption.AllDirectories), "StartWorkflowExecution", "ListClusters", "ListClusterMembers");

        made.ShouldBeGreaterThan(40);
    }

    [Theory]
    [MemberData(nameof(Situations))]
    public async Task A_broken_cluster_answers_as_recorded(string situation)
    {
        var folder = SharedData.Path("real/temporal/faults/" + situation.Replace("-after-", "/after-", StringComparison.Ordinal));
        await using var cluster = await StandInCluster.StartAsync(new StandInClusterOptions { Release = "1.27.3" });
        await cluster.ReplayAsync(situation);

        var started = situation.StartsWith("all-history", StringComparison.Ordinal) || situation == "postgresql-down" ? "" : "StartWorkflowExecution";
        (await CompareAsync(cluster, Directory.GetFiles(folder, "*.json"), started)).ShouldBeGreaterThan(7);

        foreach (var file in Directory.GetFiles(Path.Combine(folder, "health")))
        {
            var parts = Path.GetFileNameWithoutExtension(file).Split('-', 3);
            var addresses = parts[0] switch { "frontend" => cluster.Frontends, "history" => cluster.HistoryHosts, _ => cluster.MatchingHosts };
            var answer = await ClusterClient.HealthAsync(addresses[int.Parse(parts[1]) - 1], parts[2]);
            (answer == "Serving").ShouldBe(File.ReadAllText(file).Contains("SERVING", StringComparison.Ordinal), $"{file}: {answer}");
        }
    }

    private static async Task<int> CompareAsync(StandInCluster cluster, IEnumerable<string> files, params string[] except)
    {
        using var channel = GrpcChannel.ForAddress($"http://{cluster.Frontends[0]}");
        var made = 0;
        var differences = new List<string>();
        foreach (var file in files)
        {
            if (except.Any(name => name.Length > 0 && file.Contains($"{name}", StringComparison.Ordinal)) || file.EndsWith("cluster-membership.json", StringComparison.Ordinal))
            {
                continue;
            }

            if (RecordedCall.Read(file, cluster) is not { } call)
            {
                continue;
            }

            made++;
            var (response, refusal) = await call.MakeAsync(channel);
            var (wanted, got) = (call.Refusal ?? Text(call.Response!), refusal ?? Text(response!));
            if (wanted != got)
            {
                differences.Add($"{Path.GetFileName(file)}\n  recorded {wanted}\n  stand-in {got}");
            }
        }

        differences.ShouldBeEmpty(string.Join('\n', differences));
        return made;
    }

    // What may differ is left out: the moment, and the order of members.
    private static string Text(IMessage message)
    {
        switch (message)
        {
            case DescribeClusterResponse cluster:
                cluster.MembershipInfo.ReachableMembers.Clear();
                foreach (var ring in cluster.MembershipInfo.Rings)
                {
                    var members = ring.Members.OrderBy(member => member.Identity).ToList();
                    ring.Members.Clear();
                    ring.Members.AddRange(members);
                }

                break;
            case ListClusterMembersResponse members:
                return string.Join(", ", members.ActiveMembers.Select(member => member.Role).Order());
            case ListNamespacesResponse namespaces when namespaces.Namespaces.FirstOrDefault(found => found.NamespaceInfo.Name == "temporal-conformance") is { } canary:
                namespaces.Namespaces.Remove(canary);
                break;
            case ListWorkflowExecutionsResponse list:
                list.NextPageToken = ByteString.Empty;
                break;
            case DescribeTaskQueueResponse queue:
                foreach (var poller in queue.Pollers)
                {
                    poller.LastAccessTime = null;
                }

                break;
            case DescribeWorkflowExecutionResponse described:
                foreach (var activity in described.PendingActivities)
                {
                    activity.ScheduledTime = null;
                }

                break;
            default:
                break;
        }

        return JsonFormatter.Default.Format(message);
    }
}
