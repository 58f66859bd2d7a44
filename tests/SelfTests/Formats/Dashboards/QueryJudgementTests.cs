using System.Text;
using TemporalConformance.Facts;
using TemporalConformance.Formats;

namespace TemporalConformance.SelfTests;

public sealed class QueryJudgementTests
{
    private static readonly HashSet<string> Seen =
        ["service_requests", "service_errors", "service_error_with_type", "service_latency_bucket", "service_latency_sum", "service_latency_count", "restarts", "build_information", "elsewhere"];

    /// <summary>The list of queries in step 7.1 of the upgrade guide, word for word.</summary>
    [Fact]
    public void The_queries_of_the_guide_are_answered_line_by_line()
    {
        var file = MonitoringFiles.Read(Encoding.UTF8.GetBytes(FormatFiles.Text("guide-prometheus-queries.yaml")), "prometheus-queries.yaml");
        var judgement = Between("1.27.3", "1.29.1");

        file.Queries.Select(judgement.Judge).Select(one => $"{one.Query.Line} {one.Verdict}: {one.Names[0].Sentence} {one.Instead}").ShouldBe(
        [
            "3 Sdk: It is an SDK's, and comes from workers and clients; the upgrade of the server does not touch it. "
                + "histogram_quantile(0.95, sum by (operation, le) (rate(service_latency_bucket{service_name=\"frontend\"}[5m])))",
            "6 AlreadyBroken: No SDK and no server has a metric of this name; SDKs count failed requests in temporal_request_failure. "
                + "sum by (error_type) (rate(service_error_with_type{service_name=\"frontend\"}[5m]))",
            "9 AlreadyBroken: No SDK and no server has a metric of this name; the frontend counts the requests that start workflows. "
                + "sum(rate(service_requests{service_name=\"frontend\",operation=~\"StartWorkflowExecution|SignalWithStartWorkflowExecution|ExecuteMultiOperation\"}[5m]))",
            "12 Sdk: It is an SDK's, and comes from workers and clients; the upgrade of the server does not touch it. ",
            "15 AlreadyBroken: The cluster's settings call it persistence_requests. persistence_requests",
        ]);
    }

    [Theory]
    [InlineData("sum(rate(service_requests[5m]))", QueryVerdict.Resolves, null)]
    [InlineData("service_errors / service_requests", QueryVerdict.ChangedMeaning, null)]
    [InlineData("rate(service_panics[5m])", QueryVerdict.AfterFirstUse, null)]
    [InlineData("num_goroutines", QueryVerdict.AlreadyBroken, null)]
    [InlineData("persistence_sql_in_use", QueryVerdict.FromTargetOn, null)]
    [InlineData("add_search_attributes_workflow_success", QueryVerdict.BrokenByUpgrade, null)]
    [InlineData("empty_completion_commands", QueryVerdict.AlreadyBroken, null)]
    [InlineData("service_requests_total", QueryVerdict.AlreadyBroken, "service_requests")]
    [InlineData("rate(service_latency_milliseconds_sum[5m])", QueryVerdict.AlreadyBroken, "rate(service_latency_sum[5m])")]
    [InlineData("rate(service_latency[5m])", QueryVerdict.AlreadyBroken, "rate(service_latency_count[5m])")]
    [InlineData("histogram_quantile(0.9, service_latency)", QueryVerdict.AlreadyBroken, "histogram_quantile(0.9, service_latency_bucket)")]
    [InlineData("count_executions_failures", QueryVerdict.AlreadyBroken, null)]
    [InlineData("temporal_made_up", QueryVerdict.AlreadyBroken, null)]
    [InlineData("temporal_workflow_failed_total", QueryVerdict.Sdk, null)]
    [InlineData("temporal_workflow_failed_total + service_requests", QueryVerdict.Resolves, null)]
    [InlineData("rate(fair_poll_success[5m])", QueryVerdict.AfterFirstUse, null)]
    [InlineData("up == 0", QueryVerdict.Others, null)]
    [InlineData("elsewhere", QueryVerdict.Others, null)]
    [InlineData("a:recorded", QueryVerdict.Others, null)]
    [InlineData("rate($metric[5m])", QueryVerdict.Unknown, null)]
    [InlineData("{__name__=~\"service_(requests|latency_sum)\"}", QueryVerdict.Resolves, null)]
    [InlineData("{__name__=~\"add_search_attributes.*\"}", QueryVerdict.BrokenByUpgrade, null)]
    [InlineData("{__name__=\"service_requests\"}", QueryVerdict.Resolves, null)]
    [InlineData("{job=\"temporal\"}", QueryVerdict.Resolves, null)]
    [InlineData("vector(1)", QueryVerdict.Resolves, null)]
    [InlineData("sum(service_requests_total or service_requests)", QueryVerdict.Resolves, null)]
    [InlineData("service_requests_total or rate(a_b_c[5m]) or service_requests_total", QueryVerdict.Others, null)]
    [InlineData("service_requests unless add_search_attributes_workflow_success", QueryVerdict.BrokenByUpgrade, null)]
    [InlineData("rate(service_requests)", QueryVerdict.NotPromql, null)]
    [InlineData("rate(failed_workflow_tasks{operation=\"RespondWorkflowTaskCompleted\"}[5m])", QueryVerdict.ChangedMeaning, null)]
    [InlineData("sum(rate(failed_workflow_tasks{operation=\"RespondWorkflowTaskCompleted\"}[5m]))", QueryVerdict.AfterFirstUse, null)]
    [InlineData("rate(poll_latency_count[5m])", QueryVerdict.ChangedMeaning, null)]
    [InlineData("sum by (taskqueue) (rate(poll_latency_count[5m]))", QueryVerdict.AfterFirstUse, null)]
    [InlineData("sum without (pod) (rate(poll_latency_count[5m]))", QueryVerdict.ChangedMeaning, null)]
    [InlineData("nexus_requests", QueryVerdict.AfterFirstUse, null)]
    [InlineData("nexus_requests{outcome=\"handler_error\"}", QueryVerdict.ChangedMeaning, null)]
    public void Each_answer_is_given_where_it_is_right(string expression, QueryVerdict verdict, string? instead)
    {
        var answer = Between("1.27.3", "1.29.1", seen: Seen, recorded: ["a:recorded"]).Judge(Panel(expression));

        answer.Verdict.ShouldBe(verdict, answer.ToString());
        answer.Instead.ShouldBe(instead);
    }

