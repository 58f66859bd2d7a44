using TemporalConformance.Facts;

namespace TemporalConformance.SelfTests;

public sealed class SettingsPrecedenceTests
{
    private const string Variable = "TEMPORAL_CONFORMANCE__TARGET";

    [Fact]
    public void Without_any_source_the_defaults_hold_and_nothing_external_is_named()
    {
        Settings settings = Settings.Defaults;

        settings.Target.ToString().ShouldBe("1.29.1");
        settings.Running.ShouldBeNull();
        settings.Policy.ShouldBe(UpgradePolicy.Guide);
        settings.Advisories.ShouldBe(AdvisoryMode.Report);
        settings.BaselinePath.ShouldBe("baseline.json");
        settings.Evidence.MaxAge.ShouldBe(TimeSpan.FromHours(24));
        settings.Post.Settle.ShouldBe(TimeSpan.FromMinutes(10));
        settings.Database.StatementTimeout.ShouldBe(TimeSpan.FromSeconds(5));
        settings.Stores.Visibility.Kind.ShouldBe("postgresql");
        settings.Temporal.Address.ShouldBeEmpty();
        settings.IsDemonstration.ShouldBeTrue();
        settings.Origin("target").ShouldBe("default");
    }

    [Fact]
    public void A_later_source_wins_and_every_value_knows_where_it_came_from()
    {
        using SettingsSource source = new("""
            {
              // comments and trailing commas are welcome
              "target": "1.28.1",
            }
            """);
        Dictionary<string, string> none = [];
        Dictionary<string, string?> noVariables = [];
        Discovery discovered = _ => [new("target", "1.27.4", "somewhere"), new("helm.release", "found", "somewhere"), new("temporal.address", "h:1", "somewhere")];
        Dictionary<string, string?> variables = new() { [Variable] = "1.28.2" };
        Dictionary<string, string> sets = new() { ["target"] = "1.28.3" };

        Read(SettingsReader.Read(source.Path, none, noVariables)).ShouldBe(("1.28.1", $"{source.Path}:3:13"));
        Read(SettingsReader.Read(source.Path, none, noVariables, discovered)).ShouldBe(("1.28.1", $"{source.Path}:3:13"));
        Read(SettingsReader.Read(source.Path, none, variables, discovered)).ShouldBe(("1.28.2", $"environment {Variable}"));
        Read(SettingsReader.Read(source.Path, sets, variables, discovered)).ShouldBe(("1.28.3", "--set"));
        Settings found = SettingsReader.Read(source.Path, none, noVariables, discovered);
        found.Helm.Release.ShouldBe("found");
        found.Origin("helm.release").ShouldBe("somewhere");

        static (string, string) Read(Settings settings) => (settings.Target.ToString(), settings.Origin("target"));
    }

    [Fact]
    public void A_list_replaces_an_earlier_one_as_a_whole()
    {
        const string json = """{ "temporal": { "address": ["a:1", "b:2", "c:3"] } }""";

        SettingsSource.Read(json).Temporal.Address.ShouldBe(["a:1", "b:2", "c:3"]);
        SettingsSource.Read(json, ["temporal.address=d:4"]).Temporal.Address.ShouldBe(["d:4"]);
        SettingsSource.Read(json, variables: ["TEMPORAL_CONFORMANCE__TEMPORAL__ADDRESS=d:4, e:5"]).Temporal.Address.ShouldBe(["d:4", "e:5"]);
        SettingsSource.Read(json, ["""temporal.address=["f:6"]"""]).Temporal.Address.ShouldBe(["f:6"]);
        SettingsSource.Read(json, ["temporal.address="]).Temporal.Address.ShouldBeEmpty();
        SettingsSource.Read(json, ["temporal.address=[]"]).Temporal.Address.ShouldBeEmpty();
    }

