using TemporalConformance.Checks;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>What judging values takes out of a reading of the cluster.</summary>
public sealed class InstalledReleaseTests
{
    [Fact]
    public async Task Release_and_live_configuration_come_out_of_a_reading()
    {
        await using var cluster = await Cluster.StartAsync(new KubernetesStandInOptions { Folders = [KubernetesRecordings.After] });

        var installed = InstalledRelease.Of(await cluster.ReadAsync());

        installed.Chart.ShouldBe("0.72.0");
        installed.Values.ShouldNotBeNull().At("server.config.numHistoryShards")!.Text.ShouldBe("512");
        installed.ChartDefaults.ShouldNotBeNull().IsMap.ShouldBeTrue();
        installed.Configuration.ShouldNotBeNull().Shards.ShouldBe(512);
        installed.Dynamic.ShouldNotBeEmpty();
        installed.ConfigurationDrift().ShouldBeEmpty("nobody changed a ConfigMap by hand");
        installed.Names.ShouldNotBeNull().Selectors.Keys.ShouldContain("Deployment/temporal-history");
        installed.Refused.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_the_right_to_Secrets_the_live_ConfigMaps_are_left_and_the_rest_is_refused()
    {
        var user = StandInUser.Viewer.Without("secrets");
        await using var cluster = await Cluster.StartAsync(new KubernetesStandInOptions { Users = [user] });

        var installed = InstalledRelease.Of(await cluster.ReadAsync(user));

        installed.Values.ShouldBeNull();
        installed.Chart.ShouldBeNull();
        installed.Configuration.ShouldNotBeNull().Shards.ShouldBe(512);
        installed.Refused.ShouldNotBeEmpty();
    }
}
