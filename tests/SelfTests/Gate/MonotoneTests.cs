using CsCheck;
using TemporalConformance.Gate;

namespace TemporalConformance.SelfTests;

/// <summary>The two rules that hold whatever the input, over random answers, logs, waivers, severities and scopes.</summary>
public sealed class MonotoneTests
{
    /// <summary>About a second a rule. CsCheck's own variable raises it for long runs.</summary>
    private static readonly long Times = long.TryParse(Environment.GetEnvironmentVariable("CsCheck_Iter"), out var times) ? times : 4_000;

    private static readonly string[] Ids = Sample.Ids();

    /// <summary>What can stand in the place of a check's row: none, one, or several.</summary>
    private static readonly Gen<Func<string, Row[]>> Others = Pick.One<Func<string, Row[]>>(
        id => [Row.Violated(id)],
        id => [Row.Unanswered(id)],
        id => [Row.Skipped(id, "[violated] A.")],
        id => [Row.Skipped(id, "[unanswered] A.")],
        id => [Row.Skipped(id, "[not applicable] A.")],
        id => [Row.Skipped(id, "[not applicable] A.\ncause: scope")],
        id => [Row.Skipped(id, "[deferred] A.")],
        id => [Row.Skipped(id, "Not today.")],
        id => [new Row(id, "NotExecuted")],
        id => [new Row(id, "Failed", Error: "System.Exception : boom")],
        id => [new Row(id, "Inconclusive")],
        _ => [],
        id => [Row.Met(id), Row.Met(id)],
        id => [Row.Met(id), new Row(id, "Failed")],
        id => [Row.Met(id) with { Defined = false }],
        id => [Row.Met(id) with { Assembly = "Other" }],
        _ => [Row.Met("schema/other")]);

    /// <summary>Mostly passes: a GO needs every single one to be fine, and a rule about GO is not tested where none occurs.</summary>
    private static readonly Gen<Func<string, Row[]>> Rows = Gen.Frequency((4, Pick.One<Func<string, Row[]>>(id => [Row.Met(id)])), (1, Others));

    private static readonly Gen<Result?> InLog = Pick.One<Result?>(null, null, null, null, null, null, null, Result.Met, Result.Met, Result.Met, Result.Met, Result.Violated, Result.Unanswered, Result.NotApplicable, Result.Deferred);

    private static readonly Gen<Severity> AnySeverity = Pick.One(Severity.Blocker, Severity.Advisory);

    private static readonly Gen<Waiver[]> Waivers = Gen.Select(Pick.One(Ids), Pick.One("unanswered", "violated"), Gen.Bool, (id, covers, valid) =>
        Sample.Waive(id, covers) with { Until = new DateOnly(valid ? 2027 : 2025, 1, 1) }).Array[0, 4];

    private static readonly Gen<string[]> NotConnected = Pick.One<string[]>([], [], ["postgresql"], ["temporal"]);

    private static readonly Gen<Case> Cases = Gen.Select(
        Rows.Array[Ids.Length], InLog.Array[Ids.Length], AnySeverity.Array[Ids.Length], Waivers, NotConnected, Pick.One<int?>(null, null, 0, 2, 7),
        (rows, log, severities, waivers, notConnected, exit) => new Case([.. rows.Select((row, i) => row(Ids[i]))], log, severities, waivers, notConnected, exit));

    [Fact]
    public void Anything_in_the_place_of_a_pass_never_makes_a_GO() =>
        Gen.Select(Cases, Gen.Int[0, Ids.Length - 1], Others, InLog).Sample(
            (was, i, row, log) =>
            {
                var pass = was.With(i, [Row.Met(Ids[i])], Result.Met);
                var other = was.With(i, row(Ids[i]), log);
                if (other.Decide() == Decision.Go)
                {
                    pass.Decide().ShouldBe(Decision.Go);
                }
            },
            iter: Times);

    [Fact]
    public void Anything_in_the_place_of_a_failure_but_a_pass_a_declaration_or_a_valid_waiver_never_makes_a_GO() =>
        Gen.Select(Cases, Gen.Int[0, Ids.Length - 1], Others, InLog).Sample(
            (was, i, row, log) =>
            {
                var failure = was.With(i, [Row.Violated(Ids[i])], Result.Violated);
                var other = was.With(i, row(Ids[i]), log);
                if (other.Decide() == Decision.Go && failure.Decide() != Decision.Go)
                {
                    other.Judged().Of(Ids[i]).Result.ShouldBeOneOf(Result.Met, Result.NotApplicable, Result.Deferred, Result.Waived);
                }
            },
            iter: Times);

