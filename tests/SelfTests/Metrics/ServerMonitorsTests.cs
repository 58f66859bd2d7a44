using System.Text.Json.Nodes;
using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.Probes;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>What monitors of the Prometheus operator say about the servers: where they are scraped, who is not, and what is not stored.</summary>
public sealed class ServerMonitorsTests
{
    private const string Group = "/apis/monitoring.coreos.com";

    [Fact]
    public async Task Without_the_operator_one_call_tells_so_and_pods_tell_where_their_metrics_are()
    {
        await using var cluster = await Cluster.StartAsync();

        var reading = await cluster.ReadAsync();

        reading.Monitors.ShouldBeEmpty();
        cluster.StandIn.Requests.Where(one => one.Path.StartsWith(Group, StringComparison.Ordinal)).ShouldHaveSingleItem().Path.ShouldBe($"{Group}/v1");
        new ServerMonitors(reading).ShouldSatisfyAllConditions(one => one.AreInUse.ShouldBeFalse(), one => one.Notes.ShouldBeEmpty());
        MonitorObjects.PagesOf(reading, "history").ShouldBe("http://:9090/metrics");
    }

    [Fact]
    public async Task Nobody_lacks_a_right_to_what_the_cluster_does_not_have()
    {
        var user = StandInUser.Viewer.Without("servicemonitors", "podmonitors");
        await using var without = await Cluster.StartAsync(new KubernetesStandInOptions { Users = [user] });
        await using var with = await MonitorObjects.StartAsync(user);

        (await without.ReadAsync(user)).ShouldSatisfyAllConditions(one => one.Rights.Value().Missing.ShouldBeEmpty(), one => one.Monitors.ShouldBeEmpty());
        (await with.ReadAsync(user)).Rights.Value().Missing.Select(right => right.ToString()).ShouldBe(["list servicemonitors.monitoring.coreos.com", "list podmonitors.monitoring.coreos.com"]);
    }

    [Fact]
    public async Task Refused_monitors_cost_nothing_but_a_note_and_pods_tell_where_their_metrics_are()
    {
        var user = StandInUser.Viewer.Without("servicemonitors", "podmonitors");
        await using var cluster = await MonitorObjects.StartAsync(user);
        cluster.StandIn.Monitor("servicemonitors", "temporal", """{ "selector": {}, "endpoints": [ { "port": "metrics", "path": "/elsewhere" } ] }""");

        var reading = await cluster.ReadAsync(user);

        MonitorObjects.PagesOf(reading, "worker").ShouldBe("http://:9090/metrics");
        var notes = new ServerMonitors(reading).Notes.ToList();
        notes.Count.ShouldBe(2);
        notes[0].ShouldSatisfyAllConditions(
            note => note.ShouldStartWith("We may not list servicemonitors.monitoring.coreos.com in namespace temporal-backend"),
            note => note.ShouldContain("./run.sh grants --kubernetes prints it"),
            note => note.ShouldEndWith("is taken from the annotations and ports of the pods."));
        AnswerOf(reading).ShouldBeNull();
        cluster.StandIn.Requests.ShouldNotContain(one => one.Resource == "servicemonitors");
    }

    [Fact]
    public async Task A_namespace_that_refuses_its_monitors_makes_what_is_missing_a_doubt()
    {
        await using var cluster = await MonitorObjects.StartAsync();
        cluster.StandIn.MonitorEveryRole();
        cluster.StandIn.Remove("servicemonitors", "temporal-matching");
        cluster.StandIn.RemoveAnnotations();

        var reading = await cluster.ReadAsync(access: cluster.Access() with { MonitorNamespaces = ["monitoring"] });

        AnswerOf(reading).ShouldBeOfType<Unanswered>().Observed.ShouldNotBeNull().ShouldSatisfyAllConditions(
            text => text.ShouldContain("matching: no monitor of namespace temporal-backend, monitoring selects its 3 pods"),
            text => text.ShouldContain("cannot list resource \"servicemonitors\" in API group \"monitoring.coreos.com\" in the namespace \"monitoring\""));
    }

