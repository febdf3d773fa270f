package api

import (
	"net/http"
	"path"
	"strings"

	"github.com/perseid-dev/perseid/internal/reply"
)

// ServeHTTP brings the request into the form that routes are written in: no trailing slash, and no path that could mean another one.
func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	a.CORS.origin(w, r)
	if a.isProxied(r) {
		a.proxied(w, r)
		return
	}
	r = withoutTrailingSlash(r)
	if !clean(r.URL.EscapedPath()) {
		// The mux would redirect, and a redirected POST turns into a GET.
		a.notFound(w, r)
		return
	}
	a.mux.ServeHTTP(w, r)
}

func withoutTrailingSlash(r *http.Request) *http.Request {
	if len(r.URL.Path) < 2 || !strings.HasSuffix(r.URL.EscapedPath(), "/") {
		return r
	}
	trimmed, u := *r, *r.URL
	u.Path, u.RawPath = strings.TrimSuffix(u.Path, "/"), strings.TrimSuffix(u.RawPath, "/")
	trimmed.URL = &u
	return &trimmed
}

// clean says whether a path has no empty, "." or ".." segment.
func clean(p string) bool { return path.Clean(p) == p }

// unknown answers what no route knows: the user interface, a redirect to where it is, or that there is nothing.
func (a *api) unknown(w http.ResponseWriter, r *http.Request) {
	page := (r.Method == http.MethodGet || r.Method == http.MethodHead) && clean(r.URL.Path)
	inside, below := strings.CutPrefix(r.URL.Path, a.Prefix)
	below = below && (inside == "" || inside[0] == '/')
	switch {
	case !page || isAPI(r.URL.Path) || (below && isAPI(inside)):
		a.notFound(w, r)
	case !below:
		target := *r.URL
		target.Path, target.RawPath = a.Prefix+r.URL.Path, ""
		target.Scheme, target.Host = "", ""
		http.Redirect(w, r, target.String(), http.StatusFound)
	case a.UI != nil:
		a.UI.ServeHTTP(w, r)
	default:
		a.notFound(w, r)
	}
}

// isAPI says whether a path belongs to machines. A page there would be taken for an answer.
func isAPI(p string) bool {
	for _, root := range []string{"/api", "/proxy", "/plugins"} {
		if below, ok := strings.CutPrefix(p, root); ok && (below == "" || below[0] == '/') {
			return true
		}
	}
	return false
}

// notFound answers as Perses does: with a user interface its wildcard knows GET, so that other methods are not allowed (perses.md §2.1).
func (a *api) notFound(w http.ResponseWriter, r *http.Request) {
	const allow = "OPTIONS, GET"
	switch {
	case r.Method == http.MethodOptions:
		a.options(w, r, allow)
	case a.UI == nil || r.Method == http.MethodGet || r.Method == http.MethodHead:
		reply.JSON(w, http.StatusNotFound, reply.Body{Message: "document not found"})
	default:
		reply.MethodNotAllowed(w, allow)
	}
}
