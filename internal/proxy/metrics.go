package proxy

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/perseid-dev/perseid/internal/problem"
)

// maxPlugins bounds the values of the label: the kind of a plugin is whatever somebody wrote into a document.
const maxPlugins = 50

// metrics are by the kind of plugin that a datasource has, such as PrometheusDatasource.
type metrics struct {
	requests *prometheus.CounterVec
	failures *prometheus.CounterVec
	duration *prometheus.HistogramVec

	mu      sync.Mutex
	plugins map[string]bool
}

func newMetrics(registry *prometheus.Registry) (*metrics, error) {
	m := &metrics{
		plugins: map[string]bool{},
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "perseid_proxy_requests_total", Help: "Requests that a datasource answered, with its status.",
		}, []string{"plugin", "code"}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "perseid_proxy_errors_total", Help: "Requests that no datasource answered, and why.",
		}, []string{"plugin", "reason"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "perseid_proxy_request_duration_seconds", Help: "Seconds until the answer of a datasource began.",
			Buckets: []float64{.001, .005, .01, .05, .1, .5, 1, 5, 30, 120},
		}, []string{"plugin"}),
	}
	for _, c := range []prometheus.Collector{m.requests, m.failures, m.duration} {
		if err := registry.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// label is the kind of a plugin, or what stands for the many.
func (m *metrics) label(plugin string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.plugins[plugin] {
		return plugin
	}
	if len(m.plugins) >= maxPlugins {
		return "other"
	}
	m.plugins[plugin] = true
	return plugin
}

func (m *metrics) answered(plugin string, took time.Duration) {
	m.duration.WithLabelValues(m.label(plugin)).Observe(took.Seconds())
}

// ended counts a request. A status is that of the datasource, 0 if it gave none.
func (m *metrics) ended(plugin string, status int, err error) {
	if status != 0 {
		m.requests.WithLabelValues(m.label(plugin), strconv.Itoa(status)).Inc()
	}
	if err != nil {
		m.failures.WithLabelValues(m.label(plugin), reason(err)).Inc()
	}
}

var reasons = map[problem.Class]string{
	problem.Forbidden: "refused", problem.Invalid: "refused", problem.Upstream: "unreachable", problem.Late: "timeout",
}

func reason(err error) string {
	if errors.Is(err, context.Canceled) {
		return "canceled" // by the caller
	}
	if why, ok := reasons[problem.ClassOf(err)]; ok {
		return why
	}
	return "internal"
}
