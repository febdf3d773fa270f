package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	proxyCallers = 16
	proxyBytes   = 4096 // of an answer: a few series of one panel
	// leastArgument makes this program the least proxy there is in Go: bench -least ADDRESS URL.
	leastArgument = "-least"
)

func runLeast(args []string) int {
	to, err := url.Parse(args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	proxy := &httputil.ReverseProxy{
		Transport: &http.Transport{MaxIdleConnsPerHost: proxyCallers, DisableCompression: true},
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(to) },
	}
	return listen(args[0], http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).EnableFullDuplex() // without it net/http cuts off one answer in a thousand
		proxy.ServeHTTP(w, r)
	}))
}

// proxied measures queries through the datasource proxy, and the same asked of the datasource directly, turn by turn: one after the other for
// what it adds, and from several callers for how many pass. What any proxy would add, a third process on the way, is measured too.
func (b *bench) proxied(ctx context.Context) error {
	for _, sleep := range []time.Duration{0, 5 * time.Millisecond} {
		if err := b.proxiedTo(ctx, sleep); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) proxiedTo(ctx context.Context, sleep time.Duration) error {
	upstream, err := startEmpty(ctx, proxyBytes, sleep)
	if err != nil {
		return err
	}
	defer upstream.stop()
	s, err := b.startProxy(ctx, upstream.url, filepath.Join(b.work, "proxy-"+sleep.String()))
	if err != nil {
		return err
	}
	least, err := startSelf(ctx, leastArgument, upstream.url)
	if err != nil {
		return errors.Join(err, s.stop())
	}
	defer least.stop()
	ways := []string{s.url + "/proxy/globaldatasources/d/api/v1/query_range", least.url + "/api/v1/query_range", upstream.url + "/api/v1/query_range"}
	took, rates := make([][]float64, len(ways)), make([][]float64, len(ways))
	for range b.size.runs {
		for i, way := range ways {
			one, err := queries(ctx, way, 1, b.size.rate/2)
			if err != nil {
				return errors.Join(err, s.stop())
			}
			many, err := queries(ctx, way, proxyCallers, b.size.rate/2)
			if err != nil {
				return errors.Join(err, s.stop())
			}
			took[i], rates[i] = append(took[i], one...), append(rates[i], float64(len(many))/(b.size.rate/2).Seconds())
		}
	}
	for i, name := range []string{"the proxy", "the least proxy"} {
		b.add(fmt.Sprintf("query through %s, datasource takes %s", name, sleep), "ms", took[i], took[2]...)
		b.add(fmt.Sprintf("queries a second through %s, %d callers, datasource takes %s", name, proxyCallers, sleep), "queries", rates[i], rates[2]...)
	}
	if err := b.memoryOf(s, "after queries through the proxy"); err != nil {
		return errors.Join(err, s.stop())
	}
	return s.stop()
}

// startProxy starts a server that serves one datasource.
func (b *bench) startProxy(ctx context.Context, upstream, dir string) (*server, error) {
	resources := filepath.Join(dir, "resources")
	if err := os.MkdirAll(resources, 0o755); err != nil {
		return nil, err
	}
	document := fmt.Sprintf(`{"kind":"GlobalDatasource","metadata":{"name":"d"},"spec":{"plugin":{"kind":"PrometheusDatasource","spec":{"proxy":{"kind":"HTTPProxy","spec":{"url":%q}}}}}}`, upstream)
	if err := os.WriteFile(filepath.Join(resources, "d.json"), []byte(document), 0o644); err != nil {
		return nil, err
	}
	s, err := b.start(ctx, resources, filepath.Join(dir, "database"), "json", 0)
	if err != nil {
		return nil, err
	}
	err = poll(ctx, readyWithin, func() (bool, error) {
		_, err := s.get("/api/v1/globaldatasources/d")
		return err == nil, nil // until it is applied there is none
	})
	if err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, nil
}

// queries asks for a while from several callers, each of them one query after the other, and returns how long each took, in milliseconds.
func queries(ctx context.Context, way string, callers int, long time.Duration) ([]float64, error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: callers, DisableCompression: true}}
	defer client.CloseIdleConnections()
	each := make([][]float64, callers)
	var failed atomic.Pointer[error]
	var all sync.WaitGroup
	end := time.Now().Add(long)
	for caller := range callers {
		all.Go(func() {
			for time.Now().Before(end) && failed.Load() == nil {
				begun := time.Now()
				if err := query(ctx, client, way); err != nil {
					failed.Store(&err)
				}
				each[caller] = append(each[caller], milliseconds(time.Since(begun)))
			}
		})
	}
	all.Wait()
	if err := failed.Load(); err != nil {
		return nil, *err
	}
	var took []float64
	for _, one := range each {
		took = append(took, one...)
	}
	return took, nil
}

// query is what a panel asks.
func query(ctx context.Context, client *http.Client, way string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, way, strings.NewReader("query=rate(http_requests_total%5B5m%5D)&start=0&end=3600&step=15"))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if n, err := io.Copy(io.Discard, response.Body); err != nil || response.StatusCode != http.StatusOK || n != proxyBytes {
		return errors.Join(err, fmt.Errorf("query %s: %s, %d bytes", way, response.Status, n))
	}
	return nil
}
