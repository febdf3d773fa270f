package proxy

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
)

// BenchmarkExchange asks a datasource on loopback directly, through the least proxy there is, and through ours; with several callers at once,
// and with a secret.
func BenchmarkExchange(b *testing.B) {
	w := newWorld(b)
	body := strings.Repeat("x", 4096)
	up := upstream(b, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
	w.secret(`{"basicAuth":{"username":"me","password":"it"}}`)
	w.datasource(up.URL)
	w.put(`{"kind":"GlobalDatasource","metadata":{"name":"s"},"spec":` + spec(up.URL, withSecret) + `}`)
	to, err := url.Parse(up.URL)
	must(b, err)
	plain := &httputil.ReverseProxy{
		Transport: &http.Transport{MaxIdleConnsPerHost: maxIdle, DisableCompression: true},
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(to) },
	}
	least := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).EnableFullDuplex() // without it net/http cuts off one answer in a thousand
		plain.ServeHTTP(w, r)
	}))
	defer least.Close()
	for _, way := range []struct{ name, url string }{{"direct", up.URL}, {"least", least.URL}, {"proxied", w.url + toD}, {"secret", w.url + "/proxy/globaldatasources/s"}} {
		for _, callers := range []int{1, 16} {
			b.Run(fmt.Sprintf("%s/%d", way.name, callers), func(b *testing.B) {
				client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: callers}}
				defer client.CloseIdleConnections()
				b.ReportAllocs()
				b.SetParallelism(callers)
				ask := func() {
					resp, err := client.Post(way.url, "application/x-www-form-urlencoded", strings.NewReader("query=up"))
					if err != nil {
						b.Error(err)
						return
					}
					defer resp.Body.Close()
					if n, err := io.Copy(io.Discard, resp.Body); n != int64(len(body)) {
						b.Errorf("%d bytes, %v", n, err)
					}
				}
				if callers == 1 {
					for b.Loop() {
						ask()
					}
					return
				}
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						ask()
					}
				})
			})
		}
	}
}
