package api

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestVariablesOfTheRest: a dashboard may use variables of its project and global ones, and no others.
func TestVariablesOfTheRest(t *testing.T) {
	w := newWorld(t)
	w.project("p")
	w.project("other")
	value := samples["Variable"][0]
	w.must(200, "POST", "/api/v1/variables", text(kind(t, "Variable"), "p", "mine", value))
	w.must(200, "POST", "/api/v1/variables", text(kind(t, "Variable"), "other", "theirs", value))
	w.must(200, "POST", "/api/v1/globalvariables", text(kind(t, "GlobalVariable"), "", "all", value))
	using := func(names string) string {
		list := `{"kind":"ListVariable","spec":{"allowAllValue":false,"allowMultiple":false,"plugin":{"kind":"PrometheusPromQLVariable","spec":{"expr":"` + names + `"}},"name":"v"}}`
		return text(kind(t, "Dashboard"), "p", "d", `{"variables":[`+list+`],"panels":{},"layouts":[],"duration":"1h"}`)
	}
	for _, path := range []string{"/api/validate/dashboards", "/api/v1/dashboards"} {
		w.refused(400, `bad request: variable "theirs" is used in the variable "v" but not defined`, "POST", path, using("up{a=\\\"$mine\\\",b=\\\"$theirs\\\"}"))
		w.must(200, "POST", path, using("up{a=\\\"$mine\\\",b=\\\"$all\\\"}"))
	}
}

func TestProjectIsTakenFromThePath(t *testing.T) {
	w := newWorld(t)
	w.project("p")
	body := strings.Replace(dashboard("", "d", "1"), `,"project":""`, "", 1)
	if got := decoded[document](t, w.must(200, "POST", "/api/v1/projects/p/dashboards", body)); got.Metadata.Project != "p" {
		t.Errorf("project %q, want p", got.Metadata.Project)
	}
	w.refused(400, "bad request: metadata.project cannot be empty", "POST", "/api/v1/dashboards", body)
	w.must(200, "PUT", "/api/v1/projects/p/dashboards/d", body)
}

// TestFilesMayChangeUnderUs: what another process writes plainly is answered, and an ETag never stands for two contents (R29).
func TestFilesMayChangeUnderUs(t *testing.T) {
	w := newWorld(t)
	w.project("p")
	w.must(200, "POST", "/api/v1/dashboards", dashboard("p", "d", "before"))
	const path = "/api/v1/projects/p/dashboards/d"
	tag := w.get(path).header.Get("ETag")
	file := filepath.Join(w.dir, "dashboards", "p", "d.yaml")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(data), "before", "afterwards", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	a := w.must(200, "GET", path, "", "If-None-Match: "+tag)
	if !strings.Contains(a.body, "afterwards") || a.header.Get("ETag") == tag {
		t.Errorf("%s %s", a.header.Get("ETag"), a.body)
	}
	w.refused(412, "precondition failed: the document was changed since, its ETag is now "+a.header.Get("ETag"), "PUT", path, dashboard("p", "d", "mine"), "If-Match: "+tag)
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	w.refused(404, "document not found", "GET", path, "")
}

func TestVariableNamesAreCheckedWherePersesDoes(t *testing.T) {
	w := newWorld(t)
	w.do(http.MethodPost, "/api/v1/projects", `{"kind":"Project","metadata":{"name":"p"},"spec":{}}`)
	variable := func(kind string) string {
		return `{"kind":"` + kind + `","metadata":{"name":"a-b-c","project":"p"},"spec":{"kind":"TextVariable","spec":{"value":"x"}}}`
	}
	for path, want := range map[string]int{
		"/api/v1/projects/p/variables":  http.StatusBadRequest,
		"/api/v1/globalvariables":       http.StatusOK,
		"/api/validate/variables":       http.StatusBadRequest,
		"/api/validate/globalvariables": http.StatusBadRequest,
	} {
		kind := "Variable"
		if strings.Contains(path, "global") {
			kind = "GlobalVariable"
		}
		got := w.do(http.MethodPost, path, variable(kind))
		if got.status != want || (want != http.StatusOK && !strings.Contains(got.body, "variable name 'a-b-c' is not valid")) {
			t.Errorf("POST %s: %d %s, want %d", path, got.status, got.body, want)
		}
	}
}
