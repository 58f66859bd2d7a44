using System.Text;
using TemporalConformance.Facts;
using TemporalConformance.Formats;

namespace TemporalConformance.SelfTests;

/// <summary>What <c>catalog check</c> finds in the files about metrics: each with one thing wrong, and the place of it.</summary>
public sealed class MetricContradictionTests
{
    private const string Server = "metrics/server.json";
    private const string Changes = "metrics/changes.json";
    private const string Names = "metrics/names.json";

    private static readonly CatalogFiles Files = CatalogFiles.Embedded();

    [Fact]
    public void Queries_that_users_are_given_find_their_metrics_everywhere()
    {
        var catalog = ReleaseCatalog.Load();

        catalog.ReplacementQueries.Count.ShouldBeGreaterThan(6);
        CatalogQueries.Contradictions(catalog).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(Server, "\"source\": \"", "\"source\": \"/", "metrics/server.json:2:11: the file has no source that a reader can look up")]
    [InlineData(Server, "\"1.27.2\", \"1.27.4\"", "\"1.27.4\", \"1.27.2\"", "metrics/server.json:3:34: 1.27.2 stands after 1.27.4: releases stand once each, oldest first")]
    [InlineData(Server, "\"1.27.2\", \"1.27.4\"", "\"1.27.2\", \"1.27.99\"", "metrics/server.json:3:34: the metrics of names 1.27.99, a release that is not known")]
    [InlineData(Server, "\"ack_level_update\": ", "\"zack_level_update\": ", "metrics/server.json:7:1: ack_level_update_failed stands after zack_level_update: metrics stand by name")]
    [InlineData(Server, "\"activity_cancel\": {\"kind\": \"counter\", \"since\": \"1.29.0\"}", "\"activity_cancel\": {\"kind\": \"counter\", \"since\": \"1.29.99\"}", "metrics/server.json:12:49: activity_cancel names 1.29.99, a release that is not known")]
    [InlineData(Server, "\"activity_cancel\": {\"kind\": \"counter\", \"since\": \"1.29.0\"}", "\"activity_cancel\": {\"kind\": \"counter\", \"since\": \"1.29.0\", \"before\": \"1.28.1\"}", "metrics/server.json:12:1: activity_cancel comes in 1.29.0 and is gone in 1.28.1")]
    [InlineData(Server, "\"activity_cancel\": {\"kind\": \"counter\", \"since\": \"1.29.0\"}", "\"activity_cancel\": {\"kind\": \"counter\", \"since\": \"1.32.0\"}", "metrics/server.json:12:1: activity_cancel is in no release that was read")]
    [InlineData(Server, "\"activity_cancel\": {\"kind\": \"counter\", \"since\": \"1.29.0\"}", "\"activity_cancel\": {\"kind\": \"counter\", \"before\": \"1.29.0\", \"silentSince\": \"1.30.0\"}", "metrics/server.json:12:1: activity_cancel is silent since 1.30.0 and gone in 1.29.0 already")]
    [InlineData(Server, "\"activity_cancel\": {\"kind\": \"counter\", \"since\": \"1.29.0\"}", "\"activity_cancel\": {\"kind\": \"counter\", \"atStart\": true}", "metrics/server.json:12:1: activity_cancel is there from the start of a process, and no scrape shows it: it appears when first used")]
    [InlineData(Server, "\"activity_cancel\": {\"kind\": \"counter\", \"since\": \"1.29.0\"}", "\"activity_cancel\": {\"kind\": \"counter\", \"atStart\": true, \"silentSince\": \"1.28.0\"}", "metrics/server.json:12:1: activity_cancel is there from the start of a process, and silent since 1.28.0")]
    [InlineData(Server, "\"activity_cancel\": {\"kind\": \"counter\", \"since\": \"1.29.0\"}", "\"activity_cancel\": {\"kind\": \"counter\", \"curated\": \"workflow\", \"silentSince\": \"1.29.0\"}", "metrics/server.json:12:1: activity_cancel is load-bearing, and 1.29.0 does not emit it")]
    [InlineData(Server, "\"activity_cancel\": {\"kind\": \"counter\", \"since\": \"1.29.0\"}", "\"activity_cancel\": {\"kind\": \"counter\", \"curated\": \"workflow\", \"before\": \"1.30.0\"}", "metrics/server.json:12:1: activity_cancel is load-bearing, and 1.30.0 does not emit it")]
    [InlineData(Server, "\"activity_cancel\": {\"kind\": \"counter\", \"since\": \"1.29.0\"}", "\"activity_cancel\": {\"kind\": \"counter\", \"roles\": [\"history\"]}", "metrics/server.json:12:1: activity_cancel has either roles or labels")]
    [InlineData(Server, "\"activity_cancel\": {\"kind\": \"counter\", \"since\": \"1.29.0\"}", "\"activity_cancel\": {\"kind\": \"counter\", \"labelsSince\": {\"1.29.0\": [\"x\"]}}", "metrics/server.json:12:1: activity_cancel has new labels and is said to have none before")]
    [InlineData(Server, "\"roles\": [\"history\"], \"labels\": [\"operation\"]", "\"roles\": [\"histories\"], \"labels\": [\"operation\"]", "metrics/server.json:5:65: accept_workflow_update_message is seen in \"histories\", which is no role of the server")]
    [InlineData(Server, "\"roles\": [\"history\"], \"labels\": [\"operation\"]", "\"roles\": [\"history\"], \"labels\": [\"operation\", \"namespace\"]", "metrics/server.json:5:101: accept_workflow_update_message has namespace after operation: each stands once, in order")]
    [InlineData(Server, "\"roles\": [\"history\"], \"labels\": [\"operation\"]", "\"roles\": [\"history\"], \"labels\": [\"operation\"], \"labelsSince\": {\"1.29.0\": [\"operation\"]}", "metrics/server.json:5:129: accept_workflow_update_message has the label operation always, and since some release")]
    [InlineData(Changes, "\"source\": \"", "\"source\": \"./", "metrics/changes.json:2:11: the file has no source that a reader can look up")]
    [InlineData(Changes, "[\"service_errors\"]", "[\"service_error\"]", "metrics/changes.json:4:1: the change of 1.28.0 names service_error, which no release has")]
    [InlineData(Changes, "[\"service_errors\"]", "[]", "metrics/changes.json:4:1: the change of 1.28.0 is of no metric")]
    [InlineData(Changes, "[\"service_errors\"]", "[\"activity_cancel\"]", "metrics/changes.json:4:1: the change of 1.28.0 names activity_cancel, which 1.27.4 does not have")]
    [InlineData(Changes, "[\"service_errors\"]", "[\"count_executions_failures\"]", "metrics/changes.json:4:1: the change of 1.28.0 names count_executions_failures, which 1.28.1 does not have")]
    [InlineData(Changes, "\"at\": \"1.28.0\"", "\"at\": \"1.28.99\"", "metrics/changes.json:4:1: a change names 1.28.99, a release that is not known")]
    [InlineData(Changes, "\"kind\": \"meaning\"", "\"kind\": \"renamed\"", "metrics/changes.json:4:1: the change of 1.28.0 is of the kind \"renamed\"; known are meaning, labels, deprecated")]
    [InlineData(Changes, "\"kind\": \"meaning\"", "\"kind\": \"labels\"", "metrics/changes.json:4:1: the change of 1.28.0 names new labels and is of another kind, or the other way round")]
    [InlineData(Changes, "\"labels\": [\"task_priority\"]", "\"labels\": [\"task_priority\", \"task_priority\"]", "metrics/changes.json:17:1: the change of 1.28.0 names a label twice")]
    [InlineData(Changes, "\"labels\": [\"task_priority\"]", "\"labels\": [\"priority\"]", "metrics/changes.json:17:1: the change of 1.28.0 gives task_dispatch_latency the label priority, which it does not have in 1.28.1")]
    [InlineData(Changes, "\"labels\": [\"task_priority\"]", "\"labels\": [\"taskqueue\"]", "metrics/changes.json:17:1: the change of 1.28.0 gives task_dispatch_latency the label taskqueue, which it has in 1.27.4 already")]
    [InlineData(Changes, "\"by\": \"#7468\"", "\"by\": \"somebody\"", "metrics/changes.json:4:1: the change of 1.28.0 has no source that a reader can look up")]
    [InlineData(Changes, "operation=RespondWorkflowTaskCompleted", "RespondWorkflowTaskCompleted", "metrics/changes.json:7:1: the change of 1.28.0 has an \"unless\" that is no label=value")]
    [InlineData(Changes, "[\"task_latency\"], \"at\": \"1.28.0\"", "[\"service_errors\"], \"at\": \"1.28.0\"", "service_errors, meaning, 1.28.0 is stated twice")]
    [InlineData(Changes, "\"from\": \"workflow_duration\"", "\"from\": \"workflow_durations\"", "the change of workflow_durations to workflow_schedule_to_close_latency names workflow_durations, which no release has")]
    [InlineData(Changes, "\"from\": \"workflow_duration\"", "\"from\": \"service_errors\"", "the change of service_errors to workflow_schedule_to_close_latency is of a metric that 1.30.0 still has")]
    [InlineData(Changes, "\"to\": \"workflow_schedule_to_close_latency\"", "\"to\": \"service_errors\"", "the change of workflow_duration to service_errors is to a metric that 1.29.7 has already")]
    [InlineData(Changes, "\"by\": \"#8624\"", "\"by\": \"/notes\"", "the change of workflow_duration to workflow_schedule_to_close_latency has no source that a reader can look up")]
    [InlineData(Names, "\"source\": \"", "\"source\": \"/", "metrics/names.json:2:11: the file has no source that a reader can look up")]
    [InlineData(Names, "\"activity_execution_cancelled\"", "\"zactivity\"", "metrics/names.json:4:16: sdk has activity_execution_failed after zactivity: each stands once, in order")]
    [InlineData(Names, "\"otel_scope_info\"", "\"restarts\"", "metrics/names.json:17:15: restarts is of the library that reports metrics, and the server defines it")]
    [InlineData(Server, "\"activity_cancel\"", "\"temporal_request\"", "temporal_request is an SDK's, and the server defines it")]
    [InlineData(Names, "\"es_\"", "\"elasticsearch_\"", "is another system's, and the server defines elasticsearch_bulk_processor_")]
    [InlineData(Names, "{\"sdk\": \"request\",", "{\"sdk\": \"requests\",", "metrics/names.json:20:9: requests is no metric of an SDK")]
    [InlineData(Names, "{\"sdk\": \"request\",", "{\"sdk\": \"request_failure\",", "serverSide has request_failure twice")]
    [InlineData(Names, "\"name\": \"temporal_request_errors\"", "\"name\": \"temporal_request_errors_total\"", "published has temporal_request_errors_total twice")]
    [InlineData(Names, "\"name\": \"temporal_request_errors\"", "\"name\": \"service_errors\"", "service_errors is published and emitted by nothing, and the server defines it")]
    [InlineData(Names, "\"name\": \"temporal_request_errors\"", "\"name\": \"temporal_request\"", "temporal_request is published and emitted by nothing, and an SDK's")]
    [InlineData(Names, "rate({service_requests}{service_name=\\\"frontend\\\"}[5m])", "rate({service_requests}{service_name=\\\"frontend\\\"})", "metrics/names.json:20:29: the query is no PromQL: ")]
    [InlineData(Names, "rate({service_requests}{", "rate(service_requests{", "metrics/names.json:20:29: the query asks for service_requests, which is no metric of the server in braces: other settings name it otherwise")]
    [InlineData(Names, "rate({service_requests}{", "rate({service_request}{", "metrics/names.json:20:29: the query asks for service_request, which 1.26.3 does not emit")]
    [InlineData(Names, "rate({service_requests}{", "rate({service_requests:count}{", "metrics/names.json:20:29: the query asks for service_requests:count, which is no histogram")]
    [InlineData(Names, "{service_latency:bucket}", "{service_latency}", "the query asks for service_latency, a histogram, which has only buckets, a sum and a count")]
    public void A_doctored_file_is_found(string file, string good, string bad, string finding) =>
        Findings(Doctored(file, good, bad)).ShouldContain(one => one.Contains(finding, StringComparison.Ordinal));

