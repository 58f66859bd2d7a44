using Spectre.Console.Testing;
using TemporalConformance.Cli;
using TemporalConformance.Gate;

namespace TemporalConformance.SelfTests;

/// <summary>A screen of a chosen width, a clock that stands still, and the answers of one made-up run.</summary>
internal sealed class Scene : IDisposable
{
    private static readonly CheckEntry[] Checks =
    [
        Entry("path/target-known", Severity.Blocker, "The target is a release that the catalog knows"),
        Entry("path/hop-supported", Severity.Blocker, "The hop from the running release to the target is supported"),
        Entry("path/sequential-minors", Severity.Advisory, "The upgrade goes one minor release at a time, from the latest patch of each"),
        Entry("schema/main-version", Severity.Blocker, "The main store is at a version that this step of the upgrade allows"),
        Entry("schema/main-shape", Severity.Blocker, "The main store's tables have the shape of the version in its row"),
        Entry("schema/history-chain", Severity.Advisory, "The history of schema updates has no gap and only known manifests"),
        Entry("database/reachable", Severity.Blocker, "Both stores answer"),
        Entry("database/writable-primary", Severity.Blocker, "Both stores are writable primaries"),
        Entry("database/btree-gin", Severity.Blocker, "The visibility store has the extension btree_gin"),
        Entry("identity/cluster-unchanged", Severity.Blocker, "The cluster is the one that pre-flight saw"),
        Entry("sdk/connects", Severity.Blocker, "A client connects to the frontend", "temporal"),
        Entry("sdk/workflow-completes", Severity.Blocker, "A workflow completes", "temporal"),
    ];

    public Scene(int? width, bool unicode = true, bool interactive = false, bool styled = false, bool coloured = false)
    {
        Options = new TerminalOptions { Width = width, Unicode = unicode, Interactive = interactive, Styled = styled, Coloured = coloured };
        Console.Profile.Width = width ?? int.MaxValue;
        Console.Profile.Capabilities.Ansi = styled;
        Terminal = new Terminal(Console, Options, Time);
    }

    public TestConsole Console { get; } = new();

    public ManualTime Time { get; } = new();

    public TerminalOptions Options { get; }

    public Terminal Terminal { get; }

    public Screen Screen => new(Console, Options);

    public string Text => Console.Output;

    public static IReadOnlyList<CheckEntry> Roll => Checks;

    public void Dispose()
    {
        Terminal.Dispose();
        Console.Dispose();
    }

    /// <summary>An answer to a check of the roll; its sentence is the roll's.</summary>
    public static AnswerEvent Answer(string id, Result result = Result.Met, double seconds = 0.01, string message = "", string? cause = null)
    {
        var check = Checks.FirstOrDefault(check => check.Id == id) ?? Entry(id, Severity.Blocker, "A check that the roll does not know");
        return new AnswerEvent
        {
            Time = DateTimeOffset.UnixEpoch,
            Id = id,
            Result = result,
            Severity = check.Severity,
            Seconds = seconds,
            Sentence = check.Sentence,
            Message = message,
            Cause = cause,
        };
    }

    /// <summary>Everything about a check that is not green.</summary>
    public static CheckVerdict Judged(string id, Result result = Result.Met, string? message = null, string? wanted = null, string? observed = null,
        string? where = null, string? cause = null, Waiver? waiver = null, string phase = "PreUpgrade")
    {
        var check = Checks.First(check => check.Id == id);
        var open = result is Result.Violated or Result.Unanswered or Result.Waived;
        return new CheckVerdict(id, phase, check.Severity, result, check.Sentence, message ?? check.Sentence, wanted, observed, where,
            open ? check.Remedy : null, cause, check.Link, waiver, 0.01);
    }

    public static PhaseVerdict Phase(Decision decision, string reason, params IReadOnlyList<CheckVerdict> checks) => new()
    {
        Phase = checks.Count > 0 ? checks[0].Phase : "PreUpgrade",
        Decision = decision,
        Partial = false,
        NothingAsked = false,
        Headline = decision.Text(),
        Reason = reason,
        Run = null,
        Checks = checks,
        Problems = [],
        Notes = [],
        NotProven = [],
        Waivers = WaiverUse.None,
    };

    public static Verdict Whole(Decision decision, string headline, string reason, params IReadOnlyList<PhaseVerdict> phases) => new()
    {
        Decision = decision,
        Partial = headline.Contains("partial", StringComparison.Ordinal),
        Headline = headline,
        Reason = reason,
        Identity = new VerdictIdentity { Tool = "temporal-conformance 0.1.0", CatalogDate = "2026-08-20", Judged = DateTimeOffset.UnixEpoch },
        Phases = phases,
        Problems = [],
        Notes = [],
        NotProven = [],
        Waivers = WaiverUse.None,
    };

    private static CheckEntry Entry(string id, Severity severity, string sentence, string needs = "postgresql") =>
        new(id, ["PreUpgrade", "PostUpgrade"], severity, sentence, $"Do what docs say about {id.Split('/')[1]}, then ask again.", $"docs/checks.md#{id}", needs);

