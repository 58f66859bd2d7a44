using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TemporalConformance.Facts;
using TemporalConformance.Probes;

namespace TemporalConformance.SelfTests;

public sealed class ProbeFailureTests(PostgresServer server)
{
    private static readonly ProbeLimits s_short = new(TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(300));

    [Fact]
    public async Task A_port_where_nobody_listens()
    {
        var listener = Listen();
        var nowhere = At(listener);
        listener.Dispose();

        var failure = await FailureAsync(nowhere);

        failure.Failure.ShouldBe(ProbeFailure.NothingListens);
        failure.Message.ShouldContain("nothing accepts connections at 127.0.0.1:");
        failure.Remedy.ShouldStartWith("Check host and port");
    }

    [Fact]
    public async Task A_host_that_does_not_exist()
    {
        var failure = await FailureAsync(ConnectionText.Parse("Host=no-such-host.invalid;Database=temporal;Username=u;Password=planted-secret"));

        failure.Failure.ShouldBe(ProbeFailure.NothingListens);
        failure.Where.ShouldBe("u@no-such-host.invalid:5432/temporal");
    }

    [Fact]
    public async Task A_database_that_does_not_exist()
    {
        var failure = await FailureAsync((await server.Postgres).Connection("nowhere"));

        failure.Failure.ShouldBe(ProbeFailure.NoSuchDatabase);
        failure.Message.ShouldContain("has no database \"nowhere\"");
    }

    [Fact]
    public async Task A_wrong_password_is_refused_and_never_repeated()
    {
        var failure = await FailureAsync((await server.Postgres).Connection("temporal").With(to => to.Password = "planted-secret"));

        failure.Failure.ShouldBe(ProbeFailure.Refused);
        failure.Remedy.ShouldContain("PGPASSWORD");
        $"{failure} {failure.Remedy}".ShouldNotContain("planted-secret");
        failure.InnerException.ShouldBeNull();
    }

    [Fact]
    public async Task No_password_where_one_is_wanted()
    {
        var failure = await FailureAsync((await server.Postgres).Connection("temporal").With(to => to.Remove("Password")));

        failure.Failure.ShouldBe(ProbeFailure.Refused);
        failure.Remedy.ShouldContain("a password is given where one is wanted");
    }

    [Fact]
    public async Task A_role_that_may_not_connect_to_this_database()
    {
        var empty = await server.EmptyAsync();
        await Sql.RunAsync(empty, $"CREATE ROLE kept_out LOGIN PASSWORD 'kept-out-pw'; REVOKE CONNECT ON DATABASE {empty.Database} FROM PUBLIC");

        var failure = await FailureAsync(empty.With(to => (to.Username, to.Password) = ("kept_out", "kept-out-pw")));

        failure.Failure.ShouldBe(ProbeFailure.Refused);
        failure.Remedy.ShouldStartWith($"GRANT CONNECT ON DATABASE {empty.Database}");
    }

    [Fact]
    public async Task A_role_with_all_its_connections_in_use()
    {
        var empty = await server.EmptyAsync();
        await Sql.RunAsync(empty, "CREATE ROLE crowded LOGIN PASSWORD 'crowded-pw' CONNECTION LIMIT 0");

        var failure = await FailureAsync(empty.With(to => (to.Username, to.Password) = ("crowded", "crowded-pw")));

        failure.Failure.ShouldBe(ProbeFailure.TooManyConnections);
        failure.Message.ShouldContain("too many connections for role \"crowded\"");
    }

