using TemporalConformance.Checks;
using TemporalConformance.Gate;

namespace TemporalConformance.Tests;

public sealed partial class MetricsTests
{
    [Check("metrics/error-rate-held", Severity.Blocker, Needs = Systems.Metrics, Measures = true,
        Remedy = "Look into the logs of the frontends for these types of errors; roll back while schema and tasks allow it if they do not end.")]
    public Task Requests_fail_by_the_fault_of_the_cluster_no_more_often_than_before() => upgrade.Ask(async token =>
        (await upgrade.MetricsCompared(token)).ErrorRateHeld());

    [Check("metrics/workflow-outcomes-held", Severity.Blocker, Needs = Systems.Metrics, Measures = true,
        Remedy = "Look at the workflows that failed or timed out since the upgrade, by type: workers that replay otherwise than before fail like this.")]
    public Task Workflows_fail_or_time_out_no_more_often_than_before() => upgrade.Ask(async token =>
        (await upgrade.MetricsCompared(token)).WorkflowOutcomesHeld());

    [Check("metrics/latency-held", Severity.Advisory, Needs = Systems.Metrics, Measures = true,
        Remedy = "Look at CPU of the frontends and history, shard movements, and metrics/persistence-latency-held; after a roll-out caches are cold for some minutes.")]
    public Task Frontends_answer_as_fast_as_before() => upgrade.Ask(async token => (await upgrade.MetricsCompared(token)).LatencyHeld());

    [Check("metrics/persistence-latency-held", Severity.Advisory, Needs = Systems.Metrics, Measures = true,
        Remedy = "Look at the database: new indexes and statistics (ANALYZE), connections, checkpoints, the disk.")]
    public Task Database_answers_as_fast_as_before() => upgrade.Ask(async token => (await upgrade.MetricsCompared(token)).PersistenceLatencyHeld());

    [Check("metrics/throughput-held", Severity.Advisory, Needs = Systems.Metrics, Measures = true,
        Remedy = "Compare with the hour of the baseline first; then look whether every worker and client has found the frontends again.")]
    public Task As_many_requests_are_taken_as_before() => upgrade.Ask(async token => (await upgrade.MetricsCompared(token)).ThroughputHeld());

    [Check("metrics/series-count-held", Severity.Advisory, Needs = Systems.Metrics,
        Remedy = "Find the metric that grew (topk(10, count by (__name__) ({job=\"…\"})) in Prometheus): 1.29 adds the label workflowType to workflow outcomes.")]
    public Task No_process_shows_many_more_series_than_before() => upgrade.Ask(async token =>
        MetricsHealth.SeriesCountHeld(await upgrade.MetricsBefore(token), await upgrade.Metrics(token), upgrade.MetricsLimits));
}
