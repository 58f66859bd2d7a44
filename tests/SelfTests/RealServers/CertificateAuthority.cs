using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TemporalConformance.SelfTests;

/// <summary>A certificate and its key, both as PEM text.</summary>
/// <param name="Certificate">The certificate.</param>
/// <param name="Key">Its key, not encrypted.</param>
internal sealed record IssuedCertificate(string Certificate, string Key);

/// <summary>An authority of our own, known to nobody but those who are given its root; valid for ten days around today.</summary>
internal sealed class CertificateAuthority : IDisposable
{
    private static readonly TimeSpan s_life = TimeSpan.FromDays(10);

    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 root;
    private readonly string folder = Directory.CreateTempSubdirectory("conformance-ca-").FullName;
    private int files;

    /// <param name="expired">Whether it ended yesterday; what it signs lives on.</param>
    public CertificateAuthority(bool expired = false)
    {
        var request = new CertificateRequest("CN=Self-tests of TemporalConformance", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        root = request.CreateSelfSigned(DateTimeOffset.UtcNow - s_life, expired ? DateTimeOffset.UtcNow.AddDays(-1) : DateTimeOffset.UtcNow + s_life);
        RootFile = File("root", Root);
    }

    /// <summary>The root as PEM text.</summary>
    public string Root => root.ExportCertificatePem();

    /// <summary>The root as a file, for <c>Root Certificate</c> and <c>sslrootcert</c>.</summary>
    public string RootFile { get; }

    /// <summary>A server's certificate for these DNS names and addresses; ended yesterday where it is to be expired.</summary>
    public IssuedCertificate Server(bool expired = false, params string[] names)
    {
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
            {
                alternatives.AddIpAddress(address);
            }
            else
            {
                alternatives.AddDnsName(name);
            }
        }

        return Issue($"CN={names[0]}", "1.3.6.1.5.5.7.3.1", alternatives.Build(), expired);
    }

    /// <summary>A client's certificate for a role: PostgreSQL takes the role's name from the common name.</summary>
    public IssuedCertificate Client(string role, bool expired = false) => Issue($"CN={role}", "1.3.6.1.5.5.7.3.2", null, expired);

    /// <summary>Writes a text into a file that lives as long as the authority, readable by us only.</summary>
    public string File(string name, string text)
    {
        var path = Path.Combine(folder, $"{name}-{Interlocked.Increment(ref files)}.pem");
        System.IO.File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows())
        {
            System.IO.File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return path;
    }

    public void Dispose()
    {
        root.Dispose();
        key.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private IssuedCertificate Issue(string subject, string usage, X509Extension? alternatives, bool expired)
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, own, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        if (alternatives is not null)
        {
            request.CertificateExtensions.Add(alternatives);
        }

        var now = DateTimeOffset.UtcNow;
        // By name and key: the other form refuses to sign beyond the authority's own end, which some authorities do.
        using var issued = request.Create(
            root.SubjectName, X509SignatureGenerator.CreateForECDsa(key), now.AddDays(-5), expired ? now.AddDays(-1) : now.AddDays(5), RandomNumberGenerator.GetBytes(8));
        return new IssuedCertificate(issued.ExportCertificatePem(), own.ExportPkcs8PrivateKeyPem());
    }
}
