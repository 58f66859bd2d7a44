using System.Security.Authentication;
using TemporalConformance.Checks;
using TemporalConformance.Cli;
using TemporalConformance.Environments;
using TemporalConformance.Facts;
using TemporalConformance.Gate;

namespace TemporalConformance.SelfTests;

/// <summary>
/// The checks of the way to the frontends: on a real dev server behind a guard that speaks TLS and wants credentials, where the CLI is found;
/// what is refused before any call needs no server behind.
/// </summary>
public sealed class ClientScenarios : IDisposable
{
    /// <summary>The checks that a test of this class sees violated.</summary>
    public static readonly string[] Violated =
        ["sdk/connects", "sdk/namespace-usable", "sdk/unauthenticated-denied", "health/tls-negotiated", "health/certificates-outlive-the-window"];

    private const string ApiKey = "k3y-of-the-scenarios";

    private static readonly DevServerBinary? s_cli = DevServer.Find(Settings.Defaults);

    private readonly CertificateAuthority _authority = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task Everything_is_green_on_a_real_server_behind_mutual_TLS_and_an_API_key()
    {
        await using var server = await ServerAsync();
        await using var front = await GuardedFrontend.StartAsync(
            new Guard { Certificate = _authority.Server(names: ["frontend.test"]), ClientAuthority = _authority.Root, ApiKey = ApiKey, Upstream = server.Address }, Token);
        var ours = _authority.Client("conformance");
        (string, string)[] sets =
        [
            ("temporal.address", front.Address), ("temporal.tls.ca", _authority.RootFile), ("temporal.tls.serverName", "frontend.test"), ("temporal.apiKey", ApiKey),
            ("temporal.tls.certificate", _authority.File("client", ours.Certificate)), ("temporal.tls.key", _authority.File("client-key", ours.Key)),
            ("certificates.margin", "1d"), ("temporal.metadata.x-route", "a-route-of-the-tests"),
        ];

        var smoke = await RunAsync(UpgradePhase.Smoke, sets);
        var pre = await RunAsync(UpgradePhase.PreUpgrade, [.. sets, ("scope.only", "sdk/connects,sdk/namespace-usable,health/tls-negotiated,health/certificates-outlive-the-window")]);

        smoke.Decision.ShouldBe(Decision.Go, string.Join('\n', smoke.Checks.Select(check => $"{check.Id}: {check.Result} {check.Message} {check.Observed}")));
        Results(smoke)["sdk/unauthenticated-denied"].ShouldBe(Result.Met);
        var results = Results(pre);
        Asked().ToDictionary(id => id, id => results[id]).ShouldAllBe(one => one.Value == Result.Met, string.Join('\n', pre.Checks.Select(check => $"{check.Id}: {check.Result} {check.Message} {check.Observed}")));
        front.Calls.ShouldContain(call => call.Headers["x-route"] == "a-route-of-the-tests");

        static IEnumerable<string> Asked() => Violated.Where(id => id != "sdk/unauthenticated-denied");
    }

    [Fact]
    public async Task Callers_without_the_API_key_are_let_in()
    {
        await using var front = await GuardedFrontend.StartAsync(new Guard(), Token);

        var check = await CheckAsync(UpgradePhase.Smoke, "sdk/unauthenticated-denied", ("temporal.address", front.Address), ("temporal.apiKey", ApiKey), ("temporal.tls.mode", "off"));

        check.Result.ShouldBe(Result.Violated, check.Message);
        check.Message.ShouldBe("A frontend answers callers that do not say who they are.");
        check.Observed.ShouldBe($"{front.Address}: answered");
        front.Calls.Where(call => call.Method == "DescribeNamespace").Select(call => call.Headers.Authorization.ToString()).ShouldBe([$"Bearer {ApiKey}", ""], ignoreOrder: true);
    }

    [Fact]
    public async Task A_call_that_is_refused_to_everybody_proves_nothing()
    {
        await using var front = await GuardedFrontend.StartAsync(new Guard { Refusal = (7, "Request unauthorized.") }, Token);

        var check = await CheckAsync(UpgradePhase.Smoke, "sdk/unauthenticated-denied", ("temporal.address", front.Address), ("temporal.apiKey", ApiKey), ("temporal.tls.mode", "off"));

        check.Result.ShouldBe(Result.Unanswered, check.Message);
        check.Observed!.ShouldContain("with credentials: ");
        check.Observed!.ShouldNotContain(ApiKey);
    }

    [Fact]
    public async Task TLS_is_older_than_the_settings_want()
    {
        await using var front = await GuardedFrontend.StartAsync(new Guard { Certificate = _authority.Server(names: ["127.0.0.1"]), Protocols = SslProtocols.Tls12 }, Token);

        var check = await CheckAsync(UpgradePhase.PreUpgrade, "health/tls-negotiated",
            ("temporal.address", front.Address), ("temporal.tls.ca", _authority.RootFile), ("temporal.tls.minimum", "1.3"));

        check.Result.ShouldBe(Result.Violated, check.Message);
        check.Message.ShouldBe("A frontend negotiates a TLS version that is too old.");
        check.Observed.ShouldBe($"{front.Address}: TLS 1.2");
    }

