package api

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/resource"
)

func TestR25ManagedIsRefused(t *testing.T) {
	w := newWorld(t)
	w.project("p")
	const path = "/api/v1/projects/p/dashboards/x"
	stored := w.must(200, "POST", "/api/v1/dashboards", dashboard("p", "x", "1"))
	w.manage("Dashboard", "p", "x", "dir:/data teams/x.yaml")
	const message = "forbidden access: dashboard p/x is managed by dir:/data (teams/x.yaml)"
	for _, c := range []struct{ method, body string }{{"PUT", dashboard("p", "x", "2")}, {"DELETE", ""}} {
		w.refused(403, message, c.method, path, c.body)
		a := decoded[struct{ Owner map[string]string }](t, w.do(c.method, path, c.body))
		if a.Owner["source"] != "dir:/data" || a.Owner["origin"] != "teams/x.yaml" {
			t.Errorf("%s: owner %v", c.method, a.Owner)
		}
	}
	w.refused(409, "document already exists", "POST", "/api/v1/dashboards", dashboard("p", "x", "2"))
	if got := w.get(path); got.body != stored.body {
		t.Errorf("changed: %s", got.body)
	}
}

func TestR12EqualPutOfManagedWritesNothing(t *testing.T) {
	w := newWorld(t)
	w.project("p")
	for _, k := range resource.Kinds() {
		if k.Name == "Project" {
			continue
		}
		created := w.must(200, "POST", "/api/v1/"+k.Plural, text(k, "p", "x", samples[k.Name][0]))
		path := "/api/v1/" + k.Plural + "/x"
		project := ""
		if k.Project {
			path, project = "/api/v1/projects/p/"+k.Plural+"/x", "p"
		}
		w.manage(k.Name, project, "x", "dir:/data x.yaml")
		before := w.store.Generation()
		if a := w.must(200, "PUT", path, created.body); a.body != created.body || a.header.Get("ETag") != created.header.Get("ETag") {
			t.Errorf("%s: %s, want %s", k.Name, a.body, created.body)
		}
		if after := w.store.Generation(); after != before {
			t.Errorf("%s: generation %d, want %d", k.Name, after, before)
		}
		if a := w.do("PUT", path, text(k, "p", "x", samples[k.Name][1])); a.status != 403 {
			t.Errorf("%s: PUT of other content: %d %s, want 403", k.Name, a.status, a.body)
		}
	}
}

func TestR25UnprotectedIsPerses(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Protect = false })
	w.project("p")
	w.must(200, "POST", "/api/v1/dashboards", dashboard("p", "x", "1"))
	w.manage("Dashboard", "p", "x", "dir:/data x.yaml")
	w.must(200, "PUT", "/api/v1/projects/p/dashboards/x", dashboard("p", "x", "2"))
	w.must(204, "DELETE", "/api/v1/projects/p", "")
}

func TestProjectDeleteCascades(t *testing.T) {
	w := newWorld(t)
	w.project("p")
	w.project("other")
	for _, k := range resource.Kinds() {
		if k.Project {
			w.must(200, "POST", "/api/v1/"+k.Plural, text(k, "p", "x", samples[k.Name][0]))
			w.must(200, "POST", "/api/v1/"+k.Plural, text(k, "other", "x", samples[k.Name][0]))
		}
	}
	w.must(204, "DELETE", "/api/v1/projects/P", "")
	for _, k := range resource.Kinds() {
		if !k.Project {
			continue
		}
		left := decoded[[]document](t, w.must(200, "GET", "/api/v1/"+k.Plural, ""))
		if len(left) != 1 || left[0].Metadata.Project != "other" {
			t.Errorf("%s left: %+v, want the one of project other", k.Plural, left)
		}
	}
	w.refused(404, "document not found", "GET", "/api/v1/projects/p", "")
	w.refused(404, "document not found", "DELETE", "/api/v1/projects/p", "")
}

func TestR17ProjectWithManagedResourcesStays(t *testing.T) {
	w := newWorld(t)
	w.project("p")
	for i, mark := range []string{"dir:/a a.yaml", "dir:/a b.yaml", "dir:/b c.yaml"} {
		name := fmt.Sprint("d", i)
		w.must(200, "POST", "/api/v1/dashboards", dashboard("p", name, "1"))
		w.manage("Dashboard", "p", name, mark)
	}
	w.must(200, "POST", "/api/v1/dashboards", dashboard("p", "mine", "1"))
	w.refused(403, "forbidden access: project p holds managed resources: 1 of dir:/b, 2 of dir:/a", "DELETE", "/api/v1/projects/p", "")
	if got := decoded[[]document](t, w.get("/api/v1/projects/p/dashboards")); len(got) != 4 {
		t.Errorf("%d dashboards left, want 4", len(got))
	}
	w.manage("Project", "", "p", "dir:/a p.yaml")
	w.refused(403, "forbidden access: project p is managed by dir:/a (p.yaml)", "DELETE", "/api/v1/projects/p", "")
}

// TestOneDefaultAtOnce: two default datasources that arrive together do not both pass the check.
func TestOneDefaultAtOnce(t *testing.T) {
	w := newWorld(t)
	var wg sync.WaitGroup
	statuses := make([]int, 8)
	for i := range statuses {
		wg.Go(func() {
			body := text(kind(t, "GlobalDatasource"), "", fmt.Sprint("ds", i), samples["GlobalDatasource"][1])
			statuses[i] = w.do("POST", "/api/v1/globaldatasources", body).status
		})
	}
	wg.Wait()
	counts := make(map[int]int)
	for _, s := range statuses {
		counts[s]++
	}
	if diff := cmp.Diff(map[int]int{200: 1, 400: 7}, counts); diff != "" {
		t.Error(diff)
	}
}

// TestNoOrphans: documents created while their project is deleted go with it, or are refused.
func TestNoOrphans(t *testing.T) {
	w := newWorld(t)
	w.project("p")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			if i == 4 {
				w.do("DELETE", "/api/v1/projects/p", "")
				return
			}
			w.do("POST", "/api/v1/dashboards", dashboard("p", fmt.Sprint("d", i), "1"))
		})
	}
	wg.Wait()
	if got := w.get("/api/v1/dashboards").body; got != "[]" || !strings.Contains(w.get("/api/v1/projects/p").body, "not found") {
		t.Errorf("left: %s", got)
	}
}

func TestConcurrentPutsNumberEveryVersion(t *testing.T) {
	w := newWorld(t)
	w.must(200, "POST", "/api/v1/globalsecrets", text(kind(t, "GlobalSecret"), "", "s", samples["GlobalSecret"][0]))
	var wg sync.WaitGroup
	var mu sync.Mutex
	written := 0
	for i := range 4 {
		wg.Go(func() {
			spec := fmt.Sprintf(`{"authorization":{"type":"T%d","credentials":"<secret>"}}`, i)
			a := w.do("PUT", "/api/v1/globalsecrets/s", text(kind(t, "GlobalSecret"), "", "s", spec))
			if a.status != 200 && a.status != 503 {
				t.Errorf("PUT: %d %s", a.status, a.body)
			}
			mu.Lock()
			defer mu.Unlock()
			if a.status == 200 {
				written++
			}
		})
	}
	wg.Wait()
	if got := decoded[document](t, w.get("/api/v1/globalsecrets/s")); int(got.Metadata.Version) != written {
		t.Errorf("version %d after %d writes", got.Metadata.Version, written)
	}
}
