using TemporalConformance.Checks;
using TemporalConformance.Gate;

namespace TemporalConformance.Tests;

/// <summary>health: what the processes of the cluster say and do. Here the encryption towards clients.</summary>
public sealed partial class HealthTests
{
    [Check("health/tls-negotiated", Severity.Advisory, Needs = Systems.Temporal,
        Remedy = "Let the frontends and every load balancer before them offer the version wanted, or lower temporal.tls.minimum.")]
    public Task Every_frontend_negotiates_a_TLS_version_that_is_good_enough() => upgrade.Ask(async token =>
    {
        var readings = await Encrypted(token);
        var offences = readings.Where(one => string.CompareOrdinal(one.Tls.Version, upgrade.LowestTls) < 0).Select(one => $"{one.Address}: TLS {one.Tls.Version}").ToList();
        if (offences.Count > 0)
        {
            throw new Violated("A frontend negotiates a TLS version that is too old.") { Wanted = $"TLS {upgrade.LowestTls} or newer (temporal.tls.minimum)", Observed = string.Join('\n', offences) };
        }
    });

    [Check("health/certificates-outlive-the-window", Severity.Advisory, Needs = Systems.Temporal,
        Remedy = "Renew the certificate before the upgrade, so that an expiry is not taken for the upgrade's doing.")]
    public Task Certificates_of_the_frontends_and_our_own_outlive_the_window() => upgrade.Ask(async token =>
    {
        var until = upgrade.CertificatesNeededUntil;
        var readings = await Encrypted(token);
        var offences = readings
            .Where(one => one.Tls.FirstToExpire.NotAfter < until)
            .Select(one => $"{one.Address}: {one.Tls.FirstToExpire.Subject} expires {one.Tls.FirstToExpire.NotAfter:u}")
            .ToList();
        if (offences.Count > 0)
        {
            throw new Violated("A certificate on the way to the frontends expires during the upgrade or soon after it.")
            {
                Wanted = $"valid until {until:u}: the window and certificates.margin beyond",
                Observed = string.Join('\n', offences),
            };
        }
    });

    private async Task<IReadOnlyList<(string Address, Probes.FrontendTls Tls)>> Encrypted(CancellationToken token)
    {
        if (!upgrade.UsesTls)
        {
            throw new NotApplicable("The settings want plaintext towards the frontends.");
        }

        var answers = await upgrade.Frontends(token);
        var without = answers.Where(answer => answer.Tls is null).ToList();
        return without.Count == 0 ? [.. answers.Select(answer => (answer.Address, answer.Tls!))] : throw new Unanswered("With a frontend no encrypted connection came about.")
        {
            Wanted = "a TLS handshake with every frontend",
            Observed = string.Join('\n', without.Select(answer => answer.Refusal!.Message)),
            Remedy = without[0].Refusal!.Remedy,
            Cause = "sdk/connects",
        };
    }
}
