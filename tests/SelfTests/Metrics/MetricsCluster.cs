using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.Probes;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>Looks at a stand-in of metrics as a run does, without one.</summary>
internal static class MetricsCluster
{
    /// <summary>Requests a second at which enough happens between two scrapes a moment apart.</summary>
    public const double Busy = 200_000;

    /// <summary>No credentials.</summary>
    public static HttpCredentials Open { get; } = new(null, null, null, null, null, null);

    /// <summary>A probe of all its processes.</summary>
    public static MetricsProbe Probe(MetricsStandIn standIn, HttpCredentials? credentials = null, TimeSpan? limit = null) => new(
        new MetricsAccess([.. standIn.Endpoints.Select(endpoint => new MetricsEndpoint(endpoint))], credentials ?? Open)
        {
            Limits = MetricsLimitsOfReading.Default with { Scrape = limit ?? TimeSpan.FromSeconds(10) },
        },
        new CallCounter());

    /// <summary>One look.</summary>
    public static async Task<MetricsLook> LookAsync(MetricsStandIn standIn) =>
        ScrapeLooks.Look(await Probe(standIn).ReadAsync(TestContext.Current.CancellationToken));

    /// <summary>What happens in a moment.</summary>
    /// <param name="standIn">The processes.</param>
    /// <param name="between">What is done between the two scrapes; null = nothing.</param>
    public static async Task<MetricsTraffic> TrafficAsync(MetricsStandIn standIn, Func<Task>? between = null)
    {
        var token = TestContext.Current.CancellationToken;
        var probe = Probe(standIn);
        var first = await probe.ReadAsync(token);
        await (between?.Invoke() ?? Task.CompletedTask);
        return ScrapeLooks.Traffic(await new MetricsSampling(probe, TimeSpan.FromMilliseconds(100)).TakeAsync(first, token)).ShouldNotBeNull();
    }

    /// <summary>The answer of a judgement; null where it is met.</summary>
    public static Answered? AnswerOf(Action judge)
    {
        try
        {
            judge();
            return null;
        }
        catch (Answered answer)
        {
            return answer;
        }
    }
}
