using System.Text.Json.Nodes;
using TemporalConformance.Checks;
using TemporalConformance.Cli;
using TemporalConformance.Environments;
using TemporalConformance.Facts;
using TemporalConformance.Gate;
using TemporalConformance.Probes;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>The checks of the subject backup as a user asks them: PreUpgrade as a process, on recorded dumps, on fresh ones, and on such with one fault.</summary>
public sealed class BackupScenarios(PostgresServer server) : IDisposable
{
    /// <summary>The checks that a test of this class sees violated.</summary>
    public static readonly string[] Violated =
    [
        "backup/main-fresh", "backup/visibility-fresh", "backup/same-moment", "backup/complete", "backup/readable-to-the-end", "backup/tool-compatible", "backup/stored-away",
        "backup/roles-saved", "backup/configuration-saved", "backup/workflow-state-saved", "backup/restorable", "backup/row-counts-match", "backup/shape-after-restore",
    ];

    private readonly ScratchFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Backup => Path.Combine(_folder.Path, "backup");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_backup_of_the_demonstration_meets_every_check_up_to_its_restore()
    {
        var settings = RunSettings.Read(null, new Dictionary<string, string>());
        await using var ground = await Demonstration.OpenAsync(settings, Token);
        await BackupParts.OfDemonstrationAsync(ground.Ground, settings, Backup, Token);

        var verdict = await RunAsync(new Handover(_folder.Path, _folder.Path, null, new Dictionary<string, string> { ["scope.only"] = "backup", ["backup.restore"] = "true" }, HandedGround.Of(ground.Ground) with { Backup = Backup }));

        NotMet(verdict).ShouldBe(["backup/stored-away"]);
        verdict.ShouldSay("backup/stored-away", Result.NotApplicable);
        verdict.Run!.Notes.ShouldContain(note => note.Contains("L2: there, fresh, of this cluster", StringComparison.Ordinal));
        verdict.Run.NotProven.ShouldContain(one => one.What.StartsWith("L5", StringComparison.Ordinal));
        var manifest = BackupManifest.ReadFile(Path.Combine(Backup, BackupManifest.FileName)).ShouldNotBeNull();
        manifest.LeftOut.ShouldBeEmpty();
        manifest.Configuration.ShouldNotBeNull().Secrets.ShouldNotBeEmpty();
        manifest.Workflows.ShouldNotBeNull().Listed.ShouldBeGreaterThan(0);

        // What is saved is of what was installed then.
        var maps = Path.Combine(Backup, "configuration", "configmaps.json");
        File.WriteAllText(maps, File.ReadAllText(maps).Replace("numHistoryShards: 512", "numHistoryShards: 4", StringComparison.Ordinal));
        var list = Path.Combine(Backup, manifest.Workflows.Path);
        File.WriteAllLines(list, File.ReadAllLines(list)[1..]);
        var changed = await RunAsync(new Handover(_folder.Path, _folder.Path, null, new Dictionary<string, string> { ["scope.only"] = "backup" }, HandedGround.Of(ground.Ground) with { Backup = Backup }));
        changed.ShouldSay("backup/configuration-saved", Result.Violated, "was changed since");
        changed.ShouldSay("backup/workflow-state-saved", Result.Violated, "The list of running workflows is not whole.");
        changed.ShouldSay("backup/readable-to-the-end", Result.Violated, "configuration/configmaps.json has");
    }

    [Fact]
    public async Task Old_dumps_without_anything_beside_them()
    {
        Directory.CreateDirectory(Backup);
        BackupSamples.Write(Backup, "temporal.dump", File.ReadAllBytes(Recordings.Dump("1.27.3", Store.Main)));
        await RunToolAsync("pg_restore", ["--file", Path.Combine(Backup, "temporal_visibility.dump"), Recordings.Dump("1.27.3", Store.Visibility)]);
        await using var pair = await DatabasePair.CopyAsync(server, Recorded.Real1273);

        var verdict = await RunAsync(pair, ("backup.restore", "true"));

        verdict.ShouldSay("backup/restorable", Result.Met);
        verdict.ShouldSay("backup/row-counts-match", Result.Met);
        verdict.ShouldSay("backup/main-fresh", Result.Violated, "The main dump is too old.");
        verdict.ShouldSay("backup/visibility-fresh", Result.Unanswered, "How old the visibility dump is could not be told.");
        verdict.ShouldSay("backup/tool-compatible", Result.Violated, "is plain SQL, although its name says otherwise");
        verdict.ShouldSay("backup/roles-saved", Result.Violated, "The roles are not in the backup");
        verdict.ShouldSay("backup/configuration-saved", Result.Violated, "The configuration is not in the backup.");
        verdict.ShouldSay("backup/workflow-state-saved", Result.Violated, "What is running is not in the backup.");
        verdict.ShouldSay("backup/stored-away", Result.Unanswered, "Nothing says where a copy of the backup lies.");
        verdict.Decision.ShouldBe(Decision.NoGo);
    }

