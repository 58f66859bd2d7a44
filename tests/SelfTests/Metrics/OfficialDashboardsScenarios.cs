using System.Text.RegularExpressions;
using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.Formats;
using TemporalConformance.Gate;

namespace TemporalConformance.SelfTests;

/// <summary>
/// The official dashboards before and after the upgrade from 1.27.3 to 1.29.1, on real scrapes with both reporters: green, but for what
/// <see cref="OfficialExceptions"/> lists with its reason.
/// </summary>
public sealed partial class OfficialDashboardsScenarios
{
    private const string Resolve = "metrics/dashboards-resolve";
    private const string Meanings = "metrics/changed-meanings";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task With_tally_they_hold_but_for_what_is_listed(bool published)
    {
        var official = published ? OfficialDashboards.Published() : OfficialDashboards.Derived();
        await using var phases = await MetricsPhases.StartAsync();
        var dashboards = ("prometheus.dashboards", OfficialDashboards.Write(official, Path.Combine(phases.Folder, "official")));

        var before = await phases.AskAsync(UpgradePhase.PreUpgrade, dashboards);
        await phases.UpgradeAsync();
        var after = await phases.AskAsync(UpgradePhase.PostUpgrade, dashboards);

        MetricsScenarios.ShouldBeRed(before, $"{Resolve} {Meanings}", "");
        MetricsScenarios.ShouldBeRed(after, Resolve, "");
        Broken(before).ShouldBe(OfficialExceptions.Broken.Select(one => Line(one, published)).Distinct(), ignoreOrder: true);
        Changed(before).ShouldBe(OfficialExceptions.Changed.Select(one => Line(one, published)).Distinct(), ignoreOrder: true);
        // With the upgrade done, nothing is broken by it any more.
        Broken(after).ShouldBe(OfficialExceptions.Broken.Select(one => Line(one with { Answer = QueryVerdict.AlreadyBroken }, published)).Distinct(), ignoreOrder: true);
        before.ShouldSay(Resolve, Result.Violated, $"The upgrade breaks 2 of {official.Count} panels.");
        if (!published)
        {
            before.ShouldSay(Resolve, Result.Violated, "all: 111 of other systems, 94 of SDKs (they come from workers), 149 found, 93 appear when first used, 21 with another meaning, 2 broken by this upgrade, 22 broken already");
        }

        before.Run!.Notes.ShouldContain(note => note.StartsWith("metrics/dashboards-resolve: 10 panels need the label visibility_type", StringComparison.Ordinal));
        (before.Decision, after.Decision).ShouldBe((Decision.Go, Decision.Go));
    }

    /// <summary>With OpenTelemetry they find next to nothing, before as after; written as the answers say, they find everything that there is.</summary>
    [Fact]
    public async Task With_OpenTelemetry_each_query_is_given_as_it_has_to_be_written()
    {
        var official = OfficialDashboards.Derived();
        await using var phases = await MetricsPhases.StartAsync(openTelemetry: true);
        var dashboards = ("prometheus.dashboards", OfficialDashboards.Write(official, Path.Combine(phases.Folder, "official")));

        var before = await phases.AskAsync(UpgradePhase.PreUpgrade, dashboards);
        await phases.UpgradeAsync();
        var rewritten = ("prometheus.dashboards", OfficialDashboards.Write(Rewritten(before), Path.Combine(phases.Folder, "rewritten")));
        var after = await phases.AskAsync(UpgradePhase.PostUpgrade, rewritten);

        MetricsScenarios.ShouldBeRed(before, Resolve, "");
        // Recorded within a minute of the start, before pools are shown.
        MetricsScenarios.ShouldBeRed(after, "", "metrics/persistence-pool-free");
        before.ShouldSay(Resolve, Result.Violated, "270 of 492 panels are broken already; the upgrade breaks none.");
        before.ShouldSay(Resolve, Result.Violated, "all: 111 of other systems, 94 of SDKs (they come from workers), 11 found, 6 appear when first used, 270 broken already");
        WithoutReplacement(before).ShouldBe(OfficialExceptions.Broken.Select(one => $"{one.File}: {one.Panel}").Distinct(), ignoreOrder: true);
        after.ShouldSay(Resolve, Result.Met);
        before.ShouldSay("metrics/persistence-pool-free", Result.NotApplicable, "does not show its pools");
        after.ShouldSay("metrics/naming-unchanged", Result.Met);
        after.ShouldSay("metrics/latency-held", Result.Met);
    }

    [Fact]
    public async Task Another_reporter_after_the_upgrade_is_named_and_what_it_does_to_dashboards()
    {
        await using var phases = await MetricsPhases.StartAsync();
        var dashboards = ("prometheus.dashboards", OfficialDashboards.Write(OfficialDashboards.Derived().Where(query => query.File == "server/server-general.json"), Path.Combine(phases.Folder, "official")));
        await phases.TakeBaselineAsync();
        await phases.UpgradeAsync(openTelemetry: true);

        var after = await phases.AskAsync(UpgradePhase.PostUpgrade, dashboards);

        MetricsScenarios.ShouldBeRed(after, $"metrics/naming-unchanged {Resolve}", "metrics/persistence-pool-free");
        after.ShouldSay("metrics/naming-unchanged", Result.Violated, "opentelemetry, no prefix, counters end in _total").Wanted.ShouldBe("tally, no prefix");
        after.ShouldSay(Resolve, Result.Violated, "service_latency_bucket: The cluster's settings call it service_latency_milliseconds_bucket, and its numbers are milliseconds.");
        // Rates, shares and durations are compared all the same: milliseconds are read as such.
        after.ShouldSay("metrics/latency-held", Result.Met);
    }

