namespace TemporalConformance.SelfTests;

/// <summary>Every scenario. The advisories that the recorded hop 1.27.3 → 1.29.1 always raises are named once, in <see cref="Hop"/>.</summary>
public static partial class Scenarios
{
    /// <summary>What is red about 1.27.3 → 1.29.1 itself: upstream wants each minor, and 1.29.1 lacks later fixes.</summary>
    private static readonly Dictionary<string, string> Hop = new()
    {
        ["path/sequential-minors"] = "Upstream supports one minor version at a time",
        ["path/security-regression"] = "security fixes",
    };

    /// <summary>The scenarios of every phase.</summary>
    public static IReadOnlyList<Scenario> All { get; } = [.. Paths, .. Schemas, .. Databases, .. DatabaseDepths, .. MigrationFiles, .. Identities, .. Workflows];

    private static Dictionary<string, string> And(string id, string message) => new(Hop) { [id] = message };

    private static Dictionary<string, string> Reds(params (string Id, string Message)[] reds) => reds.ToDictionary(red => red.Id, red => red.Message);

    private static Dictionary<string, string> HopAnd(params (string Id, string Message)[] reds) =>
        Hop.Concat(Reds(reds)).ToDictionary(red => red.Key, red => red.Value);

    /// <summary>The checks of databases that cannot be answered where nothing says which steps are pending.</summary>
    private static (string Id, string Message)[] NothingPending(string message) =>
    [
        ("database/migration-privileges", message), ("database/runtime-privileges", message), ("database/no-blocking-locks", message), ("database/disk-headroom", message),
    ];

    private static Dictionary<string, string?> Set(params (string Key, string? Value)[] sets) => sets.ToDictionary(set => set.Key, set => set.Value);
}
