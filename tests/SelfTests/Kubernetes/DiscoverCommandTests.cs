using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using TemporalConformance.Checks;
using TemporalConformance.Cli;
using TemporalConformance.Facts;
using TemporalConformance.Formats;
using TemporalConformance.Probes;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary><c>discover</c>, <c>grants --kubernetes</c> and <c>plan</c> as their users meet them.</summary>
public sealed class DiscoverCommandTests
{
    private const string Granted = "token-of-the-granted";

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task The_settings_go_to_the_output_and_the_report_to_the_error_output()
    {
        await using var cluster = await Cluster.StartAsync();

        var (code, output, error) = await RunAsync(cluster, ["discover", "--kubeconfig", cluster.Kubeconfig(), "--namespace", KubernetesStandIn.Namespace]);

        code.ShouldBe(0, error);
        SettingsSource.Read(output).Helm.Release.ShouldBe("temporal");
        foreach (var part in new[]
        {
            "temporal, temporal-0.63.0, revision 1 deployed", "history  Deployment/temporal-history, 3 of 3 ready, temporalio/server:1.27.2", "runs              1.27.2",
            "temporal@postgresql.example.com:5432/temporal (postgres12), at most 20 connections a pod", "password in Secret/temporal-default-store password",
            "ConfigMap/temporal-config config_template.yaml: 512 shards, cluster active", "ConfigMap/temporal-dynamic-config dynamic_config.yaml: 4 keys", "temporal-schema-1 (is there)",
            "does not answer  frontend", "does not answer  metrics", "helm.chart and helm.values: only you know",
        })
        {
            error.ShouldContain(part);
        }
    }

    [Fact]
    public async Task The_settings_go_to_a_file_that_was_not_there()
    {
        await using var cluster = await Cluster.StartAsync();
        var file = Path.Combine(cluster.Folder, "found.json");
        string[] arguments = ["discover", "--kubeconfig", cluster.Kubeconfig(), "--output", file];

        var first = await RunAsync(cluster, arguments);
        var second = await RunAsync(cluster, arguments);

        first.Code.ShouldBe(0, first.Error);
        first.Output.ShouldContain("not found");
        SettingsSource.Read(File.ReadAllText(file)).Kubernetes.Namespace.ShouldBe("temporal-backend");
        second.Code.ShouldBe(64);
        second.Error.ShouldContain("The file for the settings is there already.");
    }

    [Fact]
    public async Task What_could_not_be_found_ends_with_2_and_no_way_with_64()
    {
        await using var cluster = await Cluster.StartAsync();

        var nobody = await RunAsync(cluster, ["discover", "--kubeconfig", cluster.Kubeconfig(StandInUser.Nobody)]);
        cluster.StandIn.Set(KubernetesFault.Unavailable);
        var away = await RunAsync(cluster, ["discover", "--kubeconfig", cluster.Kubeconfig()]);
        var none = await RunAsync(cluster, ["discover"]);

        nobody.Code.ShouldBe(2);
        nobody.Error.ShouldContain("rights that we lack");
        away.Code.ShouldBe(2);
        away.Error.ShouldContain("Kubernetes could not be read");
        none.Code.ShouldBe(64);
        none.Error.ShouldContain("--kubeconfig FILE --namespace NAME");
    }

    [Fact]
    public async Task What_grants_prints_is_enough_to_find_everything_and_nothing_else_is_asked()
    {
        var text = KubernetesGrants.Text(SettingsSource.Read("{}", ["kubernetes.namespace=temporal-backend"]), null);
        var user = new StandInUser("granted", Granted, Rules(text));
        await using var cluster = await Cluster.StartAsync(new KubernetesStandInOptions { Users = [user], Metrics = true, Monitors = true });

        var (code, _, error) = await RunAsync(cluster, ["discover", "--kubeconfig", cluster.Kubeconfig(user)]);

        code.ShouldBe(0, error);
        error.ShouldNotContain("rights that we lack");
        var asked = cluster.StandIn.Requests;
        asked.ShouldNotBeEmpty();
        asked.ShouldAllBe(one => one.Method == "GET" || one.Path == "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews" || one.Path == "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews");
        asked.Where(one => one.Method == "GET" && one.Path is not ("/version" or "/apis/monitoring.coreos.com/v1")).ShouldAllBe(one => user.Rules.Any(rule =>
            rule.Verbs.Contains(one.Verb) && rule.Groups.Contains(one.Group) && rule.Resources.Contains(one.Resource) && (rule.Namespace == null || rule.Namespace == one.Namespace)));
    }