    [Fact]
    public async Task A_monitor_says_port_page_and_scheme_before_annotations_do()
    {
        await using var cluster = await MonitorObjects.StartAsync();
        cluster.StandIn.MonitorEveryRole();
        cluster.StandIn.Monitor("servicemonitors", "temporal-frontend", """
            { "selector": { "matchLabels": { "app.kubernetes.io/component": "frontend" } },
              "endpoints": [ { "targetPort": 7243, "path": "own/metrics", "scheme": "https", "params": { "collect[]": [ "a", "b c" ] }, "basicAuth": { "username": { "name": "scrape", "key": "user" } } } ] }
            """);
        cluster.StandIn.Remove("servicemonitors", "temporal-history");
        foreach (var pod in cluster.StandIn.Names("pods").Where(name => name.StartsWith("temporal-history", StringComparison.Ordinal)))
        {
            cluster.StandIn.Edit("pods", pod, one => one["metadata"]!["annotations"]!["prometheus.io/path"] = "/annotated");
        }

        var reading = await cluster.ReadAsync();

        MonitorObjects.PagesOf(reading, "frontend").ShouldBe("https://:7243/own/metrics?collect%5B%5D=a&collect%5B%5D=b%20c");
        MonitorObjects.PagesOf(reading, "history").ShouldBe("http://:9090/annotated");
        MonitorObjects.PagesOf(reading, "worker").ShouldBe("http://:9090/metrics");
        MetricsPods.EndpointsOf(reading).First(one => one.Role == "frontend").Hint.ShouldBe("ServiceMonitor/temporal-frontend lets Prometheus show what its basicAuth names; Secrets are not read.");
        cluster.StandIn.Requests.ShouldNotContain(one => one.Resource == "secrets" && one.Name == "scrape");
    }

    [Fact]
    public async Task Whoever_is_not_let_in_hears_that_the_monitor_has_credentials()
    {
        await using var standIn = await MetricsStandIn.StartAsync(new() { Basic = ("scrape", "opensesame") });
        var endpoint = new MetricsEndpoint(standIn.Endpoint("worker-1")) { Hint = "ServiceMonitor/temporal-worker lets Prometheus show what its basicAuth names; Secrets are not read." };

        var reading = await new MetricsProbe(new MetricsAccess([endpoint], MetricsCluster.Open), new CallCounter()).ReadAsync(TestContext.Current.CancellationToken);

        reading.Answers.ShouldHaveSingleItem().Scrape.Refusal().Remedy.ShouldStartWith("ServiceMonitor/temporal-worker lets Prometheus show what its basicAuth names; Secrets are not read. Give metrics.bearerToken");
    }

    [Fact]
    public async Task Two_monitors_of_one_pod_are_one_scrape_by_the_first_name_and_a_note()
    {
        await using var cluster = await MonitorObjects.StartAsync();
        cluster.StandIn.MonitorEveryRole();
        cluster.StandIn.Monitor("podmonitors", "again", """{ "selector": { "matchLabels": { "app.kubernetes.io/component": "worker" } }, "podMetricsEndpoints": [ { "port": "metrics", "path": "/again", "relabelings": [ { "action": "drop", "sourceLabels": [ "a" ] } ] } ] }""");

        var reading = await cluster.ReadAsync();

        MonitorObjects.PagesOf(reading, "worker").ShouldBe("http://:9090/again");
        new ServerMonitors(reading).Notes.ShouldBe(
        [
            "worker: PodMonitor/again and ServiceMonitor/temporal-worker select the same pods, so Prometheus scrapes them twice; read by the first.",
            "PodMonitor/again has relabelings that may leave targets out or send Prometheus elsewhere; they were not followed.",
        ]);
        AnswerOf(reading).ShouldBeNull();
    }

