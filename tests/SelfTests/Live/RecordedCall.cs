using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Net.Client;
using TemporalConformance.Probes.Wire;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests.Live;

/// <summary>One file of <c>../shared/real/temporal</c> with a call and what a real server answered, to be made again on the stand-in.</summary>
internal sealed class RecordedCall
{
    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    private static readonly Dictionary<string, MethodDescriptor> Methods = new[]
        {
            Temporalio.Api.WorkflowService.V1.ServiceReflection.Descriptor.Services[0], Temporalio.Api.OperatorService.V1.ServiceReflection.Descriptor.Services[0],
            AdminReflection.Descriptor.Services[0],
        }
        .SelectMany(service => service.Methods)
        .ToLookup(method => (method.Service.Name == "AdminService" ? "admin-" : "") + method.Name, StringComparer.Ordinal)
        .ToDictionary(methods => methods.Key, methods => methods.First(), StringComparer.Ordinal);

    private RecordedCall(MethodDescriptor method, IMessage request, IMessage? response, string? refusal)
    {
        Method = method;
        Request = request;
        Response = response;
        Refusal = refusal;
    }

    public MethodDescriptor Method { get; }

    public IMessage Request { get; }

    /// <summary>Null for a refusal.</summary>
    public IMessage? Response { get; }

    /// <summary><c>NotFound: the sentence</c>; null for an answer.</summary>
    public string? Refusal { get; }

    /// <summary>Reads one; null for a method that the checks never call.</summary>
    public static RecordedCall? Read(string file, StandInCluster cluster)
    {
        var name = Path.GetFileNameWithoutExtension(file).Split('-') is ["admin" or "orders" or "payments", var second, ..] parts
            ? (parts[0] == "admin" ? "admin-" : "") + second
            : Path.GetFileNameWithoutExtension(file).Split('-')[0];
        if (!Methods.TryGetValue(name, out var method))
        {
            return null;
        }

        using var document = JsonDocument.Parse(OnOwnPorts(File.ReadAllText(file), cluster));
        var error = document.RootElement.TryGetProperty("error", out var refused)
            ? $"{refused.GetProperty("code").GetString()}: {refused.GetProperty("message").GetString()}"
            : null;
        return new RecordedCall(
            method,
            Parser.Parse(document.RootElement.GetProperty("request").GetRawText(), method.InputType),
            error is null ? Parser.Parse(document.RootElement.GetProperty("response").GetRawText(), method.OutputType) : null,
            error);
    }

    /// <summary>Makes the call: an answer, or <c>NotFound: the sentence</c>.</summary>
    public async Task<(IMessage? Response, string? Refusal)> MakeAsync(GrpcChannel channel)
    {
        var method = new Method<IMessage, IMessage>(
            MethodType.Unary, Method.Service.FullName, Method.Name, Marshaller(Method.InputType.Parser), Marshaller(Method.OutputType.Parser));
        try
        {
            return (await channel.CreateCallInvoker().AsyncUnaryCall(method, null, new CallOptions(cancellationToken: TestContext.Current.CancellationToken), Request), null);
        }
        catch (RpcException refusal)
        {
            return (null, $"{refusal.StatusCode}: {refusal.Status.Detail}");
        }
    }

    private static Marshaller<IMessage> Marshaller(MessageParser parser) =>
        Marshallers.Create<IMessage>(message => message.ToByteArray(), bytes => parser.ParseFrom(bytes));

    // The recorded cluster had an address for each process.
    private static string OnOwnPorts(string text, StandInCluster cluster) => text
        .Replace("127.0.1.11:7234", cluster.HistoryHosts[0], StringComparison.Ordinal)
        .Replace("127.0.1.12:7234", cluster.HistoryHosts[1], StringComparison.Ordinal)
        .Replace("127.0.1.21:7235", cluster.MatchingHosts[0], StringComparison.Ordinal)
        .Replace("127.0.1.22:7235", cluster.MatchingHosts[1], StringComparison.Ordinal)
        .Replace("127.0.1.1:7233", cluster.Frontends[0], StringComparison.Ordinal)
        .Replace("127.0.1.2:7233", cluster.Frontends[1], StringComparison.Ordinal)
        .Replace("127.0.1.31:0", "127.0.0.1:0", StringComparison.Ordinal);
}
