package sidecar

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/kube"
	"github.com/perseid-dev/perseid/internal/source/kubernetes"
)

func TestVerdict(t *testing.T) {
	now := time.Now()
	stream := func(age time.Duration) kubernetes.StreamStatus {
		return kubernetes.StreamStatus{Resource: kube.Secrets, Namespace: "ns", Status: kube.Status{Synced: true, Contact: now.Add(-age)}}
	}
	fresh, stale := stream(time.Second), stream(3*time.Minute)
	for _, c := range []struct {
		v       view
		streams []kubernetes.StreamStatus
		want    string
	}{
		{view{}, []kubernetes.StreamStatus{fresh}, "NOT READY"},
		{view{ready: true}, []kubernetes.StreamStatus{fresh}, "OK"},
		{view{ready: true}, []kubernetes.StreamStatus{fresh, stale}, "NOT LIVE (K8s contact lost)"},
		{view{ready: true, dead: true}, []kubernetes.StreamStatus{stale}, "NOT LIVE (watcher thread died)"},
	} {
		if status, got := verdict(c.v, c.streams, 2*time.Minute, now); got != c.want || (status == 200) != (got == "OK") {
			t.Errorf("%+v: %d %s, want %s", c.v, status, got, c.want)
		}
	}
	var b bytes.Buffer
	c := parse(t)
	writeMetrics(&b, &loop{hooks: newHooks(c, slog.New(slog.DiscardHandler), nil), view: newShared()}, []kubernetes.StreamStatus{stale}, now)
	for _, want := range []string{
		"# TYPE perseid_sidecar_stream_up gauge\n", `perseid_sidecar_stream_up{resource="secret",namespace="ns"} 1` + "\n",
		`perseid_sidecar_stream_contact_age_seconds{resource="secret",namespace="ns"} 180` + "\n", "perseid_sidecar_ready 0\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in\n%s", want, b.String())
		}
	}
}
