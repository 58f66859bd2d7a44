#!/bin/sh
# PreUpgrade and then Smoke, as the processes that ./run.sh starts. A dev server keeps no heartbeats, so that PreUpgrade has failed checks there
# (exit code 2), which cost the same time. Arguments: the folder for results, then the two executables.
# Environment: the settings.
set -eu

folder=$1
for phase in "$2" "$3"; do
  "$phase" --results-directory "$folder" --report-trx-filename "$(basename "$phase").trx" --timeout 120s --progress off --no-ansi || [ $? -eq 2 ]
done
