package proxy

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

const (
	inProject   = "/proxy/projects/p/datasources/d"
	inDashboard = "/proxy/projects/p/dashboards/board/datasources/"
)

func board(kind, datasources string) string {
	ttl := ""
	if kind == "EphemeralDashboard" {
		ttl = `"ttl":"1h",`
	}
	return `{"kind":"` + kind + `","metadata":{"name":"board","project":"p"},"spec":{` + ttl + `"datasources":` + datasources + `,"panels":{},"layouts":[]}}`
}

// TestPlaces: a datasource is found where it belongs, whatever the case of names of documents; keys in a dashboard keep theirs.
func TestPlaces(t *testing.T) {
	w := newWorld(t)
	up := upstream(t, echo)
	w.datasource(up.URL + "/global")
	w.put(`{"kind":"Datasource","metadata":{"name":"d","project":"p"},"spec":` + spec(up.URL+"/project") + `}`)
	w.put(board("EphemeralDashboard", `{"My Source":`+spec(up.URL+"/preview")+`}`))
	w.says(200, "GET /global/x", "GET", "/proxy/globaldatasources/D/x")
	w.says(200, "GET /project/x", "GET", "/proxy/projects/P/datasources/D/x")
	w.says(200, "GET /preview/x", "GET", inDashboard+"My%20Source/x")
	w.put(board("Dashboard", `{"My Source":`+spec(up.URL+"/board")+`,"a/b":`+spec(up.URL+"/slash")+`}`))
	w.says(200, "GET /board/x", "GET", inDashboard+"My%20Source/x")
	w.says(200, "GET /slash/x", "GET", inDashboard+"a%2Fb/x")
	w.get(inDashboard+"my%20source/x").refused(t, 404, `document not found: unable to forward the request to the datasource "my source", datasource doesn't exist`)
	w.get("/proxy/globaldatasources/nope/x").refused(t, 404, `the datasource "nope", datasource doesn't exist`)
	w.get("/proxy/projects/none/datasources/d/x").refused(t, 400, `bad request: metadata.project "none" doesn't exist`)
	for _, path := range []string{"/proxy/", "/proxy/other/d", "/proxy/globaldatasources/", "/proxy/projects/p/other/d", "/proxy/projects/p/datasources", "/proxy/projects//datasources/d"} {
		w.get(path).refused(t, 404, "document not found")
	}
}

func TestSwitches(t *testing.T) {
	w := newWorld(t, func(o *Options) {
		o.Disabled, o.NoLocalSources = map[string]bool{"GlobalDatasource": true, "EphemeralDashboard": true}, true
	})
	up := upstream(t, echo)
	w.datasource(up.URL)
	w.put(board("Dashboard", `{"d":`+spec(up.URL)+`}`))
	for _, path := range []string{toD, inDashboard + "d", "/proxy/unsaved/globaldatasources"} {
		w.do("POST", path, "{}").refused(t, 404, "document not found")
	}
	w.put(`{"kind":"Datasource","metadata":{"name":"d","project":"p"},"spec":` + spec(up.URL) + `}`)
	w.says(200, "GET /", "GET", inProject)
}