    [Fact]
    public void Entries_of_a_map_come_together_from_all_sources()
    {
        Settings settings = SettingsSource.Read(
            """{ "severity": { "path/a": "blocker", "path/b": "blocker" } }""",
            ["severity.path/b=advisory"],
            ["TEMPORAL_CONFORMANCE__SEVERITY__path/sequential-minors=blocker", "TEMPORAL_CONFORMANCE__SEVERITY__SCHEMA__HISTORY_CHAIN=blocker"]);

        settings.Severities.ShouldBe(new Dictionary<string, string>
        {
            ["path/a"] = "blocker",
            ["path/b"] = "advisory",
            ["path/sequential-minors"] = "blocker",
            ["schema/history-chain"] = "blocker",
        }, ignoreOrder: true);
        settings.Origin("severity.path/b").ShouldBe("--set");
        settings.Origin("severity.path/sequential-minors").ShouldBe("environment TEMPORAL_CONFORMANCE__SEVERITY__path/sequential-minors");
    }

    [Theory]
    [InlineData("TEMPORAL_CONFORMANCE__STORES__MAIN__MIGRATIONROLE")]
    [InlineData("temporal_conformance__stores__main__migrationRole")]
    public void The_case_of_a_variable_does_not_matter(string name) =>
        SettingsSource.Read("{}", variables: [$"{name}=owner"]).Stores.Main.MigrationRole.ShouldBe("owner");

    [Fact]
    public void Variables_of_others_are_not_ours() =>
        SettingsSource.Read("{}", variables: ["TEMPORAL_CONFORMANCE=1", "TEMPORAL_CLI=/x", "PATH=/bin"]).IsDemonstration.ShouldBeTrue();

    [Theory]
    [InlineData("\"\"")]
    [InlineData("null")]
    [InlineData("\"  \"")]
    public void An_empty_optional_value_means_not_set(string value)
    {
        Settings settings = SettingsSource.Read($$"""{ "running": {{value}}, "stores": { "main": { "connection": {{value}} } }, "temporal": { "apiKey": {{value}} } }""");

        settings.Running.ShouldBeNull();
        settings.Stores.Main.Connection.ShouldBeNull();
        settings.IsDemonstration.ShouldBeTrue();
        settings.Secrets.ShouldBeEmpty();
    }

    [Fact]
    public void An_empty_option_takes_back_what_the_file_says() =>
        SettingsSource.Read("""{ "running": "1.27.3" }""", ["running="]).Running.ShouldBeNull();

    [Fact]
    public void A_byte_order_mark_does_no_harm() =>
        SettingsSource.Read("\uFEFF{ \"target\": \"1.28.1\" }").Target.ToString().ShouldBe("1.28.1");

