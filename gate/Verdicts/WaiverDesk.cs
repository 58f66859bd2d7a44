namespace TemporalConformance.Gate;

/// <summary>Applies the waivers of one phase and keeps account of them.</summary>
internal sealed class WaiverDesk
{
    private readonly List<Waiver> _valid;
    private readonly List<Waiver> _expired;
    private readonly List<Waiver> _used = [];

    /// <summary>Sorts out which waivers concern this phase of this cluster, and which of them still hold.</summary>
    /// <param name="waivers">All waivers.</param>
    /// <param name="phase">The phase.</param>
    /// <param name="cluster">The cluster's id; null = not known, and no waiver for a named cluster concerns it.</param>
    /// <param name="now">The moment of judging; a waiver holds to the end of its last day in UTC.</param>
    public WaiverDesk(IReadOnlyList<Waiver> waivers, string phase, string? cluster, DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var ours = waivers.Where(waiver => (waiver.Phase ?? phase) == phase && (waiver.Cluster is null || waiver.Cluster == cluster)).ToList();
        _valid = [.. ours.Where(waiver => waiver.Until >= today)];
        _expired = [.. ours.Where(waiver => waiver.Until < today)];
    }

    /// <summary>What became of them so far.</summary>
    public WaiverUse Use => new([.. _used], [.. _expired], [.. _valid.Except(_used)]);

    /// <summary>A waiver covers one check and one result: who accepts "could not tell" has not accepted "is wrong".</summary>
    public CheckVerdict Cover(CheckVerdict verdict)
    {
        var waiver = verdict.Result is Result.Violated or Result.Unanswered
            ? _valid.Find(w => w.Id == verdict.Id && w.Covers == verdict.Result.Text())
            : null;
        if (waiver is null)
        {
            return verdict;
        }

        if (!_used.Contains(waiver))
        {
            _used.Add(waiver);
        }

        return verdict with { Result = Result.Waived, Waiver = waiver };
    }
}