    [Fact]
    public async Task A_server_without_TLS_where_the_connection_wants_it()
    {
        var failure = await FailureAsync((await server.Postgres).Connection("temporal").With(to => to.SslMode = Npgsql.SslMode.Require));

        failure.Failure.ShouldBe(ProbeFailure.Tls);
        failure.Remedy.ShouldContain("sslmode");
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for()
    {
        using var listener = Listen();
        var serving = OfferSelfSignedTlsAsync(listener);

        var failure = await FailureAsync(At(listener).With(to => to.SslMode = Npgsql.SslMode.VerifyFull));

        failure.Failure.ShouldBe(ProbeFailure.Tls);
        failure.Message.ShouldContain("certificate");
        await serving;
    }

    [Fact]
    public async Task A_server_that_accepts_and_says_nothing()
    {
        using var silent = Listen();

        var failure = await FailureAsync(At(silent), s_short);

        failure.Failure.ShouldBe(ProbeFailure.TimedOut);
        failure.Message.ShouldContain("within 0.3 s");
        failure.Remedy.ShouldContain("database.connectTimeout");
    }

    [Fact]
    public async Task A_server_that_falls_silent_after_the_connection_stands()
    {
        var target = await server.EmptyAsync();
        using var relay = Listen();
        // Everything up to the first question passes; the question is swallowed.
        var relaying = RelayUntilFirstQuestionAsync(relay, target.Port);

        var failure = await FailureAsync(target.With(to => to.Port = ((IPEndPoint)relay.LocalEndpoint).Port), s_short with { Connect = TimeSpan.FromSeconds(5) });

        failure.Failure.ShouldBe(ProbeFailure.TimedOut);
        failure.Message.ShouldContain("accepted the connection and did not answer");
        await relaying;
    }

    [Fact]
    public async Task A_server_that_hangs_up()
    {
        using var listener = Listen();
        var hangingUp = HangUpAsync(listener, []);

        var failure = await FailureAsync(At(listener));

        failure.Failure.ShouldBe(ProbeFailure.Broken);
        await hangingUp;
    }

    [Fact]
    public async Task A_server_that_speaks_another_protocol()
    {
        using var listener = Listen();
        var answering = HangUpAsync(listener, "HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());

        var failure = await FailureAsync(At(listener));

        failure.Failure.ShouldBe(ProbeFailure.Broken);
        failure.Remedy.ShouldContain("the port belongs to PostgreSQL");
        await answering;
    }

    [Fact]
    public async Task A_caller_who_gives_up_is_not_told_of_a_failure()
    {
        using var silent = Listen();
        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        await Should.ThrowAsync<OperationCanceledException>(
            () => new PostgresProbe(At(silent), Store.Main, ProbeLimits.Default, new CallCounter()).ReadAsync(impatient.Token));
    }

    private static async Task<ProbeException> FailureAsync(ConnectionText connection, ProbeLimits? limits = null)
    {
        var failure = await Should.ThrowAsync<ProbeException>(
            () => new PostgresProbe(connection, Store.Main, limits ?? ProbeLimits.Default, new CallCounter()).ReadAsync(TestContext.Current.CancellationToken));
        failure.Message.ShouldStartWith($"Could not read {connection.Display}: ");
        failure.Message.ShouldEndWith(".");
        failure.Remedy.ShouldNotBeNullOrWhiteSpace();
        TestContext.Current.TestOutputHelper!.WriteLine($"{failure.Message}\n{failure.Remedy}");
        return failure;
    }

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static ConnectionText At(TcpListener listener) =>
        ConnectionText.Parse($"Host=127.0.0.1;Port={((IPEndPoint)listener.LocalEndpoint).Port};Database=temporal;Username=reader;Password=planted-secret;SSL Mode=Disable");

    private static async Task HangUpAsync(TcpListener listener, byte[] answer)
    {
        using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        await stream.ReadAtLeastAsync(new byte[512], 8, cancellationToken: TestContext.Current.CancellationToken);
        await stream.WriteAsync(answer, TestContext.Current.CancellationToken);
    }

    private static async Task OfferSelfSignedTlsAsync(TcpListener listener)
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await client.GetStream().ReadExactlyAsync(new byte[8], TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync("S"u8.ToArray(), TestContext.Current.CancellationToken);
        await using var tls = new SslStream(client.GetStream());
        // The client may hang up in the middle of the handshake or right after it.
        await Record.ExceptionAsync(async () =>
        {
            await tls.AuthenticateAsServerAsync(certificate);
            await tls.ReadExactlyAsync(new byte[1], TestContext.Current.CancellationToken);
        });
    }

    private static async Task RelayUntilFirstQuestionAsync(TcpListener listener, int port)
    {
        var token = TestContext.Current.CancellationToken;
        using var client = await listener.AcceptTcpClientAsync(token);
        using var target = new TcpClient();
        await target.ConnectAsync("127.0.0.1", port, token);
        var answers = target.GetStream().CopyToAsync(client.GetStream(), token);
        var buffer = new byte[8192];
        var swallow = false;
        int read;
        while ((read = await client.GetStream().ReadAsync(buffer, token)) > 0)
        {
            // 'P' parses a statement: the first message after the startup, whose other messages are 'p' or have no letter.
            swallow |= buffer[0] == (byte)'P';
            if (!swallow)
            {
                await target.GetStream().WriteAsync(buffer.AsMemory(0, read), token);
            }
        }

        target.Close();
        // The copying ends with the socket: by an exception, or in peace where it saw the end first.
        await Task.WhenAny(answers);
    }
}
