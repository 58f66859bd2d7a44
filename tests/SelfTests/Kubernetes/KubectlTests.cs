using System.Diagnostics;
using System.Text.RegularExpressions;
using TemporalConformance.Environments;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>A real kubectl on the stand-in says what it said on the recorded server. Skipped where there is no kubectl.</summary>
public sealed partial class KubectlTests
{
    [Theory]
    [InlineData("get-all")]
    [InlineData("get-pods-component")]
    [InlineData("guide-1-frontend-image")]
    [InlineData("guide-1-postgresql-primary-0")]
    [InlineData("guide-1-top-nodes")]
    [InlineData("guide-1-top-pods")]
    [InlineData("guide-4.1-logs-app-admintools")]
    [InlineData("guide-4.1-pods-app-admintools")]
    [InlineData("guide-4.2-rollout-status-frontend")]
    [InlineData("guide-issue2-endpoints-frontend")]
    [InlineData("guide-issue2-pods-app-frontend")]
    public async Task Kubectl_says_what_it_said_on_the_real_server(string name)
    {
        var recorded = await File.ReadAllTextAsync(SharedData.Path($"real/kubernetes/kubectl-cli/{name}.txt"), TestContext.Current.CancellationToken);
        await using var cluster = await Cluster.StartAsync();
        var parts = RecordPattern().Match(recorded).Groups;

        var (code, output, error) = await RunAsync(cluster, parts["command"].Value);

        $"{code}\n{Ageless(output)}\n{Ageless(error)}".ShouldBe($"{parts["code"].Value}\n{Ageless(parts["stdout"].Value)}\n{Ageless(parts["stderr"].Value)}");
    }

    [Theory]
    [InlineData("rollout-status-during", "during")]
    [InlineData("rollout-status-progress-deadline", "faults/progress-deadline-exceeded")]
    [InlineData("rollout-status-stuck", "faults/image-pull-server")]
    public async Task Kubectl_says_of_recorded_trouble_what_it_said_then(string name, string folder)
    {
        var recorded = await File.ReadAllTextAsync(SharedData.Path($"real/kubernetes/kubectl-cli/{name}.txt"), TestContext.Current.CancellationToken);
        await using var cluster = await Cluster.StartSharedAsync(folder);
        var parts = RecordPattern().Match(recorded).Groups;

        var (code, output, error) = await RunAsync(cluster, parts["command"].Value);

        // The moment of a rollout differs from the one that was recorded next to it; the kind of answer does not.
        $"{code}\n{Countless(output)}\n{Countless(error)}".ShouldBe($"{parts["code"].Value}\n{Countless(parts["stdout"].Value)}\n{Countless(parts["stderr"].Value)}");
    }

    // Of crash-loop-early and release-pending-upgrade the lists were recorded a second before kubectl's table, and differ from it.
    [Theory]
    [InlineData("crash-loop")]
    [InlineData("crash-loop-mid")]
    [InlineData("crash-loop-with-readiness-probe")]
    [InlineData("image-pull-admintools")]
    [InlineData("image-pull-server")]
    [InlineData("missing-secret")]
    [InlineData("missing-secret-key")]
    [InlineData("node-not-ready")]
    [InlineData("pending-unschedulable")]
    [InlineData("pod-not-ready")]
    [InlineData("progress-deadline-exceeded")]
    [InlineData("release-failed")]
    public async Task Kubectl_shows_recorded_trouble_as_it_did_then(string fault)
    {
        var recorded = await File.ReadAllTextAsync(SharedData.Path($"real/kubernetes/faults/{fault}/kubectl-get.txt"), TestContext.Current.CancellationToken);
        await using var cluster = await Cluster.StartSharedAsync($"faults/{fault}");

        var (code, output, _) = await RunAsync(cluster, "kubectl get pods,deployments -o wide");

        code.ShouldBe(0);
        Ageless(output).ShouldBe(Ageless(recorded));
    }

