using System.IO.Compression;
using System.Text;
using TemporalConformance.Checks;
using TemporalConformance.Environments;
using TemporalConformance.Facts;
using TemporalConformance.Formats;
using TemporalConformance.Gate;
using TemporalConformance.Probes;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>Backups at an S3-compatible place, which a real server of one keeps: found, read, compared and restored by the rules of a disk.</summary>
public sealed class S3BackupTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_form_is_proven_up_to_L2_as_a_prefix_and_one_object_as_itself()
    {
        await using var store = await S3rver.StartAsync();
        foreach (var of in Enum.GetValues<Store>())
        {
            await store.PutAsync($"custom/{Recordings.Database(of)}.dump", Recorded(of));
            await store.PutAsync($"plain/{Recordings.Database(of)}.sql.gz", Packed(of));
            foreach (var (name, bytes) in BackupSamples.Copy(of).Files())
            {
                await store.PutAsync($"directory/{of.Name()}/{name}", bytes);
            }
        }

        foreach (var (prefix, form) in new[] { ("custom", ArchiveForm.Custom), ("directory", ArchiveForm.Directory), ("plain/", ArchiveForm.Plain) })
        {
            var set = await ReadAsync(store, prefix);
            var verdict = BackupVerdict.Of(set, BackupSamples.Terms(set));

            set.Dumps.Select(dump => dump.Archive.Form).ShouldBe([form, form]);
            set.Main!.Written!.Value.ShouldBe(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(5));
            // A plain dump does not say when it was made.
            verdict.NotMet().Keys.ShouldBe(form == ArchiveForm.Plain ? ["backup/visibility-fresh", "backup/same-moment"] : Array.Empty<string>(), ignoreOrder: true, prefix);
            set.Dumps.ShouldAllBe(dump => dump.Archive.ReadToTheEnd);
        }

        var one = await ReadAsync(store, "custom/temporal.dump");
        one.IsOneDump.ShouldBeTrue();
        one.Place.ShouldBe("s3://backups/custom/temporal.dump");
        BackupVerdict.Of(one, BackupSamples.Terms(one)).Rung.ShouldBe(2);
        var archive = await ReadAsync(store, "directory/main");
        archive.IsOneDump.ShouldBeTrue();
        archive.Main!.Archive.Form.ShouldBe(ArchiveForm.Directory);
        // The bucket itself is a folder like any other, without dumps of its own.
        (await ReadAsync(store, "")).Dumps.ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_several_backups_the_newest_counts_and_every_object_is_compared_with_its_manifest()
    {
        await using var store = await S3rver.StartAsync();
        using var folder = new ScratchFolder();
        BackupSamples.Write(folder.Path);
        await BackupSamples.WriteManifestAsync(folder.Path, DateTimeOffset.UtcNow);
        await store.CopyAsync(folder.Path, "temporal/of-today");
        await BackupSamples.WriteManifestAsync(folder.Path, DateTimeOffset.UtcNow.AddDays(-1));
        await store.CopyAsync(folder.Path, "temporal/of-yesterday");

        var whole = await ReadAsync(store, "temporal");
        whole.Place.ShouldBe("s3://backups/temporal/of-today");
        whole.ManifestTrouble.ShouldBeEmpty();
        whole.ManifestDoubts.ShouldBeEmpty();
        BackupVerdict.Of(whole, BackupSamples.Terms(whole)).Rung.ShouldBe(2);

        await store.PutAsync("temporal/of-today/temporal.dump", Recorded(Store.Main)[..^1000]);
        var cut = await ReadAsync(store, "temporal");
        cut.Main!.Archive.Break!.Kind.ShouldBe(ArchiveBreakKind.Truncated);
        cut.ManifestTrouble.ShouldHaveSingleItem().ShouldStartWith("temporal.dump has ");

        var flipped = Recorded(Store.Main);
        flipped[^5000] ^= 4;
        await store.PutAsync("temporal/of-today/temporal.dump", flipped);
        var damaged = await ReadAsync(store, "temporal");
        damaged.ManifestTrouble.ShouldBe(["temporal.dump has another checksum than the manifest says"]);
        BackupJudgement.ReadableToTheEnd(damaged).Result.ShouldBe(Result.Violated);
    }

    [Fact]
    public async Task What_is_not_there_is_said_and_a_key_that_nobody_knows()
    {
        await using var store = await S3rver.StartAsync();
        await store.PutAsync("custom/temporal.dump", Recorded(Store.Main));
        using var places = new FilePlaces(store.Settings);
        var server = store.Endpoint.AbsoluteUri.TrimEnd('/');

        (await Should.ThrowAsync<FileNotFoundException>(places.OpenAsync("s3://nobodys/x", Token))).Message.ShouldBe($"There is no bucket nobodys at {server}.");
        // What another key begins with is no folder.
        (await Should.ThrowAsync<FileNotFoundException>(places.OpenAsync("s3://backups/cust", Token))).Message.ShouldBe($"There is no object s3://backups/cust at {server}, and none below it.");
        using var unknown = new FilePlaces(store.Settings with { AccessKey = new Secret("AKIAUNKNOWN") });
        (await Should.ThrowAsync<S3RefusedException>(unknown.OpenAsync("s3://backups/custom", Token))).Message.ShouldBe($"{server} does not know the access key: InvalidAccessKeyId.");
    }

    [Fact]
    public async Task Pre_reads_and_restores_a_backup_at_S3_and_compares_a_copy_there()
    {
        await using var store = await S3rver.StartAsync();
        await using var pair = await DatabasePair.CopyAsync(server, SelfTests.Recorded.Real1273);
        using var folder = new ScratchFolder();
        var backup = Path.Combine(folder.Path, "backup");
        await BackupScenarios.MakeAsync(pair, backup);
        await store.CopyAsync(backup, "temporal/backup");

        var there = await RunAsync(("backup.path", "s3://backups/temporal"), ("backup.restore", "true"));
        foreach (var check in new[] { "main-fresh", "visibility-fresh", "same-moment", "complete", "readable-to-the-end", "restorable", "row-counts-match", "shape-after-restore", "roles-saved" })
        {
            there.ShouldSay($"backup/{check}", Result.Met);
        }

        there.ShouldSay("backup/stored-away", Result.Met);
        there.Run!.Notes.ShouldContain(note => note.StartsWith("Backup s3://backups/temporal/backup: L2", StringComparison.Ordinal));
        (await RunAsync(("backup.path", backup), ("backup.copy", "s3://backups/temporal"))).ShouldSay("backup/stored-away", Result.Met);

        await store.PutAsync("temporal/backup/roles/main.sql", "-- nothing\n"u8.ToArray());
        (await RunAsync(("backup.path", backup), ("backup.copy", "s3://backups/temporal"))).ShouldSay("backup/stored-away", Result.Violated, "roles/main.sql has");
        var changed = await RunAsync(("backup.path", "s3://backups/temporal/backup"), ("backup.copy", "s3://backups/nothing"));
        changed.ShouldSay("backup/readable-to-the-end", Result.Violated, "roles/main.sql has");
        changed.ShouldSay("backup/stored-away", Result.Violated, "There is no object s3://backups/nothing");
        var closed = await RunAsync(("backup.path", "s3://backups/temporal/backup"), ("backup.s3.endpoint", $"http://127.0.0.1:{Ports.Free()}"));
        closed.ShouldSay("backup/main-fresh", Result.Unanswered, "Nothing listens at http://127.0.0.1:");

        async Task<PhaseVerdict> RunAsync(params (string Key, string Value)[] sets) => await PhaseRun.AskAsync(UpgradePhase.PreUpgrade, folder.Path, new[]
        {
            ("stores.main.connection", pair.Main.Npgsql), ("stores.visibility.connection", pair.Visibility.Npgsql),
            ("baseline.path", Path.Combine(folder.Path, "baseline.json")), ("running", "1.27.3"), ("scope.only", "backup"),
        }.Concat(store.Sets.Where(set => sets.All(own => own.Key != set.Key))).Concat(sets).ToDictionary(set => set.Item1, set => set.Item2));
    }

    private static async Task<BackupSet> ReadAsync(S3rver store, string prefix)
    {
        using var places = new FilePlaces(store.Settings);
        return await BackupSet.ReadAsync(await places.OpenAsync($"s3://{S3rver.Bucket}/{prefix}", Token), null, Token);
    }

    private static byte[] Recorded(Store store) => File.ReadAllBytes(Recordings.Dump("1.29.1", store));

    private static byte[] Packed(Store store)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(ArchiveReaderTests.Restore("-f", "-", Recordings.Dump("1.29.1", store))));
        }

        return packed.ToArray();
    }
}
