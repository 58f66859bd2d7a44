using System.Net;
using System.Net.Sockets;
using TemporalConformance.Probes;

namespace TemporalConformance.SelfTests;

/// <summary>A name of several addresses, as a headless Service has it: every process is asked, by itself.</summary>
public sealed class FrontendNameTests
{
    private static readonly IPAddress s_one = IPAddress.Parse("127.0.0.1");
    private static readonly IPAddress s_two = IPAddress.Parse("127.0.0.2");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_address_is_asked_and_the_name_is_what_its_certificate_carries()
    {
        using var authority = new CertificateAuthority();
        await using var server = await GuardedFrontend.StartAsync(new Guard { On = [s_one, s_two], Certificate = authority.Server(names: ["frontend-headless.test"]) }, Token);
        var probe = Probe(new TemporalTls(authority.RootFile, null, null, null), s_two, s_one);

        var answers = await probe.AskAllAsync($"frontend-headless.test:{server.Port}", Token);

        answers.Select(answer => answer.Address).ShouldBe(
            [$"127.0.0.1:{server.Port} (frontend-headless.test:{server.Port})", $"127.0.0.2:{server.Port} (frontend-headless.test:{server.Port})"]);
        answers.ShouldAllBe(answer => answer.Refusal == null && answer.Reading!.ClusterName == "active" && answer.Tls!.Names[0] == "frontend-headless.test");

        // What an answer calls itself can be connected to.
        await using var connection = await probe.OpenAsync(answers[1].Address, Token);
        (await connection.Workflow((service, options) => service.GetClusterInfoAsync(new(), options), Token)).ClusterName.ShouldBe("active");
        connection.Address.ShouldBe(answers[1].Address);
    }

    [Fact]
    public async Task One_process_that_is_gone_does_not_hide_behind_the_others()
    {
        await using var server = await GuardedFrontend.StartAsync(new Guard(), Token);

        var answers = await Probe(null, s_one, s_two).AskAllAsync($"frontend-headless.test:{server.Port}", Token);

        answers.Select(answer => answer.Refusal?.Failure).ShouldBe([null, ProbeFailure.NothingListens]);
        answers[1].Refusal!.Message.ShouldBe($"Nothing listens at 127.0.0.2:{server.Port} (frontend-headless.test:{server.Port}).");
    }

    [Fact]
    public async Task A_family_of_addresses_on_which_nothing_listens_is_left_out()
    {
        await using var server = await GuardedFrontend.StartAsync(new Guard { On = [s_one, s_two] }, Token);

        var answers = await Probe(null, s_one, s_two, IPAddress.IPv6Loopback).AskAllAsync($"frontend-headless.test:{server.Port}", Token);

        answers.Select(answer => answer.Refusal).ShouldBe([null, null]);
    }

    [Fact]
    public async Task Both_families_without_anybody_are_both_named()
    {
        var port = FreePort();

        var answers = await Probe(null, s_one, s_two, IPAddress.IPv6Loopback).AskAllAsync($"frontend-headless.test:{port}", Token);

        answers.Count.ShouldBe(3);
        answers.ShouldAllBe(answer => answer.Refusal!.Failure == ProbeFailure.NothingListens);
    }

    [Fact]
    public async Task Own_name_of_the_machine_is_one_process()
    {
        await using var server = await GuardedFrontend.StartAsync(new Guard(), Token);

        var answer = (await new TemporalProbe(Access(null), new CallCounter()).AskAllAsync($"localhost:{server.Port}", Token)).ShouldHaveSingleItem();

        answer.Refusal.ShouldBeNull(answer.Refusal?.Message);
        answer.Address.ShouldBe($"localhost:{server.Port}");
    }

    [Fact]
    public async Task A_name_without_addresses_does_not_resolve()
    {
        var answer = (await Probe(null).AskAllAsync("frontend-headless.test:7233", Token)).ShouldHaveSingleItem();

        answer.Refusal!.Message.ShouldBe("The name frontend-headless.test does not resolve here: it has no address.");
    }

    private static TemporalAccess Access(TemporalTls? tls) => new("temporal-conformance", tls, null, TimeSpan.FromSeconds(10));

    private static TemporalProbe Probe(TemporalTls? tls, params IPAddress[] addresses) =>
        new(Access(tls) with { Resolve = (_, _) => Task.FromResult(addresses) }, new CallCounter());

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
