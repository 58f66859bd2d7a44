using TemporalConformance.Facts;

namespace TemporalConformance.SelfTests;

public sealed class SettingsProblemTests
{
    private static readonly HashSet<string> s_ids = ["path/sequential-minors", "path/target-known", "schema/main-version"];

    [Fact]
    public void All_problems_are_reported_at_once_each_with_its_place()
    {
        SettingsException thrown = Should.Throw<SettingsException>(() => SettingsSource.Read(
            """
            {
              "target": "29",
              "stores": {
                "visibility": { "kind": "postgres" }
              },
              "tarket": "1.29.1"
            }
            """,
            ["post.settle=soon"],
            ["TEMPORAL_CONFORMANCE__TEMPORAL__TLS__CERTIFICATE=/c.pem", "TEMPORAL_CONFORMANCE__POLCY=guide"]));

        thrown.Problems.Select(problem => problem.Key).ShouldBe(
            ["tarket", "polcy", "target", "post.settle", "stores.visibility.kind", "temporal.tls.key", "temporal.address"], ignoreOrder: true);
        thrown.Message.ShouldStartWith("There are 7 problems with the settings.\n\ntarket");
        thrown.Message.Split("\n\n").Length.ShouldBe(8);
    }

    [Fact]
    public void A_single_problem_is_announced_as_one() =>
        Should.Throw<SettingsException>(() => SettingsSource.Set("target=29")).Message.ShouldBe("""
            There is a problem with the settings.

            target
              wanted:   a release of the Temporal server such as 1.29.1
              observed: 29
              where:    --set
              do:       Correct the option, or leave it out for the default (1.29.1).
            """);

    [Fact]
    public void A_wrong_value_in_the_file() => SettingsSource.Problem("{\n  \"post\": { \"settle\": \"soon\" }\n}").ShouldBe("""
        post.settle
          wanted:   a duration such as 0s, 30s, 10m, 1h30m, 7d or 01:30:00
          observed: soon
          where:    conformance.json:2:23
          do:       Correct the value, or remove it for the default (10m).
        """);

    [Fact]
    public void A_wrong_value_in_the_environment() => SettingsSource.Problem("{}", variables: ["TEMPORAL_CONFORMANCE__STORES__MAIN__VOLUMESIZE=big"]).ShouldBe("""
        stores.main.volumeSize
          wanted:   a size such as 500GB or 1Ti
          observed: big
          where:    environment TEMPORAL_CONFORMANCE__STORES__MAIN__VOLUMESIZE
          do:       Correct the variable, or unset it if it is not needed.
        """);

    [Fact]
    public void A_near_miss_of_a_choice() => SettingsSource.Problem("""{ "stores": { "visibility": { "kind": "elastic-search" } } }""").ShouldBe("""
        stores.visibility.kind
          wanted:   postgresql, elasticsearch or none
          observed: elastic-search
          where:    conformance.json:1:39
          do:       Did you mean elasticsearch?
        """);

    [Fact]
    public void An_unknown_key_names_the_nearest_and_never_shows_its_value() => SettingsSource.Problem("""{ "temporal": { "apikey": "hunter2-hunter2" } }""").ShouldBe("""
        temporal.apikey
          wanted:   a setting that exists
          observed: a value (not shown)
          where:    conformance.json:1:17
          do:       Did you mean temporal.apiKey?
        """);

    [Fact]
    public void An_unknown_key_that_is_near_to_nothing() => SettingsSource.Problem("{}", ["colour=blue"]).ShouldBe("""
        colour
          wanted:   a setting that exists
          observed: a value (not shown)
          where:    --set
          do:       Remove it; conformance.json lists every setting.
        """);

    [Theory]
    [InlineData("TEMPORAL_CONFORMANCE__TARGT", "targt", "Did you mean target?")]
    [InlineData("TEMPORAL_CONFORMANCE__STORES__MAIN__CONECTION", "stores.main.conection", "Did you mean stores.main.connection?")]
    [InlineData("TEMPORAL_CONFORMANCE__STORES", "stores", "Did you mean stores?")]
    public void An_unknown_variable(string name, string key, string hint) => SettingsSource.Problem("{}", variables: [$"{name}=x"]).ShouldBe($"""
        {key}
          wanted:   a setting that exists
          observed: a value (not shown)
          where:    environment {name}
          do:       {hint}
        """);

    [Fact]
    public void A_key_that_stands_twice() => SettingsSource.Problem("{\n  \"target\": \"1.29.1\",\n  \"target\": \"1.28.1\"\n}").ShouldBe("""
        target
          wanted:   each key once
          observed: twice, first at conformance.json:2:3
          where:    conformance.json:3:3
          do:       Remove one of the two.
        """);

    [Fact]
    public void A_group_that_stands_twice() =>
        SettingsSource.Problems("""{ "stores": {}, "post": {}, "stores": {} }""").Select(problem => (problem.Key, problem.Where)).ShouldBe([("stores", "conformance.json:1:29")]);

