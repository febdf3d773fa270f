package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

func TestRefusedWrites(t *testing.T) {
	w := newWorld(t)
	w.project("myproj")
	w.must(200, "POST", "/api/v1/dashboards", dashboard("myproj", "d1", "1"))
	w.must(200, "POST", "/api/v1/globaldatasources", text(kind(t, "GlobalDatasource"), "", "ds1", samples["GlobalDatasource"][1]))
	w.must(200, "POST", "/api/v1/globalrolebindings", text(kind(t, "GlobalRoleBinding"), "", "b", samples["GlobalRoleBinding"][0]))
	const root, nested = "/api/v1/dashboards", "/api/v1/projects/myproj/dashboards"
	for name, c := range map[string]struct {
		method, path, body string
		status             int
		message            string
	}{
		"no project":           {"POST", root, dashboard("", "d2", ""), 400, "bad request: metadata.project cannot be empty"},
		"unknown project":      {"POST", root, dashboard("zz", "d2", ""), 400, `bad request: metadata.project "zz" doesn't exist`},
		"unknown project path": {"POST", "/api/v1/projects/zz/dashboards", dashboard("zz", "d2", ""), 400, `bad request: metadata.project "zz" doesn't exist`},
		"PUT, unknown project": {"PUT", "/api/v1/projects/zz/dashboards/d2", dashboard("zz", "d2", ""), 404, "document not found"},
		"other project":        {"POST", nested, dashboard("Other", "d2", ""), 400, "bad request: project parameter value 'myproj' does not match provided metadata value 'other'"},
		"other name":           {"PUT", nested + "/d1", dashboard("myproj", "d9", ""), 400, "bad request: name parameter value 'd1' does not match provided metadata value 'd9'"},
		"other kind":           {"POST", "/api/v1/variables", strings.Replace(text(kind(t, "Variable"), "myproj", "v", samples["Variable"][0]), "Variable", "Dashboard", 1), 400, `bad request: invalid kind: "Dashboard" for a Variable type`},
		"no kind":              {"POST", root, `{"metadata":{"name":"a","project":"myproj"},"spec":{}}`, 400, `bad request: invalid kind: "" for a Dashboard type`},
		"bad name":             {"POST", nested, dashboard("myproj", "a b", ""), 400, `bad request: "a b" is not a correct name. It should match the regexp: ^[a-zA-Z0-9_.-]+$`},
		"invalid before 404":   {"PUT", nested + "/none", strings.Replace(dashboard("myproj", "none", ""), "1h", "soon", 1), 400, `bad request: not a valid duration string: "soon"`},
		"second default": {"POST", "/api/v1/globaldatasources", text(kind(t, "GlobalDatasource"), "", "ds2", samples["GlobalDatasource"][1]), 400,
			`bad request: datasource "ds2" cannot be a default "PrometheusDatasource" because there is already one defined named "ds1"`},
		"role changes": {"PUT", "/api/v1/globalrolebindings/b", text(kind(t, "GlobalRoleBinding"), "", "b", strings.Replace(samples["GlobalRoleBinding"][0], `"r"`, `"other"`, 1)), 400,
			"bad request: spec.role can't be updated"},
		"no password":   {"POST", "/api/v1/users", text(kind(t, "User"), "", "u", `{}`), 400, "bad request: password cannot be empty"},
		"mask password": {"POST", "/api/v1/users", text(kind(t, "User"), "", "u", `{"nativeProvider":{"password":"<secret>"}}`), 400, "bad request: the value is the mask <secret>, not a secret"},
		"mask":          {"POST", "/api/v1/globalsecrets", text(kind(t, "GlobalSecret"), "", "s", `{"authorization":{"credentials":"<secret>"}}`), 400, "bad request: the value is the mask <secret>, not a secret"},
	} {
		t.Run(name, func(t *testing.T) {
			w.t = t
			w.refused(c.status, c.message, c.method, c.path, c.body)
		})
	}
}

