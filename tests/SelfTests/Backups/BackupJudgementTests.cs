using System.Text;
using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.Formats;
using TemporalConformance.Gate;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>Backups red and green: the recorded one, and one change each.</summary>
public sealed class BackupJudgementTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public BackupJudgementTests() => BackupSamples.Write(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("1.27.3")]
    [InlineData("1.29.1")]
    public async Task A_recorded_backup_is_proven_up_to_L2(string release)
    {
        BackupSamples.Write(_folder.Path, release);

        var verdict = await JudgeAsync();

        verdict.NotMet().ShouldBeEmpty();
        verdict.Rung.ShouldBe(2);
        verdict.Decision.ShouldBe(Decision.Go);
        verdict.NotProven.ShouldContain(line => line.Contains("--cluster ID"));
        verdict.NotProven.ShouldContain(line => line.Contains("L3"));
    }

    [Fact]
    public async Task Every_real_backup_is_proven_up_to_L2()
    {
        foreach (var folder in Directory.GetDirectories(SharedData.Path("real/temporal"), "database", SearchOption.AllDirectories))
        {
            var set = await BackupSamples.ReadAsync(folder);
            var verdict = BackupVerdict.Of(set, BackupSamples.Terms(set));
            verdict.NotMet().Keys.ShouldBeEmpty(folder);
        }
    }

    [Fact]
    public async Task A_dump_older_than_policy_is_not_fresh()
    {
        var verdict = await JudgeAsync(terms => terms with { Now = terms.Now.AddHours(25) });

        verdict.NotMet().Keys.ShouldBe(["backup/main-fresh", "backup/visibility-fresh"]);
        verdict.NotMet()["backup/main-fresh"].Result.ShouldBe(Result.Violated);
        verdict.NotMet()["backup/main-fresh"].Sentence.ShouldBe("The main dump is too old.");
        verdict.Rung.ShouldBeNull();
        verdict.Decision.ShouldBe(Decision.NoGo);
    }

    [Theory]
    [InlineData(-8)]
    [InlineData(5.5)]
    public async Task The_zone_of_the_machine_that_dumped_follows_from_the_heartbeats(double hours)
    {
        foreach (var store in Enum.GetValues<Store>())
        {
            var copy = BackupSamples.Copy(store);
            copy.Header = copy.Header with { Created = copy.Header.Created!.Value.AddHours(hours) };
            BackupSamples.Write(_folder.Path, $"{Recordings.Database(store)}.dump", copy.Custom());
        }

        (await JudgeAsync()).NotMet().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_dump_from_the_future_has_no_age()
    {
        foreach (var store in Enum.GetValues<Store>())
        {
            var copy = BackupSamples.Copy(store);
            copy.Header = copy.Header with { Created = copy.Header.Created!.Value.AddDays(400) };
            BackupSamples.Write(_folder.Path, $"{Recordings.Database(store)}.dump", copy.Custom());
        }

        var verdict = await JudgeAsync();

        verdict.NotMet()["backup/main-fresh"].Result.ShouldBe(Result.Unanswered);
        verdict.NotMet()["backup/main-fresh"].Observed!.ShouldContain("in the future");
        verdict.Decision.ShouldBe(Decision.Undecided);
    }

    [Fact]
    public async Task A_dump_of_another_cluster_is_none_of_this_one()
    {
        var verdict = await JudgeAsync(terms => terms with { Cluster = "11111111-2222-3333-4444-555555555555" });

        verdict.NotMet().Keys.ShouldBe(["backup/main-fresh"]);
        verdict.NotMet()["backup/main-fresh"].Observed!.ShouldContain(BackupSamples.Cluster1273);
        (await JudgeAsync(terms => terms with { Cluster = BackupSamples.Cluster1273 })).NotProven.ShouldNotContain(line => line.Contains("--cluster"));
    }

    [Fact]
    public async Task Two_dumps_of_different_clusters_are_no_pair()
    {
        BackupSamples.Write(_folder.Path, "temporal_visibility.dump", BackupSamples.Copy(Store.Visibility)
            .With("executions_visibility", text => text.Replace("aa7fe16a-", "bb7fe16a-", StringComparison.Ordinal).Replace("fa9d9691-", "fb9d9691-", StringComparison.Ordinal)).Custom());

        var verdict = await JudgeAsync();

        verdict.NotMet().Keys.ShouldBe(["backup/visibility-fresh"]);
        verdict.NotMet()["backup/visibility-fresh"].Sentence.ShouldBe("The visibility dump is of another cluster.");
    }

    [Fact]
    public async Task A_visibility_dump_without_executions_tells_nothing_of_its_cluster()
    {
        BackupSamples.Write(_folder.Path, "temporal_visibility.dump", BackupSamples.Copy(Store.Visibility).With("executions_visibility", _ => "\\.\n\n\n").Custom());

        (await JudgeAsync()).NotMet()["backup/visibility-fresh"].Result.ShouldBe(Result.Unanswered);
    }

    [Fact]
    public async Task More_shards_than_the_cluster_has_belong_to_another()
    {
        BackupSamples.Write(_folder.Path, "temporal.dump", BackupSamples.Copy(Store.Main).With("shards", text => $"{text.Split('\n')[0]}\n{text}").Custom());

        (await JudgeAsync()).NotMet()["backup/main-fresh"].Observed!.ShouldContain("holds 513 shards");
    }

    [Fact]
    public async Task A_database_on_which_no_server_ever_started_is_no_cluster()
    {
        BackupSamples.Write(_folder.Path, "temporal.dump", BackupSamples.Copy(Store.Main).With("cluster_metadata_info", _ => "\\.\n\n\n").Custom());

        (await JudgeAsync()).NotMet()["backup/main-fresh"].Result.ShouldBe(Result.Violated);
    }

    [Fact]
    public async Task One_dump_alone_in_a_folder_is_half_a_backup()
    {
        File.Delete(Path.Combine(_folder.Path, "temporal_visibility.dump"));

        var verdict = await JudgeAsync();

        verdict.NotMet().Where(pair => pair.Value.Result == Result.Violated).Select(pair => pair.Key).ShouldBe(["backup/visibility-fresh", "backup/complete"]);
        verdict.NotMet()["backup/visibility-fresh"].Sentence.ShouldBe("There is no dump of the visibility store.");
        (await JudgeAsync(terms => terms with { HasVisibility = false })).Decision.ShouldBe(Decision.Go);
    }

    [Fact]
    public async Task One_dump_that_was_named_is_judged_by_itself()
    {
        var set = await BackupSamples.ReadAsync(Path.Combine(_folder.Path, "temporal.dump"));
        var verdict = BackupVerdict.Of(set, BackupSamples.Terms(set));

        verdict.Decision.ShouldBe(Decision.Go);
        verdict.Rung.ShouldBe(2);
        verdict.NotProven.ShouldContain(line => line.Contains("other store"));
    }

    [Fact]
    public async Task Another_applications_dump_is_not_Temporals()
    {
        var copy = BackupSamples.Copy(Store.Main);
        copy.Entries.RemoveAll(entry => entry.Name is not "queue_metadata");
        BackupSamples.Write(_folder.Path, "temporal.dump", copy.Custom());

        var verdict = await JudgeAsync();

        verdict.NotMet()["backup/main-fresh"].Sentence.ShouldBe("There is no dump of the main store.");
        verdict.NotMet()["backup/main-fresh"].Observed!.ShouldContain("no table of Temporal's in it");
    }

    [Fact]
    public async Task Dumps_begun_an_hour_apart_do_not_show_one_moment()
    {
        var copy = BackupSamples.Copy(Store.Visibility);
        copy.Header = copy.Header with { Created = copy.Header.Created!.Value.AddHours(-1) };
        BackupSamples.Write(_folder.Path, "temporal_visibility.dump", copy.Custom());

        var verdict = await JudgeAsync();

        verdict.NotMet().Keys.ShouldBe(["backup/same-moment"]);
        verdict.NotMet()["backup/same-moment"].Sentence.ShouldStartWith("The two dumps were begun 59m59s apart");
        verdict.Decision.ShouldBe(Decision.Go, "an advisory");
    }

    [Fact]
    public async Task Tables_and_data_that_are_missing_are_named()
    {
        BackupSamples.Write(_folder.Path, "temporal.dump", BackupSamples.Copy(Store.Main).Without("TABLE", "tasks_v2").Without("TABLE DATA", "tasks_v2").Without("TABLE DATA", "history_node").Custom());

        var verdict = await JudgeAsync();

        verdict.NotMet().Keys.ShouldBe(["backup/complete"]);
        verdict.NotMet()["backup/complete"].Observed.ShouldBe("main: table tasks_v2 of schema 1.18 is missing\nmain: the data of table history_node are missing");
        verdict.Rung.ShouldBe(0);
    }

    [Fact]
    public async Task A_dump_of_the_schema_alone_has_no_data()
    {
        var copy = BackupSamples.Copy(Store.Visibility);
        copy.Entries.RemoveAll(entry => entry.HasData);
        BackupSamples.Write(_folder.Path, "temporal_visibility.dump", copy.Custom());

        (await JudgeAsync()).NotMet()["backup/complete"].Observed.ShouldBe("visibility: 3 tables are made and none has data");
    }

    [Fact]
    public async Task A_schema_version_nobody_knows_cannot_be_complete_or_not()
    {
        BackupSamples.Write(_folder.Path, "temporal.dump", BackupSamples.Copy(Store.Main).With("schema_version", text => text.Replace("1.18", "1.99", StringComparison.Ordinal)).Custom());

        (await JudgeAsync()).NotMet()["backup/complete"].Result.ShouldBe(Result.Unanswered);
    }

    [Theory]
    [InlineData(0.4)]
    [InlineData(0.01)]
    [InlineData(0.999)]
    public async Task A_dump_cut_off_is_not_readable_to_its_end(double share)
    {
        var bytes = File.ReadAllBytes(Recordings.Dump("1.29.1", Store.Main));
        BackupSamples.Write(_folder.Path, "temporal.dump", bytes[..(int)(bytes.Length * share)]);

        var verdict = await JudgeAsync(terms => terms with { Now = new(2026, 11, 23, 4, 0, 0, TimeSpan.Zero) });

        verdict.Decision.ShouldBe(Decision.NoGo);
        verdict.NotMet()["backup/readable-to-the-end"].Result.ShouldBe(Result.Violated);
        verdict.NotMet()["backup/readable-to-the-end"].Observed!.ShouldContain("cut off");
    }

    [Fact]
    public async Task An_encrypted_dump_could_not_be_told()
    {
        BackupSamples.Write(_folder.Path, "temporal.dump", "age-encryption.org/v1\n"u8.ToArray());

        var verdict = await JudgeAsync(terms => terms with { Now = new(2026, 11, 23, 4, 0, 0, TimeSpan.Zero) });

        verdict.Decision.ShouldBe(Decision.Undecided);
        verdict.NotMet()["backup/readable-to-the-end"].Result.ShouldBe(Result.Unanswered);
        verdict.NotMet()["backup/main-fresh"].Result.ShouldBe(Result.Unanswered);
    }

    [Fact]
    public async Task An_archive_newer_than_the_pg_restore_at_hand_is_told_by_its_head()
    {
        BackupSamples.Write(_folder.Path, "temporal.dump", BackupSamples.Copy(Store.Main).Custom(ArchiveCompression.Zstd, 16));

        (await JudgeAsync()).NotMet()["backup/tool-compatible"].Observed!.ShouldContain("version 1.16, which pg_restore 15 refuses; PostgreSQL 17 and later read it");
        (await JudgeAsync(terms => terms with { RestoreMajor = 17 })).NotMet().ShouldBeEmpty();
        (await JudgeAsync(terms => terms with { RestoreMajor = null })).NotMet()["backup/tool-compatible"].Result.ShouldBe(Result.Unanswered);
    }

    [Fact]
    public async Task A_plain_dump_under_the_name_of_an_archive_misleads()
    {
        foreach (var store in Enum.GetValues<Store>())
        {
            BackupSamples.Write(_folder.Path, $"{Recordings.Database(store)}.dump", Encoding.UTF8.GetBytes(ArchiveReaderTests.Restore("-f", "-", Recordings.Dump("1.29.1", store))));
        }

        var verdict = await JudgeAsync();

        verdict.NotMet()["backup/tool-compatible"].Observed!.ShouldContain("pg_restore refuses it, psql -f takes it");
        verdict.NotMet()["backup/visibility-fresh"].Observed.ShouldBe("it does not say when it was made");
        verdict.NotMet().ContainsKey("backup/main-fresh").ShouldBeFalse("its heartbeats tell");
        verdict.NotMet().ContainsKey("backup/complete").ShouldBeFalse();
    }

    [Fact]
    public async Task Of_several_dumps_the_newest_of_each_store_counts_and_the_others_are_named()
    {
        BackupSamples.Write(_folder.Path, "older.dump", File.ReadAllBytes(Recordings.Dump("1.27.3", Store.Main)));

        var verdict = await JudgeAsync();

        verdict.NotMet().ShouldBeEmpty();
        verdict.Set.Others.ShouldHaveSingleItem().ShouldContain("older.dump: main of 2026-11-23");
    }

    private async Task<BackupVerdict> JudgeAsync(Func<BackupTerms, BackupTerms>? change = null)
    {
        var set = await BackupSamples.ReadAsync(_folder.Path);
        var terms = BackupSamples.Terms(set);
        return BackupVerdict.Of(set, change is null ? terms : change(terms));
    }
}
