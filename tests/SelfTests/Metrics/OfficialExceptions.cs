using TemporalConformance.Formats;

namespace TemporalConformance.SelfTests;

/// <summary>A series of an official dashboard that does not simply go on.</summary>
/// <param name="File">The dashboard.</param>
/// <param name="Panel">Panel and letter of the query.</param>
/// <param name="Name">The series.</param>
/// <param name="Answer">What becomes of it from 1.27.3 to 1.29.1.</param>
/// <param name="Why">Why that is right.</param>
internal sealed record OfficialException(string File, string Panel, string Name, QueryVerdict Answer, string Why);

/// <summary>
/// Everything in the official dashboards that PreUpgrade names on a cluster of 1.27.3 with the tally reporter that is to become 1.29.1, and why. Whatever is not
/// here goes on, appears when first used, or is of SDKs, Temporal Cloud and Kubernetes.
/// </summary>
internal static class OfficialExceptions
{
    private const QueryVerdict Already = QueryVerdict.AlreadyBroken;
    private const QueryVerdict ByUpgrade = QueryVerdict.BrokenByUpgrade;
    private const QueryVerdict Meaning = QueryVerdict.ChangedMeaning;

    private const string Gone = "No server since 1.26 has it.";
    private const string ByType = "No server since 1.26 has it; visibility_persistence_error_with_type took its place.";
    private const string Commands = "No server since 1.26 has it; command with a label took its place.";
    private const string NeverRecorded = "The server defines it and nothing records it.";
    private const string Bare = "It is a histogram; the panel asks for its bare name, which no histogram has.";
    private const string Silenced = "From 1.28 on nothing records it.";
    private const string Errors = "From 1.28 on it counts other errors.";
    private const string Throttled = "From 1.28 on the time lost to limits of a namespace is not in it.";
    private const string CountedTwice = "From 1.29 on a workflow that changes after its close is not counted twice.";

    /// <summary>Queries that find nothing: <c>metrics/dashboards-resolve</c>.</summary>
    public static IReadOnlyList<OfficialException> Broken { get; } =
    [
        new("misc/advanced-visibility-specific.json", "Visibility Errors Breakdown B", "task_errors_limit_exceeded_counter", Already, Gone),
        new("misc/advanced-visibility-specific.json", "Errors Break Down A", "visibility_persistence_invalid_argument", Already, ByType),
        new("misc/advanced-visibility-specific.json", "Errors Break Down C", "visibility_persistence_condition_failed", Already, ByType),
        new("misc/advanced-visibility-specific.json", "Errors Break Down D", "visibility_persistence_timeout", Already, ByType),
        new("misc/advanced-visibility-specific.json", "Errors Break Down E", "visibility_persistence_not_found", Already, ByType),
        new("misc/advanced-visibility-specific.json", "Errors Break Down F", "visibility_persistence_internal", Already, ByType),
        new("misc/advanced-visibility-specific.json", "Errors Break Down G", "visibility_persistence_unavailable", Already, ByType),
        new("misc/advanced-visibility-specific.json", "Requests Vs Errors C", "elasticsearch_bulk_processor_retries", Already, Gone),
        new("misc/advanced-visibility-specific.json", "Requests Vs Errors E", "elasticsearch_bulk_processor_deadlock", Already, Gone),
        new("misc/advanced-visibility-specific.json", "Add Search Attributes Workflow A", "add_search_attributes_workflow_success", ByUpgrade, Silenced),
        new("misc/advanced-visibility-specific.json", "Add Search Attributes Workflow B", "add_search_attributes_workflow_failure", ByUpgrade, Silenced),
        new("misc/history-service-specific.json", "Active Transfer Errors Breakdown B", "task_errors_limit_exceeded_counter", Already, Gone),
        new("misc/history-service-specific.json", "Active Timer Errors Breakdown B", "task_errors_limit_exceeded_counter", Already, Gone),
        new("misc/history-service-specific.json", "Empty Workflow Tasks A", "empty_completion_commands", Already, NeverRecorded),
        new("misc/history-service-specific.json", "Shard Item Latency A", "sharditem_acquisition_latency", Already, Bare),
        new("misc/worker-service-specific.json", "Messages Dropped D", "replicator_messages_dropped", Already, Gone),
        new("server/server-general.json", "Actions A", "start_timer_command", Already, Commands),
        new("server/server-general.json", "Actions A", "signal_external_workflow_command", Already, Commands),
        new("server/server-general.json", "Actions A", "record_marker_command", Already, Commands),
        new("server/server-general.json", "Actions A", "continue_as_new_command", Already, Commands),
        new("server/server-general.json", "Actions A", "child_workflow_command", Already, Commands),
        new("server/server-general.json", "Actions A", "upsert_workflow_search_attributes_command", Already, Commands),
        new("server/server-general.json", "Actions A", "modify_workflow_properties_command", Already, Commands),
        new("server/server-general.json", "GC Counter A", "memory_num_gc", Already, Bare),
    ];

