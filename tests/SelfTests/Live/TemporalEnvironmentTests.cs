using TemporalConformance.Facts;
using TemporalConformance.Probes;

namespace TemporalConformance.SelfTests;

/// <summary>Temporal's own environment variables and profiles fill in what our settings do not say.</summary>
public sealed class TemporalEnvironmentTests
{
    private static readonly Dictionary<string, string> s_noSets = [];

    [Fact]
    public void Variables_fill_in_and_say_where_they_came_from()
    {
        var settings = Read(
            [],
            ("TEMPORAL_ADDRESS", "frontend.test:7233"), ("TEMPORAL_NAMESPACE", "orders"), ("TEMPORAL_API_KEY", "key-of-the-tests"),
            ("TEMPORAL_TLS_SERVER_CA_CERT_PATH", "ca.pem"), ("TEMPORAL_TLS_CLIENT_CERT_PATH", "client.pem"), ("TEMPORAL_TLS_CLIENT_KEY_PATH", "client.key"),
            ("TEMPORAL_TLS_SERVER_NAME", "other.test"), ("TEMPORAL_TLS", "true"), ("TEMPORAL_GRPC_META_X_ROUTE", "blue-blue"), ("TEMPORAL_CLI", "/usr/bin/temporal"));

        settings.Temporal.Address.ShouldBe(["frontend.test:7233"]);
        settings.Temporal.Namespaces.ShouldBe(["orders"]);
        settings.Temporal.ApiKey.ShouldBe(new Secret("key-of-the-tests"));
        settings.Temporal.Tls.ShouldBe(new TlsSettings { Mode = "on", Ca = "ca.pem", Certificate = "client.pem", Key = "client.key", ServerName = "other.test", Minimum = "1.2" });
        settings.Temporal.Metadata["x-route"].Reveal().ShouldBe("blue-blue");
        settings.Origin("temporal.address").ShouldBe("environment TEMPORAL_ADDRESS");
        settings.Origin("temporal.metadata.x-route").ShouldBe("environment TEMPORAL_GRPC_META_X_ROUTE");
        settings.IsDemonstration.ShouldBeFalse();
    }

    [Fact]
    public void Ours_win()
    {
        var settings = Read([("temporal.address", "ours.test:7233"), ("temporal.tls.serverName", "ours.test")], ("TEMPORAL_API_KEY", "key-of-the-tests"), ("TEMPORAL_TLS_SERVER_NAME", "other.test"));

        settings.Temporal.ApiKey.ShouldBe(new Secret("key-of-the-tests"));
        settings.Temporal.Tls.ServerName.ShouldBe("ours.test");
        settings.Origin("temporal.tls.serverName").ShouldBe("--set");
    }

    [Fact]
    public void Credentials_do_not_go_to_another_address_than_their_own()
    {
        var settings = Read([("temporal.address", "ours.test:7233")], ("TEMPORAL_ADDRESS", "theirs.test:7233"), ("TEMPORAL_API_KEY", "key-of-the-tests"));

        settings.Temporal.Address.ShouldBe(["ours.test:7233"]);
        settings.Temporal.ApiKey.ShouldBeNull();
    }

    [Fact]
    public void Without_an_address_nothing_is_taken_and_the_demonstration_stays_one() =>
        Read([], ("TEMPORAL_API_KEY", "key-of-the-tests"), ("TEMPORAL_NAMESPACE", "orders")).ShouldSatisfyAllConditions(
            settings => settings.IsDemonstration.ShouldBeTrue(), settings => settings.Temporal.ApiKey.ShouldBeNull());

    [Fact]
    public void TLS_that_is_turned_off_leaves_its_files_out()
    {
        var settings = Read([], ("TEMPORAL_ADDRESS", "frontend.test:7233"), ("TEMPORAL_TLS", "false"), ("TEMPORAL_TLS_SERVER_CA_CERT_PATH", "ca.pem"));

        settings.Temporal.UsesTls.ShouldBeFalse();
        settings.Temporal.Tls.Ca.ShouldBeNull();
    }