    [Fact]
    public void A_variable_given_in_two_cases() => SettingsSource.Problem("{}", variables: ["TEMPORAL_CONFORMANCE__TARGET=1.29.1", "temporal_conformance__target=1.28.1"]).ShouldBe("""
        target
          wanted:   each variable once, whatever its case
          observed: twice, also as environment TEMPORAL_CONFORMANCE__TARGET
          where:    environment temporal_conformance__target
          do:       Unset one of the two.
        """);

    [Fact]
    public void Dots_in_the_file_are_braces() => SettingsSource.Problem("""{ "stores.main.connection": "Host=h" }""").ShouldBe("""
        stores.main.connection
          wanted:   one level of braces for each dot
          observed: a value (not shown)
          where:    conformance.json:1:3
          do:       Write "stores": { "main": { "connection": …
        """);

    [Theory]
    [InlineData("""{ "target": 1.29 }""", "target", "a number without quotes", "a release of the Temporal server such as 1.29.1", "Correct the value: put it in quotes.")]
    [InlineData("""{ "target": ["1.29.1"] }""", "target", "a list", "a release of the Temporal server such as 1.29.1", "Correct the value.")]
    [InlineData("""{ "outage": { "meter": "yes" } }""", "outage.meter", "a text", "true or false", "Correct the value.")]
    [InlineData("""{ "stores": "Host=h" }""", "stores", "a text", "an object with main, visibility", "Write its members in braces.")]
    [InlineData("""{ "stores": { "main": [] } }""", "stores.main", "a list", "an object with connection, migrationRole, runtimeRole, volumeSize, freeSpaceQuery, maxConns, plugin", "Write its members in braces.")]
    [InlineData("""{ "temporal": { "address": { "host": "h" } } }""", "temporal.address", "an object", "one address or a list of them, each host:port with a port from 1 to 65535", "Correct the value.")]
    [InlineData("""{ "severity": "blocker" }""", "severity", "a text", "an object: names, each with blocker or advisory", "Correct the value.")]
    [InlineData("""{ "severity": { "path/a": true } }""", "severity.path/a", "true or false without quotes", "a text", "Correct the value.")]
    public void A_wrong_JSON_type(string json, string key, string observed, string wanted, string remedy)
    {
        SettingProblem problem = SettingsSource.Problems(json).ShouldHaveSingleItem();

        (problem.Key, problem.Value, problem.Allowed, problem.Hint).ShouldBe((key, observed, wanted, remedy));
        problem.Where.ShouldStartWith("conformance.json:1:");
    }

    [Theory]
    [InlineData("{\n  \"target\": \"1.29.1\"\n  \"policy\": \"guide\"\n}", "conformance.json:3:3", "\"\"\"")]
    [InlineData("{\n  \"target\": \"1.29.1\"", "conformance.json:2:21", "the end of the file")]
    [InlineData("{ \"target\": hunter2 }", "conformance.json:1:13", "something else")]
    [InlineData("{ \"ü\": 1 ] }", "conformance.json:1:10", "\"]\"")]
    [InlineData("{} {}", "conformance.json:1:4", "\"{\"")]
    [InlineData("", "conformance.json:1:1", "the end of the file")]
    public void Malformed_JSON_has_a_position_and_shows_no_text(string json, string where, string observed)
    {
        SettingProblem problem = SettingsSource.Problems(json).Single(problem => problem.Key == "settings file");

        problem.ShouldBe(new("settings file", observed, "JSON (comments and trailing commas are allowed)", where,
            "Correct the file there or just before: a comma, a quote or a bracket is missing or too many."));
    }

    [Fact]
    public void After_malformed_JSON_nothing_is_said_to_be_missing() =>
        SettingsSource.Problems("""{ "stores": { "main": { "connection": "Host=h;Database=d" } }, """).Select(problem => problem.Key).ShouldBe(["settings file"]);

    [Fact]
    public void A_file_that_is_no_object() =>
        SettingsSource.Problems("[]").ShouldHaveSingleItem().Allowed.ShouldBe("an object: { \"target\": \"1.29.1\", … }");

    [Fact]
    public void A_file_that_was_named_must_be_there() =>
        Should.Throw<SettingsException>(() => SettingsReader.Read("/nowhere/at-all.json", new Dictionary<string, string>(), new Dictionary<string, string?>()))
            .Problems.ShouldHaveSingleItem().ToString().ShouldBe("""
                settings file
                  wanted:   a JSON file that can be read
                  observed: no such file
                  where:    /nowhere/at-all.json
                  do:       Name another file with --config, or leave the option out to use conformance.json of the working directory.
                """);

    [Fact]
    public void A_folder_is_no_settings_file() =>
        Should.Throw<SettingsException>(() => SettingsReader.Read(Path.GetTempPath(), new Dictionary<string, string>(), new Dictionary<string, string?>()))
            .Problems.ShouldHaveSingleItem().Value.ShouldBe("a folder");

