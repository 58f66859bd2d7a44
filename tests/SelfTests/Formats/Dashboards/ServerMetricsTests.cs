using TemporalConformance.Facts;

namespace TemporalConformance.SelfTests;

public sealed class ServerMetricsTests
{
    [Theory]
    [InlineData("1.26.3", 438)]
    [InlineData("1.27.2", 435)]
    [InlineData("1.27.3", 435)]
    [InlineData("1.28.1", 469)]
    [InlineData("1.29.1", 496)]
    [InlineData("1.29.7", 497)]
    [InlineData("1.30.6", 508)]
    [InlineData("1.31.2", 546)]
    public void Every_release_has_the_metrics_that_its_source_defines(string release, int metrics) => Of(release).All.Count().ShouldBe(metrics);

    [Fact]
    public void A_line_that_was_not_read_is_not_guessed()
    {
        ServerMetrics.For(ServerVersion.Parse("1.25.2")).ShouldBeNull();
        ServerMetrics.For(ServerVersion.Parse("1.32.0")).ShouldBeNull();
        Of("1.27.3").ReadAt.ShouldBe(ServerVersion.Parse("1.27.2"));
        Of("1.26.0").ReadAt.ShouldBe(ServerVersion.Parse("1.26.3"));
    }

    [Fact]
    public void Nothing_is_renamed_or_removed_from_1_27_to_1_29()
    {
        var (from, to) = (Of("1.27.3"), Of("1.29.1"));

        ServerMetrics.Removed(from, to).ShouldBeEmpty();
        ServerMetrics.Renamed(from, to).ShouldBeEmpty();
        ServerMetrics.Added(from, to).Count.ShouldBe(61);
        ServerMetrics.Renamed(to, Of("1.30.0")).Select(one => $"{one.From} {one.To}")
            .ShouldBe(["workflow_duration workflow_schedule_to_close_latency", "workflow_update_continue_as_new_suggestions workflow_suggest_continue_as_new_count"]);
        ServerMetrics.Removed(to, Of("1.30.0")).Select(one => one.Name).ShouldBe(["schedule_action_attempt", "schedule_action_dropped"]);
        ServerMetrics.Removed(Of("1.26.3"), from).Select(one => one.Name).ShouldContain("count_executions_failures");
    }

    [Fact]
    public void What_changed_its_meaning_is_known_by_release()
    {
        ServerMetrics.ChangedMeanings(ServerVersion.Parse("1.27.3"), ServerVersion.Parse("1.28.1")).SelectMany(one => one.Metrics).ShouldContain("service_errors");
        ServerMetrics.ChangedMeanings(ServerVersion.Parse("1.28.1"), ServerVersion.Parse("1.29.1")).SelectMany(one => one.Metrics).ShouldNotContain("service_errors");
        ServerMetrics.ChangedMeanings(ServerVersion.Parse("1.29.1"), ServerVersion.Parse("1.29.1")).ShouldBeEmpty();
        ServerMetrics.ChangedMeanings(ServerVersion.Parse("1.26.0"), ServerVersion.Parse("1.31.2")).ShouldAllBe(one => one.Metrics.All(ServerMetrics.Ever));
    }

    [Fact]
    public void Of_a_metric_its_kind_group_roles_and_labels_are_known()
    {
        var latency = Of("1.29.1").Find("service_latency").ShouldNotBeNull();
        (latency.Kind, latency.Group, latency.HasBuckets, latency.NeverEmitted).ShouldBe((MetricKind.Timer, "api", true, false));
        latency.Roles.ShouldBe(["frontend", "history", "matching"]);
        Of("1.28.1").Find("workflow_success")!.Labels!.ShouldNotContain("workflowType");
        Of("1.29.1").Find("workflow_success")!.Labels!.ShouldContain("workflowType");
        Of("1.27.2").Find("add_search_attributes_workflow_success")!.NeverEmitted.ShouldBeFalse();
        Of("1.28.1").Find("add_search_attributes_workflow_success")!.NeverEmitted.ShouldBeTrue();
        Of("1.29.1").All.Where(one => one.NeverEmitted).Count().ShouldBe(9);
        Of("1.27.2").Curated.Count().ShouldBe(71);
        Of("1.29.1").Curated.Count().ShouldBe(74);
        Of("1.29.1").All.Where(one => one.AtStart).Select(one => one.Name).ShouldContain("build_information");
    }