    [Fact]
    public void The_grants_are_get_list_and_watch_and_Secrets_have_a_Role_of_their_own()
    {
        var text = KubernetesGrants.Text(SettingsSource.Read("{}", ["kubernetes.namespace=temporal-backend"]), "reader");
        var objects = KubernetesObject.ReadAll(text, "grants");

        objects.Select(one => one.Reference).ShouldBe(
        [
            "ServiceAccount/reader", "Role/reader", "RoleBinding/reader", "Role/reader-secrets", "RoleBinding/reader-secrets", "ClusterRole/reader-temporal-backend", "ClusterRoleBinding/reader-temporal-backend",
        ]);
        var rules = Rules(text);
        rules.SelectMany(rule => rule.Verbs).Distinct().ShouldBe(["get", "list", "watch"], ignoreOrder: true);
        rules.SelectMany(rule => rule.Verbs.SelectMany(verb => rule.Resources.Select(resource => (verb, rule.Groups[0], resource))))
            .ShouldBe(KubeRights.Needed.Select(right => (right.Verb, right.Group, right.Resource)), ignoreOrder: true);
        objects.Single(one => one.Reference == "Role/reader").Root.ToYaml().ShouldNotContain("secrets");
    }

    [Fact]
    public void Rights_to_reach_pods_are_a_Role_of_their_own_and_only_where_they_are_wanted()
    {
        var text = KubernetesGrants.Text(SettingsSource.Read("{}", ["kubernetes.namespace=temporal-backend", "kubernetes.reach=port-forward"]), "reader");

        KubernetesObject.ReadAll(text, "grants").Select(one => one.Reference).ShouldContain("Role/reader-reach");
        Rules(text).SelectMany(rule => rule.Verbs.SelectMany(verb => rule.Resources.Select(resource => (verb, rule.Groups[0], resource))))
            .ShouldBe(KubeRights.Needed.Concat(KubeRights.Forwarding).Select(right => (right.Verb, right.Group, right.Resource)), ignoreOrder: true);
        PlanCommand.Text(SettingsSource.Read("{}", ["kubernetes.kubeconfig=/c", "kubernetes.reach=port-forward"]), "results", sql: false)
            .ShouldContain("    create pods/portforward: the frontends, through port-forwards");
    }

    [Fact]
    public void The_plan_says_what_is_read_of_Kubernetes()
    {
        var plan = PlanCommand.Text(SettingsSource.Read("{}", ["kubernetes.kubeconfig=/home/me/config", "kubernetes.namespace=backend"]), "results", sql: false);

        plan.ShouldContain("/home/me/config, namespace backend");
        foreach (var right in KubeRights.Needed)
        {
            plan.ShouldContain($"    {right}: {right.Purpose}");
        }

        PlanCommand.Text(Settings.Defaults, "results", sql: false).ShouldContain("no setting names a cluster: none is asked");
    }

    [Fact]
    public void The_way_is_that_of_the_settings_and_else_that_of_kubectl()
    {
        using var home = new ScratchFolder();
        Directory.CreateDirectory(Path.Combine(home.Path, ".kube"));
        var file = Path.Combine(home.Path, ".kube", "config");

        Way([], looks: true, inPod: false).ShouldBeNull();
        Way([], looks: true, inPod: true).ShouldNotBeNull().InCluster.ShouldBeTrue();
        Way(["kubernetes.context=a"], looks: false, inPod: false).ShouldNotBeNull().Kubeconfigs.ShouldBe([file]);
        File.WriteAllText(file, "");
        Way([], looks: true, inPod: true).ShouldNotBeNull().Kubeconfigs.ShouldBe([file]);
        Way([], looks: false, inPod: true).ShouldBeNull();
        Way(["kubernetes.kubeconfig=/x"], looks: false, inPod: true).ShouldNotBeNull().ShouldSatisfyAllConditions(
            way => way.Kubeconfigs.ShouldBe(["/x"]), way => way.Namespace.ShouldBe("temporal"), way => way.Release.ShouldBeNull());
        Way(["kubernetes.kubeconfig=/x"], looks: true, inPod: true).ShouldNotBeNull().Namespace.ShouldBeNull("what the context says is better than a default");
        Way(["kubernetes.provider=in-cluster", "kubernetes.namespace=n"], looks: false, inPod: true).ShouldNotBeNull().ShouldSatisfyAllConditions(
            way => way.InCluster.ShouldBeTrue(), way => way.Namespace.ShouldBe("n"));
        Way(["kubernetes.provider=none"], looks: true, inPod: true).ShouldBeNull();

        KubernetesAccess? Way(string[] sets, bool looks, bool inPod) => KubernetesWay.Of(SettingsSource.Read("{}", sets), looks, null, home.Path, inPod);
    }

    [Theory]
    [InlineData("S", "PostgreSQL, with TLS")]
    [InlineData("N", "PostgreSQL, without TLS")]
    [InlineData("HTTP/1.1 400", null)]
    [InlineData("", null)]
    public async Task A_database_says_whether_it_speaks_TLS(string says, string? expected)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = AnswerAsync(listener, says);

