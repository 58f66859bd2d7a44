using System.Text.Json.Nodes;
using TemporalConformance.Probes;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>What the probe makes of the recorded cluster, and of edits and faults of it.</summary>
public sealed class KubernetesProbeTests
{
    private static readonly string[] s_roles = ["temporal-admintools", "temporal-frontend", "temporal-history", "temporal-matching", "temporal-web", "temporal-worker"];

    [Fact]
    public async Task A_healthy_installation_is_read_whole()
    {
        await using var cluster = await Cluster.StartAsync();

        var reading = await cluster.ReadAsync();

        reading.Version.Value().ShouldBe("v1.33.13");
        reading.Namespace.ShouldBe("temporal-backend");
        reading.Context.ShouldBe("stand-in");
        reading.Rights.Value().Missing.ShouldBeEmpty();
        reading.Deployments.Value().Select(one => one.Meta.Name).ShouldBe(s_roles, ignoreOrder: true);
        reading.Deployments.Value().ShouldAllBe(one => one.IsRolledOut);
        reading.StatefulSets.Value().ShouldBeEmpty();
        reading.Pods.Value().Count.ShouldBe(14);
        reading.Pods.Value().ShouldAllBe(pod => pod.Trouble == null);
        reading.Pods.Value().Count(pod => pod.IsReady).ShouldBe(13);
        reading.ReplicaSets.Value().Count.ShouldBe(6);
        reading.Services.Value().Count.ShouldBe(7);
        reading.EndpointSlices.Value().Count.ShouldBe(7);
        reading.Jobs.Value().ShouldHaveSingleItem().Succeeded.ShouldBe(1);
        reading.DisruptionBudgets.Value().Count.ShouldBe(3);
        reading.NetworkPolicies.Value().ShouldBeEmpty();
        reading.Nodes.Value().Count.ShouldBe(3);
        reading.Nodes.Value().ShouldAllBe(node => node.Ready == true && node.Allocatable.Cores == 7.91);
        reading.ConfigMaps.Keys.ShouldBe(["temporal-config", "temporal-dynamic-config"], ignoreOrder: true);
        reading.ConfigMaps["temporal-dynamic-config"].Value()!.Data.Keys.ShouldContain("dynamic_config.yaml");
        reading.Secrets.ToDictionary(pair => pair.Key, pair => pair.Value.Value()).ShouldBe(
            new Dictionary<string, bool> { ["temporal-default-store"] = true, ["temporal-visibility-store"] = true }, ignoreOrder: true);
        reading.HelmRelease.Value()!.Revision.ShouldSatisfyAllConditions(one => one.Revision.ShouldBe(1), one => one.Status.ShouldBe("deployed"));
        reading.Events.Value().ShouldBeEmpty();
        reading.ForeignWorkloads.ShouldBe(0);
    }

    [Fact]
    public async Task A_container_is_read_with_all_that_checks_judge()
    {
        await using var cluster = await Cluster.StartAsync();

        var history = (await cluster.ReadAsync()).Deployments.Value().Single(one => one.Meta.Component == "history");

        history.Meta.Release.ShouldBe("temporal");
        history.Replicas.ShouldBe(3);
        history.Strategy.ShouldBe(new KubeStrategy("RollingUpdate", "25%", "25%"));
        history.ProgressDeadlineSeconds.ShouldBe(600);
        var container = history.Template.Pod.Containers.ShouldHaveSingleItem();
        container.Image.ShouldBe("temporalio/server:1.27.2");
        container.Readiness.ShouldBeNull();
        container.Liveness.ShouldBe(new KubeHealthProbe("tcpSocket", "rpc", 150, 10, 1, 3));
        container.Requests.ShouldBe(new KubeResources(1, 2L << 30));
        container.Limits.ShouldBe(new KubeResources(null, 4L << 30));
        container.Ports.Select(port => port.Number).ShouldBe([7234, 6934, 9090]);
        container.Environment.Single(one => one.Name == "SERVICES").Value!.Reveal().ShouldBe("history");
        history.Template.Pod.References.ShouldContain(new KubeReference("Secret", "temporal-default-store", "password", false, "container temporal-history env TEMPORAL_STORE_PASSWORD"));
        history.Template.Pod.References.ShouldContain(new KubeReference("ConfigMap", "temporal-dynamic-config", "dynamic_config.yaml", false, "volume dynamic-config"));
    }

