using Npgsql;
using TemporalConformance.Environments;
using TemporalConformance.Facts;

namespace TemporalConformance.SelfTests;

/// <summary>
/// A server of its own that speaks TLS with a certificate of a <see cref="CertificateAuthority"/> and admits nobody but its
/// superuser without it. Which certificate it presents and what it wants of clients can be changed while it runs.
/// </summary>
internal sealed class TlsPostgres : IAsyncDisposable
{
    private readonly LocalPostgres server;
    private readonly CertificateAuthority authority;

    private TlsPostgres(LocalPostgres server, CertificateAuthority authority) => (this.server, this.authority) = (server, authority);

    /// <summary>The superuser's way in, without TLS, for administration.</summary>
    public ConnectionText Superuser => server.Connection("postgres");

    /// <summary>Starts a server with one reading role, <c>reader</c>, admitted by password through TLS only.</summary>
    public static async Task<TlsPostgres> StartAsync(CertificateAuthority authority)
    {
        var tls = new TlsPostgres(await LocalPostgres.StartAsync(Installations.Local(), TestContext.Current.CancellationToken), authority);
        try
        {
            await ServerAdministration.ReaderAsync(tls.Superuser, "reader");
            await ServerAdministration.WriteFileAsync(tls.Superuser, "root.crt", authority.Root);
            await tls.PresentAsync(authority.Server(names: ["127.0.0.1", "localhost"]));
            await tls.AdmitAsync("scram-sha-256");
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    /// <summary>Presents this certificate from now on.</summary>
    public async Task PresentAsync(IssuedCertificate certificate)
    {
        await ServerAdministration.WriteFileAsync(Superuser, "server.crt", certificate.Certificate);
        await ServerAdministration.WriteFileAsync(Superuser, "server.key", certificate.Key);
        await ServerAdministration.ReloadAsync(Superuser, ("ssl", "on"), ("ssl_ca_file", "root.crt"));
    }

    /// <summary>Admits everybody through TLS by this method of <c>pg_hba.conf</c>, such as <c>scram-sha-256 clientcert=verify-full</c>.</summary>
    public Task AdmitAsync(string method) => ServerAdministration.AdmitAsync(Superuser, $"hostssl all all 127.0.0.1/32 {method}");

    /// <summary>The reader's way in, with the root to verify the server by.</summary>
    public ConnectionText Reader(SslMode mode = SslMode.VerifyFull, IssuedCertificate? client = null) => Superuser.With(to =>
    {
        (to.Username, to.Password) = ("reader", "reader-pw");
        to.SslMode = mode;
        to.RootCertificate = mode is SslMode.VerifyCA or SslMode.VerifyFull ? authority.RootFile : null;
        if (client is not null)
        {
            to.SslCertificate = authority.File("client", client.Certificate);
            to.SslKey = authority.File("client-key", client.Key);
        }
    });

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
