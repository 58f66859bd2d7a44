using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.Formats;
using TemporalConformance.Gate;

namespace TemporalConformance.Tests;

/// <summary>
/// values: the Helm values and the static configuration of the upgrade, judged from files. What the database, the frontends or the cluster
/// add to them is asked where they are connected.
/// </summary>
public sealed partial class ValuesTests(UpgradeUnderTest upgrade)
{
    [Check("values/format-matches-chart", Severity.Blocker, Needs = Systems.Helm,
        Remedy = "Write the values in the format of the chart's own generation; its values.yaml shows every key.")]
    public Task Values_are_of_the_format_that_the_chart_reads() => upgrade.Ask(async token =>
    {
        var plan = await upgrade.Helm(token);
        var values = plan.ValuesOfChart;
        List<Finding> findings = [.. ValuesFormat.MatchesChart(values, plan.Installed?.ForeignSecrets, plan.FullName)];
        if (plan.ReusesValues)
        {
            var before = UpgradeUnderTest.InstalledOf(plan).Chart ?? throw new Unanswered("Nothing says which chart is installed, so nobody knows what --reuse-values keeps of it.")
            {
                Wanted = "the installed chart, as helm history -o json or helm get manifest show it",
                Where = plan.Installed!.Where,
                Remedy = "Name such a file in helm.installed, or leave --reuse-values out.",
            };
            findings.AddRange(upgrade.Catalog.FindChart(before) is { } old && upgrade.Catalog.FindChart(plan.Chart!) is { } chart ? ValuesFormat.Reused(old, chart, values.Values)
                : throw new Unanswered($"The catalog does not know both of the charts {before} and {plan.Chart}, so nobody knows what --reuse-values loses.") { Remedy = "Leave --reuse-values out, and give the full values with -f." });
        }

        upgrade.Judge(findings, $"The values are not of the format that chart {plan.Chart} reads.", $"keys that chart {plan.Chart} reads, and stores that it knows");
    });

    [Check("values/render-accepted", Severity.Blocker, Needs = Systems.Helm,
        Remedy = "Correct the values until helm template renders objects that fit each other and what is there.")]
    public Task API_server_will_accept_what_the_chart_renders() => upgrade.Ask(async token =>
    {
        var plan = await upgrade.Helm(token);
        if (plan.RenderRefusal is { } refusal)
        {
            throw new Violated("helm refuses to render the chart with these values.") { Wanted = "objects", Observed = refusal, Where = plan.Where };
        }

        if (plan.Render is not { } render)
        {
            throw new NotApplicable(plan.WhyNoRender is { } why ? $"The chart was not rendered: {why}." : "No render is at hand: helm.manifests names none.");
        }

        upgrade.Judge(RenderJudgement.Accepted(render, plan.Installed?.Names), "The API server will refuse what the chart renders.",
            "mounts with their volumes, ConfigMaps that are rendered, selectors as they are live, and no Job of a name that is taken");
    });

    [Check("values/chart-pinned", Severity.Blocker, Needs = Systems.Helm,
        Remedy = "Name the chart's version in helm.chart and in the command: helm upgrade … --version.")]
    public Task Chart_is_pinned_and_installs_the_target() => upgrade.Ask(async token =>
    {
        var plan = await upgrade.Helm(token);
        List<Finding> findings = [.. ChartPin.Pinned(upgrade.Catalog, plan.Chart, plan.Values, upgrade.To.Version, plan.Installed?.Chart)];
        if (plan.Render is { } render && HelmPlan.ChartOf(render) is { } rendered && ChartVersion.TryParse(rendered, out var was) && ChartVersion.TryParse(plan.Chart, out var stated) && was != stated)
        {
            findings.Add(new Finding("values/chart-pinned", $"The render was made by chart {rendered}; the upgrade names {plan.Chart}.", "helm.sh/chart", 0, 0, rendered, plan.Chart) { File = render[0].Root.File });
        }

        upgrade.Judge(findings, "It is not settled that the upgrade installs the target.", $"a known chart of a fixed version whose images are those of {upgrade.To.Version}");
    });