    [Fact]
    public async Task A_dump_cut_at_40_percent_of_which_a_copy_is_whole()
    {
        await using var pair = await DatabasePair.CopyAsync(server, Recorded.Real1273);
        await MakeAsync(pair, Backup);
        var copy = Path.Combine(_folder.Path, "elsewhere");
        await CopyAsync(Path.Combine(copy, "backup"));
        var dump = Path.Combine(Backup, "temporal.dump");
        File.WriteAllBytes(dump, File.ReadAllBytes(dump)[..(int)(new FileInfo(dump).Length * 4 / 10)]);

        var verdict = await RunAsync(pair, ("backup.copy", copy), ("backup.restore", "true"));

        verdict.ShouldSay("backup/readable-to-the-end", Result.Violated, "temporal.dump has");
        verdict.ShouldSay("backup/readable-to-the-end", Result.Violated, "byte ");
        verdict.ShouldSay("backup/stored-away", Result.Met);
        verdict.ShouldSay("backup/restorable", Result.Unanswered, "was not tried");
        verdict.ShouldSay("backup/row-counts-match", Result.Met);
    }

    [Fact]
    public async Task A_manifest_of_another_server_and_hour_a_copy_that_differs_and_a_table_without_data()
    {
        await using var pair = await DatabasePair.CopyAsync(server, Recorded.Real1273);
        await MakeAsync(pair, Backup);
        await CopyAsync(Path.Combine(_folder.Path, "copy"));
        var file = Path.Combine(Backup, BackupManifest.FileName);
        var manifest = JsonNode.Parse(File.ReadAllText(file))!;
        manifest["stores"]!["main"]!["systemIdentifier"] = "6911111111111111111";
        manifest["stores"]!["visibility"]!["snapshot"] = DateTimeOffset.UtcNow.AddHours(-25).ToString("O");
        File.WriteAllText(file, manifest.ToJsonString());
        File.AppendAllText(Path.Combine(_folder.Path, "copy", "roles", "main.sql"), "-- and more\n");
        var password = pair.Main.Password!.Reveal();
        await RunToolAsync(
            "pg_dump", ["-Fc", "--exclude-table-data=history_node", "--file", Path.Combine(Backup, "temporal.dump"), $"postgresql://{pair.Main.Username}:{password}@{pair.Main.Host}:{pair.Main.Port}/{pair.Main.Database}"]);

        var verdict = await RunAsync(pair, ("backup.copy", Path.Combine(_folder.Path, "copy")));

        verdict.ShouldSay("backup/main-fresh", Result.Violated, "The main dump is of another server.");
        verdict.ShouldSay("backup/visibility-fresh", Result.Violated, "The visibility dump is too old.");
        verdict.ShouldSay("backup/same-moment", Result.Violated, "apart");
        verdict.ShouldSay("backup/complete", Result.Violated, "the data of table history_node are missing");
        verdict.ShouldSay("backup/readable-to-the-end", Result.Violated, "temporal.dump has");
        verdict.ShouldSay("backup/stored-away", Result.Violated, "roles/main.sql has");
    }

    [Fact]
    public async Task A_database_whose_dump_restores_to_another_shape()
    {
        await using var pair = await DatabasePair.CopyAsync(server, Recorded.Real1273);
        await DatabasePair.ExecuteAsync(pair.Visibility, "DROP INDEX by_execution_time;", Token);
        await MakeAsync(pair, Backup);

        var verdict = await RunAsync(pair, ("backup.restore", "true"));

        verdict.ShouldSay("backup/restorable", Result.Met);
        verdict.ShouldSay("backup/row-counts-match", Result.Met);
        verdict.ShouldSay("backup/shape-after-restore", Result.Violated, "by_execution_time");
    }

