using System.Net;
using System.Net.Sockets;
using TemporalConformance.Facts;
using TemporalConformance.Probes;

namespace TemporalConformance.SelfTests;

/// <summary>Every way in which a frontend does not let a client in has a sentence and a remedy of its own; seen on real sockets, TLS and gRPC.</summary>
public sealed class FrontendFailureTests : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(4);

    private readonly CertificateAuthority _authority = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task Plaintext_without_a_guard_is_let_in()
    {
        await using var server = await GuardedFrontend.StartAsync(new Guard(), Token);

        var answer = await AskAsync(server.Address);

        answer.Refusal.ShouldBeNull(answer.Refusal?.Message);
        answer.Reading!.ServerVersion.ShouldBe("1.29.1");
        answer.Address.ShouldBe(server.Address);
        answer.Tls.ShouldBeNull();
    }

    [Theory]
    [InlineData("1.2")]
    [InlineData("1.3")]
    public async Task TLS_with_the_authority_given_is_let_in_and_described(string version)
    {
        var protocols = version == "1.2" ? System.Security.Authentication.SslProtocols.Tls12 : System.Security.Authentication.SslProtocols.Tls13;
        await using var server = await GuardedFrontend.StartAsync(new Guard { Certificate = _authority.Server(names: ["frontend.test", "127.0.0.1"]), Protocols = protocols }, Token);

        var answer = await AskAsync(server.Address, new TemporalTls(_authority.RootFile, null, null, null));

        answer.Refusal.ShouldBeNull(answer.Refusal?.Message);
        answer.Reading!.ClusterName.ShouldBe("active");
        answer.Tls!.Version.ShouldBe(version);
        answer.Tls.Subject.ShouldBe("CN=frontend.test");
        answer.Tls.Names.ShouldBe(["frontend.test", "127.0.0.1"]);
        answer.Tls.NotAfter.ShouldBe(DateTimeOffset.UtcNow.AddDays(5), TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task Client_certificate_API_key_and_metadata_reach_the_server_through_both_clients()
    {
        var guard = new Guard { Certificate = _authority.Server(names: ["frontend.test"]), ClientAuthority = _authority.Root, ApiKey = "k3y-of-the-tests" };
        await using var server = await GuardedFrontend.StartAsync(guard, Token);
        var ours = _authority.Client("conformance");
        var tls = new TemporalTls(_authority.RootFile, _authority.File("client", ours.Certificate), _authority.File("client-key", ours.Key), "frontend.test");
        var access = Access(tls, "k3y-of-the-tests") with { Metadata = new Dictionary<string, Secret> { ["x-route"] = new("blue") } };
        var counter = new CallCounter();
        var probe = new TemporalProbe(access, counter);

        await using var connection = await probe.OpenAsync(server.Address, Token);
        await connection.Workflow((service, options) => service.GetClusterInfoAsync(new(), options), Token);
        var health = await Should.ThrowAsync<ProbeException>(() => connection.HealthAsync("any", Token));

        health.Status.ShouldBe("Unimplemented");
        server.Calls.Select(call => call.Method).ShouldBe(["GetSystemInfo", "GetClusterInfo", "Check"]);
        server.Calls.ShouldAllBe(call => call.Headers["x-route"] == "blue" && call.Headers.Authorization == "Bearer k3y-of-the-tests");
        server.Calls.Last().Headers.UserAgent.ToString().ShouldStartWith("temporal-conformance/");
        counter.CallsByMethod.ShouldBe(new Dictionary<string, int> { ["GetClusterInfo"] = 1, ["GetSystemInfo"] = 1, ["HealthCheck"] = 1 });
    }

    [Fact]
    public async Task Nothing_listens()
    {
        var refusal = await RefusedAsync($"127.0.0.1:{FreePort()}", null, ProbeFailure.NothingListens);

        refusal.Message.ShouldStartWith("Nothing listens at 127.0.0.1:");
    }

    [Fact]
    public async Task Name_does_not_resolve()
    {
        var refusal = await RefusedAsync("frontend.invalid:7233", null, ProbeFailure.NothingListens);

        refusal.Message.ShouldStartWith("The name frontend.invalid does not resolve here: ");
        refusal.Remedy.ShouldContain("temporal.address");
    }

    [Fact]
    public async Task Plaintext_behind_a_TLS_client()
    {
        await using var server = await GuardedFrontend.StartAsync(new Guard(), Token);

        var refusal = await RefusedAsync(server.Address, new TemporalTls(_authority.RootFile, null, null, null), ProbeFailure.WrongProtocol);

        refusal.Message.ShouldBe($"{server.Address} speaks plaintext, and the settings want TLS.");
    }

    [Fact]
    public async Task TLS_behind_a_plaintext_client()
    {
        await using var server = await GuardedFrontend.StartAsync(new Guard { Certificate = _authority.Server(names: ["127.0.0.1"]) }, Token);

        var refusal = await RefusedAsync(server.Address, null, ProbeFailure.WrongProtocol);

        refusal.Message.ShouldBe($"{server.Address} speaks TLS (certificate CN=127.0.0.1), and the settings want plaintext.");
    }

    [Fact]
    public async Task Authority_is_unknown()
    {
        using var stranger = new CertificateAuthority();
        await using var server = await GuardedFrontend.StartAsync(new Guard { Certificate = _authority.Server(names: ["127.0.0.1"]) }, Token);

        var refusal = await RefusedAsync(server.Address, new TemporalTls(stranger.RootFile, null, null, null), ProbeFailure.Tls);
        refusal.Message.ShouldStartWith($"None of the authorities in {stranger.RootFile} signed the certificate of {server.Address} (CN=127.0.0.1, issued by ");

        refusal = await RefusedAsync(server.Address, new TemporalTls(null, null, null, null), ProbeFailure.Tls);
        refusal.Message.ShouldStartWith("None of the authorities of this machine signed");
        refusal.Remedy.ShouldContain("temporal.tls.ca");
    }

    [Fact]
    public async Task Authority_has_expired()
    {
        using var old = new CertificateAuthority(expired: true);
        await using var server = await GuardedFrontend.StartAsync(new Guard { Certificate = old.Server(names: ["127.0.0.1"]) }, Token);

        var refusal = await RefusedAsync(server.Address, new TemporalTls(old.RootFile, null, null, null), ProbeFailure.Tls);

        refusal.Message.ShouldStartWith("The authority CN=Self-tests of TemporalConformance, which signed the certificate of ");
        refusal.Message.ShouldContain(" expired ");
    }

    [Fact]
    public async Task Certificate_is_made_out_to_another_name()
    {
        await using var server = await GuardedFrontend.StartAsync(new Guard { Certificate = _authority.Server(names: ["frontend.test", "other.test"]) }, Token);

        var refusal = await RefusedAsync(server.Address, new TemporalTls(_authority.RootFile, null, null, null), ProbeFailure.Tls);

        refusal.Message.ShouldBe($"The certificate of {server.Address} (CN=frontend.test) is not made out to 127.0.0.1, but to frontend.test, other.test.");
        refusal.Remedy.ShouldContain("temporal.tls.serverName");
    }

    [Fact]
    public async Task Certificate_has_expired()
    {
        await using var server = await GuardedFrontend.StartAsync(new Guard { Certificate = _authority.Server(expired: true, "127.0.0.1") }, Token);

        var answer = await AskAsync(server.Address, new TemporalTls(_authority.RootFile, null, null, null));

        answer.Refusal!.Message.ShouldStartWith($"The certificate of {server.Address} (CN=127.0.0.1) expired ");
        answer.Tls!.FirstToExpire.NotAfter.ShouldBeLessThan(DateTimeOffset.UtcNow);
    }

    [Theory]
    [InlineData(System.Security.Authentication.SslProtocols.Tls12)]
    [InlineData(System.Security.Authentication.SslProtocols.Tls13)]
    public async Task Client_certificate_is_wanted_or_refused(System.Security.Authentication.SslProtocols protocols)
    {
        using var stranger = new CertificateAuthority();
        var guard = new Guard { Certificate = _authority.Server(names: ["127.0.0.1"]), ClientAuthority = _authority.Root, Protocols = protocols };
        await using var server = await GuardedFrontend.StartAsync(guard, Token);

        var none = await RefusedAsync(server.Address, new TemporalTls(_authority.RootFile, null, null, null), ProbeFailure.Refused);
        none.Message.ShouldBe($"{server.Address} wants a client certificate, and none is given.");

        var foreign = await RefusedAsync(server.Address, With(stranger.Client("somebody")), ProbeFailure.Refused);
        foreign.Message.ShouldBe($"{server.Address} refused the client certificate (CN=somebody, issued by CN=Self-tests of TemporalConformance).");

        var old = await RefusedAsync(server.Address, With(_authority.Client("somebody", expired: true)), ProbeFailure.Refused);
        old.Message.ShouldStartWith($"{server.Address} refused the client certificate (CN=somebody), which expired ");

        TemporalTls With(IssuedCertificate ours) => new(_authority.RootFile, _authority.File("client", ours.Certificate), _authority.File("client-key", ours.Key), null);
    }

    [Fact]
    public async Task Token_is_refused()
    {
        await using var server = await GuardedFrontend.StartAsync(new Guard { ApiKey = "the-right-one" }, Token);

        var answer = await new TemporalProbe(Access(null, "another-one"), new CallCounter()).AskAllAsync(server.Address, Token);

        var refusal = answer.Single().Refusal!;
        refusal.Failure.ShouldBe(ProbeFailure.Refused, refusal.Message);
        refusal.Status.ShouldBe("Unauthenticated");
        refusal.Message.ShouldBe($"{server.Address} does not know who calls: Request unauthorized.");
        refusal.Message.ShouldNotContain("another-one");
    }

    [Fact]
    public async Task Caller_lacks_the_right()
    {
        await using var server = await GuardedFrontend.StartAsync(new Guard { Refusal = (7, "Request unauthorized.") }, Token);

        var refusal = await RefusedAsync(server.Address, null, ProbeFailure.Refused);

        refusal.Status.ShouldBe("PermissionDenied");
        refusal.Message.ShouldBe($"{server.Address} does not permit the call: Request unauthorized.");
    }

    [Fact]
    public async Task Accepts_and_says_nothing()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        var refusal = await RefusedAsync($"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}", null, ProbeFailure.TimedOut);

        refusal.Message.ShouldContain("accepts connections and says nothing within 4 s");
    }

    [Fact]
    public async Task Speaks_and_does_not_answer()
    {
        await using var server = await GuardedFrontend.StartAsync(new Guard { Hangs = true }, Token);

        var refusal = await RefusedAsync(server.Address, null, ProbeFailure.TimedOut);

        refusal.Message.ShouldContain("does not answer the first call within 4 s");
    }

    [Fact]
    public async Task Something_else_listens()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = Task.Run(async () =>
        {
            while (true)
            {
                using var client = await listener.AcceptSocketAsync(Token);
                await client.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(), Token);
            }
        }, Token);

        var refusal = await RefusedAsync($"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}", null, ProbeFailure.WrongProtocol);

        refusal.Message.ShouldContain("does not speak gRPC");
        listener.Stop();
        await Should.ThrowAsync<Exception>(() => answering);
    }

    [Fact]
    public async Task File_of_the_settings_cannot_be_read()
    {
        var missing = await RefusedAsync("127.0.0.1:1", new TemporalTls("no/such/ca.pem", null, null, null), ProbeFailure.LocalFile);
        missing.Message.ShouldStartWith("no/such/ca.pem could not be read: ");

        var empty = _authority.File("empty", "nothing\n");
        (await RefusedAsync("127.0.0.1:1", new TemporalTls(empty, null, null, null), ProbeFailure.LocalFile)).Message.ShouldBe($"{empty} holds no certificate in PEM.");

        var (one, other) = (_authority.Client("one"), _authority.Client("other"));
        var mixed = new TemporalTls(null, _authority.File("client", one.Certificate), _authority.File("client-key", other.Key), null);
        (await RefusedAsync("127.0.0.1:1", mixed, ProbeFailure.LocalFile)).Message.ShouldContain("is no client certificate together with");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static TemporalAccess Access(TemporalTls? tls, string? key = null) => new("temporal-conformance", tls, key is null ? null : new Secret(key), s_limit);

    private static async Task<FrontendAnswer> AskAsync(string address, TemporalTls? tls = null) =>
        (await new TemporalProbe(Access(tls), new CallCounter()).AskAllAsync(address, Token)).ShouldHaveSingleItem();

    private static async Task<ProbeException> RefusedAsync(string address, TemporalTls? tls, ProbeFailure failure)
    {
        var answer = await AskAsync(address, tls);
        answer.Refusal.ShouldNotBeNull();
        TestContext.Current.TestOutputHelper!.WriteLine($"{answer.Refusal.Failure}: {answer.Refusal.Message} | {answer.Refusal.Remedy}");
        answer.Refusal.Failure.ShouldBe(failure, answer.Refusal.Message);
        return answer.Refusal;
    }
}
