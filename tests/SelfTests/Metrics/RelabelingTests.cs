using TemporalConformance.Formats;

namespace TemporalConformance.SelfTests;

/// <summary>What rules of relabelling leave of a series' name.</summary>
public sealed class RelabelingTests
{
    [Theory]
    [InlineData("drop", "service_.*", "service_requests", null)]
    [InlineData("drop", "service", "service_requests", "service_requests")]
    [InlineData("drop", "(?i)SERVICE_.*", "service_requests", null)]
    [InlineData("keep", "service_.*", "service_requests", "service_requests")]
    [InlineData("keep", "service_.*", "persistence_requests", null)]
    [InlineData("labeldrop", "operation", "service_requests", "service_requests")]
    [InlineData("labeldrop", "__.*", "service_requests", null)]
    [InlineData("labelkeep", "operation|service_name", "service_requests", null)]
    [InlineData("labelkeep", "__name__|operation", "service_requests", "service_requests")]
    [InlineData("hashmod", ".*", "service_requests", "service_requests")]
    public void A_rule_about_the_name(string action, string pattern, string name, string? stored) =>
        Relabeling.After([new Relabeling(action, action.StartsWith("label", StringComparison.Ordinal) ? [] : ["__name__"], ";", null, pattern, "$1")], name).ShouldBe(stored);

    [Theory]
    [InlineData("(.*)", "temporal_$1", "temporal_service_requests")]
    [InlineData("(.*)", "temporal_${1}", "temporal_service_requests")]
    [InlineData("service_(.*)", "$1", "requests")]
    [InlineData("other_(.*)", "$1", "service_requests")]
    [InlineData("service_.*", "", null)]
    public void A_name_is_replaced(string pattern, string replacement, string? stored) =>
        Relabeling.After([new Relabeling("replace", ["__name__"], ";", "__name__", pattern, replacement)], "service_requests").ShouldBe(stored);

    [Fact]
    public void Rules_follow_each_other_and_those_about_other_labels_leave_the_name()
    {
        var renamed = new Relabeling("replace", ["__name__"], ";", "__name__", "service_(.*)", "api_$1");
        var dropped = new Relabeling("drop", ["__name__"], ";", null, "api_.*", "$1");
        var single = new Relabeling("drop", ["__name__", "le"], ";", null, "service_requests;.*", "$1");
        var other = new Relabeling("replace", ["pod"], ";", "instance", "(.*)", "$1");

        Relabeling.After([single, other, renamed], "service_requests").ShouldBe("api_requests");
        Relabeling.After([renamed, dropped], "service_requests").ShouldBeNull();
        Relabeling.After([dropped, renamed], "service_requests").ShouldBe("api_requests");
        renamed.ToString().ShouldBe("replace __name__ =~ \"service_(.*)\" → __name__=\"api_$1\"");
        dropped.ToString().ShouldBe("drop __name__ =~ \"api_.*\"");
    }

    [Fact]
    public void What_leaves_targets_out_or_leads_elsewhere_is_known()
    {
        new Relabeling("keep", ["__meta_kubernetes_pod_ready"], ";", null, "true", "$1").MovesTargets.ShouldBeTrue();
        new Relabeling("replace", ["__meta_kubernetes_pod_ip"], ";", "__address__", "(.*)", "$1:9464").MovesTargets.ShouldBeTrue();
        new Relabeling("replace", ["__meta_kubernetes_pod_name"], ";", "pod", "(.*)", "$1").MovesTargets.ShouldBeFalse();
    }
}