    [Fact]
    public void Certificates_that_are_no_files_are_a_problem_that_does_not_show_them()
    {
        var problem = Should.Throw<SettingsException>(() => Read([], ("TEMPORAL_ADDRESS", "frontend.test:7233"), ("TEMPORAL_TLS_SERVER_CA_CERT_DATA", "-----BEGIN CERTIFICATE-----"))).Problems.ShouldHaveSingleItem();

        problem.Key.ShouldBe("temporal.tls.ca");
        problem.Where.ShouldBe("environment TEMPORAL_TLS_SERVER_CA_CERT_DATA");
        problem.ToString().ShouldNotContain("BEGIN CERTIFICATE");
    }

    [Fact]
    public void A_wrong_address_names_its_variable()
    {
        var problem = Should.Throw<SettingsException>(() => Read([], ("TEMPORAL_ADDRESS", "frontend.test"))).Problems.ShouldHaveSingleItem();

        problem.Where.ShouldBe("environment TEMPORAL_ADDRESS");
        problem.Hint.ShouldBe("Correct the variable, or set temporal.address, which comes before it.");
    }

    [Fact]
    public void A_profile_is_read_where_something_names_it()
    {
        using var folder = new ScratchFolder();
        var file = Path.Combine(folder.Path, "temporal.toml");
        File.WriteAllText(file, """
            [profile.default]
            address = "default.test:7233"
            [profile.production]
            address = "production.test:7233"
            namespace = "orders"
            api_key = "key-of-the-tests"
            [profile.production.tls]
            server_name = "frontend.test"
            server_ca_cert_path = "ca.pem"
            [profile.production.grpc_meta]
            x-route = "blue-blue"
            """);

        var settings = Read([("temporal.profile", "production")], ("TEMPORAL_CONFIG_FILE", file));
        settings.Temporal.Address.ShouldBe(["production.test:7233"]);
        settings.Temporal.Namespaces.ShouldBe(["orders"]);
        settings.Temporal.ApiKey.ShouldBe(new Secret("key-of-the-tests"));
        (settings.Temporal.Tls.ServerName, settings.Temporal.Tls.Ca).ShouldBe(("frontend.test", "ca.pem"));
        settings.Temporal.Metadata["x-route"].Reveal().ShouldBe("blue-blue");
        settings.Origin("temporal.address").ShouldBe("temporal.toml profile production");

        Read([], ("TEMPORAL_PROFILE", "production"), ("TEMPORAL_CONFIG_FILE", file)).Temporal.Address.ShouldBe(["production.test:7233"]);
        Read([], ("TEMPORAL_CONFIG_FILE", file)).Temporal.Address.ShouldBe(["default.test:7233"]);

        // A variable comes before the profile, and a profile that was asked for goes with addresses of ours.
        Read([("temporal.profile", "production")], ("TEMPORAL_CONFIG_FILE", file), ("TEMPORAL_NAMESPACE", "payments")).Temporal.Namespaces.ShouldBe(["payments"]);
        var ours = Read([("temporal.profile", "production"), ("temporal.address", "a.test:7233,b.test:7233")], ("TEMPORAL_CONFIG_FILE", file));
        (ours.Temporal.Address.Count, ours.Temporal.ApiKey).ShouldBe((2, new Secret("key-of-the-tests")));
    }

    [Theory]
    [InlineData("no-such-profile", "[profile.default]\naddress = \"default.test:7233\"\n")]
    [InlineData("default", "this is not TOML [")]
    public void A_profile_that_cannot_be_read_is_a_problem(string profile, string text)
    {
        using var folder = new ScratchFolder();
        var file = Path.Combine(folder.Path, "temporal.toml");
        File.WriteAllText(file, text);

        var problem = Should.Throw<SettingsException>(() => Read([("temporal.profile", profile)], ("TEMPORAL_CONFIG_FILE", file))).Problems.ShouldHaveSingleItem();

        problem.Key.ShouldBe("temporal.profile");
        problem.Value.ShouldBe(profile);
        TestContext.Current.TestOutputHelper!.WriteLine(problem.ToString());
    }

    private static Settings Read((string Key, string Value)[] sets, params (string Name, string Value)[] variables)
    {
        var environment = variables.ToDictionary(variable => variable.Name, variable => (string?)variable.Value);
        return SettingsReader.Read(null, sets.Length == 0 ? s_noSets : sets.ToDictionary(set => set.Key, set => set.Value), environment, profile => TemporalEnvironment.Find(environment, profile));
    }
}
