#!/usr/bin/env bash
# Rules of docs/architecture.md that a machine can check. Each finding is one line; the last line is "N passed, N failed".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

passed=0
failed=0

# check NAME COMMAND...: every line that the command prints is a finding.
check() {
  local name="$1" findings
  shift
  findings="$("$@")"
  if [ -z "$findings" ]; then
    passed=$((passed + 1))
    return 0
  fi
  failed=$((failed + 1))
  echo "$name:"
  printf '%s\n' "$findings" | sed 's/^/  /'
}

sources() { find server tests bench -type f \( -name '*.cpp' -o -name '*.h' \) | sort; }
web_sources() { find web tests \( -name node_modules -o -name dist \) -prune -o -type f \( -name '*.ts' -o -name '*.mjs' -o -name '*.css' \) -print | sort; }

# All that is ours and is text, apart from this folder, which has to name what it looks for.
texts() {
  find . \( -path ./.git -o -path ./build -o -path ./.cache -o -path ./tests/tidy -o -path ./tests/e2e/output -o -name node_modules -o -path ./web/dist \) -prune -o \
    -type f \( -name '*.cpp' -o -name '*.h' -o -name '*.ts' -o -name '*.mjs' -o -name '*.css' -o -name '*.html' -o -name '*.md' -o -name '*.json' \
    -o -name '*.yml' -o -name '*.txt' -o -name '*.cmake' -o -name 'Dockerfile' -o -path './script/*' -o -path './bench/compare' -o -path './.ci/*' \) -print | sort
}

# Which folders of server/ each may include: itself and those to its left.
layers='
sim: sim
policies: sim policies
model: sim policies model
packages: sim policies model packages
chaos: sim policies model chaos
operations: sim policies model operations
architecture: sim policies model packages chaos operations architecture
run: sim policies model packages chaos operations architecture run
export: sim policies model architecture run export
http: sim policies model architecture run export http
tool: sim policies model packages architecture run tool
'

