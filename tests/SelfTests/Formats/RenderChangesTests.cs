using TemporalConformance.Formats;

namespace TemporalConformance.SelfTests;

public sealed class RenderChangesTests
{
    private const string Render = "rendered-0.72.0.yaml";

    [Fact]
    public void Between_equal_renders_only_what_every_upgrade_runs_is_listed()
    {
        var changes = RenderChanges.Between(WithoutHooks(FormatFiles.Render(Render)), FormatFiles.Render(Render));

        changes.Select(each => each.ToString()).ShouldBe(["Job/temporal-schema-1 (migrates the databases): runs", "ServiceAccount/temporal (hook pre-install, pre-upgrade): runs"]);
    }

    [Theory]
    [InlineData("  replicas: 3", "  replicas: 4", "Deployment/temporal-history: replicas 3 → 4")]
    [InlineData("image: \"temporalio/server:1.29.1\"", "image: \"temporalio/server:1.29.7\"", "Deployment/temporal-history: image of temporal-history temporalio/server:1.29.1 → temporalio/server:1.29.7")]
    [InlineData("                  fieldPath: status.podIP\n", "                  fieldPath: status.hostIP\n", "Deployment/temporal-history: env[POD_IP].valueFrom.fieldRef.fieldPath of temporal-history status.podIP → status.hostIP")]
    [InlineData("            - name: SERVICES\n", "            - name: SECRETIVE\n              value: hush\n            - name: SERVICES\n", "Deployment/temporal-history: env[SECRETIVE] of temporal-history is added")]
    [InlineData("numHistoryShards: 512", "numHistoryShards: 1024", "ConfigMap/temporal-config: config_template.yaml.persistence.numHistoryShards 512 → 1024")]
    [InlineData("password: {{ .Env.TEMPORAL_STORE_PASSWORD | quote }}", "password: hush", "ConfigMap/temporal-config: config_template.yaml.persistence.datastores.default.sql.password changes")]
    [InlineData("    limit.maxIDLength:\n    - constraints: {}\n      value: 255\n", "    limit.maxIDLength:\n    - constraints: {}\n      value: 300\n", "ConfigMap/temporal-dynamic-config: dynamic_config.yaml.limit.maxIDLength[0].value 255 → 300")]
    [InlineData("  name: temporal-matching-pdb\n", "  name: temporal-match-pdb\n", "PodDisruptionBudget/temporal-match-pdb: new")]
    [InlineData("  name: temporal-matching-pdb\n", "  name: temporal-match-pdb\n", "PodDisruptionBudget/temporal-matching-pdb: removed")]
    public void Each_object_says_what_changes_in_it(string old, string now, string line)
    {
        var lines = RenderChanges.Between(WithoutHooks(FormatFiles.Render(Render)), FormatFiles.EditedRender(Render, old, now)).Select(each => each.ToString()).ToList();

        lines.ShouldContain(line);
        lines[0].ShouldStartWith("Job/temporal-schema-1 (migrates the databases): runs");
        string.Join('\n', lines).ShouldNotContain("hush");
    }

    [Fact]
    public void A_ServiceMonitor_that_goes_or_leads_elsewhere_is_listed()
    {
        static IReadOnlyList<KubernetesObject> Monitors(params string[] ports) => KubernetesObject.ReadAll(string.Join("---\n", ports.Select((port, at) =>
            $"apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: {{ name: temporal-{at} }}\nspec: {{ endpoints: [ {{ port: {port} }} ] }}\n")), "render");

        RenderChanges.Between(Monitors("metrics", "metrics"), Monitors("http-metrics")).Select(each => each.ToString())
            .ShouldBe(["ServiceMonitor/temporal-0: spec.endpoints[0].port metrics → http-metrics", "ServiceMonitor/temporal-1: removed"]);
    }

    [Fact]
    public void Of_an_object_images_come_first_and_commands_are_shown_as_words()
    {
        var edited = FormatFiles.EditedRender(Render, "['temporal-sql-tool', 'update-schema', '--schema-dir', '/etc/temporal/schema/postgresql/v12/temporal/versioned']", "['temporal-sql-tool', 'update-schema', '-q']");

        var job = RenderChanges.Between(FormatFiles.Render(Render), Objects(edited, "temporalio/admin-tools:1.29.1-tctl-1.18.4-cli-1.5.0", "temporalio/admin-tools:1.29.7"))[0];

        job.Kind.ShouldBe(ObjectFate.Runs);
        job.Fields[0].ShouldStartWith("image of ");
        job.Fields.ShouldContain(field => field.StartsWith("command of update-default-store temporal-sql-tool update-schema --schema-dir", StringComparison.Ordinal) && field.EndsWith("→ temporal-sql-tool update-schema -q", StringComparison.Ordinal));
    }

