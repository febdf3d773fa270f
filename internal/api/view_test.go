package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/perseid-dev/perseid/internal/problem"
)

// TestView: views of dashboards that exist are counted, of whom may read them; who may not is answered 401, as Perses does here alone.
func TestView(t *testing.T) {
	w := newWorld(t, func(o *Options) {
		o.Authorize = func(_ *http.Request, verb, kind, project string) error {
			if project == "secret" {
				return problem.New(problem.Forbidden, "missing '"+verb+"' permission in 'secret' project for '"+kind+"' kind")
			}
			return nil
		}
	})
	w.project("p")
	w.must(200, "POST", "/api/v1/dashboards", dashboard("p", "x", "title"))
	view := func(project, name string) string {
		return `{"project":"` + project + `","dashboard":"` + name + `","render_time":0.3,"render_errors":2}`
	}
	if a := w.must(200, "POST", "/api/v1/view", view("P", "X")); a.body != "" {
		t.Errorf("%q", a.body)
	}
	w.must(200, "POST", "/api/v1/view", view("p", "x"))
	w.refused(404, "document not found", "POST", "/api/v1/view", view("p", "none"))
	w.refused(401, "unauthorized: missing 'read' permission in 'secret' project for 'Dashboard' kind", "POST", "/api/v1/view", view("secret", "x"))
	w.refused(400, "bad request: render_time and render_errors cannot be negative", "POST", "/api/v1/view", `{"project":"p","dashboard":"x","render_time":-1}`)
	metrics := w.get("/metrics").body
	for _, line := range []string{
		`perses_dashboard_views_total{dashboard="x",project="p"} 2`,
		`perses_dashboard_render_errors_total{dashboard="x",project="p"} 4`,
		`perses_dashboard_render_time_seconds_bucket{dashboard="x",project="p",le="0.25"} 0`,
		`perses_dashboard_render_time_seconds_bucket{dashboard="x",project="p",le="0.5"} 2`,
	} {
		if !strings.Contains(metrics, line) {
			t.Errorf("no %s", line)
		}
	}
	if strings.Contains(metrics, `dashboard="none"`) {
		t.Error("a dashboard that does not exist is counted")
	}
}
