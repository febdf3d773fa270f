package api

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/problem"
)

// mayCommand decides whether a command is taken (R26): from who holds the token, from who has the permission, and where neither
// a token nor permissions are configured, from this machine.
func (a *api) mayCommand(r *http.Request, c delivery.Command) error {
	given, sent := bearer(r)
	switch {
	case a.Token != nil && sent && sameToken(given, a.Token()):
		return nil
	case !sent && !isJSON(r):
		return errNotJSON
	case a.Authorize != nil:
		kind := c.Kind
		if kind == "" {
			kind = "Project"
		}
		return a.Authorize(r, "update", kind, c.Project)
	case a.Token != nil:
		return problem.New(problem.Unauthorized, "commands need the bearer token of delivery.api.token_file")
	case !local(r):
		return problem.New(problem.Forbidden, "commands are taken from this machine only: to send them from elsewhere, configure delivery.api.token_file")
	}
	return nil
}

// bearer is the token that a request sends; sent says whether there is any.
func bearer(r *http.Request) (token string, sent bool) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(token), strings.EqualFold(scheme, "Bearer")
}

// sameToken takes as long for a good guess as for a bad one. No token is the same as none.
func sameToken(given, want string) bool {
	g, w := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(want))
	return subtle.ConstantTimeCompare(g[:], w[:]) == 1 && want != ""
}

// local says whether a request was made on this machine, by a program that meant this machine: not through a proxy that runs here,
// and not by a page whose host name somebody pointed at the loopback address.
func local(r *http.Request) bool {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !peer.Addr().Unmap().IsLoopback() {
		return false
	}
	for _, header := range []string{"Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via"} {
		if r.Header.Get(header) != "" {
			return false
		}
	}
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	address, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return strings.EqualFold(host, "localhost") || (err == nil && address.Unmap().IsLoopback())
}
