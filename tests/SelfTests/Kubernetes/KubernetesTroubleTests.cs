using System.Net;
using TemporalConformance.Environments;
using TemporalConformance.Facts;
using TemporalConformance.Probes;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>Servers that answer badly or not at all, ways that lead nowhere, and the recorded situations.</summary>
public sealed class KubernetesTroubleTests
{
    private const string Token = "token-of-the-viewer";

    [Theory]
    [InlineData(KubernetesFault.TooManyRequests, "is too busy for us (429): Too many requests, please try again later. It asks for 1 s of patience.")]
    [InlineData(KubernetesFault.InternalError, "answered 500: Internal error occurred")]
    [InlineData(KubernetesFault.Unavailable, "could not answer (503): no healthy upstream")]
    [InlineData(KubernetesFault.Silence, "did not answer GET /api/v1/namespaces/temporal-backend/pods within 0.5 s")]
    [InlineData(KubernetesFault.Broken, "The connection to")]
    [InlineData(KubernetesFault.LoginPage, "something that is not the Kubernetes API")]
    public async Task A_list_that_fails_is_refused_by_itself(KubernetesFault fault, string words)
    {
        await using var cluster = await Cluster.StartAsync();
        cluster.StandIn.Set(fault, request => request.Resource == "pods");
        var access = cluster.Access() with { Limits = KubernetesLimits.Default with { Call = TimeSpan.FromSeconds(0.5) } };

        var reading = await cluster.ReadAsync(access: access);

        reading.Pods.Refusal().Why.ShouldContain(words);
        reading.Pods.Refusal().Why.ShouldNotContain(Token);
        reading.Deployments.Value().Count.ShouldBe(6);
    }

    [Fact]
    public async Task A_list_whose_pages_are_too_old_is_begun_anew()
    {
        await using var cluster = await Cluster.StartAsync();
        var pages = 0;
        cluster.StandIn.Set(KubernetesFault.ContinueExpired, request => request.Resource == "pods" && request.Query.ContainsKey("continue") && pages++ == 0);

        var reading = await cluster.ReadAsync(access: cluster.Access() with { Limits = KubernetesLimits.Default with { Page = 5 } });

        reading.Pods.Value().Count.ShouldBe(14);
        cluster.StandIn.Requests.Where(one => one.Resource == "pods").ShouldAllBe(one => one.Query["limit"] == "5");
    }

    [Fact]
    public async Task A_list_whose_pages_are_always_too_old_is_refused()
    {
        await using var cluster = await Cluster.StartAsync();
        cluster.StandIn.Set(KubernetesFault.ContinueExpired, request => request.Resource == "pods" && request.Query.ContainsKey("continue"));

        var reading = await cluster.ReadAsync(access: cluster.Access() with { Limits = KubernetesLimits.Default with { Page = 5 } });

        reading.Pods.Refusal().Why.ShouldContain("again and again (410)");
    }

    [Fact]
    public async Task An_answer_that_is_too_long_is_refused()
    {
        await using var cluster = await Cluster.StartAsync();

        var reading = await cluster.ReadAsync(access: cluster.Access() with { Limits = KubernetesLimits.Default with { AnswerBytes = 30 << 10 } });

        reading.Pods.Refusal().Why.ShouldContain("is longer than");
    }

    [Fact]
    public async Task Unknown_credentials_are_said_plainly()
    {
        await using var cluster = await Cluster.StartAsync();

        var failure = await Should.ThrowAsync<ProbeException>(() => cluster.ReadAsync(StandInUser.Viewer with { Token = "a-token-nobody-knows" }));

        failure.Failure.ShouldBe(ProbeFailure.Refused);
        failure.Message.ShouldContain("does not know our credentials (401)");
        failure.ToString().ShouldNotContain("a-token-nobody-knows");
    }