    [Fact]
    public void Every_setting_reaches_its_property()
    {
        Settings settings = SettingsSource.Read(
            """
            {
              "running": "1.27.3", "policy": "sequential", "advisories": "fail", "phase": "Smoke",
              "catalog": { "extra": "more" }, "baseline": { "path": "b.json" }, "evidence": { "maxAge": "2h" },
              "window": { "length": "02:30:00", "start": "2026-03-01T22:00+01:00" }, "post": { "settle": "0s" },
              "scope": { "only": ["schema"], "skip": ["path/known-bad-release"] },
              "stores": {
                "main": { "connection": "Host=m;Database=t", "migrationRole": "r1", "runtimeRole": "r2", "volumeSize": "500GB", "maxConns": 30, "plugin": "postgres12_pgx" },
                "visibility": { "connection": "postgresql://v/tv", "volumeSize": "1Ti", "maxConns": "10" }
              },
              "database": {
                "connectTimeout": "1s", "statementTimeout": "250ms", "connectionShare": 70, "longTransaction": "1m", "longLock": "2s", "replicationLag": "3s",
                "clockSkew": "4s", "rewriteSpace": "3"
              },
              "certificates": { "margin": "7d" }, "cluster": { "pods": 12, "surge": 0 }, "postgres": { "binaries": "/pg" },
              "temporal": {
                "provider": "external", "address": "t:7233", "namespaces": ["a", "b"], "canaryNamespace": "cn", "canaryTaskQueue": "cq",
                "replicationSide": "passive", "cli": "/cli", "apiKey": "key-key-key",
                "tls": { "mode": "on", "ca": "ca", "certificate": "c", "key": "k", "serverName": "s", "minimum": "1.3" }
              },
              "workers": { "deployments": ["w"], "taskQueues": ["q"], "sdk": { "minimum": { "temporal-go": "1.30.0" } } },
              "workflows": { "critical": [{ "type": "T", "taskQueue": "q", "input": { "a": 1 }, "timeLimit": "1m" }, { "namespace": "n", "type": "U", "taskQueue": "q" }] },
              "eager": "required",
              "kubernetes": { "provider": "kubeconfig", "kubeconfig": "kc", "context": "cx", "namespace": "ns", "reach": "port-forward", "readPasswords": true },
              "helm": { "release": "r", "chart": "0.72.0", "values": ["v1", "v2"] },
              "metrics": { "endpoints": ["http://m:9090/metrics"] },
              "prometheus": { "url": "https://p", "rules": ["r"], "dashboards": ["d"] },
              "backup": { "path": "/b", "maxAge": "12h" },
              "migration": { "main": { "command": "m1" }, "visibility": { "command": "m2" }, "files": "f" },
              "outage": { "budget": "5s", "meter": true }, "around": { "timeout": "1h" }
            }
            """);

        (settings.Running!.Value.ToString(), settings.Policy, settings.Advisories, settings.Phase).ShouldBe(("1.27.3", UpgradePolicy.Sequential, AdvisoryMode.Fail, "Smoke"));
        (settings.CatalogExtra, settings.BaselinePath, settings.Evidence.MaxAge).ShouldBe(("more", "b.json", TimeSpan.FromHours(2)));
        settings.Window.ShouldBe(new(TimeSpan.FromMinutes(150), new DateTimeOffset(2026, 3, 1, 22, 0, 0, TimeSpan.FromHours(1))));
        settings.Post.Settle.ShouldBe(TimeSpan.Zero);
        settings.Scope.Only.ShouldBe(["schema"]);
        settings.Scope.Skip.ShouldBe(["path/known-bad-release"]);
        settings.Stores.Main.Connection!.Display.ShouldBe("m:5432/t");
        (settings.Stores.Main.Kind, settings.Stores.Main.MigrationRole, settings.Stores.Main.RuntimeRole, settings.Stores.Main.VolumeSize).ShouldBe(("postgresql", "r1", "r2", 500_000_000_000));
        (settings.Stores.Visibility.Connection!.Display, settings.Stores.Visibility.VolumeSize).ShouldBe(("v:5432/tv", 1L << 40));
        (settings.Stores.Main.MaxConns, settings.Stores.Main.Plugin, settings.Stores.Visibility.MaxConns, settings.Stores.Visibility.Plugin).ShouldBe((30, "postgres12_pgx", 10, "postgres12"));
        settings.Database.ShouldBe(new()
        {
            ConnectTimeout = TimeSpan.FromSeconds(1),
            StatementTimeout = TimeSpan.FromMilliseconds(250),
            ConnectionShare = 70,
            LongTransaction = TimeSpan.FromMinutes(1),
            LongLock = TimeSpan.FromSeconds(2),
            ReplicationLag = TimeSpan.FromSeconds(3),
            ClockSkew = TimeSpan.FromSeconds(4),
            RewriteSpace = 3,
        });
        settings.Certificates.Margin.ShouldBe(TimeSpan.FromDays(7));
        settings.Cluster.ShouldBe(new(12, 0));
        settings.Postgres.Binaries.ShouldBe("/pg");
        TemporalSettings temporal = settings.Temporal;
        temporal.Address.ShouldBe(["t:7233"]);
        temporal.Namespaces.ShouldBe(["a", "b"]);
        (temporal.Provider, temporal.CanaryNamespace, temporal.CanaryTaskQueue, temporal.ReplicationSide, temporal.CliPath, temporal.ApiKey!.Reveal())
            .ShouldBe(("external", "cn", "cq", "passive", "/cli", "key-key-key"));
        temporal.Tls.ShouldBe(new() { Mode = "on", Ca = "ca", Certificate = "c", Key = "k", ServerName = "s", Minimum = "1.3" });
        settings.Workers.Deployments.ShouldBe(["w"]);
        settings.Workers.TaskQueues.ShouldBe(["q"]);
        settings.Workers.MinimumSdk["temporal-go"].ShouldBe("1.30.0");
        settings.Workflows.Critical.ShouldBe([new(null, "T", "q", """{ "a": 1 }""", TimeSpan.FromMinutes(1)), new("n", "U", "q", null, TimeSpan.FromSeconds(30))]);
        settings.Eager.ShouldBe("required");
        settings.Kubernetes.ShouldBe(new() { Provider = "kubeconfig", Kubeconfig = "kc", Context = "cx", Namespace = "ns", ReadPasswords = true, Reach = "port-forward" });
        (settings.Helm.Release, settings.Helm.Chart).ShouldBe(("r", "0.72.0"));
        settings.Helm.Values.ShouldBe(["v1", "v2"]);
        settings.Metrics.Endpoints.ShouldBe([new Uri("http://m:9090/metrics")]);
        settings.Prometheus.Url.ShouldBe(new Uri("https://p"));
        settings.Prometheus.Rules.ShouldBe(["r"]);
        settings.Prometheus.Dashboards.ShouldBe(["d"]);
        (settings.Backup.Path, settings.Backup.MaxAge).ShouldBe(("/b", TimeSpan.FromHours(12)));
        settings.Migration.ShouldBe(new("m1", "m2", "f", false));
        settings.Outage.ShouldBe(new(TimeSpan.FromSeconds(5), true));
        settings.Around.Timeout.ShouldBe(TimeSpan.FromHours(1));
    }