    /// <summary>Queries that go on and count something else: <c>metrics/changed-meanings</c>.</summary>
    public static IReadOnlyList<OfficialException> Changed { get; } =
    [
        new("misc/advanced-visibility-specific.json", "Avg Visibility Task Overall Latency A", "task_latency_sum", Meaning, Throttled),
        new("misc/advanced-visibility-specific.json", "Avg Visibility Task Overall Latency A", "task_latency_count", Meaning, Throttled),
        new("misc/advanced-visibility-specific.json", "P50 Visibility Task Overall Latency A", "task_latency_bucket", Meaning, Throttled),
        new("misc/advanced-visibility-specific.json", "P95 Visibility Task Overall Latency A", "task_latency_bucket", Meaning, Throttled),
        new("misc/frontend-service-specific.json", "Requests Per Operation B", "service_errors", Meaning, Errors),
        new("misc/history-service-specific.json", "Requests Per Operation B", "service_errors", Meaning, Errors),
        new("misc/history-service-specific.json", "Active Transfer Task Total Latency A", "task_latency_bucket", Meaning, Throttled),
        new("misc/history-service-specific.json", "Active Timer Task Total Latency A", "task_latency_bucket", Meaning, Throttled),
        new("misc/matching-service-specific.json", "Requests Per Operation B", "service_errors", Meaning, Errors),
        new("server/server-general.json", "Service Availability (Based on Frontend Calls) C", "service_errors", Meaning, Errors),
        new("server/server-general.json", "Workflow Completion Overview A", "workflow_success", Meaning, CountedTwice),
        new("server/server-general.json", "Workflow Completion Overview B", "workflow_failed", Meaning, CountedTwice),
        new("server/server-general.json", "Workflow Completion Overview C", "workflow_timeout", Meaning, CountedTwice),
        new("server/server-general.json", "Workflow Completion Overview D", "workflow_terminate", Meaning, CountedTwice),
        new("server/server-general.json", "Workflow Completion Overview E", "workflow_cancel", Meaning, CountedTwice),
        new("server/server-general.json", "Workflow Success By Namespace A", "workflow_success", Meaning, CountedTwice),
        new("server/server-general.json", "Workflow Failed By Namespace A", "workflow_failed", Meaning, CountedTwice),
        new("server/server-general.json", "Workflow Timedout By Namespace A", "workflow_timeout", Meaning, CountedTwice),
        new("server/server-general.json", "Workflow Terminate By Namespace A", "workflow_terminate", Meaning, CountedTwice),
        new("server/server-general.json", "Workflow Cancelled By Namespace A", "workflow_cancel", Meaning, CountedTwice),
        new("server/server-general.json", "Service RequestsVs Errors ($Service) B", "service_errors", Meaning, Errors),
        new("server/server-general.json", "Service Errors By Operation ($Service) A", "service_errors", Meaning, Errors),
    ];
}