    [Fact]
    public async Task A_server_whose_certificate_is_signed_by_others_is_refused()
    {
        await using var cluster = await Cluster.StartAsync();
        await using var other = await Cluster.StartAsync();
        var ca = Path.Combine(cluster.Folder, "ca.crt");
        await File.WriteAllTextAsync(ca, other.StandIn.CertificateAuthority, TestContext.Current.CancellationToken);

        var access = new KubernetesAccess { Server = cluster.StandIn.Address, CertificateAuthority = ca, Token = new Secret(Token), Namespace = "temporal-backend" };

        (await Should.ThrowAsync<ProbeException>(() => cluster.ReadAsync(access: access))).Failure.ShouldBe(ProbeFailure.Tls);
        (await cluster.ReadAsync(access: access with { Server = other.StandIn.Address })).Pods.Value().Count.ShouldBe(14);
    }

    [Fact]
    public async Task Nobody_there_and_no_way_there_are_told_apart()
    {
        await using var cluster = await Cluster.StartAsync();
        var nobody = new KubernetesAccess { Server = new Uri($"https://{IPAddress.Loopback}:{Ports.Free()}"), Token = new Secret(Token) };

        (await Should.ThrowAsync<ProbeException>(() => cluster.ReadAsync(access: nobody))).Message.ShouldContain("Nothing answers at");
        (await Should.ThrowAsync<ProbeException>(() => cluster.ReadAsync(access: new KubernetesAccess()))).Message.ShouldBe("Nothing says where the Kubernetes API is.");
        (await Should.ThrowAsync<ProbeException>(() => cluster.ReadAsync(access: new KubernetesAccess { InCluster = true }))).Message.ShouldContain("does not run in a pod");
        (await Should.ThrowAsync<ProbeException>(() => cluster.ReadAsync(access: new KubernetesAccess { Kubeconfigs = ["/nowhere/config"] }))).Message.ShouldBe("There is no kubeconfig /nowhere/config.");
    }

