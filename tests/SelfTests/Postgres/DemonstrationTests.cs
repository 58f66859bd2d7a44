using TemporalConformance.Environments;
using TemporalConformance.Facts;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

public sealed class DemonstrationTests
{
    [Fact]
    public async Task Its_upgrade_migrates_the_databases_to_the_target()
    {
        await using var ground = await Demonstration.OpenAsync(Facts.Settings.Defaults, TestContext.Current.CancellationToken);
        ground.Ground.Name.ShouldBe("demonstration");
        ground.Ground.Temporal.Count.ShouldBe(2);

        await ground.UpgradeAsync(Facts.Settings.Defaults, TestContext.Current.CancellationToken);

        (await PostgresServer.ReadAsync(ground.Ground.Main!)).Row.ShouldNotBeNull().CurrVersion.ShouldBe("1.18");
    }

    [Fact]
    public async Task A_target_that_nobody_knows_is_said()
    {
        var settings = SettingsReader.Read(null, new Dictionary<string, string> { ["target"] = "1.99.0", ["temporal.provider"] = "none" }, new Dictionary<string, string?>());
        await using var ground = await Demonstration.OpenAsync(settings, TestContext.Current.CancellationToken);
        ground.Ground.Temporal.ShouldBeEmpty();

        var failure = await Should.ThrowAsync<EnvironmentException>(() => ground.UpgradeAsync(settings, TestContext.Current.CancellationToken));

        failure.Message.ShouldContain("1.99.0 is not in the catalog");
        failure.Remedy.ShouldContain("catalog.extra");
    }

    [Fact]
    public void Its_files_of_the_upgrade_are_those_of_one_target()
    {
        Demonstration.HelmOf(Facts.Settings.Defaults).ShouldNotBeNull().Chart.ShouldBe("0.72.0");
        Demonstration.HelmOf(With("target=1.28.4")).ShouldBeNull("the recorded chart installs another release");
        Demonstration.HelmOf(With("temporal.provider=none")).ShouldBeNull();
        Demonstration.HelmOf(With("helm.chart=0.73.2")).ShouldNotBeNull().Chart.ShouldBe("0.73.2", "whoever names a chart sees that the render is another's");

        static Settings With(string set) => SettingsSource.Read("{}", [set]);
    }

    [Fact]
    public void Every_recording_is_there_and_others_are_named()
    {
        foreach (var release in Recordings.Releases)
        {
            foreach (var store in Enum.GetValues<Store>())
            {
                new FileInfo(Recordings.Dump(release, store)).Length.ShouldBeGreaterThan(50_000);
            }
        }

        Should.Throw<FileNotFoundException>(() => Recordings.Dump("1.28.0", Store.Main)).Message.ShouldContain("1.27.3 and 1.29.1");
    }
}
