using Npgsql;
using TemporalConformance.Facts;
using TemporalConformance.Probes;

namespace TemporalConformance.SelfTests;

/// <summary>Servers with certificates of an authority of our own, and what can be wrong with them.</summary>
public sealed class TlsTests : IAsyncLifetime
{
    private readonly CertificateAuthority authority = new();
    private TlsPostgres server = null!;

    public async ValueTask InitializeAsync() => server = await TlsPostgres.StartAsync(authority);

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }

        authority.Dispose();
    }

    [Fact]
    public async Task Every_wrong_certificate_is_refused_and_the_right_one_is_taken()
    {
        // One server for all of it: starting one takes longer than asking ten times.
        (await PostgresServer.ReadAsync(server.Reader())).ServerMajor.ShouldBe(15);
        (await Sql.AskAsync<bool>(server.Reader(), "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")).ShouldBeTrue();

        // Somebody else's root.
        using var stranger = new CertificateAuthority();
        await ShouldFailAsync(server.Reader().With(to => to.RootCertificate = stranger.RootFile), ProbeFailure.Tls);

        // The right authority, another server's name: verify-ca is content, verify-full is not.
        await server.PresentAsync(authority.Server(names: "other.example"));
        await PostgresServer.ReadAsync(server.Reader(SslMode.VerifyCA));
        await ShouldFailAsync(server.Reader(), ProbeFailure.Tls);

        // Expired yesterday: whoever only encrypts does not look.
        await server.PresentAsync(authority.Server(expired: true, "127.0.0.1", "localhost"));
        await ShouldFailAsync(server.Reader(), ProbeFailure.Tls);
        await ShouldFailAsync(server.Reader(SslMode.VerifyCA), ProbeFailure.Tls);
        await PostgresServer.ReadAsync(server.Reader(SslMode.Require));
    }

    [Fact]
    public async Task The_URI_of_libpq_verifies_too()
    {
        var reader = server.Reader();
        var uri = ConnectionText.Parse(
            $"postgresql://reader:reader-pw@localhost:{reader.Port}/postgres?sslmode=verify-full&sslrootcert={Uri.EscapeDataString(authority.RootFile)}");

        var reading = await PostgresServer.ReadAsync(uri);

        reading.Where.ShouldBe($"reader@localhost:{reader.Port}/postgres");
    }

    [Fact]
    public async Task A_client_certificate_that_the_server_wants()
    {
        await server.AdmitAsync("scram-sha-256 clientcert=verify-full");

        var none = await ShouldFailAsync(server.Reader(), ProbeFailure.Refused);
        none.Message.ShouldContain("client certificate");
        await ShouldFailAsync(server.Reader(client: authority.Client("somebody_else")), ProbeFailure.Refused);
        await ShouldFailAsync(server.Reader(client: authority.Client("reader", expired: true)), null);
        await PostgresServer.ReadAsync(server.Reader(client: authority.Client("reader")));
    }

    [Fact]
    public async Task A_client_certificate_instead_of_a_password()
    {
        await server.AdmitAsync("cert");

        var reading = await PostgresServer.ReadAsync(server.Reader(client: authority.Client("reader")).With(to => to.Remove("Password")));

        reading.Database.ShouldBe("postgres");
    }

    [Fact]
    public async Task A_server_that_admits_only_encrypted_connections()
    {
        var failure = await ShouldFailAsync(server.Reader(SslMode.Disable), ProbeFailure.Refused);

        failure.Message.ShouldContain("no encryption");
        failure.Remedy.ShouldContain("pg_hba.conf");
    }

    private static async Task<ProbeException> ShouldFailAsync(ConnectionText connection, ProbeFailure? expected)
    {
        var failure = await Should.ThrowAsync<ProbeException>(() => PostgresServer.ReadAsync(connection));
        TestContext.Current.TestOutputHelper!.WriteLine($"{failure.Failure}: {failure.Message}");
        failure.Message.ShouldNotContain("reader-pw");
        if (expected is not null)
        {
            failure.Failure.ShouldBe(expected.Value, failure.Message);
        }

        return failure;
    }
}
