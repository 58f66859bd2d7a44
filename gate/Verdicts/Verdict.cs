using System.Text.Json;

namespace TemporalConformance.Gate;

/// <summary>The verdict of one phase.</summary>
public sealed record PhaseVerdict
{
    /// <summary>A word of <see cref="Phases"/>.</summary>
    public required string Phase { get; init; }

    /// <summary>The decision.</summary>
    public required Decision Decision { get; init; }

    /// <summary>True when something was left out of scope.</summary>
    public required bool Partial { get; init; }

    /// <summary>True when every check was out of scope: UNDECIDED by itself, and silent beside phases that were asked something.</summary>
    public required bool NothingAsked { get; init; }

    /// <summary>The decision as the report shows it: "GO (partial: path, schema)".</summary>
    public string Headline { get; init; } = "";

    /// <summary>One sentence that says why.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The run record, where there is one that can be read.</summary>
    public required RunRecord? Run { get; init; }

    /// <summary>Every check of the phase, in the order of the roll.</summary>
    public required IReadOnlyList<CheckVerdict> Checks { get; init; }

    /// <summary>What is wrong with the evidence.</summary>
    public required IReadOnlyList<EvidenceProblem> Problems { get; init; }

    /// <summary>What a reader should know and nothing hangs on: differences between TRX and log, trouble outside the checks.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>What a GO would not prove.</summary>
    public required IReadOnlyList<NotProven> NotProven { get; init; }

    /// <summary>What became of the waivers.</summary>
    public required WaiverUse Waivers { get; init; }
}

/// <summary>Who judged what.</summary>
public sealed record VerdictIdentity
{
    /// <summary>Name and version of the tool.</summary>
    public required string Tool { get; init; }

    /// <summary>The date of its catalog, yyyy-MM-dd.</summary>
    public required string CatalogDate { get; init; }

    /// <summary>The moment of judging.</summary>
    public required DateTimeOffset Judged { get; init; }

    /// <summary>The release to upgrade to; null = not known.</summary>
    public string? Target { get; init; }

    /// <summary>The release that ran before the upgrade, or every one that may have; empty = not known.</summary>
    public IReadOnlyList<string> Running { get; init; } = [];

    /// <summary>Where <see cref="Running"/> comes from.</summary>
    public string? RunningSource { get; init; }

    /// <summary>The cluster's id.</summary>
    public string? Cluster { get; init; }

    /// <summary>The cluster's name.</summary>
    public string? ClusterName { get; init; }

    /// <summary>PostgreSQL's system identifier.</summary>
    public string? SystemIdentifier { get; init; }

    /// <summary>What was asked, in one sentence.</summary>
    public string? Ground { get; init; }

    /// <summary>True when no real system was asked.</summary>
    public bool Demonstration { get; init; }

    /// <summary>Digest of the settings.</summary>
    public string? SettingsDigest { get; init; }

    /// <summary>When the first phase started.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>When the last phase ended.</summary>
    public DateTimeOffset? Finished { get; init; }

    /// <summary>Takes what the runs say; what they say counts for more than what the tool assumed.</summary>
    internal VerdictIdentity With(IReadOnlyList<PhaseVerdict> phases)
    {
        var runs = phases.Select(phase => phase.Run).OfType<RunRecord>().ToList();
        var first = runs.FirstOrDefault();
        var known = runs.Find(run => run.Cluster is not null);
        return first is null ? this : this with
        {
            Tool = first.Tool,
            CatalogDate = first.CatalogDate,
            Target = first.Target,
            Running = first.Running,
            RunningSource = first.RunningSource,
            Cluster = known?.Cluster ?? Cluster,
            ClusterName = known?.ClusterName ?? ClusterName,
            SystemIdentifier = runs.Find(run => run.SystemIdentifier is not null)?.SystemIdentifier ?? SystemIdentifier,
            Ground = first.Ground,
            Demonstration = runs.Exists(run => run.Demonstration),
            SettingsDigest = first.SettingsDigest,
            Started = runs.Min(run => run.Started),
            Finished = runs.Exists(run => run.Finished is null) ? null : runs.Max(run => run.Finished),
        };
    }
}

/// <summary>The verdict of a command: what <c>verdict.json</c> holds.</summary>
public sealed record Verdict
{
    /// <summary>The decision.</summary>
    public required Decision Decision { get; init; }

    /// <summary>True when something was left out of scope.</summary>
    public required bool Partial { get; init; }

    /// <summary>The decision as reports show it: "GO (partial: path, schema)".</summary>
    public required string Headline { get; init; }

    /// <summary>One sentence that says why.</summary>
    public required string Reason { get; init; }

    /// <summary>Who judged what.</summary>
    public required VerdictIdentity Identity { get; init; }

    /// <summary>The phases it is the worst of, in order.</summary>
    public required IReadOnlyList<PhaseVerdict> Phases { get; init; }

    /// <summary>What is wrong with the evidence, of all phases and between them.</summary>
    public required IReadOnlyList<EvidenceProblem> Problems { get; init; }

    /// <summary>What a reader should know and nothing hangs on.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>What a GO would not prove.</summary>
    public required IReadOnlyList<NotProven> NotProven { get; init; }

    /// <summary>What became of the waivers.</summary>
    public required WaiverUse Waivers { get; init; }

    /// <summary>Every check of every phase.</summary>
    public IReadOnlyList<CheckVerdict> Checks => [.. Phases.SelectMany(phase => phase.Checks)];

    /// <summary>What the upgrade will change, object by object, as the first phase that knows it says.</summary>
    public IReadOnlyList<PlannedChange> Changes => Phases.Select(phase => phase.Run?.Changes).FirstOrDefault(changes => changes is { Count: > 0 }) ?? [];

    /// <summary>0 GO, 1 NO-GO, 2 UNDECIDED.</summary>
    public int ExitCode => Decision.ExitCode();

    /// <summary>What stands in the results folder from the first act of a command to its last.</summary>
    public static Verdict Unfinished(VerdictIdentity identity) => new()
    {
        Decision = Decision.Undecided,
        Partial = false,
        Headline = Decision.Undecided.Text(),
        Reason = "run not finished",
        Identity = identity,
        Phases = [],
        Problems = [new(null, "run not finished", "a run that came to its end", "a run that began", "this folder", "Run the command again.", Refused: true)],
        Notes = [],
        NotProven = [],
        Waivers = WaiverUse.None,
    };

    /// <summary>The text of <c>verdict.json</c>, ending in a newline.</summary>
    public string ToJson() => JsonSerializer.Serialize(VerdictFile.Of(this), GateJson.Indented.VerdictFile) + "\n";
}
