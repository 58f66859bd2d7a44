using TemporalConformance.Facts;
using TemporalConformance.Formats;

namespace TemporalConformance.SelfTests;

public sealed class ServerConfigurationTests
{
    [Theory]
    [InlineData("rendered-0.72.0.yaml", ConfigTemplate.Dockerize, "TEMPORAL_STORE_PASSWORD")]
    [InlineData("rendered-1.6.0.yaml", ConfigTemplate.Sprig, "TEMPORAL_DEFAULT_STORE_PASSWORD")]
    public void A_rendered_template_says_everything_but_its_expressions(string render, ConfigTemplate template, string variable)
    {
        var (configMap, configuration) = ServerConfiguration.In(FormatFiles.Render(render)).ShouldHaveSingleItem();

        configMap.Reference.ShouldBe("ConfigMap/temporal-config");
        configuration.Template.ShouldBe(template);
        configuration.Branches.ShouldBeFalse();
        configuration.Main.ShouldSatisfyAllConditions(
            store => store!.Address.ShouldBe("postgresql.example.com:5432/temporal"), store => store!.Plugin.ShouldBe("postgres12"), store => store!.User.ShouldBe("temporal"),
            store => store!.MaxConns.ShouldBe(20), store => store!.PasswordVariable.ShouldBe(variable), store => store!.InlinePassword.ShouldBeFalse());
        configuration.Visibility!.Database.ShouldBe("temporal_visibility");
        configuration.SecondaryVisibility.ShouldBeNull();
        (configuration.Shards, configuration.ClusterName, configuration.MetricsPort).ShouldBe((512, "active", 9090));
        configuration.DynamicConfigFile.ShouldBe("/etc/temporal/dynamic_config/dynamic_config.yaml");
        configuration.Services.ShouldContain(new ConfiguredService("frontend", 7233, 7243, 6933));
        configuration.Services.ShouldContain(new ConfiguredService("worker", null, null, 6939));
        configuration.HasInternalFrontend.ShouldBeFalse();
        configuration.Environment.ShouldContain("POD_IP");
        var line = configuration.Root.At("persistence.numHistoryShards")!.Line;
        FormatFiles.Text(render).Split('\n')[line - 1].Trim().ShouldBe("numHistoryShards: 512");
    }

    [Fact]
    public void Expressions_keep_their_place_and_come_back_as_they_were()
    {
        var configuration = ServerConfiguration.Read(
            "{{- /* who made it */}}\nlog: {level: \"{{ default .Env.LOG_LEVEL \"info\" }}\", x: 1}\npersistence:\n  datastores:\n    default:\n      sql:\n        connectAddr: \"{{ .Env.DB }}:{{ default .Env.DB_PORT \"5432\" }}\"\n        password: {{ env \"PW\" | quote }}\n", "t");

        configuration.Root.At("log.level")!.ShouldSatisfyAllConditions(
            node => node.Text.ShouldBe("{{ default .Env.LOG_LEVEL \"info\" }}"), node => node.FromTemplate.ShouldBeTrue());
        configuration.Root.At("log.x")!.Column.ShouldBe(56);
        configuration.Environment.ShouldBe(["DB", "DB_PORT", "LOG_LEVEL", "PW"]);
        configuration.Stores[0].ShouldSatisfyAllConditions(store => store.Host.ShouldBe("{{ .Env.DB }}"), store => store.PasswordVariable.ShouldBe("PW"));
    }

    [Fact]
    public void Branches_are_read_as_if_all_were_there_and_said_so()
    {
        var configuration = ServerConfiguration.Read(
            "persistence:\n  {{- if eq .Env.DB \"postgres12\" }}\n  defaultStore: default\n  {{- else }}\n  defaultStore: other\n  {{- end }}\n  numHistoryShards: 4\n", "t");

        configuration.Branches.ShouldBeTrue();
        configuration.Shards.ShouldBe(4);
    }