    /// <summary>What the dashboards of this folder are made of is what the official ones ask: each name has the same answer in either.</summary>
    [Theory]
    [InlineData("1.27.3", "1.29.1")]
    [InlineData("1.28.1", "1.29.1")]
    [InlineData("1.29.1", "1.31.2")]
    public void The_dashboards_made_here_are_answered_as_the_official_expressions(string running, string target)
    {
        var judgement = new QueryJudgement(
            ServerMetrics.For(ServerVersion.Parse(running))!, ServerMetrics.For(ServerVersion.Parse(target))!, SeriesNaming.Default, RealScrapes.Names(running));

        HashSet<string> Answers(IEnumerable<OfficialQuery> queries) => [.. queries.Select(query => judgement.Judge(OfficialDashboards.Monitored(query)))
            .SelectMany(answer => answer.Error is { } error ? [$"{answer.Query.File}: {error.Problem}"] : answer.Names.Select(name => $"{answer.Query.File}: {name.Name} {name.Verdict}"))];
        var (derived, published) = (Answers(OfficialDashboards.Derived()), Answers(OfficialDashboards.Published()));

        derived.Count.ShouldBeGreaterThan(300);
        // The expressions were collected by name; those that select names by a condition are not among them.
        derived.Except(published).Where(one => !one.Contains("__name__", StringComparison.Ordinal)).ShouldBeEmpty();
        published.Except(derived).ShouldBeEmpty();
    }

    /// <summary>The broken series that an answer names, a line each.</summary>
    private static List<string> Broken(PhaseVerdict verdict) => [.. Queries(verdict).SelectMany(query => query.Names.Select(name => $"{query.Answer} {query.Place}: {name}")).Distinct()];

    private static List<string> Changed(PhaseVerdict verdict)
    {
        var (lines, name) = (new List<string>(), "");
        foreach (var line in verdict.ShouldSay(Meanings, Result.Violated).Observed.ShouldNotBeNull().Split('\n'))
        {
            name = line.StartsWith(' ') ? name : line[..line.IndexOf(':', StringComparison.Ordinal)];
            if (PlaceOf().Match(line) is { Success: true } place)
            {
                lines.Add($"{QueryVerdict.ChangedMeaning} {Place(place)}: {name}");
            }
        }

        return [.. lines.Distinct()];
    }

    /// <summary>The queries of all panels that were broken, as they are to be written; those of which nothing is left are not among them.</summary>
    private static List<OfficialQuery> Rewritten(PhaseVerdict verdict) => [.. Queries(verdict).Where(query => query.Instead is not null && !IsListed(query))
        .Select(query => new OfficialQuery(query.Place[..query.Place.IndexOf(':', StringComparison.Ordinal)], query.Place[(query.Place.IndexOf(':', StringComparison.Ordinal) + 2)..], query.Instead!))];

    private static IEnumerable<string> WithoutReplacement(PhaseVerdict verdict) => Queries(verdict).Where(query => query.Instead is null || IsListed(query)).Select(query => query.Place).Distinct();

    private static bool IsListed(SaidQuery query) => OfficialExceptions.Broken.Any(one => query.Place == $"{one.File}: {one.Panel}" && query.Names.Contains(one.Name));

    private static IEnumerable<SaidQuery> Queries(PhaseVerdict verdict)
    {
        var lines = verdict.ShouldSay(Resolve, Result.Violated).Observed.ShouldNotBeNull().Split('\n');
        for (var at = 0; at < lines.Length; at++)
        {
            if (PlaceOf().Match(lines[at]) is { Success: true } place)
            {
                var answer = lines[at].StartsWith("broken by this upgrade: ", StringComparison.Ordinal) ? QueryVerdict.BrokenByUpgrade : QueryVerdict.AlreadyBroken;
                var instead = at + 1 < lines.Length && lines[at + 1].StartsWith("  instead: ", StringComparison.Ordinal) ? lines[at + 1]["  instead: ".Length..] : null;
                yield return new SaidQuery(answer, Place(place), [.. NameOf().Matches(lines[at][(place.Index + place.Length)..]).Select(match => match.Groups[1].Value)], instead);
            }
        }
    }

    private static string Place(Match place) => place.Groups["panel"].Value == "query" ? place.Groups["file"].Value : $"{place.Groups["file"].Value}: {place.Groups["panel"].Value} {place.Groups["letter"].Value}";

    private static string Line(OfficialException one, bool published) => $"{one.Answer} {one.File}{(published ? "" : $": {one.Panel}")}: {one.Name}";

    private sealed record SaidQuery(QueryVerdict Answer, string Place, IReadOnlyList<string> Names, string? Instead);

    [GeneratedRegex(@"(?<file>[a-z]+/[a-z_-]+\.json):\d+: panel ""(?<panel>.*?)"" (?<letter>\w+)(?:: |$)", RegexOptions.CultureInvariant)]
    private static partial Regex PlaceOf();

    // A sentence begins with a capital behind the name it is about; within sentences no name stands before a colon.
    [GeneratedRegex(@"(?:^|; )([a-z_]+): (?=[A-Z])", RegexOptions.CultureInvariant)]
    private static partial Regex NameOf();
}
