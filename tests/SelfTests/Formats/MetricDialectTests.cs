using System.Text;
using TemporalConformance.Facts;
using TemporalConformance.Formats;

namespace TemporalConformance.SelfTests;

/// <summary>How servers name what their source defines: recognised, and undone.</summary>
public sealed class MetricDialectTests
{
    private static readonly HashSet<string> Definitions =
        [.. new[] { "1.26.3", "1.27.4", "1.28.1", "1.29.1", "1.30.0", "1.31.2" }.SelectMany(release => ServerMetrics.For(ServerVersion.Parse(release))!.All.Select(metric => metric.Name))];

    public static TheoryData<string> RealScrapes => [.. Roles("1.25.2"), .. Roles("1.26.2"), .. Roles("1.27.3"), .. Roles("1.28.1"), .. Roles("1.29.1"),
        .. Roles("1.29.1-right-after"), .. Roles("1.29.1-opentelemetry")];

    [Theory]
    [InlineData("metrics-tally-1.29.1.prom.gz", MetricFramework.Tally, false, "")]
    [InlineData("metrics-opentelemetry-1.29.1.prom.gz", MetricFramework.OpenTelemetry, true, "milliseconds")]
    public void Everything_that_a_cluster_shows_is_understood(string file, MetricFramework framework, bool counterSuffix, string timerUnit)
    {
        var scrape = Slim(file);
        var dialect = MetricDialect.Recognise(scrape, Definitions).ShouldNotBeNull();

        (dialect.Framework, dialect.Prefix, dialect.CounterSuffix, dialect.TimerUnit).ShouldBe((framework, "", counterSuffix, timerUnit));
        Unknown(dialect, scrape).ShouldBeEmpty();
        foreach (var sample in scrape.Samples)
        {
            AgreesWithNaming(dialect, sample.Name);
        }
    }

    [Theory]
    [MemberData(nameof(RealScrapes))]
    public void No_name_of_a_real_scrape_is_unknown(string file)
    {
        var scrape = ExpositionReader.Read(Encoding.UTF8.GetBytes(SelfTests.RealScrapes.Body(file.Split('/')[0], Path.GetFileNameWithoutExtension(file))), ExpositionFormat.Text, file);
        var dialect = MetricDialect.Recognise(scrape, Definitions).ShouldNotBeNull();

        dialect.Framework.ShouldBe(file.Contains("opentelemetry", StringComparison.Ordinal) ? MetricFramework.OpenTelemetry : MetricFramework.Tally);
        Unknown(dialect, scrape).ShouldBeEmpty();
        // Only the worker is a client of its own cluster from the start.
        var sdk = scrape.Families.Where(family => dialect.Canonical(family.Name).Origin == MetricOrigin.Sdk).Select(family => family.Name).ToList();
        (sdk.Count > 0).ShouldBe(file.Contains("worker", StringComparison.Ordinal), string.Join(' ', sdk));
        sdk.ShouldAllBe(name => name.StartsWith("temporal_", StringComparison.Ordinal));
        var told = scrape.Find("build_information").ShouldNotBeNull().Samples[0].Labels;
        dialect.LabelValue("build_version", told.Find("build_version")!).ShouldBe(file.Split('/')[0].Split('-')[0]);
    }

    [Theory]
    [InlineData("service_requests", "service_requests", MetricPart.Value, MetricOrigin.Server)]
    [InlineData("service_latency_bucket", "service_latency", MetricPart.Bucket, MetricOrigin.Server)]
    [InlineData("state_transition_count_count", "state_transition_count", MetricPart.Count, MetricOrigin.Server)]
    [InlineData("approximate_backlog_age_seconds", "approximate_backlog_age_seconds", MetricPart.Value, MetricOrigin.Server)]
    [InlineData("pri_poll_success", "pri_poll_success", MetricPart.Value, MetricOrigin.Server)]
    [InlineData("memory_heap", "memory_heap", MetricPart.Value, MetricOrigin.Server)]
    [InlineData("temporal_request_latency_sum", "temporal_request_latency", MetricPart.Sum, MetricOrigin.Sdk)]
    [InlineData("temporal_local_activity_total", "temporal_local_activity_total", MetricPart.Value, MetricOrigin.Sdk)]
    [InlineData("tally_internal_num_active_scopes", "tally_internal_num_active_scopes", MetricPart.Value, MetricOrigin.Other)]
    [InlineData("go_goroutines", "go_goroutines", MetricPart.Value, MetricOrigin.Other)]
    [InlineData("process_cpu_seconds_total", "process_cpu_seconds_total", MetricPart.Value, MetricOrigin.Other)]
    [InlineData("temporal_cloud_v1_frontend_service_request_count", "temporal_cloud_v1_frontend_service_request_count", MetricPart.Value, MetricOrigin.Other)]
    [InlineData("service_requests_total", "service_requests_total", MetricPart.Value, MetricOrigin.Unknown)]
    public void A_name_of_tally_is_that_of_the_source(string series, string name, MetricPart part, MetricOrigin origin) =>
        Of("metrics-tally-1.29.1.prom.gz").Canonical(series).ShouldBe(new CanonicalName(name, part, origin));

