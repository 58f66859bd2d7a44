using TemporalConformance.Gate;
using static TemporalConformance.Checks.UpgradePhase;

namespace TemporalConformance.SelfTests;

public static partial class Scenarios
{
    private const string Unseen = "Nothing says how much disk is free";

    /// <summary>The subject database, beyond reachability. What takes another server than the ordinary local one is in <see cref="RealServerScenarios"/>.</summary>
    private static IEnumerable<Scenario> DatabaseDepths => [.. Rights, .. Rooms, .. Traffic];

    private static IEnumerable<Scenario> Rights =>
    [
        new("a role migrates that may do nothing", PreUpgrade, Decision.NoGo)
        {
            Main = "CREATE ROLE migrator_of_nothing;",
            Sets = Set(("stores.main.migrationRole", "migrator_of_nothing")),
            Violated = And("database/migration-privileges", "GRANT CREATE ON SCHEMA public TO migrator_of_nothing"),
        },
        new("a role migrates that does not own the table that a step alters", PreUpgrade, Decision.NoGo)
        {
            Sample = Recorded.Real1291,
            Visibility = "CREATE ROLE migrator_without_table; GRANT CREATE ON SCHEMA public TO migrator_without_table; "
                + "GRANT SELECT, INSERT, UPDATE ON schema_version, schema_update_history TO migrator_without_table;",
            Sets = Set(("running", "1.29.7"), ("target", "1.30.8"), ("stores.visibility.migrationRole", "migrator_without_table"), ("stores.visibility.volumeSize", "500GB")),
            Violated = Reds(("database/migration-privileges", "does not own executions_visibility")),
        },
        new("the role that is to migrate does not exist", PreUpgrade, Decision.NoGo)
        {
            Sets = Set(("stores.main.migrationRole", "nobody's")),
            Violated = And("database/migration-privileges", "there is no role nobody's"),
        },
        new("a role of its own migrates, and the servers will be let in to what it makes", PreUpgrade, Decision.Go)
        {
            Main = RolesOfTheirOwn("good"),
            Sets = Set(("stores.main.migrationRole", "migrator_good"), ("stores.main.runtimeRole", "runtime_good")),
            Violated = Hop,
        },
        new("a role of its own migrates, and the servers will stand before the new tables", PreUpgrade, Decision.NoGo)
        {
            Main = RolesOfTheirOwn("bad") + "ALTER DEFAULT PRIVILEGES FOR ROLE migrator_bad IN SCHEMA public REVOKE ALL ON TABLES FROM runtime_bad;",
            Sets = Set(("stores.main.migrationRole", "migrator_bad"), ("stores.main.runtimeRole", "runtime_bad")),
            Violated = And("database/runtime-privileges", "ALTER DEFAULT PRIVILEGES FOR ROLE migrator_bad IN SCHEMA public GRANT"),
        },
        new("the servers' role is not stated and is found by what it may write", PreUpgrade, Decision.NoGo)
        {
            Main = RolesOfTheirOwn("found") + "ALTER DEFAULT PRIVILEGES FOR ROLE migrator_found IN SCHEMA public REVOKE ALL ON TABLES FROM runtime_found;",
            Sets = Set(("stores.main.migrationRole", "migrator_found")),
            Violated = And("database/runtime-privileges", "runtime_found will lack SELECT, INSERT, UPDATE, DELETE on tables that migrator_found makes"),
        },
        new("the servers' role may not take numbers from a sequence", PreUpgrade, Decision.NoGo)
        {
            Main = RolesOfTheirOwn("unnumbered") + "REVOKE ALL ON SEQUENCE buffered_events_id_seq FROM runtime_unnumbered;",
            Sets = Set(("stores.main.migrationRole", "migrator_unnumbered"), ("stores.main.runtimeRole", "runtime_unnumbered")),
            Violated = And("database/runtime-privileges", "may not take numbers from buffered_events_id_seq"),
        },
        new("the migration made tables that the servers may not use", PostUpgrade, Decision.NoGo)
        {
            Sample = Recorded.Real1291,
            Main = RolesOfTheirOwn("outside") + "REVOKE ALL ON chasm_node_maps FROM runtime_outside;",
            Sets = Set(("stores.main.runtimeRole", "runtime_outside")),
            Violated = Reds(("database/runtime-privileges", "lacks SELECT, INSERT, UPDATE, DELETE on chasm_node_maps")),
        },
    ];