        var said = await AddressProbe.PostgresqlAsync("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port, s_limit, TestContext.Current.CancellationToken);

        await serving;
        said.ValueOrDefault.ShouldBe(expected);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n# TYPE service_requests counter\nservice_requests 1\n", "metrics")]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<html>", null)]
    [InlineData("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", null)]
    public async Task A_page_of_metrics_is_told_from_others(string says, string? expected)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = AnswerAsync(listener, says);

        var said = await AddressProbe.MetricsAsync(new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/metrics"), s_limit, TestContext.Current.CancellationToken);

        await serving;
        said.ValueOrDefault.ShouldBe(expected);
    }

    [Fact]
    public async Task What_answers_from_here_is_said_with_what_it_is()
    {
        await using var kubernetes = await Cluster.StartAsync();
        await using var temporal = await StandInCluster.StartAsync(new StandInClusterOptions { Release = "1.27.3" });
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = AnswerAsync(listener, "S");
        var found = InstallationFinder.Find(await kubernetes.ReadAsync());
        found = found with
        {
            Frontends = [found.Frontends[0] with { Address = temporal.Frontends[0] }],
            Metrics = [],
            Main = found.Main! with { Host = "127.0.0.1", Port = ((IPEndPoint)listener.LocalEndpoint).Port },
            Visibility = null,
        };

        var answers = await Reachability.AskAsync(found, Settings.Defaults, TestContext.Current.CancellationToken);

        await serving;
        answers.Select(answer => (answer.What, answer.Said.Value())).ShouldBe([("frontend", "Temporal 1.27.3, cluster active"), ("main store", "PostgreSQL, with TLS")]);
        DiscoverCommand.Report(found, answers).ShouldContain($"  answers          frontend  {temporal.Frontends[0]}: Temporal 1.27.3");
    }

    [Fact]
    public async Task What_answers_through_the_API_is_said_pod_by_pod()
    {
        using var page = new Page("# TYPE service_requests counter\n");
        await using var temporal = await StandInCluster.StartAsync(new StandInClusterOptions { Release = "1.27.3" });
        await using var cluster = await Cluster.StartAsync();
        var pods = PodReachTests.Frontends(cluster);
        cluster.StandIn.Lead(pods[0], 7233, temporal.Frontends[0]);
        cluster.StandIn.Lead(pods[1], 9090, page.Address);

        var (code, _, error) = await RunAsync(cluster, ["discover", "--kubeconfig", cluster.Kubeconfig(StandInUser.Forwarder), "--set", "kubernetes.reach=port-forward"]);

        code.ShouldBe(0, error);
        error.ShouldMatch(@"  answers          frontend  127\.0\.0\.1:\d+ \(temporal-frontend\.temporal-backend\.svc:7233\): Temporal 1\.27\.3");
        error.ShouldContain($"  answers          metrics  http://temporal-frontend-headless.temporal-backend.svc:9090/metrics (pod {pods[1]}): metrics");
        error.ShouldContain($"(pod {pods[0]}): ");
        error.ShouldContain("error trying to reach service");
    }

    [Fact]
    public async Task Where_nothing_listens_that_is_said()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        (await AddressProbe.PostgresqlAsync("127.0.0.1", port, s_limit, TestContext.Current.CancellationToken)).Refusal().Why.ShouldBe("Nothing listens there.");
        (await AddressProbe.MetricsAsync(new Uri($"http://127.0.0.1:{port}/metrics"), s_limit, TestContext.Current.CancellationToken)).Refusal().Why.ShouldBe("Nothing listens there.");
        (await AddressProbe.PostgresqlAsync("database.invalid", 5432, s_limit, TestContext.Current.CancellationToken)).Refusal().Why.ShouldBe("The name does not resolve.");
    }

    private static async Task AnswerAsync(TcpListener listener, string says)
    {
        using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        _ = await stream.ReadAsync(new byte[4096], TestContext.Current.CancellationToken);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(says), TestContext.Current.CancellationToken);
    }

    /// <summary>The rules of printed Roles as the stand-in takes them.</summary>
    private static IReadOnlyList<StandInRule> Rules(string text) =>
    [
        .. from role in KubernetesObject.ReadAll(text, "grants")
           where role.Kind is "Role" or "ClusterRole"
           from rule in role.Root.Find("rules")!.Items
           select new StandInRule(role.Namespace, Words(rule, "verbs"), Words(rule, "apiGroups"), Words(rule, "resources")),
    ];

    private static IReadOnlyList<string> Words(YamlNode rule, string key) => [.. rule.Find(key)!.Items.Select(word => word.Text)];

    private static async Task<(int Code, string Output, string Error)> RunAsync(Cluster cluster, string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "temporal-conformance"), arguments)
        {
            WorkingDirectory = cluster.Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[Installation.HomeVariable] = Checkout.Root;
        start.Environment.Remove("KUBECONFIG");
        start.Environment["HOME"] = cluster.Folder;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output, await error);
    }
}
