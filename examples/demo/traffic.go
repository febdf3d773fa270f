package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// project is where all that the demo writes is found, and nothing else.
const project = "demo"

// traffic sends what many people and pipelines send in a day, in minutes: so that the graphs of a server that nobody uses yet have something to show.
// It measures, as a client sees it, how long the answers take; perseid's own metrics say how long the server took.
type traffic struct {
	base      string
	documents string
	still     bool
	client    *http.Client
	requests  *prometheus.CounterVec
	duration  *prometheus.HistogramVec
	served    prometheus.Histogram
}

func newTraffic(o options, registry *prometheus.Registry) (*traffic, error) {
	t := &traffic{
		base: strings.TrimSuffix(o.perseid, "/"), documents: o.documents, still: o.still, client: &http.Client{Timeout: 10 * time.Second},
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "demo_requests_total", Help: "Requests that the demo sent, by what it wanted.",
		}, []string{"operation", "code"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "demo_request_duration_seconds", Help: "Seconds that the requests of the demo took.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .05, .25, 1}, NativeHistogramBucketFactor: 1.1, NativeHistogramMaxBucketNumber: 100,
		}, []string{"operation"}),
		served: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "demo_edit_served_seconds", Help: "Seconds from the edit of a document on disk until the API answered with it.",
			Buckets: []float64{.025, .05, .1, .25, .5, 1, 2.5, 10}, NativeHistogramBucketFactor: 1.1, NativeHistogramMaxBucketNumber: 100,
		}),
	}
	for _, c := range []prometheus.Collector{t.requests, t.duration, t.served} {
		if err := registry.Register(c); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// run sends until ctx ends. What is asked does not begin before the server is ready.
func (t *traffic) run(ctx context.Context) {
	for !t.ready(ctx) {
		if !wait(ctx, 200*time.Millisecond) {
			return
		}
	}
	var loops sync.WaitGroup
	loops.Go(func() { t.reads(ctx) })
	if !t.still {
		loops.Go(func() { t.writes(ctx) })
	}
	if !t.still && t.documents != "" {
		loops.Go(func() { t.edits(ctx) })
	}
	loops.Wait()
}

// ready asks whether the server is. That is no traffic: what is answered before it is ready is not counted.
func (t *traffic) ready(ctx context.Context) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, t.base+"/readyz", http.NoBody)
	if err != nil {
		return false
	}
	response, err := t.client.Do(request)
	if err != nil {
		return false
	}
	_ = response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// reads asks for what clients ask, in a wave: from two requests a second to twenty and back, in a minute.
func (t *traffic) reads(ctx context.Context) {
	query := "query=" + url.QueryEscape("sum by (job) (up)")
	for start, n := time.Now(), 0; ; n++ {
		phase := 2 * math.Pi * time.Since(start).Minutes()
		if !wait(ctx, time.Duration(float64(time.Second)/(11-9*math.Cos(phase)))) {
			return
		}
		switch n % 12 {
		case 0, 4, 8:
			t.send(ctx, "list", http.MethodGet, "/api/v1/dashboards?metadata_only=true", "")
		case 3:
			t.send(ctx, "status", http.MethodGet, "/api/delivery/v1/sources", "")
		case 5:
			t.send(ctx, "query", http.MethodPost, "/proxy/globaldatasources/prometheus/api/v1/query", query)
		case 7:
			t.send(ctx, "missing", http.MethodGet, "/api/v1/projects/"+project+"/dashboards/there-is-none", "")
		case 11:
			// Refused by the datasource's list of allowed endpoints.
			t.send(ctx, "forbidden", http.MethodPost, "/proxy/globaldatasources/prometheus/api/v1/admin/tsdb/snapshot", "")
		default:
			t.send(ctx, "read", http.MethodGet, "/api/v1/projects/"+project+"/dashboards/traffic", "")
		}
	}
}

// most is how many dashboards the demo has at a time.
const most = 10

// writes creates dashboards one by one, changes each once, and deletes them again.
func (t *traffic) writes(ctx context.Context) {
	all := "/api/v1/projects/" + project + "/dashboards"
	for n := 0; wait(ctx, time.Second); n++ {
		name := "made-by-the-demo-" + strconv.Itoa(n%most)
		text := fmt.Sprintf("Written by the demo, %s.", time.Now().Format(time.TimeOnly))
		switch n / most % 3 {
		case 0:
			t.send(ctx, "create", http.MethodPost, all, dashboard(name, text))
		case 1:
			t.send(ctx, "update", http.MethodPut, all+"/"+name, dashboard(name, text))
		default:
			t.send(ctx, "delete", http.MethodDelete, all+"/"+name, "")
		}
	}
}

// dashboard is a dashboard of the demo that says what the text says.
func dashboard(name, text string) string {
	return fmt.Sprintf(`{"kind": "Dashboard", "metadata": {"name": %q, "project": %q}, "spec": {
  "display": {"name": %[1]q, "description": %[3]q}, "duration": "5m",
  "panels": {"text": {"kind": "Panel", "spec": {"display": {"name": "Made by the demo"}, "plugin": {"kind": "Markdown", "spec": {"text": %[3]q}}}}},
  "layouts": [{"kind": "Grid", "spec": {"items": [{"x": 0, "y": 0, "width": 24, "height": 4, "content": {"$ref": "#/spec/panels/text"}}]}}]}}
`, name, project, text)
}

// send sends one request, counts and times it, and returns the status of the answer; 0 for none.
func (t *traffic) send(ctx context.Context, operation, method, path, body string) int {
	status, _ := t.ask(ctx, operation, method, path, body)
	return status
}

// maxAnswer bounds what is read of an answer.
const maxAnswer = 8 << 20

func (t *traffic) ask(ctx context.Context, operation, method, path, body string) (status int, answer []byte) {
	request, err := http.NewRequestWithContext(ctx, method, t.base+path, strings.NewReader(body))
	if err != nil {
		return 0, nil
	}
	request.Header.Set("User-Agent", "perseid-demo")
	request.Header.Set("Content-Type", "application/json")
	if strings.HasPrefix(body, "query=") {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	start := time.Now()
	response, err := t.client.Do(request)
	if err != nil {
		if ctx.Err() == nil {
			t.requests.WithLabelValues(operation, "none").Inc()
		}
		return 0, nil
	}
	defer response.Body.Close()
	answer, _ = io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	t.duration.WithLabelValues(operation).Observe(time.Since(start).Seconds())
	t.requests.WithLabelValues(operation, strconv.Itoa(response.StatusCode)).Inc()
	return response.StatusCode, answer
}

// wait waits, and says whether to go on.
func wait(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
