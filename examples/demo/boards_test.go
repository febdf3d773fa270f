package main

import (
	"context"
	"encoding/json"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/promql/parser"
)

// dashboardDocument is what the test reads of a dashboard.
type dashboardDocument struct {
	Metadata struct{ Name, Project string }
	Spec     struct {
		Variables []struct{ Spec struct{ Plugin plugin } }
		Panels    map[string]struct {
			Spec struct {
				Queries []struct{ Spec struct{ Plugin plugin } }
			}
		}
	}
}

type plugin struct {
	Kind string
	Spec struct {
		Query     string
		LabelName string
		Matchers  []string
	}
}

// empty are the panels that have nothing to show in the demo, and why.
var empty = map[string]string{
	"server/certificate":          "the demo has no TLS",
	"server/certificate_unusable": "the demo has no TLS",
	"server/views":                "no browser looks while the test runs",
	"server/rendering":            "no browser looks while the test runs",
	"prometheus/rules":            "the Prometheus of the demo has no rules",
}

// check asks every query of the dashboard until each has an answer with something in it.
func (b *dashboardDocument) check(ctx context.Context, t *testing.T, d *running) {
	for _, v := range b.Spec.Variables {
		if p := v.Spec.Plugin; p.Kind == "PrometheusLabelValuesVariable" {
			b.eventually(t, p.Spec.LabelName+" of "+strings.Join(p.Spec.Matchers, " "), func() (bool, string) {
				form := url.Values{}
				for _, m := range p.Spec.Matchers {
					form.Add("match[]", expand(m))
				}
				data, refusal := d.ask(ctx, t, "series", form)
				return strings.Contains(string(data), strconv.Quote(p.Spec.LabelName)+":"), refusal
			})
		}
	}
	asked := 0
	for id, panel := range b.Spec.Panels {
		for _, q := range panel.Spec.Queries {
			asked++
			query := expand(q.Spec.Plugin.Spec.Query)
			expr, err := parser.NewParser(parser.Options{}).ParseExpr(query)
			if err != nil {
				t.Errorf("%s: %s: %v", id, query, err)
				continue
			}
			b.checkSelectors(t, id, expr)
			rare := strings.HasSuffix(query, " > 0") // shown only where there is any
			if empty[b.Metadata.Name+"/"+id] == "" && !rare {
				b.eventually(t, id+": "+query, func() (bool, string) {
					data, refusal := d.ask(ctx, t, "query", url.Values{"query": {query}})
					return found(t, data), refusal
				})
			}
		}
	}
	if asked == 0 {
		t.Error("no queries are found; the form of dashboards has changed")
	}
}

// checkSelectors wants a selector after every name in our own dashboards, or metrics_test.go of the examples would not see it.
func (b *dashboardDocument) checkSelectors(t *testing.T, id string, expr parser.Expr) {
	t.Helper()
	parser.Inspect(expr, func(n parser.Node, _ []parser.Node) error {
		if v, ok := n.(*parser.VectorSelector); ok && b.Metadata.Project == "perseid" && len(v.LabelMatchers) < 2 {
			t.Errorf("%s: %s has no selector", id, v.Name)
		}
		return nil
	})
}

// eventually asks until there is something, or the test has no more time.
func (b *dashboardDocument) eventually(t *testing.T, what string, ask func() (ok bool, refusal string)) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(200 * time.Millisecond) {
		ok, refusal := ask()
		switch {
		case ok:
			return
		case refusal != "":
			t.Errorf("%s: %s", what, refusal)
			return
		case time.Now().After(deadline):
			t.Errorf("%s: nothing is found", what)
			return
		}
	}
}

// found says whether an answer to a query has a value that is a number.
func found(t *testing.T, data json.RawMessage) bool {
	t.Helper()
	var answer struct {
		Type   string `json:"resultType"`
		Result json.RawMessage
	}
	if err := json.Unmarshal(data, &answer); err != nil {
		return false
	}
	if answer.Type == "scalar" {
		return true
	}
	var samples []struct{ Value, Histogram []any }
	if err := json.Unmarshal(answer.Result, &samples); err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	for _, s := range samples {
		if len(s.Histogram) == 2 || len(s.Value) == 2 && s.Value[1] != "NaN" {
			return true
		}
	}
	return false
}

var variable = regexp.MustCompile(`\$(\w+)`)

// expand puts in for variables what the UI would: "everything" for lists, and times that suit a scrape each second.
func expand(query string) string {
	return variable.ReplaceAllStringFunc(query, func(name string) string {
		switch name {
		case "$__rate_interval", "$window":
			return "10s"
		case "$__range":
			return "5m"
		}
		return ".*"
	})
}
