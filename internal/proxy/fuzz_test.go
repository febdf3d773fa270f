package proxy

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// FuzzPath: what is sent is below the datasource's URL, and means what the caller's path means, whatever it holds.
func FuzzPath(f *testing.F) {
	f.Add("/api/v1/query", "a=b")
	f.Add("/a%2Fb|%7B//x/", "%zz")
	f.Add("/..%2f..", "")
	f.Add("?#", "#")
	f.Fuzz(func(t *testing.T, rest, query string) {
		base, _ := url.Parse("http://prometheus.example:9090/base%2Fx?tenant=a")
		d := &definition{url: base}
		if rest != "" && !strings.HasPrefix(rest, "/") {
			rest = "/" + rest
		}
		p := &Proxy{}
		if err := p.permit(&http.Request{Method: "GET", Header: http.Header{}}, route{rest: rest}, &target{definition: d}); err != nil {
			return
		}
		u := (&target{definition: d}).address(rest, query)
		meant, err := url.PathUnescape(rest)
		if err != nil {
			t.Fatalf("%q was let through", rest)
		}
		if u.Host != base.Host || u.Path != "/base/x"+meant || !strings.HasPrefix(u.EscapedPath(), "/base%2Fx") || u.EscapedPath() != "/base%2Fx"+plainly(rest) {
			t.Errorf("%q: %q is sent as %q", rest, u.Path, u.EscapedPath())
		}
		for _, segment := range strings.Split(u.Path, "/") {
			if segment == ".." || segment == "." {
				t.Errorf("%q: %q leads elsewhere", rest, u.Path)
			}
		}
		if !strings.HasPrefix(u.RawQuery, "tenant=a") {
			t.Errorf("query %q", u.RawQuery)
		}
	})
}
