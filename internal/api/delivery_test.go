package api

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/problem"
)

const sourceName = "dir:/data/teams"

func newDelivering(t *testing.T) *world {
	w := newWorld(t)
	w.delivery.set(delivery.Status{
		Ready:   true,
		Sources: []delivery.Source{{Name: sourceName, Kind: "directory", State: delivery.Degraded, Revision: "r1"}, {Name: "other", State: delivery.Ready}},
		Documents: []delivery.Document{
			{Source: sourceName, Origin: "p.yaml", Kind: "Project", Name: "p", Outcome: delivery.Applied},
			{Source: sourceName, Origin: "a.yaml", Kind: "Dashboard", Project: "p", Name: "a", Outcome: delivery.Applied},
			{Source: "other", Origin: "b.yaml", Kind: "Dashboard", Project: "p", Name: "a", Outcome: delivery.Shadowed, Winner: sourceName},
			{Source: "other", Origin: "c.yaml", Kind: "Dashboard", Project: "q", Name: "c", Outcome: delivery.Invalid},
		},
	})
	return w
}

func TestSources(t *testing.T) {
	w := newDelivering(t)
	all := decoded[[]delivery.Source](t, w.must(200, "GET", "/api/delivery/v1/sources", ""))
	if len(all) != 2 || all[0].Name != sourceName {
		t.Errorf("sources %+v", all)
	}
	for _, path := range []string{url.PathEscape(sourceName), sourceName} {
		if s := decoded[delivery.Source](t, w.must(200, "GET", "/api/delivery/v1/sources/"+path, "")); s.Revision != "r1" {
			t.Errorf("source %s: %+v", path, s)
		}
	}
	w.refused(404, "document not found", "GET", "/api/delivery/v1/sources/none", "")
	if got := newWorld(t).get("/api/delivery/v1/sources").body; got != "[]" {
		t.Errorf("no sources are %q, want []", got)
	}
}

func TestDocuments(t *testing.T) {
	w := newDelivering(t)
	for query, want := range map[string]string{
		"":                                   "p.yaml a.yaml b.yaml c.yaml",
		"source=" + url.QueryEscape("other"): "b.yaml c.yaml",
		"project=p":                          "p.yaml a.yaml b.yaml",
		"kind=dashboard&outcome=applied":     "a.yaml",
		"outcome=held":                       "",
	} {
		var origins []string
		for _, d := range decoded[[]delivery.Document](t, w.must(200, "GET", "/api/delivery/v1/documents?"+query, "")) {
			origins = append(origins, d.Origin)
		}
		if got := strings.Join(origins, " "); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
}

func TestResourceStatus(t *testing.T) {
	w := newDelivering(t)
	w.project("p")
	w.must(200, "POST", "/api/v1/dashboards", dashboard("p", "a", "1"))
	w.manage("Dashboard", "p", "a", sourceName+" a.yaml")
	const base = "/api/delivery/v1/resources"
	got := decoded[ResourceStatus](t, w.must(200, "GET", base+"/projects/p/dashboards/A", ""))
	if !got.Managed || got.Owner.Origin != "a.yaml" || len(got.Documents) != 2 || got.Documents[1].Winner != sourceName {
		t.Errorf("status %+v", got)
	}
	if got := decoded[ResourceStatus](t, w.must(200, "GET", base+"/projects/p", "")); got.Managed || len(got.Documents) != 1 {
		t.Errorf("status %+v", got)
	}
	// Declared, and refused: not stored, and still to be found.
	if got := decoded[ResourceStatus](t, w.must(200, "GET", base+"/projects/q/dashboards/c", "")); got.Managed || got.Documents[0].Outcome != delivery.Invalid {
		t.Errorf("status %+v", got)
	}
	for _, path := range []string{"/projects/p/dashboards/none", "/projects/p/nothing/a", "/dashboards/a", "/projects/p/globalroles/a"} {
		w.refused(404, "document not found", "GET", base+path, "")
	}
}

func TestR26Commands(t *testing.T) {
	w := newDelivering(t)
	path := "/api/delivery/v1/sources/" + url.PathEscape(sourceName)
	w.must(202, "POST", path+"/reconcile", `{"events":["ignored"]}`)
	w.must(202, "POST", "/api/delivery/v1/sources/"+sourceName+"/reconcile?full=true", "", "Content-Type: application/json")
	w.must(202, "POST", path+"/prune", `{"id":"h1"}`)
	want := []delivery.Command{{Verb: "reconcile", Source: sourceName}, {Verb: "reconcile", Source: sourceName, Full: true}, {Verb: "prune", Source: sourceName, ID: "h1"}}
	if diff := cmp.Diff(want, w.delivery.done); diff != "" {
		t.Error(diff)
	}
	const refusal = "forbidden access: commands are taken from this machine only"
	w.refused(415, "unsupported media type", "POST", path+"/reconcile", "", "Content-Type: text/plain")
	w.refused(403, refusal, "POST", path+"/reconcile", "{}", "X-Forwarded-For: 10.0.0.1")
	w.refused(403, refusal, "POST", path+"/reconcile", "{}", "Host: rebound.example")
	w.refused(404, "document not found", "POST", path+"/explode", "{}")
	w.refused(404, "document not found", "POST", "/api/delivery/v1/sources/reconcile", "{}")
	w.refused(400, `bad request: expected {"id": "…"}, the ID of the hold to confirm`, "POST", path+"/prune", "{}")
	w.delivery.refuse = problem.New(problem.Stale, "the hold is h2")
	w.refused(412, "precondition failed: the hold is h2", "POST", path+"/prune", `{"id":"h1"}`)
}

func TestLocal(t *testing.T) {
	for peer, want := range map[string]bool{"127.0.0.1:1": true, "[::1]:1": true, "[::ffff:127.0.0.1]:1": true, "10.0.0.1:1": false, "@": false} {
		r := httptest.NewRequest("POST", "http://localhost:8080/", nil)
		r.RemoteAddr = peer
		if local(r) != want {
			t.Errorf("%s: %t, want %t", peer, !want, want)
		}
	}
}

// TestFollowing: a client that waits is told of a change, and of none once its time is up.
func TestFollowing(t *testing.T) {
	w := newDelivering(t)
	const path = "/api/delivery/v1/sources"
	tag := w.get(path).header.Get("ETag")
	start := time.Now()
	w.must(304, "GET", path, "", "If-None-Match: "+tag, "Prefer: wait=1")
	if took := time.Since(start); took < time.Second {
		t.Errorf("answered after %s, want a second", took)
	}
	answer := make(chan answered)
	go func() { answer <- w.do("GET", path, "", "If-None-Match: "+tag, "Prefer: respond-async, wait=30") }()
	w.delivery.set(delivery.Status{Sources: []delivery.Source{{Name: "new"}}})
	if a := <-answer; a.status != 200 || !strings.Contains(a.body, `"new"`) {
		t.Errorf("%d %s", a.status, a.body)
	}
}