    [Fact]
    public void A_setting_with_a_default_cannot_be_empty() => SettingsSource.Problem("""{ "target": null }""").ShouldBe("""
        target
          wanted:   a release of the Temporal server such as 1.29.1
          observed: an empty text
          where:    conformance.json:1:13
          do:       Correct the value, or remove it for the default (1.29.1).
        """);

    [Theory]
    [InlineData("temporal.address", "frontend", "frontend")]
    [InlineData("temporal.address", "frontend:70000", "frontend:70000")]
    [InlineData("temporal.address", "a:1,:2", "entry 2: :2")]
    [InlineData("temporal.address", "a:1,,b:2", "entry 2: an empty text")]
    [InlineData("temporal.address", """["a:1", 7233]""", "entry 2 is a number")]
    [InlineData("temporal.address", "[a:1]", "a text that is not JSON")]
    [InlineData("temporal.address", "::1:7233", "::1:7233")]
    [InlineData("metrics.endpoints", "http://a/metrics,ftp://b", "entry 2: ftp://b")]
    [InlineData("metrics.endpoints", "http://a/metrics,http://me:hunter2@b", "entry 2 (not shown, it may hold a password)")]
    [InlineData("prometheus.url", "prometheus:9090", "prometheus:9090")]
    [InlineData("prometheus.url", "http://me:hunter2@b", "a text that may hold a password (not shown)")]
    [InlineData("window.start", "2026-03-01T22:00", "2026-03-01T22:00")]
    [InlineData("window.length", "0s", "0s")]
    [InlineData("running", "1.27", "1.27")]
    [InlineData("phase", "PreFlight", "PreFlight")]
    [InlineData("temporal.provider", "cloud", "cloud")]
    [InlineData("kubernetes.provider", "minikube", "minikube")]
    [InlineData("eager", "yes", "yes")]
    [InlineData("outage.meter", "TRUE", "TRUE")]
    [InlineData("temporal.replicationSide", "both", "both")]
    [InlineData("severity.path/target-known", "warning", "warning")]
    [InlineData("workflows.critical", "{}", "an object")]
    [InlineData("workflows.critical", """[{ "type": "T", "taskQueue": "q" }, "U"]""", "entry 2 is a text")]
    [InlineData("workflows.critical", """[{ "taskQueue": "q" }]""", "entry 1 has no \"type\"")]
    [InlineData("workflows.critical", """[{ "type": "T" }]""", "entry 1 has no \"taskQueue\"")]
    [InlineData("workflows.critical", """[{ "namespace": "", "type": "T", "taskQueue": "q" }]""", "entry 1 has a \"namespace\" that is no name")]
    [InlineData("workflows.critical", """[{ "type": "T", "taskQueue": "q", "timeout": "1m" }]""", "entry 1 has an unknown member \"timeout\"")]
    [InlineData("workflows.critical", """[{ "type": "T", "taskQueue": "q", "timeLimit": 60 }]""", "entry 1 has a \"timeLimit\" that is no duration above zero")]
    [InlineData("stores.main.connection", "Host=h;Database=d;Port=70000;Password=hunter2-hunter2", "*** (port: wanted 1–65535, observed 70000)", "stores.visibility.kind=none")]
    public void What_a_setting_does_not_take(string key, string value, string observed, params string[] more)
    {
        SettingProblem problem = SettingsSource.Problems("{}", [$"{key}={value}", .. more]).ShouldHaveSingleItem();

        (problem.Key, problem.Value, problem.Where).ShouldBe((key, observed, "--set"));
    }

    [Theory]
    [InlineData("h:7233")]
    [InlineData("10.0.0.1:7233")]
    [InlineData("[::1]:7233")]
    [InlineData("temporal-frontend.temporal.svc.cluster.local:7233")]
    public void Addresses_have_a_host_and_a_port(string address) => SettingsSource.Set($"temporal.address={address}").Temporal.Address.ShouldBe([address]);

    [Fact]
    public void A_map_is_set_entry_by_entry() => SettingsSource.Problem("{}", ["severity=blocker"]).ShouldBe("""
        severity
          wanted:   severity.<name>=<value>, one for each
          observed: a value (not shown)
          where:    --set
          do:       Set for example severity.path/sequential-minors=blocker.
        """);

    [Fact]
    public void Severities_and_scope_name_checks_that_exist() => SettingsSource.Problems(
        """{ "severity": { "path/target-know": "blocker" }, "scope": { "only": ["schema", "shema", "path/target-known"], "skip": ["zzz"] } }""", ids: s_ids)
        .Select(problem => problem.ToString()).ShouldBe([
            """
            severity.path/target-know
              wanted:   the id of a check
              observed: path/target-know
              where:    conformance.json:1:37
              do:       Did you mean path/target-known?
            """,
            """
            scope.only
              wanted:   subjects or ids of checks
              observed: shema
              where:    conformance.json:1:69
              do:       Did you mean schema?
            """,
            """
            scope.skip
              wanted:   subjects or ids of checks
              observed: zzz
              where:    conformance.json:1:119
              do:       `./run.sh list` shows them all.
            """]);
}
