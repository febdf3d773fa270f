package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"path/filepath"
	"runtime/debug"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/scrape"
	"github.com/prometheus/prometheus/tsdb"
)

const (
	retention   = 2 * time.Hour
	blocks      = 10 * time.Minute // what is older than one and a half of these is on disk
	maxSeries   = 20_000           // of one scrape
	maxSamples  = 5_000_000        // of one query
	maxQueries  = 8                // at a time; the others wait
	maxDuration = 20 * time.Second // of one query
)

// monitor is the part of a Prometheus that takes in: the scraper, the database it fills, and the engine that asks it.
type monitor struct {
	db       *tsdb.DB
	scraper  *scrape.Manager
	engine   *promql.Engine
	queries  *promql.ActiveQueryTracker
	parser   parser.Parser
	registry *prometheus.Registry
	running  sync.WaitGroup
}

// targets are what is scraped: the server by its URL, the demo by the address it listens on.
type targets struct{ perseid, self string }

// openMonitor opens a database in dir and begins to scrape.
func openMonitor(dir string, t targets, interval time.Duration, log *slog.Logger) (*monitor, error) {
	c, groups, err := t.config(interval)
	if err != nil {
		return nil, err
	}
	m := &monitor{registry: prometheus.NewRegistry(), parser: parser.NewParser(parser.Options{})}
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), buildMetric())
	if m.db, err = tsdb.Open(filepath.Join(dir, "data"), log, m.registry, storageOptions(), nil); err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	if m.queries, err = promql.NewActiveQueryTracker(dir, maxQueries, log); err != nil {
		return nil, errors.Join(err, m.db.Close())
	}
	m.engine = promql.NewEngine(promql.EngineOpts{
		Logger: log, Reg: m.registry, MaxSamples: maxSamples, Timeout: maxDuration, ActiveQueryTracker: m.queries,
		EnableAtModifier: true, EnableNegativeOffset: true, Parser: m.parser,
	})
	if err := m.scrape(c, groups, log); err != nil {
		return nil, errors.Join(err, m.engine.Close(), m.db.Close())
	}
	return m, nil
}

func (m *monitor) scrape(c *config.Config, groups map[string][]*targetgroup.Group, log *slog.Logger) (err error) {
	o := &scrape.Options{DiscoveryReloadOnStartup: true}
	if m.scraper, err = scrape.NewManager(o, log, nil, nil, m.db, m.registry); err != nil {
		return err
	}
	if err := m.scraper.ApplyConfig(c); err != nil {
		return err
	}
	loaded := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "prometheus_config_last_reload_successful", Help: "1, since the demo writes its configuration itself and does not start with a wrong one.",
	})
	loaded.Set(1)
	m.registry.MustRegister(loaded)
	sets := make(chan map[string][]*targetgroup.Group, 1)
	sets <- groups
	m.running.Go(func() { _ = m.scraper.Run(sets) })
	return nil
}

// close stops scraping and then closes what the scrapes went to.
func (m *monitor) close() error {
	m.scraper.Stop()
	m.running.Wait()
	return errors.Join(m.engine.Close(), m.db.Close())
}

func storageOptions() *tsdb.Options {
	o := tsdb.DefaultOptions()
	o.RetentionDuration = retention.Milliseconds()
	o.MinBlockDuration, o.MaxBlockDuration = blocks.Milliseconds(), blocks.Milliseconds()
	o.WALSegmentSize = 8 << 20
	o.StripeSize = 1 << 10
	return o
}

// config writes what a user would write into prometheus.yml, and reads it as Prometheus does.
func (t targets) config(interval time.Duration) (*config.Config, map[string][]*targetgroup.Group, error) {
	u, err := url.Parse(t.perseid)
	if err != nil || u.Host == "" || u.Scheme == "" {
		return nil, nil, fmt.Errorf("the server is %q; expected a URL such as http://127.0.0.1:8080", t.perseid)
	}
	c, err := config.Load(fmt.Sprintf(`
global: {scrape_interval: %[1]s, scrape_timeout: %[1]s, scrape_native_histograms: true, sample_limit: %[2]d}
scrape_configs:
  - job_name: perseid
    scheme: %[3]s
    metrics_path: %[4]q
    static_configs: [{targets: [%[5]q]}]
  - job_name: prometheus
    static_configs: [{targets: [%[6]q]}]
`, interval, maxSeries, u.Scheme, u.JoinPath("metrics").Path, u.Host, t.self), slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, nil, err
	}
	groups := map[string][]*targetgroup.Group{}
	for _, s := range c.ScrapeConfigs {
		for _, d := range s.ServiceDiscoveryConfigs {
			if fixed, ok := d.(discovery.StaticConfig); ok {
				groups[s.JobName] = fixed
			}
		}
	}
	return c, groups, nil
}

// buildMetric names the version of Prometheus whose parts these are.
func buildMetric() prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "prometheus_build_info", Help: "Always 1; which version of Prometheus' library this is made of.",
		ConstLabels: prometheus.Labels{"version": prometheusVersion()},
	}, func() float64 { return 1 })
}

// prometheusVersion is that of the module, which is 0.316 where the program is 3.16.
func prometheusVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, d := range info.Deps {
			if d.Path == "github.com/prometheus/prometheus" {
				return d.Version
			}
		}
	}
	return "unknown"
}
