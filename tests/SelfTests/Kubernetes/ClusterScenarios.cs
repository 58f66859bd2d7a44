using System.Text.Json.Nodes;
using TemporalConformance.Checks;
using TemporalConformance.Gate;
using TemporalConformance.Probes;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>
/// The checks of the subject cluster as a user asks them: a phase as a process with nothing but a kubeconfig, on the stand-in over the recorded
/// cluster, judged by the gate. Known-bad is the known-good cluster with one edit.
/// </summary>
public sealed class ClusterScenarios
{
    /// <summary>The checks that a test of this class sees violated.</summary>
    public static readonly string[] Violated =
    [
        "cluster/selectors-match", "cluster/workloads-ready", "cluster/no-crash-loops", "cluster/references-exist", "cluster/endpoints-present", "cluster/no-pending-release",
        "cluster/rollout-settings", "cluster/resource-headroom", "cluster/worker-deployments", "cluster/reachable-from-workers", "cluster/no-fatal-log-patterns", "cluster/resource-usage-held",
    ];

    /// <summary>Charts 0.x set no readiness probe, so this advisory is right about every recorded cluster.</summary>
    private const string Always = "cluster/rollout-settings";

    /// <summary>Cores and bytes of a container that nothing is the matter with.</summary>
    private static readonly (double, long) Quiet = (0.2, 300L << 20);

