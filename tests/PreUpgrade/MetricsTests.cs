using TemporalConformance.Checks;
using TemporalConformance.Gate;

namespace TemporalConformance.Tests;

public sealed partial class MetricsTests
{
    [Check("metrics/changed-meanings", Severity.Advisory,
        Remedy = "Adjust thresholds and filters as each line says, on the day of the upgrade: the names stay, and what they count does not.")]
    public Task No_panel_or_rule_uses_a_metric_whose_meaning_changes() => upgrade.Ask(async token =>
        MonitoringHealth.MeaningsKept(await upgrade.JudgedMonitoring(token)));

    [Check("metrics/low-traffic-window", Severity.Advisory, Needs = Systems.Metrics,
        Remedy = "Move window.start to a quieter hour: the report names the quietest of the week.")]
    public Task Maintenance_window_lies_in_a_quiet_hour() => upgrade.Ask(async token =>
    {
        var (week, window, now, where) = await upgrade.TrafficOfWeek(token);
        MetricsHealth.LowTraffic(week, window, now, upgrade.MetricsLimits, where);
    });
}