    [Theory]
    [InlineData("""{ "selector": { "matchLabels": { "app.kubernetes.io/component": "match" } }, "endpoints": [ { "port": "metrics" } ] }""", "their selectors match neither the labels of Service/temporal-matching-headless, nor those of the pods")]
    [InlineData("""{ "selector": { "matchLabels": { "app.kubernetes.io/component": "matching" } }, "endpoints": [ { "port": "http-metrics" } ] }""", "ServiceMonitor/temporal-matching wants port http-metrics, and Service/temporal-matching-headless has grpc-rpc, grpc-membership, metrics")]
    [InlineData("""{ "selector": { "matchLabels": { "app.kubernetes.io/component": "matching" } }, "endpoints": [ { "targetPort": 9091 } ] }""", "ServiceMonitor/temporal-matching wants targetPort 9091, and the pods declare rpc, membership, metrics")]
    [InlineData("""{ "selector": { "matchLabels": { "app.kubernetes.io/component": "matching" } }, "namespaceSelector": { "matchNames": [ "temporal" ] }, "endpoints": [ { "port": "metrics" } ] }""", "ServiceMonitor/temporal-matching of namespace temporal-backend looks into temporal only (namespaceSelector)")]
    [InlineData("""{ "selector": { "matchLabels": { "app.kubernetes.io/component": "matching" } }, "endpoints": [] }""", "ServiceMonitor/temporal-matching names no endpoints")]
    [InlineData("""{ "selector": { "matchLabels": { "app.kubernetes.io/component": "matching" } }, "endpoints": [ { "port": "metrics", "scheme": "tcp" } ] }""", "ServiceMonitor/temporal-matching is none that the operator takes: endpoints[0].scheme is tcp")]
    public async Task A_role_that_no_monitor_selects_is_an_offence_with_its_reason(string spec, string reason)
    {
        await using var cluster = await MonitorObjects.StartAsync();
        cluster.StandIn.MonitorEveryRole();
        cluster.StandIn.Monitor("servicemonitors", "temporal-matching", spec);
        cluster.StandIn.RemoveAnnotations();

        AnswerOf(await cluster.ReadAsync()).ShouldBeOfType<Violated>().ShouldSatisfyAllConditions(
            answer => answer.Observed.ShouldNotBeNull().ShouldStartWith("matching: no monitor of namespace temporal-backend selects its 3 pods, so the Prometheus of the operator does not scrape them: "),
            answer => answer.Observed.ShouldNotBeNull().ShouldContain(reason));
    }

    [Fact]
    public async Task A_role_that_no_monitor_selects_is_a_doubt_where_its_annotations_ask_to_be_scraped()
    {
        await using var cluster = await MonitorObjects.StartAsync();
        cluster.StandIn.MonitorEveryRole();
        cluster.StandIn.Remove("servicemonitors", "temporal-history");

        AnswerOf(await cluster.ReadAsync()).ShouldBeOfType<Unanswered>().Observed.ShouldNotBeNull().ShouldSatisfyAllConditions(
            text => text.ShouldStartWith("history: no monitor"), text => text.ShouldContain("The annotation prometheus.io/scrape is there, which the operator does not look at"));
    }

    [Fact]
    public async Task Pods_of_a_role_are_told_apart_and_what_Prometheus_shows_comes_first()
    {
        await using var cluster = await MonitorObjects.StartAsync();
        cluster.StandIn.MonitorEveryRole();
        cluster.StandIn.RemoveAnnotations();
        var stray = cluster.StandIn.Names("pods").First(name => name.StartsWith("temporal-history", StringComparison.Ordinal));
        cluster.StandIn.Edit("pods", stray, pod => pod["spec"]!["containers"]![0]!["ports"]!.AsArray().RemoveAt(2));
        var reading = await cluster.ReadAsync();

        AnswerOf(reading).ShouldBeOfType<Violated>().Observed.ShouldNotBeNull().ShouldStartWith("history: no monitor of namespace temporal-backend selects 1 of its 3 pods, so the Prometheus of the operator does not scrape it: ");
        Should.NotThrow(() => MetricsHealth.EveryRoleScraped(Look() with { OfPrometheus = true }, null, new ServerMonitors(reading)));
    }

