package sidecar

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/perseid-dev/perseid/internal/buildinfo"
	"github.com/perseid-dev/perseid/internal/source/kubernetes"
)

// metric is one family in the text format of Prometheus. The client library would cost more than all that is measured (docs/adr/0008).
type metric struct {
	name, kind, help string
	samples          []sample
}

type sample struct {
	labels string // a="b",c="d"
	value  float64
}

func (m *metric) add(value float64, labels ...string) *metric {
	var pairs []string
	for i := 0; i+1 < len(labels); i += 2 {
		pairs = append(pairs, labels[i]+"="+quoteLabel(labels[i+1]))
	}
	m.samples = append(m.samples, sample{strings.Join(pairs, ","), value})
	return m
}

func quoteLabel(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(text) + `"`
}

func gauge(name, help string) *metric { return &metric{name: name, kind: "gauge", help: help} }

func counter(name, help string) *metric { return &metric{name: name, kind: "counter", help: help} }

// writeMetrics writes all families.
func writeMetrics(w io.Writer, l *loop, streams []kubernetes.StreamStatus, now time.Time) {
	for _, m := range append(loopMetrics(l, now), append(streamMetrics(streams, now), processMetrics()...)...) {
		fmt.Fprintf(w, "# HELP %s %s\n# TYPE %s %s\n", m.name, m.help, m.name, m.kind)
		for _, s := range m.samples {
			labels := ""
			if s.labels != "" {
				labels = "{" + s.labels + "}"
			}
			fmt.Fprintf(w, "%s%s %s\n", m.name, labels, strconv.FormatFloat(s.value, 'g', -1, 64))
		}
	}
}

func loopMetrics(l *loop, now time.Time) []*metric {
	v := l.view.get()
	hooks := counter("perseid_sidecar_hook_calls_total", "Calls of SCRIPT and REQ_URL by result.")
	counts, running := l.hooks.state(now)
	for _, hook := range []string{"script", "request"} {
		for _, result := range []string{"ok", "failed"} {
			hooks.add(float64(counts[hookResult{hook, result}]), "hook", hook, "result", result)
		}
	}
	return []*metric{
		gauge("perseid_sidecar_ready", "1 once the first sync is complete.").add(number(v.ready)),
		gauge("perseid_sidecar_files", "Files that are kept.").add(float64(v.files)),
		gauge("perseid_sidecar_bytes", "Bytes of these files.").add(float64(v.bytes)),
		counter("perseid_sidecar_changes_total", "Files written and removed.").add(float64(v.written), "change", "written").add(float64(v.removed), "change", "removed"),
		gauge("perseid_sidecar_shadowed", "Files whose path an older object has.").add(float64(v.shadowed)),
		gauge("perseid_sidecar_problems", "What is wrong at the moment: files that are refused, shadowed or cannot be written.").add(float64(v.wrong)),
		gauge("perseid_sidecar_last_sync_timestamp_seconds", "When the directory was last brought to what is declared.").add(seconds1970(v.applied)),
		counter("perseid_sidecar_url_fetches_total", "Requests for values that are URLs, by result.").add(float64(v.fetches["ok"]), "result", "ok").add(float64(v.fetches["failed"]), "result", "failed"),
		hooks,
		gauge("perseid_sidecar_hook_running_seconds", "For how long SCRIPT or REQ_URL has been running; 0 if neither is.").add(running.Seconds()),
	}
}

func streamMetrics(streams []kubernetes.StreamStatus, now time.Time) []*metric {
	up := gauge("perseid_sidecar_stream_up", "1 while the API server answers for this kind in this namespace.")
	age := gauge("perseid_sidecar_stream_contact_age_seconds", "Seconds since the API server was last heard from.")
	again := counter("perseid_sidecar_stream_reconnects_total", "How often a connection was opened anew after an error.")
	for _, s := range streams {
		labels := []string{"resource", s.Resource.Kind(), "namespace", s.Namespace}
		up.add(number(s.Synced && s.Failing.IsZero()), labels...)
		if !s.Contact.IsZero() {
			age.add(now.Sub(s.Contact).Seconds(), labels...)
		}
		again.add(float64(s.Reconnects), labels...)
	}
	return []*metric{up, age, again}
}

func processMetrics() []*metric {
	info := buildinfo.Get()
	families := []*metric{
		gauge("perseid_sidecar_build_info", "Which build is running.").add(1, "version", info.Version, "commit", info.Commit, "go", info.Go),
		gauge("go_goroutines", "Number of goroutines that currently exist.").add(float64(runtime.NumGoroutine())),
	}
	if rss, ok := residentMemory(); ok {
		families = append(families, gauge("process_resident_memory_bytes", "Resident memory size in bytes.").add(rss))
	}
	return families
}

// residentMemory reads the second number of /proc/self/statm, in pages.
func residentMemory() (bytes float64, ok bool) {
	data, err := os.ReadFile("/proc/self/statm")
	words := strings.Fields(string(data))
	if err != nil || len(words) < 2 {
		return 0, false
	}
	pages, err := strconv.ParseFloat(words[1], 64)
	return pages * float64(os.Getpagesize()), err == nil
}

func number(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

func seconds1970(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}
