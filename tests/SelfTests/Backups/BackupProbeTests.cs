using TemporalConformance.Facts;
using TemporalConformance.Formats;
using TemporalConformance.Probes;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>What a dump tells of the cluster it is of.</summary>
public sealed class BackupProbeTests
{
    [Fact]
    public void A_main_dump_tells_cluster_shards_namespaces_schema_and_that_it_ran()
    {
        var reading = Read(Recordings.Dump("1.29.1", Store.Main));

        reading.Stores.ShouldBe([Store.Main]);
        reading.Clusters.ShouldHaveSingleItem().Id.ShouldBe(BackupSamples.Cluster1273);
        reading.Clusters[0].HistoryShards.ShouldBe(512);
        reading.RowsOf("shards").ShouldBe(512);
        reading.Schema!.Version.ShouldBe(new SchemaVersion(1, 18));
        reading.Namespaces.Values.ShouldBe(["temporal-system", "orders", "payments"], ignoreOrder: true);
        reading.LastHeartbeat!.Value.ShouldBe(new DateTimeOffset(2026, 11, 23, 3, 55, 38, TimeSpan.Zero), TimeSpan.FromMinutes(1));
        reading.NotUnderstood.ShouldBeEmpty();
        reading.Archive.ReadToTheEnd.ShouldBeTrue();
    }

    [Fact]
    public void A_visibility_dump_tells_whose_executions_it_has()
    {
        var reading = Read(Recordings.Dump("1.29.1", Store.Visibility));

        reading.Stores.ShouldBe([Store.Visibility]);
        reading.Schema!.CurrVersion.ShouldBe("1.9");
        reading.NamespacesSeen.Count.ShouldBe(3);
        reading.NamespacesSeen.ShouldBeSubsetOf(Read(Recordings.Dump("1.29.1", Store.Main)).Namespaces.Keys);
    }

    [Fact]
    public void Dumps_of_one_folder_are_found_by_name_and_by_their_first_bytes_and_nothing_else_is()
    {
        using var folder = new ScratchFolder();
        BackupSamples.Write(folder.Path);
        BackupSamples.Write(folder.Path, "no-suffix", File.ReadAllBytes(Recordings.Dump("1.27.3", Store.Visibility)));
        BackupSamples.Write(folder.Path, "notes.txt", "hello"u8.ToArray());
        BackupSamples.Write(folder.Path, "SHA256SUMS", []);
        DumpCopy.Write(BackupSamples.Copy(Store.Visibility).Files(), Path.Combine(folder.Path, "visibility"));
        Directory.CreateDirectory(Path.Combine(folder.Path, "values"));
        File.CreateSymbolicLink(Path.Combine(folder.Path, "latest.dump"), "temporal.dump");

        var found = DumpFile.Find(folder.Path);

        found.Select(dump => Path.GetFileName(dump.Path)).ShouldBe(["latest.dump", "no-suffix", "temporal_visibility.dump", "visibility"], ignoreOrder: true);
        found.Single(dump => dump.IsFolder).Bytes.ShouldBeGreaterThan(10_000);
        found.ShouldAllBe(dump => dump.LeadsTo == null);
    }

    [Fact]
    public void Links_out_of_the_folder_are_refused_and_not_read()
    {
        using var folder = new ScratchFolder();
        using var elsewhere = new ScratchFolder();
        BackupSamples.Write(elsewhere.Path);
        File.CreateSymbolicLink(Path.Combine(folder.Path, "temporal.dump"), Path.Combine(elsewhere.Path, "temporal.dump"));
        var directory = Path.Combine(folder.Path, "visibility");
        DumpCopy.Write(BackupSamples.Copy(Store.Visibility).Files(), directory);
        var data = Directory.GetFiles(directory, "*.dat.gz")[0];
        File.Move(data, Path.Combine(elsewhere.Path, "data"));
        File.CreateSymbolicLink(data, Path.Combine(elsewhere.Path, "data"));

        var readings = DumpFile.Find(folder.Path).Select(Read).ToList();

        readings.Count.ShouldBe(2);
        readings.ShouldAllBe(reading => reading.Archive.Break!.Kind == ArchiveBreakKind.LinkOutside);
        readings.Single(reading => reading.Place == directory).Archive.Break!.Sentence.ShouldContain(Path.GetFileName(data));
    }

    [Fact]
    public void Links_in_a_circle_and_missing_places_are_errors_of_reading()
    {
        using var folder = new ScratchFolder();
        File.CreateSymbolicLink(Path.Combine(folder.Path, "a.dump"), "b.dump");
        File.CreateSymbolicLink(Path.Combine(folder.Path, "b.dump"), "a.dump");

        Should.Throw<IOException>(() => DumpFile.Find(folder.Path));
        Should.Throw<IOException>(() => DumpFile.Find(Path.Combine(folder.Path, "nothing")));
    }

    [Fact]
    public void A_broken_dump_keeps_what_was_read_before_the_break()
    {
        var bytes = File.ReadAllBytes(Recordings.Dump("1.29.1", Store.Main));
        var reading = BackupProbe.Read(new MemoryStream(bytes[..(bytes.Length * 9 / 10)]), BackupProbe.StandardInput, null, TestContext.Current.CancellationToken);

        reading.Archive.Break!.Kind.ShouldBe(ArchiveBreakKind.Truncated);
        reading.Place.ShouldBe("standard input");
        reading.Stores.ShouldBe([Store.Main]);
        reading.Archive.Tables.ShouldNotBeEmpty();
    }

    [Fact]
    public void Rows_that_are_not_what_Temporal_writes_are_said_and_not_believed()
    {
        var copy = BackupSamples.Copy(Store.Main).With("cluster_metadata_info", text => text.Replace("\\\\x", "\\\\x00ff", StringComparison.Ordinal));
        var reading = BackupProbe.Read(new MemoryStream(copy.Custom()), BackupProbe.StandardInput, null, TestContext.Current.CancellationToken);

        reading.Clusters.ShouldBeEmpty();
        reading.NotUnderstood.ShouldHaveSingleItem().ShouldContain("cluster_metadata_info");
    }

    private static BackupReading Read(string path) => Read(DumpFile.Find(path).Single());

    private static BackupReading Read(DumpFile dump) => BackupProbe.Read(dump, contentsOnly: false, null, TestContext.Current.CancellationToken);
}
