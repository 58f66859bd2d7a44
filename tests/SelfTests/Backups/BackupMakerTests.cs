using System.Diagnostics;
using TemporalConformance.Checks;
using TemporalConformance.Environments;
using TemporalConformance.Facts;
using TemporalConformance.Probes;

namespace TemporalConformance.SelfTests;

/// <summary>Backups made of real databases by the real pg_dump: whole, taken up again, or not there.</summary>
public sealed class BackupMakerTests(PostgresServer server) : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private string Folder => Path.Combine(_folder.Path, "backup");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("custom", "temporal.dump")]
    [InlineData("directory", "temporal")]
    public async Task A_backup_is_whole_and_proves_itself(string format, string main)
    {
        await using var pair = await DatabasePair.CopyAsync(server, Recorded.Real1273);
        var manifest = await MakeAsync(pair, $"backup.format={format}");

        manifest.Finished.ShouldNotBeNull();
        manifest.Cluster.Id.ShouldBe(BackupSamples.Cluster1273);
        manifest.Of(Store.Main).ShouldNotBeNull().Path.ShouldBe(main);
        manifest.Of(Store.Main)!.Rows["executions"].ShouldBe(386);
        manifest.Of(Store.Main)!.SchemaVersion.ShouldBe("1.16");
        (manifest.Of(Store.Main)!.Snapshot - manifest.Of(Store.Visibility)!.Snapshot).Duration().ShouldBeLessThan(TimeSpan.FromSeconds(2));
        File.ReadAllText(Path.Combine(Folder, "roles", "main.sql")).ShouldContain("CREATE ROLE postgres");
        Directory.EnumerateFileSystemEntries(Folder).Select(Path.GetFileName).Where(name => name!.EndsWith(".partial", StringComparison.Ordinal) || name.StartsWith('.')).ShouldBeEmpty();
        (await manifest.DifferencesAsync(new DiskPlace(Folder), TestContext.Current.CancellationToken)).ShouldBeEmpty();

        var set = await BackupSamples.ReadAsync(Folder);
        var terms = BackupSamples.Terms(set) with { Now = DateTimeOffset.UtcNow };
        var verdict = BackupVerdict.Of(set, terms, await RestoredBackup.RestoreAsync(Facts.Settings.Defaults, RestoreJudgement.Triable(set), TestContext.Current.CancellationToken));
        verdict.NotMet().ShouldBeEmpty();
        verdict.Rung.ShouldBe(4);
        verdict.Pair.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_finished_backup_is_never_written_over_and_nothing_is_made_among_other_files()
    {
        await using var pair = await DatabasePair.CopyAsync(server, Recorded.Real1273);
        await MakeAsync(pair);
        var made = File.GetLastWriteTimeUtc(Path.Combine(Folder, "temporal.dump"));

        (await Should.ThrowAsync<EnvironmentException>(MakeAsync(pair))).Message.ShouldContain("holds a finished backup already");
        File.GetLastWriteTimeUtc(Path.Combine(Folder, "temporal.dump")).ShouldBe(made);

        File.Delete(Path.Combine(Folder, BackupManifest.FileName));
        (await Should.ThrowAsync<EnvironmentException>(MakeAsync(pair))).Message.ShouldContain("is not empty");
    }

    [Fact]
    public async Task A_dump_that_fails_leaves_nothing_under_a_final_name_and_the_next_run_keeps_what_was_finished()
    {
        await using var pair = await DatabasePair.CopyAsync(server, Recorded.Real1273);
        using var programs = new FailingDump("visibility");

        var failure = await Should.ThrowAsync<BackupFailedException>(MakeAsync(pair, $"postgres.binaries={programs.Folder}"));

        failure.Message.ShouldContain("pg_dump ended with exit code 1");
        failure.Message.ShouldContain("could not write to output file: No space left on device");
        File.Exists(Path.Combine(Folder, "temporal_visibility.dump")).ShouldBeFalse();
        File.Exists(Path.Combine(Folder, "temporal_visibility.dump.partial")).ShouldBeFalse();
        File.Exists(Path.Combine(Folder, BackupManifest.FileName)).ShouldBeFalse();
        (await BackupSamples.ReadAsync(Folder)).ManifestTrouble.ShouldHaveSingleItem().ShouldContain("was never finished");

        var kept = BackupManifest.ReadFile(Path.Combine(Folder, BackupManifest.UnfinishedName)).ShouldNotBeNull().Stores.Keys.ToList();
        var again = await MakeAsync(pair);
        again.Stores.Count.ShouldBe(2);
        // Whichever of the two was quicker: a main dump that was finished is not made again.
        foreach (var store in kept)
        {
            again.Stores[store].Snapshot.ShouldBeLessThan(again.Stores["visibility"].Snapshot);
        }
    }

    [Fact]
    public async Task A_finished_part_that_was_changed_since_is_made_again()
    {
        await using var pair = await DatabasePair.CopyAsync(server, Recorded.Real1273);
        var first = await MakeAsync(pair);
        File.Move(Path.Combine(Folder, BackupManifest.FileName), Path.Combine(Folder, BackupManifest.UnfinishedName));
        File.AppendAllText(Path.Combine(Folder, "temporal.dump"), "x");

        var again = await MakeAsync(pair);

        again.Of(Store.Main)!.Snapshot.ShouldBeGreaterThan(first.Of(Store.Main)!.Snapshot);
        again.Of(Store.Visibility)!.Snapshot.ShouldBe(first.Of(Store.Visibility)!.Snapshot);
        (await again.DifferencesAsync(new DiskPlace(Folder), TestContext.Current.CancellationToken)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Stopped_in_the_middle_no_process_is_left_and_no_final_name()
    {
        await using var pair = await DatabasePair.CopyAsync(server, Recorded.Real1273);
        using var programs = new FailingDump("main", waits: true);
        using var stop = new CancellationTokenSource();
        var making = BackupMaker.MakeAsync(Request(pair, $"postgres.binaries={programs.Folder}"), new Progress<BackupProgress>(), stop.Token);
        await programs.BegunAsync(TestContext.Current.CancellationToken);

        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(making);
        Should.Throw<ArgumentException>(() => Process.GetProcessById(programs.ProcessId));
        File.Exists(Path.Combine(Folder, "temporal.dump")).ShouldBeFalse();
        File.Exists(Path.Combine(Folder, BackupManifest.FileName)).ShouldBeFalse();
    }

    [Fact]
    public async Task Passwords_are_neither_in_arguments_nor_in_what_is_said()
    {
        await using var pair = await DatabasePair.CopyAsync(server, Recorded.Real1273);
        using var programs = new FailingDump("visibility");

        var failure = await Should.ThrowAsync<BackupFailedException>(MakeAsync(pair, $"postgres.binaries={programs.Folder}"));

        var password = pair.Main.Password.ShouldNotBeNull().Reveal();
        failure.Message.ShouldNotContain(password);
        programs.Arguments.ShouldNotContain(password);
        programs.Arguments.ShouldContain("--snapshot=");
    }

    private Task<BackupManifest> MakeAsync(DatabasePair pair, params string[] sets) =>
        BackupMaker.MakeAsync(Request(pair, sets), new Progress<BackupProgress>(), TestContext.Current.CancellationToken);

    private BackupRequest Request(DatabasePair pair, params string[] sets) => new()
    {
        Folder = Folder,
        Stores = [(Store.Main, pair.Main), (Store.Visibility, pair.Visibility)],
        Settings = RunSettings.Read(null, sets.ToDictionary(set => set.Split('=')[0], set => set.Split('=', 2)[1])),
        Limits = ProbeLimits.Default,
        Tool = "self-tests",
    };
}
