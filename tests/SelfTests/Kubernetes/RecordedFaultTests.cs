using System.Text.Json.Nodes;
using TemporalConformance.Checks;
using TemporalConformance.Probes;

namespace TemporalConformance.SelfTests;

/// <summary>The judgements of the subject cluster on what a real API server answered in trouble, and half-way through a roll-out. The lists lie in <c>../shared</c>.</summary>
public sealed class RecordedFaultTests
{
    private static readonly Dictionary<string, Action<KubernetesReading>> s_judgements = new()
    {
        ["selectors-match"] = InstallationHealth.SelectorsMatch,
        ["workloads-ready"] = InstallationHealth.WorkloadsReady,
        ["no-crash-loops"] = reading => InstallationHealth.NoCrashLoops(reading, isAfter: false, null),
        ["references-exist"] = InstallationHealth.ReferencesExist,
        ["endpoints-present"] = InstallationHealth.EndpointsPresent,
        ["no-pending-release"] = InstallationHealth.NoPendingRelease,
    };

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
    [InlineData("guide-steps/4.1-applied-0.72.0", "", "")]
    public async Task Exactly_these_are_violated(string folder, string violated, string observed)
    {
        // Two faults were played on a chart of 1.x; of Secrets and ConfigMaps not all were recorded with each.
        await using var cluster = await (folder is "faults/pod-not-ready" or "faults/crash-loop-with-readiness-probe" ? Cluster.StartSharedAsync("chart-1.6.0", folder) : Cluster.StartSharedAsync(folder));
        foreach (var name in new[] { "temporal-default-store", "temporal-visibility-store" })
        {
            cluster.StandIn.Add("secrets", new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Secret", ["metadata"] = new JsonObject { ["name"] = name } });
        }

        cluster.StandIn.Add("configmaps", new JsonObject { ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["metadata"] = new JsonObject { ["name"] = "temporal-shims" }, ["data"] = new JsonObject() });
        var reading = await cluster.ReadAsync();

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
}
