using System.Diagnostics;
using TemporalConformance.Probes;

namespace TemporalConformance.SelfTests;

/// <summary>Calls of a run are counted by method, and held back to a number a second.</summary>
public sealed class CallPaceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_more_calls_a_second_than_allowed_and_nobody_is_turned_away()
    {
        using var pace = new CallPace(20);
        var watch = Stopwatch.StartNew();

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => pace.WaitAsync(Token).AsTask()));

        // 20 at once, 20 after the first second, the last 10 after the second one.
        watch.Elapsed.ShouldBeGreaterThan(TimeSpan.FromSeconds(1.8));
    }

    [Fact]
    public async Task A_wait_ends_with_its_token()
    {
        using var pace = new CallPace(1);
        using var stop = new CancellationTokenSource();
        await pace.WaitAsync(Token);

        var waiting = pace.WaitAsync(stop.Token).AsTask();
        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task The_frontends_are_asked_at_the_pace_and_every_call_is_counted()
    {
        await using var server = await GuardedFrontend.StartAsync(new Guard(), Token);
        using var pace = new CallPace(5);
        var counter = new CallCounter();
        await using var connection = await new TemporalProbe(new TemporalAccess("any", null, null, TimeSpan.FromSeconds(10)) { Pace = pace }, counter).OpenAsync(server.Address, Token);
        var watch = Stopwatch.StartNew();

        await Task.WhenAll(Enumerable.Range(0, 9).Select(_ => connection.Workflow((service, options) => service.GetClusterInfoAsync(new(), options), Token)));

        watch.Elapsed.ShouldBeGreaterThan(TimeSpan.FromSeconds(0.8));
        counter.CallsByMethod.ShouldBe(new Dictionary<string, int> { ["GetClusterInfo"] = 9, ["GetSystemInfo"] = 1 });
        counter.Calls.ShouldBe(10);
        server.Calls.Count.ShouldBe(10);
    }
}
