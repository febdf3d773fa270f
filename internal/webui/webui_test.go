package webui

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

const script = "console.log('a shooting star')\n"

func zip(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// built is what the build leaves, in small. Its brotli is no brotli: nobody here reads it.
func built(t *testing.T) fstest.MapFS {
	return fstest.MapFS{
		"index.html":             {Data: []byte("<head>" + base + "</head>")},
		"unbuilt.html":           {Data: []byte("<head>" + base + "</head> make ui")},
		"favicon.svg":            {Data: []byte("<svg/>")},
		"assets/main-B1.js.br":   {Data: []byte("brotli")},
		"assets/main-B1.js.gz":   {Data: zip(t, script)},
		"assets/lato-C2.woff2":   {Data: []byte("font")},
		"assets/small-D3.js":     {Data: []byte("1")},
		"assets/folder.js/a.txt": {Data: []byte("a")},
	}
}

type asked struct {
	path, accept, encoding string
}

func ask(t *testing.T, files fstest.MapFS, prefix, method string, a asked) *http.Response {
	t.Helper()
	h, err := newHandler(files, prefix)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(method, a.path, nil)
	r.Header.Set("Accept", a.accept)
	r.Header.Set("Accept-Encoding", a.encoding)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func text(t *testing.T, r *http.Response) string {
	t.Helper()
	var b bytes.Buffer
	if _, err := b.ReadFrom(r.Body); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestServe(t *testing.T) {
	const forever, html, any = "public, max-age=31536000, immutable", "text/html,*/*;q=0.8", "*/*"
	zipped := string(zip(t, script))
	for name, c := range map[string]struct {
		asked
		status              int
		body, coding, cache string
	}{
		"home":                      {asked{"/", any, ""}, 200, "<head>" + base + "</head>", "", "no-cache"},
		"a page":                    {asked{"/projects/p/dashboards/a.b", html, "gzip"}, 200, "<head>" + base + "</head>", "", "no-cache"},
		"a page that names itself":  {asked{"/index.html", html, ""}, 200, "<head>" + base + "</head>", "", "no-cache"},
		"no page for a machine":     {asked{"/projects/p", any, ""}, 404, "{\"message\":\"document not found\"}\n", "", ""},
		"brotli":                    {asked{"/assets/main-B1.js", any, "gzip, deflate, br"}, 200, "brotli", "br", forever},
		"gzip":                      {asked{"/assets/main-B1.js", any, "gzip"}, 200, zipped, "gzip", forever},
		"the star":                  {asked{"/assets/main-B1.js", any, "*;q=0.5"}, 200, "brotli", "br", forever},
		"a refusal of brotli":       {asked{"/assets/main-B1.js", any, "br;q=0, gzip;q=0.8"}, 200, zipped, "gzip", forever},
		"plain":                     {asked{"/assets/main-B1.js", any, ""}, 200, script, "", forever},
		"plain, by refusal":         {asked{"/assets/main-B1.js", any, "*;q=0, identity"}, 200, script, "", forever},
		"what lies plain":           {asked{"/assets/lato-C2.woff2", any, "br, gzip"}, 200, "font", "", forever},
		"a name without a hash":     {asked{"/favicon.svg", any, "br"}, 200, "<svg/>", "", "public, max-age=3600"},
		"an old part":               {asked{"/assets/main-A0.js", any, ""}, 404, "{\"message\":\"document not found\"}\n", "", ""},
		"a directory":               {asked{"/assets", any, ""}, 404, "{\"message\":\"document not found\"}\n", "", ""},
		"a directory like a script": {asked{"/assets/folder.js", any, ""}, 404, "{\"message\":\"document not found\"}\n", "", ""},
		"a way out":                 {asked{"/assets/../../secret", any, ""}, 404, "{\"message\":\"document not found\"}\n", "", ""},
		"the page of the unbuilt":   {asked{"/unbuilt.html", any, ""}, 404, "{\"message\":\"document not found\"}\n", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := ask(t, built(t), "", "GET", c.asked)
			type answer struct {
				Status              int
				Body, Coding, Cache string
			}
			got := answer{r.StatusCode, text(t, r), r.Header.Get("Content-Encoding"), r.Header.Get("Cache-Control")}
			if diff := cmp.Diff(answer{c.status, c.body, c.coding, c.cache}, got); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
			if p := r.Header.Get("Content-Security-Policy"); !strings.Contains(p, "script-src 'self';") {
				t.Errorf("Content-Security-Policy %q", p)
			}
		})
	}
}

func TestPrefix(t *testing.T) {
	for path, want := range map[string]int{"/perses": 200, "/perses/assets/small-D3.js": 200, "/perses/assets/gone.js": 404} {
		if r := ask(t, built(t), "/perses", "GET", asked{path, "*/*", ""}); r.StatusCode != want {
			t.Errorf("GET %s: %d, want %d", path, r.StatusCode, want)
		}
	}
	if page := text(t, ask(t, built(t), "/perses", "GET", asked{"/perses/config", "text/html", ""})); !strings.Contains(page, `<base href="/perses/" />`) {
		t.Errorf("the page does not know its prefix:\n%s", page)
	}
}

func TestPageIsAskedAbout(t *testing.T) {
	h, err := newHandler(built(t), "")
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("If-None-Match", h.tag)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusNotModified || w.Body.Len() > 0 {
		t.Errorf("%d with %d bytes, want 304 with none", w.Code, w.Body.Len())
	}
	if other, err := newHandler(built(t), "/perses"); err != nil || other.tag == h.tag {
		t.Errorf("the same tag for another page (%v)", err)
	}
}

func TestHead(t *testing.T) {
	for _, path := range []string{"/", "/assets/main-B1.js"} {
		r := ask(t, built(t), "", "HEAD", asked{path, "*/*", "gzip"})
		if body := text(t, r); r.StatusCode != 200 || body != "" || r.ContentLength <= 0 {
			t.Errorf("HEAD %s: %d, %d bytes, Content-Length %d", path, r.StatusCode, len(body), r.ContentLength)
		}
	}
}

func TestUnbuilt(t *testing.T) {
	files := built(t)
	delete(files, "index.html")
	h, err := newHandler(files, "")
	if err != nil || h.Built() {
		t.Fatalf("Built is true without index.html (%v)", err)
	}
	if page := text(t, ask(t, files, "", "GET", asked{"/projects", "text/html", ""})); !strings.Contains(page, "make ui") {
		t.Errorf("the page does not say how to build: %s", page)
	}
}

// TestEmbedded: the program has a page whether or not the interface was built, and plugins.json is a list as clients of Perses expect.
func TestEmbedded(t *testing.T) {
	if _, err := New("/x"); err != nil {
		t.Error(err)
	}
	var list []struct {
		Kind     string
		Metadata struct{ Name, Version string }
		Spec     struct{ Plugins []any }
	}
	if err := json.Unmarshal(Plugins(), &list); err != nil || len(list) == 0 {
		t.Fatalf("%d plugins, %v", len(list), err)
	}
	for _, p := range list {
		if p.Kind != "PluginModule" || p.Metadata.Name == "" || p.Metadata.Version == "" || len(p.Spec.Plugins) == 0 {
			t.Errorf("%+v: expected a PluginModule with name, version and plugins", p)
		}
	}
}
