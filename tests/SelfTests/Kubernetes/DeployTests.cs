using System.Diagnostics;
using System.Text.Json.Nodes;
using TemporalConformance.Environments;
using TemporalConformance.Formats;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>The manifests of deploy/ and the benchmark's script, which nothing else runs.</summary>
public sealed class DeployTests
{
    [Theory]
    [InlineData("job.yaml")]
    [InlineData("cronjob.yaml")]
    public void A_manifest_runs_the_published_folder_without_rights_to_spare(string file)
    {
        var pod = KubernetesObject.ReadAll(Read(file), file).ShouldHaveSingleItem().PodSpec.ShouldNotBeNull();
        var container = pod.Find("containers")!.Items.ShouldHaveSingleItem();

        pod.TextAt("restartPolicy").ShouldBe("Never");
        pod.TextAt("serviceAccountName").ShouldBe("temporal-conformance");
        pod.FlagAt("securityContext.runAsNonRoot").ShouldBe(true);
        container.FlagAt("securityContext.readOnlyRootFilesystem").ShouldBe(true);
        container.FlagAt("securityContext.allowPrivilegeEscalation").ShouldBe(false);
        var volumes = pod.Find("volumes")!.Items.Select(volume => volume.TextAt("name"));
        container.Find("volumeMounts")!.Items.Select(mount => mount.TextAt("name")).ShouldBe(volumes, ignoreOrder: true);
        var arguments = container.Find("args")!.Items.Select(word => word.Text).ToList();
        arguments[0].ShouldBe("pre");
        foreach (var set in arguments.Where((_, at) => at > 0 && arguments[at - 1] == "--set"))
        {
            SettingsSource.Read("{}", [set]).Origin(set.Split('=')[0]).ShouldBe("--set");
        }

        Read(file).ShouldContain("backoffLimit: 0");
    }

    [Fact]
    public void The_image_leaves_its_base_to_who_builds_it()
    {
        var lines = Read("Dockerfile").Split('\n');

        lines.ShouldContain("ARG BASE");
        lines.ShouldContain("FROM ${BASE}");
        lines.ShouldContain(line => line.StartsWith("USER 10001", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_guides_lines_work_on_the_stand_in()
    {
        Assert.SkipUnless(Programs.Find("kubectl") is not null, "No kubectl on this machine.");
        await using var cluster = await Cluster.StartAsync(new KubernetesStandInOptions { Metrics = true });
        foreach (var (resource, name) in new[] { ("nodes.metrics.k8s.io", cluster.StandIn.Names("nodes")[0]), ("pods.metrics.k8s.io", cluster.StandIn.Names("pods")[0]) })
        {
            cluster.StandIn.Add(resource, JsonNode.Parse($$"""
                { "metadata": { "name": "{{name}}" }, "timestamp": "2026-11-23T03:40:00Z", "window": "20s", "usage": { "cpu": "250m", "memory": "512Mi" },
                  "containers": [ { "name": "temporal", "usage": { "cpu": "250m", "memory": "512Mi" } } ] }
                """)!.AsObject());
        }

        var start = new ProcessStartInfo("/bin/sh", [Path.Combine(Checkout.Root, "benchmarks", "guide-kubectl.sh")]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["KUBECONFIG"] = cluster.Kubeconfig(StandInUser.Admin);
        start.Environment["HOME"] = cluster.Folder;
        start.Environment["NS"] = KubernetesStandIn.Namespace;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        process.ExitCode.ShouldBe(0, await error);
        output.ShouldContain("temporalio/server:1.27.2");
        output.ShouldContain("250m");
        output.ShouldContain("deployment \"temporal-worker\" successfully rolled out");
    }

    private static string Read(string file) => File.ReadAllText(Path.Combine(Checkout.Root, "deploy", file));
}
