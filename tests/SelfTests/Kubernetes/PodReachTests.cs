using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using TemporalConformance.Checks;
using TemporalConformance.Probes;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>Pods reached through the API of the stand-in: the real SDK by port-forward, a GET by the proxy, and what is said where that does not work.</summary>
public sealed class PodReachTests
{
    private const string Service = "temporal-frontend.temporal-backend.svc:7233";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_SDK_reaches_each_frontend_by_a_port_of_this_machine()
    {
        await using var temporal = await StandInCluster.StartAsync(new StandInClusterOptions { Release = "1.27.3" });
        await using var cluster = await Cluster.StartAsync();
        var pods = Frontends(cluster);
        foreach (var (pod, at) in pods.Zip(temporal.Frontends))
        {
            cluster.StandIn.Lead(pod, 7233, at);
        }

        await using var reach = await PodReach.OpenAsync(cluster.Access(StandInUser.Forwarder), cluster.Calls, Token);
        var probe = new TemporalProbe(new TemporalAccess("temporal-conformance", null, null, TimeSpan.FromSeconds(10)), new CallCounter());

        foreach (var pod in pods.Take(2))
        {
            var local = await reach.ForwardAsync(pod, 7233, Token);
            var answer = (await probe.AskAllAsync($"{local} ({Service})", Token)).ShouldHaveSingleItem();

            answer.Reading.ShouldNotBeNull(answer.Refusal?.Message).ServerVersion.ShouldBe("1.27.3");
            answer.Address.ShouldBe($"{local} ({Service})");
            local.Address.ShouldBe(IPAddress.Loopback);
            (await reach.ForwardAsync(pod, 7233, Token)).ShouldBe(local, "one port for one pod");
        }

        cluster.StandIn.Requests.ShouldAllBe(one => one.Resource == "pods/portforward" && one.Verb == "get");
        cluster.Calls.Calls.ShouldBe(cluster.StandIn.Requests.Count);
    }

