using System.Text.Json.Nodes;
using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.Formats;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>What is found in the recorded cluster, and in edits of it.</summary>
public sealed class DiscoveryTests
{
    [Theory]
    [InlineData("before", "temporal-0.63.0", 1, "1.27.2", "temporal-schema-1")]
    [InlineData("after", "temporal-0.72.0", 3, "1.29.1", "temporal-schema-3")]
    public async Task A_healthy_installation_is_found_whole(string moment, string chart, int revision, string version, string job)
    {
        await using var cluster = await Cluster.StartAsync(new KubernetesStandInOptions { Folders = [moment == "before" ? KubernetesRecordings.Before : KubernetesRecordings.After] });

        var found = InstallationFinder.Find(await cluster.ReadAsync());

        found.Missing.ShouldBeEmpty();
        found.MissingRights.ShouldBeEmpty();
        found.Release.ShouldNotBeNull().ShouldSatisfyAllConditions(
            one => one.Name.ShouldBe("temporal"), one => one.Chart.ShouldBe(chart), one => one.Revision.ShouldBe(revision), one => one.Status.ShouldBe("deployed"), one => one.Content.ShouldNotBeNull());
        found.Roles.Select(role => role.Name).ShouldBe(["frontend", "history", "matching", "worker", "web", "admintools"], ignoreOrder: true);
        found.Running.ShouldBe([ServerVersion.Parse(version)]);
        found.Frontends.Select(one => one.Address).ShouldBe(["temporal-frontend.temporal-backend.svc:7233", "temporal-frontend-headless.temporal-backend.svc:7233"]);
        found.FrontendTls.ShouldBeFalse();
        found.Metrics.Select(one => one.Address).ShouldBe(
            new[] { "frontend", "history", "matching", "worker" }.Select(role => $"http://temporal-{role}-headless.temporal-backend.svc:9090/metrics"), ignoreOrder: true);
        found.Main.ShouldNotBeNull().Display.ShouldBe("temporal@postgresql.example.com:5432/temporal (postgres12)");
        found.Main.Password.ShouldNotBeNull().ShouldSatisfyAllConditions(one => one.Name.ShouldBe("temporal-default-store"), one => one.Key.ShouldBe("password"));
        found.Main.MaxConns.ShouldBe(20);
        found.Main.MigrationUser.ShouldBe("temporal");
        found.Visibility.ShouldNotBeNull().Display.ShouldBe("temporal@postgresql.example.com:5432/temporal_visibility (postgres12)");
        found.Visibility.Password.ShouldNotBeNull().Name.ShouldBe("temporal-visibility-store");
        found.Configuration.ShouldNotBeNull().ShouldSatisfyAllConditions(
            one => one.Where.ShouldBe("ConfigMap/temporal-config config_template.yaml"), one => one.Content.Shards.ShouldBe(512), one => one.Content.ClusterName.ShouldBe("active"));
        found.DynamicConfiguration.ShouldNotBeNull().ShouldSatisfyAllConditions(
            one => one.Where.ShouldBe("ConfigMap/temporal-dynamic-config dynamic_config.yaml"), one => one.Content.Entries.Count.ShouldBe(4));
        found.SchemaJobs.ShouldHaveSingleItem().ShouldSatisfyAllConditions(one => one.Name.ShouldBe(job), one => one.From.ShouldBe("live"));
    }

    [Fact]
    public async Task The_settings_are_a_file_that_the_settings_reader_takes()
    {
        await using var cluster = await Cluster.StartAsync();
        var found = InstallationFinder.Find(await cluster.ReadAsync());

        var text = FoundSettings.File(found);
        var settings = SettingsSource.Read(text);

        settings.Stores.Main.Connection.ShouldNotBeNull().Display.ShouldBe("temporal_conformance@postgresql.example.com:5432/temporal");
        settings.Stores.Visibility.Connection.ShouldNotBeNull().Display.ShouldBe("temporal_conformance@postgresql.example.com:5432/temporal_visibility");
        settings.Stores.Main.RuntimeRole.ShouldBe("temporal");
        settings.Stores.Main.MigrationRole.ShouldBe("temporal");
        settings.Temporal.Address.ShouldBe(["temporal-frontend.temporal-backend.svc:7233"]);
        settings.Kubernetes.Context.ShouldBe("stand-in");
        settings.Kubernetes.Namespace.ShouldBe("temporal-backend");
        settings.Helm.Release.ShouldBe("temporal");
        settings.Metrics.Endpoints.Count.ShouldBe(4);
        text.ShouldNotContain(cluster.Folder);
        FoundSettings.File(InstallationFinder.Find(await cluster.ReadAsync())).ShouldBe(text, "a file that is committed has to stay the same");
    }

