using TemporalConformance.Checks;
using TemporalConformance.Gate;

namespace TemporalConformance.Tests;

/// <summary>metrics: what the server's processes show of themselves, and who looks at it. What only one phase asks stands in its own half of the class.</summary>
public sealed partial class MetricsTests(UpgradeUnderTest upgrade)
{
    private bool IsAfter => upgrade.Phase == UpgradePhase.PostUpgrade;

    [Check("metrics/every-role-scraped", Severity.Blocker, Needs = Systems.Metrics,
        Remedy = "Name the metrics port of every process in metrics.endpoints (a headless Service stands for all pods of its role), or have Prometheus scrape them all. Where no monitor selects a role, compare selector, namespaceSelector and port of the ServiceMonitors with labels and ports of the Services; metrics.monitors names further namespaces to read them from.")]
    public Task Every_process_of_every_role_shows_its_metrics() => upgrade.Ask(async token =>
    {
        var monitors = await upgrade.Monitors(token);
        foreach (var note in monitors?.Notes ?? [])
        {
            upgrade.Note($"metrics/every-role-scraped: {note}");
        }

        MetricsHealth.EveryRoleScraped(await upgrade.Metrics(token), await upgrade.ReadyServerPods(token), monitors);
    });

    [Check("metrics/names-present", Severity.Advisory, Needs = Systems.Metrics,
        Remedy = "Look for a scrape that was cut off, metricRelabelings of a monitor that drop series, or another prefix: the release itself defines these metrics.")]
    public Task Metrics_that_dashboards_stand_on_are_there() => upgrade.Ask(async token =>
    {
        var look = await upgrade.Metrics(token);
        var missing = MetricsHealth.NamesPresent(look, UpgradeUnderTest.MetricsOf(await upgrade.From(token)), IsAfter ? await upgrade.MetricsBefore(token) : null, await upgrade.Monitors(token));
        if (missing.Count > 0)
        {
            upgrade.Note($"metrics/names-present: not seen yet, since they appear when first used: {string.Join(", ", missing)}");
        }
    });

    [Check("metrics/naming-unchanged", Severity.Advisory, Needs = Systems.Metrics,
        Remedy = "Bring framework, prefix and suffixes of global.metrics.prometheus back to what they were, or change every dashboard and alert together with them.")]
    public Task Metrics_are_named_in_one_way_and_as_before() => upgrade.Ask(async token =>
        MetricsHealth.NamingUnchanged(await upgrade.Metrics(token), IsAfter ? await upgrade.MetricsBefore(token) : null));

    [Check("metrics/persistence-pool-free", Severity.Advisory, Needs = Systems.Metrics,
        Remedy = "Look for slow queries first; then raise maxConns of that store, and max_connections of PostgreSQL with it (database/connection-budget).")]
    public Task No_pool_of_connections_to_the_databases_is_nearly_used_up() => upgrade.Ask(async token =>
        MetricsHealth.PersistencePoolFree(await upgrade.Metrics(token), upgrade.MetricsLimits, UpgradeUnderTest.Shows(await upgrade.From(token), "persistence_sql_in_use")));

    [Check("metrics/worker-slots-free", Severity.Advisory, Needs = Systems.Metrics,
        Remedy = "Run more of these workers, or let them take more tasks at a time; an upgrade makes every task wait a little longer.")]
    public Task Every_worker_named_in_the_settings_has_slots_free() => upgrade.Ask(async token =>
        MetricsHealth.WorkerSlotsFree(await upgrade.WorkerMetrics(token)));

    [Check("metrics/no-alert-firing", Severity.Advisory, Needs = Systems.Metrics,
        Remedy = "Find out what the alert is about before the upgrade goes on; silence it only with that known.")]
    public Task No_alert_about_Temporal_is_firing() => upgrade.Ask(async token =>
    {
        var (rules, where) = await upgrade.PrometheusRules(token);
        MetricsHealth.NoAlertFiring(rules, await upgrade.LooksAtTemporal(token), where);
    });

    [Check("metrics/dashboards-resolve", Severity.Advisory,
        Remedy = "Correct the panels named here, with the queries given where one is known; those that are broken already show nothing today.")]
    public Task Every_panel_of_the_dashboards_finds_its_metrics() => upgrade.Ask(async token => Resolve("metrics/dashboards-resolve", await upgrade.JudgedDashboards(token), "panels"));

    [Check("metrics/alert-rules-resolve", Severity.Advisory,
        Remedy = "Correct the rules named here, with the queries given where one is known: an alert without series never fires.")]
    public Task Every_alert_and_recording_rule_finds_its_metrics() => upgrade.Ask(async token => Resolve("metrics/alert-rules-resolve", await upgrade.JudgedRules(token), "rules"));

    private void Resolve(string id, JudgedMonitoring judged, string what)
    {
        foreach (var sentence in MonitoringHealth.UnseenLabels(judged, what))
        {
            upgrade.Note($"{id}: {sentence}");
        }

        MonitoringHealth.Resolve(judged, what);
    }
}
