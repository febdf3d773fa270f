package main

import (
	"fmt"
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/timestamp"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/util/annotations"
)

// api answers the routes of Prometheus' HTTP API that dashboards and their editors ask, with the same forms.
// Prometheus' own handlers would do, but more than double what has to be compiled, and are made with forty-five arguments.
type api struct {
	*monitor
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
}

func newAPI(m *monitor) http.Handler {
	a := &api{monitor: m, requests: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "prometheus_http_requests_total", Help: "Counter of HTTP requests.",
	}, []string{"handler", "code"}), duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "prometheus_http_request_duration_seconds", Help: "Histogram of latencies for HTTP requests.",
		Buckets: []float64{.001, .01, .1, 1, 10}, NativeHistogramBucketFactor: 1.1,
	}, []string{"handler"})}
	m.registry.MustRegister(a.requests, a.duration)
	mux := http.NewServeMux()
	for route, h := range map[string]handler{
		"query": a.query, "query_range": a.queryRange, "labels": a.labelNames, "series": a.series,
		"label/{name}/values": a.labelValues, "metadata": a.metadata, "status/buildinfo": a.buildInfo,
	} {
		mux.Handle("GET /api/v1/"+route, a.observed("/api/v1/"+route, h))
		mux.Handle("POST /api/v1/"+route, a.observed("/api/v1/"+route, h))
	}
	mux.Handle("/api/v1/", a.observed("/api/v1/", func(r *http.Request) (any, annotations.Annotations, error) {
		return nil, nil, &refusal{http.StatusNotFound, "not_found", fmt.Errorf("the Prometheus of the demo does not answer %s", r.URL.Path)}
	}))
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /-/healthy", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "The Prometheus of the demo is healthy.")
	})
	return mux
}

// handler answers with data and warnings, or with an error; a refusal where the status matters.
type handler func(*http.Request) (data any, warnings annotations.Annotations, err error)

func (a *api) query(r *http.Request) (any, annotations.Annotations, error) {
	at, err := moment(r.FormValue("time"), time.Now())
	if err != nil {
		return nil, nil, badData("time", err)
	}
	q, err := a.engine.NewInstantQuery(r.Context(), a.db, nil, r.FormValue("query"), at)
	if err != nil {
		return nil, nil, badData("query", err)
	}
	return result(r, q)
}

func (a *api) queryRange(r *http.Request) (any, annotations.Annotations, error) {
	start, err := moment(r.FormValue("start"), time.Time{})
	if err != nil {
		return nil, nil, badData("start", err)
	}
	end, err := moment(r.FormValue("end"), time.Time{})
	if err != nil {
		return nil, nil, badData("end", err)
	}
	step, err := duration(r.FormValue("step"))
	if err != nil {
		return nil, nil, badData("step", err)
	}
	if end.Before(start) || step <= 0 || end.Sub(start)/step > maxSteps {
		return nil, nil, badData("range", fmt.Errorf("%s in steps of %s; expected an end after the start and at most %d steps", end.Sub(start), step, maxSteps))
	}
	q, err := a.engine.NewRangeQuery(r.Context(), a.db, nil, r.FormValue("query"), start, end, step)
	if err != nil {
		return nil, nil, badData("query", err)
	}
	return result(r, q)
}

// maxSteps is how many points of a series Prometheus answers.
const maxSteps = 11_000

// result runs a query. Its value lives in memory that the engine takes back, so it is put into bytes before that.
func result(r *http.Request, q promql.Query) (any, annotations.Annotations, error) {
	defer q.Close()
	res := q.Exec(r.Context())
	if res.Err != nil {
		return nil, res.Warnings, failed(res.Err)
	}
	data, err := encoded(struct {
		Type  parser.ValueType `json:"resultType"`
		Value parser.Value     `json:"result"`
	}{res.Value.Type(), res.Value})
	return data, res.Warnings, err
}

// within is a querier of the time that is asked for.
type within struct {
	storage.Querier
	start, end int64
}