    [Fact]
    public async Task Whatever_is_sent_comes_back_unchanged_on_many_connections_at_once()
    {
        using var echo = new Echo();
        await using var cluster = await Cluster.StartAsync();
        var pod = Frontends(cluster)[0];
        cluster.StandIn.Lead(pod, 7, echo.Address);
        await using var reach = await PodReach.OpenAsync(cluster.Access(StandInUser.Forwarder), cluster.Calls, Token);
        var local = await reach.ForwardAsync(pod, 7, Token);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            var sent = RandomNumberGenerator.GetBytes(700_000);
            using var socket = new TcpClient();
            await socket.ConnectAsync(local, Token);
            var stream = socket.GetStream();
            var writing = stream.WriteAsync(sent, Token).AsTask();
            var received = new byte[sent.Length];
            await stream.ReadExactlyAsync(received, Token);
            await writing;
            received.ShouldBe(sent);
        }));
    }

    [Fact]
    public async Task Without_the_right_it_is_said_once_and_with_what_would_grant_it()
    {
        await using var cluster = await Cluster.StartAsync();
        await using var reach = await PodReach.OpenAsync(cluster.Access(), cluster.Calls, Token);

        var forward = await Should.ThrowAsync<ProbeException>(() => reach.ForwardAsync(Frontends(cluster)[0], 7233, Token));
        var proxy = await Should.ThrowAsync<ProbeException>(() => reach.GetThroughProxyAsync(Frontends(cluster)[0], 9090, "/metrics", "text/plain", Token));

        forward.Failure.ShouldBe(ProbeFailure.Refused);
        forward.Message.ShouldEndWith("does not let us forward ports of pods (403).");
        forward.Remedy.ShouldContain("get and create on pods/portforward");
        proxy.Failure.ShouldBe(ProbeFailure.Refused);
        proxy.Message.ShouldContain("cannot get resource \"pods/proxy\"");
        $"{forward.Message}{forward.Where}".ShouldNotContain(StandInUser.Viewer.Token);
    }

    [Fact]
    public async Task A_pod_that_is_gone_is_told_and_one_that_does_not_listen_breaks_the_connection_with_its_reason()
    {
        await using var cluster = await Cluster.StartAsync();
        var pod = Frontends(cluster)[0];
        await using var reach = await PodReach.OpenAsync(cluster.Access(StandInUser.Forwarder), cluster.Calls, Token);

        (await Should.ThrowAsync<ProbeException>(() => reach.ForwardAsync("temporal-frontend-gone", 7233, Token))).Message.ShouldEndWith("has no such pod any more (404).");
        var local = await reach.ForwardAsync(pod, 7233, Token);
        using var socket = new TcpClient();
        await socket.ConnectAsync(local, Token);
        (await socket.GetStream().ReadAsync(new byte[1], Token)).ShouldBe(0);

        reach.Ports.ShouldHaveSingleItem().ShouldBe($"{local} is pod {pod}:7233; error forwarding port 7233 to pod {pod}, uid : failed to execute portforward in network namespace: "
            + "failed to connect to localhost:7233 inside namespace: dial tcp4 127.0.0.1:7233: connect: connection refused");
        (await Should.ThrowAsync<ProbeException>(() => reach.GetThroughProxyAsync(pod, 9090, "/metrics", "text/plain", Token))).Message
            .ShouldContain("error trying to reach service: dial tcp 127.0.0.1:9090: connect: connection refused");
    }

    [Fact]
    public async Task A_page_of_a_pod_comes_through_the_proxy_with_its_media_type()
    {
        using var page = new Page("# TYPE service_requests counter\nservice_requests 7\n");
        await using var cluster = await Cluster.StartAsync();
        var pod = Frontends(cluster)[0];
        cluster.StandIn.Lead(pod, 9090, page.Address);
        await using var reach = await PodReach.OpenAsync(cluster.Access(StandInUser.Forwarder), cluster.Calls, Token);

        var answer = await reach.GetThroughProxyAsync(pod, 9090, "/metrics?part=1", "text/plain", Token);

        Encoding.UTF8.GetString(answer.Body.Span).ShouldEndWith("service_requests 7\n");
        answer.ContentType.ShouldBe("text/plain; version=0.0.4");
        page.Asked.ShouldBe("GET /metrics?part=1 HTTP/1.1");
        cluster.StandIn.Requests.ShouldHaveSingleItem().ShouldSatisfyAllConditions(one => one.Resource.ShouldBe("pods/proxy"), one => one.Name.ShouldBe($"{pod}:9090"));
    }

    [Theory]
    [InlineData("temporal-frontend", 7233, 3, 7233)]
    [InlineData("temporal-frontend.temporal-backend", 7233, 3, 7233)]
    [InlineData("temporal-frontend.temporal-backend.svc", 7233, 3, 7233)]
    [InlineData("temporal-frontend.temporal-backend.svc.cluster.local", 7233, 3, 7233)]
    [InlineData("temporal-history-headless.temporal-backend.svc", 9090, 3, 9090)]
    public async Task A_Services_name_leads_to_its_pods(string host, int port, int count, int target)
    {
        await using var cluster = await Cluster.StartAsync();
        var reading = await cluster.ReadAsync();

        var pods = ServicePods.Behind(reading, host, port).ShouldNotBeNull();

        pods.Count.ShouldBe(count);
        pods.ShouldAllBe(one => one.Port == target);
        foreach (var other in new[] { "temporal-frontend.example.com", "temporal-frontend.elsewhere.svc", "frontend.temporal-backend.svc", "127.0.0.1", "localhost" })
        {
            ServicePods.Behind(reading, other, port).ShouldBeNull(other);
        }
    }

    [Fact]
    public async Task Only_pods_that_are_ready_are_led_to()
    {
        await using var cluster = await Cluster.StartAsync();
        var sick = Frontends(cluster)[0];
        cluster.StandIn.Edit("pods", sick, pod => pod["status"]!["conditions"]!.AsArray().First(one => (string?)one!["type"] == "Ready")!["status"] = "False");

        ServicePods.Behind(await cluster.ReadAsync(), "temporal-frontend", 7233)!.Select(one => one.Pod).ShouldBe(Frontends(cluster).Where(one => one != sick), ignoreOrder: true);
    }

    internal static List<string> Frontends(Cluster cluster) =>
        [.. cluster.StandIn.Names("pods").Where(name => name.StartsWith("temporal-frontend-", StringComparison.Ordinal))];

    /// <summary>Sends back what it gets.</summary>
    private sealed class Echo : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public Echo()
        {
            _listener.Start();
            _ = AcceptAsync();
        }

        public string Address => _listener.LocalEndpoint.ToString()!;

        public void Dispose() => _listener.Dispose();

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    var client = await _listener.AcceptTcpClientAsync();
                    _ = client.GetStream().CopyToAsync(client.GetStream()).ContinueWith(_ => client.Dispose(), TaskScheduler.Default);
                }
            }
            catch (Exception over) when (over is SocketException or ObjectDisposedException)
            {
            }
        }
    }
}

/// <summary>A process that answers every request with one page, as a server with metrics does.</summary>
internal sealed class Page : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public Page(string text)
    {
        _listener.Start();
        _ = AnswerAsync(text);
    }

    public string Address => _listener.LocalEndpoint.ToString()!;

    /// <summary>The first line of the last request.</summary>
    public string? Asked { get; private set; }

    public void Dispose() => _listener.Dispose();

    private async Task AnswerAsync(string text)
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                using var request = new StreamReader(client.GetStream(), leaveOpen: true);
                Asked = await request.ReadLineAsync();
                while (await request.ReadLineAsync() is { Length: > 0 })
                {
                }

                await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {Encoding.UTF8.GetByteCount(text)}\r\nConnection: close\r\n\r\n{text}"));
            }
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
        }
    }
}
