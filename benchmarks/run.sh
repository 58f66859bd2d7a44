#!/bin/sh
# The benchmark, in one command and from any directory: builds what it measures, measures, prints the tables. See README.md beside this file.
#
#   benchmarks/run.sh [--rounds N] [--executions N] [--parts floor,delay,live,kubernetes,exposition,dashboards,size,archive,backup,run,clone]
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
cd "$root"
dotnet=${DOTNET_ROOT:+$DOTNET_ROOT/}dotnet
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# The main command builds the phases, and installs PostgreSQL where that is its to do; its verdict is not the question here.
echo 'preparing …' >&2
./run.sh --results "$scratch/results" >"$scratch/log" 2>&1 || {
  cat "$scratch/log" >&2
  echo 'wanted: ./run.sh ends with GO before it is measured; observed: the above.' >&2
  exit 70
}
for project in benchmarks/EmptyProject/EmptyProject.csproj benchmarks/Runner/TemporalConformance.Benchmarks.csproj; do
  "$dotnet" build "$project" -c Release -v q -nologo -clp:NoSummary >"$scratch/log" 2>&1 </dev/null || {
    cat "$scratch/log" >&2
    exit 70
  }
done

"$dotnet" artifacts/bin/TemporalConformance.Benchmarks/release/TemporalConformance.Benchmarks.dll "$@"
