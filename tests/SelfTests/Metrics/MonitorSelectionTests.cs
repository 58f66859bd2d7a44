using TemporalConformance.Checks;
using TemporalConformance.Probes;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>What a monitor selects by the API of the Prometheus operator, on the Services and pods of the recorded cluster.</summary>
public sealed class MonitorSelectionTests
{
    private const string Metrics = """ "endpoints": [ { "port": "metrics" } ] """;

    [Theory]
    // By labels of Services.
    [InlineData($$"""{ "selector": {}, {{Metrics}} }""", "frontend history matching worker")]
    [InlineData($$"""{ "selector": { "matchLabels": { "app.kubernetes.io/headless": "true" } }, {{Metrics}} }""", "frontend history matching worker")]
    [InlineData($$"""{ "selector": { "matchLabels": { "app.kubernetes.io/component": "history" } }, {{Metrics}} }""", "history")]
    [InlineData($$"""{ "selector": { "matchLabels": { "app.kubernetes.io/component": "History" } }, {{Metrics}} }""", "")]
    [InlineData($$"""{ "selector": { "matchExpressions": [ { "key": "app.kubernetes.io/component", "operator": "In", "values": [ "history", "worker" ] } ] }, {{Metrics}} }""", "history worker")]
    [InlineData($$"""{ "selector": { "matchExpressions": [ { "key": "app.kubernetes.io/component", "operator": "NotIn", "values": [ "history", "worker" ] } ] }, {{Metrics}} }""", "frontend matching")]
    [InlineData($$"""{ "selector": { "matchExpressions": [ { "key": "absent", "operator": "NotIn", "values": [ "x" ] } ] }, {{Metrics}} }""", "frontend history matching worker")]
    [InlineData($$"""{ "selector": { "matchExpressions": [ { "key": "app.kubernetes.io/headless", "operator": "Exists" } ] }, {{Metrics}} }""", "frontend history matching worker")]
    [InlineData($$"""{ "selector": { "matchExpressions": [ { "key": "app.kubernetes.io/headless", "operator": "DoesNotExist" } ] }, {{Metrics}} }""", "")]
    // By namespaces.
    [InlineData($$"""{ "selector": {}, "namespaceSelector": { "any": true }, {{Metrics}} }""", "frontend history matching worker")]
    [InlineData($$"""{ "selector": {}, "namespaceSelector": { "any": true, "matchNames": [ "elsewhere" ] }, {{Metrics}} }""", "frontend history matching worker")]
    [InlineData($$"""{ "selector": {}, "namespaceSelector": { "matchNames": [ "elsewhere", "temporal-backend" ] }, {{Metrics}} }""", "frontend history matching worker")]
    [InlineData($$"""{ "selector": {}, "namespaceSelector": { "matchNames": [ "elsewhere" ] }, {{Metrics}} }""", "")]
    [InlineData($$"""{ "selector": {}, "namespaceSelector": { "matchNames": [] }, {{Metrics}} }""", "frontend history matching worker")]
    // By ports: of the Service by name, of the container by name or number; a name comes first.
    [InlineData("""{ "selector": {}, "endpoints": [ { "port": "http-metrics" } ] }""", "")]
    [InlineData("""{ "selector": {}, "endpoints": [ { "port": "http-metrics" }, { "port": "metrics" } ] }""", "frontend history matching worker")]
    [InlineData("""{ "selector": {}, "endpoints": [ { "targetPort": "metrics" } ] }""", "frontend history matching worker")]
    [InlineData("""{ "selector": {}, "endpoints": [ { "targetPort": 9090 } ] }""", "frontend history matching worker")]
    [InlineData("""{ "selector": {}, "endpoints": [ { "targetPort": 9091 } ] }""", "")]
    [InlineData("""{ "selector": {}, "endpoints": [ { "port": "http-metrics", "targetPort": 9090 } ] }""", "")]
    [InlineData("""{ "selector": {}, "endpoints": [ { "port": "", "targetPort": 9090 } ] }""", "frontend history matching worker")]
    // The container of the worker has no port that the Service's port grpc-rpc could lead to.
    [InlineData("""{ "selector": { "matchLabels": { "app.kubernetes.io/component": "worker" } }, "endpoints": [ { "port": "grpc-rpc" } ] }""", "")]
    // A Service without that port, and the declared port of the pods behind it.
    [InlineData($$"""{ "selector": { "matchExpressions": [ { "key": "app.kubernetes.io/component", "operator": "In", "values": [ "frontend" ] }, { "key": "app.kubernetes.io/headless", "operator": "DoesNotExist" } ] }, {{Metrics}} }""", "")]
    [InlineData("""{ "selector": { "matchExpressions": [ { "key": "app.kubernetes.io/component", "operator": "In", "values": [ "frontend" ] }, { "key": "app.kubernetes.io/headless", "operator": "DoesNotExist" } ] }, "endpoints": [ { "targetPort": "metrics" } ] }""", "frontend")]
    [InlineData("""{ "selector": {}, "endpoints": [ {} ] }""", "frontend history matching worker")]
    [InlineData("""{ "selector": {}, "endpoints": [] }""", "")]
    [InlineData("""{ "selector": {} }""", "")]
    public async Task A_ServiceMonitor_selects(string spec, string roles)
    {
        await using var cluster = await MonitorObjects.StartAsync();
        cluster.StandIn.Monitor("servicemonitors", "one", spec);

        (await SelectedAsync(cluster)).ShouldBe(roles.Length == 0 ? [] : [.. roles.Split(' ').Select(role => $"{role} 9090")]);
    }