    [Fact]
    public async Task Nothing_but_get_list_and_reviews_of_our_own_rights_is_asked()
    {
        await using var cluster = await Cluster.StartAsync(new KubernetesStandInOptions { Metrics = true });
        var probe = new KubernetesProbe(cluster.Access(StandInUser.Admin), cluster.Calls);

        await probe.ReadAsync(TestContext.Current.CancellationToken);
        await probe.LogAsync("temporal-schema-1-vc2cz", null, previous: false, 10, TestContext.Current.CancellationToken);
        await probe.SecretAsync("temporal-default-store", "password", TestContext.Current.CancellationToken);

        var asked = cluster.StandIn.Requests;
        asked.Where(one => one.Verb is not ("get" or "list" or "")).ShouldAllBe(one => one.Verb == "create" && (one.Resource == "selfsubjectrulesreviews" || one.Resource == "selfsubjectaccessreviews"));
        asked.ShouldAllBe(one => one.UserAgent.StartsWith("temporal-conformance", StringComparison.Ordinal));
        var granted = KubeRights.Needed.Select(right => (right.Verb, right.Group, right.Resource)).ToHashSet();
        asked.Where(one => one.Verb is "get" or "list" or "watch").ShouldAllBe(one => granted.Contains(new(one.Verb, one.Group, one.Resource)));
        cluster.Calls.Calls.ShouldBe(asked.Count);
        cluster.Calls.CallsByMethod.Keys.ShouldContain("GET /api/v1/namespaces/{namespace}/pods");
        cluster.Calls.CallsByMethod.Values.Sum().ShouldBe(asked.Count);
    }

    [Fact]
    public async Task Secrets_are_read_by_metadata_and_one_payload()
    {
        await using var cluster = await Cluster.StartAsync(new KubernetesStandInOptions { Folders = [KubernetesRecordings.After] });

        var reading = await cluster.ReadAsync();

        reading.HelmRevisions.Value().Select(one => (one.Revision, one.Status)).ShouldBe([(3, "deployed"), (2, "superseded"), (1, "superseded")]);
        var secrets = cluster.StandIn.Requests.Where(one => one.Resource == "secrets").ToList();
        secrets.Where(one => !one.Accept.Contains("PartialObjectMetadata", StringComparison.Ordinal)).ShouldHaveSingleItem().Name.ShouldBe("sh.helm.release.v1.temporal.v3");
        secrets.Where(one => one.Verb == "list").ShouldAllBe(one => one.Query["labelSelector"] == "owner=helm,name=temporal");
        reading.ToString().ShouldNotContain(reading.HelmRelease.Value()!.Payload.Reveal());
    }

    [Fact]
    public async Task A_missing_right_costs_only_its_own_part_and_is_not_tried()
    {
        var user = StandInUser.Viewer.Without("secrets", "nodes", "poddisruptionbudgets", "events");
        await using var cluster = await Cluster.StartAsync(new KubernetesStandInOptions { Users = [user] });

        var reading = await cluster.ReadAsync(user);

        reading.Nodes.Refusal().ShouldSatisfyAllConditions(
            one => one.Why.ShouldBe("We may not list nodes, so room on the nodes could not be read."),
            one => one.Remedy.ShouldContain("Grant list nodes by a ClusterRole"));
        reading.HelmRevisions.Refusal().Why.ShouldContain("list secrets in namespace temporal-backend");
        reading.HelmRelease.Refusal().Remedy.ShouldContain("by a Role");
        reading.Secrets.Values.ShouldAllBe(one => one is Reading<bool>.Refused);
        reading.Pods.Value().Count.ShouldBe(14);
        reading.Rights.Value().Missing.Select(right => right.ToString()).ShouldBe(
            ["list poddisruptionbudgets.policy", "list events", "list secrets", "get secrets", "list nodes", "list nodes.metrics.k8s.io"], ignoreOrder: true);
        cluster.StandIn.Requests.ShouldNotContain(one => one.Resource == "secrets" || one.Resource == "nodes");
    }

    [Fact]
    public async Task Where_rules_are_incomplete_each_right_is_asked_for()
    {
        await using var cluster = await Cluster.StartAsync(new KubernetesStandInOptions { RulesIncomplete = true });

        var reading = await cluster.ReadAsync();

        reading.Rights.Value().ShouldSatisfyAllConditions(one => one.Incomplete.ShouldBeTrue(), one => one.Missing.ShouldBeEmpty());
        cluster.StandIn.Requests.Count(one => one.Resource == "selfsubjectaccessreviews").ShouldBe(KubeRights.Needed.Count);
        reading.Pods.Value().Count.ShouldBe(14);
    }

    [Fact]
    public async Task Without_rights_every_part_is_refused()
    {
        await using var cluster = await Cluster.StartAsync();

        var reading = await cluster.ReadAsync(StandInUser.Nobody);

        reading.Deployments.Refusal().Why.ShouldContain("list deployments.apps");
        reading.Pods.Refusal();
        reading.NamespaceExists.Refusal().Why.ShouldContain("cannot get resource \"namespaces\"");
    }

