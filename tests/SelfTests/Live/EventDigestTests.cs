using System.Text.Json;
using Google.Protobuf;
using TemporalConformance.Checks;
using TemporalConformance.Probes;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace TemporalConformance.SelfTests;

/// <summary>An event has one digest, whichever server tells it; every field counts.</summary>
public sealed class EventDigestTests
{
    [Fact]
    public void The_order_of_a_map_does_not_count() => EventDigests.Of(Started("a", "b")).ShouldBe(EventDigests.Of(Started("b", "a")));

    [Fact]
    public void Each_field_counts()
    {
        var digest = EventDigests.Of(Started("a", "b")).Digest;
        Action<HistoryEvent>[] changes =
        [
            one => one.EventId++,
            one => one.TaskId++,
            one => one.EventTime.Nanos++,
            one => one.WorkerMayIgnore = true,
            one => one.WorkflowExecutionStartedEventAttributes.Attempt++,
            one => one.WorkflowExecutionStartedEventAttributes.WorkflowType.Name += "x",
            one => one.WorkflowExecutionStartedEventAttributes.Header.Fields.Remove("a"),
            one => one.WorkflowExecutionStartedEventAttributes.Header.Fields["a"].Data = ByteString.CopyFromUtf8("changed"),
            one => one.WorkflowExecutionStartedEventAttributes.Input = new Payloads(),
            one => one.WorkflowExecutionStartedEventAttributes.PrevAutoResetPoints = new() { Points = { new Temporalio.Api.Workflow.V1.ResetPointInfo() } },
        ];
        changes.Select(change =>
        {
            var changed = Started("a", "b");
            change(changed);
            return EventDigests.Of(changed).Digest;
        }).Append(digest).ShouldBeUnique();
    }

    [Fact]
    public void Three_real_releases_tell_the_same_histories_alike()
    {
        var folder = SharedData.Path("real/temporal");
        var compared = 0;
        foreach (var file in Directory.GetFiles(Path.Combine(folder, "1.27.3", "grpc"), "GetWorkflowExecutionHistory-*.json", SearchOption.AllDirectories))
        {
            foreach (var release in new[] { "1.28.1", "1.29.1" })
            {
                var later = file.Replace("1.27.3", release, StringComparison.Ordinal);
                if (!File.Exists(later) || RunId(file) != RunId(later))
                {
                    continue;
                }

                ExportedHistory.Of(Read(file)).DifferenceTo(Read(later)).ShouldBeNull($"{file} and {later}");
                compared++;
            }
        }

        compared.ShouldBeGreaterThan(10);
    }

    private static HistoryReading Read(string file)
    {
        var history = JsonParser.Default.Parse<History>(Answer(file).GetProperty("response").GetProperty("history").GetRawText());
        return new HistoryReading([.. history.Events.Select(EventDigests.Of)], null, null, 0, [], new Dictionary<string, string>());
    }

    private static string? RunId(string file) => Answer(file).GetProperty("request").GetProperty("execution").TryGetProperty("runId", out var run) ? run.GetString() : null;

    private static JsonElement Answer(string file) => JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(file));

    private static HistoryEvent Started(params string[] headers)
    {
        var started = new HistoryEvent
        {
            EventId = 1,
            EventType = EventType.WorkflowExecutionStarted,
            TaskId = 7,
            EventTime = new() { Seconds = 1, Nanos = 2 },
            WorkflowExecutionStartedEventAttributes = new() { WorkflowType = new() { Name = "Order" }, Attempt = 1, Header = new() },
        };
        foreach (var header in headers)
        {
            started.WorkflowExecutionStartedEventAttributes.Header.Fields[header] = new Payload { Data = ByteString.CopyFromUtf8(header) };
        }

        return started;
    }
}