    [Theory]
    [InlineData(Server, "\"kind\": \"counter\"", "\"kind\": \"count\"", 5, "one of counter, gauge, timer, histogram and bytes")]
    [InlineData(Server, "\"ack_level_update\": ", "\"accept_workflow_update_message\": ", 6, "\"accept_workflow_update_message\" a second time")]
    [InlineData(Server, "\"labels\": [\"operation\"]", "\"labels\": [\"\"]", 5, "text for \"labels\"")]
    [InlineData(Server, "\"labelsSince\": {\"1.28.0\"", "\"labelsSince\": {\"newest\"", 0, "a server version such as 1.29.1")]
    [InlineData(Changes, ", \"by\": \"#7468\"", "", 4, "a field \"by\"")]
    [InlineData(Changes, "\"renames\": [\n{", "\"renames\": [\n{\"why\": \"x\", ", 0, "one of the fields from, to, at, by")]
    public void A_file_that_says_what_cannot_be_read_is_an_error_with_its_place(string file, string good, string bad, int line, string words)
    {
        var error = Should.Throw<CatalogException>(() => Findings(Doctored(file, good, bad)));

        error.Message.ShouldContain(words);
        error.File.ShouldBe(file);
        (line == 0 ? error.Line > 0 : error.Line == line).ShouldBeTrue(error.Message);
    }

    private static CatalogFiles Doctored(string file, string good, string bad)
    {
        var text = Encoding.UTF8.GetString(Files.Read(file));
        text.ShouldContain(good);
        var at = text.IndexOf(good, StringComparison.Ordinal);
        return Files.With(file, Encoding.UTF8.GetBytes(string.Concat(text.AsSpan(0, at), bad, text.AsSpan(at + good.Length))));
    }

    private static IReadOnlyList<string> Findings(CatalogFiles files)
    {
        var catalog = ReleaseCatalog.Load(files);
        return [.. catalog.Contradictions(), .. CatalogQueries.Contradictions(catalog)];
    }
}
