package proxy

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// counted lists the counters of the proxy, and the counts of its histogram.
func (w *world) counted() (found []string) {
	w.t.Helper()
	families, err := w.registry.Gather()
	must(w.t, err)
	for _, f := range families {
		for _, m := range f.Metric {
			var labels []string
			for _, l := range m.Label {
				labels = append(labels, l.GetValue())
			}
			value := m.GetCounter().GetValue()
			if h := m.GetHistogram(); h != nil {
				value = float64(h.GetSampleCount())
			}
			found = append(found, fmt.Sprintf("%s %s %v", strings.TrimPrefix(f.GetName(), "perseid_proxy_"), strings.Join(labels, " "), value))
		}
	}
	slices.Sort(found)
	return found
}

func TestMetrics(t *testing.T) {
	w := newWorld(t)
	asked := make(chan struct{})
	up := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/wait" {
			close(asked)
			<-r.Context().Done()
		}
		w.WriteHeader(http.StatusTeapot)
	})
	w.datasource(up.URL, `"allowedEndpoints":[{"endpointPattern":".","method":"GET"}]`)
	for range 3 {
		w.get(toD)
	}
	w.do("POST", toD, "")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r, _ := http.NewRequestWithContext(ctx, "GET", w.url+toD+"/wait", nil)
		if _, err := http.DefaultClient.Do(r); err == nil {
			t.Error("an answer to nobody")
		}
	}()
	waited(t, "asked", asked)
	cancel()
	waited(t, "ended", ended)
	w.datasource("http://127.0.0.1:1")
	w.get(toD)
	want := []string{
		"errors_total PrometheusDatasource canceled 1", "errors_total PrometheusDatasource refused 1", "errors_total PrometheusDatasource unreachable 1",
		"request_duration_seconds PrometheusDatasource 3", "requests_total 418 PrometheusDatasource 3",
	}
	for range 1000 { // the one that was given up is counted when the proxy notices
		if cmp.Equal(want, w.counted()) {
			return
		}
		w.get("/proxy/none")
	}
	t.Error(cmp.Diff(want, w.counted()))
}

// TestMetricsAreBounded: nobody fills the memory with kinds of plugins.
func TestMetricsAreBounded(t *testing.T) {
	w := newWorld(t)
	for n := range maxPlugins + 10 {
		w.proxy.metrics.ended(fmt.Sprint("Plugin", n), 200, nil)
	}
	found := w.counted()
	if len(found) != maxPlugins+1 || !slices.Contains(found, "requests_total 200 other 10") {
		t.Errorf("%d series: %v", len(found), found)
	}
}
