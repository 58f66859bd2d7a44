using TemporalConformance.Checks;
using TemporalConformance.Environments;
using TemporalConformance.Facts;
using TemporalConformance.Gate;
using TemporalConformance.Probes;

namespace TemporalConformance.SelfTests;

/// <summary>Backups of whole servers, by the word of the tool that makes them.</summary>
public sealed class ServerBackupTests
{
    private const string Server = "7712073629996283345";

    private static readonly DateTimeOffset s_now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    private static readonly ServerBackup s_good = new()
    {
        Id = "20261125-110000F",
        Finished = s_now.AddHours(-1),
        SystemIdentifier = Server,
        Databases = ["postgres", "temporal", "temporal_visibility"],
        Verified = new(s_now.AddHours(-1), true, "pgbackrest verify"),
        OffStorage = true,
        Place = "s3://backups",
    };

    [Fact]
    public void A_verified_backup_of_the_server_of_both_stores_meets_everything() =>
        Judge(s_good).Values.ShouldAllBe(text => text.Result == Result.Met || text.Result == Result.NotApplicable);

    public static TheoryData<string, string, Result, string> Faults => new()
    {
        { "old", "backup/main-fresh", Result.Violated, "is too old" },
        { "another server", "backup/visibility-fresh", Result.Violated, "There is no backup of the visibility store's server." },
        { "server not told", "backup/main-fresh", Result.Unanswered, "No backup says that it is of the main store's server." },
        { "from the future", "backup/main-fresh", Result.Unanswered, "could not be told" },
        { "never verified", "backup/readable-to-the-end", Result.Unanswered, "was never verified" },
        { "verified long ago", "backup/readable-to-the-end", Result.Unanswered, "was verified" },
        { "found damaged", "backup/readable-to-the-end", Result.Violated, "checksum invalid: 1" },
        { "without a database", "backup/complete", Result.Violated, "and not temporal_visibility" },
        { "not whole", "backup/complete", Result.Violated, "the upload failed" },
        { "on the same storage", "backup/stored-away", Result.Violated, "on the databases' own storage" },
        { "nobody knows where", "backup/stored-away", Result.Unanswered, "nobody says where that is" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void One_fault_is_told(string fault, string check, Result result, string part)
    {
        var text = Judge(fault switch
        {
            "old" => s_good with { Finished = s_now.AddHours(-25) },
            "another server" => s_good with { SystemIdentifier = "1" },
            "server not told" => s_good with { SystemIdentifier = null },
            "from the future" => s_good with { RestorableTo = s_now.AddHours(1) },
            "never verified" => s_good with { Verified = null },
            "verified long ago" => s_good with { Verified = s_good.Verified! with { At = s_now.AddDays(-8) } },
            "found damaged" => s_good with { Verified = s_good.Verified! with { Ok = false, Said = "checksum invalid: 1" } },
            "without a database" => s_good with { Databases = ["temporal"] },
            "not whole" => s_good with { Error = "the upload failed" },
            "on the same storage" => s_good with { OffStorage = false },
            _ => s_good with { OffStorage = null },
        })[check];

        text.Result.ShouldBe(result);
        $"{text.Sentence}\n{text.Observed}".ShouldContain(part);
    }

    [Fact]
    public void Two_servers_need_backups_that_lead_to_one_moment()
    {
        var main = s_good with { SystemIdentifier = null, Stores = ["main"] };
        var visibility = main with { Id = "other", Stores = ["visibility"], Finished = main.Finished.AddHours(-3) };

        Judge(main, visibility)["backup/same-moment"].Result.ShouldBe(Result.Violated);
        Judge(main with { RestorableTo = s_now }, visibility with { RestorableTo = s_now.AddMinutes(-1) })["backup/same-moment"].Result.ShouldBe(Result.Met);
        Judge(main, visibility)["backup/main-fresh"].Sentence.ShouldContain("as the command says");
    }

    [Fact]
    public async Task The_command_prints_JSON_or_is_told_what_is_wrong()
    {
        var scrubber = new SecretScrubber([new Secret("opensesame")]);
        var token = TestContext.Current.CancellationToken;
        var told = await BackupTools.AskAsync(
            """printf '{ "tool": "snapshots", "backups": [{ "id": "s1", "finished": "2026-11-25T11:00:00Z", "stores": ["main"], "verified": { "at": "2026-11-24T00:00:00Z", "ok": true, "by": "a restore" } }] }'""", scrubber, token);
        told.Backups.ShouldHaveSingleItem().Verified.ShouldNotBeNull().By.ShouldBe("a restore");

        (await Should.ThrowAsync<BackupFailedException>(BackupTools.AskAsync("echo no", scrubber, token))).Message.ShouldContain("printed something else");
        (await Should.ThrowAsync<BackupFailedException>(BackupTools.AskAsync("""echo '{ "tool": "x" }'""", scrubber, token))).Message.ShouldContain("backups");
        (await Should.ThrowAsync<BackupFailedException>(BackupTools.AskAsync("echo wrong opensesame >&2; exit 3", scrubber, token))).Message.ShouldBe("backup.command ended with exit code 3: wrong ***");
    }

    private static Dictionary<string, AnswerText> Judge(params ServerBackup[] backups)
    {
        var terms = new BackupTerms
        {
            Now = s_now,
            MaxAge = TimeSpan.FromHours(24),
            Shapes = (_, _) => [],
            Servers = backups.Any(one => one.Stores is not null) ? new Dictionary<Store, string>() : new() { [Store.Main] = Server, [Store.Visibility] = Server },
        };
        return new ServerBackupJudgement(
            new ServerBackups { Tool = "snapshots", Backups = backups }, terms, new Dictionary<Store, string> { [Store.Main] = "temporal", [Store.Visibility] = "temporal_visibility" }, TimeSpan.FromDays(7))
            .Judge().ToDictionary(answer => answer.Check, answer => answer.Text);
    }
}
