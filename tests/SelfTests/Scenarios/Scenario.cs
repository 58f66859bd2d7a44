using TemporalConformance.Checks;
using TemporalConformance.Gate;

namespace TemporalConformance.SelfTests;

/// <summary>
/// A cluster with one thing about it, and what the gate has to say: the decision, exactly the checks that are red, and the words of the first.
/// Known-bad is known-good and one change.
/// </summary>
/// <param name="Name">A sentence that says what is special.</param>
/// <param name="Phase">The phase that is asked.</param>
/// <param name="Decision">What the gate decides.</param>
public sealed record Scenario(string Name, UpgradePhase Phase, Decision Decision)
{
    /// <summary>The checks that are violated, each with a part of its sentence.</summary>
    public IReadOnlyDictionary<string, string> Violated { get; init; } = new Dictionary<string, string>();

    /// <summary>The checks that are unanswered, each with a part of its sentence.</summary>
    public IReadOnlyDictionary<string, string> Unanswered { get; init; } = new Dictionary<string, string>();

    /// <summary>The state of the databases before the change.</summary>
    public Recorded Sample { get; init; } = Recorded.Real1273;

    /// <summary>Statements on the main store.</summary>
    public string Main { get; init; } = "";

    /// <summary>Statements on the visibility store.</summary>
    public string Visibility { get; init; } = "";

    /// <summary>Settings beside the two connections; a value of null takes one away.</summary>
    public IReadOnlyDictionary<string, string?> Sets { get; init; } = new Dictionary<string, string?>();

    /// <summary>Changes the connections themselves: main and visibility in, main and visibility out.</summary>
    public Func<string, string, (string Main, string Visibility)> Wiring { get; init; } = (main, visibility) => (main, visibility);

    /// <summary>Part of the name of the cluster of which the baseline is; null for the one that is asked.</summary>
    public Func<Baseline, Baseline?> Before { get; init; } = baseline => baseline;

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>A state that databases can be in before a scenario changes one thing.</summary>
public enum Recorded
{
    /// <summary>What a real 1.27.3 cluster wrote: schemas 1.16 and 1.9.</summary>
    Real1273,

    /// <summary>What a real 1.29.1 cluster wrote: schemas 1.18 and 1.9.</summary>
    Real1291,

    /// <summary>No database that Temporal has ever seen.</summary>
    Empty,
}
