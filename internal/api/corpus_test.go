package api

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/perseid-dev/perseid/internal/resource"
)

// TestRealDashboards: what is posted can be read, listed, validated and put back, for dashboards that people use.
func TestRealDashboards(t *testing.T) {
	files, _ := filepath.Glob("../../../shared/corpus/dashboards/*.yaml")
	if len(files) == 0 {
		t.Skip("no corpus beside this checkout")
	}
	w := newWorld(t)
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		documents, problems := resource.Decode(data, resource.YAML)
		if problems.Invalid() {
			t.Fatalf("%s: %v", file, problems)
		}
		for _, d := range documents {
			if d.Resource == nil {
				t.Fatalf("%s: %v", file, d.Problems)
			}
			w.roundTrip(d.Resource)
		}
	}
	if got := decoded[[]document](t, w.get("/api/v1/dashboards")); len(got) < len(files) {
		t.Errorf("%d dashboards listed of %d files", len(got), len(files))
	}
}

func (w *world) roundTrip(r *resource.Resource) {
	w.t.Helper()
	w.do("POST", "/api/v1/projects", `{"kind":"Project","metadata":{"name":"`+r.Metadata.Project+`"},"spec":{}}`)
	body := string(r.JSON())
	w.must(200, "POST", "/api/validate/dashboards", body)
	created := w.must(200, "POST", "/api/v1/dashboards", body)
	path := "/api/v1/projects/" + r.Metadata.Project + "/dashboards/" + r.Metadata.Name
	if got := w.must(200, "GET", path, ""); got.body != created.body {
		w.t.Errorf("GET %s differs from what POST answered", path)
	}
	// R12: what was read can be put back to a managed resource, and nothing happens.
	w.manage("Dashboard", r.ID().Fold().Project, r.ID().Fold().Name, "dir:/data x.yaml")
	if put := w.must(200, "PUT", path, created.body); put.body != created.body {
		w.t.Errorf("PUT %s of what was read changes it", path)
	}
}
