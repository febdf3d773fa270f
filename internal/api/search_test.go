package api

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/store"
)

const searchPath = "/api/v1/search/dashboards"

// names of what was found, with the score of each.
func foundNames(t *testing.T, a answered) (names []string) {
	t.Helper()
	for _, hit := range decoded[[]searched](t, a) {
		names = append(names, fmt.Sprintf("%s/%s %d", hit.Metadata.Project, hit.Metadata.Name, hit.Score))
	}
	return names
}

func TestSearch(t *testing.T) {
	denied := ""
	w := newWorld(t, func(o *Options) {
		o.Authorize = func(_ *http.Request, _, _, project string) error {
			if project != "" && project == denied {
				return problem.New(problem.Forbidden, "no")
			}
			return nil
		}
	})
	for _, project := range []string{"a", "b"} {
		w.project(project)
	}
	if a := w.must(200, "GET", searchPath+"?query=x", ""); a.body != "[]\n" {
		t.Errorf("nothing: %q", a.body)
	}
	for _, d := range []string{"a/node/Node Exporter", "a/kube-node/Nodes of Kubernetes", "b/node/Other", "b/etcd/New Outline Density Estimate"} {
		part := strings.Split(d, "/")
		w.must(200, "POST", "/api/v1/dashboards", dashboard(part[0], part[1], part[2]))
	}
	const exact = "18446744073709551615"
	for query, want := range map[string][]string{
		"?query=NODE":              {"a/node " + exact, "b/node " + exact, "a/kube-node 16", "b/etcd 6"},
		"?query=node+exp":          {"a/node 64"},
		"?query=node&project=B":    {"b/node " + exact, "b/etcd 6"},
		"?query=node&project=none": nil,
		"?query=node&limit=2":      {"a/node " + exact, "b/node " + exact},
		"?query=zzz":               nil,
		"":                         {"a/kube-node 0", "a/node 0", "b/etcd 0", "b/node 0"},
		"?project=a&limit=1":       {"a/kube-node 0"},
		"?query=%F0%9F%98%80":      nil,
		"?query=nnnn":              nil,
	} {
		if diff := cmp.Diff(want, foundNames(t, w.must(200, "GET", searchPath+query, ""))); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
	}
	first := decoded[[]map[string]any](t, w.get(searchPath+"?query=exporter"))[0]
	delete(first, "metadata")
	want := map[string]any{"displayName": "Node Exporter", "original": "Node Exporter", "score": 64.0, "intervals": []any{map[string]any{"from": 5.0, "to": 12.0}}}
	if diff := cmp.Diff(want, first); diff != "" {
		t.Error(diff)
	}
	denied = "a"
	if diff := cmp.Diff([]string{"b/node " + exact, "b/etcd 6"}, foundNames(t, w.get(searchPath+"?query=node"))); diff != "" {
		t.Errorf("of what may be read: %s", diff)
	}
	for query, message := range map[string]string{
		"?project=..%2Fx": `bad request: the project name in the query parameter is invalid: "../x" is not a correct name. It should match the regexp: ^[a-zA-Z0-9_.-]+$`,
		"?limit=0":        `bad request: limit: expected a number from 1, not "0"`,
		"?query=" + strings.Repeat("x", maxQuery+1): "bad request: the query may have 500 bytes",
	} {
		w.refused(400, message, "GET", searchPath+query, "")
	}
}

// TestSearchFollows: what changes is found as it is now; an unchanged answer is not sent again.
func TestSearchFollows(t *testing.T) {
	w := newWorld(t)
	w.project("p")
	w.must(200, "POST", "/api/v1/dashboards", dashboard("p", "x", "before"))
	a := w.get(searchPath + "?query=before")
	w.must(304, "GET", searchPath+"?query=before", "", "If-None-Match: "+a.header.Get("ETag"))
	w.must(200, "PUT", "/api/v1/projects/p/dashboards/x", dashboard("p", "x", "after"))
	for query, want := range map[string]int{"before": 0, "after": 1} {
		if got := foundNames(t, w.must(200, "GET", searchPath+"?query="+query, "", "If-None-Match: "+a.header.Get("ETag"))); len(got) != want {
			t.Errorf("%s: %v", query, got)
		}
	}
	w.must(204, "DELETE", "/api/v1/projects/p", "")
	if got := foundNames(t, w.get(searchPath)); got != nil {
		t.Errorf("of a project that is gone: %v", got)
	}
}

// BenchmarkSearch is over ten thousand dashboards.
func BenchmarkSearch(b *testing.B) {
	w := newWorld(b)
	w.project("p")
	var t store.Transaction
	for i := range 10_000 {
		title := fmt.Sprintf("%s %s, part %d of the overview", []string{"Node", "Kubernetes", "Prometheus", "Ingress"}[i%4], []string{"Exporter", "Compute", "Remote Write"}[i%3], i)
		r, problems := resource.DecodeBody([]byte(dashboard("p", fmt.Sprintf("dashboard-%05d", i), title)), kind(b, "Dashboard"))
		if r == nil {
			b.Fatal(problems)
		}
		t.Puts = append(t.Puts, store.Put{ID: r.ID(), Load: func() (*resource.Resource, error) { return r, nil }})
	}
	if _, err := w.store.Commit(t); err != nil {
		b.Fatal(err)
	}
	handler, err := New(Options{Store: w.store, Owner: ownerOf, Delivery: w.delivery, Registry: prometheus.NewRegistry()})
	if err != nil {
		b.Fatal(err)
	}
	for name, query := range map[string]string{
		"none": "zzz", "few": "node exporter, part 9996", "many": "node&limit=20", "every": "oer&limit=20", "all": "oer",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, httptest.NewRequest("GET", searchPath+"?query="+strings.ReplaceAll(query, " ", "+"), nil))
				if w.Code != 200 {
					b.Fatal(w.Code, w.Body)
				}
			}
		})
	}
}
