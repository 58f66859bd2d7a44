using System.Text;
using System.Text.Json;
using CsCheck;
using TemporalConformance.Facts;

namespace TemporalConformance.SelfTests;

public sealed class SecretTests
{
    /// <summary>Secrets as people and machines make them, with every character that some format escapes.</summary>
    private static readonly Gen<string> s_secrets = Gen.String[Gen.OneOf(Gen.Char.AlphaNumeric, Gen.Char["+/=&%;:@?#'\"<>\\{}[] ~!$-_.éß"]), 12, 40]
        .Where(secret => secret.Trim().Length == secret.Length && secret.Count(char.IsLetterOrDigit) >= 6);

    /// <summary>Settings that are a secret and nothing else: in a wrong place nothing shows what they are.</summary>
    private static readonly string[] s_plain = ["temporal.apiKey", "metrics.bearerToken", "metrics.password", "prometheus.bearerToken", "prometheus.password", "backup.s3.accessKey", "backup.s3.secretKey", "backup.s3.sessionToken"];

    [Fact]
    public void A_secret_prints_as_a_mask_and_equals_by_value()
    {
        Secret secret = new("hunter2");

        secret.ToString().ShouldBe("***");
        $"{secret}".ShouldBe("***");
        JsonSerializer.Serialize(secret).ShouldBe("{}");
        secret.ShouldBe(new Secret("hunter2"));
        secret.GetHashCode().ShouldBe(new Secret("hunter2").GetHashCode());
        secret.ShouldNotBe(new Secret("hunter3"));
        secret.Reveal().ShouldBe("hunter2");
    }

    [Fact]
    public void Every_written_form_of_a_secret_is_found_and_removed() => Gen.Select(s_secrets, Gen.Int[0, 5]).Sample((secret, lead) =>
    {
        SecretScrubber scrubber = new([new Secret(secret)]);
        string[] forms =
        [
            secret, Uri.EscapeDataString(secret), Uri.EscapeDataString(secret).Replace("%20", "+"), JsonSerializer.Serialize(secret), secret.Replace("'", "''"),
            new System.Xml.Linq.XElement("a", secret).ToString(), new System.Xml.Linq.XElement("a", new System.Xml.Linq.XAttribute("b", secret)).ToString(),
            Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)), Convert.ToBase64String(Encoding.UTF8.GetBytes(new string('u', lead) + ":" + secret)),
            Convert.ToBase64String(Encoding.UTF8.GetBytes(secret + new string('x', lead))).Replace('+', '-').Replace('/', '_'),
        ];
        return forms.All(form => scrubber.Finds($"before {form} after")
            && !scrubber.Finds(scrubber.Scrub($"before {form} after"))
            && scrubber.Scrub($"before {form} after").Contains("***"));
    });

    [Fact]
    public void Text_without_the_secret_stays_as_it_is()
    {
        SecretScrubber scrubber = new([new("hunter2-hunter2"), new("pass"), new("ab"), new("temporal")]);
        const string text = "temporal passed its checks about the password ab";

        scrubber.Scrub(text).ShouldBe(text);
        scrubber.Finds(text).ShouldBeFalse();
        new SecretScrubber([]).Scrub(text).ShouldBe(text);
    }

    [Fact]
    public void A_short_secret_is_found_as_a_word_of_its_own()
    {
        SecretScrubber scrubber = new([new("pass")]);

        scrubber.Scrub("pass, passed, (pass) =pass; Bypass pass").ShouldBe("***, passed, (***) =***; Bypass ***");
    }

    [Fact]
    public void The_longer_secret_goes_first() =>
        new SecretScrubber([new("hunter2-hunter2"), new("hunter2-hunter2-and-more")]).Scrub("a hunter2-hunter2-and-more b hunter2-hunter2 c").ShouldBe("a *** b *** c");

    [Fact]
    public void A_password_that_is_also_a_name_of_the_connection_is_no_secret()
    {
        Settings settings = SettingsSource.Set("stores.visibility.kind=none", "stores.main.connection=Host=h;Database=orders_db;Username=orders_user;Password=orders_user");

        settings.Scrubber.Scrub("orders_user@h:5432/orders_db").ShouldBe("orders_user@h:5432/orders_db");
        settings.Secrets.ShouldBe([new Secret("orders_user")]);
    }

    [Fact]
    public void A_secret_planted_in_every_secret_setting_shows_nowhere() => s_secrets.Sample(secret =>
    {
        SecretScrubber scrubber = new([new Secret(secret)]);
        foreach ((string key, string text) in Planted(secret))
        {
            // Once well-formed beside a wrong setting and a broken rule, once broken itself, once under a mistyped key, once in the wrong setting.
            Messages([$"{key}={text}", "post.settle=soon", "temporal.tls.key=/k"]).ShouldAllBe(message => !scrubber.Finds(message), key);
            Messages([$"{key}={text};Port=x;Hots=y", "post.settle=soon"]).ShouldAllBe(message => !scrubber.Finds(message), key);
            Messages([$"{key}x={text}"]).ShouldAllBe(message => !scrubber.Finds(message), key);
            if (!s_plain.Contains(key))
            {
                foreach (SettingDefinition other in SettingsTable.All.Where(setting => !setting.IsSecret && setting.Kind is not (SettingKind.Text or SettingKind.Path or SettingKind.TextList or SettingKind.PathList or SettingKind.Map)))
                {
                    Messages([$"{other.Key}={text}"]).ShouldAllBe(message => !scrubber.Finds(message), other.Key);
                }
            }
        }

        // A token and a password exclude each other, and a password needs its user.
        foreach ((string without, string[] user) in new[] { ("password", Array.Empty<string>()), ("bearerToken", ["metrics.user=u", "prometheus.user=u"]) })
        {
            Settings settings = SettingsSource.Set(
            [
                .. Planted(secret).DistinctBy(pair => pair.Key).Where(pair => !pair.Key.EndsWith(without, StringComparison.Ordinal)).Select(pair => $"{pair.Key}={pair.Text}"),
                .. user, "temporal.address=h:1",
            ]);
            settings.Secrets.ShouldBe([new Secret(secret)]);
            object[] printed = [settings, settings.Stores, settings.Stores.Main, settings.Stores.Main.Connection!, settings.Temporal, settings.Metrics, settings.Prometheus, settings.Backup, settings.Backup.S3, settings.Digest, .. settings.Secrets];
            printed.ShouldAllBe(value => !scrubber.Finds(value.ToString()!));
        }
    }, iter: 10);

    [Fact]
    public void The_secret_settings_of_the_table_are_those_that_were_planted() =>
        // The map of metadata has tests of its own.
        Planted("x").Select(pair => pair.Key).Append("temporal.metadata").Distinct().ShouldBe(SettingsTable.All.Where(setting => setting.IsSecret).Select(setting => setting.Key), ignoreOrder: true);

    private static IEnumerable<(string Key, string Text)> Planted(string secret)
    {
        foreach (string key in new[] { "stores.main.connection", "stores.visibility.connection" })
        {
            yield return (key, $"Host=h;Database=d;Username=u;Password='{secret.Replace("'", "''")}'");
            yield return (key, $"postgresql://u:{Uri.EscapeDataString(secret)}@h/d");
        }

        foreach (string key in s_plain)
        {
            yield return (key, secret);
        }
    }

    private static IEnumerable<string> Messages(string[] sets)
    {
        try
        {
            SettingsSource.Set(sets);
            return [];
        }
        catch (SettingsException e)
        {
            return [e.Message, e.ToString(), .. e.Problems.Select(problem => problem.ToString())];
        }
    }
}