    [Fact]
    public async Task A_database_whose_dump_cannot_be_restored()
    {
        // What a broken collation or a lost race leaves behind: an index that says that it is unique, over rows that are not.
        await using var pair = await DatabasePair.CopyAsync(server, Recorded.Real1273);
        await DatabasePair.ExecuteAsync(pair.Main, "CREATE INDEX ours ON executions (shard_id); UPDATE pg_index SET indisunique = true WHERE indexrelid = 'ours'::regclass;", Token);
        await MakeAsync(pair, Backup);

        var verdict = await RunAsync(pair, ("backup.restore", "true"));

        verdict.ShouldSay("backup/readable-to-the-end", Result.Met);
        verdict.ShouldSay("backup/restorable", Result.Violated, "could not create unique index");
        verdict.ShouldSay("backup/shape-after-restore", Result.Unanswered);
    }

    [Fact]
    public async Task Rows_that_are_lost_or_gained_in_a_restore()
    {
        await using var pair = await DatabasePair.CopyAsync(server, Recorded.Real1273);
        await MakeAsync(pair, Backup);
        var set = await BackupSamples.ReadAsync(Backup);
        var restored = await RestoredBackup.RestoreAsync(Facts.Settings.Defaults, RestoreJudgement.Triable(set), Token);
        var grown = restored with { Dumps = [.. restored.Dumps.Select(dump => dump with { Rows = dump.Rows.ToDictionary(row => row.Key, row => row.Key == "history_node" ? row.Value + 1 : row.Value) })] };

        var answers = RestoreJudgement.Judge(set, grown, BackupSamples.Terms(set)).ToDictionary(answer => answer.Check, answer => answer.Text);

        answers["backup/restorable"].Result.ShouldBe(Result.Met);
        answers["backup/row-counts-match"].Result.ShouldBe(Result.Violated);
        answers["backup/row-counts-match"].Observed.ShouldBe("main: history_node has 3 005 rows in the dump and 3 006 after the restore");
    }

    /// <summary>Backs a pair of databases up as the command does, without a cluster.</summary>
    internal static async Task MakeAsync(DatabasePair pair, string folder) => await BackupMaker.MakeAsync(
        new BackupRequest
        {
            Folder = folder,
            Stores = [(Store.Main, pair.Main), (Store.Visibility, pair.Visibility)],
            Settings = Facts.Settings.Defaults,
            Limits = ProbeLimits.Default,
            Tool = "self-tests",
        },
        new Progress<BackupProgress>(), Token);

    private Task<PhaseVerdict> RunAsync(DatabasePair pair, params (string Key, string Value)[] sets) => RunAsync(new Handover(_folder.Path, _folder.Path, null, new Dictionary<string, string>
    {
        ["stores.main.connection"] = pair.Main.Npgsql,
        ["stores.visibility.connection"] = pair.Visibility.Npgsql,
        ["baseline.path"] = Path.Combine(_folder.Path, "baseline.json"),
        ["running"] = "1.27.3",
        ["scope.only"] = "backup",
        ["backup.path"] = Backup,
    }.Concat(sets.Select(set => KeyValuePair.Create(set.Key, set.Value))).ToDictionary()));

    private async Task<PhaseVerdict> RunAsync(Handover handover)
    {
        var started = DateTimeOffset.UtcNow;
        var exit = await new PhaseProcess(Installation.Find(), _folder.Path).RunAsync(UpgradePhase.PreUpgrade, handover, TimeSpan.FromMinutes(2), _ => { }, Token);
        var verdict = Judge.Phase(PhaseEvidence.FromFolder(_folder.Path, "PreUpgrade", exit.ExitCode), CheckRoll.Embedded(), [], new Expectation { Now = DateTimeOffset.UtcNow, NotBefore = started });
        verdict.Run.ShouldNotBeNull(exit.Tail);
        return verdict;
    }

    private static IEnumerable<string> NotMet(PhaseVerdict verdict) =>
        verdict.Checks.Where(check => check.Id.StartsWith("backup/", StringComparison.Ordinal) && check.Result != Result.Met).Select(check => check.Id);

    private async Task CopyAsync(string to)
    {
        foreach (var file in Directory.EnumerateFiles(Backup, "*", SearchOption.AllDirectories))
        {
            var path = Path.Combine(to, Path.GetRelativePath(Backup, file));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await using var stream = File.OpenRead(file);
            await using var copy = File.Create(path);
            await stream.CopyToAsync(copy, Token);
        }
    }

    private static Task RunToolAsync(string program, string[] arguments) =>
        ClientPrograms.RunAsync(Path.Combine(PostgresSearch.Find(Facts.Settings.Defaults)!.Folder, program), null, arguments);
}
