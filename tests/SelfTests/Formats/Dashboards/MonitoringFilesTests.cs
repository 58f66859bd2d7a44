using System.Text;
using CsCheck;
using TemporalConformance.Formats;

namespace TemporalConformance.SelfTests;

public sealed class MonitoringFilesTests
{
    [Fact]
    public void A_dashboard_of_today_is_read_with_its_places()
    {
        var file = Read("""
            {"dashboard": {"title": "Temporal", "templating": {"list": [
              {"name": "ns", "type": "query", "query": {"query": "label_values(service_requests{service_name=\"frontend\"}, namespace)", "refId": "v"}},
              {"name": "span", "type": "interval", "query": "1m,5m", "current": {"value": "10m"}},
              {"name": "quantile", "type": "custom", "query": "0.5,0.95", "current": {"value": ["0.95"]}},
              {"name": "metric", "type": "query", "query": "metrics(service_.*)"},
              {"name": "logs", "type": "query", "query": "label_values(app)", "datasource": {"type": "loki", "uid": "l"}}]},
            "annotations": {"list": [{"name": "restarts", "expr": "changes(restarts[1m]) > 0"}, {"name": "Annotations & Alerts", "builtIn": 1}]},
            "panels": [
              {"title": "Requests", "repeat": "ns", "targets": [
                {"refId": "A",
                 "expr": "sum(rate(service_requests{namespace=~\"$ns\"}[$__rate_interval]))"}]},
              {"title": "A row", "type": "row", "collapsed": true, "panels": [
                {"title": "Latency", "targets": [{"refId": "B", "expr": "histogram_quantile($quantile, sum by (le) (rate(service_latency_bucket[[[span]]])))"}]}]},
              {"title": "Logs", "datasource": {"type": "loki"}, "targets": [{"refId": "A", "expr": "{app=\"temporal\"} |= \"error\""}]},
              {"title": "Any", "targets": [{"refId": "C", "expr": "rate(${metric:raw}[${span}])"}]},
              {"id": 9, "libraryPanel": {"uid": "u1", "name": "Shared"}}]}, "meta": {}}
            """);

        file.Queries.Select(one => $"{one.Line} {one.Place}: {Shown(one)}").ShouldBe(
        [
            "2 variable $ns: label_values namespace service_requests{service_name=\"frontend\"}",
            "5 variable $metric: metrics  {__name__=~\".*(?:service_.*).*\"}",
            "7 annotation \"restarts\": changes(restarts[1m]) > 0",
            "11 panel \"Requests\" A: sum(rate(service_requests{namespace=~\"var_ns\"}[5m]))",
            "13 panel \"Latency\" B: histogram_quantile(0.95, sum by (le) (rate(service_latency_bucket[10m])))",
            "15 panel \"Any\" C: rate(var_metric[10m])",
        ]);
        file.Problems.ShouldHaveSingleItem().Where.ShouldBe("it:16:29: library panel \"Shared\"");
    }

    [Fact]
    public void Dashboards_of_other_schemas_and_library_panels_are_read()
    {
        Places(Read("""{"title": "old", "rows": [{"title": "r", "panels": [{"title": "p", "targets": [{"expr": "up", "refId": "A"}]}]}]}""")).ShouldBe(["panel \"p\" A: up"]);
        Places(Read("""{"result": {"name": "lib", "model": {"title": "shared", "targets": [{"expr": "up", "refId": "A"}]}}}""")).ShouldBe(["panel \"shared\" A: up"]);
        Places(Read("""
            {"panels": [{"libraryPanel": {"uid": "u"}}], "__elements": {"u": {"kind": 1, "model": {"title": "shared", "targets": [{"expr": "up"}]}}}}
            """)).ShouldBe(["panel \"shared\": up"]);
        Places(Read("""
            {"apiVersion": "dashboard.grafana.app/v2", "kind": "Dashboard", "metadata": {"name": "n"}, "spec": {"title": "t",
             "variables": [{"kind": "QueryVariable", "spec": {"name": "v", "query": {"kind": "DataQuery", "group": "prometheus", "spec": {"query": "label_values(up, job)"}}}}],
             "elements": {"panel-1": {"kind": "Panel", "spec": {"title": "p", "data": {"kind": "QueryGroup", "spec": {"queries": [
               {"kind": "PanelQuery", "spec": {"refId": "A", "query": {"kind": "DataQuery", "group": "prometheus", "spec": {"expr": "up"}}}},
               {"kind": "PanelQuery", "spec": {"refId": "B", "query": {"kind": "DataQuery", "group": "loki", "spec": {"expr": "{}"}}}}]}}}}}}}
            """)).ShouldBe(["variable $v: label_values(up, job)", "panel \"p\" A: up"]);
    }

    [Fact]
    public void Rules_and_dashboards_are_found_in_objects_of_Kubernetes()
    {
        var file = Read("""
            apiVersion: v1
            kind: List
            items:
            - apiVersion: monitoring.coreos.com/v1
              kind: PrometheusRule
              metadata: {name: temporal}
              spec:
                groups:
                - name: temporal
                  rules:
                  - alert: NoRequests
                    expr: |
                      sum(rate(service_requests[5m]))
                        == 0
                    for: 5m
                  - record: temporal:requests:rate5m
                    expr: sum(rate(service_requests[5m]))
            - apiVersion: v1
              kind: ConfigMap
              metadata: {name: dashboards}
              data:
                other.txt: "{"
                d.json: |
                  {"title": "t", "panels": [
                    {"title": "p", "targets": [{"expr": "up"}]}]}
            """, "objects.yaml");

        file.Queries.Select(one => one.Where).ShouldBe(
            ["objects.yaml:13: alert NoRequests (group temporal)", "objects.yaml:17: rule temporal:requests:rate5m (group temporal)", "objects.yaml:25: panel \"p\""]);
        file.Queries[1].Records.ShouldBe("temporal:requests:rate5m");
        file.Problems.ShouldBeEmpty();
        MonitoringFiles.Read(KubernetesObject.ReadAll("kind: Service\nmetadata: {name: s}\nspec: {ports: []}", "s").Single()).Queries.ShouldBeEmpty();
    }