    [Fact]
    public async Task Kubeconfigs_are_merged_as_kubectl_does()
    {
        await using var cluster = await Cluster.StartAsync();
        var home = Directory.CreateDirectory(Path.Combine(cluster.Folder, "home")).FullName;
        var (clusters, users) = (Path.Combine(home, "clusters"), Path.Combine(cluster.Folder, "users"));
        await File.WriteAllTextAsync(Path.Combine(home, "ca.crt"), cluster.StandIn.CertificateAuthority, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(clusters, $"""
            apiVersion: v1
            kind: Config
            clusters:
            - name: prod
              cluster: {"{"} server: "{cluster.StandIn.Address}", certificate-authority: ca.crt {"}"}
            users:
            - name: me
              user: {"{"} token: {Token} {"}"}
            """, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(users, """
            apiVersion: v1
            kind: Config
            current-context: prod
            contexts:
            - name: prod
              context: { cluster: prod, user: me, namespace: temporal-backend }
            users:
            - name: me
              user: { token: the-second-file-does-not-count }
            """, TestContext.Current.CancellationToken);
        var files = KubernetesAccess.DefaultKubeconfigs($"/not/there:{clusters}:{users}", home);

        var reading = await cluster.ReadAsync(access: new KubernetesAccess { Kubeconfigs = files });

        reading.Context.ShouldBe("prod");
        reading.Pods.Value().Count.ShouldBe(14);
        (await Should.ThrowAsync<ProbeException>(() => cluster.ReadAsync(access: new KubernetesAccess { Kubeconfigs = files, Context = "staging" }))).ShouldSatisfyAllConditions(
            one => one.Message.ShouldBe("The kubeconfig has no context staging."), one => one.Remedy.ShouldContain("prod"));
    }

    [Theory]
    [InlineData("echo '{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\"status\":{\"token\":\"token-of-the-viewer\"}}'", null)]
    [InlineData("echo token-of-the-viewer >&2; exit 1", "The credential plugin login of the context stand-in gave no credentials")]
    [InlineData("exec sleep 60", "The credential plugin login of the context stand-in gave no credentials")]
    public async Task A_credential_plugin_is_run_and_bounded(string script, string? trouble)
    {
        await using var cluster = await Cluster.StartAsync();
        var plugin = Path.Combine(cluster.Folder, "login");
        await File.WriteAllTextAsync(plugin, $"#!/bin/sh\n{script}\n", TestContext.Current.CancellationToken);
        FakePrograms.SetMode(plugin, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var file = Path.Combine(cluster.Folder, "kubeconfig");
        await File.WriteAllTextAsync(file, cluster.StandIn.Kubeconfig().Replace(
            $"token: {Token}", "exec: { apiVersion: client.authentication.k8s.io/v1, command: ./login, interactiveMode: Never }", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        var access = new KubernetesAccess { Kubeconfigs = [file], Limits = KubernetesLimits.Default with { Credentials = TimeSpan.FromSeconds(2) } };

        if (trouble is null)
        {
            (await cluster.ReadAsync(access: access)).Pods.Value().Count.ShouldBe(14);
            return;
        }

        var failure = await Should.ThrowAsync<ProbeException>(() => cluster.ReadAsync(access: access));
        failure.Message.ShouldStartWith(trouble);
        failure.ToString().ShouldNotContain(Token);
    }

    [Theory]
    [InlineData("faults/image-pull-admintools", "Failed", "ImagePullBackOff")]
    [InlineData("faults/image-pull-server", "Failed", "ImagePullBackOff")]
    [InlineData("faults/progress-deadline-exceeded", "Failed", "ImagePullBackOff")]
    [InlineData("faults/missing-secret", "Failed", "CreateContainerConfigError")]
    [InlineData("faults/missing-secret-key", "Failed", "CreateContainerConfigError")]
    [InlineData("faults/pending-unschedulable", "FailedScheduling", "Unschedulable")]
    [InlineData("faults/crash-loop", "BackOff", "CrashLoopBackOff")]
    [InlineData("faults/crash-loop-with-readiness-probe", "BackOff", "CrashLoopBackOff")]
    [InlineData("faults/node-not-ready", "NodeNotReady", "running but not ready")]
    [InlineData("faults/pod-not-ready", "Unhealthy", "running but not ready")]
    public async Task Recorded_trouble_is_named_and_has_events(string folder, string reason, string trouble)
    {
        await using var cluster = await Cluster.StartSharedAsync(folder);

        var reading = await cluster.ReadAsync();

        var troubled = reading.Pods.Value().Where(pod => pod.Trouble is not null).ToList();
        troubled.ShouldNotBeEmpty();
        troubled.ShouldContain(pod => pod.Trouble!.Contains(trouble));
        reading.Events.Value().ShouldContain(one => one.Reason == reason, $"events: {string.Join(", ", reading.Events.Value().Select(one => one.Reason).Distinct())}");
    }

    [Theory]
    [InlineData("faults/release-failed", "failed")]
    [InlineData("faults/release-pending-upgrade", "pending-upgrade")]
    public async Task The_newest_revision_of_the_release_tells_its_status(string folder, string status)
    {
        await using var cluster = await Cluster.StartSharedAsync(folder);

        (await cluster.ReadAsync()).HelmRelease.Value()!.Revision.Status.ShouldBe(status);
    }

    [Fact]
    public async Task A_rollout_under_way_is_not_rolled_out()
    {
        await using var cluster = await Cluster.StartSharedAsync("during");

        var reading = await cluster.ReadAsync();

        reading.Deployments.Value().Where(one => !one.IsRolledOut).Select(one => one.Meta.Component).ShouldContain("history");
        reading.Pods.Value().SelectMany(pod => pod.Spec.Containers).Select(container => container.Image).Where(image => image.StartsWith("temporalio/server", StringComparison.Ordinal)).Distinct()
            .ShouldBe(["temporalio/server:1.28.1", "temporalio/server:1.29.1"], ignoreOrder: true);
    }
}
