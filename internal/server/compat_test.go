package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// compatConfig is what Perses' own end-to-end suite runs on (perses.md §8.1). The tests called TestUpstream are the scenarios of that suite
// that need neither authentication nor plugins. It seeds by writing to the database behind the server's back, so they prove R29 too.
const compatConfig = "database: {file: {folder: x, extension: json, case_sensitive: true}}\nephemeral_dashboard: {enable: true}\n"

// sample is a kind with the spec that is seeded, another one, and what answers show of each where that is not the same.
type sample struct {
	kind, plural    string
	global          bool
	spec, other     string
	public, public2 string
}

const (
	direct   = `{"default":false,"plugin":{"kind":"PrometheusDatasource","spec":{"directUrl":"http://localhost:9090"}}}`
	proxied  = `{"default":true,"plugin":{"kind":"PrometheusDatasource","spec":{"proxy":{"kind":"HTTPProxy","spec":{"url":"http://localhost:9090"}}}}}`
	listed   = `{"kind":"ListVariable","spec":{"allowAllValue":false,"allowMultiple":false,"plugin":{"kind":"PrometheusLabelNamesVariable","spec":{"matchers":["up"]}}}}`
	constant = `{"kind":"TextVariable","spec":{"value":"a","constant":true}}`
	panels   = `"panels":{"p":{"kind":"Panel","spec":{"plugin":{"kind":"Markdown","spec":{"text":"<b>&</b>"}}}}},` +
		`"layouts":[{"kind":"Grid","spec":{"items":[{"x":0,"y":0,"width":24,"height":4,"content":{"$ref":"#/spec/panels/p"}}]}}]`
	basic   = `{"basicAuth":{"username":"me","password":"%s"},"tlsConfig":{"insecureSkipVerify":false}}`
	reads   = `{"permissions":[{"actions":["read"],"scopes":["*"]}]}`
	creates = `{"permissions":[{"actions":["create","read"],"scopes":["Dashboard"]}]}`
	binds   = `{"role":"admin","subjects":[{"kind":"User","name":"%s"}]}`
	person  = `{"firstName":"%s","nativeProvider":{"password":"%s"}}`
)

func samples() []sample {
	dashboards := []string{`{"display":{"name":"first"},` + panels + `,"duration":"1h"}`, `{` + panels + `,"duration":"6h","refreshInterval":"30s"}`}
	ephemeral := []string{`{"ttl":"1d",` + panels + `,"duration":"1h"}`, `{"ttl":"2d",` + panels + `,"duration":"1h"}`}
	folders := []string{`{"items":[{"kind":"Dashboard","name":"a"}]}`, `{"display":{"name":"F"},"items":[{"kind":"Folder","name":"b","items":[{"kind":"Dashboard","name":"c"}]}]}`}
	hidden := fmt.Sprintf(basic, "<secret>")
	secret := sample{spec: fmt.Sprintf(basic, "one"), other: fmt.Sprintf(basic, "two"), public: hidden, public2: hidden}
	all := []sample{
		{kind: "Project", plural: "projects", global: true, spec: `{}`, other: `{"display":{"name":"P"}}`},
		{kind: "GlobalDatasource", plural: "globaldatasources", global: true, spec: direct, other: proxied},
		{kind: "GlobalVariable", plural: "globalvariables", global: true, spec: listed, other: constant},
		{kind: "GlobalSecret", plural: "globalsecrets", global: true},
		{kind: "GlobalRole", plural: "globalroles", global: true, spec: reads, other: creates},
		{kind: "GlobalRoleBinding", plural: "globalrolebindings", global: true, spec: fmt.Sprintf(binds, "alice"), other: fmt.Sprintf(binds, "bob")},
		{kind: "User", plural: "users", global: true, spec: fmt.Sprintf(person, "A", "one"), other: fmt.Sprintf(person, "B", "two"),
			public: fmt.Sprintf(person, "A", "<secret>"), public2: fmt.Sprintf(person, "B", "<secret>")},
		{kind: "Dashboard", plural: "dashboards", spec: dashboards[0], other: dashboards[1]},
		{kind: "EphemeralDashboard", plural: "ephemeraldashboards", spec: ephemeral[0], other: ephemeral[1]},
		{kind: "Datasource", plural: "datasources", spec: direct, other: proxied},
		{kind: "Folder", plural: "folders", spec: folders[0], other: folders[1]},
		{kind: "Secret", plural: "secrets"},
		{kind: "Variable", plural: "variables", spec: constant, other: listed},
		{kind: "Role", plural: "roles", spec: reads, other: creates},
		{kind: "RoleBinding", plural: "rolebindings", spec: fmt.Sprintf(binds, "alice"), other: fmt.Sprintf(binds, "bob")},
	}
	for i, s := range all {
		if strings.HasSuffix(s.kind, "Secret") {
			all[i].spec, all[i].other, all[i].public, all[i].public2 = secret.spec, secret.other, secret.public, secret.public2
		} else if s.public == "" {
			all[i].public, all[i].public2 = s.spec, s.other
		}
	}
	return all
}

const seededTimes = `"createdAt":"2021-02-03T04:05:06.123456789Z","updatedAt":"2022-02-03T04:05:06.5Z","version":7`

// document is a resource of project perses; with empty times, as a client sends it.
func (s sample) document(name, times, spec string) string {
	metadata := fmt.Sprintf(`"name":%q`, name)
	if times != "" {
		metadata += "," + times
	}
	if !s.global {
		metadata += `,"project":"perses"`
	}
	return fmt.Sprintf(`{"kind":%q,"metadata":{%s},"spec":%s}`, s.kind, metadata, spec)
}

