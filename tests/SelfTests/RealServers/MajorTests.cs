using TemporalConformance.Environments;
using TemporalConformance.Facts;
using TemporalConformance.Gate;
using TemporalConformance.Probes;

namespace TemporalConformance.SelfTests;

/// <summary>The same databases on other majors of PostgreSQL: what the catalog knows is what each of them prints.</summary>
public sealed class MajorTests(RecordedServers servers)
{
    private static readonly ReleaseCatalog s_catalog = ReleaseCatalog.Load();

    public static TheoryData<int> Majors => [13, 15, 16, 17, 18];

    [Theory]
    [MemberData(nameof(Majors))]
    public async Task Recorded_databases_have_the_catalogs_shapes_on_every_major(int major)
    {
        var server = await servers.MajorAsync(major);
        foreach (var (release, store) in from release in StandIns.Recordings.Releases from store in Enum.GetValues<Store>() select (release, store))
        {
            var reading = await PostgresServer.ReadAsync(server.Connection(RecordedServers.Name(release, store)), store);

            reading.ServerMajor.ShouldBe(major);
            ShouldBeKnown(reading, $"{store} store of {release} on {server.Description}");
            reading.SystemIdentifier.ShouldBeOfType<Reading<string>.Known>();
            reading.Sizes.ShouldBeOfType<Reading<IReadOnlyList<TableSize>>.Known>().Value.ShouldNotBeEmpty();
        }
    }

    [Theory]
    [MemberData(nameof(Majors))]
    public async Task A_migrated_database_has_the_catalogs_shapes_on_every_major(int major)
    {
        var server = await servers.MajorAsync(major);
        var (main, visibility) = (await servers.CopyAsync(server), await servers.CopyAsync(server, "temporal_visibility"));

        await EmbeddedMigration.RunAsync(
            main, visibility, s_catalog, s_catalog.Find(ServerVersion.Parse("1.29.1"))!, TestContext.Current.CancellationToken);

        ShouldBeKnown(await PostgresServer.ReadAsync(main), $"migrated main store on {server.Description}", "1.18");
        ShouldBeKnown(await PostgresServer.ReadAsync(visibility, Store.Visibility), $"migrated visibility store on {server.Description}", "1.9");
    }

    [Theory]
    [MemberData(nameof(Majors))]
    public async Task A_lost_NOT_NULL_and_a_changed_default_are_seen_on_every_major(int major)
    {
        var server = await servers.MajorAsync(major);
        var copy = await servers.CopyAsync(server);
        await Sql.RunAsync(copy, "ALTER TABLE executions ALTER COLUMN last_write_version DROP NOT NULL, ALTER COLUMN db_record_version SET DEFAULT 1");

        var reading = await PostgresServer.ReadAsync(copy);

        var offences = Diff(reading).Offences;
        offences.Count.ShouldBe(2, string.Join('\n', offences));
        offences.ShouldContain(offence => offence.Contains("last_write_version", StringComparison.Ordinal));
        offences.ShouldContain(offence => offence.Contains("db_record_version", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_major_without_generated_columns_is_still_read_as_far_as_it_goes()
    {
        var server = await servers.MajorAsync(11);

        var reading = await PostgresServer.ReadAsync(server.Connection("temporal"));

        reading.ServerMajor.ShouldBe(11);
        reading.HasVersionTable.ShouldBeFalse();
        var refused = reading.Shape.ShouldBeOfType<Reading<DatabaseShape>.Refused>();
        refused.Why.ShouldStartWith("The database's shape is not what Temporal or this server's version has there");
        reading.SystemIdentifier.ShouldBeOfType<Reading<string>.Known>();
    }

    [Fact]
    public async Task Major_11_is_refused()
    {
        var server = await servers.MajorAsync(11);

        var verdict = await PreUpgradeRun.OfAsync(server, server.Connection("temporal"), server.Connection("temporal_visibility"));

        var major = verdict.Checks.Single(check => check.Id == "database/supported-major");
        major.Result.ShouldBe(Result.Violated, major.Message);
        major.Severity.ShouldBe(Gate.Severity.Blocker);
        major.Message.ShouldBe("PostgreSQL is too old for the generated columns of the visibility store.");
        major.Observed.ShouldNotBeNull().ShouldContain("is PostgreSQL 11.");
        verdict.Checks.Single(check => check.Id == "database/tested-major").Result.ShouldBe(Result.Met);
        verdict.Decision.ShouldBe(Decision.NoGo, verdict.Reason);
    }

    [Theory]
    [InlineData(13, false)]
    [InlineData(16, false)]
    [InlineData(17, true)]
    [InlineData(18, true)]
    public async Task A_major_later_than_upstream_has_tested_is_an_advisory(int major, bool advisory)
    {
        var server = await servers.MajorAsync(major);
        var (main, visibility) = (await servers.CopyAsync(server), await servers.CopyAsync(server, "temporal_visibility"));

        var verdict = await PreUpgradeRun.OfAsync(server, main, visibility);

        var tested = verdict.Checks.Single(check => check.Id == "database/tested-major");
        tested.Result.ShouldBe(advisory ? Result.Violated : Result.Met, tested.Message);
        tested.Severity.ShouldBe(Gate.Severity.Advisory);
        verdict.Checks.Single(check => check.Id == "database/supported-major").Result.ShouldBe(Result.Met);
        verdict.RedBesideHop().Where(check => check.Id.StartsWith("schema/", StringComparison.Ordinal))
            .ShouldBeEmpty(string.Join('\n', verdict.RedBesideHop().Select(check => $"{check.Id}: {check.Message} {check.Observed}")));
        verdict.Decision.ShouldBe(Decision.Go, verdict.Reason);
    }

    private static void ShouldBeKnown(StoreReading reading, string label, string? version = null)
    {
        var diff = Diff(reading);
        diff.Offences.ShouldBeEmpty(label);
        diff.Extras.ShouldBeEmpty(label);
        if (version is not null)
        {
            reading.Row.ShouldNotBeNull(label).CurrVersion.ShouldBe(version, label);
        }
    }

    private static ShapeDiff Diff(StoreReading reading)
    {
        var observed = reading.Shape.ShouldBeOfType<Reading<DatabaseShape>.Known>().Value;
        return s_catalog.Shapes(reading.Store, observed.Version).Select(known => known.Diff(observed)).MinBy(diff => diff.Offences.Count)
            .ShouldNotBeNull($"The catalog has no shape {observed.Version}.");
    }
}
