#!/bin/sh
# TemporalConformance: one entry for everything. ./run.sh --help lists the commands.
#
# In a checkout this script builds what the command runs, when its sources have changed, and then becomes the command. In a published
# folder (./run.sh publish DIR) it only becomes the command: no SDK is needed there, only the .NET runtime.
#
# Exit codes: those of the command (0 GO, 1 NO-GO, 2 UNDECIDED, 64 usage or settings, 70 internal).
set -eu

say() { printf '%s\n' "$*" >&2; }

fail() { # code sentence…
  code=$1
  shift
  say "$@"
  exit "$code"
}

# The folder of this file, also when it was called through a symbolic link from somewhere else.
self=$0
while [ -L "$self" ]; do
  link=$(readlink -- "$self")
  case $link in
    /*) self=$link ;;
    *) self=$(dirname -- "$self")/$link ;;
  esac
done
root=$(CDPATH='' cd -- "$(dirname -- "$self")" && pwd -P)

# ---------------------------------------------------------------------------------------------------------------------------------
# Environment of every child

# Inherited settings of the test platform could turn a failure into a success (TESTINGPLATFORM_EXITCODE_IGNORE) or mix the evidence of
# two runs.
for name in $(env | sed -n 's/^\(TESTINGPLATFORM_[A-Za-z0-9_]*\)=.*/\1/p'); do
  unset "$name"
done
export TESTINGPLATFORM_TELEMETRY_OPTOUT=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
export TEMPORAL_CONFORMANCE_HOME="$root"

# ---------------------------------------------------------------------------------------------------------------------------------
# The command: the first word that is neither an option nor an option's value

command=
asks_help=
database_named=
config=conformance.json
value_of=
for argument in "$@"; do
  if [ -n "$value_of" ]; then
    case $value_of in
      --set) case $argument in postgres.binaries=?*) database_named=1 ;; esac ;;
      --config) config=$argument ;;
    esac
    value_of=
    continue
  fi
  case $argument in
    --) break ;;
    --help | -h | '-?' | --version) asks_help=1 ;;
    --set | --config | --results | --only | --skip | --waivers | --target | --running | --policy | --cluster | --output | \
      --kubeconfig | --context | --namespace | --role | --schema) value_of=$argument ;;
    --set=postgres.binaries=?*) database_named=1 ;;
    --config=*) config=${argument#--config=} ;;
    -*) ;;
    *) [ -n "$command" ] || command=$argument ;;
  esac
done

# Folders with phases that the command starts as processes of their own.
case ${asks_help:+help}$command in
  help*) phases= ;;
  '' | rehearse | around | generate | publish) phases='PreUpgrade PostUpgrade Smoke' ;;
  pre) phases=PreUpgrade ;;
  post) phases=PostUpgrade ;;
  smoke) phases=Smoke ;;
  *) phases= ;;
esac

# ---------------------------------------------------------------------------------------------------------------------------------
# PostgreSQL, for the commands that need a disposable one

