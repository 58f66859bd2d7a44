using TemporalConformance.Checks;
using TemporalConformance.Environments;
using TemporalConformance.Facts;
using TemporalConformance.Formats;
using TemporalConformance.Gate;
using TemporalConformance.Probes;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>Object stores that refuse, break off, or are not there, at the wire.</summary>
public sealed class S3PlaceTests
{
    private const string Dump = "backups/temporal.dump";

    private static readonly byte[] s_main = File.ReadAllBytes(Recordings.Dump("1.29.1", Store.Main));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_connection_that_ends_in_the_middle_leaves_the_question_open_and_is_no_cut_dump()
    {
        await using var store = new WireS3(request => request.IsList ? Listed(request) : WireS3.Answer("200 OK", s_main[..(s_main.Length / 2)], s_main.Length));

        var set = await ReadAsync(store);

        var broken = set.Main.ShouldNotBeNull().Archive.Break.ShouldNotBeNull();
        broken.Kind.ShouldBe(ArchiveBreakKind.Unreachable);
        broken.Sentence.ShouldContain($"the connection ended after {s_main.Length / 2:#,0} of {s_main.Length:#,0} bytes");
        BackupJudgement.ReadableToTheEnd(set).Result.ShouldBe(Result.Unanswered);
    }

    [Fact]
    public async Task An_object_that_was_changed_since_it_was_listed_is_not_read()
    {
        await using var store = new WireS3(request => request.IsList ? Listed(request) : WireS3.Answer("200 OK", s_main[..100]));

        (await ReadAsync(store)).Main.ShouldNotBeNull().Archive.Break.ShouldNotBeNull().Sentence.ShouldContain("was changed since it was listed");
    }

    [Fact]
    public async Task Objects_that_may_be_listed_and_not_read_leave_the_question_open()
    {
        await using var store = new WireS3(request => request.IsList ? Listed(request) : WireS3.Refusal("403 Forbidden", "AccessDenied", "Access Denied"));

        var set = await ReadAsync(store);

        set.Main.ShouldNotBeNull().Archive.Break.ShouldNotBeNull().Kind.ShouldBe(ArchiveBreakKind.NoPermission);
        BackupJudgement.ReadableToTheEnd(set).ShouldSatisfyAllConditions(text => text.Result.ShouldBe(Result.Unanswered), text => text.Observed!.ShouldContain("does not let us at s3://offsite/backups/temporal.dump: 403 AccessDenied"));
        (await BackupJudgementOfNameless()).ShouldContain("403 AccessDenied");

        async Task<string> BackupJudgementOfNameless()
        {
            // Nobody knows whether it is a dump; on a disk such a file is passed over.
            await using var other = new WireS3(request => request.IsList ? WireS3.Listing(request.IsOneLevel ? [] : [("backups/nameless", 100)]) : WireS3.Refusal("403 Forbidden", "AccessDenied", ""));
            return (await Should.ThrowAsync<UnauthorizedAccessException>(ReadAsync(other))).Message;
        }
    }

    [Theory]
    [InlineData("403 Forbidden", "SignatureDoesNotMatch", "does not accept the secret key: SignatureDoesNotMatch.")]
    [InlineData("403 Forbidden", "InvalidAccessKeyId", "does not know the access key: InvalidAccessKeyId.")]
    [InlineData("403 Forbidden", "AccessDenied", "does not let us at s3://offsite/backups: 403 AccessDenied.")]
    [InlineData("400 Bad Request", "ExpiredToken", "does not accept the session token: ExpiredToken.")]
    [InlineData("301 Moved Permanently", "PermanentRedirect", "says that the bucket offsite is in another region: PermanentRedirect.")]
    [InlineData("403 Forbidden", "RequestTimeTooSkewed", "has another time than this machine: RequestTimeTooSkewed.")]
    [InlineData("501 Not Implemented", "NotImplemented", "answered 501 NotImplemented when it was asked for s3://offsite/backups.")]
    public async Task A_refusal_is_a_sentence_with_a_remedy_and_nothing_that_was_sent(string status, string code, string sentence)
    {
        await using var store = new WireS3(request => WireS3.Refusal(status, code, $"You sent {request.Text}, and the secret is {WireS3.SecretKey}"));

        var refusal = await Should.ThrowAsync<S3RefusedException>(ReadAsync(store));

        refusal.Message.ShouldBe($"{store.Settings.Endpoint!.AbsoluteUri.TrimEnd('/')} {sentence}");
        refusal.Remedy.ShouldNotBeNullOrWhiteSpace();
        ShouldBeSilent(refusal);
    }

    [Fact]
    public async Task A_code_that_is_a_text_is_not_repeated()
    {
        await using var store = new WireS3(request => WireS3.Refusal("403 Forbidden", $"No {WireS3.SecretKey}", ""));

        ShouldBeSilent(await Should.ThrowAsync<S3RefusedException>(ReadAsync(store)));
    }