    private static IEnumerable<Scenario> Rooms =>
    [
        new("nothing is stated of the servers, and the chart's defaults are too much", PreUpgrade, Decision.NoGo)
        {
            Sets = Set(("cluster.pods", null), ("cluster.surge", null), ("stores.main.maxConns", null), ("stores.visibility.maxConns", null)),
            Violated = And("database/connection-budget", "cluster.pods is not given, so 4 are assumed"),
        },
        new("the database has a limit of its own", PreUpgrade, Decision.NoGo)
        {
            Main = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I CONNECTION LIMIT 20', current_database()); END $$;",
            Violated = And("database/connection-budget", "CONNECTION LIMIT 20"),
        },
        new("the servers' role has a limit of its own", PreUpgrade, Decision.NoGo)
        {
            Main = RolesOfTheirOwn("limited") + "ALTER ROLE runtime_limited CONNECTION LIMIT 10;",
            Sets = Set(("stores.main.migrationRole", "migrator_limited"), ("stores.main.runtimeRole", "runtime_limited")),
            Violated = And("database/connection-budget", "role runtime_limited: the servers may open 20"),
        },
        new("after the upgrade the connections are still too few", PostUpgrade, Decision.NoGo)
        {
            Sample = Recorded.Real1291,
            Sets = Set(("cluster.pods", "12"), ("cluster.surge", "4")),
            Violated = Reds(("database/connection-budget", "cluster.pods=12")),
        },
        new("a volume that a rewrite fills", PreUpgrade, Decision.Go)
        {
            Sample = Recorded.Real1291,
            Sets = Set(("running", "1.29.7"), ("target", "1.30.8"), ("stores.visibility.volumeSize", "1MB")),
            Violated = Reds(("database/disk-headroom", "The disk may fill up")),
        },
        new("a volume of unknown size before a rewrite", PreUpgrade, Decision.Go)
        {
            Sample = Recorded.Real1291,
            Sets = Set(("running", "1.29.7"), ("target", "1.30.8")),
            Unanswered = Reds(("database/disk-headroom", Unseen)),
        },
        new("a volume that is large enough for a rewrite", PreUpgrade, Decision.Go)
        {
            Sample = Recorded.Real1291,
            Sets = Set(("running", "1.29.7"), ("target", "1.30.8"), ("stores.visibility.volumeSize", "500GB")),
        },
    ];

    private static IEnumerable<Scenario> Traffic =>
    [
        new("a transaction that has been open for long", PreUpgrade, Decision.NoGo)
        {
            Held = "SELECT pg_sleep(1.2);",
            Sets = Set(("database.longTransaction", "1s")),
            Violated = And("database/no-long-transactions", "idle in transaction since"),
        },
        new("a transaction that has not been open for long", PreUpgrade, Decision.Go)
        {
            Held = "SELECT pg_sleep(1.2);",
            Violated = Hop,
        },
        new("a session that is idle in transaction and holds a lock on executions", PreUpgrade, Decision.NoGo)
        {
            Held = "SELECT count(*) FROM executions; SELECT pg_sleep(1.2);",
            Sets = Set(("database.longLock", "1ms")),
            Violated = And("database/no-blocking-locks", "has AccessShareLock on executions and does nothing with it"),
        },
        new("a session that is idle in transaction with a lock on a table of the user's own", PreUpgrade, Decision.Go)
        {
            Held = "CREATE TEMPORARY TABLE ours (id integer); SELECT pg_sleep(1.2);",
            Sets = Set(("database.longLock", "1ms")),
            Violated = Hop,
        },
        new("a database whose clock goes wrong", PreUpgrade, Decision.Go)
        {
            // The server's own function by another name, and one that lies in its place.
            Main = "SET allow_system_table_mods = on; ALTER FUNCTION pg_catalog.clock_timestamp() RENAME TO true_clock_timestamp; "
                + "CREATE FUNCTION pg_catalog.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT pg_catalog.true_clock_timestamp() + interval ''1 hour''';",
            Violated = And("database/clock-skew", " s ahead"),
        },
        new("a plugin that the server no longer has", PreUpgrade, Decision.NoGo)
        {
            Sets = Set(("stores.main.plugin", "postgres"), ("stores.visibility.plugin", "postgres12_pgx")),
            Violated = And("database/supported-plugin", "stores.main.plugin=postgres: removed from the server"),
        },
    ];

    /// <summary>A role that may migrate and one that serves, each with no right too many. Roles belong to the whole server, so each scenario has its own.</summary>
    private static string RolesOfTheirOwn(string name) => $"""
        CREATE ROLE migrator_{name};
        GRANT USAGE, CREATE ON SCHEMA public TO migrator_{name};
        GRANT SELECT, INSERT, UPDATE ON schema_version, schema_update_history TO migrator_{name};
        CREATE ROLE runtime_{name} LOGIN;
        GRANT USAGE ON SCHEMA public TO runtime_{name};
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO runtime_{name};
        REVOKE ALL ON schema_update_history FROM runtime_{name};
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO runtime_{name};
        ALTER DEFAULT PRIVILEGES FOR ROLE migrator_{name} IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO runtime_{name};
        """;
}