func kind(t testing.TB, name string) *resource.Kind {
	t.Helper()
	k, err := resource.KindByName(name)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestNamelessDocumentsAreRefused(t *testing.T) {
	w := newWorld(t)
	for _, body := range []string{"{}", " ", `{"kind":"Project"}`, `{"kind":"Project","metadata":{}}`, `{"kind":"Project","metadata":{"name":".."}}`, `{"kind":"Project","metadata":{"name":"p"},"spec":{}} x`} {
		if a := w.do("POST", "/api/v1/projects", body); a.status != 400 {
			t.Errorf("POST %q: %d %s, want 400", body, a.status, a.body)
		}
	}
	if got := w.get("/api/v1/projects").body; got != "[]" {
		t.Errorf("something is stored: %s", got)
	}
}

func TestContentTypeAndSize(t *testing.T) {
	w := newWorld(t)
	body := `{"kind":"Project","metadata":{"name":"p"},"spec":{}}`
	for _, media := range []string{"text/plain", "application/x-www-form-urlencoded", "", "application/jsonx"} {
		w.refused(415, notJSON, "POST", "/api/v1/projects", body, "Content-Type: "+media)
	}
	w.must(200, "POST", "/api/v1/projects", body, "Content-Type: Application/JSON; charset=utf-8")
	w.refused(413, "request entity too large: a document may have 8388608 bytes; split it, or keep large values outside of it", "POST", "/api/v1/projects", body+strings.Repeat(" ", maxBody))
}

func TestNamesAreLowered(t *testing.T) {
	w := newWorld(t)
	w.project("MyProj")
	w.must(200, "POST", "/api/v1/projects/MYPROJ/dashboards", dashboard("MyProj", "MyDash", "1"))
	got := decoded[document](t, w.must(200, "GET", "/api/v1/projects/myProj/dashboards/myDASH", ""))
	if diff := cmp.Diff([]string{"mydash", "myproj"}, []string{got.Metadata.Name, got.Metadata.Project}); diff != "" {
		t.Error(diff)
	}
	w.must(200, "PUT", "/api/v1/projects/myproj/dashboards/MyDash", dashboard("MYPROJ", "MYDASH", "2"))

	exact := newWorld(t, func(o *Options) { o.CaseSensitive = true })
	exact.project("MyProj")
	exact.refused(400, `bad request: metadata.project "myproj" doesn't exist`, "GET", "/api/v1/projects/myproj/dashboards", "")
	exact.must(200, "GET", "/api/v1/projects/MyProj", "")
}

func TestLocalIsForbidden(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.NoLocalSources, o.NoLocalVars = true, true })
	w.project("p")
	local := func(spec string) string { return text(kind(t, "Dashboard"), "p", "d", spec) }
	w.refused(400, "bad request: local datasource cannot be used as it has been disabled in the configuration", "POST", "/api/v1/dashboards",
		local(`{"datasources":{"a":`+plainDatasource+`},"panels":{},"layouts":[],"duration":"1h"}`))
	w.refused(400, "bad request: local variable cannot be used as it has been disabled in the configuration", "POST", "/api/v1/dashboards",
		local(`{"variables":[{"kind":"TextVariable","spec":{"value":"a","name":"v"}}],"panels":{},"layouts":[],"duration":"1h"}`))
	w.must(200, "POST", "/api/v1/dashboards", local(samples["Dashboard"][0]))
}

func TestUsersKeepWhatIsLeftOut(t *testing.T) {
	w := newWorld(t)
	const path = "/api/v1/users/jane"
	read := func() (first, password string) {
		entry, err := w.store.Get(resource.ID{Kind: "User", Name: "jane"})
		if err != nil {
			t.Fatal(err)
		}
		r, err := w.store.Read(entry)
		if err != nil {
			t.Fatal(err)
		}
		return r.Spec.Str("firstName"), r.Spec.Str("nativeProvider", "password")
	}
	a := w.must(200, "POST", "/api/v1/users", text(kind(t, "User"), "", "jane", `{"firstName":"Jane","nativeProvider":{"password":"correct horse"}}`))
	if strings.Contains(a.body, "horse") || !strings.Contains(a.body, `"password":"\u003csecret\u003e"`) {
		t.Errorf("POST answers %s, want the password masked", a.body)
	}
	_, hash := read()
	if !strings.HasPrefix(hash, "$2a$10$") {
		t.Errorf("stored password %q, want a bcrypt hash of cost 10", hash)
	}
	for _, spec := range []string{`{"lastName":"Doe"}`, `{"nativeProvider":{"password":""}}`, `{"nativeProvider":{"password":"<secret>"}}`} {
		w.must(200, "PUT", path, text(kind(t, "User"), "", "jane", spec))
		if first, kept := read(); first != "Jane" || kept != hash {
			t.Errorf("after PUT of %s: first name %q, password %q, want both kept", spec, first, kept)
		}
	}
	w.must(200, "PUT", path, text(kind(t, "User"), "", "jane", `{"nativeProvider":{"password":"new"}}`))
	if _, changed := read(); changed == hash {
		t.Error("a given password is not hashed again")
	}
	w.refused(400, "bad request: spec.nativeProvider.password cannot be hashed: at most 72 bytes are possible", "PUT", path,
		text(kind(t, "User"), "", "jane", `{"nativeProvider":{"password":"`+strings.Repeat("x", 80)+`"}}`))
}

