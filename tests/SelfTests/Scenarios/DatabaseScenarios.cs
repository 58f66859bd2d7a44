using System.Text.RegularExpressions;
using TemporalConformance.Checks;
using TemporalConformance.Gate;
using static TemporalConformance.Checks.UpgradePhase;

namespace TemporalConformance.SelfTests;

public static partial class Scenarios
{
    /// <summary>The subject database.</summary>
    private static IEnumerable<Scenario> Databases =>
    [
        new("nothing listens where the databases should be", PreUpgrade, Decision.NoGo)
        {
            Wiring = (main, visibility) => (Elsewhere(main), Elsewhere(visibility)),
            Sets = Set(("running", "1.27.3")),
            Violated = And("database/reachable", "is not there"),
            Unanswered = Unreachable("nothing accepts connections"),
        },
        new("nothing listens and nothing is stated, so nothing passes but the target's name", PreUpgrade, Decision.NoGo)
        {
            Wiring = (main, visibility) => (Elsewhere(main), Elsewhere(visibility)),
            Violated = Reds(("database/reachable", "is not there")),
            Unanswered = Unreachable("nothing accepts connections")
                .Concat(Reds(
                    ("path/hop-supported", "nothing accepts connections"), ("path/hop-recommended", "nothing accepts connections"),
                    ("path/sequential-minors", "nothing accepts connections"), ("path/known-bad-release", "nothing accepts connections"),
                    ("path/security-regression", "nothing accepts connections")))
                .ToDictionary(red => red.Key, red => red.Value),
        },
        new("no such database", PreUpgrade, Decision.NoGo)
        {
            Wiring = (main, visibility) => (Gone(main), Gone(visibility)),
            Sets = Set(("running", "1.27.3")),
            Violated = And("database/reachable", "is not there"),
            Unanswered = Unreachable("gone_"),
        },
        new("a wrong password", PreUpgrade, Decision.Undecided)
        {
            Wiring = (main, visibility) => (WrongPassword(main), WrongPassword(visibility)),
            Sets = Set(("running", "1.27.3")),
            Violated = Hop,
            Unanswered = Unreachable("password").Append(new("database/reachable", "does not let this suite in")).ToDictionary(red => red.Key, red => red.Value),
        },
        new("a database that is read-only by default", PreUpgrade, Decision.NoGo)
        {
            Main = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$;",
            Violated = And("database/writable-primary", "does not accept writes"),
        },
        new("btree_gin is missing", PreUpgrade, Decision.NoGo)
        {
            Visibility = "DROP EXTENSION btree_gin CASCADE;",
            Violated = HopAnd(("database/btree-gin", "lacks the extension"), ("schema/visibility-shape", "does not have its shape")),
        },
    ];

    /// <summary>The subject identity.</summary>
    private static IEnumerable<Scenario> Identities =>
    [
        new("another cluster than before the upgrade", PostUpgrade, Decision.NoGo)
        {
            Sample = Recorded.Real1291,
            Before = baseline => baseline with { Identity = new Identity([new ClusterIdentity("active", "00000000-0000-0000-0000-000000000000", 512)], null) },
            Violated = Reds(("identity/cluster-unchanged", "This is not the cluster that PreUpgrade saw")),
        },
        new("a copy on another server", PostUpgrade, Decision.NoGo)
        {
            Sample = Recorded.Real1291,
            Before = baseline => baseline with { Identity = baseline.Identity with { SystemIdentifier = "7000000000000000000" } },
            Violated = Reds(("identity/cluster-unchanged", "PostgreSQL's system identifier was 7000000000000000000")),
        },
        new("a server that started under another cluster name", PostUpgrade, Decision.NoGo)
        {
            Sample = Recorded.Real1291,
            Main = "INSERT INTO cluster_metadata_info SELECT metadata_partition, 'renamed', data, data_encoding, version FROM cluster_metadata_info;",
            Violated = Reds(("identity/cluster-unchanged", "This is not the cluster that PreUpgrade saw")),
        },
        new("no baseline", PostUpgrade, Decision.Undecided)
        {
            Sample = Recorded.Real1291,
            Before = _ => null,
            Unanswered = Reds(("identity/cluster-unchanged", "There is no baseline")),
        },
        new("a baseline that was taken too late", PostUpgrade, Decision.Undecided)
        {
            Sample = Recorded.Real1291,
            Before = baseline => baseline with { Running = ["1.29.1"] },
            Unanswered = Reds(("identity/cluster-unchanged", "when the target was running already")),
        },
    ];

    // Nothing can be told of databases that do not answer; each check says so, with the reason in its own words.
    private static Dictionary<string, string> Unreachable(string reason) => new[]
    {
        "path/not-a-downgrade", "path/multi-cluster",
        "schema/main-version", "schema/visibility-version", "schema/main-shape", "schema/visibility-shape", "schema/history-chain",
        "schema/no-foreign-objects", "schema/stores-are-two-databases", "schema/pending-steps-safe", "schema/every-store-known",
        "database/writable-primary", "database/supported-major", "database/tested-major", "database/btree-gin",
        "database/migration-privileges", "database/runtime-privileges", "database/connection-budget", "database/disk-headroom",
        "database/no-long-transactions", "database/no-blocking-locks", "database/replication-caught-up", "database/clock-skew",
        "database/tls-verifies-with-mounted-files", "database/certificates-outlive-the-window", "database/pooler-mode",
        "health/dead-letter-queues-empty", "workflows/stores-agree",
    }.ToDictionary(id => id, _ => reason);

    private static string Elsewhere(string connection) => PortOf().Replace(connection, "Port=1");

    private static string Gone(string connection) => DatabaseOf().Replace(connection, "Database=gone_");

    private static string WrongPassword(string connection) => connection + ";Password=not-the-password";

    [GeneratedRegex(@"Port=\d+", RegexOptions.IgnoreCase)]
    private static partial Regex PortOf();

    [GeneratedRegex("Database=", RegexOptions.IgnoreCase)]
    private static partial Regex DatabaseOf();
}
