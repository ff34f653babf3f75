#!/usr/bin/env bash
# What can be said of the container image without a container: its runtime packages are those that the release binary is linked with, what it copies
# exists, and its file layout starts, answers and stops. Needs build/release and web/dist. The last line is "N passed, N failed".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

binary=build/release/server/simianviz
passed=0
failed=0

check() {
  local name="$1" findings
  shift
  findings="$("$@" 2>&1)" || findings+=" (status $?)"
  if [ -z "$findings" ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf '%s:\n%s\n' "$name" "$findings"
  fi
}

runtime_stage() { awk '/^FROM /{ stage++ } stage == 2' Dockerfile; }

listed_packages() {
  runtime_stage | awk '/no-install-recommends/ { on = 1; next } /rm -rf/ { on = 0 } on' | grep -oE '[a-z0-9][a-z0-9.+-]+' | sort -u
}

# The Debian packages of the shared libraries; libc6 and libgcc-s1 are in every image.
linked_packages() {
  local library path
  ldd "$binary" | awk '$3 ~ /^\// { print $3 }' | while read -r library; do
    path="$(readlink -f "$library")"
    { dpkg-query -S "$library" || dpkg-query -S "$path" || dpkg-query -S "${path#/usr}"; } 2>/dev/null | head -n 1 | sed 's/:.*//'
  done | grep -vE '^(libc6|libgcc-s1)$' | sort -u
}

packages_match() {
  diff <(listed_packages | grep -vx curl) <(linked_packages) | sed -n 's/^</  not needed:/p; s/^>/  missing:/p'
}

copies_exist() {
  local source
  awk '/^COPY / && !/--from/ { for (i = 2; i < NF; i++) print $i }' Dockerfile | while read -r source; do
    [ -e "$source" ] || echo "  no $source"
  done
}

is_careful() {
  local line
  for line in '^USER simianviz$' '^EXPOSE 8080$' '^HEALTHCHECK .*/healthz' '^ENTRYPOINT .*"0\.0\.0\.0"'; do
    runtime_stage | grep -qE "$line" || echo "  no line like $line"
  done
}

stage=
server=
clean_up() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  [ -z "$stage" ] || rm -rf "$stage"
}
trap clean_up EXIT

# The directory that the image has, started as the image starts it, on 127.0.0.1.
layout_serves() {
  local base='' status=0
  stage="$(mktemp -d)"
  mkdir -p "$stage/bin" "$stage/web"
  cp "$binary" "$stage/bin/"
  cp -r web/dist "$stage/web/dist"
  cp -r config json_arch scenarios "$stage/"
  (cd "$stage" && exec bin/simianviz --config config/server.json --host 127.0.0.1 --port 0) >"$stage/log" 2>&1 &
  server=$!
  for _ in $(seq 100); do
    base="$(grep -oE 'http://127\.0\.0\.1:[0-9]+' "$stage/log" || true)"
    [ -z "$base" ] || break
    sleep 0.1
  done
  curl --fail --silent --output /dev/null "$base/healthz" || { echo "  /healthz does not answer"; cat "$stage/log"; }
  curl --fail --silent "$base/" | grep -qi '<!doctype html>' || echo "  the dashboard is not served"
  curl --fail --silent "$base/api/v1/architectures" | grep -q '"netflixoss"' || echo "  the architectures are not there"
  kill -TERM "$server" || true
  wait "$server" || status=$?
  [ "$status" -eq 0 ] || echo "  ended with status $status on SIGTERM"
  server=
}

check "Runtime packages of the image" packages_match
check "Files that the image copies" copies_exist
check "User, port, health check and address of the image" is_careful
check "The image's layout" layout_serves

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
