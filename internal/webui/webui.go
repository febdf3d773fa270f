// Package webui serves the web interface that was built into the program.
//
// Three ideas. What ui/scripts/pack.mjs compressed is sent as it lies there: nothing is compressed at run time, and nothing is held in memory.
// A name with a hash in it never means other bytes, so it may be kept for ever; the page that names them is asked about each time.
// The page is the same for every path, and is told the path prefix of the server in its <base>, so that one build serves under any.
//
// It knows nothing of the API. A program built without the interface serves a page that says how to get it.
package webui

import (
	"embed"
	"fmt"
	"hash/fnv"
	"html"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// dist is what the build of ui/ left, and unbuilt.html.
//
//go:embed all:dist
var dist embed.FS

// plugins are the plugins of Perses that ui/ is built with; its build writes them.
//
//go:embed plugins.json
var plugins []byte

const (
	page    = "index.html"
	unbuilt = "unbuilt.html"
	// base is what the build leaves for us to fill in.
	base = `<base href="/" />`
)

// Plugins is the body of GET /api/v1/plugins: an array of PluginModule resources, in JSON.
func Plugins() []byte { return plugins }

// Handler answers GET and HEAD with pages and their parts. Use New.
type Handler struct {
	files  fs.FS
	prefix string
	page   []byte
	tag    string
}

// New serves the built-in interface below a path prefix, which is empty, or has a leading and no trailing slash.
func New(prefix string) (*Handler, error) {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, fmt.Errorf("open the web interface: %w", err)
	}
	return newHandler(files, prefix)
}

func newHandler(files fs.FS, prefix string) (*Handler, error) {
	h := &Handler{files: files, prefix: prefix}
	text, err := fs.ReadFile(files, page)
	if err != nil {
		text, err = fs.ReadFile(files, unbuilt)
	}
	if err != nil {
		return nil, fmt.Errorf("read the page of the web interface: %w", err)
	}
	if strings.Count(string(text), base) != 1 {
		return nil, fmt.Errorf("read the page of the web interface: expected one %s in it, for the path prefix", base)
	}
	h.page = []byte(strings.Replace(string(text), base, fmt.Sprintf(`<base href="%s/" />`, html.EscapeString(prefix)), 1))
	sum := fnv.New64a()
	_, _ = sum.Write(h.page) // hashes take all they are given
	h.tag = fmt.Sprintf(`"%x"`, sum.Sum64())
	return h, nil
}

// Built says whether the program has the interface, and not only the page that says how to get it.
func (h *Handler) Built() bool {
	_, err := fs.Stat(h.files, page)
	return err == nil
}

// ServeHTTP answers with a part of the interface if the path names one, and with the page if a person asked: which paths have pages, the page
// knows. Anybody else is told that there is nothing.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	secure(w.Header())
	inside := strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, h.prefix), "/")
	switch {
	case inside == "":
		h.servePage(w, r)
	case path.Ext(inside) != ".html" && h.serveFile(w, r, inside):
	case navigation(r):
		h.servePage(w, r)
	default:
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusNotFound)
		_, _ = fmt.Fprintln(w, `{"message":"document not found"}`) // an error here is the client gone
	}
}

// navigation says whether a person, or a robot like one, goes to a page.
func navigation(r *http.Request) bool {
	return r.Header.Get("Sec-Fetch-Mode") == "navigate" || strings.Contains(r.Header.Get("Accept"), "text/html")
}

// policy allows scripts of our own only, and requests to this server only. Styles are made at run time by the components; images as data
// or blobs by the charts.
const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data: blob:; " +
	"connect-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"

func secure(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
}