    [Fact]
    public async Task An_endpoint_where_nothing_listens_leaves_the_question_open()
    {
        var refusal = await Should.ThrowAsync<S3RefusedException>(ReadAsync(new S3Settings(new Uri($"http://127.0.0.1:{Ports.Free()}"), null, new Secret(WireS3.AccessKey), new Secret(WireS3.SecretKey), null, null)));

        refusal.Message.ShouldStartWith("Nothing listens at http://127.0.0.1:");
        refusal.Remedy.ShouldContain("backup.s3.endpoint");
        ShouldBeSilent(refusal);
    }

    [Fact]
    public async Task What_is_no_object_store_is_none()
    {
        await using var store = new WireS3(_ => WireS3.Answer("200 OK", "<html>Welcome</html>"u8.ToArray()));

        // An answer that is none of S3's says nothing of what there is; it is not taken for an empty bucket.
        var refusal = await Should.ThrowAsync<S3RefusedException>(ReadAsync(store));

        refusal.Message.ShouldEndWith("does not answer as an object store does when it is asked for s3://offsite/backups.");
    }

    [Fact]
    public async Task More_objects_than_are_looked_at_are_said()
    {
        await using var store = new WireS3(request => request.IsOneLevel ? WireS3.Listing([]) : WireS3.Listing(Enumerable.Range(0, 20_000).Select(number => ($"backups/{number}.dump", 1L)), "next"));

        var refusal = await Should.ThrowAsync<S3RefusedException>(ReadAsync(store));

        refusal.Message.ShouldBe("s3://offsite/backups has more than 100,000 objects, and more are not looked at.");
        store.Requests.ShouldBe(7);
    }

    [Fact]
    public async Task No_credentials_anywhere_are_said_at_once()
    {
        var refusal = await Should.ThrowAsync<S3RefusedException>(ReadAsync(new S3Settings(new Uri("http://127.0.0.1:1"), null, null, null, null, null)));

        refusal.Message.ShouldStartWith("There are no credentials for s3://… places");
        refusal.Remedy.ShouldContain("AWS_ACCESS_KEY_ID");
    }

    [Fact]
    public async Task An_authority_that_cannot_be_read_is_named()
    {
        var refusal = await Should.ThrowAsync<S3RefusedException>(ReadAsync(new S3Settings(new Uri("https://127.0.0.1:1"), null, new Secret("a"), new Secret("b"), null, "/nowhere/ca.pem")));

        refusal.Message.ShouldStartWith("/nowhere/ca.pem could not be read as certificates");
    }

    [Fact]
    public async Task A_copy_that_is_brought_here_is_its_owners_alone_and_goes_away()
    {
        using var parent = new ScratchFolder();
        await using var store = new WireS3(request => request.IsList ? WireS3.Listing([(Dump, s_main.Length)]) : WireS3.Answer("200 OK", s_main));

        string here;
        using (var copies = await LocalCopies.MakeAsync(store.Settings, [("s3://offsite/" + Dump, 1), ("/on/a/disk", 1)], parent.Path, Token))
        {
            here = copies.Of("s3://offsite/" + Dump);
            (await File.ReadAllBytesAsync(here, Token)).ShouldBe(s_main);
            copies.Of("/on/a/disk").ShouldBe("/on/a/disk");
            if (!OperatingSystem.IsWindows())
            {
                File.GetUnixFileMode(here).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
                File.GetUnixFileMode(Path.GetDirectoryName(here)!).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }

        Directory.EnumerateFileSystemEntries(parent.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_copy_that_breaks_off_or_has_no_room_leaves_nothing_behind()
    {
        using var parent = new ScratchFolder();
        await using var store = new WireS3(request => request.IsList ? WireS3.Listing([(Dump, s_main.Length)]) : WireS3.Answer("200 OK", s_main[..1000], s_main.Length));

        var broken = await Should.ThrowAsync<EnvironmentException>(LocalCopies.MakeAsync(store.Settings, [("s3://offsite/" + Dump, 1)], parent.Path, Token));
        var full = await Should.ThrowAsync<EnvironmentException>(LocalCopies.MakeAsync(store.Settings, [("s3://offsite/" + Dump, long.MaxValue / 2)], parent.Path, Token));

        broken.Message.ShouldContain("the connection ended after 1,000 of");
        full.Message.ShouldStartWith($"The backup cannot be brought here to be restored: {parent.Path} has ");
        Directory.EnumerateFileSystemEntries(parent.Path).ShouldBeEmpty();
    }

    private static byte[] Listed(WireRequest request) => WireS3.Listing(request.IsOneLevel ? [] : [(Dump, s_main.Length)]);

    private static Task<BackupSet> ReadAsync(WireS3 store) => ReadAsync(store.Settings);

    private static async Task<BackupSet> ReadAsync(S3Settings settings)
    {
        using var places = new FilePlaces(settings);
        return await BackupSet.ReadAsync(await places.OpenAsync("s3://offsite/backups", Token), null, Token);
    }

    private static void ShouldBeSilent(Exception refusal)
    {
        var said = refusal.ToString();
        refusal.InnerException.ShouldBeNull();
        said.ShouldNotContain(WireS3.AccessKey);
        said.ShouldNotContain(WireS3.SecretKey);
        said.ShouldNotContain("Signature=");
        said.ShouldNotContain("AWS4-HMAC");
    }
}
