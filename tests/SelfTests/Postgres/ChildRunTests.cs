using System.Diagnostics;
using TemporalConformance.Environments;

namespace TemporalConformance.SelfTests;

/// <summary>Programs of other people, run to their end: here a shell.</summary>
public sealed class ChildRunTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_reads_what_is_written_for_it_and_the_end_of_it()
    {
        var end = await RunAsync("cat; echo end >&2", new ChildTerms { Input = (input, token) => input.WriteAsync("hello\n"u8.ToArray(), token).AsTask() });

        (end.ExitCode, end.Output, end.IsCut).ShouldBe((0, "hello\n", false));
        end.Words(said => said).ShouldBe("end");
    }

    [Fact]
    public async Task Without_an_input_it_meets_its_end_at_once_and_sees_none_of_our_settings()
    {
        var start = StoppableProcess.Start("/bin/sh");
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("cat; env");
        start.Environment["TEMPORAL_CONFORMANCE_STORES_MAIN_CONNECTION"] = "Host=db;Password=opensesame";

        var end = await ChildRun.RunAsync(start, new ChildTerms(), Token);

        end.ExitCode.ShouldBe(0);
        end.Output.ShouldNotContain("opensesame");
        end.Output.ShouldContain("PATH=");
    }

    [Fact]
    public async Task One_that_ends_before_it_has_read_everything_is_told_by_its_exit_code()
    {
        var end = await RunAsync("echo 'psql: error: no' >&2; exit 3", new ChildTerms
        {
            Input = (input, token) =>
            {
                var block = new byte[1 << 16];
                while (!token.IsCancellationRequested)
                {
                    input.Write(block);
                }

                token.ThrowIfCancellationRequested();
                return Task.CompletedTask;
            },
        });

        end.Ending.ShouldBe("ended with exit code 3");
        end.ErrorWords(said => said.Replace("no", "***", StringComparison.Ordinal)).ShouldBe("psql: error: ***");
    }

    [Fact]
    public async Task What_fails_to_feed_it_ends_it_before_its_input_looks_complete()
    {
        using var folder = new ScratchFolder();
        var whole = Path.Combine(folder.Path, "whole");

        await Should.ThrowAsync<InvalidDataException>(RunAsync($"cat >/dev/null; echo > '{whole}'", new ChildTerms
        {
            Input = (input, _) =>
            {
                input.Write("half"u8);
                input.Flush();
                throw new InvalidDataException("cut");
            },
        }));

        File.Exists(whole).ShouldBeFalse();
    }

    [Fact]
    public async Task Output_without_end_is_cut_and_lines_of_errors_are_kept_among_many()
    {
        var end = await RunAsync("yes | head -c 100000; echo 'x: error: first' >&2; seq 1000 >&2; exit 1", new ChildTerms { LargestOutput = 10 });

        (end.Output.Length, end.IsCut).ShouldBe((10, true));
        end.ErrorWords(said => said).ShouldBe("x: error: first");
        end.Said.Count.ShouldBeLessThan(100);
        end.Said[^1].ShouldBe("1000");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancelled_it_is_gone_when_this_returns(bool withDescendants)
    {
        using var stop = new CancellationTokenSource();
        var process = new TaskCompletionSource<int>();
        var start = withDescendants ? OwnSession.Shell("echo $$ >&2; sleep 600") : StoppableProcess.Start("/bin/sh");
        foreach (var argument in withDescendants ? Array.Empty<string>() : ["-c", "echo $$ >&2; exec sleep 600"])
        {
            start.ArgumentList.Add(argument);
        }

        var running = ChildRun.RunAsync(start, new ChildTerms { WithDescendants = withDescendants, OnErrorLine = line => process.TrySetResult(int.Parse(line, System.Globalization.CultureInfo.InvariantCulture)) }, stop.Token);
        var id = await process.Task.WaitAsync(Token);

        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(running);
        Should.Throw<ArgumentException>(() => Process.GetProcessById(id));
    }

    private static Task<ChildEnd> RunAsync(string script, ChildTerms terms)
    {
        var start = StoppableProcess.Start("/bin/sh");
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(script);
        return ChildRun.RunAsync(start, terms, Token);
    }
}
