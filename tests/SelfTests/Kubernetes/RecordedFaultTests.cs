using System.Text.Json.Nodes;
using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.Probes;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>The judgements of the subject cluster on what a real API server answered in trouble, and half-way through a roll-out. Those lists lie in <c>../shared</c>; the same is here as edits.</summary>
public sealed class RecordedFaultTests
{
    private static readonly Dictionary<string, Action<KubernetesReading>> s_judgements = new()
    {
        ["selectors-match"] = InstallationHealth.SelectorsMatch,
        ["workloads-ready"] = reading => InstallationHealth.WorkloadsReady(reading),
        ["no-crash-loops"] = reading => InstallationHealth.NoCrashLoops(reading, isAfter: false, null),
        ["references-exist"] = InstallationHealth.ReferencesExist,
        ["endpoints-present"] = InstallationHealth.EndpointsPresent,
        ["no-pending-release"] = InstallationHealth.NoPendingRelease,
    };

    private static readonly Dictionary<string, Action<KubernetesStandIn>> s_edits = new()
    {
        ["an image that cannot be pulled"] = one => Sick(one, "temporal-history", "Pending", status => status["state"] = Waiting("ImagePullBackOff", "Back-off pulling image \"temporalio/server:1.29.99\"")),
        ["a pod that no node takes"] = one => Sick(one, "temporal-history", "Pending", null, pod =>
        {
            pod["spec"]!.AsObject().Remove("nodeName");
            pod["status"]!.AsObject().Remove("containerStatuses");
            pod["status"]!["conditions"] = JsonNode.Parse("""[{ "type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes are available: 3 Insufficient cpu." }]""");
        }),
        ["a roll-out that ran out of time"] = one => one.Edit("deployments", "temporal-history", deployment =>
        {
            Counts(deployment, current: 4, updated: 1, ready: 3);
            deployment["status"]!["conditions"]!.AsArray().First(condition => (string?)condition!["type"] == "Progressing")!["status"] = "False";
            deployment["status"]!["conditions"]!.AsArray().First(condition => (string?)condition!["type"] == "Progressing")!["reason"] = "ProgressDeadlineExceeded";
        }),
        ["a roll-out half-way"] = one => one.Edit("deployments", "temporal-history", deployment => Counts(deployment, current: 4, updated: 1, ready: 3)),
        ["a key that a Secret lacks"] = one => Sick(one, "temporal-history", "Pending", status =>
            status["state"] = Waiting("CreateContainerConfigError", "couldn't find key password in Secret temporal-backend/temporal-default-store")),
        // Without a readiness probe a container counts as available whenever it runs, so the Deployment says nothing.
        ["a container that crashes and counts as available"] = one => Sick(one, "temporal-worker", "Running", status =>
        {
            status["restartCount"] = 5;
            status["state"] = Waiting("CrashLoopBackOff", "back-off 2m40s restarting failed container");
        }, null, countsAsReady: true),
        ["pods of a role that are not ready"] = one =>
        {
            foreach (var name in one.Names("pods").Where(name => name.StartsWith("temporal-matching", StringComparison.Ordinal)))
            {
                one.Edit("pods", name, NotReady);
            }

            one.Edit("deployments", "temporal-matching", deployment => Counts(deployment, current: 3, updated: 3, ready: 0));
            foreach (var name in one.Names("endpointslices").Where(name => name.StartsWith("temporal-matching", StringComparison.Ordinal)))
            {
                one.Edit("endpointslices", name, slice =>
                {
                    foreach (var endpoint in slice["endpoints"]!.AsArray())
                    {
                        endpoint!["conditions"]!["ready"] = false;
                        endpoint["conditions"]!["serving"] = false;
                    }
                });
            }
        },
        ["a release that failed"] = one => one.Edit("secrets", "sh.helm.release.v1.temporal.v1", secret => secret["metadata"]!["labels"]!["status"] = "failed"),
        ["a roll-back"] = one =>
        {
            var newer = one.Find("secrets", "sh.helm.release.v1.temporal.v1")!;
            newer["metadata"]!["name"] = "sh.helm.release.v1.temporal.v2";
            newer["metadata"]!.AsObject().Remove("uid");
            newer["metadata"]!["labels"]!["version"] = "2";
            one.Add("secrets", newer);
            one.Edit("secrets", "sh.helm.release.v1.temporal.v1", secret => secret["metadata"]!["labels"]!["status"] = "superseded");
        },
    };

    private static readonly ServerVersion s_target = ServerVersion.Parse("1.29.1");

