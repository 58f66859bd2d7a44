using TemporalConformance.Checks;

namespace TemporalConformance.SelfTests;

/// <summary>The median of paired differences and its interval.</summary>
public sealed class PairedGainTests
{
    [Theory]
    // The ranks of a two-sided 95 % interval of the median, as tables of the sign test have them: n = 6 takes the extremes, n = 15 the 4th and the 12th.
    [InlineData(6, 1, 6, 0.969)]
    [InlineData(10, 2, 9, 0.979)]
    [InlineData(15, 4, 12, 0.965)]
    [InlineData(20, 6, 15, 0.959)]
    public void The_interval_follows_from_the_order(int pairs, int low, int high, double confidence)
    {
        var normal = Enumerable.Range(1, pairs).Select(i => TimeSpan.FromMilliseconds(i)).ToList();

        var gain = PairedGain.Of([.. normal.Select(_ => TimeSpan.Zero)], normal);

        (gain.Low.TotalMilliseconds, gain.High.TotalMilliseconds).ShouldBe((low, high));
        gain.Confidence.ShouldBe(confidence, 0.001);
        gain.Median.TotalMilliseconds.ShouldBe((pairs + 1) / 2.0);
    }

    [Fact]
    public void Too_few_pairs_for_such_confidence_give_their_extremes_and_what_those_are_worth()
    {
        var gain = PairedGain.Of([TimeSpan.FromMilliseconds(3), TimeSpan.FromMilliseconds(1)], [TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(5)]);

        (gain.Low.TotalMilliseconds, gain.High.TotalMilliseconds, gain.Confidence).ShouldBe((-2, 4, 0.5));
    }

    [Fact]
    public void Times_that_are_no_pairs_are_refused() => Should.Throw<ArgumentException>(() => PairedGain.Of([TimeSpan.Zero], []));
}
