using TemporalConformance.Environments;
using TemporalConformance.Facts;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>What every ground with the databases of the recorded 1.27.3 cluster is alike in, whoever provides it.</summary>
public abstract class GroundContract
{
    protected abstract Task<(Ground Ground, IAsyncDisposable Owner)> OpenAsync();

    [Fact]
    public async Task Both_stores_are_there_in_the_shape_of_their_version()
    {
        var (ground, owner) = await OpenAsync();
        await using var _ = owner;
        var catalog = ReleaseCatalog.Load();
        var release = catalog.Find(ServerVersion.Parse("1.27.3"))!;

        foreach (var store in Enum.GetValues<Store>())
        {
            var reading = await PostgresServer.ReadAsync(ground.Connection(store)!, store);

            reading.Row.ShouldNotBeNull().Version.ShouldBe(release.Requires(store));
            ShapeMatch.Closest(catalog.Shapes(store, release.Requires(store)), reading.Shape.ValueOrDefault!).Diff.Offences.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task The_embedded_migration_brings_them_to_1_29_1()
    {
        var (ground, owner) = await OpenAsync();
        await using var _ = owner;
        var catalog = ReleaseCatalog.Load();

        var report = await EmbeddedMigration.RunAsync(
            ground.Main!, ground.Visibility!, catalog, catalog.Find(ServerVersion.Parse("1.29.1"))!, TestContext.Current.CancellationToken);

        report.Failure.ShouldBeNull();
        (await PostgresServer.ReadAsync(ground.Main!)).Row.ShouldNotBeNull().CurrVersion.ShouldBe("1.18");
    }

    [Fact]
    public async Task The_description_is_one_sentence_without_a_secret()
    {
        var (ground, owner) = await OpenAsync();
        await using var _ = owner;

        ground.Description.ShouldEndWith(".");
        ground.Description.ShouldNotContain("\n");
        ground.Description.ShouldNotContain(ground.Main!.Password!.Reveal());
        TestContext.Current.TestOutputHelper!.WriteLine(ground.Description);
    }

    private protected static async Task<ScratchPostgres> FilledAsync(ScratchPostgres postgres)
    {
        await Task.WhenAll(Enum.GetValues<Store>().Select(store => postgres.RestoreAsync(
            Recordings.Dump("1.27.3", store), Recordings.Database(store), TestContext.Current.CancellationToken)));
        return postgres;
    }
}

public sealed class DemonstrationContract : GroundContract
{
    protected override async Task<(Ground Ground, IAsyncDisposable Owner)> OpenAsync()
    {
        var demonstration = await Demonstration.OpenAsync(Facts.Settings.Defaults, TestContext.Current.CancellationToken);
        demonstration.Ground.IsExternal.ShouldBeFalse();
        demonstration.Ground.IsCopy.ShouldBeTrue();
        return (demonstration.Ground, demonstration);
    }
}

public sealed class ExternalContract : GroundContract
{
    protected override async Task<(Ground Ground, IAsyncDisposable Owner)> OpenAsync()
    {
        var found = PostgresSearch.Find(Facts.Settings.Defaults);
        Assert.SkipUnless(found is not null, "There is no PostgreSQL on this machine.");
        var postgres = await FilledAsync(await LocalPostgres.StartAsync(found!, TestContext.Current.CancellationToken));
        return (Ground.External(SettingsFor(postgres)), postgres);
    }

    /// <summary>As somebody else's server would be named: one store in each form of a connection.</summary>
    internal static Facts.Settings SettingsFor(ScratchPostgres postgres)
    {
        var main = postgres.Connection("temporal");
        var settings = SettingsReader.Read(
            null,
            new Dictionary<string, string>
            {
                ["stores.main.connection"] = $"postgresql://{main.Username}:{main.Password!.Reveal()}@{main.Host}:{main.Port}/{main.Database}?sslmode=disable",
                ["stores.visibility.connection"] = postgres.Connection("temporal_visibility").Npgsql,
            },
            new Dictionary<string, string?>());
        Ground.External(settings).IsExternal.ShouldBeTrue();
        return settings;
    }
}

public sealed class ContainersContract : GroundContract
{
    protected override async Task<(Ground Ground, IAsyncDisposable Owner)> OpenAsync()
    {
        var postgres = await FilledAsync(await Containers.OpenAsync());
        return (Ground.External(ExternalContract.SettingsFor(postgres)), postgres);
    }
}
