using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.Probes;

namespace TemporalConformance.SelfTests;

/// <summary>Waiting for a cluster to come to rest: one series of looks for all who wait.</summary>
public sealed class SettlingTests
{
    private int _looks;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_condition_counts_once_it_has_held_and_both_times_are_told()
    {
        var settling = Of(settle: 10, hold: 0.5);
        var red = 2;

        var (_, rest) = await settling.AwaitAsync(_ => Fail(red-- > 0), Token, Token);

        rest.After.ShouldBeGreaterThan(TimeSpan.FromMilliseconds(300));
        rest.Held.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(0.5));
    }

    [Fact]
    public async Task What_broke_again_begins_to_hold_anew()
    {
        var seen = 0;

        var (_, rest) = await Of(settle: 10, hold: 0.5).AwaitAsync(_ => Fail(++seen == 2), Token, Token);

        rest.After.ShouldBeGreaterThan(TimeSpan.Zero);
        seen.ShouldBeGreaterThan(4);
    }

    [Fact]
    public async Task Time_that_runs_out_is_in_the_answer()
    {
        var answer = await Should.ThrowAsync<Violated>(() => Of(settle: 0.3, hold: 0.2).AwaitAsync(_ => Fail(true), Token, Token));

        answer.Observed.ShouldNotBeNull().ShouldStartWith("an offender\nstill so after ");
    }

    [Fact]
    public async Task Without_time_to_settle_one_look_decides()
    {
        var settling = Of(settle: 0, hold: 0);

        (await Should.ThrowAsync<Violated>(() => settling.AwaitAsync(_ => Fail(true), Token, Token))).Observed.ShouldBe("an offender");
        await settling.AwaitAsync(_ => Fail(false), Token, Token);
        _looks.ShouldBe(1);
    }

    [Fact]
    public async Task All_who_wait_share_the_looks_and_a_later_check_judges_those_that_are_there()
    {
        var settling = Of(settle: 10, hold: 1);
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => settling.AwaitAsync(_ => Fail(false), Token, Token)));
        var before = _looks;

        await settling.AwaitAsync(_ => Fail(false), Token, Token);

        _looks.ShouldBe(before);
        before.ShouldBeLessThan(9, "a look every 200 ms for a second");
    }

    private static void Fail(bool fails)
    {
        if (fails)
        {
            throw new Violated("Not yet.") { Observed = "an offender" };
        }
    }

    private Settling Of(double settle, double hold) => new(
        _ =>
        {
            Interlocked.Increment(ref _looks);
            return Task.FromResult(new ClusterState(new ClusterReading { At = DateTimeOffset.UnixEpoch, Frontends = [] }, null, null));
        },
        new PostSettings(TimeSpan.FromSeconds(settle), TimeSpan.FromSeconds(hold)));
}
