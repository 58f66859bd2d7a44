namespace TemporalConformance.Gate;

/// <summary>Somebody's word that the upgrade goes on although a check is red: one entry of <c>waivers.json</c>.</summary>
/// <param name="Id">The check.</param>
/// <param name="Phase">The phase it holds for; null = every phase.</param>
/// <param name="Cluster">The id of the cluster it holds for; null = every cluster.</param>
/// <param name="Covers">"unanswered" or "violated": the one result it covers, and no other.</param>
/// <param name="Reason">Why going on is right.</param>
/// <param name="Owner">Who answers for it.</param>
/// <param name="Until">The last day on which it holds, in UTC.</param>
public sealed record Waiver(string Id, string? Phase, string? Cluster, string Covers, string Reason, string Owner, DateOnly Until);
