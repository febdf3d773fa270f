package api

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

// FuzzPaths: whatever is asked for, the answer is one of those that clients know, and nothing but resource routes reaches a resource.
func FuzzPaths(f *testing.F) {
	for _, path := range []string{"/api/v1/projects", "/api/v1/projects/p/", "//", "/%2e%2e/x", "/perses", "/api/v1/projects/%2F?name=%zz",
		"/api/v1/dashboards?project=../x&metadata_only=x", "/api/delivery/v1/sources/dir:%2Fa", "/livez"} {
		f.Add("GET", path)
		f.Add("DELETE", path)
	}
	w := newWorld(f)
	handler, err := New(Options{Store: w.store, Owner: ownerOf, Delivery: w.delivery, Texts: w.delivery, Registry: prometheus.NewRegistry(), Prefix: "/perses", UI: page})
	if err != nil {
		f.Fatal(err)
	}
	known := map[int]bool{200: true, 204: true, 302: true, 304: true, 400: true, 401: true, 403: true, 404: true, 405: true, 415: true, 503: true}
	f.Fuzz(func(t *testing.T, method, target string) {
		u, err := url.ParseRequestURI(target)
		if err != nil || !strings.HasPrefix(target, "/") {
			t.Skip("no server would hand this over")
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.Method, r.URL, r.RequestURI = method, u, target
		out := httptest.NewRecorder()
		handler.ServeHTTP(out, r)
		if !known[out.Code] {
			t.Errorf("%s %q: %d %s", method, target, out.Code, out.Body)
		}
	})
}

func FuzzMatchOrigin(f *testing.F) {
	f.Add("https://a.example.com")
	f.Add("https://evil.org/.example.com")
	f.Add("https://evil.org?.example.com")
	f.Fuzz(func(t *testing.T, origin string) {
		if !matchOrigin("https://*.example.com", origin) {
			return
		}
		host, ok := strings.CutPrefix(origin, "https://")
		if !ok || strings.ContainsAny(host, "/@:?#") || !strings.HasSuffix(host, ".example.com") {
			t.Errorf("%q passes as a host below example.com", origin)
		}
	})
}
