#!/usr/bin/env bash
# Serves a copy of the resources beside this script, so that you may edit and delete them, with a small Prometheus and a little traffic
# that make the graphs move; cleans up on Ctrl-C. There are three sources, so that there is something to see of each kind: documents that are
# edited in place, documents that change all the time, and releases, of which the second comes when the first is served.
#   examples/demo.sh [path of the perseid binary] [path of the demo binary]
# DEMO_SECONDS=5 stops by itself; DEMO_PORT=9000 tries that port first instead of 8080. Without the second binary nothing moves.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
perseid="${1:-${here%/*}/bin/perseid}"
[ -x "$perseid" ] || { echo "demo: $perseid is not there; run make build" >&2; exit 1; }
demo="${2:-${here%/*}/bin/demo}"

work="$(mktemp -d "${TMPDIR:-/tmp}/perseid-demo.XXXXXX")"
server="" prometheus="" nap=""
stop() {
	trap - EXIT HUP INT TERM
	[ -z "$nap" ] || kill "$nap" 2>/dev/null || true
	[ -z "$prometheus" ] || { kill -TERM "$prometheus" 2>/dev/null && wait "$prometheus"; } || true
	[ -z "$server" ] || { kill -TERM "$server" 2>/dev/null && wait "$server"; } || true
	rm -rf "$work"
}
trap stop EXIT
trap 'echo; echo "demo: stopped"; exit 0' HUP INT TERM

# fetch PATH prints the answer of the server, headers first, without needing curl.
fetch() {
	exec 3<>"/dev/tcp/127.0.0.1/$port" || return 1
	printf 'GET %s HTTP/1.0\r\nHost: localhost\r\nAccept: text/html\r\n\r\n' "$1" >&3
	cat <&3
	exec 3>&-
}
status_of() { fetch "$1" 2>/dev/null | { IFS=' ' read -r _ code _ || true; cat >/dev/null; echo "${code:-}"; }; }

free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

port="${DEMO_PORT:-8080}"
last=$((port + 100))
until free "$port"; do
	port=$((port + 1))
	[ "$port" -le "$last" ] || { echo "demo: no free port up to $last; set DEMO_PORT" >&2; exit 1; }
done
url="http://127.0.0.1:$port"

# copy DIRECTORY TO copies documents, as a source would find them.
copy() { mkdir -p "$2" && (cd "$here/$1" && find . -name '*.yaml' | tar -cf - -T -) | tar -xf - -C "$2"; }

examples="$work/examples"
copy global "$examples/global"
copy perseid "$examples/perseid"
copy demo "$work/demo"
copy self-monitoring "$work/releases/v1.0.0"
rm "$work/releases/v1.0.0/dashboards/go-runtime.yaml" # comes with the second release
copy self-monitoring "$work/releases/v1.1.0"

# release VERSION switches to a release, as a pipeline would: laid down whole, with its index, and then one link.
release() {
	"$perseid" index "$work/releases/$1" --version "$1" >/dev/null
	ln -s "$1" "$work/releases/next"
	mv -T "$work/releases/next" "$work/releases/current" 2>/dev/null || mv -fh "$work/releases/next" "$work/releases/current"
}

# The program of the demo ends when nobody holds this pipe any more, however this script ends.
mkfifo "$work/life"
exec 4<>"$work/life"

# Jobs of process groups of their own: Ctrl-C reaches this script alone, which then stops each once.
set -m
if [ -x "$demo" ]; then
	"$demo" -perseid "$url" -documents "$work/demo" <"$work/life" >"$work/prometheus.url" 2>"$work/prometheus.log" 4>&- &
	prometheus=$!
	for _ in $(seq 150); do
		[ ! -s "$work/prometheus.url" ] || break
		kill -0 "$prometheus" 2>/dev/null || { echo "demo: its Prometheus stopped:" >&2; cat "$work/prometheus.log" >&2; exit 1; }
		sleep 0.1
	done
	asks="$(<"$work/prometheus.url")"
	# The copies ask the Prometheus just started, which scrapes every second, and show minutes instead of hours.
	sed -i.orig "s|http://localhost:9090|$asks|; s|scrapeInterval: 1m|scrapeInterval: 1s|" "$examples/global/datasource-prometheus.yaml"
	find "$work" -name '*.yaml' -exec sed -i.orig 's|^  duration: 1h|  duration: 5m|; s|^  refreshInterval: 30s|  refreshInterval: 10s|' {} +
	find "$work" -name '*.orig' -delete