    [Fact]
    public async Task Pods_are_found_without_the_right_to_list_workloads()
    {
        var user = StandInUser.Viewer.Without("deployments", "statefulsets");
        await using var cluster = await Cluster.StartAsync(new KubernetesStandInOptions { Users = [user] });

        var reading = await cluster.ReadAsync(user);

        reading.Deployments.Refusal();
        reading.Pods.Value().Count.ShouldBe(14);
        reading.HelmRevisions.Refusal().Why.ShouldStartWith("Which Helm release is Temporal's could not be told.");
        (await cluster.ReadAsync(access: cluster.Access(user) with { Release = "temporal" })).HelmRevisions.Value().Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_empty_namespace_and_a_missing_one_are_told_apart()
    {
        await using var cluster = await Cluster.StartAsync();

        var empty = await cluster.ReadAsync(access: cluster.Access(StandInUser.Admin) with { Namespace = "temporal-product" });
        var missing = await cluster.ReadAsync(access: cluster.Access(StandInUser.Admin) with { Namespace = "temporal-does-not-exist" });

        empty.Pods.Value().ShouldBeEmpty();
        empty.NamespaceExists.Value().ShouldBeTrue();
        missing.NamespaceExists.Value().ShouldBeFalse();
    }

    [Fact]
    public async Task An_installation_without_the_chart_is_known_by_its_images()
    {
        await using var cluster = await Cluster.StartAsync();
        foreach (var name in cluster.StandIn.Names("deployments"))
        {
            cluster.StandIn.Edit("deployments", name, one =>
            {
                one["metadata"]!["labels"] = new JsonObject { ["app"] = name };
                one["metadata"]!.AsObject().Remove("annotations");
            });
        }

        cluster.StandIn.Edit("deployments", "temporal-web", one => one["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] = "registry.example.com/mirror/temporal-ui:2.37.1");
        cluster.StandIn.Add("deployments", JsonNode.Parse("""
            { "metadata": { "name": "shop", "labels": { "app": "shop" } }, "spec": { "replicas": 1, "selector": { "matchLabels": { "app": "shop" } },
              "template": { "metadata": { "labels": { "app": "shop" } }, "spec": { "containers": [ { "name": "shop", "image": "registry.example.com/shop/server:3" } ] } } } }
            """)!.AsObject());

        var reading = await cluster.ReadAsync();
        var withShop = await cluster.ReadAsync(access: cluster.Access() with { Workloads = ["shop"] });

        reading.Deployments.Value().Select(one => one.Meta.Name).ShouldBe(s_roles, ignoreOrder: true);
        reading.ForeignWorkloads.ShouldBe(1);
        withShop.Deployments.Value().Select(one => one.Meta.Name).ShouldContain("shop");
    }

    [Fact]
    public async Task What_is_referred_to_and_not_there_is_known_to_be_missing()
    {
        await using var cluster = await Cluster.StartAsync();
        cluster.StandIn.Remove("secrets", "temporal-default-store");
        cluster.StandIn.Remove("configmaps", "temporal-dynamic-config");

        var reading = await cluster.ReadAsync();

        reading.Secrets["temporal-default-store"].Value().ShouldBeFalse();
        reading.ConfigMaps["temporal-dynamic-config"].ShouldBeOfType<Reading<KubeConfigMap?>.Known>().Value.ShouldBeNull();
    }

    [Fact]
    public async Task Usage_is_read_where_the_cluster_measures_it()
    {
        await using var cluster = await Cluster.StartAsync(new KubernetesStandInOptions { Metrics = true });
        cluster.StandIn.Add("nodes.metrics.k8s.io", JsonNode.Parse("""{ "metadata": { "name": "node-a" }, "timestamp": "2026-11-23T03:40:00Z", "usage": { "cpu": "512345678n", "memory": "2048Mi" } }""")!.AsObject());
        cluster.StandIn.Add("pods.metrics.k8s.io", JsonNode.Parse("""
            { "metadata": { "name": "temporal-history-6648c4987-2r2jn", "labels": { "app.kubernetes.io/instance": "temporal", "app.kubernetes.io/name": "temporal" } },
              "timestamp": "2026-11-23T03:40:00Z", "containers": [ { "name": "temporal-history", "usage": { "cpu": "250m", "memory": "1Gi" } } ] }
            """)!.AsObject());

        var reading = await cluster.ReadAsync();

        reading.NodeUsage.Value().ShouldHaveSingleItem().Used.ShouldBe(new KubeResources(0.512345678, 2L << 30));
        reading.PodUsage.Value().ShouldHaveSingleItem().Used.ShouldBe(new KubeResources(0.25, 1L << 30));
    }

    [Fact]
    public async Task A_log_and_a_password_are_read_on_request_alone()
    {
        await using var cluster = await Cluster.StartAsync();
        cluster.StandIn.Log("temporal-schema-1-vc2cz", "one\ntwo\nthree\n");
        var probe = new KubernetesProbe(cluster.Access(), cluster.Calls);

        (await probe.LogAsync("temporal-schema-1-vc2cz", null, false, 2, TestContext.Current.CancellationToken)).Value().ShouldBe("two\nthree\n");
        (await probe.LogAsync("temporal-schema-1-gone", null, false, 2, TestContext.Current.CancellationToken)).Refusal().Why.ShouldContain("pods \"temporal-schema-1-gone\" not found");
        (await probe.SecretAsync("temporal-default-store", "password", TestContext.Current.CancellationToken)).Value().ShouldNotBeNull();
        (await probe.SecretAsync("temporal-default-store", "pgpassword", TestContext.Current.CancellationToken)).ShouldBeOfType<Reading<TemporalConformance.Facts.Secret?>.Known>().Value.ShouldBeNull();
    }
}
