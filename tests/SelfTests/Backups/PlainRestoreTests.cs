using System.IO.Compression;
using K4os.Compression.LZ4.Streams;
using TemporalConformance.Checks;
using TemporalConformance.Environments;
using TemporalConformance.Facts;
using TemporalConformance.Formats;
using TemporalConformance.Gate;
using ZstdSharp;

namespace TemporalConformance.SelfTests;

/// <summary>Dumps that psql restores, and archives that are compressed as a whole: by real programs into a real server.</summary>
public sealed class PlainRestoreTests(PostgresServer server) : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Dump => Path.Combine(_folder.Path, "temporal.sql");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData(".gz")]
    [InlineData(".zst")]
    [InlineData(".lz4")]
    public async Task A_plain_dump_is_restored_with_its_rows_and_its_shape(string suffix)
    {
        await DumpAsync("-Fp", "--create", "--clean", "--if-exists");
        // Whoever owned the tables and might read them is unknown where they are restored.
        await File.WriteAllTextAsync(Dump, (await File.ReadAllTextAsync(Dump, Token)).Replace("OWNER TO postgres", "OWNER TO \"nobody here\"", StringComparison.Ordinal)
            .Replace("\n--\n-- PostgreSQL database dump complete", "\nGRANT SELECT ON TABLE public.shards TO reader;\n\n--\n-- PostgreSQL database dump complete", StringComparison.Ordinal), Token);
        await PackAsync(Dump, suffix);

        var (set, restored) = await RestoreAsync();

        set.Main!.Archive.Form.ShouldBe(ArchiveForm.Plain);
        restored.Dumps.ShouldAllBe(dump => dump.Failure == null);
        Answers(set, restored).Values.ShouldAllBe(answer => answer.Result == Result.Met);
        restored.Of(Store.Main)!.Rows["executions"].ShouldBe(386);
        restored.MainOnly.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("-Fc", ".dump")]
    [InlineData("-Ft", ".tar")]
    public async Task An_archive_that_is_compressed_as_a_whole_is_unpacked_on_its_way_to_pg_restore(string format, string suffix)
    {
        await DumpAsync(format);
        File.Move(Dump, Path.ChangeExtension(Dump, suffix));
        await PackAsync(Path.ChangeExtension(Dump, suffix), ".gz");

        var (set, restored) = await RestoreAsync();

        restored.Dumps.ShouldAllBe(dump => dump.Failure == null);
        Answers(set, restored).Values.ShouldAllBe(answer => answer.Result == Result.Met);
    }

    [Theory]
    [InlineData(17)]
    [InlineData(18)]
    public async Task A_plain_dump_of_a_newer_pg_dump_is_restored(int client)
    {
        await DumpByAsync(Installations.Clients(client), "-Fp", "--create");

        var (set, restored) = await RestoreAsync();

        restored.Dumps.ShouldAllBe(dump => dump.Failure == null);
        Answers(set, restored).Values.ShouldAllBe(answer => answer.Result == Result.Met);
    }

    [Fact]
    public async Task Rows_of_INSERT_statements_are_restored_and_not_counted()
    {
        await DumpAsync("-Fp", "--inserts");

        var (set, restored) = await RestoreAsync();

        Answers(set, restored)["backup/restorable"].Result.ShouldBe(Result.Met);
        Answers(set, restored)["backup/row-counts-match"].Result.ShouldBe(Result.Unanswered);
        restored.Of(Store.Main)!.Rows["executions"].ShouldBe(386);
    }

    [Fact]
    public async Task A_dump_that_would_run_a_command_on_this_machine_is_refused_before_anything_runs()
    {
        var marker = Path.Combine(_folder.Path, "ran");
        await DumpAsync("-Fp");
        var text = await File.ReadAllTextAsync(Dump, Token);
        await File.WriteAllTextAsync(Dump, text.Replace("\n--\n-- PostgreSQL database dump complete", $"\n\\! touch {marker}\n\n--\n-- PostgreSQL database dump complete", StringComparison.Ordinal), Token);

        var (set, restored) = await RestoreAsync();

        var answer = Answers(set, restored)["backup/restorable"];
        answer.Result.ShouldBe(Result.Violated);
        answer.Observed!.ShouldContain($"it was not run: line {text[..text.IndexOf("\n--\n-- PostgreSQL database dump complete", StringComparison.Ordinal)].Count(letter => letter == '\n') + 2:#,0}: \\! stands there");
        Answers(set, restored)["backup/row-counts-match"].Result.ShouldBe(Result.Unanswered);
        File.Exists(marker).ShouldBeFalse();
    }

    /// <summary>Were it ever to get past us, psql itself would not run it.</summary>
    [Theory]
    [InlineData("\\! touch '{0}'")]
    [InlineData("\\unrestrict guessed\n\\! touch '{0}'")]
    [InlineData("SELECT 1 \\g |touch '{0}'")]
    [InlineData("\\o |touch '{0}'\nSELECT 1;")]
    public async Task As_we_run_psql_it_runs_no_command_of_its_input(string script)
    {
        var marker = Path.Combine(_folder.Path, "ran");
        await using var pair = await DatabasePair.CopyAsync(server, Recorded.Real1273);

        var end = await ChildRun.RunAsync(
            ClientRun.Start(Installations.Local().Psql, ScratchPostgres.PsqlArguments(), pair.Main),
            new ChildTerms { Input = (input, token) => input.WriteAsync(System.Text.Encoding.UTF8.GetBytes(script.Replace("{0}", marker, StringComparison.Ordinal) + "\n"), token).AsTask() }, Token);

        end.ExitCode.ShouldBe(3);
        end.Words(said => said).ShouldContain("restrict");
        File.Exists(marker).ShouldBeFalse();
    }

    [Fact]
    public async Task A_plain_dump_with_a_row_that_stands_twice_cannot_be_restored_and_psql_names_the_line()
    {
        await DumpAsync("-Fp");
        var text = await File.ReadAllTextAsync(Dump, Token);
        var row = text.IndexOf('\n', text.IndexOf("COPY public.executions ", StringComparison.Ordinal)) + 1;
        var twice = text.Insert(row, text[row..(text.IndexOf('\n', row) + 1)]);
        await File.WriteAllTextAsync(Dump, twice, Token);

        var (set, restored) = await RestoreAsync();

        var answer = Answers(set, restored)["backup/restorable"];
        answer.Result.ShouldBe(Result.Violated);
        var line = twice[..twice.IndexOf("ADD CONSTRAINT executions_pkey", StringComparison.Ordinal)].Count(letter => letter == '\n') + 1;
        answer.Observed!.ShouldContain($"psql:<stdin>:{line}: ERROR:  could not create unique index \"executions_pkey\"");
    }

    [Fact]
    public async Task A_plain_dump_that_is_cut_is_not_tried()
    {
        await DumpAsync("-Fp");
        await File.WriteAllBytesAsync(Dump, (await File.ReadAllBytesAsync(Dump, Token))[..^100], Token);

        var (set, restored) = await RestoreAsync();

        set.Main!.Archive.ReadToTheEnd.ShouldBeFalse();
        Answers(set, restored)["backup/restorable"].Result.ShouldBe(Result.Unanswered);
        Answers(set, restored)["backup/restorable"].Observed!.ShouldContain("was not tried");
    }

    /// <summary>A machine without room says nothing about a dump.</summary>
    [Theory]
    [InlineData("-Fp", false)]
    [InlineData("-Fc", false)]
    [InlineData("-Fc", true)]
    public async Task A_disk_that_is_full_while_it_is_restored_leaves_the_question_open(string format, bool fromTheStart)
    {
        await DumpAsync(format);
        var set = await BackupSamples.ReadAsync(_folder.Path);
        await using var scratch = await LocalPostgres.StartAsync(Installations.Local(), Token);
        await using var disk = await FullDisk.MountAsync(scratch);
        await disk.TakeNewDatabasesAsync();
        // Not even room for an empty database, or for one and little more.
        disk.Fill(leaving: fromTheStart ? 0 : disk.Taken + (3 << 20));

        var restored = await RestoredBackup.IntoAsync(scratch, [RestoreJudgement.Triable(set)[0]], place => place, Token);
        await scratch.DropAsync("restored_main", Token);

        var answer = Answers(set, restored)["backup/restorable"];
        answer.Result.ShouldBe(Result.Unanswered);
        answer.Observed!.ShouldContain("the PostgreSQL that it was restored into gave up, which says nothing about the dump:");
        answer.Observed!.ShouldContain("No space left on device");
        answer.Remedy!.ShouldContain("room on its disk");
    }

    [Theory]
    [InlineData("echo 'psql (PostgreSQL) 15.13'", "psql (PostgreSQL) 15.13 is too old to be kept from running commands of a dump")]
    [InlineData(null, "it is plain SQL, and there is no psql with")]
    public async Task Without_a_psql_that_can_be_held_back_it_is_not_tried(string? psql, string reason)
    {
        await DumpAsync("-Fp");
        var program = Path.Combine(_folder.Path, "psql");
        if (psql is not null && !OperatingSystem.IsWindows())
        {
            await File.WriteAllTextAsync(program, $"#!/bin/sh\n{psql}\n", Token);
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        await using var scratch = await LocalPostgres.StartAsync(Installations.Local() with { Psql = program }, Token);

        (await Should.ThrowAsync<RestoreUntriedException>(scratch.RestoreAsync(new DumpToRestore(Store.Main, Dump, 0, ArchiveForm.Plain), "restored", Token))).Message.ShouldContain(reason);
    }

    [Theory]
    [InlineData("psql (PostgreSQL) 15.14 (Debian 15.14-1)", true)]
    [InlineData("psql (PostgreSQL) 15.13", false)]
    [InlineData("psql (PostgreSQL) 13.22", true)]
    [InlineData("psql (PostgreSQL) 17.5", false)]
    [InlineData("psql (PostgreSQL) 18.0", true)]
    [InlineData("psql (PostgreSQL) 19.1", true)]
    [InlineData("psql (PostgreSQL) 12.22", false)]
    [InlineData("psql (PostgreSQL) 18beta1", false)]
    [InlineData("another program", false)]
    public void Which_psql_can_be_held_back_is_known_by_its_version(string version, bool expected) => PostgresSearch.KnowsRestrict(version).ShouldBe(expected);

    private Task DumpAsync(params string[] arguments) => DumpByAsync(Installations.Local().Folder, arguments);

    private async Task DumpByAsync(string programs, params string[] arguments)
    {
        await using var pair = await DatabasePair.CopyAsync(server, Recorded.Real1273);
        await ClientPrograms.RunAsync(Path.Combine(programs, "pg_dump"), pair.Main, [.. arguments, "-f", Dump]);
        var visibility = arguments[0] == "-Fp" ? "temporal_visibility.sql" : "temporal_visibility.dump";
        await ClientPrograms.RunAsync(Path.Combine(arguments[0] == "-Fp" ? programs : Installations.Local().Folder, "pg_dump"), pair.Visibility, arguments[0] == "-Fp" ? "-Fp" : "-Fc", "-f", Path.Combine(_folder.Path, visibility));
    }

    private static async Task PackAsync(string file, string suffix)
    {
        if (suffix.Length == 0)
        {
            return;
        }

        await using (var input = File.OpenRead(file))
        await using (var output = File.Create(file + suffix))
        await using (Stream packed = suffix switch { ".gz" => new GZipStream(output, CompressionLevel.Fastest), ".lz4" => LZ4Stream.Encode(output), _ => new CompressionStream(output) })
        {
            await input.CopyToAsync(packed, Token);
        }

        File.Delete(file);
    }

    private async Task<(BackupSet Set, RestoredBackup Restored)> RestoreAsync()
    {
        var set = await BackupSamples.ReadAsync(_folder.Path);
        return (set, await RestoredBackup.RestoreAsync(Facts.Settings.Defaults, RestoreJudgement.Triable(set), Token));
    }

    private static Dictionary<string, AnswerText> Answers(BackupSet set, RestoredBackup restored) =>
        RestoreJudgement.Judge(set, restored, BackupSamples.Terms(set)).ToDictionary(answer => answer.Check, answer => answer.Text);
}