    [Fact]
    public void A_Job_of_another_revision_is_the_same_Job()
    {
        var installed = FormatFiles.EditedRender(Render, "name: temporal-schema-1", "name: temporal-schema-7");

        var changes = RenderChanges.Between(installed, FormatFiles.Render(Render));

        changes[0].ToString().ShouldBe("Job/temporal-schema-1 (migrates the databases): runs");
        changes.ShouldNotContain(change => change.Kind == ObjectFate.Added || change.Kind == ObjectFate.Removed);
    }

    [Fact]
    public void What_a_Secret_or_a_script_holds_is_never_shown()
    {
        var before = KubernetesObject.ReadAll(Made("one", "hush", "echo hush"), "before");
        var after = KubernetesObject.ReadAll(Made("two", "hush2", "echo hush\necho hush2"), "after");

        RenderChanges.Between(before, after).Select(each => each.ToString()).ShouldBe(["ConfigMap/scripts: data.run changes", "Secret/store: type changes; stringData.password changes"]);

        static string Made(string type, string password, string script) => $"""
            apiVersion: v1
            kind: Secret
            metadata: {"{"} name: store {"}"}
            type: {type}
            stringData: {"{"} password: {password} {"}"}
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {"{"} name: scripts {"}"}
            data: {"{"} run: "{script.Replace("\n", "\\n", StringComparison.Ordinal)}" {"}"}
            """;
    }

    [Fact]
    public void Across_chart_generations_the_hook_migrates_first()
    {
        var changes = RenderChanges.Between(WithoutHooks(FormatFiles.Render(Render)), FormatFiles.Render("rendered-1.6.0.yaml"));

        changes[0].Name.ShouldBe("Job/temporal-schema (migrates the databases) (hook pre-install, pre-upgrade)");
        changes[0].Kind.ShouldBe(ObjectFate.Runs);
        changes[0].Fields.ShouldContain(field => field.Contains("admin-tools:1.31.2", StringComparison.Ordinal));
        changes.ShouldContain(change => change.ToString().Contains("Deployment/temporal-frontend: image of temporal-frontend", StringComparison.Ordinal));
        changes.ShouldNotContain(change => change.Name.Contains("hook test", StringComparison.Ordinal));
    }

    /// <summary>What real <c>helm get manifest</c> showed before and after <c>helm upgrade</c>, compared by <c>diff</c> when it was recorded.</summary>
    [Theory]
    [InlineData("0.63.0", "0.67.0")]
    [InlineData("0.63.0", "0.72.0")]
    [InlineData("0.72.0", "0.73.2")]
    public void Recorded_renders_change_in_the_objects_that_diff_shows(string from, string to)
    {
        var (before, after) = (Read(from), Read(to));

        var changes = RenderChanges.Between(WithoutHooks(before), after);

        changes[0].Name.ShouldStartWith("Job/temporal-schema-1 (migrates the databases)");
        changes[0].Fields.Any(field => field.Contains("admin-tools:", StringComparison.Ordinal)).ShouldBe(to != "0.73.2");
        foreach (var role in new[] { "frontend", "history", "matching", "worker" })
        {
            // 0.73.2 installs the server of 0.72.0 and mounts another ConfigMap.
            changes.Single(change => change.Name == $"Deployment/temporal-{role}").Fields.ShouldContain(field => to == "0.73.2" || field.StartsWith($"image of temporal-{role} ", StringComparison.Ordinal));
        }

        changes.ShouldNotContain(change => change.Name.StartsWith("PodDisruptionBudget/", StringComparison.Ordinal), "only labels of the chart differ in them");

        static IReadOnlyList<KubernetesObject> Read(string chart) => KubernetesObject.ReadAll(FormatFiles.Recorded("helm", chart, "rendered.yaml"), chart);
    }

    private static IReadOnlyList<KubernetesObject> WithoutHooks(IReadOnlyList<KubernetesObject> objects) => [.. objects.Where(one => one.Hooks.Count == 0)];

    private static IReadOnlyList<KubernetesObject> Objects(IReadOnlyList<KubernetesObject> edited, string old, string now) =>
        [.. edited.Where(one => one.Kind != "Job"), .. edited.Where(one => one.Kind == "Job").SelectMany(one => KubernetesObject.ReadAll(one.Root.ToYaml().Replace(old, now, StringComparison.Ordinal), "edited"))];
}