    private static readonly Dictionary<string, Action<KubernetesStandIn>> s_edits = new()
    {
        ["nothing"] = _ => { },
        ["a role without a workload"] = one => one.Edit("deployments", "temporal-matching", Component("other")),
        ["a Service that selects nobody"] = one => one.Edit("services", "temporal-web", service => service["spec"]!["selector"]!["app.kubernetes.io/component"] = "webb"),
        ["a spec that no controller has seen"] = one => one.Edit("deployments", "temporal-history", deployment => deployment["spec"]!["revisionHistoryLimit"] = 3),
        ["a pod whose node is dead"] = one => one.Edit("pods", one.Names("pods").First(name => name.StartsWith("temporal-history", StringComparison.Ordinal)), pod =>
            pod["status"]!["conditions"]!.AsArray().First(condition => (string?)condition!["type"] == "Ready")!["status"] = "False"),
        ["a schema Job that gave up"] = one => one.Edit("jobs", "temporal-schema-1", job =>
        {
            job["status"]!.AsObject().Remove("succeeded");
            job["status"]!["failed"] = 1;
            job["status"]!["conditions"] = JsonNode.Parse("""[{ "type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": "Job has reached the specified backoff limit" }]""");
        }),
        ["a container that crashes"] = one => Container(one, "temporal-worker", status =>
        {
            status["restartCount"] = 4;
            status["state"] = JsonNode.Parse("""{ "waiting": { "reason": "CrashLoopBackOff", "message": "back-off 1m20s restarting failed container" } }""");
            status["lastState"] = JsonNode.Parse("""{ "terminated": { "exitCode": 1, "reason": "Error", "finishedAt": "2026-11-23T03:40:00Z" } }""");
        }),
        ["a restart a moment ago"] = one => Container(one, "temporal-frontend", status =>
        {
            status["restartCount"] = 1;
            status["lastState"] = new JsonObject { ["terminated"] = new JsonObject { ["exitCode"] = 137, ["reason"] = "OOMKilled", ["finishedAt"] = DateTimeOffset.UtcNow.AddMinutes(-2).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'") } };
        }),
        ["a Secret that is gone"] = one => one.Remove("secrets", "temporal-default-store"),
        ["a ConfigMap without its key"] = one => one.Remove("configmaps", "temporal-dynamic-config"),
        ["endpoints that are published and do not serve"] = one => one.Edit("endpointslices", one.Names("endpointslices").First(name => name.StartsWith("temporal-matching-headless", StringComparison.Ordinal)), slice =>
        {
            foreach (var endpoint in slice["endpoints"]!.AsArray())
            {
                endpoint!["conditions"]!["serving"] = false;
            }
        }),
        ["a Helm upgrade that was killed"] = one => one.Edit("secrets", "sh.helm.release.v1.temporal.v1", secret => secret["metadata"]!["labels"]!["status"] = "pending-upgrade"),
        ["nodes without room"] = one =>
        {
            foreach (var node in one.Names("nodes", null!))
            {
                one.Edit("nodes", node, each => each["status"]!["allocatable"]!["cpu"] = "2", null!);
            }
        },
        ["a policy that admits nobody"] = one => one.Add("networkpolicies", JsonNode.Parse("""
            { "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": { "name": "closed" },
              "spec": { "podSelector": { "matchLabels": { "app.kubernetes.io/component": "frontend" } }, "policyTypes": ["Ingress"] } }
            """)!.AsObject()),
        ["probes in every pod"] = one =>
        {
            foreach (var name in one.Names("deployments"))
            {
                one.Edit("deployments", name, deployment =>
                {
                    var container = deployment["spec"]!["template"]!["spec"]!["containers"]![0]!;
                    container["readinessProbe"] = JsonNode.Parse("""{ "tcpSocket": { "port": "rpc" } }""");
                    container["lifecycle"] = JsonNode.Parse("""{ "preStop": { "exec": { "command": ["sleep", "10"] } } }""");
                    deployment["metadata"]!["generation"] = (long)deployment["metadata"]!["generation"]! + 1;
                    deployment["status"]!["observedGeneration"] = (long)deployment["metadata"]!["generation"]!;
                });
            }
        },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("nothing", Always, "")]
    [InlineData("probes in every pod", "", "")]
    [InlineData("a role without a workload", Always + " cluster/selectors-match", "matching: no workload has this role")]
    [InlineData("a Service that selects nobody", Always + " cluster/selectors-match", "Service/temporal-web: its selector")]
    [InlineData("a spec that no controller has seen", Always + " cluster/workloads-ready", "its controller has seen generation 1 of 2")]
    [InlineData("a pod whose node is dead", Always + " cluster/workloads-ready", "2 of 3 pods have the condition Ready")]
    [InlineData("a schema Job that gave up", Always + " cluster/workloads-ready", "gave up: BackoffLimitExceeded")]
    [InlineData("a container that crashes", Always + " cluster/no-crash-loops", "CrashLoopBackOff, 4 restarts; ended last with Error, exit code 1")]
    [InlineData("a restart a moment ago", Always + " cluster/no-crash-loops", "running again, 1 restarts; ended last with OOMKilled, exit code 137, 2 min")]
    [InlineData("a Secret that is gone", Always + " cluster/references-exist", "Secret temporal-default-store does not exist")]
    [InlineData("a ConfigMap without its key", Always + " cluster/references-exist", "ConfigMap temporal-dynamic-config does not exist")]
    [InlineData("endpoints that are published and do not serve", Always + " cluster/endpoints-present", "none of 3 endpoints serves, though it publishes them")]
    [InlineData("a Helm upgrade that was killed", Always + " cluster/no-pending-release", "revision 1 is pending-upgrade")]
    [InlineData("nodes without room", Always + " cluster/resource-headroom", "3 nodes offer 6 cores")]
    [InlineData("a policy that admits nobody", Always + " cluster/reachable-from-workers", "NetworkPolicy closed admits nobody on port 7233")]
    public async Task PreUpgrade_on_the_recorded_cluster_with_one_edit(string edit, string violated, string observed)
    {
        await using var ground = await Ground.OpenAsync(KubernetesRecordings.Before);
        s_edits[edit](ground.Kubernetes);

        var verdict = await ground.AskAsync(UpgradePhase.PreUpgrade);

        verdict.ShouldAnswer(violated, "");
        verdict.Said().ShouldContain(observed);
        verdict.Checks.Single(check => check.Id == "cluster/worker-deployments").Result.ShouldBe(Result.NotApplicable);
        ground.Kubernetes.Requests.ShouldAllBe(request => request.Verb == "get" || request.Verb == "list" || request.Verb.Length == 0 || request.Resource.StartsWith("selfsubject", StringComparison.Ordinal));
    }

    [Fact]
    public async Task PostUpgrade_is_green_on_the_upgraded_cluster_and_red_for_what_happened_since()
    {
        await using var ground = await Ground.OpenAsync(KubernetesRecordings.After, metrics: true);
        await ground.TakeBaselineAsync();
        (await ground.AskAsync(UpgradePhase.PostUpgrade)).ShouldAnswer(Always, "");

        var history = ground.Kubernetes.Names("pods").First(name => name.StartsWith("temporal-history", StringComparison.Ordinal));
        ground.Kubernetes.Log(history, """
            {"level":"info","msg":"started"}
            {"level":"error","msg":"Operation failed with an error.","error":"pq: column \"start_version\" of relation \"current_executions\" does not exist"}
            """);
        Container(ground.Kubernetes, "temporal-frontend", status => status["restartCount"] = 2);
        ground.Kubernetes.Measure((pod, _) => pod.StartsWith("temporal-matching", StringComparison.Ordinal) ? (0.9, 700L << 20) : Quiet);

        var verdict = await ground.AskAsync(UpgradePhase.PostUpgrade);

        verdict.ShouldAnswer(Always + " cluster/no-fatal-log-patterns cluster/no-crash-loops cluster/resource-usage-held", "");
        verdict.Said().ShouldContain("a statement of this server does not fit the schema (1 lines)");
        verdict.Said().ShouldContain("2 restarts since the baseline");
        verdict.Said().ShouldContain("matching: 700 MiB a pod, 300 MiB before");
    }

    [Fact]
    public async Task Worker_Deployments_are_judged_where_they_are_named()
    {
        await using var ground = await Ground.OpenAsync(KubernetesRecordings.Before);
        ground.Kubernetes.Add("deployments", JsonNode.Parse("""
            { "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "orders", "generation": 1, "labels": { "app": "orders" } },
              "spec": { "replicas": 1, "selector": { "matchLabels": { "app": "orders" } }, "strategy": { "type": "Recreate" }, "template": { "metadata": { "labels": { "app": "orders" } },
                "spec": { "terminationGracePeriodSeconds": 60, "containers": [{ "name": "orders", "image": "example/orders:7", "env": [{ "name": "TEMPORAL_ADDRESS", "value": "temporal-fronted.temporal-backend.svc:7233" }] }] } } },
              "status": { "observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "readyReplicas": 1, "availableReplicas": 1 } }
            """)!.AsObject());

        var verdict = await ground.AskAsync(UpgradePhase.PreUpgrade, ("workers.deployments", "orders,gone"));

        verdict.ShouldAnswer(Always + " cluster/worker-deployments cluster/reachable-from-workers", "");
        verdict.Said().ShouldContain("strategy Recreate: all pods go before new ones come");
        verdict.Said().ShouldContain("Deployment/gone in temporal-backend:\n  there is no such Deployment");
        verdict.Said().ShouldContain("Deployment/orders asks temporal-fronted in temporal-backend, and there is no such Service");
    }

    [Fact]
    public async Task A_ground_of_ours_hands_its_kubeconfig_over_and_images_tell_the_release()
    {
        await using var ground = await Ground.OpenAsync(KubernetesRecordings.Before);

        var verdict = await ground.AskAsync(UpgradePhase.PreUpgrade, StandInUser.Viewer, handed: true, ("scope.only", "cluster/selectors-match,path/hop-supported"));

        verdict.ShouldAnswer("", "");
        var run = verdict.Run.ShouldNotBeNull();
        run.Scope.Connected.ShouldContain("kubernetes");
        run.Running.ShouldBe(["1.27.2"]);
        run.RunningSource.ShouldBe("the images of the server pods say so");
        run.CallsByMethod.ShouldNotBeNull().Keys.ShouldContain(method => method.Contains("/deployments", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("an empty namespace", "cluster/selectors-match", "cluster/workloads-ready cluster/no-crash-loops cluster/references-exist cluster/endpoints-present cluster/no-pending-release cluster/rollout-settings cluster/resource-headroom cluster/reachable-from-workers")]
    [InlineData("no rights", "", "cluster/selectors-match cluster/workloads-ready cluster/no-crash-loops cluster/references-exist cluster/endpoints-present cluster/no-pending-release cluster/rollout-settings cluster/resource-headroom cluster/reachable-from-workers")]
    [InlineData("no right on Secrets", Always, "cluster/references-exist cluster/no-pending-release")]
    public async Task What_cannot_be_seen_is_never_green(string case_, string violated, string unanswered)
    {
        var some = StandInUser.Viewer.Without("secrets");
        await using var ground = await Ground.OpenAsync(KubernetesRecordings.Before, users: [StandInUser.Admin, StandInUser.Nobody, some]);
        var user = case_ switch { "no rights" => StandInUser.Nobody, "no right on Secrets" => some with { Token = "token-of-some" }, _ => StandInUser.Admin };
        (string, string)[] sets = case_ == "an empty namespace" ? [("kubernetes.namespace", "temporal-product")] : [];

        var verdict = await ground.AskAsync(UpgradePhase.PreUpgrade, user, handed: false, sets);

        verdict.ShouldAnswer(violated, unanswered);
    }

    private static Action<JsonObject> Component(string role) => deployment =>
    {
        deployment["metadata"]!["labels"]!["app.kubernetes.io/component"] = role;
        deployment["spec"]!["template"]!["metadata"]!["labels"]!["app.kubernetes.io/component"] = role;
        deployment["metadata"]!["generation"] = 2;
        deployment["status"]!["observedGeneration"] = 2;
    };

    private static void Container(KubernetesStandIn one, string prefix, Action<JsonObject> change) =>
        one.Edit("pods", one.Names("pods").First(name => name.StartsWith(prefix, StringComparison.Ordinal)), pod => change(pod["status"]!["containerStatuses"]![0]!.AsObject()));

    /// <summary>The stand-in and a folder for results and baseline.</summary>
    private sealed class Ground : IAsyncDisposable
    {
        private readonly ScratchFolder _results = new();

        private Ground(KubernetesStandIn kubernetes) => Kubernetes = kubernetes;

        public KubernetesStandIn Kubernetes { get; }

        private string Baseline => Path.Combine(_results.Path, "baseline.json");

        public static async Task<Ground> OpenAsync(string folder, bool metrics = false, IReadOnlyList<StandInUser>? users = null)
        {
            var kubernetes = await KubernetesStandIn.StartAsync(new KubernetesStandInOptions
            {
                Folders = [folder],
                Metrics = metrics,
                Users = [.. users?.Select((user, index) => index == 2 ? user with { Token = "token-of-some" } : user) ?? new KubernetesStandInOptions().Users],
            });
            if (metrics)
            {
                kubernetes.Measure((_, _) => Quiet);
            }

            return new Ground(kubernetes);
        }

        /// <summary>What PreUpgrade would have written of a cluster that used as much.</summary>
        public async Task TakeBaselineAsync()
        {
            var reading = await new KubernetesProbe(new KubernetesAccess { Kubeconfigs = [Kubeconfig(StandInUser.Viewer)] }, new CallCounter()).ReadAsync(Token);
            new Baseline
            {
                Taken = DateTimeOffset.UtcNow,
                Tool = "self-tests",
                Running = ["1.27.2"],
                Target = "1.29.1",
                Identity = new Identity([new ClusterIdentity("active", "id", 512)], null),
                Kubernetes = KubernetesSection.Of(reading),
            }.Write(Baseline, overwrite: true);
        }

        public Task<PhaseVerdict> AskAsync(UpgradePhase phase, params (string Key, string Value)[] more) => AskAsync(phase, StandInUser.Viewer, handed: false, more);

        public async Task<PhaseVerdict> AskAsync(UpgradePhase phase, StandInUser user, bool handed, params (string Key, string Value)[] more)
        {
            var sets = new Dictionary<string, string>
            {
                ["kubernetes.kubeconfig"] = Kubeconfig(user),
                ["kubernetes.namespace"] = KubernetesStandIn.Namespace,
                ["baseline.path"] = Baseline,
                ["scope.only"] = string.Join(',', Violated),
                ["post.settle"] = "1s",
                ["post.hold"] = "0s",
            };
            foreach (var (key, value) in more)
            {
                sets[key] = value;
            }

            HandedGround? own = null;
            if (handed)
            {
                own = new HandedGround("ours", "A ground of ours.", null, null, [], sets["kubernetes.kubeconfig"]);
                sets.Remove("kubernetes.kubeconfig");
                sets.Remove("kubernetes.namespace");
            }

            return await PhaseRun.AskAsync(phase, _results.Path, sets, own);
        }

        public async ValueTask DisposeAsync()
        {
            await Kubernetes.DisposeAsync();
            _results.Dispose();
        }

        private string Kubeconfig(StandInUser user)
        {
            var file = Path.Combine(_results.Path, $"kubeconfig-{Guid.NewGuid():N}");
            File.WriteAllText(file, Kubernetes.Kubeconfig(user));
            return file;
        }
    }
}