func TestPutOfAMaskKeepsTheSecret(t *testing.T) {
	w := newWorld(t)
	a := w.must(200, "POST", "/api/v1/globalsecrets", text(kind(t, "GlobalSecret"), "", "s", `{"basicAuth":{"username":"u","password":"hush"}}`))
	if strings.Contains(a.body, "hush") {
		t.Errorf("POST answers %s, want the password masked", a.body)
	}
	w.must(200, "PUT", "/api/v1/globalsecrets/s", strings.Replace(a.body, `"username":"u"`, `"username":"v"`, 1))
	entry, err := w.store.Get(resource.ID{Kind: "GlobalSecret", Name: "s"})
	if err != nil {
		t.Fatal(err)
	}
	r, err := w.store.Read(entry)
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Spec.Str("basicAuth", "username") + ":" + r.Spec.Str("basicAuth", "password"); got != "v:hush" {
		t.Errorf("stored %q, want v:hush", got)
	}
}

func TestAuthorizeIsAskedFirst(t *testing.T) {
	type asked struct{ Verb, Kind, Project string }
	var last asked
	w := newWorld(t, func(o *Options) {
		o.Authorize = func(_ *http.Request, verb, kind, project string) error {
			last = asked{verb, kind, project}
			if project == "open" || kind == "Project" {
				return nil
			}
			return problem.New(problem.Forbidden, "missing '"+verb+"' permission")
		}
	})
	w.project("open")
	w.project("closed")
	w.must(200, "POST", "/api/v1/dashboards", dashboard("open", "d", "1"))
	if _, err := w.store.Create(mustDecode(t, "Dashboard", dashboard("closed", "d", "1")), nil); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		method, path, body string
		want               asked
	}{
		// A caller who may not, does not learn whether the project exists.
		{"GET", "/api/v1/projects/none/dashboards", "", asked{"read", "Dashboard", "none"}},
		{"GET", "/api/v1/projects/closed/dashboards/d", "", asked{"read", "Dashboard", "closed"}},
		{"POST", "/api/v1/dashboards", dashboard("none", "x", ""), asked{"create", "Dashboard", "none"}},
		{"PUT", "/api/v1/projects/closed/dashboards/d", dashboard("closed", "d", ""), asked{"update", "Dashboard", "closed"}},
		{"DELETE", "/api/v1/projects/closed/dashboards/d", "", asked{"delete", "Dashboard", "closed"}},
		{"GET", "/api/v1/globalsecrets", "", asked{"read", "GlobalSecret", ""}},
	} {
		w.refused(403, "forbidden access: missing '"+c.want.Verb+"' permission", c.method, c.path, c.body)
		if diff := cmp.Diff(c.want, last); diff != "" {
			t.Errorf("%s %s asks:\n%s", c.method, c.path, diff)
		}
	}
	if got := decoded[[]document](t, w.must(200, "GET", "/api/v1/dashboards", "")); len(got) != 1 || got[0].Metadata.Project != "open" {
		t.Errorf("list over all projects: %+v, want only what is in open", got)
	}
}

func mustDecode(t testing.TB, kindName, body string) *resource.Resource {
	t.Helper()
	r, problems := resource.DecodeBody([]byte(body), kind(t, kindName))
	if r == nil {
		t.Fatal(problems)
	}
	return r
}

func TestIfMatch(t *testing.T) {
	w := newWorld(t)
	w.project("p")
	const path = "/api/v1/projects/p/dashboards/d"
	tag := w.must(200, "POST", "/api/v1/dashboards", dashboard("p", "d", "1")).header.Get("ETag")
	next := w.must(200, "PUT", path, dashboard("p", "d", "2"), "If-Match: W/"+tag).header.Get("ETag")
	for _, c := range []struct{ method, body string }{{"PUT", dashboard("p", "d", "3")}, {"DELETE", ""}} {
		w.refused(412, "precondition failed: the document was changed since, its ETag is now "+next, c.method, path, c.body, "If-Match: "+tag)
	}
	w.must(200, "PUT", path, dashboard("p", "d", "3"), `If-Match: "x", `+next)
	w.must(204, "DELETE", path, "", "If-Match: *")
	w.refused(404, "document not found", "GET", path, "")
}
