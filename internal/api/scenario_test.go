package api

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/resource"
)

const plainDatasource = `{"default":false,"plugin":{"kind":"PrometheusDatasource","spec":{"directUrl":"http://prometheus:9090"}}}`

// samples has a spec per kind, with what a second version changes.
var samples = map[string][2]string{
	"Project":            {`{}`, `{"display":{"name":"other"}}`},
	"Dashboard":          {`{"panels":{},"layouts":[],"duration":"1h"}`, `{"panels":{},"layouts":[],"duration":"2h"}`},
	"EphemeralDashboard": {`{"ttl":"1d","panels":{},"layouts":[],"duration":"1h"}`, `{"ttl":"2d","panels":{},"layouts":[],"duration":"1h"}`},
	"Folder":             {`{"items":[{"kind":"Dashboard","name":"a"}]}`, `{"items":[{"kind":"Dashboard","name":"b"}]}`},
	"Datasource":         {plainDatasource, `{"default":true,"plugin":{"kind":"PrometheusDatasource","spec":{}}}`},
	"GlobalDatasource":   {plainDatasource, `{"default":true,"plugin":{"kind":"PrometheusDatasource","spec":{}}}`},
	"Variable":           {`{"kind":"TextVariable","spec":{"value":"a"}}`, `{"kind":"TextVariable","spec":{"value":"b"}}`},
	"GlobalVariable":     {`{"kind":"TextVariable","spec":{"value":"a"}}`, `{"kind":"TextVariable","spec":{"value":"b"}}`},
	"Secret":             {`{"authorization":{"type":"Bearer","credentials":"hush"}}`, `{"authorization":{"type":"Bearer","credentials":"other"}}`},
	"GlobalSecret":       {`{"authorization":{"type":"Bearer","credentials":"hush"}}`, `{"authorization":{"type":"Bearer","credentials":"other"}}`},
	"Role":               {`{"permissions":[{"actions":["read"],"scopes":["Dashboard"]}]}`, `{"permissions":[{"actions":["*"],"scopes":["Dashboard"]}]}`},
	"GlobalRole":         {`{"permissions":[{"actions":["read"],"scopes":["*"]}]}`, `{"permissions":[{"actions":["*"],"scopes":["*"]}]}`},
	"RoleBinding":        {`{"role":"r","subjects":[{"kind":"User","name":"a"}]}`, `{"role":"r","subjects":[{"kind":"User","name":"b"}]}`},
	"GlobalRoleBinding":  {`{"role":"r","subjects":[{"kind":"User","name":"a"}]}`, `{"role":"r","subjects":[{"kind":"User","name":"b"}]}`},
	"User":               {`{"firstName":"A","nativeProvider":{"password":"one"}}`, `{"firstName":"B","nativeProvider":{"password":"two"}}`},
}

func text(k *resource.Kind, project, name, spec string) string {
	if k.Project {
		project = `,"project":"` + project + `"`
	} else {
		project = ""
	}
	return `{"kind":"` + k.Name + `","metadata":{"name":"` + name + `"` + project + `},"spec":` + spec + `}`
}

// TestMainScenario is what the upstream end-to-end suite calls S (perses.md §8.1), for every kind and path shape.
func TestMainScenario(t *testing.T) {
	for _, k := range resource.Kinds() {
		t.Run(k.Name, func(t *testing.T) {
			w := newWorld(t)
			w.project("p")
			root, lists := "/api/v1/"+k.Plural, []string{"/api/v1/" + k.Plural}
			creates := []string{root}
			single := root
			if k.Project {
				single = "/api/v1/projects/p/" + k.Plural
				creates, lists = append(creates, single), append(lists, single)
			}
			for i, path := range creates {
				w.scenario(k, path, lists, single+"/"+[]string{"x1", "x2"}[i], []string{"x1", "x2"}[i])
			}
		})
	}
}

func (w *world) scenario(k *resource.Kind, create string, lists []string, path, name string) {
	w.t.Helper()
	first, second := text(k, "p", name, samples[k.Name][0]), text(k, "p", name, samples[k.Name][1])
	w.refused(404, "document not found", "GET", path, "")
	w.refused(404, "document not found", "DELETE", path, "")
	w.refused(404, "document not found", "PUT", path, first)

	created := w.must(200, "POST", create, first)
	w.refused(409, "document already exists", "POST", create, first)
	if got := w.must(200, "GET", path, ""); got.body != created.body || got.header.Get("ETag") != created.header.Get("ETag") {
		w.t.Errorf("GET differs from POST:\n%s %s\n%s %s", got.header.Get("ETag"), got.body, created.header.Get("ETag"), created.body)
	}
	for _, list := range lists {
		w.listed(list, name, created.body)
	}
	before := decoded[document](w.t, created)
	updated := w.must(200, "PUT", path, second)
	after := decoded[document](w.t, updated)
	if after.Metadata.Version != before.Metadata.Version+1 || !after.Metadata.CreatedAt.Equal(before.Metadata.CreatedAt) || after.Metadata.UpdatedAt.Before(before.Metadata.UpdatedAt) {
		w.t.Errorf("metadata after PUT: %+v, was %+v", after.Metadata, before.Metadata)
	}
	// R12: to what nobody manages, a PUT of the same content is a new version.
	if again := decoded[document](w.t, w.must(200, "PUT", path, second)); again.Metadata.Version != 2 {
		w.t.Errorf("version after a second PUT: %d, want 2", again.Metadata.Version)
	}
	if gone := w.must(204, "DELETE", path, ""); gone.body != "" {
		w.t.Errorf("DELETE answers %q, want nothing", gone.body)
	}
	w.refused(404, "document not found", "GET", path, "")
}

func (w *world) listed(list, name, want string) {
	w.t.Helper()
	items := decoded[[]json.RawMessage](w.t, w.must(200, "GET", list+"?name="+name, ""))
	if len(items) != 1 || string(items[0]) != want {
		w.t.Errorf("GET %s?name=%s: %s, want [%s]", list, name, items, want)
	}
}

func TestRowsFollowTheTable(t *testing.T) {
	count := func(disabled map[string]bool, readOnly bool) (n int) {
		for _, r := range rows(resource.Kinds(), disabled, readOnly) {
			if r.kind.Name == "Dashboard" || r.kind.Name == "Project" {
				n++
			}
		}
		return n
	}
	got := []int{count(nil, false), count(nil, true), count(map[string]bool{"Dashboard": true}, false)}
	if diff := cmp.Diff([]int{7 + 5, 3 + 2, 5}, got); diff != "" {
		t.Error(diff)
	}
}
