package proxy

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// seen lists headers of a request as "Name: value", of those asked for.
func seen(h http.Header, names ...string) (found []string) {
	for _, name := range names {
		if values, ok := h[http.CanonicalHeaderKey(name)]; ok {
			found = append(found, name+": "+strings.Join(values, " | "))
		}
	}
	return found
}

func TestRequestHeaders(t *testing.T) {
	w := newWorld(t)
	var got http.Header
	var host string
	up := upstream(t, func(_ http.ResponseWriter, r *http.Request) { got, host = r.Header, r.Host })
	w.datasource(up.URL, `"headers":{"x-scope-orgid":"team","AUTHORIZATION":"Bearer configured","Connection":"X-Forwarded-For","x-forwarded-for":"","Accept":"text/csv"}`)
	w.get(toD, "Cookie: jwt=secret", "Authorization: Bearer caller", "Proxy-Authorization: x", "X-Scope-OrgID: other", "Accept: */*", "X-Custom: kept",
		"X-Forwarded-For: 192.0.2.1", "X-Forwarded-Proto: https", "X-Forwarded-Host: evil", "X-Real-Ip: 192.0.2.2", "Connection: X-Hop", "X-Hop: gone", "Accept-Encoding: br")
	want := []string{
		"Accept: text/csv", "Accept-Encoding: br", "X-Custom: kept", "X-Scope-Orgid: team",
		"X-Forwarded-For: 192.0.2.1, 127.0.0.1", "X-Forwarded-Proto: https", "X-Real-Ip: 192.0.2.2",
	}
	names := []string{"Accept", "Accept-Encoding", "X-Custom", "X-Scope-Orgid", "X-Forwarded-For", "X-Forwarded-Proto", "X-Real-Ip",
		"X-Forwarded-Host", "X-Hop", "Connection", "Cookie", "Authorization", "Proxy-Authorization"}
	if diff := cmp.Diff(want, seen(got, names...)); diff != "" {
		t.Error(diff)
	}
	if host != strings.TrimPrefix(up.URL, "http://") {
		t.Errorf("host %q", host)
	}
	w.get(toD)
	if diff := cmp.Diff([]string{"X-Forwarded-For: 127.0.0.1", "X-Forwarded-Proto: http", "X-Real-Ip: 127.0.0.1"}, seen(got, names[4:]...)); diff != "" {
		t.Error(diff)
	}
}

// TestResponseHeaders: what a datasource answers does not speak for this server.
func TestResponseHeaders(t *testing.T) {
	w := newWorld(t)
	up := upstream(t, func(w http.ResponseWriter, _ *http.Request) {
		for _, name := range append([]string{"ETag", "Cache-Control", "X-Prometheus", "Location"}, notOurs...) {
			w.Header().Set(name, "theirs")
		}
		w.WriteHeader(http.StatusUnauthorized)
	})
	w.datasource(up.URL)
	a := w.get(toD)
	want := []string{"Etag: theirs", "Cache-Control: theirs", "X-Prometheus: theirs", "Location: theirs", "Content-Security-Policy: sandbox"}
	if diff := cmp.Diff(want, seen(a.header, append([]string{"Etag", "Cache-Control", "X-Prometheus", "Location"}, notOurs...)...)); diff != "" || a.status != 401 {
		t.Error(a.status, diff)
	}
}

// TestLoop: a datasource that leads back here is told so, and not asked for ever.
func TestLoop(t *testing.T) {
	w := newWorld(t)
	w.datasource(w.url + toD)
	w.get(toD).refused(t, 400, `the datasource "d" leads back to this server`)
}

func TestUserOfURL(t *testing.T) {
	w := newWorld(t)
	up := upstream(t, func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		_, _ = w.Write([]byte(user + ":" + password))
	})
	w.datasource(strings.Replace(up.URL, "http://", "http://me:it@", 1))
	w.says(200, "me:it", "GET", toD)
}