    [Theory]
    [InlineData("after", "", "")]
    [InlineData("before", "", "")]
    [InlineData("after-rollback", "", "")]
    [InlineData("during", "workloads-ready no-pending-release", "")]
    [InlineData("during-1.27-to-1.28", "workloads-ready", "")]
    [InlineData("during-1.27-to-1.29", "workloads-ready", "")]
    [InlineData("faults/image-pull-admintools", "workloads-ready", "ImagePullBackOff")]
    [InlineData("faults/image-pull-server", "workloads-ready", "ImagePullBackOff")]
    [InlineData("faults/progress-deadline-exceeded", "workloads-ready", "ProgressDeadlineExceeded")]
    [InlineData("faults/missing-secret", "workloads-ready references-exist", "CreateContainerConfigError")]
    [InlineData("faults/missing-secret-key", "workloads-ready references-exist", "couldn't find key")]
    [InlineData("faults/pending-unschedulable", "workloads-ready", "nodes are available")]
    [InlineData("faults/crash-loop-early", "workloads-ready no-crash-loops", "exit code 1")]
    [InlineData("faults/crash-loop-mid", "workloads-ready no-crash-loops endpoints-present", "CrashLoopBackOff")]
    [InlineData("faults/crash-loop", "workloads-ready no-crash-loops endpoints-present", "CrashLoopBackOff")]
    [InlineData("faults/crash-loop-with-readiness-probe", "workloads-ready no-crash-loops", "CrashLoopBackOff")]
    [InlineData("faults/node-not-ready", "workloads-ready", "pods have the condition Ready")]
    [InlineData("faults/pod-not-ready", "workloads-ready endpoints-present", "running but not ready")]
    [InlineData("faults/release-failed", "workloads-ready no-pending-release", "failed")]
    [InlineData("faults/release-pending-upgrade", "workloads-ready no-pending-release", "pending-upgrade")]
    [InlineData("after-chart-1.0.0-rc.1", "", "")]
    [InlineData("chart-1.6.0", "", "")]
    [InlineData("guide-steps/4.1-applied-0.72.0", "", "")]
    [InlineData("guide-steps/4.2-applied-0.73.2", "", "")]
    public async Task Exactly_these_are_violated(string folder, string violated, string observed)
    {
        await using var cluster = await SharedAsync(folder);
        var reading = await cluster.ReadAsync();

        ShouldAnswer(reading, violated, observed);
    }

    /// <summary>Step 4.1 labels everything as the target and keeps the images; in step 4.2 the API server refused the Deployments.</summary>
    [Theory]
    [InlineData("4.1-applied-0.72.0", ", though its label says 1.29.1")]
    [InlineData("4.2-applied-0.73.2", "")]
    public async Task Servers_that_a_step_of_the_guide_left_behind_are_seen_after_the_upgrade(string step, string label)
    {
        await using var cluster = await SharedAsync($"guide-steps/{step}");
        var reading = await cluster.ReadAsync();

        var answer = AnswerOf(one => InstallationHealth.WorkloadsReady(one, s_target), reading).ShouldBeOfType<Violated>();

        answer.Observed.ShouldNotBeNull().Split('\n').ShouldAllBe(line => line.EndsWith($"its image is temporalio/server:1.27.2{label}", StringComparison.Ordinal));
        answer.Observed.Split('\n').Length.ShouldBe(4);
    }

    /// <summary>The same as edits of the cluster before its upgrade.</summary>
    [Theory]
    [InlineData("an image that cannot be pulled", "workloads-ready", "ImagePullBackOff")]
    [InlineData("a pod that no node takes", "workloads-ready", "0/3 nodes are available")]
    [InlineData("a roll-out that ran out of time", "workloads-ready", "ProgressDeadlineExceeded")]
    [InlineData("a roll-out half-way", "workloads-ready", "3 wanted, 4 there, 1 updated, 3 ready, 3 available")]
    [InlineData("a key that a Secret lacks", "workloads-ready references-exist", "couldn't find key password")]
    [InlineData("a container that crashes and counts as available", "workloads-ready no-crash-loops", "CrashLoopBackOff")]
    [InlineData("pods of a role that are not ready", "workloads-ready endpoints-present", "running but not ready")]
    [InlineData("a release that failed", "no-pending-release", "revision 1 is failed")]
    [InlineData("a roll-back", "", "")]
    public async Task The_same_as_an_edit(string edit, string violated, string observed)
    {
        await using var cluster = await Cluster.StartAsync();
        s_edits[edit](cluster.StandIn);

        ShouldAnswer(await cluster.ReadAsync(), violated, observed);
    }

