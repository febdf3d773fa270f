package api

import (
	"fmt"
	"net/http/httptest"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/store"
)

// BenchmarkAnswers measures what clients ask for most, over a thousand dashboards, without the network.
func BenchmarkAnswers(b *testing.B) {
	w := newWorld(b)
	w.project("p")
	var t store.Transaction
	for i := range 1000 {
		r, problems := resource.DecodeBody([]byte(dashboard("p", fmt.Sprintf("dashboard-%04d", i), "title")), kind(b, "Dashboard"))
		if r == nil {
			b.Fatal(problems)
		}
		t.Puts = append(t.Puts, store.Put{ID: r.ID(), Load: func() (*resource.Resource, error) { return r, nil }})
	}
	if _, err := w.store.Commit(t); err != nil {
		b.Fatal(err)
	}
	handler, err := New(Options{Store: w.store, Owner: ownerOf, Delivery: w.delivery, Texts: w.delivery, Registry: prometheus.NewRegistry()})
	if err != nil {
		b.Fatal(err)
	}
	for name, path := range map[string]string{
		"get":      "/api/v1/projects/p/dashboards/dashboard-0500",
		"list":     "/api/v1/projects/p/dashboards",
		"metadata": "/api/v1/projects/p/dashboards?metadata_only=true",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
				if w.Code != 200 {
					b.Fatal(w.Code)
				}
			}
		})
	}
}
