using TemporalConformance.Facts;
using TemporalConformance.Formats;
using TemporalConformance.Probes;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>Scrapes over the wire: each trouble has its own sentence, and costs only its own process.</summary>
public sealed class MetricsProbeTests
{
    [Theory]
    [InlineData(MetricsFault.NotFound, true, "answers 404 instead of metrics")]
    [InlineData(MetricsFault.InternalError, false, "answers 500 instead of metrics")]
    [InlineData(MetricsFault.LoginPage, false, "text/html")]
    [InlineData(MetricsFault.Silence, false, "did not answer within 3 s")]
    [InlineData(MetricsFault.Broken, false, "could not be read")]
    [InlineData(MetricsFault.Torn, false, "frontend-2")]
    [InlineData(MetricsFault.TornGzip, false, "frontend-2")]
    public async Task Trouble_of_one_process_is_its_own(MetricsFault fault, bool showsNone, string words)
    {
        await using var standIn = await MetricsStandIn.StartAsync();
        standIn.Set(fault, "frontend-2");

        var reading = await MetricsCluster.Probe(standIn, limit: fault == MetricsFault.Silence ? TimeSpan.FromSeconds(3) : null).ReadAsync(TestContext.Current.CancellationToken);

        var broken = reading.Answers.Where(answer => answer.Scrape is Reading<Scrape>.Refused).ShouldHaveSingleItem();
        broken.Endpoint.Address.ShouldBe(standIn.Endpoint("frontend-2"));
        broken.ShowsNone.ShouldBe(showsNone);
        broken.Scrape.Refusal().Why.ShouldContain(words.Replace("frontend-2", broken.Endpoint.Address.AbsoluteUri, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_process_that_is_gone_shows_none()
    {
        await using var standIn = await MetricsStandIn.StartAsync();
        await standIn.StopAsync("worker");

        var gone = (await MetricsCluster.Probe(standIn).ReadAsync(TestContext.Current.CancellationToken)).Answers[^1];

        gone.ShowsNone.ShouldBeTrue();
        gone.Scrape.Refusal().Why.ShouldStartWith("Nothing listens at http://127.0.0.1:");
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_said()
    {
        var access = new MetricsAccess([new MetricsEndpoint(new Uri("http://no-such-host.invalid:9090/metrics"))], MetricsCluster.Open);

        var answer = (await new MetricsProbe(access, new CallCounter()).ReadAsync(TestContext.Current.CancellationToken)).Answers.ShouldHaveSingleItem();

        answer.Scrape.Refusal().Why.ShouldContain("does not resolve");
    }

    [Fact]
    public async Task Bearer_tokens_and_passwords_go_with_every_request()
    {
        await using var bearer = await MetricsStandIn.StartAsync(new() { BearerToken = "hunter2-token" });
        await using var basic = await MetricsStandIn.StartAsync(new() { Basic = ("reader", "hunter2") });

        await ShouldBeLetInAsync(bearer, MetricsCluster.Open with { BearerToken = new Secret("hunter2-token") });
        await ShouldBeLetInAsync(basic, MetricsCluster.Open with { User = "reader", Password = new Secret("hunter2") });
        var refused = (await MetricsCluster.Probe(basic, MetricsCluster.Open with { User = "reader", Password = new Secret("hunter3") }).ReadAsync(TestContext.Current.CancellationToken)).Answers[0];

        refused.ShowsNone.ShouldBeFalse();
        refused.Scrape.Refusal().Why.ShouldContain("does not let us in: 401");
        refused.Scrape.Refusal().Remedy.ShouldContain("metrics.bearerToken");
        refused.ToString().ShouldNotContain("hunter3");
    }

    [Fact]
    public async Task A_certificate_is_held_against_the_given_authority()
    {
        using var folder = new ScratchFolder();
        await using var standIn = await MetricsStandIn.StartAsync(new() { Tls = true });
        var file = Path.Combine(folder.Path, "ca.pem");
        await File.WriteAllTextAsync(file, standIn.CertificateAuthority, TestContext.Current.CancellationToken);

        await ShouldBeLetInAsync(standIn, MetricsCluster.Open with { Ca = file });
        var untrusted = (await MetricsCluster.Probe(standIn).ReadAsync(TestContext.Current.CancellationToken)).Answers[0].Scrape.Refusal();
        var missing = (await MetricsCluster.Probe(standIn, MetricsCluster.Open with { Ca = file + "x" }).ReadAsync(TestContext.Current.CancellationToken)).Answers[0].Scrape.Refusal();

        untrusted.Why.ShouldContain("No encrypted connection");
        untrusted.Remedy.ShouldContain("metrics.tls.ca");
        missing.Why.ShouldContain("ca.pemx could not be read as certificates");
    }

    [Fact]
    public async Task Each_process_costs_one_request_that_says_who_asks()
    {
        await using var standIn = await MetricsStandIn.StartAsync();

        await MetricsCluster.Probe(standIn).ReadAsync(TestContext.Current.CancellationToken);

        standIn.Requests.Select(request => request.Process).ShouldBe(MetricsRecordings.Processes, ignoreOrder: true);
        standIn.Requests.ShouldAllBe(request => request.UserAgent == PostgresProbe.ApplicationName && request.Accept.StartsWith("text/plain"));
    }

    private static async Task ShouldBeLetInAsync(MetricsStandIn standIn, HttpCredentials credentials) =>
        (await MetricsCluster.Probe(standIn, credentials).ReadAsync(TestContext.Current.CancellationToken)).Answers.ShouldAllBe(answer => answer.Scrape is Reading<Scrape>.Known);
}
