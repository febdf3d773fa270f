package proxy

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// tryOut asks a datasource that is not stored.
func (w *world) tryOut(path, method, body, spec string) answered {
	w.t.Helper()
	text := fmt.Sprintf(`{"method":%q,"body":%q,"spec":%s}`, method, base64.StdEncoding.EncodeToString([]byte(body)), spec)
	return w.do("POST", path, text, "Content-Type: application/json; charset=utf-8")
}

func TestUnsaved(t *testing.T) {
	w := newWorld(t)
	up := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s %q %d %s", r.Method, r.RequestURI, body, r.ContentLength, r.Header.Get("Authorization"))
	})
	w.secret(`{"authorization":{"credentials":"global"}}`)
	w.put(`{"kind":"Secret","metadata":{"name":"s","project":"p"},"spec":{"authorization":{"credentials":"project"}}}`)
	s := spec(up.URL+"/base", withSecret)
	for _, c := range []struct{ path, method, body, want string }{
		{"globaldatasources/api/x%2Fy?a=b", "GET", "", `GET /base/api/x%2Fy?a=b "" 0 Bearer global`},
		{"globaldatasources", "PUT", "data", `PUT /base "data" 4 Bearer global`},
		{"projects/p/datasources/api", "POST", "a=b", `POST /base/api "a=b" 3 Bearer project`},
		{"projects/P/dashboards/new/datasources/api", "DELETE", "", `DELETE /base/api "" 0 Bearer project`},
	} {
		if a := w.tryOut("/proxy/unsaved/"+c.path, c.method, c.body, s); a.status != 200 || a.body != c.want {
			t.Errorf("%s: %d %s, want %s", c.path, a.status, a.body, c.want)
		}
	}
	if n := len(w.proxy.targets.byKey); n != 0 {
		t.Errorf("%d targets are kept of what is not stored", n)
	}
}

func TestUnsavedRefuses(t *testing.T) {
	w := newWorld(t)
	const path = "/proxy/unsaved/globaldatasources/x"
	w.do("POST", path, "{}", "Content-Type: application/x-www-form-urlencoded").refused(t, 415, "send JSON")
	w.get(path).refused(t, 405, "Method Not Allowed")
	w.do("POST", "/proxy/unsaved/projects/none/datasources/x", "{}", "Content-Type: application/json").refused(t, 400, `metadata.project "none" doesn't exist`)
	for body, want := range map[string]string{
		`{}`:                         "bad request: missing field 'method'",
		`{"method":"HEAD"}`:          `bad request: invalid method "HEAD"`,
		`{"method":"GET"}`:           "bad request: invalid config: ",
		`{"method":"GET","spec":{}}`: "bad request: invalid config: kind cannot be empty",
		`{"method":"GET","spec":` + spec("") + `}`: "bad request: invalid config: url cannot be empty",
		`{"method":"GET","body":"?","spec":{}}`:    "expected a JSON object",
		`nonsense`:                                 "expected a JSON object",
	} {
		w.do("POST", path, body, "Content-Type: application/json").refused(t, 400, want)
	}
	w.do("POST", path, strings.Repeat(" ", maxUnsaved+1), "Content-Type: application/json").refused(t, 413, "request entity too large")
}
