package api

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func names(t *testing.T, a answered) string {
	t.Helper()
	var all []string
	for _, d := range decoded[[]document](t, a) {
		all = append(all, strings.TrimPrefix(d.Metadata.Project+"/"+d.Metadata.Name, "/"))
	}
	return strings.Join(all, " ")
}

func TestListFilters(t *testing.T) {
	w := newWorld(t)
	for _, p := range []string{"b", "a", "empty"} {
		w.project(p)
	}
	for _, d := range [][2]string{{"b", "one"}, {"a", "two"}, {"a", "one"}} {
		w.must(200, "POST", "/api/v1/dashboards", dashboard(d[0], d[1], "1"))
	}
	source := func(name, isDefault, plugin string) {
		spec := `{"default":` + isDefault + `,"plugin":{"kind":"` + plugin + `","spec":{}}}`
		w.must(200, "POST", "/api/v1/globaldatasources", text(kind(t, "GlobalDatasource"), "", name, spec))
	}
	source("p1", "true", "PrometheusDatasource")
	source("p2", "false", "PrometheusDatasource")
	source("t1", "false", "TempoDatasource")
	for path, want := range map[string]string{
		"dashboards":                                        "a/one a/two b/one", // sorted by project, then name (§9.1, 7)
		"dashboards?name=ONE":                               "a/one b/one",
		"dashboards?name=x":                                 "",
		"dashboards?project=a":                              "a/one a/two",
		"dashboards?project=none":                           "",
		"projects/a/dashboards?project=A&name=t":            "a/two",
		"projects/a/dashboards?metadata_only=true":          "a/one a/two",
		"projects/empty/dashboards":                         "",
		"projects":                                          "a b empty",
		"projects?name=e":                                   "empty",
		"globaldatasources?kind=PrometheusDatasource":       "p1 p2",
		"globaldatasources?default=true":                    "p1",
		"globaldatasources?default=0&kind=TempoDatasource":  "t1",
		"globaldatasources?metadata_only=x":                 "p1 p2 t1", // ignored (§9.1, 8)
		"globaldatasources?kind=TempoDatasource&default=":   "t1",
		"globaldatasources?kind=TempoDatasource&name=p":     "",
		"dashboards?kind=PrometheusDatasource&default=true": "a/one a/two b/one",
	} {
		if got := names(t, w.must(200, "GET", "/api/v1/"+path, "")); got != want {
			t.Errorf("GET %s: %q, want %q", path, got, want)
		}
	}
	if got := w.get("/api/v1/projects/empty/dashboards").body; got != "[]" {
		t.Errorf("an empty list is %q, want []", got)
	}
	const parse = `bad request: code=400, message=strconv.ParseBool: parsing "x": invalid syntax, internal=strconv.ParseBool: parsing "x": invalid syntax`
	for path, message := range map[string]string{
		"dashboards?metadata_only=x":       parse,
		"globaldatasources?default=x":      parse,
		"projects/a/dashboards?project=b":  "bad request: the project name in the path (a) and the project name in the query parameter (b) are different",
		"dashboards?project=../x":          `bad request: the project name in the query parameter is invalid: "../x" is not a correct name. It should match the regexp: ^[a-zA-Z0-9_.-]+$`,
		"projects/none/dashboards":         `bad request: metadata.project "none" doesn't exist`,
		"projects/none/dashboards/d":       `bad request: metadata.project "none" doesn't exist`,
		"projects/%2e%2e/dashboards":       `bad request: metadata.project ".." doesn't exist`,
		"projects/a%2f..%2fb/dashboards/d": `bad request: metadata.project "a/../b" doesn't exist`,
	} {
		w.refused(400, message, "GET", "/api/v1/"+path, "")
	}
}

func TestMetadataOnly(t *testing.T) {
	w := newWorld(t)
	w.project("p")
	whole := w.must(200, "POST", "/api/v1/dashboards", strings.Replace(dashboard("p", "d", "1"), `"name":"d"`, `"name":"d","tags":["b","a"]`, 1)).body
	metadata, _, _ := strings.Cut(whole, `,"spec"`)
	if diff := cmp.Diff("["+metadata+`,"spec":{}}]`, w.get("/api/v1/dashboards?metadata_only=1").body); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff("["+whole+"]", w.get("/api/v1/dashboards?metadata_only=false").body); diff != "" {
		t.Error(diff)
	}
}

func TestETags(t *testing.T) {
	w := newWorld(t)
	w.project("p")
	w.must(200, "POST", "/api/v1/dashboards", dashboard("p", "d", "1"))
	paths := []string{"/api/v1/projects/p/dashboards/d", "/api/v1/dashboards", "/api/v1/dashboards?metadata_only=true"}
	tags := make(map[string]string)
	for _, path := range paths {
		tag := w.must(200, "GET", path, "").header.Get("ETag")
		if tag == "" || tags[tag] != "" {
			t.Errorf("%s has the tag %q of %q", path, tag, tags[tag])
		}
		tags[tag] = path
		for _, header := range []string{tag, "W/" + tag, `"x", ` + tag, "*"} {
			a := w.must(304, "GET", path, "", "If-None-Match: "+header)
			if a.body != "" || a.header.Get("ETag") != tag {
				t.Errorf("%s: 304 with tag %q and body %q", path, a.header.Get("ETag"), a.body)
			}
		}
		w.must(200, "GET", path, "", `If-None-Match: "x"`)
	}
	w.must(200, "PUT", "/api/v1/projects/p/dashboards/d", dashboard("p", "d", "2"))
	for tag, path := range tags {
		w.must(200, "GET", path, "", "If-None-Match: "+tag)
	}
}

func TestLongListIsWhole(t *testing.T) {
	w := newWorld(t)
	w.project("p")
	const n = 40
	for i := range n {
		w.must(200, "POST", "/api/v1/dashboards", dashboard("p", fmt.Sprintf("d%02d", i), strings.Repeat("x", 2000)))
	}
	if got := decoded[[]document](t, w.get("/api/v1/dashboards")); len(got) != n {
		t.Errorf("%d documents, want %d", len(got), n)
	}
}