func (s sample) file(name string) string {
	if s.global {
		return filepath.Join(s.plural, name+".json")
	}
	return filepath.Join(s.plural, "perses", name+".json")
}

func (s sample) path(name string) string {
	if s.global {
		return "/api/v1/" + s.plural + "/" + name
	}
	return "/api/v1/projects/perses/" + s.plural + "/" + name
}

// roots are where the kind is created and listed.
func (s sample) roots() []string {
	if s.global {
		return []string{"/api/v1/" + s.plural}
	}
	return []string{"/api/v1/" + s.plural, "/api/v1/projects/perses/" + s.plural}
}

// seed writes a document as Perses' file database does, plainly and over what is there, thrice as its suite does.
func (w *world) seed(file, text string) {
	w.t.Helper()
	full := filepath.Join(w.database, file)
	w.must(os.MkdirAll(filepath.Dir(full), 0o750))
	for range 3 {
		w.must(os.WriteFile(full, []byte(text), 0o600))
	}
}

func compatWorld(t *testing.T) *world {
	w := newWorld(t)
	w.config = compatConfig
	w.start()
	w.seed("projects/perses.json", `{"kind":"Project","metadata":{"name":"perses",`+seededTimes+`},"spec":{}}`)
	return w
}

// answers asserts the status and returns the body.
func (w *world) answers(status int, method, path, body string) string {
	w.t.Helper()
	got, text := w.do(method, path, body)
	if got != status {
		w.t.Fatalf("%s %s: %d %s, want %d", method, path, got, text, status)
	}
	return text
}

// means compares JSON texts by what they mean.
func (w *world) means(what, want, got string) {
	w.t.Helper()
	var a, b any
	w.must(json.Unmarshal([]byte(want), &a))
	w.must(json.Unmarshal([]byte(got), &b))
	if diff := cmp.Diff(a, b); diff != "" {
		w.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func specOf(t *testing.T, text string) string {
	t.Helper()
	var d struct{ Spec json.RawMessage }
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return string(d.Spec)
}

func TestUpstreamMainScenario(t *testing.T) {
	for _, s := range samples() {
		t.Run(s.kind, func(t *testing.T) {
			t.Parallel()
			w := compatWorld(t)
			w.created(s)
			w.seededByAnother(s)
			w.unknown(s)
		})
	}
}

// created is S from the side of the API: what it writes is where Perses looks for it.
func (w *world) created(s sample) {
	w.t.Helper()
	for i, root := range s.roots() {
		name := fmt.Sprintf("myResource%d", i)
		created := w.answers(200, "POST", root, s.document(name, "", s.spec))
		w.means("POST answers", s.public, specOf(w.t, created))
		if stored, err := os.ReadFile(filepath.Join(w.database, s.file(name))); err != nil {
			w.t.Errorf("not where Perses keeps it: %v", err)
		} else if s.public == s.spec {
			w.means("stored", created, string(stored))
		}
		w.answers(409, "POST", root, s.document(name, "", s.spec))
		w.answers(204, "DELETE", s.path(name), "")
		if _, err := os.Stat(filepath.Join(w.database, s.file(name))); !os.IsNotExist(err) {
			w.t.Errorf("stat after DELETE: %v, want no file", err)
		}
	}
}

// seededByAnother is S from the side of another program's writes (R29): GET and every write see each at once, a list after a second at most.
func (w *world) seededByAnother(s sample) {
	w.t.Helper()
	want := s.document("seeded", seededTimes, s.public)
	w.seed(s.file("seeded"), s.document("seeded", seededTimes, s.spec))
	w.means("GET", want, w.answers(200, "GET", s.path("seeded"), ""))
	w.answers(409, "POST", s.roots()[0], s.document("seeded", "", s.spec))
	w.inLists(s, want)

	var put struct{ Metadata struct{ Version int } }
	updated := w.answers(200, "PUT", s.path("seeded"), s.document("seeded", "", s.other))
	w.means("PUT answers", s.public2, specOf(w.t, updated))
	w.must(json.Unmarshal([]byte(updated), &put))
	if put.Metadata.Version != 8 {
		w.t.Errorf("version after PUT: %d, want 8", put.Metadata.Version)
	}
	w.inLists(s, updated)
	w.must(os.Remove(filepath.Join(w.database, s.file("seeded"))))
	w.answers(404, "GET", s.path("seeded"), "")
	w.inLists(s, "")
}

// inLists waits until every list holds exactly one document, or ("") none. That of projects holds the one of the test too.
func (w *world) inLists(s sample, document string) {
	w.t.Helper()
	var want []string
	if s.kind == "Project" {
		want = append(want, w.answers(200, "GET", "/api/v1/projects/perses", ""))
	}
	if document != "" {
		want = append(want, document)
	}
	for _, root := range s.roots() {
		got := ""
		w.eventually(root+" lists what is stored", func() bool {
			got = w.answers(200, "GET", root, "")
			var items []json.RawMessage
			w.must(json.Unmarshal([]byte(got), &items))
			return len(items) == len(want)
		})
		w.means("GET "+root, "["+strings.Join(want, ",")+"]", got)
	}
}

func (w *world) unknown(s sample) {
	w.t.Helper()
	for method, body := range map[string]string{"GET": "", "DELETE": "", "PUT": s.document("unknown", "", s.spec)} {
		w.means(method, `{"message":"document not found"}`, w.answers(http.StatusNotFound, method, s.path("unknown"), body))
	}
}
