using System.Diagnostics;
using TemporalConformance.Cli;
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

    /// <summary>kubectl takes the manifests as the API describes their kinds. It changes nothing, and the stand-in would refuse it.</summary>
    [Theory]
    [InlineData("storage.yaml", "persistentvolumeclaim/temporal-conformance created (dry run)")]
    [InlineData("job.yaml", "job.batch/temporal-conformance-pre created (dry run)")]
    [InlineData("cronjob.yaml", "cronjob.batch/temporal-conformance created (dry run)")]
    public async Task Kubectl_takes_the_manifest(string file, string said)
    {
        Assert.SkipUnless(Programs.Find("kubectl") is not null, "No kubectl on this machine.");
        await using var cluster = await Cluster.StartAsync();

        var (code, output, error) = await cluster.KubectlAsync("create", "--dry-run=client", "--validate=false", "-f", Path.Combine(Checkout.Root, "deploy", file));

        (code, output.Trim()).ShouldBe((0, said), error);
        cluster.StandIn.Requests.ShouldAllBe(request => request.Method == "GET");
    }

    [Fact]
    public async Task Kubectl_takes_the_Roles_that_grants_prints()
    {
        Assert.SkipUnless(Programs.Find("kubectl") is not null, "No kubectl on this machine.");
        await using var cluster = await Cluster.StartAsync();
        var file = Path.Combine(cluster.Folder, "grants.yaml");
        await File.WriteAllTextAsync(file, KubernetesGrants.Text(Facts.Settings.Defaults, null), TestContext.Current.CancellationToken);

        var (code, output, error) = await cluster.KubectlAsync("create", "--dry-run=client", "--validate=false", "-f", file);

        code.ShouldBe(0, error);
        output.ShouldContain("role.rbac.authorization.k8s.io/temporal-conformance created (dry run)");
    }

    [Fact]
    public async Task The_guides_lines_work_on_the_stand_in()
    {
        Assert.SkipUnless(Programs.Find("kubectl") is not null, "No kubectl on this machine.");
        await using var cluster = await Cluster.StartAsync(new KubernetesStandInOptions { Metrics = true });
        cluster.StandIn.Measure((_, _) => (0.25, 512L << 20));
        var helm = HelmReplay.Write(cluster.Folder, prints: Recordings.HelmValues);
        var start = new ProcessStartInfo("/bin/sh", [Path.Combine(Checkout.Root, "benchmarks", "guide-kubectl.sh")]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["KUBECONFIG"] = cluster.Kubeconfig(StandInUser.Admin);
        start.Environment["HOME"] = cluster.Folder;
        start.Environment["NS"] = KubernetesStandIn.Namespace;
        start.Environment["HELM"] = helm;
        start.Environment["VALUES"] = Recordings.HelmValues;
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
