package api

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/problem"
)

const sourceName = "dir:/data/teams"

func newDelivering(t *testing.T, change ...func(*Options)) *world {
	w := newWorld(t, change...)
	w.delivery.set(delivery.Status{
		Ready: true, Generation: 7,
		Sources: []delivery.Source{{Name: sourceName, Kind: "directory", State: delivery.Degraded, Revision: "r1"}, {Name: "other", State: delivery.Ready}},
		Documents: []delivery.Document{
			{Source: sourceName, Origin: "p.yaml", Kind: "Project", Name: "p", Outcome: delivery.Applied},
			{Source: sourceName, Origin: "a.yaml", Kind: "Dashboard", Project: "p", Name: "a", Outcome: delivery.Applied},
			{Source: "other", Origin: "b.yaml", Kind: "Dashboard", Project: "p", Name: "a", Outcome: delivery.Shadowed, Winner: sourceName},
			{Source: "other", Origin: "c.yaml", Kind: "Dashboard", Project: "q", Name: "C", Outcome: delivery.Invalid, Problems: []problem.Problem{{Message: "bad"}}},
		},
	})
	w.delivery.kept = map[delivery.Subject]delivery.History{
		{Source: sourceName}:                            {Releases: []delivery.Release{{Revision: "r1", Serving: true}, {Revision: "r0"}}},
		{Kind: "Dashboard", Project: "p", Name: "a"}:    {Versions: []delivery.Version{{Version: 4, Why: delivery.WhyUpdated}, {Version: 3, Pinned: true}}},
		{Kind: "Dashboard", Project: "p", Name: "gone"}: {Versions: []delivery.Version{{Version: 1, Why: delivery.WhyDeleted}}},
	}
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
	w.refused(404, "document not found: there is no source none", "GET", "/api/delivery/v1/sources/none", "")
	if got := newWorld(t).get("/api/delivery/v1/sources").body; got != "[]" {
		t.Errorf("no sources are %q, want []", got)
	}
}

func TestHistoryOfASource(t *testing.T) {
	w := newDelivering(t)
	want := w.delivery.kept[delivery.Subject{Source: sourceName}]
	for _, path := range []string{url.PathEscape(sourceName), sourceName} {
		got := decoded[delivery.History](t, w.must(200, "GET", "/api/delivery/v1/sources/"+path+"/history", ""))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
	w.refused(404, "document not found: there is no source none", "GET", "/api/delivery/v1/sources/none/history", "")
}

// TestNamesLikePaths: a source whose name ends like a path of the API is reached by encoding it.
func TestNamesLikePaths(t *testing.T) {
	w := newWorld(t)
	const name = "dir:/data/history"
	w.delivery.set(delivery.Status{Sources: []delivery.Source{{Name: name}, {Name: "dir:/data"}}})
	const base = "/api/delivery/v1/sources/"
	if s := decoded[delivery.Source](t, w.must(200, "GET", base+url.PathEscape(name), "")); s.Name != name {
		t.Errorf("source %+v", s)
	}
	w.refused(404, "document not found: there is no source dir:/data", "GET", base+name, "") // its history, that is
	w.must(202, "POST", base+url.PathEscape(name)+"/reconcile", "{}")
	w.refused(404, "document not found", "POST", base+url.PathEscape("dir:/data/reconcile"), "{}")
	if diff := cmp.Diff([]delivery.Command{{Verb: "reconcile", Source: name}}, w.delivery.done); diff != "" {
		t.Error(diff)
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
	if diff := cmp.Diff(w.delivery.kept[delivery.Subject{Kind: "Dashboard", Project: "p", Name: "a"}].Versions, got.History); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
	if got := decoded[ResourceStatus](t, w.must(200, "GET", base+"/projects/p", "")); got.Managed || len(got.Documents) != 1 {
		t.Errorf("status %+v", got)
	}
	// Declared, and refused: not stored, and still to be found.
	if got := decoded[ResourceStatus](t, w.must(200, "GET", base+"/projects/q/dashboards/c", "")); got.Managed || got.Documents[0].Outcome != delivery.Invalid {
		t.Errorf("status %+v", got)
	}
	// Deleted, and to be brought back.
	if got := decoded[ResourceStatus](t, w.must(200, "GET", base+"/projects/p/dashboards/gone", "")); got.Managed || got.History[0].Why != delivery.WhyDeleted {
		t.Errorf("status %+v", got)
	}
	w.refused(404, "document not found: dashboard p/none does not exist", "GET", base+"/projects/p/dashboards/none", "")
	for path, plural := range map[string]string{"/projects/p/nothing/a": "nothing", "/dashboards/a": "dashboards", "/projects/p/globalroles/a": "globalroles"} {
		w.refused(404, "document not found: there are no "+plural+" at this path", "GET", base+path, "")
	}
}

// TestReadingIsAuthorized: sources need a permission for every project, documents and resources one for theirs.
func TestReadingIsAuthorized(t *testing.T) {
	w := newDelivering(t, func(o *Options) {
		o.Authorize = func(_ *http.Request, verb, kind, project string) error {
			if verb == "read" && project == "q" {
				return nil
			}
			return problem.New(problem.Forbidden, "missing "+verb+" of "+kind)
		}
	})
	const base = "/api/delivery/v1"
	for _, path := range []string{"/sources", "/sources/other", "/sources/other/history", "/events"} {
		w.refused(403, "forbidden access: missing read of Project", "GET", base+path, "")
	}
	w.refused(403, "forbidden access: missing read of Dashboard", "GET", base+"/resources/projects/p/dashboards/a", "")
	w.must(200, "GET", base+"/resources/projects/q/dashboards/c", "")
	if got := decoded[[]delivery.Document](t, w.must(200, "GET", base+"/documents", "")); len(got) != 1 || got[0].Project != "q" {
		t.Errorf("documents %+v, want the one of project q", got)
	}
}

// TestPreviewsAreFiltered: a preview shows what the caller may read, and no more.
func TestPreviewsAreFiltered(t *testing.T) {
	w := newDelivering(t, func(o *Options) {
		o.Authorize = func(_ *http.Request, verb, kind, project string) error {
			if verb == "read" && project == "q" {
				return problem.New(problem.Forbidden, "")
			}
			return nil
		}
	})
	w.delivery.preview = delivery.Preview{Changes: []delivery.Change{
		{Action: "deleted", Kind: "Dashboard", Project: "p", Name: "a"}, {Action: "deleted", Kind: "Dashboard", Project: "q", Name: "c"},
	}}
	got := decoded[delivery.Preview](t, w.must(200, "POST", "/api/delivery/v1/sources/other/rollback?dryRun=true", "{}"))
	if diff := cmp.Diff(w.delivery.preview.Changes[:1], got.Changes); diff != "" {
		t.Errorf("preview (-want +got):\n%s", diff)
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
