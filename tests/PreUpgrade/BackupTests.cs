using TemporalConformance.Checks;
using TemporalConformance.Gate;

namespace TemporalConformance.Tests;

/// <summary>Checks of the backup that the upgrade would be rolled back to.</summary>
/// <param name="upgrade">The upgrade under test.</param>
public sealed class BackupTests(UpgradeUnderTest upgrade)
{
    /// <summary>Reading a backup to its last byte takes as long as its bytes do.</summary>
    private const int Reading = 900;

    [Check("backup/main-fresh", Severity.Blocker, Needs = Systems.Backup, LimitSeconds = Reading,
        Remedy = "Back the main store up now: ./run.sh backup.")]
    public Task Main_store_has_a_backup_that_is_fresh_and_of_this_cluster() => Answer("backup/main-fresh");

    [Check("backup/visibility-fresh", Severity.Blocker, Needs = Systems.Backup, LimitSeconds = Reading,
        Remedy = "Back the visibility store up now: ./run.sh backup.")]
    public Task Visibility_store_has_a_backup_that_is_fresh_and_of_this_cluster() => Answer("backup/visibility-fresh");

    [Check("backup/same-moment", Severity.Advisory, Needs = Systems.Backup, LimitSeconds = Reading,
        Remedy = "Dump both stores from snapshots of one moment: ./run.sh backup.")]
    public Task Backups_of_both_stores_are_of_nearly_the_same_moment() => Answer("backup/same-moment");

    [Check("backup/complete", Severity.Blocker, Needs = Systems.Backup, LimitSeconds = Reading,
        Remedy = "Dump whole databases: without --schema-only, --table and --exclude-table-data.")]
    public Task Backup_has_every_table_of_its_schema_version_with_its_data() => Answer("backup/complete");

    [Check("backup/readable-to-the-end", Severity.Blocker, Needs = Systems.Backup, LimitSeconds = Reading,
        Remedy = "Back up again, and keep the old backup until the new one is proven. A table of contents that can be listed proves nothing: it stands at the head.")]
    public Task Backup_can_be_read_to_its_last_byte() => Answer("backup/readable-to-the-end");

    [Check("backup/tool-compatible", Severity.Advisory, Needs = Systems.Backup, LimitSeconds = Reading,
        Remedy = "Install the PostgreSQL client of the release that dumped on the machine that would restore.")]
    public Task Backup_can_be_restored_by_the_tool_at_hand() => Answer("backup/tool-compatible");

    [Check("backup/stored-away", Severity.Advisory, Needs = Systems.Backup, LimitSeconds = Reading,
        Remedy = "Copy the backup to a place that is lost with neither the databases nor their machine, and name it in backup.copy.")]
    public Task Copy_of_the_backup_lies_off_the_storage_of_the_databases() => Answer("backup/stored-away");

    [Check("backup/roles-saved", Severity.Advisory, Needs = Systems.Backup, LimitSeconds = Reading,
        Remedy = "pg_dumpall --roles-only --no-role-passwords, beside the dumps; ./run.sh backup does it.")]
    public Task Roles_that_own_what_was_dumped_are_saved() => Answer("backup/roles-saved");

    [Check("backup/configuration-saved", Severity.Advisory, Needs = Systems.Backup, LimitSeconds = Reading,
        Remedy = "Save the Helm release, its values and the ConfigMaps as they are installed now: ./run.sh backup with --kubeconfig and --namespace.")]
    public Task Configuration_is_saved_as_it_is_installed() => Answer("backup/configuration-saved");

    [Check("backup/workflow-state-saved", Severity.Advisory, Needs = Systems.Backup, LimitSeconds = Reading,
        Remedy = "Save what is running: ./run.sh backup with temporal.address.")]
    public Task Running_workflows_are_saved() => Answer("backup/workflow-state-saved");

    [Check("backup/restorable", Severity.Blocker, Needs = Systems.Backup, LimitSeconds = Reading,
        Remedy = "Dump again, and keep the old backup until the new one is proven.")]
    public Task Backup_can_be_restored() => Restored("backup/restorable");

    [Check("backup/row-counts-match", Severity.Blocker, Needs = Systems.Backup, LimitSeconds = Reading,
        Remedy = "Dump again: what was restored is not what was dumped.")]
    public Task Restored_backup_has_the_rows_of_the_dump() => Restored("backup/row-counts-match");

    [Check("backup/shape-after-restore", Severity.Blocker, Needs = Systems.Backup, LimitSeconds = Reading,
        Remedy = "Compare with the database that was dumped: schema/main-shape and schema/visibility-shape.")]
    public Task Restored_backup_has_the_shape_of_its_schema_version() => Restored("backup/shape-after-restore");

    private Task Answer(string check) => upgrade.Ask(token => upgrade.AnswerOfBackup(check, token));

    private Task Restored(string check) => upgrade.Ask(token => upgrade.AnswerOfRestore(check, token));
}