    [Theory]
    [InlineData("""{ "selector": {}, "podMetricsEndpoints": [ { "port": "metrics" } ] }""", "frontend 9090,history 9090,matching 9090,worker 9090")]
    [InlineData("""{ "selector": { "matchLabels": { "app.kubernetes.io/component": "worker" } }, "podMetricsEndpoints": [ { "port": "metrics" } ] }""", "worker 9090")]
    // Pods do not bear the label of the headless Service.
    [InlineData("""{ "selector": { "matchLabels": { "app.kubernetes.io/headless": "true" } }, "podMetricsEndpoints": [ { "port": "metrics" } ] }""", "")]
    [InlineData("""{ "selector": {}, "podMetricsEndpoints": [ { "portNumber": 9090 } ] }""", "frontend 9090,history 9090,matching 9090,worker 9090")]
    [InlineData("""{ "selector": {}, "podMetricsEndpoints": [ { "portNumber": 7243 } ] }""", "frontend 7243")]
    [InlineData("""{ "selector": {}, "podMetricsEndpoints": [ { "targetPort": "http" } ] }""", "frontend 7243")]
    [InlineData("""{ "selector": {}, "podMetricsEndpoints": [ { "port": "http", "portNumber": 9090 } ] }""", "frontend 7243")]
    [InlineData("""{ "selector": {}, "podMetricsEndpoints": [ { "portNumber": 1 } ] }""", "")]
    public async Task A_PodMonitor_selects(string spec, string expected)
    {
        await using var cluster = await MonitorObjects.StartAsync();
        cluster.StandIn.Monitor("podmonitors", "one", spec);

        (await SelectedAsync(cluster)).ShouldBe(expected.Split(',', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task A_monitor_of_another_namespace_is_read_where_the_settings_name_it_and_reaches_its_own_namespace_by_default()
    {
        await using var cluster = await MonitorObjects.StartAsync();
        cluster.StandIn.Monitor("servicemonitors", "far", $$"""{ "selector": {}, {{Metrics}}, "namespaceSelector": { "matchNames": [ "temporal-backend" ] } }""", "monitoring");
        cluster.StandIn.Monitor("servicemonitors", "own", $$"""{ "selector": {}, {{Metrics}} }""", "monitoring");
        var admin = cluster.Access(StandInUser.Admin);

        (await SelectedAsync(cluster, admin)).ShouldBeEmpty();
        var reading = await cluster.ReadAsync(access: admin with { MonitorNamespaces = ["monitoring", "temporal-backend"] });

        reading.Monitors.Keys.ShouldBe(["servicemonitors in temporal-backend", "servicemonitors in monitoring", "podmonitors in temporal-backend", "podmonitors in monitoring"], ignoreOrder: true);
        var monitors = new ServerMonitors(reading);
        reading.Pods.Value().Where(pod => pod.Meta.Component == "history").ShouldAllBe(pod => monitors.PortOf(pod)!.Monitor.Meta.Name == "far");
        monitors.Notes.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{ "endpoints": [ { "port": "metrics" } ] }""", "it has no spec.selector")]
    [InlineData("""{ "selector": { "matchLabels": { "a": 1 } }, "endpoints": [ { "port": "metrics" } ] }""", "a value in spec.selector.matchLabels is no text")]
    [InlineData("""{ "selector": { "matchExpressions": [ { "key": "a", "operator": "Is", "values": [ "b" ] } ] }, "endpoints": [ { "port": "metrics" } ] }""", "the operator Is for a; there are In, NotIn, Exists and DoesNotExist")]
    [InlineData("""{ "selector": { "matchExpressions": [ { "key": "a", "operator": "In" } ] }, "endpoints": [ { "port": "metrics" } ] }""", "no values for In of a")]
    [InlineData("""{ "selector": { "matchExpressions": [ { "key": "a", "operator": "Exists", "values": [ "b" ] } ] }, "endpoints": [ { "port": "metrics" } ] }""", "values for Exists of a")]
    [InlineData("""{ "selector": {}, "endpoints": [ { "port": "metrics", "scheme": "ftp" } ] }""", "endpoints[0].scheme is ftp, and neither http nor https")]
    [InlineData("""{ "selector": {}, "endpoints": [ { "port": "metrics", "metricRelabelings": [ { "action": "dropp" } ] } ] }""", "endpoints[0].metricRelabelings[0]: there is no action dropp")]
    [InlineData("""{ "selector": {}, "endpoints": [ { "port": "metrics", "relabelings": [ { "regex": "(" } ] } ] }""", "endpoints[0].relabelings[0]: ( is no regular expression")]
    public async Task A_monitor_that_the_operator_does_not_take_is_left_out_with_its_name(string spec, string problem)
    {
        await using var cluster = await MonitorObjects.StartAsync();
        cluster.StandIn.Monitor("servicemonitors", "broken", spec);

        var reading = await cluster.ReadAsync();

        new ServerMonitors(reading).Notes.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            note => note.ShouldStartWith("ServiceMonitor/broken of namespace temporal-backend was left out"), note => note.ShouldContain(problem));
        (await SelectedAsync(cluster)).ShouldBeEmpty();
    }

    private static async Task<IReadOnlyList<string>> SelectedAsync(Cluster cluster, KubernetesAccess? access = null)
    {
        var reading = await cluster.ReadAsync(access: access);
        var monitors = new ServerMonitors(reading);
        return
        [
            .. reading.Pods.Value().Where(pod => MonitorObjects.Roles.Contains(pod.Meta.Component)).Select(pod => (pod.Meta.Component, Port: monitors.PortOf(pod)?.Port))
                .Where(each => each.Port is not null).Select(each => $"{each.Component} {each.Port}").Distinct().Order(StringComparer.Ordinal),
        ];
    }
}
