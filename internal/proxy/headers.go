package proxy

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
)

// hopHeader tells a proxy that a request comes from itself.
const hopHeader = "Perseid-Proxy"

// rewrite turns the caller's request into the one that is sent. What tells a server where a request came from is written last, so that no
// datasource can have it say something else: programs on this machine trust whoever is on it (DELIVERY R26).
func (p *Proxy) rewrite(pr *httputil.ProxyRequest, t *target, rest, authorization string) {
	out, h := pr.Out, pr.Out.Header
	if out.GetBody != nil {
		out.Body, _ = out.GetBody() // as it is: the one in between hides from the transport that it is held
		h.Del("Expect")             // there is nothing to wait for
	}
	out.URL, out.Host = t.address(rest, pr.In.URL.RawQuery), ""
	h.Del("Cookie")
	h.Del("Authorization")
	for _, set := range t.headers {
		h.Set(set.name, set.value)
	}
	forwarded(h, pr.In)
	h.Set(hopHeader, p.id)
	if authorization != "" {
		h.Set("Authorization", authorization)
	}
}

// forwarded says on whose behalf a request is made (perses.md §2.10).
func forwarded(h http.Header, in *http.Request) {
	client, _, err := net.SplitHostPort(in.RemoteAddr)
	if err != nil {
		client = in.RemoteAddr
	}
	h.Set("X-Forwarded-For", strings.Join(append(in.Header.Values("X-Forwarded-For"), client), ", "))
	proto := in.Header.Get("X-Forwarded-Proto")
	if proto == "" {
		proto = "http"
		if in.TLS != nil {
			proto = "https"
		}
	}
	h.Set("X-Forwarded-Proto", proto)
	if h.Get("X-Real-Ip") == "" {
		h.Set("X-Real-Ip", client)
	}
}

// address joins the URL of the datasource with what follows in the caller's, which stays encoded as it was.
func (t *target) address(rest, query string) *url.URL {
	u := &url.URL{Scheme: t.url.Scheme, Host: t.url.Host}
	encoded := t.url.EscapedPath()
	if rest != "" {
		encoded = strings.TrimSuffix(encoded, "/") + plainly(rest)
	}
	if path, err := url.PathUnescape(encoded); err == nil { // both parts were decoded before
		u.Path, u.RawPath = path, encoded
	}
	u.RawQuery = t.url.RawQuery
	if query != "" {
		u.RawQuery = strings.TrimPrefix(u.RawQuery+"&"+query, "&")
	}
	return u
}

// plainly encodes what may not stand in a path, and leaves alone what is encoded: otherwise the path would be encoded anew as a whole,
// and %2F become a slash.
func plainly(path string) string {
	const plain = "-._~$&+,/:;=@!'()*[]%"
	var b strings.Builder
	for i := range len(path) {
		switch c := path[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte(plain, c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// notOurs are headers of an answer that would speak for this server, to whoever asked it: about sessions, logins, encryption, other pages.
var notOurs = []string{
	"Access-Control-Allow-Credentials", "Access-Control-Allow-Headers", "Access-Control-Allow-Methods", "Access-Control-Allow-Origin",
	"Access-Control-Expose-Headers", "Access-Control-Max-Age", "Alt-Svc", "Clear-Site-Data", "Content-Security-Policy", "Service-Worker-Allowed",
	"Set-Cookie", "Strict-Transport-Security", "Www-Authenticate", "X-Content-Type-Options",
}

// foreign prepares the headers of an answer. A page that a datasource answers with is shown without the rights of our own pages.
func foreign(h http.Header) {
	for _, name := range notOurs {
		h.Del(name)
	}
	h.Set("Content-Security-Policy", "sandbox")
}