fi
cat >"$work/config.yaml" <<YAML
database: {file: {folder: $work/database}}
delivery:
  sources:
    - {name: examples, directory: {path: $examples}}
    - {name: demo, directory: {path: $work/demo}}
    - {name: self-monitoring, directory: {path: $work/releases/current}}
frontend:
  explorer: {enable: true}
  important_dashboards:
    - {project: perseid, dashboard: delivery}
    - {project: perseid, dashboard: server}
    - {project: demo, dashboard: traffic}
    - {project: self-monitoring, dashboard: prometheus}
  information: |-
    **This is a demo.** All of it is served from files in \`$work\`, and gone after Ctrl-C. Begin with [how it is delivered](/delivery),
    or [roll a release back](/delivery/sources/self-monitoring/history).
YAML
release v1.0.0
"$perseid" serve --config "$work/config.yaml" --web.listen-address "127.0.0.1:$port" >"$work/log" 2>&1 </dev/null 4>&- &
server=$!
set +m

for _ in $(seq 150); do
	[ "$(status_of /readyz)" != 200 ] || break
	kill -0 "$server" 2>/dev/null || { echo "demo: the server stopped:" >&2; cat "$work/log" >&2; exit 1; }
	sleep 0.1
done
[ "$(status_of /readyz)" = 200 ] || { echo "demo: not ready after 15 seconds:" >&2; cat "$work/log" >&2; exit 1; }
release v1.1.0

# The page for browsers says whether there are pages.
if fetch / 2>/dev/null | grep -q 'pages were not built'; then
	pages="no pages: this perseid was built without them (make ui needs Node.js 20.19 or later); the API is all there"
	boards="/api/v1/projects" sources="/api/delivery/v1/sources"
else
	pages="open it in a browser"
	boards="/projects" sources="/delivery"
fi
if [ -n "$prometheus" ]; then
	moving="Graphs move from the first second: a small Prometheus scrapes the server each second, and the demo sends it some traffic."
else
	moving="No graphs move: $demo is not there (make demo builds it)."
fi

cat <<TEXT

  Perseid   $url   ($pages)

  Look at   $url$boards/perseid/dashboards/server     how the API answers
            $url$boards/perseid/dashboards/delivery   what the sources deliver
            $url$boards/demo/dashboards/traffic       what the demo itself sends
            $url$sources   where it all comes from

  $moving

  All of it is served from files. In another terminal:

  1. Break one and see who is told; the last good version stays served:
       echo 'spec: [' >> $examples/perseid/dashboards/sidecar.yaml
       $perseid status --server $url

  2. Delete one and see it go. That takes seconds, but 30 the first time: after a start nothing is deleted before the directory came to rest.
       rm $examples/perseid/dashboards/proxy.yaml
       curl -si $url/api/v1/projects/perseid/dashboards/proxy | head -1

  3. Roll a release back, which a page of its source does as well, and then follow the releases again:
       $perseid rollback --server $url self-monitoring v1.0.0
       $perseid unpin --server $url self-monitoring

  4. Ask the API, as any client of Perses would:
       curl -s "$url/api/v1/projects/self-monitoring/dashboards?metadata_only=true"

  Ctrl-C stops everything and removes the copy. Logs are in $work.

TEXT

if [ -n "${DEMO_SECONDS:-}" ]; then
	sleep "$DEMO_SECONDS" 4>&- &
	nap=$!
	wait "$nap"
else
	wait "$server" || { echo "demo: the server stopped:" >&2; tail -n 20 "$work/log" >&2; exit 1; }
fi
