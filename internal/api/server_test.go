package api

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var page = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "page "+r.URL.Path) })

func TestMethods(t *testing.T) {
	w := newWorld(t)
	w.project("p")
	const list, single = "/api/v1/projects", "/api/v1/projects/p"
	for path, allow := range map[string]string{list: "OPTIONS, GET, HEAD, POST", single: "OPTIONS, DELETE, GET, HEAD, PUT", "/livez": "OPTIONS, GET, HEAD"} {
		if a := w.must(204, "OPTIONS", path, ""); a.header.Get("Allow") != allow || a.body != "" {
			t.Errorf("OPTIONS %s: Allow %q, body %q", path, a.header.Get("Allow"), a.body)
		}
		if a := w.must(405, "PATCH", path, ""); a.header.Get("Allow") != allow || a.body != "{\"message\":\"Method Not Allowed\"}\n" {
			t.Errorf("PATCH %s: Allow %q, body %q", path, a.header.Get("Allow"), a.body)
		}
		get, head := w.must(200, "GET", path, ""), w.must(200, "HEAD", path, "")
		if head.body != "" || head.header.Get("ETag") != get.header.Get("ETag") || head.header.Get("Content-Type") != "application/json" {
			t.Errorf("HEAD %s: %v %q", path, head.header, head.body)
		}
	}
	if got := w.get(list).header.Get("X-Content-Type-Options"); got != "nosniff" {
		t.Errorf("X-Content-Type-Options is %q", got)
	}
}

func TestReadOnly(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.ReadOnly = true })
	for method, path := range map[string]string{"POST": "/api/v1/dashboards", "PUT": "/api/v1/projects/p", "DELETE": "/api/v1/projects/p"} {
		w.refused(405, "Method Not Allowed", method, path, "{}")
	}
	w.must(200, "GET", "/api/v1/dashboards", "")
	w.must(200, "POST", "/api/validate/variables", text(kind(t, "Variable"), "p", "v", samples["Variable"][0]))
}

func TestDisabledKinds(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Disabled = map[string]bool{"EphemeralDashboard": true} })
	w.project("p")
	for _, path := range []string{"/api/v1/ephemeraldashboards", "/api/v1/projects/p/ephemeraldashboards/x"} {
		w.refused(404, "document not found", "GET", path, "")
	}
}

func TestUnknownRoutes(t *testing.T) {
	for name, c := range map[string]struct {
		ui         http.Handler
		get, other int
		allow      string
	}{
		"without a UI": {nil, 404, 404, ""},
		"with a UI":    {page, 404, 405, "OPTIONS, GET"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(o *Options) { o.UI = c.ui })
			for _, path := range []string{"/api", "/api/v1/nothing", "/api/v1/projects/a/b/c/d", "/api/v1//projects", "/api/v1/./projects", "/api/v1/x/../projects", "/%2e%2e/api/v1/projects"} {
				w.refused(c.get, "document not found", "GET", path, "")
				if a := w.must(c.other, "POST", path, "{}"); a.header.Get("Allow") != c.allow {
					t.Errorf("POST %s: Allow %q, want %q", path, a.header.Get("Allow"), c.allow)
				}
			}
		})
	}
}

func TestTrailingSlash(t *testing.T) {
	w := newWorld(t)
	w.must(200, "POST", "/api/v1/projects/", `{"kind":"Project","metadata":{"name":"p"},"spec":{}}`)
	w.must(200, "GET", "/api/v1/projects/p/", "")
	w.refused(404, "document not found", "GET", "/api/v1/projects/p//", "")
}

func TestOddNamesReachNothing(t *testing.T) {
	w := newWorld(t)
	w.project("p")
	for _, name := range []string{"..", "%2e%2e", "a%2fb", "%2e%2e%2fprojects%2fp", "p%00", "p.json", "%ff"} {
		if a := w.get("/api/v1/projects/" + name); a.status != 404 {
			t.Errorf("GET %s: %d %s, want 404", name, a.status, a.body)
		}
		if a := w.do("DELETE", "/api/v1/projects/"+name, ""); a.status != 404 {
			t.Errorf("DELETE %s: %d %s, want 404", name, a.status, a.body)
		}
	}
	w.must(200, "GET", "/api/v1/projects/p", "")
}

func TestPrefix(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Prefix, o.UI = "/perses", page })
	w.must(200, "POST", "/perses/api/v1/projects", `{"kind":"Project","metadata":{"name":"p"},"spec":{}}`)
	w.refused(400, `bad request: metadata.project "zz" doesn't exist`, "POST", "/perses/api/v1/dashboards", dashboard("zz", "d", ""))
	for _, path := range []string{"/metrics", "/livez", "/readyz"} {
		if a := w.get(path); a.status == 302 || a.status == 404 {
			t.Errorf("GET %s: %d", path, a.status)
		}
	}
	for path, location := range map[string]string{"/": "/perses/", "/projects/a": "/perses/projects/a", "/persesx?a=b": "/perses/persesx?a=b"} {
		if a := w.must(302, "GET", path, ""); a.header.Get("Location") != location {
			t.Errorf("GET %s leads to %q, want %q", path, a.header.Get("Location"), location)
		}
	}
	// A redirected POST would become a GET, and a client that asks for JSON is not helped by a page.
	w.refused(405, "Method Not Allowed", "POST", "/api/v1/projects", "{}")
	w.refused(404, "document not found", "GET", "/api/v1/projects", "")
	w.refused(404, "document not found", "GET", "/perses/api/none", "")
	if a := w.must(200, "GET", "/perses/projects/a", ""); a.body != "page /perses/projects/a" {
		t.Errorf("the page is %q", a.body)
	}
	w.must(200, "GET", "/perses", "")
}

