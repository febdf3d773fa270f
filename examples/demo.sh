#!/usr/bin/env bash
# Serves a copy of the resources beside this script, so that you may edit and delete them, and cleans up on Ctrl-C.
#   examples/demo.sh [path of the perseid binary]
# DEMO_SECONDS=5 stops by itself; DEMO_PORT=9000 tries that port first instead of 8080.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
perseid="${1:-$here/../bin/perseid}"
[ -x "$perseid" ] || { echo "demo: $perseid is not there; run make build" >&2; exit 1; }

work="$(mktemp -d "${TMPDIR:-/tmp}/perseid-demo.XXXXXX")"
server="" nap=""
stop() {
	trap - EXIT HUP INT TERM
	[ -z "$nap" ] || kill "$nap" 2>/dev/null || true
	[ -z "$server" ] || { kill -TERM "$server" 2>/dev/null && wait "$server"; } || true
	rm -rf "$work"
}
trap stop EXIT
trap 'echo; echo "demo: stopped"; exit 0' HUP INT TERM

# status_of PATH prints the HTTP status the server answers, without needing curl.
status_of() {
	local code=""
	exec 3<>"/dev/tcp/127.0.0.1/$port" || return 1
	printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$1" >&3
	IFS=' ' read -r _ code _ <&3 || true
	exec 3>&-
	echo "$code"
}

free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

port="${DEMO_PORT:-8080}"
last=$((port + 100))
until free "$port"; do
	port=$((port + 1))
	[ "$port" -le "$last" ] || { echo "demo: no free port up to $last; set DEMO_PORT" >&2; exit 1; }
done

resources="$work/resources"
mkdir "$resources"
cp -R "$here"/*/ "$resources"

# A job of its own process group: Ctrl-C reaches this script alone, which then stops the server once.
set -m
"$perseid" serve --database "$work/database" --web.listen-address "127.0.0.1:$port" "$resources" \
	>"$work/log" 2>&1 </dev/null &
server=$!
set +m

for _ in $(seq 150); do
	[ "$(status_of /readyz 2>/dev/null)" != 200 ] || break
	kill -0 "$server" 2>/dev/null || { echo "demo: the server stopped:" >&2; cat "$work/log" >&2; exit 1; }
	sleep 0.1
done
[ "$(status_of /readyz 2>/dev/null)" = 200 ] || { echo "demo: not ready after 15 seconds:" >&2; cat "$work/log" >&2; exit 1; }

url="http://127.0.0.1:$port"
cat <<TEXT

  Perseid serves $resources
  at $url    (the API; log: $work/log)

  In another terminal:

  1. Ask the API, as any client of Perses would:
       curl -s "$url/api/v1/projects/self-monitoring/dashboards?metadata_only=true"

  2. Break a dashboard and see who is told; the last good version stays served:
       echo 'spec: [' >> $resources/self-monitoring/dashboards/go-runtime.yaml
       $perseid status --server $url

  3. Delete one and see it go. That takes seconds, but 30 the first time: after a start nothing is deleted before the directory came to rest.
       rm $resources/self-monitoring/dashboards/prometheus.yaml
       curl -si $url/api/v1/projects/self-monitoring/dashboards/prometheus | head -1

  Ctrl-C stops the server and removes the copy.
TEXT

if [ -n "${DEMO_SECONDS:-}" ]; then
	sleep "$DEMO_SECONDS" &
	nap=$!
	wait "$nap"
else
	wait "$server" || { echo "demo: the server stopped:" >&2; tail -n 20 "$work/log" >&2; exit 1; }
fi
