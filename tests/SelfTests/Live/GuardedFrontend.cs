using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Temporalio.Api.WorkflowService.V1;

namespace TemporalConformance.SelfTests;

/// <summary>How a frontend is guarded.</summary>
internal sealed record Guard
{
    /// <summary>The server's certificate; null for plaintext.</summary>
    public IssuedCertificate? Certificate { get; init; }

    /// <summary>Certificates that are sent along with it, PEM.</summary>
    public string? Above { get; init; }

    /// <summary>PEM of the authority that client certificates must come from; null to ask for none.</summary>
    public string? ClientAuthority { get; init; }

    /// <summary>The only API key that is let in; null for everybody.</summary>
    public string? ApiKey { get; init; }

    /// <summary>TLS versions that are spoken.</summary>
    public SslProtocols Protocols { get; init; } = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>Where the calls go that are let in; null for answers of its own to what a probe asks first.</summary>
    public string? Upstream { get; init; }

    /// <summary>Refuses every call with this gRPC status and text; null for none.</summary>
    public (int Status, string Message)? Refusal { get; init; }

    /// <summary>Calls get no answer.</summary>
    public bool Hangs { get; init; }

    /// <summary>The addresses to listen on; null for 127.0.0.1.</summary>
    public IReadOnlyList<IPAddress>? On { get; init; }
}

/// <summary>
/// A gRPC server that lets in whom it should, and hands the calls on to a real one behind it, unary ones as they are. Without one it
/// answers GetSystemInfo, GetClusterInfo and DescribeNamespace itself.
/// </summary>
internal sealed class GuardedFrontend : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Guard _guard;
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler { UseProxy = false, EnableMultipleHttp2Connections = true });

    private GuardedFrontend(WebApplication app, Guard guard) => (_app, _guard) = (app, guard);

    /// <summary><c>127.0.0.1:port</c>.</summary>
    public string Address => $"127.0.0.1:{Port}";

    /// <summary>The port, the same on every address.</summary>
    public int Port { get; private set; }

    /// <summary>The headers of every call so far, by method.</summary>
    public ConcurrentQueue<(string Method, IHeaderDictionary Headers)> Calls { get; } = [];

    public static async Task<GuardedFrontend> StartAsync(Guard guard, CancellationToken token)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        if (guard.Certificate is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.Services.AddRoutingCore();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            var port = 0;
            if (guard.On is { Count: > 1 })
            {
                port = Ports();
            }

            foreach (var address in guard.On ?? [IPAddress.Loopback])
            {
                kestrel.Listen(address, port, listen =>
                {
                    listen.Protocols = HttpProtocols.Http2;
                    if (guard.Certificate is { } certificate)
                    {
                        listen.UseHttps(https => Secure(https, guard, certificate));
                    }
                });
            }
        });
        var app = builder.Build();
        var frontend = new GuardedFrontend(app, guard);
        app.Run(frontend.HandleAsync);
        await app.StartAsync(token);
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        frontend.Port = new Uri(addresses.First()).Port;
        return frontend;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        _client.Dispose();
    }

    private static int Ports()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static void Secure(HttpsConnectionAdapterOptions https, Guard guard, IssuedCertificate certificate)
    {
        using var parsed = X509Certificate2.CreateFromPem(certificate.Certificate, certificate.Key);
        https.ServerCertificate = X509CertificateLoader.LoadPkcs12(parsed.Export(X509ContentType.Pkcs12), null);
        https.SslProtocols = guard.Protocols;
        if (guard.Above is { } above)
        {
            https.ServerCertificateChain = [];
            https.ServerCertificateChain.ImportFromPem(above);
        }

        if (guard.ClientAuthority is { } authority)
        {
            var root = X509Certificate2.CreateFromPem(authority);
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = (client, _, _) =>
            {
                using var chain = new X509Chain();
                chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
                chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
                chain.ChainPolicy.CustomTrustStore.Add(root);
                return chain.Build(client);
            };
        }
    }

    private async Task HandleAsync(HttpContext http)
    {
        var method = http.Request.Path.Value!.Split('/')[^1];
        Calls.Enqueue((method, http.Request.Headers));
        if (_guard.Hangs)
        {
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        http.Response.ContentType = "application/grpc";
        if (_guard.ApiKey is { } key && http.Request.Headers.Authorization != $"Bearer {key}")
        {
            Trailers(http, 16, "Request unauthorized.");
        }
        else if (_guard.Refusal is var (status, message))
        {
            Trailers(http, status, message);
        }
        else if (_guard.Upstream is { } upstream)
        {
            await HandOnAsync(http, upstream);
        }
        else
        {
            await AnswerAsync(http, method);
        }
    }

    private static async Task AnswerAsync(HttpContext http, string method)
    {
        IMessage? answer = method switch
        {
            "GetSystemInfo" => new GetSystemInfoResponse { ServerVersion = "1.29.1", Capabilities = new() },
            "GetClusterInfo" => new GetClusterInfoResponse { ServerVersion = "1.29.1", ClusterId = "b7ad8cb5-0b0f-4a44-8f5e-a3d9c9a7a9b1", ClusterName = "active", HistoryShardCount = 4 },
            "DescribeNamespace" => new DescribeNamespaceResponse { NamespaceInfo = new() { Name = "temporal-conformance", State = Temporalio.Api.Enums.V1.NamespaceState.Registered } },
            _ => null,
        };
        if (answer is null)
        {
            Trailers(http, 12, $"unknown method {method}");
            return;
        }

        var frame = new byte[5 + answer.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), frame.Length - 5);
        answer.WriteTo(frame.AsSpan(5));
        await http.Response.Body.WriteAsync(frame, http.RequestAborted);
        Trailers(http, 0, "");
    }

    private async Task HandOnAsync(HttpContext http, string upstream)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{upstream}{http.Request.Path}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new StreamContent(http.Request.Body),
        };
        foreach (var (name, values) in http.Request.Headers.Where(header => !header.Key.StartsWith(':') && header.Key != "Content-Length"))
        {
            if (!request.Headers.TryAddWithoutValidation(name, values.ToArray()))
            {
                request.Content.Headers.TryAddWithoutValidation(name, values.ToArray());
            }
        }

        try
        {
            using var response = await _client.SendAsync(request, http.RequestAborted);
            foreach (var (name, values) in response.Headers)
            {
                http.Response.Headers[name] = values.ToArray();
            }

            await response.Content.CopyToAsync(http.Response.Body, http.RequestAborted);
            foreach (var (name, values) in response.TrailingHeaders)
            {
                http.Response.AppendTrailer(name, values.ToArray());
            }
        }
        catch (OperationCanceledException)
        {
            // The caller has gone.
        }
    }

    private static void Trailers(HttpContext http, int status, string message)
    {
        http.Response.AppendTrailer("grpc-status", $"{status}");
        http.Response.AppendTrailer("grpc-message", Uri.EscapeDataString(message));
    }
}