    [Theory]
    [InlineData("service_requests_total", "service_requests", MetricPart.Total, MetricOrigin.Server)]
    [InlineData("service_latency_milliseconds_bucket", "service_latency", MetricPart.Bucket, MetricOrigin.Server)]
    [InlineData("memory_num_gc_bytes_count", "memory_num_gc", MetricPart.Count, MetricOrigin.Server)]
    [InlineData("state_transition_count_ratio_sum", "state_transition_count", MetricPart.Sum, MetricOrigin.Server)]
    [InlineData("approximate_backlog_age_seconds", "approximate_backlog_age_seconds", MetricPart.Value, MetricOrigin.Server)]
    [InlineData("temporal_request_latency_milliseconds_bucket", "temporal_request_latency", MetricPart.Bucket, MetricOrigin.Sdk)]
    [InlineData("temporal_request_total", "temporal_request", MetricPart.Total, MetricOrigin.Sdk)]
    [InlineData("temporal_local_activity_total", "temporal_local_activity_total", MetricPart.Value, MetricOrigin.Sdk)]
    [InlineData("otel_scope_info", "otel_scope_info", MetricPart.Value, MetricOrigin.Other)]
    [InlineData("promhttp_metric_handler_errors_total", "promhttp_metric_handler_errors_total", MetricPart.Value, MetricOrigin.Other)]
    [InlineData("something_else_total", "something_else_total", MetricPart.Value, MetricOrigin.Unknown)]
    public void A_name_of_OpenTelemetry_is_that_of_the_source(string series, string name, MetricPart part, MetricOrigin origin) =>
        Of("metrics-opentelemetry-1.29.1.prom.gz").Canonical(series).ShouldBe(new CanonicalName(name, part, origin));

    [Theory]
    [InlineData("temporal")]
    [InlineData("my_temporal")]
    public void A_prefix_is_recognised_before_names_of_both_frameworks_and_before_those_of_the_servers_own_client(string prefix)
    {
        foreach (var file in new[] { "metrics-tally-1.29.1.prom.gz", "metrics-opentelemetry-1.29.1.prom.gz" })
        {
            var scrape = Slim(file);
            var prefixed = scrape with { Families = [.. scrape.Families.Select(family => family with { Name = $"{prefix}_{family.Name}" })] };
            var dialect = MetricDialect.Recognise(prefixed, Definitions).ShouldNotBeNull();

            (dialect.Prefix, dialect.Framework).ShouldBe((prefix, Of(file).Framework));
            Unknown(dialect, prefixed).ShouldBeEmpty();
            dialect.Canonical($"{prefix}_build_information").Name.ShouldBe("build_information");
            dialect.Canonical($"{prefix}_temporal_worker_task_slots_used").ShouldBe(new CanonicalName("temporal_worker_task_slots_used", MetricPart.Value, MetricOrigin.Sdk));
            dialect.Canonical("temporal_worker_task_slots_used").Origin.ShouldBe(MetricOrigin.Sdk);
        }
    }

