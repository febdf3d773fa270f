package server

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/reconcile"
	"github.com/perseid-dev/perseid/internal/store"
)

// registerMetrics shows the loop and what it found.
func registerMetrics(registry *prometheus.Registry, r *reconcile.Reconciler, db *store.Store) {
	duration := prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "perseid_reconcile_duration_seconds", Help: "How long a reconcile took.",
		Buckets: []float64{.001, .005, .01, .05, .1, .5, 1, 5, 30},
	})
	registry.MustRegister(duration, newDeliveryMetrics(r.Status, db))
	r.Observe(func(d time.Duration) { duration.Observe(d.Seconds()) })
}

// registerCertificate shows until when clients will accept the certificate, and that its renewal went wrong.
func registerCertificate(registry *prometheus.Registry, c *certificate) {
	gauge := func(name, help string, value func() float64) {
		registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "perseid_tls_certificate_" + name, Help: help}, value))
	}
	gauge("not_after_timestamp_seconds", "Until when the served certificate is valid, in seconds since 1970.", func() float64 {
		notAfter, _ := c.state()
		return seconds(notAfter)
	})
	gauge("unusable", "1 while the files hold no certificate that can be used, and the one before is served.", func() float64 {
		_, broken := c.state()
		return oneIf(broken)
	})
}

// deliveryMetrics is the status as metrics: made of it at each scrape, so that the two cannot disagree.
type deliveryMetrics struct {
	status                                                      func(documents bool) delivery.Status
	db                                                          *store.Store
	ready, generation, state, documents, unread, success, since *prometheus.Desc
	info, stored, unreadable                                    *prometheus.Desc
}

func newDeliveryMetrics(status func(bool) delivery.Status, db *store.Store) *deliveryMetrics {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("perseid_"+name, help, labels, nil)
	}
	return &deliveryMetrics{
		status:     status,
		db:         db,
		stored:     desc("store_documents", "Documents in the database, by kind.", "kind"),
		unreadable: desc("store_unreadable_documents", "Stored files that cannot be read; their last readable version is served, if there was one."),
		ready:      desc("ready", "1 once every source was read, or the wait for it is over."),
		generation: desc("generation", "Counts changes of what is served."),
		state:      desc("source_state", "1 for the state that a source is in, 0 for the others.", "source", "state"),
		info:       desc("source_info", "1, with what a source is and which revision of it is served.", "source", "kind", "revision"),
		documents:  desc("source_documents", "Documents of a source by what became of them.", "source", "outcome"),
		unread:     desc("source_unread", "Places of a source that could not be read.", "source"),
		success:    desc("source_last_success_timestamp_seconds", "When a source was last read and applied, in seconds since 1970.", "source"),
		since:      desc("source_state_since_timestamp_seconds", "Since when a source is in its state, in seconds since 1970.", "source"),
	}
}

// Describe implements prometheus.Collector.
func (m *deliveryMetrics) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{m.ready, m.generation, m.state, m.documents, m.unread, m.success, m.since, m.info, m.stored, m.unreadable} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (m *deliveryMetrics) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	status := m.status(false)
	gauge(m.ready, oneIf(status.Ready))
	gauge(m.generation, float64(status.Generation))
	for kind, n := range m.db.Count() {
		gauge(m.stored, float64(n), kind)
	}
	gauge(m.unreadable, float64(len(m.db.Problems())))
	for _, s := range status.Sources {
		for _, state := range delivery.States() {
			gauge(m.state, oneIf(s.State == state), s.Name, string(state))
		}
		for _, outcome := range delivery.Outcomes() {
			gauge(m.documents, float64(s.Counts[outcome]), s.Name, string(outcome))
		}
		gauge(m.info, 1, s.Name, s.Kind, s.Revision)
		gauge(m.unread, float64(len(s.Problems)), s.Name)
		gauge(m.success, seconds(s.LastSuccess), s.Name)
		gauge(m.since, seconds(s.Since), s.Name)
	}
}

func oneIf(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// seconds since 1970; 0 for never.
func seconds(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}