has_postgres() {
  for folder in \
    $(printf '%s' "$PATH" | tr ':' '\n' | grep -v ' ') \
    /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/local/pgsql/bin \
    /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin /home/linuxbrew/.linuxbrew/opt/postgresql*/bin \
    /Applications/Postgres.app/Contents/Versions/*/bin; do
    [ -x "$folder/initdb" ] && return 0
  done
  return 1
}

names_postgres() {
  [ -n "$database_named" ] || [ -n "${TEMPORAL_CONFORMANCE__POSTGRES__BINARIES-}" ] ||
    { [ -f "$config" ] && grep -Eq '^[^/]*"binaries"[[:space:]]*:[[:space:]]*"[^"]' "$config"; }
}

has_docker() { command -v docker >/dev/null 2>&1 && docker info >/dev/null 2>&1 </dev/null; }

install_postgres() {
  say "No PostgreSQL on this machine: installing Debian's package postgresql, without a server of its own (apt-get install postgresql)."
  # The package would create a cluster and start it on port 5432; a file in this folder is its documented way to say no. It is read
  # during the installation alone and does not stay.
  mkdir -p /etc/postgresql-common/createcluster.d
  no_cluster=/etc/postgresql-common/createcluster.d/temporal-conformance.conf
  echo 'create_main_cluster = false' >"$no_cluster"
  log=$(mktemp)
  installed=0
  {
    apt-get -q update &&
      DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 install --no-install-recommends postgresql
  } >"$log" 2>&1 </dev/null || installed=$?
  rm -f "$no_cluster"
  if [ "$installed" != 0 ] || ! has_postgres; then
    cat "$log" >&2
    rm -f "$log"
    fail 64 "PostgreSQL could not be installed (apt-get said the above). Install it by hand, or name its folder: --set postgres.binaries=/path/to/bin"
  fi
  rm -f "$log"
}

ensure_postgres() {
  if has_postgres || names_postgres || has_docker; then
    return 0
  fi
  if command -v apt-get >/dev/null 2>&1; then
    [ "$(id -u)" != 0 ] || { install_postgres && return 0; }
    hint='sudo apt-get install -y postgresql'
  elif command -v dnf >/dev/null 2>&1; then
    hint='sudo dnf install -y postgresql-server postgresql-contrib'
  elif command -v apk >/dev/null 2>&1; then
    hint='sudo apk add postgresql postgresql-contrib'
  elif [ "$(uname -s)" = Darwin ]; then
    hint='brew install postgresql@17'
  else
    hint='install PostgreSQL 12 or newer with its contrib modules'
  fi
  fail 64 "This command needs a disposable PostgreSQL: no binaries were found on this machine and no Docker daemon answers. Type: $hint"
}

# A running demonstration or rehearsal has its own database; everything else asks systems that exist already.
wants_postgres() {
  [ -z "$asks_help" ] || return 1
  case $command in
    '' | rehearse | test) return 0 ;;
    *) return 1 ;;
  esac
}

# ---------------------------------------------------------------------------------------------------------------------------------
# .NET

sdk_hint() {
  script='curl -fsSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0'
  if [ "$(uname -s)" = Darwin ]; then
    echo 'brew install --cask dotnet-sdk'
  elif command -v dnf >/dev/null 2>&1; then
    echo 'sudo dnf install -y dotnet-sdk-10.0'
  elif command -v apk >/dev/null 2>&1; then
    echo 'sudo apk add dotnet10-sdk'
  elif grep -qs '^ID=ubuntu' /etc/os-release; then
    echo 'sudo apt-get update && sudo apt-get install -y dotnet-sdk-10.0'
  else
    echo "$script"
  fi
}

# Every dotnet there may be, the caller's own choice first.
dotnets() {
  [ -z "${DOTNET_ROOT-}" ] || echo "$DOTNET_ROOT/dotnet"
  command -v dotnet || :
  for folder in "${HOME:-/root}/.dotnet" /usr/share/dotnet /usr/lib/dotnet /usr/lib64/dotnet /usr/local/share/dotnet \
    /opt/homebrew/bin /opt/homebrew/opt/dotnet/libexec /usr/local/bin; do
    echo "$folder/dotnet"
  done
}

find_sdk() {
  dotnet=$(dotnets | while IFS= read -r candidate; do
    if [ -x "$candidate" ] && "$candidate" --list-sdks 2>/dev/null | grep -q '^10\.0\.'; then
      echo "$candidate"
      break
    fi
  done)
  [ -n "$dotnet" ] || fail 64 "This checkout is built with the .NET SDK 10, which was not found on this machine. Type: $(sdk_hint)"
}

# An executable looks for its runtime in DOTNET_ROOT and the system's own folders, not beside the dotnet that PATH leads to.
export_dotnet_root() {
  [ -z "${DOTNET_ROOT-}" ] || return 0
  for candidate in $(dotnets | grep -v ' '); do
    [ -x "$candidate" ] || continue
    while [ -L "$candidate" ]; do
      link=$(readlink -- "$candidate")
      case $link in
        /*) candidate=$link ;;
        *) candidate=$(dirname -- "$candidate")/$link ;;
      esac
    done
    folder=$(dirname -- "$candidate")
    [ -d "$folder/shared" ] || folder=$(dirname -- "$folder")/libexec
    if [ -d "$folder/shared" ]; then
      export DOTNET_ROOT="$folder"
      return 0
    fi
  done
}

# ---------------------------------------------------------------------------------------------------------------------------------
# Building

stamps=$root/artifacts/run

project_file() { # name
  case $1 in
    cli) echo cli/TemporalConformance.Cli.csproj ;;
    *) echo "tests/$1/$1.csproj" ;;
  esac
}

executable() { # name
  case $1 in
    cli) echo artifacts/bin/TemporalConformance.Cli/release/temporal-conformance ;;
    *) echo "artifacts/bin/$1/release/$1" ;;
  esac
}

# Fresh: built, and no source file or folder has changed since that build began. A folder changes when a file in it is deleted.
is_fresh() { # name
  case $1 in
    cli) own=cli ;;
    *) own="tests/$1 tests/Shared tests/Directory.Build.props" ;;
  esac
  [ -x "$root/$(executable "$1")" ] && [ -f "$stamps/$1" ] || return 1
  # shellcheck disable=SC2086 # $own is a list of names without blanks
  newer=$(cd "$root" && find fixtures gate $own checks.json testconfig.json global.json Directory.Build.props Directory.Packages.props \
    -newer "$stamps/$1" -print 2>/dev/null | head -n 1)
  [ -z "$newer" ]
}

run_dotnet() { # what-is-done arguments…: quiet unless it fails
  what=$1
  shift
  say "$what"
  # global.json is looked for from the working directory upwards. Build servers outlive the build and must not hold our streams or lock.
  if ! (cd "$root" && "$dotnet" "$@") >"$stamps/log" 2>&1 </dev/null 9>&-; then
    cat "$stamps/log" >&2
    fail 70 "The build failed; its output is above. Nothing was checked."
  fi
}

# One build at a time, where the system has flock; otherwise the second one may have to be repeated.
lock_build() {
  mkdir -p "$stamps"
  if command -v flock >/dev/null 2>&1; then
    exec 9>"$stamps/lock"
    flock 9
  fi
}

unlock_build() { exec 9>&-; }

find_stale() { # names…
  stale=
  for name in "$@"; do
    is_fresh "$name" || stale="$stale $name"
  done
}

build() { # names…
  find_stale "$@"
  [ -n "$stale" ] || return 0
  find_sdk
  lock_build
  find_stale "$@" # what another process built while this one waited is built
  : >"$stamps/begun"
  [ -n "$stale" ] || { unlock_build && return 0; }
  # A solution filter builds several projects, and what they refer to, in one go.
  {
    echo '{ "solution": { "path": "../../TemporalConformance.sln", "projects": ['
    separator=
    for name in $stale; do
      echo "$separator\"$(project_file "$name")\""
      separator=,
    done
    echo '] } }'
  } >"$stamps/build.slnf"
  # Analyzers are a third of the build and change nothing in what is built; `./run.sh test` and `dotnet build` have them.
  run_dotnet "building$stale …" build artifacts/run/build.slnf -c Release -p:RunAnalyzers=false -v q -nologo -clp:NoSummary
  for name in $stale; do
    cp -p "$stamps/begun" "$stamps/$name"
  done
  unlock_build
}

# ---------------------------------------------------------------------------------------------------------------------------------
# Commands of this script

# Reads the summary that `dotnet test` prints last, as in:
#   Test run summary: Passed!
#     error: 1
#     total: 12
#     failed: 0
#     succeeded: 11
#     skipped: 1
#     duration: 2s 345ms
# An error is a test program that ended without a result of its own (it crashed, or found no test): it counts as failed.
test_summary() { # log
  awk '
    /^Test run summary:/ { found = 1; errors = failed = passed = skipped = 0 }
    found && $1 == "error:" { errors = $2 }
    found && $1 == "failed:" { failed = $2 }
    found && $1 == "succeeded:" { passed = $2 }
    found && $1 == "skipped:" { skipped = $2 }
    END { if (found) printf "%d passed, %d failed, %d skipped\n", passed, failed + errors, skipped; else exit 1 }' "$1"
}

run_tests() { # arguments after `test`
  for argument in "$@"; do
    shift
    case $argument in
      --long) export TEMPORAL_CONFORMANCE_LONG=1 ;;
      # A filter leaves some test programs without a test, which ends them with 8.
      --filter-* | --filter) set -- "$@" --ignore-exit-code 8 "$argument" ;;
      *) set -- "$@" "$argument" ;;
    esac
  done
  find_sdk
  lock_build
  : >"$stamps/begun"
  run_dotnet 'building everything …' build TemporalConformance.sln -c Release -v q -nologo -clp:NoSummary
  for name in cli PreUpgrade PostUpgrade Smoke; do
    cp -p "$stamps/begun" "$stamps/$name"
  done
  unlock_build
  export_dotnet_root
  log=$stamps/test.log
  # The exit code goes through a file: a pipeline's own is that of tee.
  {
    code=0
    (cd "$root" && DOTNET_CLI_UI_LANGUAGE=en "$dotnet" test --solution TemporalConformance.sln -c Release --no-build \
      --results-directory "$root/artifacts/test-results" "$@") 2>&1 </dev/null || code=$?
    echo "$code" >"$stamps/test.code"
  } | tee "$log"
  code=$(cat "$stamps/test.code")
  if ! test_summary "$log"; then
    say "dotnet test ended with exit code $code and printed no summary: its output is above."
    [ "$code" != 0 ] || code=70
  fi
  exit "$code"
}

publish() { # DIR
  [ $# = 1 ] || fail 64 'wanted: ./run.sh publish DIR, one folder that is made if need be.'
  mkdir -p -- "$1"
  target=$(CDPATH='' cd -- "$1" && pwd -P)
  [ "$target" != "$root" ] || fail 64 "wanted: a folder outside the checkout's root; observed: $target."
  find_sdk
  lock_build
  for name in cli $phases; do
    rm -rf "${target:?}/bin/$name"
    run_dotnet "publishing $name …" publish "$(project_file "$name")" -c Release --no-self-contained -o "$target/bin/$name" -v q -nologo -clp:NoSummary
  done
  unlock_build
  for file in run.sh README.md LICENSE conformance.json conformance.schema.json waivers.json docs deploy; do
    [ ! -e "$root/$file" ] || cp -R "$root/$file" "$target/"
  done
  say "Published to $target. It needs the ASP.NET Core 10 runtime and no SDK: $target/run.sh"
}

# ---------------------------------------------------------------------------------------------------------------------------------

if [ -x "$root/bin/cli/temporal-conformance" ]; then
  case $command in
    test | generate | publish) [ -n "$asks_help" ] || fail 64 "'$command' needs a checkout with its sources; $root is a published folder." ;;
  esac
  export_dotnet_root
  if wants_postgres; then
    ensure_postgres
  fi
  exec "$root/bin/cli/temporal-conformance" "$@"
fi

if [ -z "$asks_help" ]; then
  case $command in
    test)
      [ "$1" = test ] || fail 64 "wanted: ./run.sh test [arguments of dotnet test] [--long]; observed: arguments before 'test'."
      shift
      ensure_postgres
      run_tests "$@"
      ;;
    publish)
      [ "$1" = publish ] || fail 64 "wanted: ./run.sh publish DIR; observed: arguments before 'publish'."
      shift
      publish "$@"
      exit 0
      ;;
  esac
fi

# shellcheck disable=SC2086 # a list of names without blanks
build cli $phases
export_dotnet_root
if wants_postgres; then
  ensure_postgres
fi
exec "$root/$(executable cli)" "$@"