// TestUnusable: datasources that cannot be asked through us say why.
func TestUnusable(t *testing.T) {
	w := newWorld(t)
	put := func(plugin string) {
		w.put(`{"kind":"GlobalDatasource","metadata":{"name":"d"},"spec":{"default":false,"plugin":{"kind":"X","spec":` + plugin + `}}}`)
	}
	put(`{"directUrl":"http://x"}`)
	w.get(toD).refused(t, 400, "the datasource has no HTTPProxy in its spec")
	put(`{"proxy":{"kind":"SQLProxy","spec":{"driver":"postgres","host":"x","database":"y"}}}`)
	w.do("POST", toD, "{}").refused(t, 501, "not implemented: the datasource asks for a proxy to an SQL database")
	w.get(toD).refused(t, 405, "Method Not Allowed")
	put(`{"proxy":{"kind":"HTTPProxy","spec":{"url":"/relative"}}}`)
	w.get(toD).refused(t, 502, "unable to build or find the config: its url does not begin with http:// or https://")
	put(`{"proxy":{"kind":"HTTPProxy","spec":{"url":"file:///etc/passwd"}}}`)
	w.get(toD).refused(t, 502, "unable to build or find the config")
	put(`{"deep":[{"KIND":"httpproxy","Spec":{"URL":"http://127.0.0.1:1","secret":"gone"}}]}`)
	w.get(toD).refused(t, 404, `the datasource "d", secret "gone" attached doesn't exist`)
	put(`{"deep":[{"KIND":"httpproxy","Spec":{"URL":"http://127.0.0.1:1/?password=x"}}]}`)
	a := w.get(toD)
	a.refused(t, 502, `bad gateway: the datasource "d" at 127.0.0.1:1: connection refused`)
	if strings.Contains(a.body, "password") {
		t.Errorf("%q quotes the URL", a.body)
	}
}

// TestChangesCount: the next request after a change goes where it says, and a connection is kept as long as nothing changes.
func TestChangesCount(t *testing.T) {
	w := newWorld(t)
	var opened atomic.Int32
	counting := func(text string) *httptest.Server {
		up := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte(text + r.Header.Get("Authorization")))
		}))
		up.Config.ConnState = countNew(&opened)
		up.Start()
		t.Cleanup(up.Close)
		return up
	}
	one, two := counting("one "), counting("two ")
	w.datasource(one.URL)
	for range 5 {
		w.says(200, "one ", "GET", toD)
	}
	w.datasource(one.URL) // written anew, and the same
	w.says(200, "one ", "GET", toD)
	if n := opened.Load(); n != 1 {
		t.Errorf("%d connections for one datasource that did not change", n)
	}
	w.datasource(two.URL)
	w.says(200, "two ", "GET", toD)
	w.secret(`{"authorization":{"credentials":"first"}}`)
	w.datasource(two.URL, withSecret)
	w.says(200, "two Bearer first", "GET", toD)
	w.secret(`{"authorization":{"credentials":"second"}}`)
	w.says(200, "two Bearer second", "GET", toD)
	must(t, w.store.Delete(resource.ID{Kind: "GlobalDatasource", Name: "d"}, nil))
	w.get(toD).refused(t, 404, "datasource doesn't exist")
	if len(w.proxy.targets.byKey) != 0 {
		t.Error("the connections of a datasource that is gone are kept")
	}
}

func TestAuthorize(t *testing.T) {
	var asked []string
	w := newWorld(t, func(o *Options) {
		o.Authorize = func(_ *http.Request, verb, kind, project string) error {
			asked = append(asked, verb+" "+kind+" "+project)
			if kind == "GlobalSecret" || project == "p" {
				return problem.New(problem.Forbidden, "no")
			}
			return nil
		}
	})
	up := upstream(t, echo)
	w.datasource(up.URL)
	w.says(200, "GET /", "GET", toD)
	w.get("/proxy/projects/p/dashboards/none/datasources/d").refused(t, 403, "forbidden access: no")
	w.tryOut("/proxy/unsaved/globaldatasources", "GET", "", spec(up.URL, withSecret)).refused(t, 403, "forbidden access: no")
	want := "read GlobalDatasource |read Datasource p|create GlobalDatasource |read GlobalSecret "
	if got := strings.Join(asked, "|"); got != want {
		t.Errorf("asked %q, want %q", got, want)
	}
}

// TestTargetsAreBounded: the least recently used go first.
func TestTargetsAreBounded(t *testing.T) {
	kept := newTargets(2)
	for _, key := range []string{"a", "b", "a", "c"} {
		if _, ok := kept.get(key); !ok {
			kept.put(held{key: key, target: &target{transport: &http.Transport{}}})
		}
	}
	if _, b := kept.get("b"); b || kept.order.Len() != 2 || len(kept.byKey) != 2 {
		t.Errorf("kept %v", kept.byKey)
	}
}