// ask hands the querier of the asked time, and what is asked for, to read.
func (a *api) ask(r *http.Request, read func(within, [][]*labels.Matcher) error) error {
	start, err := moment(r.FormValue("start"), time.UnixMilli(math.MinInt64/1000))
	if err != nil {
		return badData("start", err)
	}
	end, err := moment(r.FormValue("end"), time.UnixMilli(math.MaxInt64/1000))
	if err != nil {
		return badData("end", err)
	}
	matchers, err := a.parser.ParseMetricSelectors(r.Form["match[]"])
	if err != nil {
		return badData("match[]", err)
	}
	q := within{start: timestamp.FromTime(start), end: timestamp.FromTime(end)}
	if q.Querier, err = a.db.Querier(q.start, q.end); err != nil {
		return err
	}
	defer q.Close()
	return read(q, matchers)
}

func (a *api) labelNames(r *http.Request) (any, annotations.Annotations, error) {
	return a.strings(r, func(q storage.Querier, m []*labels.Matcher) ([]string, annotations.Annotations, error) {
		return q.LabelNames(r.Context(), nil, m...)
	})
}

func (a *api) labelValues(r *http.Request) (any, annotations.Annotations, error) {
	return a.strings(r, func(q storage.Querier, m []*labels.Matcher) ([]string, annotations.Annotations, error) {
		return q.LabelValues(r.Context(), r.PathValue("name"), nil, m...)
	})
}

// strings unites what each of the selectors gives, in order.
func (a *api) strings(r *http.Request, of func(storage.Querier, []*labels.Matcher) ([]string, annotations.Annotations, error)) (any, annotations.Annotations, error) {
	all, warnings := map[string]bool{}, annotations.Annotations(nil)
	err := a.ask(r, func(q within, sets [][]*labels.Matcher) error {
		if len(sets) == 0 {
			sets = [][]*labels.Matcher{nil}
		}
		for _, m := range sets {
			values, w, err := of(q, m)
			if err != nil {
				return err
			}
			warnings.Merge(w)
			for _, v := range values {
				all[strings.Clone(v)] = true
			}
		}
		return nil
	})
	return atMost(r, append([]string{}, slices.Sorted(maps.Keys(all))...)), warnings, err
}

func (a *api) series(r *http.Request) (any, annotations.Annotations, error) {
	found, warnings := map[string]map[string]string{}, annotations.Annotations(nil)
	err := a.ask(r, func(q within, sets [][]*labels.Matcher) error {
		if len(sets) == 0 {
			return badData("match[]", fmt.Errorf("missing; expected at least one selector of series"))
		}
		for _, m := range sets {
			// There is no function of this name. It tells the database that samples are not wanted.
			set := q.Select(r.Context(), false, &storage.SelectHints{Start: q.start, End: q.end, Func: "series"}, m...)
			for set.Next() {
				s := set.At().Labels()
				found[s.String()] = s.Copy().Map()
			}
			warnings.Merge(set.Warnings())
			if set.Err() != nil {
				return set.Err()
			}
		}
		return nil
	})
	all := []map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(found)) {
		all = append(all, found[key])
	}
	return atMost(r, all), warnings, err
}

// atMost honours the parameter limit.
func atMost[T any](r *http.Request, all []T) []T {
	if n, err := strconv.Atoi(r.FormValue("limit")); err == nil && n > 0 && n < len(all) {
		return all[:n]
	}
	return all
}

func (a *api) metadata(r *http.Request) (any, annotations.Annotations, error) {
	type entry struct {
		Type string `json:"type"`
		Help string `json:"help"`
		Unit string `json:"unit"`
	}
	all, wanted := map[string][]entry{}, r.FormValue("metric")
	for _, active := range a.scraper.TargetsActive() {
		for _, target := range active {
			for _, m := range target.ListMetadata() {
				e := entry{string(m.Type), m.Help, m.Unit}
				if (wanted == "" || wanted == m.MetricFamily) && !slices.Contains(all[m.MetricFamily], e) {
					all[m.MetricFamily] = append(all[m.MetricFamily], e)
				}
			}
		}
	}
	return all, nil, nil
}

func (a *api) buildInfo(*http.Request) (any, annotations.Annotations, error) {
	return map[string]string{"version": prometheusVersion()}, nil, nil
}