    [Theory]
    [InlineData("after-chart-1.0.0-rc.1", "1.29.1")]
    [InlineData("chart-1.6.0", "1.31.2")]
    public async Task Charts_of_the_next_generation_are_found_too(string folder, string version)
    {
        await using var cluster = await Cluster.StartSharedAsync(folder);

        var found = InstallationFinder.Find(await cluster.ReadAsync());

        found.Missing.ShouldBeEmpty();
        found.Running.ShouldBe([ServerVersion.Parse(version)]);
        found.Main.ShouldNotBeNull().Password.ShouldNotBeNull().Name.ShouldBe("temporal-default-store");
        found.Visibility.ShouldNotBeNull().Password.ShouldNotBeNull().Name.ShouldBe("temporal-visibility-store");
        found.Frontends.ShouldNotBeEmpty();
        SettingsSource.Read(FoundSettings.File(found)).Stores.Main.Connection.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_rollout_half_way_runs_two_releases()
    {
        await using var cluster = await Cluster.StartAsync();
        cluster.StandIn.Edit("deployments", "temporal-history", one => one["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] = "registry.example.com/temporalio/server:1.28.1");

        InstallationFinder.Find(await cluster.ReadAsync()).Running.Select(one => one.ToString()).ShouldBe(["1.27.2", "1.28.1"]);
    }

    [Fact]
    public async Task Without_the_right_to_Secrets_only_the_release_is_not_found()
    {
        var user = StandInUser.Viewer.Without("secrets");
        await using var cluster = await Cluster.StartAsync(new KubernetesStandInOptions { Users = [user] });

        var found = InstallationFinder.Find(await cluster.ReadAsync(user));

        found.Missing.ShouldAllBe(gap => gap.What.StartsWith("the Helm release's", StringComparison.Ordinal) && gap.Do.Contains("./run.sh grants --kubernetes", StringComparison.Ordinal));
        found.Missing.ShouldNotBeEmpty();
        found.Release.ShouldNotBeNull().ShouldSatisfyAllConditions(one => one.Name.ShouldBe("temporal"), one => one.Chart.ShouldBe("temporal-0.63.0"), one => one.Revision.ShouldBeNull());
        found.MissingRights.Select(right => right.ToString()).ShouldBe(["list secrets", "get secrets"]);
        found.Main.ShouldNotBeNull().IsComplete.ShouldBeTrue();
    }

    [Fact]
    public async Task Without_the_right_to_ConfigMaps_no_database_is_made_up()
    {
        var user = StandInUser.Viewer.Without("configmaps");
        await using var cluster = await Cluster.StartAsync(new KubernetesStandInOptions { Users = [user] });

        var found = InstallationFinder.Find(await cluster.ReadAsync(user));

        found.Main.ShouldBeNull();
        found.Missing.ShouldContain(gap => gap.What == "the rendered configuration" && gap.Why.Contains("get configmaps", StringComparison.Ordinal));
        FoundSettings.Of(found).ShouldNotContain(setting => setting.Key.StartsWith("stores.", StringComparison.Ordinal));
        found.Frontends.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Who_may_nothing_finds_nothing_and_says_so()
    {
        await using var cluster = await Cluster.StartAsync();

        var found = InstallationFinder.Find(await cluster.ReadAsync(StandInUser.Nobody));

        found.Roles.ShouldBeEmpty();
        found.Missing.Select(gap => gap.What).ShouldBe(
            ["roles that run as Deployments", "roles that run as StatefulSets", "the Helm release's revisions", "the Helm release's values", "schema Jobs", "the frontends' addresses"], ignoreOrder: true);
        SettingsSource.Read(FoundSettings.File(found)).Kubernetes.Namespace.ShouldBe("temporal-backend");
    }

    [Theory]
    [InlineData("temporal-product", "Temporal")]
    [InlineData("temporal-does-not-exist", "the namespace")]
    public async Task Where_nothing_is_nothing_is_found(string ns, string missing)
    {
        await using var cluster = await Cluster.StartAsync();

        var found = InstallationFinder.Find(await cluster.ReadAsync(access: cluster.Access(StandInUser.Admin) with { Namespace = ns }));

        found.Missing.ShouldHaveSingleItem().What.ShouldBe(missing);
        found.Missing[0].Do.ShouldContain("--namespace");
    }

    [Fact]
    public async Task Roles_without_the_chart_are_known_by_image_and_variables()
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

        cluster.StandIn.Edit("deployments", "temporal-history", one => Container(one)["image"] = "registry.example.com/mirror/temporal-server:1.27.2");
        cluster.StandIn.Remove("deployments", "temporal-worker");
        cluster.StandIn.Edit("deployments", "temporal-matching", one =>
        {
            Container(one)["args"] = new JsonArray("--service=matching", "--service=worker");
            Container(one)["env"] = new JsonArray(Container(one)["env"]!.AsArray().Where(variable => (string)variable!["name"]! != "SERVICES").Select(variable => variable!.DeepClone()).ToArray());
        });

        var found = InstallationFinder.Find(await cluster.ReadAsync());

        found.Roles.Select(role => (role.Name, role.Workload.Meta.Name)).ShouldBe(
            [("frontend", "temporal-frontend"), ("history", "temporal-history"), ("matching", "temporal-matching"), ("worker", "temporal-matching"), ("web", "temporal-web"), ("admintools", "temporal-admintools")],
            ignoreOrder: true);
        found.Release.ShouldBeNull();
        found.Main.ShouldNotBeNull().IsComplete.ShouldBeTrue();
    }

    [Fact]
    public async Task A_store_that_only_variables_name_is_found()
    {
        await using var cluster = await Cluster.StartAsync();
        foreach (var name in cluster.StandIn.Names("deployments").Where(name => name is not ("temporal-web" or "temporal-admintools")))
        {
            cluster.StandIn.Edit("deployments", name, one =>
            {
                one["spec"]!["template"]!["spec"]!.AsObject().Remove("volumes");
                Container(one).AsObject().Remove("volumeMounts");
                var variables = Container(one)["env"]!.AsArray();
                foreach (var (variable, value) in new[] { ("DB", "postgres12"), ("POSTGRES_SEEDS", "db.example.com"), ("DB_PORT", "6432"), ("POSTGRES_USER", "server"), ("VISIBILITY_DBNAME", "seen") })
                {
                    variables.Add(new JsonObject { ["name"] = variable, ["value"] = value });
                }

                variables.Add(JsonNode.Parse("""{ "name": "POSTGRES_PWD", "valueFrom": { "secretKeyRef": { "name": "temporal-default-store", "key": "password" } } }"""));
            });
        }

        var found = InstallationFinder.Find(await cluster.ReadAsync());

        found.Missing.ShouldBeEmpty();
        found.Main.ShouldNotBeNull().Display.ShouldBe("server@db.example.com:6432/temporal (postgres12)");
        found.Visibility.ShouldNotBeNull().Display.ShouldBe("server@db.example.com:6432/seen (postgres12)");
        found.Visibility.Password.ShouldNotBeNull().Name.ShouldBe("temporal-default-store");
    }

    [Theory]
    [InlineData("connectAddr: \"postgresql.example.com:5432\"", "connectAddr: \"{{ .Env.POD_IP }}:5432\"", "the main store", "leaves its host to the pods")]
    [InlineData("pluginName: \"postgres12\"", "pluginName: \"mysql8\"", "the main store", "mysql8, which is not read")]
    [InlineData("defaultStore: default", "defaultStore: another", "the main store", "names none that is among its datastores")]
    [InlineData("persistence:", "persistence: [", "the rendered configuration", "config_template.yaml")]
    [InlineData("filepath: \"/etc/temporal/dynamic_config/", "filepath: \"/elsewhere/", "the dynamic configuration", "/elsewhere/dynamic_config.yaml")]
    public async Task A_configuration_that_leaves_something_open_is_told(string was, string now, string what, string why)
    {
        await using var cluster = await Cluster.StartAsync();
        cluster.StandIn.Edit("configmaps", "temporal-config", one => one["data"]!["config_template.yaml"] = ((string)one["data"]!["config_template.yaml"]!).Replace(was, now, StringComparison.Ordinal));

        var found = InstallationFinder.Find(await cluster.ReadAsync());

        found.Missing.ShouldContain(gap => gap.What == what && gap.Why.Contains(why, StringComparison.Ordinal));
        SettingsSource.Read(FoundSettings.File(found));
    }

    [Fact]
    public async Task A_variable_in_the_configuration_is_filled_in()
    {
        await using var cluster = await Cluster.StartAsync();
        cluster.StandIn.Edit("configmaps", "temporal-config", one => one["data"]!["config_template.yaml"] =
            ((string)one["data"]!["config_template.yaml"]!).Replace("\"postgresql.example.com:5432\"", "\"{{ .Env.DATABASE_HOST }}:5432\"", StringComparison.Ordinal));
        cluster.StandIn.Edit("deployments", "temporal-history", one => Container(one)["env"]!.AsArray().Add(new JsonObject { ["name"] = "DATABASE_HOST", ["value"] = "db.example.com" }));

        InstallationFinder.Find(await cluster.ReadAsync()).Main.ShouldNotBeNull().Host.ShouldBe("db.example.com");
    }

    [Fact]
    public async Task Elasticsearch_and_TLS_reach_the_settings()
    {
        await using var cluster = await Cluster.StartAsync();
        cluster.StandIn.Edit("configmaps", "temporal-config", one =>
        {
            var text = (string)one["data"]!["config_template.yaml"]!;
            var visibility = text.IndexOf("    visibility:", StringComparison.Ordinal);
            text = text[..visibility] + "    visibility:\n      elasticsearch:\n        version: v7\n        url:\n          scheme: https\n          host: search.example.com:9200\n" + text[text.IndexOf("\nglobal:", StringComparison.Ordinal)..];
            one["data"]!["config_template.yaml"] = text
                .Replace("        maxConns: 20\n", "        maxConns: 20\n        tls:\n          enabled: true\n          caFile: /etc/tls/ca.pem\n", StringComparison.Ordinal)
                .Replace("global:\n", "global:\n  tls:\n    frontend:\n      server:\n        certFile: /etc/tls/frontend.pem\n        keyFile: /etc/tls/frontend.key\n", StringComparison.Ordinal);
        });

        var found = InstallationFinder.Find(await cluster.ReadAsync());
        var settings = SettingsSource.Read(FoundSettings.File(found));

        found.Missing.ShouldBeEmpty();
        found.Visibility.ShouldNotBeNull().Engine.ShouldBe(StoreEngine.Elasticsearch);
        settings.Stores.Visibility.Kind.ShouldBe("elasticsearch");
        settings.Stores.Main.Connection.ShouldNotBeNull().Option("SSL Mode").ShouldBe("VerifyFull");
        settings.Temporal.UsesTls.ShouldBeTrue();
    }

    [Fact]
    public async Task A_Job_that_is_gone_is_found_in_the_release()
    {
        await using var cluster = await Cluster.StartAsync();
        cluster.StandIn.Remove("jobs", "temporal-schema-1");

        InstallationFinder.Find(await cluster.ReadAsync()).SchemaJobs.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            one => one.Name.ShouldBe("temporal-schema-1"), one => one.From.ShouldBe("release"), one => one.Users["temporal_visibility"].ShouldBe("temporal"));
    }

    [Fact]
    public async Task In_a_pod_the_settings_name_the_service_account()
    {
        await using var cluster = await Cluster.StartAsync();

        var settings = SettingsSource.Read(FoundSettings.File(InstallationFinder.Find(await cluster.ReadAsync() with { Context = null })));

        settings.Kubernetes.Provider.ShouldBe("in-cluster");
        settings.Kubernetes.Context.ShouldBeNull();
    }

    [Fact]
    public async Task A_ConfigMap_that_is_gone_is_told_where_it_would_have_been_the_one()
    {
        await using var cluster = await Cluster.StartAsync();
        cluster.StandIn.Remove("configmaps", "temporal-config");

        InstallationFinder.Find(await cluster.ReadAsync()).Missing.ShouldContain(
            gap => gap.What == "the rendered configuration" && gap.Why == "The pods refer to the ConfigMap temporal-config, which does not exist.");
    }

    [Fact]
    public async Task Services_that_lead_nowhere_are_no_frontends()
    {
        await using var cluster = await Cluster.StartAsync();
        foreach (var name in new[] { "temporal-frontend", "temporal-frontend-headless" })
        {
            cluster.StandIn.Edit("services", name, one => one["spec"]!["selector"]!["app.kubernetes.io/component"] = "front");
        }

        var found = InstallationFinder.Find(await cluster.ReadAsync());

        found.Frontends.ShouldBeEmpty();
        found.Missing.Select(gap => gap.What).ShouldBe(["metrics of Deployment/temporal-frontend", "the frontends' addresses"]);
    }

    private static JsonNode Container(JsonObject workload) => workload["spec"]!["template"]!["spec"]!["containers"]![0]!;
}