    [Fact]
    public async Task Labels_of_the_target_do_not_hide_the_images()
    {
        await using var cluster = await Cluster.StartAsync();
        foreach (var name in cluster.StandIn.Names("deployments"))
        {
            cluster.StandIn.Edit("deployments", name, deployment => deployment["metadata"]!["labels"]!["app.kubernetes.io/version"] = s_target.ToString());
        }

        var answer = AnswerOf(reading => InstallationHealth.WorkloadsReady(reading, s_target), await cluster.ReadAsync()).ShouldBeOfType<Violated>();

        answer.Observed.ShouldNotBeNull().ShouldContain("Deployment/temporal-history: its image is temporalio/server:1.27.2, though its label says 1.29.1");
        answer.Observed.Split('\n').Length.ShouldBe(4, answer.Observed);
    }

    private static async Task<Cluster> SharedAsync(string folder)
    {
        // Two faults were played on a chart of 1.x; of Secrets and ConfigMaps not all were recorded with each.
        var cluster = await (folder is "faults/pod-not-ready" or "faults/crash-loop-with-readiness-probe" ? Cluster.StartSharedAsync("chart-1.6.0", folder) : Cluster.StartSharedAsync(folder));
        foreach (var name in new[] { "temporal-default-store", "temporal-visibility-store" })
        {
            cluster.StandIn.Add("secrets", new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Secret", ["metadata"] = new JsonObject { ["name"] = name } });
        }

        cluster.StandIn.Add("configmaps", new JsonObject { ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["metadata"] = new JsonObject { ["name"] = "temporal-shims" }, ["data"] = new JsonObject() });
        return cluster;
    }

    private static void ShouldAnswer(KubernetesReading reading, string violated, string observed)
    {
        var answers = s_judgements.ToDictionary(each => each.Key, each => AnswerOf(each.Value, reading));

        var told = string.Join('\n', answers.Where(answer => answer.Value is not null).Select(answer => $"{answer.Key}: {answer.Value!.Sentence} {answer.Value.Observed}"));
        answers.Where(answer => answer.Value is Violated).Select(answer => answer.Key).ShouldBe(violated.Split(' ', StringSplitOptions.RemoveEmptyEntries), ignoreOrder: true, told);
        answers.Values.OfType<Unanswered>().ShouldBeEmpty(told);
        told.ShouldContain(observed);
    }

    private static Answered? AnswerOf(Action<KubernetesReading> judge, KubernetesReading reading)
    {
        try
        {
            // The recordings are days old: a restart counts by the clock of their own time.
            judge(reading with { At = (reading.Pods.ValueOrDefault ?? []).SelectMany(pod => pod.Statuses).SelectMany(status => new[] { status.State.At, status.Last?.At }).Max() ?? reading.At });
            return null;
        }
        catch (Answered answer)
        {
            return answer;
        }
    }

    private static void Sick(KubernetesStandIn one, string prefix, string phase, Action<JsonObject>? container, Action<JsonObject>? change = null, bool countsAsReady = false)
    {
        one.Edit("pods", one.Names("pods").First(name => name.StartsWith(prefix, StringComparison.Ordinal)), pod =>
        {
            NotReady(pod);
            pod["status"]!["phase"] = phase;
            container?.Invoke(pod["status"]!["containerStatuses"]![0]!.AsObject());
            change?.Invoke(pod);
        });
        if (!countsAsReady)
        {
            one.Edit("deployments", prefix, deployment => Counts(deployment, (int)deployment["spec"]!["replicas"]!, (int)deployment["spec"]!["replicas"]!, (int)deployment["spec"]!["replicas"]! - 1));
        }
    }

    private static void NotReady(JsonObject pod)
    {
        pod["status"]!["conditions"]!.AsArray().First(condition => (string?)condition!["type"] == "Ready")!["status"] = "False";
        pod["status"]!["containerStatuses"]![0]!["ready"] = false;
    }

    private static void Counts(JsonObject deployment, int current, int updated, int ready)
    {
        var status = deployment["status"]!;
        (status["replicas"], status["updatedReplicas"], status["readyReplicas"], status["availableReplicas"]) = (current, updated, ready, ready);
    }

    private static JsonObject Waiting(string reason, string message) => new() { ["waiting"] = new JsonObject { ["reason"] = reason, ["message"] = message } };
}