    [Fact]
    public void A_password_in_the_text_is_seen_and_never_shown()
    {
        var configuration = ServerConfiguration.Read("persistence:\n  defaultStore: a\n  datastores:\n    a:\n      sql: {pluginName: postgres, password: hunter2, connectAddr: 'db:5432', databaseName: x}\n", "t");

        configuration.Main!.InlinePassword.ShouldBeTrue();
        var findings = ConfigurationJudgement.SupportedDriver(configuration.Stores);
        findings.ShouldHaveSingleItem().Sentence.ShouldContain("no driver postgres");
        findings[0].WriteThis.ShouldBe("pluginName: postgres12");
        findings.ShouldAllBe(one => !one.ToString().Contains("hunter2", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("rendered-0.72.0.yaml", "1.29.1")]
    [InlineData("rendered-1.6.0.yaml", "1.31.2")]
    public void What_charts_write_by_themselves_is_no_unknown_key(string render, string release)
    {
        var version = ServerVersion.Parse(release);
        ConfigurationJudgement.NoUnknownStaticKeys(ServerConfiguration.In(FormatFiles.Render(render))[0].Configuration, StaticConfigKeys.For(version)!, version).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("    publicClient:", "    publicClientX:", "publicClientX", "publicClient, if that is what is meant")]
    [InlineData("maxIdleConns: 20", "maxIdleConn: 20", "persistence.datastores.default.sql.maxIdleConn", "maxIdleConns, if that is what is meant")]
    [InlineData("      frontend:\n        rpc:", "      frontend:\n        eagerWorkflowStartEnabled: true\n        rpc:", "services.frontend.eagerWorkflowStartEnabled", "system.enableEagerWorkflowStart")]
    [InlineData("      pprof:\n", "      tls:\n        internode:\n          server:\n            minVersion: \"1.3\"\n      pprof:\n", "global.tls.internode.server.minVersion", "TLS 1.3")]
    public void A_key_the_server_does_not_know_is_named(string good, string bad, string path, string write)
    {
        var version = ServerVersion.Parse("1.29.1");
        var configuration = ServerConfiguration.In(FormatFiles.EditedRender("rendered-0.72.0.yaml", good, bad))[0].Configuration;

        var finding = ConfigurationJudgement.NoUnknownStaticKeys(configuration, StaticConfigKeys.For(version)!, version).ShouldHaveSingleItem();

        finding.Path.ShouldBe(path);
        finding.WriteThis!.ShouldContain(write);
        finding.Line.ShouldBeGreaterThan(40);
    }

    [Fact]
    public void Values_that_are_passed_on_are_looked_at_too()
    {
        var values = FormatFiles.Edited("values-0.x.yaml", "    logLevel: \"info\"", "    logLevel: \"info\"\n    tls:\n      internode:\n        server:\n          clientCAFile: /ca.crt");
        var version = ServerVersion.Parse("1.29.1");

        var finding = ConfigurationJudgement.NoUnknownStaticKeys(FormatFiles.For("0.72.0", values), StaticConfigKeys.For(version)!, version).ShouldHaveSingleItem();

        (finding.Path, finding.Line).ShouldBe(("server.config.tls.internode.server.clientCAFile", 26));
        finding.WriteThis!.ShouldContain("requireClientAuth: true");
    }

    [Fact]
    public void Stores_that_stay_where_they_are_are_fine()
    {
        var live = ServerConfiguration.In(FormatFiles.Render("rendered-0.72.0.yaml"))[0].Configuration;
        foreach (var chart in new[] { "0.72.0", "1.6.0" })
        {
            var values = FormatFiles.For(chart, FormatFiles.ValuesOf(chart));
            ConfigurationJudgement.PersistenceEqualsLive(values.Main, values.Visibility, live, "values").ShouldBeEmpty();
        }

        var next = ServerConfiguration.In(FormatFiles.Render("rendered-1.6.0.yaml"))[0].Configuration;
        ConfigurationJudgement.PersistenceEqualsLive(next.Main, next.Visibility, live, "render").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("host: \"postgresql.example.com\"", "host: \"other.example.com\"", "host other.example.com instead of postgresql.example.com")]
    [InlineData("database: \"temporal\"", "database: \"temporal2\"", "database temporal2 instead of temporal")]
    [InlineData("cassandra:\n  enabled: false", "cassandra:\n  enabled: true", "Cassandra")]
    [InlineData("driver: \"postgres12\"", "driver: \"mysql8\"", "empty store")]
    public void A_store_that_would_move_is_named(string good, string bad, string sentence)
    {
        var live = ServerConfiguration.In(FormatFiles.Render("rendered-0.72.0.yaml"))[0].Configuration;
        var values = FormatFiles.For("0.72.0", FormatFiles.Edited("values-0.x.yaml", good, bad));

        ConfigurationJudgement.PersistenceEqualsLive(values.Main, values.Visibility, live, "values")
            .ShouldContain(one => one.Sentence.Contains(sentence, StringComparison.Ordinal) && one.CheckId == "values/persistence-equals-live");
    }

    [Fact]
    public void The_guides_stores_are_not_the_live_ones()
    {
        var live = ServerConfiguration.In(FormatFiles.Render("rendered-0.72.0.yaml"))[0].Configuration;
        var values = FormatFiles.For("0.72.0", "guide-values-1.29.yaml");

        ConfigurationJudgement.PersistenceEqualsLive(values.Main, values.Visibility, live, "values").Count.ShouldBe(2);
    }

    [Fact]
    public void Shards_and_name_are_the_databases()
    {
        var values = FormatFiles.For("0.72.0", "values-0.x.yaml");
        ConfigurationJudgement.ShardCountEqualsPersisted(values.Shards, 512, values.Given("server.config.numHistoryShards"), "v").ShouldBeEmpty();
        ConfigurationJudgement.ShardCountEqualsPersisted(values.Shards, 4096, values.Given("server.config.numHistoryShards"), "v").ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            one => one.Line.ShouldBe(23), one => one.WriteThis.ShouldBe("numHistoryShards: 4096"));
        ConfigurationJudgement.ShardCountEqualsPersisted(null, 512, null, "v").ShouldHaveSingleItem();
        ConfigurationJudgement.ClusterNamePersisted(values.ClusterName, ["active"], null, "v").ShouldBeEmpty();
        ConfigurationJudgement.ClusterNamePersisted("blue", ["active"], null, "v").ShouldHaveSingleItem().Sentence.ShouldContain("\"blue\"");
    }

    [Fact]
    public void An_authorizer_wants_an_internal_frontend()
    {
        const string authorized = "    logLevel: \"info\"\n    authorization:\n      authorizer: default\n      claimMapper: default";
        var without = FormatFiles.For("0.72.0", FormatFiles.Edited("values-0.x.yaml", "    logLevel: \"info\"", authorized));
        ConfigurationJudgement.AuthorizerHasInternalFrontend(without).ShouldHaveSingleItem().WriteThis.ShouldBe("server.internalFrontend.enabled: true");
        var with = HelmValues.Merge(without.Values, YamlReader.Read("server: {internalFrontend: {enabled: yes}}", YamlDialect.Helm, "f"));
        ConfigurationJudgement.AuthorizerHasInternalFrontend(FormatFiles.For("0.72.0", with)).ShouldBeEmpty();

        var rendered = FormatFiles.EditedRender("rendered-0.72.0.yaml", "      pprof:\n", "      authorization:\n        authorizer: default\n      pprof:\n");
        ConfigurationJudgement.AuthorizerHasInternalFrontend(ServerConfiguration.In(rendered)[0].Configuration).ShouldHaveSingleItem().Sentence.ShouldContain("no internal frontend");
        ConfigurationJudgement.AuthorizerHasInternalFrontend(ServerConfiguration.Read(
            "global: {authorization: {claimMapper: x}}\nservices: {internal-frontend: {}}\npublicClient: {hostPort: 'a:1'}\n", "t")).ShouldHaveSingleItem().Sentence.ShouldContain("must be empty");
    }

    [Fact]
    public void Drift_is_told_line_by_line_without_passwords()
    {
        var given = FormatFiles.Values("values-0.x.yaml");
        var released = FormatFiles.Edited("values-0.x.yaml", "maxConns: 20", "maxConns: 25\n          password: hunter2");

        var findings = Drift.Values(given, released);

        findings.ShouldContain(one => one.Path == "server.config.persistence.default.sql.maxConns" && one.Sentence.Contains("25"));
        findings.ShouldContain(one => one.Path == "server.config.persistence.default.sql.password");
        findings.ShouldAllBe(one => !one.ToString().Contains("hunter2", StringComparison.Ordinal));
        Drift.Values(given, FormatFiles.Values("values-0.x.yaml")).ShouldBeEmpty();
        var live = ServerConfiguration.In(FormatFiles.EditedRender("rendered-0.72.0.yaml", "maxJoinDuration: 30s", "maxJoinDuration: 60s"))[0].Configuration;
        Drift.Configuration(ServerConfiguration.In(FormatFiles.Render("rendered-0.72.0.yaml"))[0].Configuration, live).ShouldHaveSingleItem().Path.ShouldBe("global.membership.maxJoinDuration");
    }
}