    [Fact]
    public async Task Rollout_status_follows_an_edit_to_its_end()
    {
        await using var cluster = await Cluster.StartAsync();
        cluster.StandIn.Edit("deployments", "temporal-history", one => one["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] = "temporalio/server:1.28.1");
        using var kubectl = Start(cluster, "kubectl rollout status deployment/temporal-history --timeout=30s");
        var first = await kubectl.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);

        cluster.StandIn.Edit("deployments", "temporal-history", one => one["status"]!["observedGeneration"] = 2);

        first.ShouldBe("Waiting for deployment spec update to be observed...");
        (await kubectl.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).ShouldEndWith("deployment \"temporal-history\" successfully rolled out\n");
        await kubectl.WaitForExitAsync(TestContext.Current.CancellationToken);
        cluster.StandIn.Requests.ShouldContain(one => one.Verb == "watch");
    }

    [Fact]
    public async Task Port_forward_and_the_proxy_lead_to_a_process()
    {
        using var page = new Page("service_requests 7\n");
        await using var cluster = await Cluster.StartAsync();
        var pod = PodReachTests.Frontends(cluster)[0];
        cluster.StandIn.Lead(pod, 9090, page.Address);
        using var kubectl = Start(cluster, $"exec kubectl port-forward pod/{pod} :9090 :9091");
        try
        {
            // A line for each family of addresses; a machine may have one of them only.
            var ports = new Dictionary<string, string>();
            while (ports.Count < 2 && await kubectl.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            {
                if (ForwardPattern().Match(line) is { Success: true, Groups: var groups })
                {
                    ports[groups["remote"].Value] = groups["local"].Value;
                }
            }

            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
            (await http.GetStringAsync(new Uri($"http://127.0.0.1:{ports["9090"]}/metrics"), TestContext.Current.CancellationToken)).ShouldBe("service_requests 7\n");
            (await http.GetStringAsync(new Uri($"http://127.0.0.1:{ports["9090"]}/metrics"), TestContext.Current.CancellationToken)).ShouldBe("service_requests 7\n");
            await Should.ThrowAsync<HttpRequestException>(() => http.GetAsync(new Uri($"http://127.0.0.1:{ports["9091"]}/"), TestContext.Current.CancellationToken));
        }
        finally
        {
            kubectl.Kill();
        }

        (await kubectl.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)).ShouldContain("error forwarding port 9091 to pod");
        var (code, output, error) = await RunAsync(cluster, $"kubectl get --raw /api/v1/namespaces/temporal-backend/pods/{pod}:9090/proxy/metrics");
        code.ShouldBe(0, error);
        output.ShouldBe("service_requests 7\n");
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(Cluster cluster, string command)
    {
        using var kubectl = Start(cluster, command);
        var error = kubectl.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await kubectl.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await kubectl.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (kubectl.ExitCode, output, await error);
    }

    private static Process Start(Cluster cluster, string command)
    {
        Assert.SkipUnless(Programs.Find("kubectl") is not null, "No kubectl on this machine.");
        var start = new ProcessStartInfo("sh", ["-c", command]) { RedirectStandardOutput = true, RedirectStandardError = true };
        // The recordings of kubectl get were made by one who may see every resource.
        start.Environment["KUBECONFIG"] = cluster.Kubeconfig(StandInUser.Admin);
        // kubectl keeps discovery there.
        start.Environment["HOME"] = cluster.Folder;
        return Process.Start(start)!;
    }

    /// <summary>Ages, durations and the widths that they make, left out.</summary>
    private static string Ageless(string text) => SpacePattern().Replace(AgePattern().Replace(text, "*"), " ").Trim();

    private static string Countless(string text) => CountPattern().Replace(Ageless(text), "#");

    [GeneratedRegex(@"\$ (?<command>[^\n]*)\n--- exit code: (?<code>\d+)\n--- stdout:\n(?<stdout>.*?)--- stderr:\n?(?<stderr>.*)", RegexOptions.Singleline)]
    private static partial Regex RecordPattern();

    [GeneratedRegex(@"^Forwarding from 127\.0\.0\.1:(?<local>\d+) -> (?<remote>\d+)$")]
    private static partial Regex ForwardPattern();

    [GeneratedRegex(@"\b\d+[smhd](\d+[smh])?\b")]
    private static partial Regex AgePattern();

    [GeneratedRegex(" +")]
    private static partial Regex SpacePattern();

    [GeneratedRegex(@"\d+ (old replicas are pending termination|out of \d+ new replicas have been updated)")]
    private static partial Regex CountPattern();
}