    [Theory]
    // Of others: a web application in the same namespace, and one that takes everything and finds no port.
    [InlineData("""{ "selector": { "matchLabels": { "app": "shop" } }, "endpoints": [ { "port": "metrics" } ] }""")]
    [InlineData("""{ "selector": {}, "endpoints": [ { "port": "shop-metrics" } ] }""")]
    [InlineData("""{ "selector": { "matchLabels": { "app.kubernetes.io/component": "web" } }, "endpoints": [ { "port": "http" } ] }""")]
    public async Task Monitors_that_were_made_for_others_say_nothing_about_Temporal(string spec)
    {
        await using var cluster = await MonitorObjects.StartAsync();
        cluster.StandIn.Monitor("servicemonitors", "shop", spec);
        cluster.StandIn.RemoveAnnotations();

        AnswerOf(await cluster.ReadAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Monitors_of_another_Temporal_that_lie_and_look_elsewhere_say_nothing_about_this_one()
    {
        await using var cluster = await MonitorObjects.StartAsync();
        cluster.StandIn.RemoveAnnotations();
        cluster.StandIn.Monitor("servicemonitors", "other", """{ "selector": { "matchLabels": { "app.kubernetes.io/name": "temporal" } }, "namespaceSelector": { "matchNames": [ "temporal-staging" ] }, "endpoints": [ { "port": "metrics" } ] }""", "monitoring");

        AnswerOf(await cluster.ReadAsync(access: cluster.Access(StandInUser.Admin) with { MonitorNamespaces = ["monitoring"] })).ShouldBeNull();
    }

    [Fact]
    public async Task What_monitors_drop_is_lost_where_every_process_that_shows_it_loses_it()
    {
        var latency = new ServerMetric("service_latency", MetricKind.Timer) { Roles = ["frontend", "history"] };
        await using var cluster = await MonitorObjects.StartAsync();
        cluster.StandIn.MonitorEveryRole("""[ { "sourceLabels": [ "__name__" ], "regex": "service_latency_bucket", "action": "drop" }, { "sourceLabels": [ "__name__" ], "regex": "num(.*)", "targetLabel": "__name__", "replacement": "count$1" } ]""");
        var everywhere = new ServerMonitors(await cluster.ReadAsync());
        cluster.StandIn.Edit("servicemonitors", "temporal-history", one => one["spec"]!["endpoints"]![0]!["metricRelabelings"] = new JsonArray());
        var notOfHistory = new ServerMonitors(await cluster.ReadAsync());

        everywhere.LostTo("service_latency_bucket", latency).ShouldBe(
            "ServiceMonitor/temporal-frontend (metricRelabelings: drop __name__ =~ \"service_latency_bucket\") and ServiceMonitor/temporal-history (metricRelabelings: drop __name__ =~ \"service_latency_bucket\")");
        everywhere.LostTo("service_latency_count", latency).ShouldBeNull();
        everywhere.LostTo("numshards_gauge", latency with { Roles = ["history"] }).ShouldNotBeNull().ShouldContain("(stored as countshards_gauge, metricRelabelings: ");
        notOfHistory.LostTo("service_latency_bucket", latency).ShouldBeNull();
        notOfHistory.LostTo("service_latency_bucket", latency with { Roles = ["frontend"] }).ShouldNotBeNull();
    }

    private static Answered? AnswerOf(KubernetesReading reading) => MetricsCluster.AnswerOf(() => MetricsHealth.EveryRoleScraped(Look(), null, new ServerMonitors(reading)));

    /// <summary>A look in which nothing is wrong.</summary>
    private static MetricsLook Look() => new()
    {
        Where = "everywhere",
        OfPrometheus = false,
        Processes = [.. MonitorObjects.Roles.Select(role => new MetricsProcess(role, role, null, 1, SeriesNaming.Default))],
        Silent = [],
        Names = new HashSet<string>(),
        SeriesNames = new HashSet<string>(),
        Written = new Dictionary<string, string>(),
        Pools = [],
        EagerDenied = new Dictionary<string, double>(),
    };
}
