package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// ofKind is the sample of a kind.
func ofKind(t *testing.T, kind string) sample {
	t.Helper()
	for _, s := range samples() {
		if s.kind == kind {
			return s
		}
	}
	t.Fatalf("no sample of kind %s", kind)
	return sample{}
}

func TestUpstreamListDashboardWithOnlyMetadata(t *testing.T) {
	w, s := compatWorld(t), ofKind(t, "Dashboard")
	w.seed(s.file("seeded"), s.document("seeded", seededTimes, s.spec))
	for _, root := range s.roots() {
		for value, spec := range map[string]string{"true": "{}", "false": s.spec} {
			got := "[]"
			w.eventually(root+" lists what is stored", func() bool {
				got = w.answers(200, "GET", root+"?metadata_only="+value, "")
				return got != "[]"
			})
			w.means("metadata_only="+value, "["+s.document("seeded", seededTimes, spec)+"]", got)
		}
		w.answers(400, "GET", root+"?metadata_only=maybe", "")
	}
}

// A project's list holds nothing of another project, and is an empty array rather than null.
func TestUpstreamListInEmptyProject(t *testing.T) {
	for _, s := range samples() {
		if s.global {
			continue
		}
		t.Run(s.kind, func(t *testing.T) {
			t.Parallel()
			w := compatWorld(t)
			w.seed("projects/empty.json", `{"kind":"Project","metadata":{"name":"empty",`+seededTimes+`},"spec":{}}`)
			w.seed(s.file("seeded"), s.document("seeded", seededTimes, s.spec))
			w.inLists(s, s.document("seeded", seededTimes, s.public))
			if got := w.answers(200, "GET", "/api/v1/projects/empty/"+s.plural, ""); got != "[]" {
				t.Errorf("list of an empty project: %s, want []", got)
			}
		})
	}
}

func TestUpstreamUpdateDashboardIncreasesVersion(t *testing.T) {
	for _, kind := range []string{"Dashboard", "EphemeralDashboard"} {
		w, s := compatWorld(t), ofKind(t, kind)
		w.seed(s.file("seeded"), s.document("seeded", seededTimes, s.spec))
		for want := uint64(8); want <= 9; want++ {
			var d struct{ Metadata struct{ Version uint64 } }
			w.must(json.Unmarshal([]byte(w.answers(200, "PUT", s.path("seeded"), s.document("seeded", "", s.other))), &d))
			if d.Metadata.Version != want {
				t.Errorf("%s: version %d, want %d", kind, d.Metadata.Version, want)
			}
		}
	}
}

// What is in a project that is deleted goes with it, also what another program wrote a moment ago, and nothing else.
func TestUpstreamDeleteProjectWithSubResources(t *testing.T) {
	w := compatWorld(t)
	w.seed("projects/other.json", `{"kind":"Project","metadata":{"name":"other",`+seededTimes+`},"spec":{}}`)
	w.seed("variables/other/kept.json", `{"kind":"Variable","metadata":{"name":"kept",`+seededTimes+`,"project":"other"},"spec":`+constant+`}`)
	for _, s := range samples() {
		if !s.global {
			w.answers(200, "GET", "/api/v1/projects/perses/"+s.plural, "") // so that the server has just looked
			w.seed(s.file("seeded"), s.document("seeded", seededTimes, s.spec))
		}
	}
	w.answers(204, "DELETE", "/api/v1/projects/perses", "")
	for _, s := range samples() {
		if s.kind == "Project" || !s.global {
			w.removed(s, map[bool]string{true: "perses", false: "seeded"}[s.global])
		}
	}
	w.answers(200, "GET", "/api/v1/projects/other/variables/kept", "")
	w.answers(404, "DELETE", "/api/v1/projects/perses", "")
}

func (w *world) removed(s sample, name string) {
	w.t.Helper()
	if _, err := os.Stat(filepath.Join(w.database, s.file(name))); !os.IsNotExist(err) {
		w.t.Errorf("%s %s is still stored: %v", s.kind, name, err)
	}
}

func TestUpstreamRefusals(t *testing.T) {
	w := compatWorld(t)
	dashboard, datasource, binding := ofKind(t, "Dashboard"), ofKind(t, "Datasource"), ofKind(t, "RoleBinding")
	in := func(project string) string {
		return fmt.Sprintf(`{"kind":"Datasource","metadata":{"name":"d","project":%q},"spec":%s}`, project, datasource.spec)
	}
	w.seed(binding.file("b"), binding.document("b", seededTimes, binding.spec))
	for _, c := range []struct {
		name, method, path, body string
		status                   int
		message                  string
	}{
		{"dashboard with a wrong name", "POST", "/api/v1/dashboards", dashboard.document("a wrong name", "", dashboard.spec), 400,
			`bad request: "a wrong name" is not a correct name. It should match the regexp: ^[a-zA-Z0-9_.-]+$`},
		{"datasource without a project", "POST", "/api/v1/datasources", in(""), 400, "bad request: metadata.project cannot be empty"},
		{"datasource in no project", "POST", "/api/v1/datasources", in("zz"), 400, `bad request: metadata.project "zz" doesn't exist`},
		{"list in no project", "GET", "/api/v1/projects/zz/datasources", "", 400, `bad request: metadata.project "zz" doesn't exist`},
		{"delete in no project", "DELETE", "/api/v1/projects/zz/datasources/d", "", 404, "document not found"},
		{"another project in the path", "POST", "/api/v1/projects/perses/datasources", in("zz"), 400,
			"bad request: project parameter value 'perses' does not match provided metadata value 'zz'"},
		{"another role", "PUT", binding.path("b"), binding.document("b", "", `{"role":"viewer","subjects":[{"kind":"User","name":"alice"}]}`), 400,
			"bad request: spec.role can't be updated"},
		{"no document", "POST", "/api/v1/projects", `{`, 400, ""},
	} {
		var got struct{ Message string }
		w.must(json.Unmarshal([]byte(w.answers(c.status, c.method, c.path, c.body)), &got))
		if c.message != "" && got.Message != c.message {
			t.Errorf("%s: %s\nwant %s", c.name, got.Message, c.message)
		}
	}
}

// TestUpstreamCORS is TestDefaultConfig and TestCustomConfig of the suite: the order of the methods matters to it.
func TestUpstreamCORS(t *testing.T) {
	for config, want := range map[string]map[string]string{
		"security: {cors: {enable: true}}\n": {
			"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "OPTIONS, GET, POST"},
		"security: {cors: {enable: true, allow_origins: ['https://a.example'], allow_methods: [GET], allow_headers: [X-A], max_age: 5}}\n": {
			"Access-Control-Allow-Origin": "https://a.example", "Access-Control-Allow-Methods": "GET",
			"Access-Control-Allow-Headers": "X-A", "Access-Control-Max-Age": "5"},
	} {
		w := newWorld(t)
		w.config = compatConfig + config
		w.start()
		request, err := http.NewRequest(http.MethodOptions, w.base+"/api/v1/projects", nil)
		w.must(err)
		request.Header.Set("Origin", "https://a.example")
		request.Header.Set("Access-Control-Request-Method", "GET")
		answer, err := http.DefaultClient.Do(request)
		w.must(err)
		w.must(answer.Body.Close())
		got := map[string]string{}
		for name := range want {
			got[name] = answer.Header.Get(name)
		}
		if diff := cmp.Diff(want, got); diff != "" || answer.StatusCode != http.StatusNoContent {
			t.Errorf("%s%d (-want +got):\n%s", config, answer.StatusCode, diff)
		}
	}
}
