namespace TemporalConformance.Gate;

/// <summary>What became of one check in one phase.</summary>
/// <param name="Id">The check.</param>
/// <param name="Phase">The phase.</param>
/// <param name="Severity">The effective severity.</param>
/// <param name="Result">The result, after waivers.</param>
/// <param name="Sentence">The check's name as a sentence, true when met.</param>
/// <param name="Message">The answer's own sentence; of a met check its name.</param>
/// <param name="Wanted">What should have been seen.</param>
/// <param name="Observed">What was seen.</param>
/// <param name="Where">Where it was seen.</param>
/// <param name="Remedy">What to do next; null where nothing is to be done.</param>
/// <param name="Cause">The check whose red answer explains this one, or "scope".</param>
/// <param name="Link">Where the check is documented.</param>
/// <param name="Waiver">The waiver that covers the result.</param>
/// <param name="Seconds">How long the check took.</param>
public sealed record CheckVerdict(
    string Id,
    string Phase,
    Severity Severity,
    Result Result,
    string Sentence,
    string Message,
    string? Wanted,
    string? Observed,
    string? Where,
    string? Remedy,
    string? Cause,
    string? Link,
    Waiver? Waiver,
    double? Seconds)
{
    /// <summary>The cause of an answer that was left out on purpose: its system is not connected, or --only or --skip said so.</summary>
    public const string ScopeCause = "scope";

    /// <summary>True when the check was left out on purpose; the verdict is partial then.</summary>
    internal bool IsOutOfScope => Result == Result.NotApplicable && Cause == ScopeCause;

    internal bool IsRedBlocker(Result result) => Severity == Severity.Blocker && Result == result;
}

/// <summary>What became of the waivers.</summary>
/// <param name="Used">They cover a result of this verdict.</param>
/// <param name="Expired">Their day has passed: ignored.</param>
/// <param name="Unused">They hold and cover nothing here.</param>
public sealed record WaiverUse(IReadOnlyList<Waiver> Used, IReadOnlyList<Waiver> Expired, IReadOnlyList<Waiver> Unused)
{
    /// <summary>No waivers.</summary>
    public static WaiverUse None { get; } = new([], [], []);
}