    [Fact]
    public async Task A_certificate_ends_soon_after_the_window()
    {
        await using var front = await GuardedFrontend.StartAsync(new Guard { Certificate = _authority.Server(names: ["127.0.0.1"]) }, Token);

        var check = await CheckAsync(UpgradePhase.PostUpgrade, "health/certificates-outlive-the-window", ("temporal.address", front.Address), ("temporal.tls.ca", _authority.RootFile));

        check.Result.ShouldBe(Result.Violated, check.Message);
        check.Message.ShouldBe("A certificate on the way to the frontends expires during the upgrade or soon after it.");
        check.Observed!.ShouldStartWith($"{front.Address}: CN=127.0.0.1 expires ");
    }

    [Theory]
    [InlineData("nothing listens", Result.Violated, "A frontend of the settings is not there.", "Nothing listens at ")]
    [InlineData("plaintext", Result.Violated, "A frontend of the settings does not speak what its clients speak.", " speaks plaintext, and the settings want TLS.")]
    [InlineData("expired", Result.Violated, "A frontend's certificate does not verify with what its clients are given.", " expired ")]
    [InlineData("token", Result.Unanswered, "A frontend of the settings does not let this suite in.", " does not know who calls: ")]
    [InlineData("client certificate", Result.Unanswered, "A frontend of the settings does not let this suite in.", " wants a client certificate, and none is given.")]
    public async Task Connecting_fails_in_its_own_words(string how, Result result, string message, string observed)
    {
        var guard = how switch
        {
            "plaintext" or "nothing listens" => new Guard(),
            "expired" => new Guard { Certificate = _authority.Server(expired: true, "127.0.0.1") },
            "token" => new Guard { Certificate = _authority.Server(names: ["127.0.0.1"]), ApiKey = "another-key-than-ours" },
            _ => new Guard { Certificate = _authority.Server(names: ["127.0.0.1"]), ClientAuthority = _authority.Root },
        };
        await using var front = await GuardedFrontend.StartAsync(guard, Token);

        var check = await CheckAsync(UpgradePhase.PreUpgrade, "sdk/connects",
            ("temporal.address", how == "nothing listens" ? "127.0.0.1:1" : front.Address), ("temporal.tls.ca", _authority.RootFile), ("temporal.apiKey", ApiKey));

        check.Result.ShouldBe(result, $"{check.Message} {check.Observed}");
        check.Message.ShouldBe(message);
        check.Observed!.ShouldContain(observed);
        check.Remedy.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task A_namespace_of_the_settings_does_not_exist()
    {
        await using var server = await ServerAsync();

        var check = await CheckAsync(UpgradePhase.PreUpgrade, "sdk/namespace-usable", ("temporal.address", server.Address), ("temporal.namespaces", "default,no-such-namespace"));

        check.Result.ShouldBe(Result.Violated, check.Message);
        check.Message.ShouldBe("A namespace cannot be used.");
        check.Observed.ShouldBe("no-such-namespace: does not exist");
    }

    [Fact]
    public async Task Plaintext_has_no_TLS_to_judge_and_nobody_to_refuse()
    {
        await using var front = await GuardedFrontend.StartAsync(new Guard(), Token);

        var tls = await CheckAsync(UpgradePhase.PreUpgrade, "health/tls-negotiated", ("temporal.address", front.Address));
        var denied = await CheckAsync(UpgradePhase.Smoke, "sdk/unauthenticated-denied", ("temporal.address", front.Address));

        tls.Result.ShouldBe(Result.NotApplicable, tls.Message);
        denied.Result.ShouldBe(Result.NotApplicable, denied.Message);
    }

    private static async Task<DevServer> ServerAsync()
    {
        Assert.SkipWhen(s_cli is null, "no temporal CLI: neither TEMPORAL_CLI nor PATH leads to one");
        return await DevServer.StartAsync(s_cli, [Settings.Defaults.Temporal.CanaryNamespace], Token);
    }

    private static Dictionary<string, Result> Results(PhaseVerdict verdict) => verdict.Checks.ToDictionary(check => check.Id, check => check.Result);

    private static async Task<CheckVerdict> CheckAsync(UpgradePhase phase, string id, params (string Key, string Value)[] sets) =>
        (await RunAsync(phase, [.. sets, ("scope.only", id)])).Checks.Single(check => check.Id == id);

    private static async Task<PhaseVerdict> RunAsync(UpgradePhase phase, (string Key, string Value)[] sets)
    {
        using var results = new ScratchFolder();
        var started = DateTimeOffset.UtcNow;
        var exit = await new PhaseProcess(Installation.Find(), results.Path).RunAsync(
            phase, new Handover(results.Path, results.Path, null, sets.ToDictionary(set => set.Key, set => set.Value)), TimeSpan.FromMinutes(2), _ => { }, Token);
        var verdict = Judge.Phase(
            PhaseEvidence.FromFolder(results.Path, phase.ToString(), exit.ExitCode), CheckRoll.Embedded(), [], new Expectation { Now = DateTimeOffset.UtcNow, NotBefore = started });
        verdict.Checks.ShouldNotBeEmpty(exit.Tail);
        return verdict;
    }
}
