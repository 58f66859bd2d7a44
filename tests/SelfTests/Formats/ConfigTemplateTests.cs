using TemporalConformance.Formats;

namespace TemporalConformance.SelfTests;

/// <summary>Configuration templates against the environment of the pods that fill them in.</summary>
public sealed class ConfigTemplateTests
{
    private static readonly Dictionary<string, string?> s_variables = new()
    {
        ["SHARDS"] = "512",
        ["EMPTY"] = "",
        ["POD_IP"] = null,
        ["DB"] = "db.example.com",
        ["SAYS"] = "a \"b\"",
        ["DB_PASSWORD"] = "hunter2",
    };

    [Theory]
    [InlineData("{{ .Env.SHARDS }}", "512")]
    [InlineData("{{- .Env.SHARDS -}}", "512")]
    [InlineData("{{ default .Env.SHARDS \"4\" }}", "512")]
    [InlineData("{{ default .Env.NOT_SET \"4\" }}", "4")]
    [InlineData("{{ default .Env.EMPTY \"4\" }}", "")]
    [InlineData("{{ .Env.SAYS | quote }}", "\"a \\\"b\\\"\"")]
    [InlineData("{{ .Env.NOT_SET }}", null)]
    [InlineData("{{ .Env.POD_IP }}", null)]
    [InlineData("{{ default .Env.POD_IP \"0.0.0.0\" }}", null)]
    [InlineData("{{ .Env.DB_PASSWORD }}", null)]
    [InlineData("{{ default .Env.DB_PORT \"5432\" }}", null)]
    [InlineData("{{ split .Env.DB \",\" }}", null)]
    [InlineData("{{ .Env.DB | lower }}", null)]
    [InlineData("{{ .Env.DB + 1 }}", null)]
    [InlineData("{{ ( .Env.DB }}", null)]
    [InlineData("{{ }}", null)]
    public void Of_dockerize(string expression, string? value) => Read(expression, "", s_variables).ShouldBe(value);

    [Theory]
    [InlineData("{{ env \"SHARDS\" }}", "512")]
    [InlineData("{{ env \"SHARDS\" | default \"4\" }}", "512")]
    [InlineData("{{ env \"EMPTY\" | default \"4\" }}", "4")]
    [InlineData("{{ default \"4\" (env \"NOT_SET\") }}", "4")]
    [InlineData("{{ env \"NOT_SET\" | default 4 | quote }}", "\"4\"")]
    [InlineData("{{ env `DB` | quote }}", "\"db.example.com\"")]
    [InlineData("{{ env \"NOT_SET\" }}", "")]
    [InlineData("{{ env \"POD_IP\" | default \"0.0.0.0\" }}", null)]
    [InlineData("{{ .Env.SHARDS }}", null)]
    public void Of_sprig(string expression, string? value) => Read(expression, "# enable-template\n", s_variables).ShouldBe(value);

    [Fact]
    public void Pods_that_disagree_or_may_know_more_leave_an_expression_as_it_is()
    {
        Read("{{ .Env.A }}", "", new Dictionary<string, string?> { ["A"] = "1" }, new Dictionary<string, string?> { ["A"] = "1" }).ShouldBe("1");
        Read("{{ .Env.A }}", "", new Dictionary<string, string?> { ["A"] = "1" }, new Dictionary<string, string?> { ["A"] = "2" }).ShouldBeNull();
        Read("{{ .Env.A }}", "", new Dictionary<string, string?> { ["A"] = "1" }, new Dictionary<string, string?>()).ShouldBeNull();
        ServerConfiguration.Read("a: {{ default .Env.A \"1\" }}", "t").Root.Find("a")!.FromTemplate.ShouldBeTrue("nothing is known of any pod");
        ServerConfiguration.Read("a: {{ default .Env.A \"1\" }}", "t", PodEnvironment.Of([new(new Dictionary<string, string?>(), IsWhole: false)])).Root.Find("a")!.FromTemplate.ShouldBeTrue();
    }

    [Fact]
    public void A_manifest_says_what_its_pods_have()
    {
        const string Name = "            - name: SERVICES\n              value: history\n";
        var objects = KubernetesObject.ReadAll(FormatFiles.Text("rendered-0.72.0.yaml")
            .Replace("numHistoryShards: 512", "numHistoryShards: {{ default .Env.NUM_HISTORY_SHARDS \"512\" }}", StringComparison.Ordinal)
            .Replace("currentClusterName: \"active\"", "currentClusterName: {{ default .Env.CLUSTER_NAME \"active\" }}", StringComparison.Ordinal), "render");

        var configuration = ServerConfiguration.In(objects).ShouldHaveSingleItem().Configuration;

        (configuration.Shards, configuration.ClusterName).ShouldBe((512, "active"));
        configuration.Root.At("global.metrics.tags.type")!.FromTemplate.ShouldBeTrue($"each role has its own, as {Name.Trim()} shows");
        configuration.Root.At("global.membership.broadcastAddress")!.FromTemplate.ShouldBeTrue("the pod's own address is in no file");
        configuration.Main!.ShouldSatisfyAllConditions(store => store.PasswordVariable.ShouldBe("TEMPORAL_STORE_PASSWORD"), store => store.InlinePassword.ShouldBeFalse());
        ServerConfiguration.In([.. objects.Where(one => one.Kind == "ConfigMap")])[0].Configuration.Shards.ShouldBeNull("without the Deployments nobody knows");
    }

    [Fact]
    public void A_variable_of_the_manifest_counts_before_a_default()
    {
        var objects = KubernetesObject.ReadAll(FormatFiles.Text("rendered-0.72.0.yaml")
            .Replace("numHistoryShards: 512", "numHistoryShards: {{ default .Env.NUM_HISTORY_SHARDS \"512\" }}", StringComparison.Ordinal)
            .Replace("            - name: SERVICES\n", "            - name: NUM_HISTORY_SHARDS\n              value: \"1024\"\n            - name: SERVICES\n", StringComparison.Ordinal), "render");

        ServerConfiguration.In(objects)[0].Configuration.Shards.ShouldBe(1024);
    }

    private static string? Read(string expression, string head, params Dictionary<string, string?>[] containers)
    {
        var configuration = ServerConfiguration.Read($"{head}log: {{level: info}}\nvalue: |\n  x{expression}x\n", "t", PodEnvironment.Of(containers.Select(one => new PodEnvironment.Container(one, IsWhole: true))));
        var node = configuration.Root.Find("value")!;
        return node.FromTemplate ? null : node.Text.TrimEnd('\n')[1..^1];
    }
}
