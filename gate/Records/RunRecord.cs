using System.Text.Json;

namespace TemporalConformance.Gate;

/// <summary>Something that a GO would not prove.</summary>
/// <param name="What">The thing, in a few words.</param>
/// <param name="Why">Why it was not asked or could not be told.</param>
/// <param name="AnsweredBy">What would answer it, or null where nothing does.</param>
public sealed record NotProven(string What, string Why, string? AnsweredBy);

/// <summary>Which part of the world a run was asked about.</summary>
public sealed record ScopeRecord
{
    /// <summary>True when something was left out.</summary>
    public required bool Partial { get; init; }

    /// <summary>Systems that the settings name: "postgresql", "temporal", "kubernetes".</summary>
    public required IReadOnlyList<string> Connected { get; init; }

    /// <summary>Systems that no setting names; checks that need one are out of scope.</summary>
    public required IReadOnlyList<string> NotConnected { get; init; }

    /// <summary>Subjects or ids of <c>--only</c>; empty = all.</summary>
    public required IReadOnlyList<string> Only { get; init; }

    /// <summary>Subjects or ids of <c>--skip</c>.</summary>
    public required IReadOnlyList<string> Skip { get; init; }
}

/// <summary>How a condition that PostUpgrade awaits came about.</summary>
/// <param name="Id">The check.</param>
/// <param name="AfterSeconds">From the first look until it began to hold.</param>
/// <param name="HeldSeconds">For how long it was then seen to hold.</param>
public sealed record SettledRecord(string Id, double AfterSeconds, double HeldSeconds);

/// <summary>What the upgrade will do with one object of the installation.</summary>
/// <param name="Name">Kind and name: <c>Deployment/temporal-history</c>.</param>
/// <param name="What"><c>runs</c>, <c>new</c>, <c>changes</c> or <c>removed</c>.</param>
/// <param name="Fields">What changes in it, a phrase each; no secret.</param>
public sealed record PlannedChange(string Name, string What, IReadOnlyList<string> Fields);

/// <summary>
/// <c>&lt;Phase&gt;.run.json</c>: which cluster, which release, which severities and which scope the answers are about.
/// The run writes it when it starts and again, with <see cref="Finished"/>, when it ends.
/// </summary>
public sealed record RunRecord
{
    /// <summary>Version of this format: 1.</summary>
    public int Schema { get; init; } = 1;

    /// <summary>A word of <see cref="Phases"/>.</summary>
    public required string Phase { get; init; }

    /// <summary>The release to upgrade to, "1.29.1".</summary>
    public required string Target { get; init; }

    /// <summary>The release that runs, or every release that may: one is certainty.</summary>
    public required IReadOnlyList<string> Running { get; init; }

    /// <summary>Where <see cref="Running"/> comes from, in a few words.</summary>
    public required string RunningSource { get; init; }

    /// <summary>The cluster's id, or null where it could not be read.</summary>
    public string? Cluster { get; init; }

    /// <summary>The cluster's name.</summary>
    public string? ClusterName { get; init; }

    /// <summary>PostgreSQL's system identifier, in decimal.</summary>
    public string? SystemIdentifier { get; init; }

    /// <summary>Name and version of the tool that asked.</summary>
    public required string Tool { get; init; }

    /// <summary>The date of the catalog of releases, yyyy-MM-dd.</summary>
    public required string CatalogDate { get; init; }

    /// <summary>Digest of every setting that differs from its default.</summary>
    public required string SettingsDigest { get; init; }

    /// <summary>When the first question was asked.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When the last answer was written; null = the run did not end.</summary>
    public DateTimeOffset? Finished { get; init; }

    /// <summary>What was asked, in one plain sentence.</summary>
    public required string Ground { get; init; }

    /// <summary>True when no real system was asked.</summary>
    public required bool Demonstration { get; init; }

    /// <summary>What was left out.</summary>
    public required ScopeRecord Scope { get; init; }

    /// <summary>The effective severity of every check of the phase.</summary>
    public required IReadOnlyDictionary<string, Severity> Severities { get; init; }

    /// <summary>Why a severity is not the default, by id.</summary>
    public required IReadOnlyDictionary<string, string> SeverityOrigins { get; init; }

    /// <summary>What this run cannot prove.</summary>
    public required IReadOnlyList<NotProven> NotProven { get; init; }

    /// <summary>What went wrong outside the checks.</summary>
    public required IReadOnlyList<string> Trouble { get; init; }

    /// <summary>SQL statements sent.</summary>
    public required int Statements { get; init; }

    /// <summary>Times that a database was sent something and awaited.</summary>
    public int RoundTrips { get; init; }

    /// <summary>Bytes that databases sent.</summary>
    public long Bytes { get; init; }

    /// <summary>API calls made.</summary>
    public required int Calls { get; init; }

    /// <summary>The same by method, sorted by name; null in records of older versions of this tool.</summary>
    public IReadOnlyDictionary<string, int>? CallsByMethod { get; init; }

    /// <summary>What happened to the baseline, a sentence, or null.</summary>
    public string? Baseline { get; init; }

    /// <summary>Figures that checks have measured, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What the upgrade will change, object by object, the step that migrates first; empty where nothing shows it.</summary>
    public IReadOnlyList<PlannedChange> Changes { get; init; } = [];

    /// <summary>The conditions that were awaited and came about, by id.</summary>
    public IReadOnlyList<SettledRecord> Settled { get; init; } = [];

    /// <summary>Reads run.json.</summary>
    /// <param name="json">The file's text.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <exception cref="GateInputException">It is not a run record of schema 1.</exception>
    public static RunRecord Parse(string json, string file = "run.json")
    {
        var record = GateJson.Read(json, GateJson.Indented.RunRecord, file, "the record of a run");
        return record.Schema == 1 ? record : throw new GateInputException(file, 0, 0, "schema 1", $"schema {record.Schema}");
    }

    /// <summary>The file's text, ending in a newline.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, GateJson.Indented.RunRecord) + "\n";
}