    [Theory]
    [InlineData("restarts_total 1\nservice_latency_seconds_bucket{le=\"1\"} 1\n", true, "seconds", true)]
    [InlineData("restarts 1\nservice_latency_bucket{le=\"1000\"} 1\n", false, "", true)]
    [InlineData("restarts 1\nservice_latency_bucket{le=\"1e+06\"} 1\n", false, "", false)]
    [InlineData("restarts_total 1\n", true, "milliseconds", false)]
    public void The_switches_of_OpenTelemetry_are_seen(string text, bool counterSuffix, string timerUnit, bool seconds)
    {
        var scrape = Read("build_information{otel_scope_name=\"temporal\"} 1\n# TYPE service_latency histogram\n" + text);
        var dialect = MetricDialect.Recognise(scrape, Definitions).ShouldNotBeNull();

        (dialect.Framework, dialect.CounterSuffix, dialect.TimerUnit, dialect.Naming.TimersInSeconds).ShouldBe((MetricFramework.OpenTelemetry, counterSuffix, timerUnit, seconds));
        dialect.Evidence.ShouldNotBeEmpty();
    }

    [Fact]
    public void The_names_that_Prometheus_lists_are_enough()
    {
        foreach (var file in new[] { "metrics-tally-1.29.1.prom.gz", "metrics-opentelemetry-1.29.1.prom.gz" })
        {
            var names = Slim(file).Samples.Select(sample => sample.Name).Distinct().Append("kube_pod_container_status_restarts_total").Append("up")
                .Select(name => new MetricFamily(name, MetricType.Unknown, null, null, []));
            MetricDialect.Recognise(new([.. names], ExpositionFormat.Text, "f", 0), Definitions).ShouldNotBeNull().Naming.ShouldBe(Of(file).Naming);
        }
    }

    [Fact]
    public void What_is_of_no_server_has_no_dialect()
    {
        MetricDialect.Recognise(Read(""), Definitions).ShouldBeNull();
        MetricDialect.Recognise(Read("go_goroutines 1\ntemporal_request_total 2\n"), Definitions).ShouldBeNull();
    }

    [Theory]
    [InlineData("build_version", "1_29_1", "1.29.1")]
    [InlineData("build_version", "1_30_0_rc_1", "1.30.0-rc.1")]
    [InlineData("build_version", "unknown", "unknown")]
    [InlineData("go_version", "go1_26_8", "go1.26.8")]
    [InlineData("namespace", "temporal_system", "temporal-system")]
    [InlineData("namespace", "my_orders", "my_orders")]
    [InlineData("service_name", "internal_frontend", "internal-frontend")]
    public void What_tally_wrote_is_undone_where_it_can_be(string label, string written, string value)
    {
        Of("metrics-tally-1.29.1.prom.gz").LabelValue(label, written).ShouldBe(value);
        Of("metrics-tally-1.29.1.prom.gz").Written(value).ShouldBe(written);
        Of("metrics-opentelemetry-1.29.1.prom.gz").LabelValue(label, value).ShouldBe(value);
    }

    private static IEnumerable<string> Roles(string folder) =>
        new[] { "frontend-1", "frontend-2", "history-1", "history-2", "matching-1", "matching-2", "worker-1" }.Select(role => $"{folder}/metrics/{role}.prom");

    private static string[] Unknown(MetricDialect dialect, Scrape scrape) => [.. scrape.Families.Select(family => family.Name)
        .Concat(scrape.Samples.Select(sample => dialect.Prefix.Length > 0 ? $"{dialect.Prefix}_{sample.Name}" : sample.Name)).Distinct()
        .Where(name => dialect.Canonical(name).Origin == MetricOrigin.Unknown)];

    // Undoing a name and making it are two pieces of code, and have to be each other's inverse.
    private static void AgreesWithNaming(MetricDialect dialect, string series)
    {
        var release = ServerVersion.Parse("1.29.1");
        var canonical = dialect.Canonical(series);
        if (canonical.Origin == MetricOrigin.Server && ServerMetrics.For(release)!.Find(canonical.Name) is { } metric)
        {
            var part = canonical.Part is MetricPart.Value or MetricPart.Total ? "" : canonical.Part.ToString().ToLowerInvariant();
            dialect.Naming.NameOf(metric, part, release).ShouldBe(series);
        }
    }

    private static MetricDialect Of(string file) => MetricDialect.Recognise(Slim(file), Definitions).ShouldNotBeNull();

    private static Scrape Slim(string file) =>
        ExpositionReader.Read(File.ReadAllBytes(Path.Combine(Checkout.Root, "tests", "SelfTests", "Formats", "Data", file)), ExpositionFormat.Text, file);

    private static Scrape Read(string text) => ExpositionReader.Read(Encoding.UTF8.GetBytes(text), ExpositionFormat.Text, "f");
}
