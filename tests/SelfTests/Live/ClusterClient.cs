using Grpc.Core;
using Grpc.Net.Client;
using TemporalConformance.Probes.Wire;
using Temporalio.Client;
using SdkRpcException = Temporalio.Exceptions.RpcException;

namespace TemporalConformance.SelfTests.Live;

/// <summary>One frontend as its users and its operators reach it, for tests: no counting, no translation of failures.</summary>
internal sealed class ClusterClient : IDisposable
{
    private readonly GrpcChannel _channel;

    private ClusterClient(TemporalClient sdk, GrpcChannel channel)
    {
        Sdk = sdk;
        _channel = channel;
    }

    public TemporalClient Sdk { get; }

    public WorkflowService Workflow => Sdk.Connection.WorkflowService;

    public OperatorService Operator => Sdk.Connection.OperatorService;

    public AdminService.AdminServiceClient Admin => new(_channel);

    public static RpcOptions Once => new() { Retry = false, Timeout = TimeSpan.FromSeconds(10), CancellationToken = TestContext.Current.CancellationToken };

    public static async Task<ClusterClient> ConnectAsync(string address, string ns = "temporal-conformance") => new(
        await TemporalClient.ConnectAsync(new TemporalClientConnectOptions(address) { Namespace = ns }), GrpcChannel.ForAddress($"http://{address}"));

    /// <summary>The health of a service of any process, or the status of the refusal.</summary>
    public static async Task<string> HealthAsync(string address, string service)
    {
        using var channel = GrpcChannel.ForAddress($"http://{address}");
        try
        {
            var answer = await new Health.HealthClient(channel).CheckAsync(
                new HealthCheckRequest { Service = service }, deadline: DateTime.UtcNow.AddSeconds(2), cancellationToken: TestContext.Current.CancellationToken);
            return answer.Status.ToString();
        }
        catch (RpcException refusal)
        {
            return $"{refusal.StatusCode}: {refusal.Status.Detail}";
        }
    }

    /// <summary>The status and the sentence of a refusal; what was expected to be one and is none fails the test.</summary>
    public static async Task<(string Status, string Sentence)> RefusalOf(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (SdkRpcException refusal)
        {
            return (refusal.Code.ToString(), refusal.Message);
        }
        catch (RpcException refusal)
        {
            return (refusal.StatusCode.ToString(), refusal.Status.Detail);
        }

        throw new InvalidOperationException("The call was answered.");
    }

    public void Dispose() => _channel.Dispose();
}