upward_includes() {
  local folder allowed
  while IFS=: read -r folder allowed; do
    if [ -z "$folder" ] || [ ! -d "server/$folder" ]; then continue; fi
    grep -rnoE --include='*.cpp' --include='*.h' '^#include "[a-z_]+/' "server/$folder" | awk -v allowed="$allowed " '
      { folder = $0; sub(/.*"/, "", folder); sub(/\/.*/, "", folder)
        if (!index(allowed, " " folder " ")) print $0 "...\": not below this folder" }'
  done <<<"$layers"
}

# The simulation itself has no clock, thread, file, log or random device: what is outside comes in through a constructor. One file asks the
# system for large pages (docs/adr/0010-large-arrays-in-huge-pages.md).
asks_for_pages='^server/sim/large_allocator\.h:[0-9]+:#include <sys/mman\.h>$'
outside_below_run() {
  local folder
  for folder in sim policies model packages chaos operations; do
    [ -d "server/$folder" ] || continue
    grep -rnE --include='*.cpp' --include='*.h' \
      '^#include <(thread|mutex|shared_mutex|condition_variable|future|chrono|ctime|time\.h|fstream|iostream|filesystem|random|unistd\.h|sys/.*)>' "server/$folder" |
      grep -vE "$asks_for_pages" || true
    grep -rnE --include='*.cpp' --include='*.h' '^#include <(boost|nlohmann|spdlog|prometheus|CLI)/' "server/$folder" || true
  done
}

# sim: the standard library and itself, nothing else.
only_standard_in_sim() { grep -rnE --include='*.cpp' --include='*.h' '^#include <[^>]*[/.][^>]*>' server/sim | grep -vE "$asks_for_pages" || true; }

# Slow to compile, and nobody's business outside the file that uses them. server/http keeps Beast to itself in its own headers.
heavy_headers() {
  grep -rnE --include='*.h' '^#include <(nlohmann/json\.hpp|spdlog/|prometheus/|CLI/)' server || true
  grep -rnE --include='*.h' '^#include <boost/' server | grep -v '^server/http/' || true
}

# The network side sees snapshots, never a World or a concrete package, fault or operation.
http_sees_no_world() {
  grep -rnE --include='*.cpp' --include='*.h' '^#include "(model/(world|shard|instance|call|process)\.h|sim/(engine|event|event_queue|timers)\.h)"' server/http server/export || true
  grep -rnE --include='*.cpp' --include='*.h' '^#include <boost/(beast|asio)' server | grep -vE '^server/(http/|main\.cpp)' || true
}

panels_do_not_fetch() {
  [ -d web/src/panels ] || return 0
  grep -rnE '\b(fetch|WebSocket)\(' web/src/panels || true
}

long_files() {
  local limit=500
  { sources; web_sources; find script .ci bench/compare -type f; } | xargs wc -l | awk -v limit="$limit" '$2 != "total" && $1 > limit { print $2 ": " $1 " lines, at most " limit }'
}

long_functions() {
  local limit=70
  { sources; web_sources | grep -v '\.css$'; } | ctags -L - --fields=+neK --kinds-C++=f --kinds-TypeScript=fm --kinds-JavaScript=fm -o - 2>/dev/null | awk -F '\t' -v limit="$limit" '
    { line = 0; end = 0
      for (i = 4; i <= NF; i++) { if ($i ~ /^line:/) line = substr($i, 6); if ($i ~ /^end:/) end = substr($i, 5) }
      if (end > 0 && end - line + 1 > limit) print $2 ":" line ": " $1 " has " (end - line + 1) " lines, at most " limit }'
}

work_not_done() { { sources; web_sources; find script .ci bench/compare cmake -type f; echo CMakeLists.txt; } | grep -v '^tests/tidy/' | xargs grep -nE '\b(TODO|FIXME|XXX)\b' || true; }
skipped_tests() { { find tests -name '*.cpp'; find web/test tests -name '*.ts' -o -name '*.mjs'; } | xargs grep -nE 'GTEST_SKIP|DISABLED_|\b(test|it|describe)\.(skip|only|todo)\(' || true; }
machine_paths() { texts | xargs grep -nE '(^|[^A-Za-z0-9_.:/-])/(home|root|work|Users)/[A-Za-z]' || true; }
download_addresses() { find . -name node_modules -prune -o -name package-lock.json -print0 | xargs -0 grep -nE '"resolved": *"https?://' | cut -c1-120 || true; }
registry_names() { texts | xargs grep -nE 'registry\.(npmjs|yarnpkg)|\bnpmjs\.(org|com)|deb\.debian\.org|pypi\.org' || true; }

unlisted_sources() {
  local file folder lists
  while read -r file; do
    folder="$(dirname "$file")"
    lists=()
    while [ "$folder" != . ]; do
      if [ -f "$folder/CMakeLists.txt" ]; then lists+=("$folder/CMakeLists.txt"); fi
      folder="$(dirname "$folder")"
    done
    grep -qF -- "$(basename "$file")" "${lists[@]}" /dev/null || grep -qF -- "$(basename "$file" .cpp)" "${lists[@]}" /dev/null ||
      echo "$file: in no CMakeLists.txt"
  done < <(sources | grep '\.cpp$')
}

unguarded_headers() { sources | grep '\.h$' | xargs grep -L '^#pragma once' || true; }
whitespace() { texts | xargs grep -nE '[[:blank:]]+$' | cut -c1-120 | grep -v '\.md:' || true; }
bad_json() {
  find config json_arch scenarios tests -name node_modules -prune -o -name '*.json' -print | while read -r file; do
    node -e 'JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"))' "$file" 2>/dev/null || echo "$file: is not JSON"
  done
}

check "An include that points up or sideways" upward_includes
check "Outside world below run" outside_below_run
check "More than the standard library in sim" only_standard_in_sim
check "A heavy header in a header" heavy_headers
check "The network side looks into the simulation" http_sees_no_world
check "A panel that fetches" panels_do_not_fetch
check "A file that is too long" long_files
check "A function that is too long" long_functions
check "Work not done" work_not_done
check "A test that does not run" skipped_tests
check "A path of somebody's machine" machine_paths
check "A lock file with addresses" download_addresses
check "The name of a package registry" registry_names
check "A source that is not built" unlisted_sources
check "A header without #pragma once" unguarded_headers
check "Blanks at the end of a line" whitespace
check "JSON that is none" bad_json

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
