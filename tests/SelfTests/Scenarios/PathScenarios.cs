using TemporalConformance.Gate;
using static TemporalConformance.Checks.UpgradePhase;

namespace TemporalConformance.SelfTests;

public static partial class Scenarios
{
    private const string Undo118 =
        "DROP TABLE tasks_v2, task_queues_v2; UPDATE schema_version SET curr_version = '1.17'; DELETE FROM schema_update_history WHERE new_version = '1.18';";

    private const string NotKnown = "The catalog does not know the target";

    /// <summary>The subject path.</summary>
    private static IEnumerable<Scenario> Paths =>
    [
        new("a healthy 1.27.3 may go to 1.29.1", PreUpgrade, Decision.Go) { Violated = Hop, Sets = Set(("running", "1.27.3")) },
        new("without the setting running all patches with these schemas are judged", PreUpgrade, Decision.Go) { Violated = Hop },
        new("a sequential hop from the latest patch to the latest patch leaves nothing to say", PreUpgrade, Decision.Go)
        {
            Sets = Set(("running", "1.27.4"), ("target", "1.28.4")),
        },
        new("a running release that is not its minor's latest patch", PreUpgrade, Decision.Go)
        {
            Sets = Set(("running", "1.27.3"), ("target", "1.28.4")),
            Violated = Reds(("path/sequential-minors", "Upstream asks for the latest patch of the running minor version first")),
        },
        new("policy sequential makes the direct hop a blocker", PreUpgrade, Decision.NoGo)
        {
            Sets = Set(("running", "1.27.3"), ("policy", "sequential")),
            Violated = Hop,
        },
        new("an unknown target", PreUpgrade, Decision.Undecided)
        {
            Sets = Set(("target", "1.29.99"), ("running", "1.27.3")),
            Unanswered = Reds(
                ("path/target-known", NotKnown), ("path/hop-supported", NotKnown), ("path/hop-recommended", NotKnown), ("path/sequential-minors", NotKnown),
                ("path/known-bad-release", NotKnown), ("path/security-regression", NotKnown), ("path/not-a-downgrade", NotKnown),
                ("schema/main-version", NotKnown), ("schema/visibility-version", NotKnown), ("schema/pending-steps-safe", NotKnown)),
        },
        new("1.24 is too far behind", PreUpgrade, Decision.NoGo)
        {
            Sets = Set(("running", "1.24.3")),
            Violated = HopAnd(("path/hop-supported", "too far behind"), ("path/hop-recommended", "which the guide does not recommend")),
        },
        new("1.25 is reached but not recommended", PreUpgrade, Decision.Go)
        {
            Sets = Set(("running", "1.25.2")),
            Violated = And("path/hop-recommended", "which the guide does not recommend"),
        },
        new("a known-bad target", PreUpgrade, Decision.NoGo)
        {
            Sets = Set(("running", "1.26.3"), ("target", "1.27.0")),
            Violated = Reds(
                ("path/known-bad-release", "is a known-bad release"), ("path/security-regression", "security fixes"),
                ("path/not-a-downgrade", "is at schema 1.16 already"), ("schema/main-version", "is beyond what 1.27.0 was made for")),
        },
        new("a known-bad chart", PreUpgrade, Decision.NoGo)
        {
            Sets = Set(("running", "1.27.3"), ("helm.chart", "0.70.0")),
            Violated = And("path/known-bad-release", "The chart 0.70.0 is known to be bad"),
        },
        new("a known-bad running release, recognised by its schema", PreUpgrade, Decision.NoGo)
        {
            Main = "ALTER TABLE current_executions DROP COLUMN data_encoding; ALTER TABLE current_executions ADD COLUMN data_encoding varchar(16) NULL; "
                + "UPDATE schema_version SET curr_version = '1.15'; DELETE FROM schema_update_history WHERE new_version = '1.16';",
            Violated = And("path/known-bad-release", "The running release 1.27.0 is known to be bad"),
        },
        new("a target below the schema in the row", PreUpgrade, Decision.NoGo)
        {
            Sample = Recorded.Real1291,
            Sets = Set(("running", "1.27.3"), ("target", "1.28.4")),
            Violated = Reds(
                ("path/not-a-downgrade", "is at schema 1.18 already"), ("path/sequential-minors", "latest patch"), ("schema/main-version", "is beyond what 1.28.4 was made for")),
        },
        new("a target below the running release", PreUpgrade, Decision.NoGo)
        {
            Sample = Recorded.Real1291,
            Sets = Set(("running", "1.29.7")),
            Violated = Reds(("path/not-a-downgrade", "is older than the running 1.29.7"), ("path/security-regression", "The upgrade loses security fixes")),
        },
        new("a cluster that replicates, with no word about its side", PreUpgrade, Decision.Undecided)
        {
            Main = "INSERT INTO cluster_metadata_info SELECT metadata_partition, 'remote', data, data_encoding, version FROM cluster_metadata_info;",
            Violated = Hop,
            Unanswered = Reds(("path/multi-cluster", "2 clusters are recorded here")),
        },
        new("a cluster that replicates and is the passive side", PreUpgrade, Decision.Go)
        {
            Main = "INSERT INTO cluster_metadata_info SELECT metadata_partition, 'remote', data, data_encoding, version FROM cluster_metadata_info;",
            Sets = Set(("temporal.replicationSide", "passive")),
            Violated = Hop,
        },
    ];
}