    /// <summary>A pre-flight with one of everything: met, violated, unanswered with and without a cause, waived, left out.</summary>
    public void PlayEverything()
    {
        Terminal.Begin(new RunHeader(
            "Pre-flight of an upgrade",
            "The settings name both stores of a real cluster; nothing is written to them.",
            "1.29.1",
            "1.27.3, stated by the setting running",
            "results/"));
        Terminal.Note("The password on the command line can be seen by every user of this machine; an environment variable cannot.");
        Terminal.PhaseStarted("PreUpgrade", Roll);
        foreach (var answer in Answers())
        {
            Terminal.Answered(answer);
        }

        Time.Advance(TimeSpan.FromSeconds(1.3));
        var phase = EverythingJudged();
        Terminal.PhaseFinished(phase);
        Terminal.Verdict(EverythingDecided(phase), "results/");
    }

    private static IEnumerable<AnswerEvent> Answers() =>
    [
        Answer("path/target-known"),
        Answer("schema/main-version", Result.Violated, 0.24),
        Answer("path/sequential-minors", Result.Violated),
        Answer("schema/history-chain", Result.Unanswered),
        Answer("path/hop-supported"),
        Answer("schema/main-shape", Result.Violated, 0.31),
        Answer("database/writable-primary", Result.Unanswered, cause: "database/reachable"),
        Answer("database/reachable", Result.Violated, 5.02),
        Answer("database/btree-gin", Result.Unanswered, cause: "database/reachable"),
        Answer("identity/cluster-unchanged", Result.Deferred),
        Answer("sdk/connects", Result.NotApplicable, message: "no setting names Temporal", cause: CheckVerdict.ScopeCause),
        Answer("sdk/workflow-completes", Result.NotApplicable, message: "no setting names Temporal", cause: CheckVerdict.ScopeCause),
    ];

    private static PhaseVerdict EverythingJudged()
    {
        var waiver = new Waiver("schema/main-version", null, null, "violated", "The row was set by hand during the incident of 12 February.", "Ada", new DateOnly(2026, 4, 1));
        return Phase(Decision.NoGo, "2 blockers are violated: schema/main-shape, database/reachable.",
        [
            Judged("path/target-known"),
            Judged("path/hop-supported"),
            Judged("path/sequential-minors", Result.Violated, "The upgrade jumps over 1.28.", "1.27.3 → 1.27.4 → 1.28.4 → 1.29.1", "1.27.3 → 1.29.1", "settings target and running"),
            Judged("schema/main-version", Result.Waived, "The main store is at 1.19.", "1.16, 1.17 or 1.18", "1.19", "temporal@db.example.org:5432/temporal, table schema_version", waiver: waiver),
            Judged("schema/main-shape", Result.Violated, "The main store is at 1.18 but 3 of its parts differ from that version.", "the tables of schema 1.18",
                "table tasks_v2 is missing\ncolumn current_executions.data_encoding: wanted character varying(16) not null, observed character varying(32) not null\nindex by_type_start_time[0] is invalid",
                "temporal@db.example.org:5432/temporal"),
            Judged("schema/history-chain", Result.Unanswered, "The table schema_update_history could not be read.", "rows from 1.0 on", "permission denied for table schema_update_history", "temporal@db.example.org:5432/temporal"),
            Judged("database/reachable", Result.Violated, "Nothing listens where the visibility store should be.", "a PostgreSQL server", "connection refused", "temporal@db.example.org:5433/temporal_visibility"),
            Judged("database/writable-primary", Result.Unanswered, "The visibility store did not answer.", cause: "database/reachable"),
            Judged("database/btree-gin", Result.Unanswered, "The visibility store did not answer.", cause: "database/reachable"),
            Judged("identity/cluster-unchanged", Result.Deferred, "Post-flight compares it."),
            Judged("sdk/connects", Result.NotApplicable, cause: CheckVerdict.ScopeCause),
            Judged("sdk/workflow-completes", Result.NotApplicable, cause: CheckVerdict.ScopeCause),
        ]) with
        { Partial = true };
    }

    private static Verdict EverythingDecided(PhaseVerdict phase) =>
        Whole(Decision.NoGo, "NO-GO", phase.Reason, phase) with
        {
            Problems = [new EvidenceProblem("PreUpgrade", "One check answered twice.", "each check once", "path/target-known twice", "PreUpgrade.events.jsonl", "Run the phase again: ./run.sh pre", Refused: false)],
            Notes = ["The baseline is from 2026-02-28 and was kept."],
            NotProven =
            [
                new NotProven("temporal", "no setting names it, so it was not asked", "the settings of temporal"),
                new NotProven("Versions of the clients' SDKs", "clients cannot be observed", null),
            ],
            Waivers = new WaiverUse([], [new Waiver("path/hop-supported", "PreUpgrade", null, "violated", "Agreed with the vendor.", "Grace", new DateOnly(2026, 1, 31))], []),
        };
}
