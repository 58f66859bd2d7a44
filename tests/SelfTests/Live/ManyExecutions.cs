using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TemporalConformance.StandIns;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.TaskQueue.V1;
using Temporalio.Api.Workflow.V1;
using Temporalio.Api.WorkflowService.V1;

namespace TemporalConformance.SelfTests;

/// <summary>
/// Any number of running executions in the namespace <see cref="Name"/> of a stand-in cluster, made when they are asked for. What is wrong with
/// them is set from outside.
/// </summary>
/// <param name="count">How many there are.</param>
internal sealed class ManyExecutions(int count) : IStandInService
{
    /// <summary>The namespace; to be registered in the cluster.</summary>
    public const string Name = "many";

    /// <summary>The task queue of all of them.</summary>
    public const string Queue = "many-orders";

    private const string Service = "temporal.api.workflowservice.v1.WorkflowService/";
    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Those that do not exist any more.</summary>
    public HashSet<int> Gone { get; } = [];

    /// <summary>Those that visibility does not show.</summary>
    public HashSet<int> Hidden { get; } = [];

    /// <summary>Since when a workflow task of each waits; null where none does.</summary>
    public DateTimeOffset? WaitingSince { get; set; }

    /// <summary>When the timer of each is due.</summary>
    public DateTimeOffset TimerDue { get; set; } = DateTimeOffset.UtcNow.AddDays(1);

    /// <summary>When a worker asked last; null where none does.</summary>
    public DateTimeOffset? Worker { get; set; }

    /// <summary>Changes a history before it is shown.</summary>
    public Action<History> Rewrite { get; set; } = _ => { };

    /// <summary>What visibility counts; null for the truth.</summary>
    public long? Counted { get; set; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, StandInHandler> Handlers => new Dictionary<string, StandInHandler>
    {
        [Service + "CountWorkflowExecutions"] = Answer<CountWorkflowExecutionsRequest>(one => one.Namespace, _ => new CountWorkflowExecutionsResponse { Count = Counted ?? Shown.Count() }),
        [Service + "ListWorkflowExecutions"] = Answer<ListWorkflowExecutionsRequest>(one => one.Namespace, List),
        [Service + "DescribeWorkflowExecution"] = Answer<DescribeWorkflowExecutionRequest>(one => one.Namespace, one => Describe(Known(one.Execution))),
        [Service + "GetWorkflowExecutionHistory"] = Answer<GetWorkflowExecutionHistoryRequest>(one => one.Namespace, one => HistoryOf(Known(one.Execution))),
        [Service + "DescribeTaskQueue"] = Answer<DescribeTaskQueueRequest>(one => one.Namespace, DescribeQueue),
    };

    private IEnumerable<int> Shown => Enumerable.Range(0, count).Where(at => !Gone.Contains(at) && !Hidden.Contains(at));

    /// <summary>What a run's id looks like.</summary>
    public static string RunId(int at) => new Guid(at, 0, 0, new byte[8]).ToString();

    private static StandInHandler Answer<T>(Func<T, string> ns, Func<T, IMessage> answer) => (request, _) => ns((T)request) == Name
        ? Task.FromResult(answer((T)request))
        : throw new RpcException(new Status(StatusCode.NotFound, "not here"));

    private ListWorkflowExecutionsResponse List(ListWorkflowExecutionsRequest request)
    {
        var answer = new ListWorkflowExecutionsResponse();
        if (request.Query.StartsWith("CloseTime", StringComparison.Ordinal))
        {
            return answer;
        }

        var below = request.NextPageToken.IsEmpty ? count : int.Parse(request.NextPageToken.ToStringUtf8(), null);
        for (var at = below - 1; at >= 0; at--)
        {
            if (Gone.Contains(at) || Hidden.Contains(at))
            {
                continue;
            }

            if (answer.Executions.Count == request.PageSize)
            {
                answer.NextPageToken = ByteString.CopyFromUtf8($"{at + 1}");
                break;
            }

            answer.Executions.Add(Info(at));
        }

        return answer;
    }

    private static WorkflowExecutionInfo Info(int at) => new()
    {
        Execution = new WorkflowExecution { WorkflowId = $"order-{at}", RunId = RunId(at) },
        Type = new WorkflowType { Name = $"Order{at % 7}" },
        StartTime = Timestamp.FromDateTimeOffset(s_start.AddSeconds(at)),
        Status = WorkflowExecutionStatus.Running,
        TaskQueue = Queue,
    };

    private int Known(WorkflowExecution execution) =>
        int.Parse(execution.WorkflowId.Split('-')[1], null) is var at && at < count && !Gone.Contains(at) && execution.RunId == RunId(at)
            ? at
            : throw new RpcException(new Status(StatusCode.NotFound, $"workflow not found for ID: {execution.WorkflowId}"));

    private DescribeWorkflowExecutionResponse Describe(int at) => new()
    {
        ExecutionConfig = new WorkflowExecutionConfig { TaskQueue = new TaskQueue { Name = Queue } },
        WorkflowExecutionInfo = Info(at),
        PendingWorkflowTask = WaitingSince is { } since
            ? new PendingWorkflowTaskInfo { State = PendingWorkflowTaskState.Scheduled, ScheduledTime = Timestamp.FromDateTimeOffset(since), Attempt = 1 }
            : null,
    };

    private GetWorkflowExecutionHistoryResponse HistoryOf(int at)
    {
        var started = Timestamp.FromDateTimeOffset(s_start.AddSeconds(at));
        var history = new History
        {
            Events =
            {
                Event(1, EventType.WorkflowExecutionStarted, one => one.WorkflowExecutionStartedEventAttributes = new() { WorkflowType = Info(at).Type, Attempt = 1 }),
                Event(2, EventType.WorkflowTaskScheduled, one => one.WorkflowTaskScheduledEventAttributes = new() { Attempt = 1 }),
                Event(3, EventType.WorkflowTaskStarted, one => one.WorkflowTaskStartedEventAttributes = new() { ScheduledEventId = 2 }),
                Event(4, EventType.WorkflowTaskCompleted, one => one.WorkflowTaskCompletedEventAttributes = new()
                {
                    ScheduledEventId = 2,
                    SdkMetadata = new() { SdkName = "temporal-go", SdkVersion = "1.29.0" },
                }),
                Event(5, EventType.TimerStarted, one => one.TimerStartedEventAttributes = new()
                {
                    TimerId = "5",
                    StartToFireTimeout = Duration.FromTimeSpan(TimerDue - started.ToDateTimeOffset()),
                }),
            },
        };
        Rewrite(history);
        return new GetWorkflowExecutionHistoryResponse { History = history };

        HistoryEvent Event(long id, EventType type, Action<HistoryEvent> fill)
        {
            var made = new HistoryEvent { EventId = id, EventTime = started, EventType = type, TaskId = 1000 + id };
            fill(made);
            return made;
        }
    }

    private DescribeTaskQueueResponse DescribeQueue(DescribeTaskQueueRequest request)
    {
        var answer = new DescribeTaskQueueResponse();
        if (Worker is { } last && request.TaskQueueType == TaskQueueType.Workflow && request.TaskQueue.Name == Queue)
        {
            answer.Pollers.Add(new PollerInfo { Identity = "worker-1", LastAccessTime = Timestamp.FromDateTimeOffset(last) });
        }

        return answer;
    }
}
