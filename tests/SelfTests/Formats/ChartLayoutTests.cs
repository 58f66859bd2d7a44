using TemporalConformance.Facts;

namespace TemporalConformance.SelfTests;

public sealed class ChartLayoutTests
{
    [Fact]
    public void Every_chart_of_the_catalog_has_a_layout() =>
        ReleaseCatalog.Load().Charts.Where(chart => ChartLayout.For(chart.Version) is null).ShouldBeEmpty();

    [Theory]
    [InlineData("0.46.0")]
    [InlineData("1.7.0")]
    [InlineData("2.0.0")]
    [InlineData("latest")]
    public void Of_other_charts_nothing_is_said(string chart) => ChartLayout.For(chart).ShouldBeNull();

    [Theory]
    [InlineData("0.63.0", PersistenceLayout.Stores, false, false, false, ConfigTemplate.Dockerize, "server.internalFrontend")]
    [InlineData("0.74.0", PersistenceLayout.Stores, false, false, false, ConfigTemplate.Both, "server.internalFrontend")]
    [InlineData("1.0.0-rc.1", PersistenceLayout.Datastores, false, false, false, ConfigTemplate.Sprig, "server.internalFrontend")]
    [InlineData("1.0.0", PersistenceLayout.Datastores, false, true, true, ConfigTemplate.Sprig, "server.internal-frontend")]
    [InlineData("1.6.0", PersistenceLayout.Datastores, true, true, true, ConfigTemplate.Sprig, "server.internal-frontend")]
    public void Generations_differ(string chart, PersistenceLayout persistence, bool hooks, bool probes, bool fail, ConfigTemplate template, string frontend)
    {
        var layout = ChartLayout.For(chart)!;

        (layout.Persistence, layout.SchemaHooks, layout.ReadinessProbes, layout.RemovedKeysFail, layout.ConfigTemplate, layout.InternalFrontend)
            .ShouldBe((persistence, hooks, probes, fail, template, frontend));
    }

    [Theory]
    [InlineData("0.72.0", "server.config.numHistoryShards", true)]
    [InlineData("1.6.0", "server.config.numHistoryShards", false)]
    [InlineData("0.72.0", "server.config.persistence.numHistoryShards", false)]
    [InlineData("1.6.0", "server.config.persistence.datastores.mine.sql.pluginName", true)]
    [InlineData("0.72.0", "server.config.persistence.default.sql.tls", true)]
    [InlineData("0.72.0", "server.config.tls", true)]
    [InlineData("0.72.0", "server.config.global", false)]
    [InlineData("0.72.0", "server.frontend.replicaCount", true)]
    [InlineData("0.72.0", "server.configMapsToMount", false)]
    [InlineData("0.73.2", "server.configMapsToMount", true)]
    [InlineData("1.6.0", "server.Config", false)]
    public void Keys_are_known_per_chart(string chart, string path, bool known) =>
        (ChartLayout.For(chart)!.Keys.At(path.Split('.')) is not null).ShouldBe(known);

    [Theory]
    [InlineData("1.0.0-rc.1", "1.0.0-rc.2")]
    [InlineData("1.0.0-rc.2", "1.0.0-rc.10")]
    [InlineData("1.0.0-rc.10", "1.0.0")]
    [InlineData("0.74.0", "1.0.0-rc.1")]
    [InlineData("0.9.0", "0.10.0")]
    [InlineData("1.0.0-alpha", "1.0.0-alpha.1")]
    [InlineData("1.0.0-1", "1.0.0-alpha")]
    public void Chart_versions_are_ordered_as_semantic_versions(string older, string newer)
    {
        (ChartVersion.Parse(older) < ChartVersion.Parse(newer)).ShouldBeTrue();
        ChartVersion.Parse(newer).ToString().ShouldBe(newer);
    }

    [Fact]
    public void Static_keys_are_known_per_line()
    {
        StaticConfigKeys.For(ServerVersion.Parse("1.26.2")).ShouldBeNull();
        var old = StaticConfigKeys.For(ServerVersion.Parse("1.27.2"))!;
        var target = StaticConfigKeys.For(ServerVersion.Parse("1.29.1"))!;
        old.At("global", "metrics", "m3").ShouldNotBeNull();
        target.At("global", "metrics", "m3").ShouldBeNull();
        target.At("persistence", "datastores", "anything", "sql", "maxConns")!.Type.ShouldBe("int");
        target.At("services", "frontend", "eagerWorkflowStartEnabled").ShouldBeNull();
        ChartLayout.EmittedUnknownKeys.ShouldContain("clusterMetadata.enableGlobalDomain");
    }

    [Fact]
    public void Dynamic_keys_are_known_per_release()
    {
        var old = DynamicConfigKeys.For(ServerVersion.Parse("1.27.2"))!;
        var target = DynamicConfigKeys.For(ServerVersion.Parse("1.29.1"))!;

        DynamicConfigKeys.For(ServerVersion.Parse("1.24.1")).ShouldBeNull();
        DynamicConfigKeys.For(ServerVersion.Parse("1.32.1")).ShouldBeNull();
        DynamicConfigKeys.For(ServerVersion.Parse("1.29.4"))!.ReadAt.ShouldBe(ServerVersion.Parse("1.29.1"));
        old.Find("SYSTEM.enableeagerworkflowstart")!.Default.ShouldBe("false");
        target.Find("system.enableEagerWorkflowStart")!.Default.ShouldBe("true");
        target.Find("history.cacheMaxSize").ShouldBeNull();
        target.Successor("history.cacheMaxSize").ShouldSatisfyAllConditions(one => one!.To.ShouldBe("history.hostLevelCacheMaxSize"), one => one!.Same.ShouldBeFalse());
        DynamicConfigKeys.For(ServerVersion.Parse("1.31.0"))!.Successor("component.scheduler.tweakables")!.To.ShouldBe("scheduler.tweakables");
        target.Successor("component.scheduler.tweakables")!.To.ShouldBe("chasm.scheduler.tweakables");
        (old.All.Count(), target.All.Count()).ShouldBe((484, 513));
    }

    [Theory]
    [InlineData("time.Second*10", "Duration", "10s")]
    [InlineData("10 * time.Millisecond", "Duration", "10ms")]
    [InlineData("24*time.Hour", "Duration", "24h")]
    [InlineData("0", "Duration", "0s")]
    [InlineData("100", "Duration", null)]
    [InlineData("512*4*1024", "Int", "2097152")]
    [InlineData("1e9", "Int", "1000000000")]
    [InlineData("0.8", "Float", "0.8")]
    [InlineData("true", "Bool", "true")]
    [InlineData("DefaultTweakables", "typed", null)]
    [InlineData("math.MaxInt", "Int", null)]
    [InlineData("\"abc\"", "String", "\"abc\"")]
    public void Go_defaults_become_YAML_where_they_are_constants(string expression, string type, string? yaml) =>
        GoConstant.ToYaml(expression, type).ShouldBe(yaml);

    [Fact]
    public void Images_have_tools_by_generation()
    {
        ImageTools.Has("server", ServerVersion.Parse("1.29.1"), "curl").ShouldBe(true);
        ImageTools.Has("server", ServerVersion.Parse("1.30.0"), "curl").ShouldBe(false);
        ImageTools.Has("admin-tools", ServerVersion.Parse("1.30.3"), "tctl").ShouldBe(false);
        ImageTools.Has("server", ServerVersion.Parse("1.29.1"), "my-tool").ShouldBeNull();
        ImageTools.Has("ui", ServerVersion.Parse("1.29.1"), "curl").ShouldBeNull();
    }
}