    [Fact]
    public void The_cases_are_worth_their_time()
    {
        var decisions = Cases.Array[2_000].Single(_ => true, "0N0XIzNsQ0O2").GroupBy(some => some.Decide()).ToDictionary(same => same.Key, same => same.Count());
        decisions.Values.ShouldAllBe(count => count > 100);
        decisions.Count.ShouldBe(3);
    }

    [Fact]
    public void A_GO_has_no_red_blocker_no_objection_and_something_met() =>
        Cases.Sample(
            was =>
            {
                var verdict = was.Judged();
                if (verdict.Decision == Decision.Go)
                {
                    verdict.Problems.ShouldBeEmpty();
                    verdict.Checks.ShouldContain(check => check.Result == Result.Met);
                    verdict.Checks.ShouldNotContain(check => check.Severity == Severity.Blocker && (check.Result == Result.Violated || check.Result == Result.Unanswered));
                    verdict.Checks.Select(check => check.Id).ShouldBe(Ids);
                }
            },
            iter: Times);

    // Without waivers: the log may say "violated" where the TRX says "unanswered", and only the one may be waived.
    [Fact]
    public void A_log_of_answers_never_makes_a_verdict_better() =>
        Cases.Select(some => some with { Waivers = [] }).Sample(
            was =>
            {
                var without = was with { Log = new Result?[Ids.Length] };
                if (was.Decide() == Decision.Go)
                {
                    without.Decide().ShouldBe(Decision.Go);
                }
            },
            iter: Times);

    [Fact]
    public void One_more_phase_never_makes_a_GO_of_what_was_asked() =>
        Gen.Select(Cases, Cases).Sample(
            (one, two) =>
            {
                var (first, second) = (one.Judged(), two.Judged() with { Phase = Phases.PostUpgrade });
                if (!first.NothingAsked && Judge.Worst([first, second], Sample.Identity).Decision == Decision.Go)
                {
                    first.Decision.ShouldBe(Decision.Go);
                }
            },
            iter: Times);

    private sealed record Case(Row[][] Rows, Result?[] Log, Severity[] Severities, Waiver[] Waivers, string[] NotConnected, int? ExitCode)
    {
        // A pass and a failure have to differ in nothing but themselves: the exit code belongs to the run as it was then.
        public Case With(int i, Row[] rows, Result? log)
        {
            var (allRows, allLog) = ((Row[][])Rows.Clone(), (Result?[])Log.Clone());
            (allRows[i], allLog[i]) = (rows, log);
            return this with { Rows = allRows, Log = allLog, ExitCode = ExitCode == 7 ? 7 : null };
        }

        public PhaseVerdict Judged()
        {
            var run = Sample.Run() with
            {
                Severities = Ids.Select((id, i) => (id, Severities[i])).ToDictionary(),
                SeverityOrigins = Ids.ToDictionary(id => id, _ => "conformance.json:1:1"),
                Scope = new() { Partial = NotConnected.Length > 0, Connected = [], NotConnected = NotConnected, Only = [], Skip = [] },
            };
            var log = Sample.Log(Ids.Select((id, i) => (id, Result: Log[i])).Where(answer => answer.Result is not null).Select(answer =>
                Sample.Event(answer.id, answer.Result!.Value)));
            return Sample.Judged(Sample.Evidence(TrxBuilder.Of(Rows.SelectMany(rows => rows)), run, log, ExitCode), Waivers);
        }

        public Decision Decide() => Judged().Decision;

        public override string ToString() =>
            string.Join("\n", Ids.Select((id, i) => $"{id} {Severities[i]}: [{string.Join(", ", Rows[i].Select(row => row.ToString()))}] log {Log[i]}"))
            + $"\nwaivers {string.Join(", ", Waivers.Select(waiver => waiver.ToString()))}; not connected {string.Join(",", NotConnected)}; exit {ExitCode}";
    }
}