    [Check("values/persistence-equals-live", Severity.Blocker, Needs = Systems.Helm,
        Remedy = "Let the values name the databases that the cluster runs on.")]
    public Task Stores_of_the_values_are_those_that_run() => upgrade.Ask(async token =>
    {
        var plan = await upgrade.Helm(token);
        var live = LiveConfiguration(plan);
        IReadOnlyList<Finding> findings = plan.Configurations is { Count: > 0 } rendered
            ? [.. rendered.SelectMany(one => ConfigurationJudgement.PersistenceEqualsLive(one.Main, one.Visibility, live, one.Root.File))]
            : ConfigurationJudgement.PersistenceEqualsLive(plan.ValuesOfChart.Main, plan.ValuesOfChart.Visibility, live, plan.ValuesOfChart.Values.File);
        upgrade.Judge(findings, "The servers would start on other stores than those that run.", "the same engine, host, port, database and user as live");
    });

    [Check("values/shard-count-equals-persisted", Severity.Blocker, Needs = Systems.Helm,
        Remedy = "Write the number that the database holds; it can never change.")]
    public Task History_shards_of_the_values_are_those_of_the_database() => upgrade.Ask(async token =>
    {
        var plan = await upgrade.Helm(token);
        var persisted = await upgrade.PersistedIdentity(token);
        var findings = new List<Finding>();
        foreach (var (wanted, at, name, file) in Shards(plan))
        {
            var cluster = persisted.Clusters.FirstOrDefault(one => one.Name == name) ?? persisted.Clusters[0];
            findings.AddRange(ConfigurationJudgement.ShardCountEqualsPersisted(wanted, cluster.HistoryShards, at, file));
        }

        upgrade.Judge(findings, "The number of history shards is not the one that the database holds.", string.Join(", ", persisted.Clusters));
    });

    [Check("values/cluster-name-persisted", Severity.Blocker, Needs = Systems.Helm,
        Remedy = "Write the name that the database holds in server.config.clusterMetadata.currentClusterName.")]
    public Task Name_of_the_cluster_is_the_one_in_the_database() => upgrade.Ask(async token =>
    {
        var plan = await upgrade.Helm(token);
        var persisted = await upgrade.PersistedIdentity(token);
        List<string> names = [.. persisted.Clusters.Select(cluster => cluster.Name)];
        IReadOnlyList<Finding> findings = plan.Configurations is { Count: > 0 } rendered
            ? [.. rendered.SelectMany(one => ConfigurationJudgement.ClusterNamePersisted(
                Filled(one.Root.At("clusterMetadata.currentClusterName")) is { } node ? node.Text : null, names, one.Root.At("clusterMetadata.currentClusterName"), one.Root.File))]
            : ConfigurationJudgement.ClusterNamePersisted(
                plan.ValuesOfChart.ClusterName, names, plan.ValuesOfChart.Given("server.config.clusterMetadata.currentClusterName"), plan.ValuesOfChart.Values.File);
        upgrade.Judge(findings, "The cluster's name is not one that the database holds.", string.Join(", ", persisted.Clusters));
    });

    private static ServerConfiguration LiveConfiguration(HelmPlan plan)
    {
        var installed = UpgradeUnderTest.InstalledOf(plan);
        return installed.Configuration ?? throw (installed.Refused is [var refused, ..]
            ? new Unanswered($"The configuration that runs could not be seen: {refused.Why}") { Where = installed.Where, Remedy = refused.Remedy }
            : new Unanswered("The configuration that runs was not found.")
            {
                Wanted = $"a ConfigMap with {ServerConfiguration.Key}, live or in the release's manifest",
                Observed = "none",
                Where = installed.Where,
                Remedy = "Name the output of helm get manifest, or of kubectl get configmap -o yaml, in helm.installed.",
            });
    }

    private static IEnumerable<(int? Wanted, YamlNode? At, string? Cluster, string File)> Shards(HelmPlan plan)
    {
        if (plan.Configurations is { Count: > 0 } rendered)
        {
            return rendered.Select(one => (one.Shards, Filled(one.Root.At("persistence.numHistoryShards")), one.ClusterName, one.Root.File));
        }

        var values = plan.ValuesOfChart;
        return [(values.Shards, values.Given(values.Layout.ShardsPath), values.ClusterName, values.Values.File)];
    }

    /// <summary>What an environment variable fills in when a pod starts cannot be judged here.</summary>
    private static YamlNode? Filled(YamlNode? node) => node is not { FromTemplate: true } ? node : throw new Unanswered("A pod's environment fills the value in, so it stands in no file.")
    {
        Observed = $"{node.Path}: {node.Text}",
        Where = node.File,
    };
}
