using System.Diagnostics;
using System.Text.Json;
using TemporalConformance.Cli;
using TemporalConformance.Facts;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>The command as pipelines call it: exit codes, words, JSON, and no cluster anywhere.</summary>
public sealed class VerifyBackupTests : IDisposable
{
    private const string LongAgo = "--set=backup.maxAge=9999d";

    private readonly ScratchFolder _folder = new();

    public VerifyBackupTests() => BackupSamples.Write(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_whole_backup_is_GO_and_every_rung_a_sentence()
    {
        var run = await RunAsync(["verify-backup", _folder.Path, LongAgo, "--cluster", BackupSamples.Cluster1273]);

        run.ExitCode.ShouldBe(0, run.Output);
        run.Output.ShouldContain("L0 The main dump was begun");
        run.Output.ShouldContain($"is of cluster active ({BackupSamples.Cluster1273}, 512 shards).");
        run.Output.ShouldContain("L0 The visibility dump was begun");
        run.Output.ShouldContain("L1 Complete: main schema 1.18 with all of its 39 tables; visibility schema 1.9 with all of its 3 tables.");
        run.Output.ShouldContain("L2 Read to the last byte");
        run.Output.ShouldContain("GO  L2: there, fresh, of this cluster; complete for its schema version; readable to the last byte.");
    }

    [Fact]
    public async Task A_dump_cut_at_40_percent_is_NO_GO_as_JSON_too()
    {
        var file = Path.Combine(_folder.Path, "temporal.dump");
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..526_554]);

        var run = await RunAsync(["verify-backup", _folder.Path, LongAgo, "--json"]);

        run.ExitCode.ShouldBe(1, run.Output);
        using var json = JsonDocument.Parse(run.Output);
        json.RootElement.GetProperty("verdict").GetString().ShouldBe("NO-GO");
        json.RootElement.GetProperty("rung").ValueKind.ShouldBe(JsonValueKind.Null, "the namespaces, which tell whose the visibility dump is, are behind the cut");
        var broken = json.RootElement.GetProperty("dumps")[0].GetProperty("break");
        broken.GetProperty("kind").GetString().ShouldBe("truncated");
        broken.GetProperty("byte").GetInt64().ShouldBe(526_554);
        json.RootElement.GetProperty("answers").EnumerateArray().Single(answer => answer.GetProperty("id").GetString() == "backup/readable-to-the-end")
            .GetProperty("result").GetString().ShouldBe("violated");
    }

    [Fact]
    public async Task Standard_input_is_read_as_one_dump()
    {
        var run = await RunAsync(["verify-backup", "-", LongAgo], File.ReadAllBytes(Recordings.Dump("1.27.3", Store.Visibility)));

        run.ExitCode.ShouldBe(0, run.Output);
        run.Output.ShouldContain("standard input");
        run.Output.ShouldContain("The other store's dump, which was not named");
        run.Output.ShouldContain("L2 Read to the last byte");
    }

    [Fact]
    public async Task A_place_that_is_not_there_is_a_mistake_of_the_command_line()
    {
        var run = await RunAsync(["verify-backup", Path.Combine(_folder.Path, "nothing")]);

        run.ExitCode.ShouldBe(64, run.Output);
        run.Output.ShouldContain("There is no file and no folder");
    }

    [Theory]
    [InlineData("s3:/bucket", "s3:/bucket")]
    [InlineData("s3://", "s3://")]
    [InlineData("s3://key:hunter2-hunter2@bucket/x", "s3:… (the rest is not shown, it may hold a secret)")]
    [InlineData("https://bucket.s3.amazonaws.com/x?X-Amz-Signature=hunter2-hunter2", "https://bucket.s3.amazonaws.com/x… (the rest is not shown, it may hold a secret)")]
    public async Task A_place_at_S3_that_is_none_is_a_mistake_of_the_command_line_and_of_the_settings(string place, string shown)
    {
        var run = await RunAsync(["verify-backup", place]);

        run.ExitCode.ShouldBe(64, run.Output);
        run.Output.ShouldContain($"observed  {shown}");
        run.Output.ShouldNotContain("hunter2");
        SettingsSource.Problem("{}", [$"backup.path={place}"]).ShouldBe($"""
            backup.path
              wanted:   a folder, or s3://bucket or s3://bucket/prefix; the server, where it is not AWS, stands in backup.s3.endpoint
              observed: {shown}
              where:    --set
              do:       Correct the option, or leave it out if it is not needed.
            """);
    }

    [Fact]
    public async Task An_object_store_that_does_not_answer_leaves_the_question_open()
    {
        var run = await RunAsync(["verify-backup", "s3://backups/temporal", "--set=backup.s3.endpoint=http://127.0.0.1:1", "--set=backup.s3.accessKey=hunter1-hunter1", "--set=backup.s3.secretKey=hunter2-hunter2"]);

        run.ExitCode.ShouldBe(2, run.Output);
        run.Output.ShouldContain("Nothing listens at http://127.0.0.1:1.");
        run.Output.ShouldNotContain("hunter");
    }

    [Fact]
    public async Task A_backup_is_not_made_at_S3()
    {
        var run = await RunAsync(["backup", "s3://backups/temporal"]);

        run.ExitCode.ShouldBe(64, run.Output);
        run.Output.ShouldContain("aws s3 cp --recursive");
    }

    private async Task<(int ExitCode, string Output)> RunAsync(string[] arguments, byte[]? input = null)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "temporal-conformance"), arguments)
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { [Installation.HomeVariable] = Checkout.Root },
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardInput.BaseStream.WriteAsync(input ?? [], TestContext.Current.CancellationToken);
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await errors);
    }
}
