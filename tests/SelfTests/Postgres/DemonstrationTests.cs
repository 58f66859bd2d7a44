using TemporalConformance.Environments;
using TemporalConformance.Facts;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

public sealed class DemonstrationTests
{
    [Fact]
    public async Task After_shows_the_databases_migrated_to_the_target()
    {
        await using var after = await Demonstration.OpenAsync(Facts.Settings.Defaults, "after", TestContext.Current.CancellationToken);

        (await PostgresServer.ReadAsync(after.Ground.Main!)).Row.ShouldNotBeNull().CurrVersion.ShouldBe("1.18");
        after.Ground.Name.ShouldBe("demonstration");
    }

    [Fact]
    public async Task A_target_that_nobody_knows_is_said_and_the_server_is_ended()
    {
        var settings = SettingsReader.Read(null, new Dictionary<string, string> { ["target"] = "1.99.0" }, new Dictionary<string, string?>());

        var failure = await Should.ThrowAsync<EnvironmentException>(() => Demonstration.OpenAsync(settings, "after", TestContext.Current.CancellationToken));

        failure.Message.ShouldContain("1.99.0 is not in the catalog");
        failure.Remedy.ShouldContain("catalog.extra");
    }

    [Fact]
    public async Task There_is_nothing_between_before_and_after() =>
        await Should.ThrowAsync<ArgumentException>(() => Demonstration.OpenAsync(Facts.Settings.Defaults, "during", TestContext.Current.CancellationToken));

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
