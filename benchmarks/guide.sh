#!/bin/sh
# The database commands of the upgrade guide, each once and in the guide's order, as a person would type them before an upgrade.
#
# The guide asks temporal-sql-tool for the schema version, by a subcommand that it does not have (show-schema-version); the query here reads
# the row that the servers read. The other lines are the guide's own, with host, port, role and file of the benchmark. Like the guide they look
# at the main store alone. With "repeated" the version is asked as often as the guide asks it, and its `validate`, which the tool does not have
# either, is an empty question.
#
# Environment: HOST PORT ROLE DATABASE DUMP, and PGPASSWORD.
set -eu

ask() { psql -U "$ROLE" -h "$HOST" -p "$PORT" -d "$DATABASE" -c "$1"; }

version() { ask 'SELECT curr_version FROM schema_version WHERE version_partition = 0 AND db_name = current_database()'; }

version # 1. Environment Assessment
pg_restore --list "$DUMP" | head -20 # 2. Backup Strategy
if [ "${1-}" = repeated ]; then
  ask 'SELECT 1' # 2.1. Pre-Migration Validation
  version
  version # 2.4. Verify Schema Migration
fi
ask '\dt'
ask '\di'