    [Fact]
    public void Lists_and_plain_files_are_read()
    {
        Read("queries:\n  # comment\n  - up\n  - rate(a[5m])\n", "q.yaml").Queries.Select(one => (one.Line, one.Expression)).ShouldBe([(3, "up"), (4, "rate(a[5m])")]);
        Read("# requests\nup\n\nsum(a)  # all\n", "q.promql").Queries.Select(one => (one.Line, one.Expression)).ShouldBe([(2, "up"), (4, "sum(a)  # all")]);
        Read("sum by (x) (\n  up\n)\n", "q.promql").Queries.ShouldHaveSingleItem().LinesCount.ShouldBeTrue();
    }

    [Fact]
    public void What_is_none_of_these_is_refused_with_its_place()
    {
        Should.Throw<UnreadableException>(() => Read("{\"a\": 1}")).Message.ShouldBe("it:1:1: It is no Grafana dashboard, no rule file, no PrometheusRule and no list of queries.");
        Should.Throw<UnreadableException>(() => Read("{\"panels\": [\n {\"title\": }]}")).Message.ShouldStartWith("it:2:12: It is no JSON");
        Should.Throw<UnreadableException>(() => Read($"{{\"panels\": {new string('[', 300)}")).Message.ShouldStartWith("it:1:");
        Should.Throw<UnreadableException>(() => MonitoringFiles.Read([(byte)'{', (byte)'"', 0xff, (byte)'"', (byte)':', (byte)'1', (byte)'}'], "it")).Message.ShouldContain("no JSON");
        Should.Throw<UnreadableException>(() => Read("a: [", "it.yaml")).Message.ShouldContain("no YAML");
        Should.Throw<UnreadableException>(() => Read("a:\n{  up\n    == 0\nfor: 5m\nb: {c: d}\n", "it.yaml")).Message.ShouldContain("no YAML");
    }

    [Fact]
    public void An_error_is_placed_in_the_expression_as_it_stands_in_the_dashboard()
    {
        var query = Read("""{"panels": [{"title": "p", "targets": [{"expr": "sum(rate(a{b=\"${long_variable_name:regex}\"}[$__rate_interval])) c"}]}]}""").Queries.Single();

        QueryReading.Of(query).Error!.ToString().ShouldBe("1:65: unexpected name \"c\"");
        QueryReading.Of(query with { Expression = "topk($n, sum(a))" }).Query!.Canonical.ShouldBe("topk(1, sum(a))");
        QueryReading.Of(query with { Expression = "rate(a[$__rate_interval]) offset $back" }).Error!.Column.ShouldBe(1);
        QueryReading.Of(query with { Expression = "a offset $back" }).Query!.Canonical.ShouldBe("a offset 5m");
        QueryReading.Of(query with { Expression = "a > $n", Kind = MonitoredKind.Alert }).Error!.Problem.ShouldBe("unexpected character: '$'");
    }

    [Fact]
    public void Whatever_is_read_is_a_file_or_refused_with_its_place()
    {
        string[] good =
        [
            "{\"title\": \"t\", \"templating\": {\"list\": [{\"name\": \"v\", \"type\": \"query\", \"query\": \"label_values(up, job)\"}]}, \"panels\": [{\"title\": \"p\", \"targets\": [{\"expr\": \"up{a=~\\\"$v\\\"}\"}]}]}",
            "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: |\n      up\n        == 0\n    for: 5m\n    labels: {severity: page}\n",
            "kind: ConfigMap\nmetadata: {name: c}\ndata:\n  d.json: |\n    {\"panels\": [{\"targets\": [{\"expr\": \"up\"}]}]}\n",
        ];
        string[] pieces = ["{", "}", "[", "]", "\"", ":", ",", "\n", "- ", "&a ", "*a", "null", "1", "\\", "\uD800", "\0", "expr: ", "$x"];
        var mutated = Gen.Select(Gen.Int[0, good.Length - 1], Gen.Int[0, 250], Gen.Int[0, 10], Gen.Int[0, pieces.Length - 1], (which, at, cut, piece) =>
            good[which][..Math.Min(at, good[which].Length)] + pieces[piece] + good[which][Math.Min(at + cut, good[which].Length)..]);

        mutated.Sample(
            text =>
            {
                try
                {
                    foreach (var query in Read(text).Queries)
                    {
                        QueryReading.Of(query).ShouldNotBeNull();
                        query.Line.ShouldBeGreaterThan(0);
                    }
                }
                catch (UnreadableException refused)
                {
                    refused.File.ShouldBe("it");
                }
            },
            iter: 1000);
    }

    private static string Shown(MonitoredQuery query)
    {
        var reading = QueryReading.Of(query);
        return (reading.Function is null ? "" : $"{reading.Function} {reading.Label} ") + (reading.Query?.Canonical ?? reading.Error?.ToString());
    }

    private static IEnumerable<string> Places(MonitoringFile file) => file.Queries.Select(one => $"{one.Place}: {one.Expression}");

    private static MonitoringFile Read(string text, string file = "it") => MonitoringFiles.Read(Encoding.UTF8.GetBytes(text), file);
}
