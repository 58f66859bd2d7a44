using TemporalConformance.Gate;
using static TemporalConformance.Checks.UpgradePhase;

namespace TemporalConformance.SelfTests;

public static partial class Scenarios
{
    private const string WrongStore = "so nothing can be said about it";

    /// <summary>The subject schema.</summary>
    private static IEnumerable<Scenario> Schemas =>
    [
        new("a real 1.29.1 after the upgrade", PostUpgrade, Decision.Go) { Sample = Recorded.Real1291 },
        new("the row lies: 1.18 with tasks_v2 missing", PostUpgrade, Decision.NoGo)
        {
            Sample = Recorded.Real1291,
            Main = "DROP TABLE tasks_v2;",
            Violated = Reds(("schema/main-shape", "does not have its shape")),
        },
        new("the row lies: 1.18 with tasks_v2 of another shape", PostUpgrade, Decision.NoGo)
        {
            Sample = Recorded.Real1291,
            Main = "ALTER TABLE tasks_v2 ALTER COLUMN pass TYPE integer;",
            Violated = Reds(("schema/main-shape", "does not have its shape")),
        },
        new("another order of columns, as the at-once form has it", PreUpgrade, Decision.Go)
        {
            Visibility = "ALTER TABLE executions_visibility DROP COLUMN _version; ALTER TABLE executions_visibility ADD COLUMN _version bigint NOT NULL DEFAULT 0;",
            Violated = Hop,
        },
        new("the at-once form: no cluster_metadata, no such defaults", PreUpgrade, Decision.Go)
        {
            Main = "DROP TABLE cluster_metadata; ALTER TABLE queue ALTER COLUMN message_encoding DROP DEFAULT; "
                + "ALTER TABLE queue_metadata ALTER COLUMN data_encoding DROP DEFAULT, ALTER COLUMN version DROP DEFAULT, ALTER COLUMN data DROP DEFAULT;",
            Violated = Hop,
        },
        new("an interrupted step 1.16: the column is gone", PreUpgrade, Decision.NoGo)
        {
            Main = "ALTER TABLE current_executions DROP COLUMN data_encoding; UPDATE schema_version SET curr_version = '1.15'; "
                + "DELETE FROM schema_update_history WHERE new_version = '1.16';",
            Sets = Set(("running", "1.26.3")),
            Violated = HopAnd(
                ("path/hop-recommended", "which the guide does not recommend"), ("schema/main-shape", "does not have its shape")),
        },
        new("visibility is behind the running release", PreUpgrade, Decision.NoGo)
        {
            Visibility = "ALTER TABLE executions_visibility DROP COLUMN _version; UPDATE schema_version SET curr_version = '1.8'; DELETE FROM schema_update_history WHERE new_version = '1.9';",
            Sets = Set(("running", "1.27.3")),
            Violated = And("schema/visibility-version", "is too old here"),
        },
        new("only the main store was migrated", PostUpgrade, Decision.NoGo)
        {
            Sample = Recorded.Real1291,
            Visibility = "ALTER TABLE executions_visibility DROP COLUMN _version; UPDATE schema_version SET curr_version = '1.8'; DELETE FROM schema_update_history WHERE new_version = '1.9';",
            Violated = Reds(("schema/visibility-version", "is too old here")),
        },
        new("the migration stopped at 1.17, as the guide's own command does", PostUpgrade, Decision.NoGo)
        {
            Sample = Recorded.Real1291,
            Main = Undo118,
            Violated = Reds(("schema/main-version", "is too old here")),
        },
        new("between the steps: 1.17 under a running 1.27", PreUpgrade, Decision.Go)
        {
            Sample = Recorded.Real1291,
            Main = Undo118,
            Sets = Set(("running", "1.27.3")),
            Violated = Hop,
        },
        new("between the steps: 1.18 under a running 1.27", PreUpgrade, Decision.Go)
        {
            Sample = Recorded.Real1291,
            Sets = Set(("running", "1.27.3")),
            Violated = Hop,
        },
        new("an invalid index", PreUpgrade, Decision.NoGo)
        {
            Visibility = "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'by_execution_time'::regclass;",
            Violated = And("schema/visibility-shape", "does not have its shape"),
        },
        new("a dropped index", PreUpgrade, Decision.NoGo)
        {
            Visibility = "DROP INDEX by_execution_time;",
            Violated = And("schema/visibility-shape", "does not have its shape"),
        },
        new("an index of the user's own", PreUpgrade, Decision.Go)
        {
            Main = "CREATE INDEX ours ON executions (run_id);",
            Violated = Hop,
        },
        new("a table of the user's own", PreUpgrade, Decision.Go)
        {
            Main = "CREATE TABLE ours (id integer PRIMARY KEY);",
            Violated = Hop,
        },
        new("the history has a gap", PreUpgrade, Decision.Go)
        {
            Main = "DELETE FROM schema_update_history WHERE new_version = '1.15';",
            Violated = And("schema/history-chain", "was not brought to its version by temporal-sql-tool alone"),
        },
        new("the history has a manifest that no release ships", PreUpgrade, Decision.Go)
        {
            Main = "UPDATE schema_update_history SET manifest_md5 = md5('ours') WHERE new_version = '1.16';",
            Violated = And("schema/history-chain", "was not brought to its version by temporal-sql-tool alone"),
        },
        new("tasks_v2 exists before its version", PreUpgrade, Decision.NoGo)
        {
            Main = "CREATE TABLE tasks_v2 (id integer PRIMARY KEY);",
            Violated = And("schema/no-foreign-objects", "has tables of a later version"),
        },
        new("the stores are wired crosswise", PreUpgrade, Decision.NoGo)
        {
            Wiring = (main, visibility) => (visibility, main),
            Sets = Set(("running", "1.27.3")),
            Violated = HopAnd(
                ("schema/stores-are-two-databases", "are not wired to the two databases")),
            Unanswered = Reds([
                ("path/not-a-downgrade", WrongStore), ("path/multi-cluster", WrongStore),
                ("schema/main-version", WrongStore), ("schema/visibility-version", WrongStore), ("schema/main-shape", WrongStore), ("schema/visibility-shape", WrongStore),
                ("schema/history-chain", WrongStore), ("schema/no-foreign-objects", WrongStore), ("schema/pending-steps-safe", WrongStore), ("database/btree-gin", WrongStore), ("health/dead-letter-queues-empty", WrongStore), ("workflows/stores-agree", WrongStore), .. NothingPending(WrongStore)]),
        },
        new("one database for both stores", PreUpgrade, Decision.NoGo)
        {
            Wiring = (main, _) => (main, main),
            Sets = Set(("running", "1.27.3")),
            Violated = HopAnd(("schema/stores-are-two-databases", "are not wired to the two databases")),
            Unanswered = Reds([
                ("path/not-a-downgrade", WrongStore), ("schema/visibility-version", WrongStore), ("schema/visibility-shape", WrongStore), ("schema/history-chain", WrongStore),
                ("schema/no-foreign-objects", WrongStore), ("schema/pending-steps-safe", WrongStore), ("database/btree-gin", WrongStore), ("workflows/stores-agree", WrongStore), .. NothingPending(WrongStore)]),
        },
        new("databases that are not Temporal's", PreUpgrade, Decision.NoGo)
        {
            Sample = Recorded.Empty,
            Main = "CREATE TABLE ours (id integer);",
            Visibility = "CREATE TABLE ours (id integer);",
            Sets = Set(("running", "1.27.3")),
            Violated = HopAnd(("schema/stores-are-two-databases", "are not wired to the two databases")),
            Unanswered = NothingThere,
        },
        new("empty databases", PreUpgrade, Decision.NoGo)
        {
            Sample = Recorded.Empty,
            Sets = Set(("running", "1.27.3")),
            Violated = HopAnd(("schema/stores-are-two-databases", "are not wired to the two databases")),
            Unanswered = NothingThere,
        },
        new("a copy under another name, whose row nobody renamed", PreUpgrade, Decision.NoGo)
        {
            Main = "UPDATE schema_version SET db_name = 'temporal_production';",
            Sets = Set(("running", "1.27.3")),
            Violated = And("schema/main-version", "has no row for the database"),
            Unanswered = Reds([
                ("schema/main-shape", "row in schema_version is missing"), ("schema/no-foreign-objects", "row in schema_version is missing"),
                ("schema/pending-steps-safe", "row in schema_version is missing"), .. NothingPending("row in schema_version is missing")]),
        },
        new("visibility of 1.30 under a target of 1.29", PreUpgrade, Decision.NoGo)
        {
            Visibility = "UPDATE schema_version SET curr_version = '1.13';",
            Sets = Set(("running", "1.27.3")),
            Violated = HopAnd(
                ("path/not-a-downgrade", "is at schema 1.13 already"), ("schema/visibility-version", "is beyond what 1.29.1 was made for"),
                ("schema/visibility-shape", "does not have its shape"), ("schema/history-chain", "was not brought to its version")),
        },
        new("a pending step that rewrites a large visibility table", PreUpgrade, Decision.Go)
        {
            Sets = Set(("running", "1.29.7"), ("target", "1.30.8"), ("stores.visibility.volumeSize", "500GB")),
            Sample = Recorded.Real1291,
            Visibility = "UPDATE pg_class SET reltuples = 3000000, relpages = 1000 WHERE oid = 'executions_visibility'::regclass;",
            Violated = Reds(("schema/pending-steps-safe", "lock or rewrite large tables")),
        },
        new("visibility in Elasticsearch", PreUpgrade, Decision.Go)
        {
            Sets = Set(("stores.visibility.kind", "elasticsearch"), ("stores.visibility.connection", null)),
            Violated = And("schema/every-store-known", "which this suite does not read"),
        },
    ];

    private static Dictionary<string, string> NothingThere => Reds([
        ("path/not-a-downgrade", WrongStore), ("path/multi-cluster", WrongStore),
        ("schema/main-version", WrongStore), ("schema/visibility-version", WrongStore), ("schema/main-shape", WrongStore), ("schema/visibility-shape", WrongStore),
        ("schema/history-chain", WrongStore), ("schema/no-foreign-objects", WrongStore), ("schema/pending-steps-safe", WrongStore), ("database/btree-gin", WrongStore), ("health/dead-letter-queues-empty", WrongStore), ("workflows/stores-agree", WrongStore), .. NothingPending(WrongStore)]);
}