    [Theory]
    [InlineData("service_requests", "", "service_requests", "service_requests_total", "temporal_service_requests_total")]
    [InlineData("service_latency", "bucket", "service_latency_bucket", "service_latency_milliseconds_bucket", "temporal_service_latency_milliseconds_bucket")]
    [InlineData("history_size", "sum", "history_size_sum", "history_size_bytes_sum", "temporal_history_size_bytes_sum")]
    [InlineData("state_transition_count", "count", "state_transition_count_count", "state_transition_count_ratio_count", "temporal_state_transition_count_ratio_count")]
    [InlineData("numshards_gauge", "", "numshards_gauge", "numshards_gauge", "temporal_numshards_gauge")]
    public void Settings_make_the_names_of_series(string metric, string part, string tally, string openTelemetry, string prefixed)
    {
        var release = Of("1.29.1");
        string Name(SeriesNaming naming, string at = "1.29.1") => naming.NameOf(release.Find(metric)!, part, ServerVersion.Parse(at));
        Name(SeriesNaming.Default).ShouldBe(tally);
        Name(new(MetricFramework.OpenTelemetry)).ShouldBe(openTelemetry);
        Name(new(MetricFramework.OpenTelemetry, "temporal")).ShouldBe(prefixed);
        Name(new(MetricFramework.OpenTelemetry, "temporal"), "1.27.4").ShouldBe(openTelemetry);
        Name(new(MetricFramework.Tally, "t"), "1.27.4").ShouldBe($"t_{tally}");
    }

    [Theory]
    [InlineData("1.27.3", "1.27.3")]
    [InlineData("1.28.1", "1.28.1")]
    [InlineData("1.29.1", "1.29.1")]
    [InlineData("1.29.1-right-after", "1.29.1")]
    [InlineData("1.29.1-opentelemetry", "1.29.1")]
    public void Every_series_of_a_real_scrape_is_understood(string scrapes, string release)
    {
        var naming = new SeriesNaming(scrapes.EndsWith("opentelemetry", StringComparison.Ordinal) ? MetricFramework.OpenTelemetry : MetricFramework.Tally);
        var known = naming.SeriesOf(Of(release));
        var names = RealScrapes.Names(scrapes);

        names.Count.ShouldBeGreaterThan(300);
        names.Where(name => !known.ContainsKey(name) && !MetricNames.IsSdk(name) && !MetricNames.IsReporters(name)).ShouldBeEmpty();
        names.Where(name => known.TryGetValue(name, out var series) && series.Metric.NeverEmitted).ShouldBeEmpty();
    }

    [Fact]
    public void Names_of_others_are_told_apart()
    {
        foreach (var name in new[] { "temporal_request_latency_bucket", "temporal_request_latency_seconds_bucket", "temporal_request_total", "temporal_worker_task_slots_available", "temporal_num_pollers" })
        {
            MetricNames.IsSdk(name).ShouldBeTrue(name);
        }

        foreach (var name in new[] { "temporal_request_errors_total", "temporal_cloud_v1_workflow_failed_count", "temporal_persistence_requests", "service_requests" })
        {
            MetricNames.IsSdk(name).ShouldBeFalse(name);
        }

        MetricNames.IsOthers("up").ShouldBeTrue();
        MetricNames.IsOthers("update_namespace_failures").ShouldBeFalse();
        MetricNames.IsOthers("temporal:requests:rate5m").ShouldBeTrue();
        Of("1.29.1").All.ShouldAllBe(one => !MetricNames.IsOthers(one.Name) && !MetricNames.IsSdk(one.Name) && MetricNames.Published(one.Name) == null);
    }

    private static ServerMetrics Of(string release) => ServerMetrics.For(ServerVersion.Parse(release)).ShouldNotBeNull();
}
