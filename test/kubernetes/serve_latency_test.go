package kubernetes_test

import (
	"flag"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

var updates = flag.Int("updates", 20, "ConfigMaps updated, one after the other, to measure when each is served")

// A ConfigMap is updated; how long until the API serves it. Updates are more than a second apart, as people make them.
func TestServeLatency(t *testing.T) {
	w := newTeams(t)
	s := serve(t, w.account, nil, w.settings)
	w.apply(t, w.mine, "project", project(w.mine))
	path := "/api/v1/projects/" + w.mine + "/dashboards/cpu"
	var took []time.Duration
	for i := range *updates {
		want := fmt.Sprintf("%dm", i+1)
		o := w.object(w.mine, "cpu", dashboard(w.mine, "cpu", want))
		time.Sleep(1050 * time.Millisecond) // what is measured is the first event after a calm second
		w.c.Apply(t, o)
		start := time.Now()
		for {
			if code, body := s.get(t, path); code == http.StatusOK && strings.Contains(body, `"duration":"`+want+`"`) {
				break
			}
			if time.Since(start) > 10*time.Second {
				code, body := s.get(t, path)
				t.Fatalf("update %d is not served: %d %s", i, code, body)
			}
			time.Sleep(2 * time.Millisecond)
		}
		if i > 0 {
			took = append(took, time.Since(start))
		}
	}
	slices.Sort(took)
	at := func(q float64) time.Duration { return took[int(q*float64(len(took)-1))].Round(time.Millisecond) }
	t.Logf("ConfigMap updated to served: p50 %v, p90 %v, p99 %v, of %d", at(.5), at(.9), at(.99), len(took))
	if at(.99) > 150*time.Millisecond {
		t.Errorf("p99 is %v, want 150ms at most", at(.99))
	}
}
