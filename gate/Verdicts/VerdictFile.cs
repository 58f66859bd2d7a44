using System.Text.Json.Serialization;

namespace TemporalConformance.Gate;

/// <summary>
/// The shape of <c>verdict.json</c>, kept apart from our own types because pipelines read it. Fields may be added; those
/// that are here stay, and none is ever left out.
/// </summary>
internal sealed record VerdictFile(
    int Schema,
    [property: JsonPropertyName("verdict")] Decision Decision,
    bool Partial,
    string Phase,
    string? Target,
    IReadOnlyList<string> Running,
    string? Cluster,
    string Tool,
    string CatalogDate,
    string Headline,
    string Reason,
    int ExitCode,
    string? RunningSource,
    string? ClusterName,
    string? SystemIdentifier,
    string? Ground,
    bool Demonstration,
    string? SettingsDigest,
    DateTimeOffset? Started,
    DateTimeOffset? Finished,
    DateTimeOffset Judged,
    IReadOnlyList<VerdictFilePhase> Phases,
    IReadOnlyList<EvidenceProblem> Problems,
    IReadOnlyList<VerdictFileCheck> Checks,
    IReadOnlyList<NotProven> NotProven,
    WaiverUse Waivers,
    IReadOnlyList<string> Notes,
    IReadOnlyList<PlannedChange> Changes)
{
    public static VerdictFile Of(Verdict verdict)
    {
        var identity = verdict.Identity;
        return new(
            1,
            verdict.Decision,
            verdict.Partial,
            string.Join(",", verdict.Phases.Select(phase => phase.Phase)),
            identity.Target,
            identity.Running,
            identity.Cluster,
            identity.Tool,
            identity.CatalogDate,
            verdict.Headline,
            verdict.Reason,
            verdict.ExitCode,
            identity.RunningSource,
            identity.ClusterName,
            identity.SystemIdentifier,
            identity.Ground,
            identity.Demonstration,
            identity.SettingsDigest,
            identity.Started,
            identity.Finished,
            identity.Judged,
            [.. verdict.Phases.Select(phase => new VerdictFilePhase(phase.Phase, phase.Decision, phase.Partial, phase.Headline, phase.Reason))],
            verdict.Problems,
            [.. verdict.Checks.Select(VerdictFileCheck.Of)],
            verdict.NotProven,
            verdict.Waivers,
            verdict.Notes,
            verdict.Changes);
    }
}

internal sealed record VerdictFilePhase(
    string Phase,
    [property: JsonPropertyName("verdict")] Decision Decision,
    bool Partial,
    string Headline,
    string Reason);

internal sealed record VerdictFileCheck(
    string Id,
    string Phase,
    Severity Severity,
    Result Result,
    string Message,
    string? Wanted,
    string? Observed,
    string? Where,
    string? Remedy,
    string? Cause,
    string? Link,
    string Sentence,
    double? Seconds,
    Waiver? Waiver)
{
    public static VerdictFileCheck Of(CheckVerdict check) => new(
        check.Id,
        check.Phase,
        check.Severity,
        check.Result,
        check.Message,
        check.Wanted,
        check.Observed,
        check.Where,
        check.Remedy,
        check.Cause,
        check.Link,
        check.Sentence,
        check.Seconds,
        check.Waiver);
}
