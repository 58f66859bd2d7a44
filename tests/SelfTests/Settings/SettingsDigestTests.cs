using TemporalConformance.Facts;

namespace TemporalConformance.SelfTests;

public sealed class SettingsDigestTests
{
    [Fact]
    public void The_digest_of_the_defaults_is_that_of_nothing()
    {
        Settings.Defaults.Digest.ShouldBe("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        SettingsSource.Read(SettingsTable.ConfigurationFile()).Digest.ShouldBe(Settings.Defaults.Digest);
    }

    [Fact]
    public void The_digest_does_not_depend_on_order_source_or_form()
    {
        string digest = SettingsSource.Read("""{ "post": { "settle": "1h30m" }, "target": "1.28.1", "severity": { "a/b": "blocker", "c/d": "advisory" }, "temporal": { "address": ["a:1", "b:2"] } }""").Digest;

        SettingsSource.Read("""{ "severity": { "c/d": "advisory", "a/b": "blocker" }, "target": "1.28.1" }""", ["post.settle=01:30:00"], ["TEMPORAL_CONFORMANCE__TEMPORAL__ADDRESS=a:1,b:2"]).Digest.ShouldBe(digest);
        // Calculated apart from this code: the same on every machine means this value.
        digest.ShouldBe("sha256:840113a00d81e5b67b7788364663e70af97e89f09b40b139c69c22f9dc699287");
    }

    [Fact]
    public void Both_forms_of_a_connection_have_one_digest_and_a_rotated_password_does_not_change_it()
    {
        string digest = Digest("Host=h;Port=5433;Database=d;Username=u;Password=first-password;SSL Mode=VerifyFull");

        Digest("postgresql://u:second-password@h:5433/d?sslmode=verify-full").ShouldBe(digest);
        Digest("postgresql://u@h:5433/d?sslmode=verify-full").ShouldBe(digest);
        Digest("postgresql://u@h:5433/d?sslmode=require").ShouldNotBe(digest);
        Digest("postgresql://u@h:5433/e?sslmode=verify-full").ShouldNotBe(digest);

        static string Digest(string connection) => SettingsSource.Set("stores.visibility.kind=none", $"stores.main.connection={connection}").Digest;
    }

    [Fact]
    public void Every_setting_that_differs_changes_the_digest()
    {
        string[] digests =
        [
            Settings.Defaults.Digest, SettingsSource.Set("target=1.28.1").Digest, SettingsSource.Set("running=1.28.1").Digest,
            SettingsSource.Set("scope.only=path").Digest, SettingsSource.Set("scope.skip=path").Digest, SettingsSource.Set("scope.skip=path,schema").Digest,
            SettingsSource.Set("outage.meter=true").Digest, SettingsSource.Set("severity.a/b=blocker").Digest,
            SettingsSource.Set("temporal.address=h:1").Digest, SettingsSource.Set("temporal.address=h:1", "temporal.apiKey=key-key-key").Digest,
        ];

        digests.Distinct().Count().ShouldBe(digests.Length);
    }
}