    [Theory]
    [InlineData("stores.main.connection=Host=h;Database=d", "stores.visibility.kind=none")]
    [InlineData("temporal.address=h:7233")]
    [InlineData("temporal.address=h:7233", "temporal.provider=none")]
    [InlineData("kubernetes.kubeconfig=/k")]
    [InlineData("kubernetes.context=c")]
    [InlineData("kubernetes.provider=in-cluster")]
    [InlineData("metrics.endpoints=http://h/metrics")]
    [InlineData("prometheus.url=http://h")]
    [InlineData("backup.path=/b")]
    public void One_named_system_ends_the_demonstration(params string[] sets)
    {
        ArgumentNullException.ThrowIfNull(sets);
        Settings settings = SettingsSource.Set(sets);

        settings.IsDemonstration.ShouldBeFalse();
        settings.External.ShouldBe([sets[0].Split('=')[0]]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true, "temporal.apiKey=key-key-key")]
    [InlineData(true, "temporal.tls.ca=/ca")]
    [InlineData(true, "temporal.tls.mode=on")]
    [InlineData(false, "temporal.tls.mode=off", "temporal.apiKey=key-key-key")]
    public void Frontends_are_asked_over_TLS_when_something_only_TLS_needs_is_given(bool expected, params string[] sets) =>
        SettingsSource.Set([.. sets, "temporal.address=h:7233"]).Temporal.UsesTls.ShouldBe(expected);

    [Fact]
    public void An_unknown_key_has_no_origin() =>
        Should.Throw<ArgumentException>(() => Settings.Defaults.Origin("stores.first")).Message.ShouldStartWith("No setting has the key stores.first.");
}