func TestBadPathsOfOptions(t *testing.T) {
	for _, path := range []string{"perses", "/perses/", "/{x}", "/a//b", "/a/../b", "/a b"} {
		o := Options{Prefix: path}
		w := newWorld(t)
		o.Store, o.Delivery, o.Texts, o.Registry = w.store, w.delivery, w.delivery, nil
		if _, err := New(o); err == nil {
			t.Errorf("prefix %q is accepted", path)
		}
	}
}

func TestCORS(t *testing.T) {
	headers := []string{"Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers",
		"Access-Control-Expose-Headers", "Access-Control-Allow-Credentials", "Access-Control-Max-Age"}
	custom := &CORS{AllowOrigins: []string{"https://*.example.com"}, AllowMethods: []string{"GET"}, AllowHeaders: []string{"X-A", "X-B"},
		ExposeHeaders: []string{"ETag"}, AllowCredentials: true, MaxAge: 60}
	for name, c := range map[string]struct {
		cors   *CORS
		method string
		origin string
		want   []string
	}{
		"off":              {nil, "OPTIONS", "https://a.example", []string{"", "", "", "", "", ""}},
		"default":          {&CORS{}, "OPTIONS", "https://a.example", []string{"*", "OPTIONS, GET, POST", "x-c", "", "", ""}},
		"custom":           {custom, "OPTIONS", "https://a.example.com", []string{"https://a.example.com", "GET", "X-A,X-B", "", "true", "60"}},
		"custom, request":  {custom, "GET", "https://a.example.com", []string{"https://a.example.com", "", "", "ETag", "true", ""}},
		"other origin":     {custom, "OPTIONS", "https://a.example.com.evil.org", []string{"", "", "", "", "", ""}},
		"origin in a path": {custom, "OPTIONS", "https://evil.org/.example.com", []string{"", "", "", "", "", ""}},
		"bare domain":      {custom, "GET", "https://.example.com", []string{"", "", "", "", "", ""}},
		"no origin":        {custom, "OPTIONS", "", []string{"", "", "", "", "", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(o *Options) { o.CORS = c.cors })
			asked := []string{"Access-Control-Request-Method: POST", "Access-Control-Request-Headers: x-c"}
			if c.origin != "" {
				asked = append(asked, "Origin: "+c.origin)
			}
			a := w.do(c.method, "/api/v1/projects", "", asked...)
			if c.method == "OPTIONS" && a.status != 204 {
				t.Errorf("status %d, want 204", a.status)
			}
			var got []string
			for _, h := range headers {
				got = append(got, a.header.Get(h))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestGzip(t *testing.T) {
	w := newWorld(t)
	w.project("p")
	w.must(200, "POST", "/api/v1/dashboards", dashboard("p", "long", strings.Repeat("long ", 2000)))
	w.must(200, "POST", "/api/v1/dashboards", dashboard("p", "short", "1"))
	for _, c := range []struct{ path, accept, encoding string }{
		{"/api/v1/dashboards", "gzip", "gzip"},
		{"/api/v1/projects/p/dashboards/long", "br;q=1.0, GZIP;q=0.5", "gzip"},
		{"/api/v1/projects/p/dashboards/long", "*", "gzip"},
		{"/api/v1/projects/p/dashboards/long", "gzip;q=0", ""},
		{"/api/v1/projects/p/dashboards/long", "gzip;q=0.000", ""},
		{"/api/v1/projects/p/dashboards/long", "br", ""},
		{"/api/v1/projects/p/dashboards/short", "gzip", ""},
	} {
		plain, a := w.get(c.path), w.get(c.path, "Accept-Encoding: "+c.accept)
		if got := a.header.Get("Content-Encoding"); got != c.encoding || a.header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s, %q: encoding %q, want %q; Vary %q", c.path, c.accept, got, c.encoding, a.header.Get("Vary"))
			continue
		}
		body, tag := a.body, plain.header.Get("ETag")
		if c.encoding != "" {
			body, tag = unzip(t, a.body), "W/"+tag
		}
		if body != plain.body || a.header.Get("ETag") != tag {
			t.Errorf("%s, %q: another body, or tag %s, want %s", c.path, c.accept, a.header.Get("ETag"), tag)
		}
		w.must(304, "GET", c.path, "", "Accept-Encoding: "+c.accept, "If-None-Match: "+a.header.Get("ETag"))
	}
}

func unzip(t *testing.T, body string) string {
	t.Helper()
	r, err := gzip.NewReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
