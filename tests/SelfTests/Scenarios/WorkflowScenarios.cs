using TemporalConformance.Gate;
using static TemporalConformance.Checks.UpgradePhase;

namespace TemporalConformance.SelfTests;

public static partial class Scenarios
{
    /// <summary>The subject workflows, as far as databases answer.</summary>
    private static IEnumerable<Scenario> Workflows =>
    [
        new("visibility has lost the sight of running workflows", PreUpgrade, Decision.Go)
        {
            Visibility = "DELETE FROM executions_visibility WHERE status = 1 AND workflow_type_name = 'ApprovalWorkflow';",
            Violated = And("workflows/stores-agree", "do not agree about which executions are open"),
        },
        new("the main store has lost running workflows", PostUpgrade, Decision.Go)
        {
            Sample = Recorded.Real1291,
            Main = "DELETE FROM current_executions WHERE state = 1;",
            Violated = Reds(("workflows/stores-agree", "running in the main store")),
        },
        new("visibility has more open executions than are counted", PreUpgrade, Decision.NoGo)
        {
            Visibility = """
                ALTER TABLE executions_visibility RENAME TO executions_visibility_before;
                CREATE TABLE executions_visibility AS
                    SELECT 'a'::char(64) AS namespace_id, 1 AS status, now()::timestamp AS start_time, NULL::timestamp AS close_time, NULL::varchar(255) AS temporalnamespacedivision
                    FROM generate_series(1, 500001);
                """,
            Violated = And("schema/visibility-shape", "does not have its shape"),
            Unanswered = Reds(("workflows/stores-agree", "more than 500 000 open executions")),
        },
        new("open executions may not be counted", PreUpgrade, Decision.NoGo)
        {
            Main = "ALTER TABLE current_executions RENAME COLUMN state TO state_now;",
            Violated = And("schema/main-shape", "does not have its shape"),
            Unanswered = Reds(("workflows/stores-agree", "The number of open executions")),
        },
    ];
}
