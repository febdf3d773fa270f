package api

import (
	"errors"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/perseid-dev/perseid/internal/buildinfo"
)

// metrics are those of requests and views, under the names that Perses gives them (perses.md §2.11). Those of delivery are the server's.
type metrics struct {
	requests     *prometheus.CounterVec
	duration     *prometheus.SummaryVec
	views        *prometheus.CounterVec
	renderErrors *prometheus.CounterVec
	renderTime   *prometheus.HistogramVec
}

func newMetrics(registry *prometheus.Registry) (*metrics, error) {
	dashboard := []string{"project", "dashboard"}
	counter := func(name, help string, labels []string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	m := &metrics{
		requests:     counter("perses_http_request_total", "Requests answered.", []string{"code", "handler", "method"}),
		views:        counter("perses_dashboard_views_total", "Views of a dashboard.", dashboard),
		renderErrors: counter("perses_dashboard_render_errors_total", "Errors while a dashboard was drawn.", dashboard),
		duration: prometheus.NewSummaryVec(prometheus.SummaryOpts{
			Name: "perses_http_request_duration_second", Help: "Seconds it took to answer a request.",
		}, []string{"handler", "method"}),
		renderTime: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "perses_dashboard_render_time_seconds", Help: "Seconds it took to draw a dashboard.",
			Buckets: prometheus.DefBuckets, NativeHistogramBucketFactor: 1.1, NativeHistogramMaxBucketNumber: 100,
		}, dashboard),
	}
	ours := []prometheus.Collector{m.requests, m.duration, m.views, m.renderErrors, m.renderTime, buildMetric()}
	for _, c := range ours {
		if err := registry.Register(c); err != nil {
			return nil, err
		}
	}
	return m, registerProcess(registry)
}

// registerProcess adds the collectors of the process and the Go runtime, unless whoever made the registry has done so.
func registerProcess(registry *prometheus.Registry) error {
	for _, c := range []prometheus.Collector{collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{})} {
		var there prometheus.AlreadyRegisteredError
		if err := registry.Register(c); err != nil && !errors.As(err, &there) {
			return err
		}
	}
	return nil
}

func buildMetric() prometheus.Collector {
	build := buildinfo.Get()
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "perses_build_info",
		Help: "Always 1; its labels say which build is running.",
		ConstLabels: prometheus.Labels{
			"version": build.Version, "revision": build.Commit, "goversion": build.Go, "goos": runtime.GOOS, "goarch": runtime.GOARCH,
		},
	}, func() float64 { return 1 })
}

// observe counts an answered request. The path is that of the route, in Perses' spelling of parameters; both labels have few values.
func (m *metrics) observe(path, method string, status int, took time.Duration) {
	handler := strings.NewReplacer("{", ":", "...}", "", "}", "").Replace(path)
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
	default:
		method = "OTHER"
	}
	m.requests.WithLabelValues(strconv.Itoa(status), handler, method).Inc()
	m.duration.WithLabelValues(handler, method).Observe(took.Seconds())
}

func (m *metrics) viewed(project, dashboard string, seconds, errors float64) {
	m.views.WithLabelValues(project, dashboard).Inc()
	m.renderErrors.WithLabelValues(project, dashboard).Add(errors)
	m.renderTime.WithLabelValues(project, dashboard).Observe(seconds)
}
