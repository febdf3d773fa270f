package proxy

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/perseid-dev/perseid/internal/problem"
)

// sameOrigin refuses what a page of somebody else would have a browser send: requests that could change something, and sockets, which no
// rule of browsers covers. Programs other than browsers send neither of the headers that this reads.
func (p *Proxy) sameOrigin(r *http.Request) error {
	if isSafe(r.Method) && r.Header.Get("Upgrade") == "" {
		return nil
	}
	origin := r.Header.Get("Origin")
	if origin != "" && p.AllowOrigin != nil && p.AllowOrigin(origin) {
		return nil
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return nil
	case "": // an old browser, or a connection without TLS
		if origin == "" || isHost(origin, r) {
			return nil
		}
	}
	return problem.New(problem.Forbidden, "the request comes from a page of another origin; security.cors says which of them may send some")
}

func isSafe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

// isHost says whether an origin is this server, by the name it was asked under. A page cannot set the header of a proxy before us.
func isHost(origin string, r *http.Request) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return false
	}
	return strings.EqualFold(u.Host, r.Host) || strings.EqualFold(u.Host, r.Header.Get("X-Forwarded-Host"))
}