    [Fact]
    public void A_prefix_under_OpenTelemetry_comes_with_1_28()
    {
        var naming = new SeriesNaming(MetricFramework.OpenTelemetry, "temporal");

        var lost = Between("1.27.3", "1.29.1", naming).Judge(Panel("rate(persistence_requests_total[5m])"));
        (lost.Verdict, lost.Instead).ShouldBe((QueryVerdict.BrokenByUpgrade, "rate(temporal_persistence_requests_total[5m])"));
        Between("1.27.3", "1.29.1", naming).Judge(Panel("temporal_persistence_requests_total")).Verdict.ShouldBe(QueryVerdict.FromTargetOn);
        Between("1.28.1", "1.29.1", naming).Judge(Panel("temporal_persistence_requests_total")).Verdict.ShouldBe(QueryVerdict.Resolves);
    }

    [Fact]
    public void A_renamed_metric_is_given_with_its_new_name_and_an_alert_on_its_absence_fires()
    {
        var judgement = Between("1.29.1", "1.30.0");

        judgement.Judge(Panel("sum by (le) (rate(workflow_duration_bucket[5m]))")).Instead.ShouldBe("sum by (le) (rate(workflow_schedule_to_close_latency_bucket[5m]))");
        var absent = judgement.Judge(Panel("absent(workflow_duration_count)") with { Kind = MonitoredKind.Alert, Place = "alert NoWorkflows", File = "rules.yaml", Line = 7 });
        absent.ToString().ShouldBe(
            "rules.yaml:7: alert NoWorkflows: workflow_duration_count: The target calls it workflow_schedule_to_close_latency_count. absent() is then true, and an alert on it fires for ever."
            + $"{Environment.NewLine}  instead: absent(workflow_schedule_to_close_latency_count)");
    }

    [Fact]
    public void Labels_that_no_series_was_seen_with_are_named()
    {
        var judgement = Between("1.27.3", "1.29.1");

        judgement.Judge(Panel("sum by (operation, le, pod) (service_latency_bucket{service=\"frontend\", service_type=\"x\"})")).UnseenLabels.ShouldBe(["service_type"]);
        judgement.Judge(Panel("sum by (made_up) (never_heard_of)")).UnseenLabels.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("rate(service_requests{namespace=~\"$ns\"}[$__rate_interval])", "The cluster's settings call it service_requests_total.", "rate(service_requests_total{namespace=~\"${ns}\"}[5m])")]
    [InlineData("rate(service_latency_sum[5m])", "The cluster's settings call it service_latency_milliseconds_sum, and its numbers are milliseconds.", "rate(service_latency_milliseconds_sum[5m])")]
    [InlineData("rate(service_latency_count[5m])", "The cluster's settings call it service_latency_milliseconds_count.", "rate(service_latency_milliseconds_count[5m])")]
    [InlineData("rate(state_transition_count[5m])", "It is a histogram, and has state_transition_count_ratio_sum and no series of its bare name.", "rate(state_transition_count_ratio_sum[5m])")]
    [InlineData("add_search_attributes_workflow_success", "The cluster's settings call it add_search_attributes_workflow_success_total, and in the target nothing records it.", null)]
    [InlineData("empty_completion_commands", "The server defines it and nothing records it: it is always empty.", null)]
    public void What_to_write_under_other_settings_says_units_keeps_variables_and_is_recorded(string expression, string sentence, string? instead)
    {
        var answer = Between("1.27.3", "1.29.1", new SeriesNaming(MetricFramework.OpenTelemetry)).Judge(Panel(expression));

        (answer.Verdict, answer.Names[0].Sentence, answer.Instead).ShouldBe((QueryVerdict.AlreadyBroken, sentence, instead));
        Between("1.27.3", "1.29.1").Judge(Panel("rate(service_latency_milliseconds_sum[5m])")).Names[0].Sentence.ShouldEndWith("service_latency_sum, and its numbers are seconds.");
    }

    private static MonitoredQuery Panel(string expression) => new("board.json", "panel \"p\" A", 0, expression, MonitoredKind.Panel);

    private static QueryJudgement Between(string running, string target, SeriesNaming? naming = null, HashSet<string>? seen = null, HashSet<string>? recorded = null) =>
        new(ServerMetrics.For(ServerVersion.Parse(running))!, ServerMetrics.For(ServerVersion.Parse(target))!, naming ?? SeriesNaming.Default, seen, recorded);
}
