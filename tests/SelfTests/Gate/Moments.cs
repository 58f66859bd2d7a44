using TemporalConformance.Gate;

namespace TemporalConformance.SelfTests;

/// <summary>The run that the gate's tests judge: when it was, which checks it has, and files that make it a GO.</summary>
internal static class Moments
{
    public static readonly DateTimeOffset Started = new(2026, 11, 25, 9, 0, 0, TimeSpan.Zero);

    public static readonly DateTimeOffset Finished = Started.AddSeconds(10);

    public static readonly DateTimeOffset Now = Started.AddMinutes(1);
}

/// <inheritdoc cref="Moments"/>
internal static class Sample
{
    public const string Cluster = "9f8e7d6c-0000-4000-8000-000000000001";

    public const string PathKnown = "path/target-known";

    public const string Reachable = "database/reachable";

    public const string Version = "schema/main-version";

    public const string History = "schema/history-chain";

    public const string Connects = "sdk/connects";

    public static readonly CheckRoll Roll = new(
    [
        Entry(PathKnown, Severity.Blocker, null, Phases.PreUpgrade),
        Entry(Reachable, Severity.Blocker, "postgresql", Phases.PreUpgrade, Phases.PostUpgrade),
        Entry(Version, Severity.Blocker, "postgresql", Phases.PreUpgrade, Phases.PostUpgrade),
        Entry(History, Severity.Advisory, "postgresql", Phases.PreUpgrade),
        Entry(Connects, Severity.Blocker, "temporal", Phases.Smoke),
    ]);

    public static readonly VerdictIdentity Identity = new() { Tool = "temporal-conformance 0.1.0", CatalogDate = "2026-11-20", Judged = Moments.Now };

    public static readonly Expectation Expect = new() { Now = Moments.Now };

    public static string[] Ids(string phase = Phases.PreUpgrade) => [.. Roll.Of(phase).Select(check => check.Id)];

    /// <summary>A TRX in which every check passed but those given.</summary>
    public static string Trx(params IEnumerable<Row> others)
    {
        var list = others.ToList();
        return TrxBuilder.Of(Ids().Where(id => list.TrueForAll(row => row.Check != id)).Select(Row.Met).Concat(list));
    }

    public static RunRecord Run(string phase = Phases.PreUpgrade) => new()
    {
        Phase = phase,
        Target = "1.29.1",
        Running = ["1.27.3"],
        RunningSource = "the schemas found",
        Cluster = Cluster,
        ClusterName = "active",
        SystemIdentifier = "7300000000000000001",
        Tool = "temporal-conformance 0.1.0",
        CatalogDate = "2026-11-20",
        SettingsDigest = "sha256:00",
        Started = Moments.Started,
        Finished = Moments.Finished,
        Ground = "Two databases of a real cluster.",
        Demonstration = false,
        Scope = new() { Partial = false, Connected = ["postgresql", "temporal"], NotConnected = [], Only = [], Skip = [] },
        Severities = Roll.Of(phase).ToDictionary(check => check.Id, check => check.Severity),
        SeverityOrigins = new Dictionary<string, string>(),
        NotProven = [],
        Trouble = [],
        Statements = 20,
        Calls = 0,
    };

    public static AnswerEvent Event(string id, Result result, string message = "It is so.") => new()
    {
        Time = Moments.Started.AddSeconds(5),
        Id = id,
        Result = result,
        Severity = Roll.Find(id)?.Severity ?? Severity.Blocker,
        Seconds = 0.25,
        Sentence = "It is so",
        Message = message,
    };

    public static string Log(params IEnumerable<AnswerEvent> events) => string.Concat(events.Select(answer => EventLog.Line(answer) + "\n"));

    public static PhaseEvidence Evidence(string? trx, RunRecord? run = null, string? log = null, int? exitCode = null) =>
        new(Phases.PreUpgrade, trx, (run ?? Run()).ToJson(), log, exitCode);

    public static PhaseVerdict Judged(PhaseEvidence evidence, params IReadOnlyList<Waiver> waivers) => Judge.Phase(evidence, Roll, waivers, Expect);

    public static Waiver Waive(string id, string covers) => new(id, null, null, covers, "Known since spring.", "ada", new DateOnly(2026, 12, 31));

    public static CheckVerdict Of(this PhaseVerdict verdict, string id) => verdict.Checks.Single(check => check.Id == id);

    private static CheckEntry Entry(string id, Severity severity, string? needs, params string[] phases) =>
        new(id, phases, severity, $"The sentence of {id}", $"Mend {id}.", $"docs/checks.md#{id}", needs);
}
