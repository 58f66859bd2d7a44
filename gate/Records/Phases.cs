namespace TemporalConformance.Gate;

/// <summary>
/// The names of the phases: the test assembly, the stem of its result files, <c>checks.json</c> and <c>run.json</c>
/// all use the same word.
/// </summary>
public static class Phases
{
    /// <summary>Before the upgrade.</summary>
    public const string PreUpgrade = "PreUpgrade";

    /// <summary>While the upgrade runs, and what its command left behind.</summary>
    public const string Around = "Around";

    /// <summary>After the upgrade.</summary>
    public const string PostUpgrade = "PostUpgrade";

    /// <summary>Real work through the front door.</summary>
    public const string Smoke = "Smoke";

    /// <summary>On a copy, before anything happens to the original.</summary>
    public const string Rehearsal = "Rehearsal";

    /// <summary>All of them, in the order in which an upgrade meets them.</summary>
    public static IReadOnlyList<string> All { get; } = [Rehearsal, PreUpgrade, Around, PostUpgrade, Smoke];

    /// <summary>The word after <c>./run.sh</c> that runs a phase again.</summary>
    public static string Command(string phase) => phase switch
    {
        PreUpgrade => "pre",
        PostUpgrade => "post",
        Smoke => "smoke",
        Rehearsal => "rehearse",
        Around => "around",
        _ => phase,
    };
}
