package api

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/buildinfo"
	"github.com/perseid-dev/perseid/internal/delivery"
)

func TestServerRoutes(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Config = []byte(`{"security":{"readonly":false}}`) })
	for path, want := range map[string]string{
		"/api/config":     `{"security":{"readonly":false}}`,
		"/api/v1/plugins": "[]\n",
		"/livez":          "{\"status\":\"live\"}\n",
	} {
		if a := w.must(200, "GET", path, ""); a.body != want || a.header.Get("Content-Type") != "application/json" {
			t.Errorf("GET %s: %s %q, want %q", path, a.header.Get("Content-Type"), a.body, want)
		}
	}
	for _, path := range []string{"/api/v1/user/whoami", "/api/v1/users/jane/permissions"} {
		w.refused(401, "unauthorized: authentication is required to retrieve user permissions", "GET", path, "")
	}
}

func TestHealth(t *testing.T) {
	for _, fine := range []bool{true, false} {
		w := newWorld(t, func(o *Options) { o.DatabaseOK = func() bool { return fine } })
		status := map[bool]int{true: 200, false: 503}[fine]
		got := decoded[map[string]any](t, w.must(status, "GET", "/api/v1/health", ""))
		build := buildinfo.Get()
		want := map[string]any{"buildTime": build.Date, "version": build.Version, "commit": build.Commit, "database": fine}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

// TestR27Readiness: readiness waits for the sources, health and liveness do not.
func TestR27Readiness(t *testing.T) {
	w := newWorld(t)
	w.delivery.set(delivery.Status{Sources: []delivery.Source{{Name: "dir:/a", State: delivery.Ready}, {Name: "dir:/b", State: delivery.Syncing}}})
	a := w.must(503, "GET", "/readyz", "")
	if diff := cmp.Diff("{\"ready\":false,\"waiting\":[\"dir:/b\"]}\n", a.body); diff != "" {
		t.Error(diff)
	}
	w.must(200, "GET", "/api/v1/health", "")
	w.must(200, "GET", "/livez", "")
	w.delivery.set(delivery.Status{Ready: true})
	if a := w.must(200, "GET", "/readyz", ""); a.body != "{\"ready\":true}\n" {
		t.Errorf("body %q", a.body)
	}
}

func TestValidate(t *testing.T) {
	w := newWorld(t)
	w.must(200, "POST", "/api/v1/globaldatasources", text(kind(t, "GlobalDatasource"), "", "ds1", samples["GlobalDatasource"][1]))
	for _, name := range []string{"Dashboard", "Datasource", "GlobalDatasource", "Variable", "GlobalVariable"} {
		k := kind(t, name)
		// Neither a content type, nor the project, nor another default datasource is asked for.
		a := w.must(200, "POST", "/api/validate/"+k.Plural, text(k, "nowhere", "x", samples[name][1]), "Content-Type: text/plain")
		if a.body != "" {
			t.Errorf("%s: body %q, want none", name, a.body)
		}
		w.must(200, "POST", "/api/validate/"+k.Plural, text(k, "", "x", samples[name][0]))
		w.refused(400, "bad request: name cannot be empty", "POST", "/api/validate/"+k.Plural, text(k, "p", "", samples[name][0]))
	}
	void := `{"panels":{},"layouts":[{"kind":"Grid","spec":{"items":[{"x":0,"y":0,"width":1,"height":1,"content":{"$ref":"#/spec/panels/foo"}}]}}],"duration":"1h"}`
	w.refused(400, `bad request: no panel found for ref "foo"`, "POST", "/api/validate/dashboards", text(kind(t, "Dashboard"), "p", "d", void))
}

func TestProblemsSayWhere(t *testing.T) {
	w := newWorld(t)
	a := w.must(400, "POST", "/api/validate/dashboards", strings.Replace(dashboard("p", "d", "1"), `"1h"`, `"soon"`, 1))
	got := decoded[struct {
		Problems []struct{ Path, Message string }
	}](t, a)
	if len(got.Problems) != 1 || got.Problems[0].Path != "spec.duration" {
		t.Errorf("problems %+v, want one at spec.duration", got.Problems)
	}
}

func TestMetrics(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.TelemetryPath = "/telemetry" })
	w.project("p")
	w.must(200, "POST", "/api/v1/dashboards", dashboard("p", "d", "1"))
	w.get("/api/v1/projects/p/dashboards/d")
	w.do("BREW", "/api/v1/projects", "")
	w.must(200, "POST", "/api/v1/view", `{"project":"p","dashboard":"D","render_time":0.5,"render_errors":2}`)
	w.refused(404, "document not found", "POST", "/api/v1/view", `{"project":"p","dashboard":"none"}`)
	w.refused(400, "bad request: render_time and render_errors cannot be negative", "POST", "/api/v1/view", `{"project":"p","dashboard":"d","render_errors":-1}`)
	got := w.must(200, "GET", "/telemetry", "").body
	for _, want := range []string{
		`perses_http_request_total{code="200",handler="/api/v1/projects/:project/dashboards/:name",method="GET"} 1`,
		`perses_http_request_total{code="405",handler="/api/v1/projects",method="OTHER"} 1`,
		`perses_http_request_duration_second_count{handler="/api/v1/projects",method="POST"} 1`,
		`perses_dashboard_views_total{dashboard="d",project="p"} 1`,
		`perses_dashboard_render_errors_total{dashboard="d",project="p"} 2`,
		`perses_dashboard_render_time_seconds_sum{dashboard="d",project="p"} 0.5`,
		`perses_build_info{`, `go_goroutines `, `process_`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s", want)
		}
	}
	w.refused(404, "document not found", "GET", "/metrics", "")
}

func TestPanicsAndCutAnswers(t *testing.T) {
	var log bytes.Buffer
	a := &api{Options: Options{Log: slog.New(slog.NewTextHandler(&log, nil))}}
	serve := func(h handler) (resp *http.Response, err error) {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			out := a.newAnswer(w, r)
			a.run(out, r, h)
			out.finish()
		}))
		t.Cleanup(server.Close)
		return http.Get(server.URL)
	}
	resp, err := serve(func(http.ResponseWriter, *http.Request) error { panic("oops") })
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	if resp.StatusCode != 500 || string(body) != "{\"message\":\"internal server error\"}\n" || !strings.Contains(log.String(), "oops") {
		t.Errorf("%d %s; log %s", resp.StatusCode, body, log.String())
	}
	// A list that fails in its middle must not look whole.
	resp, err = serve(func(w http.ResponseWriter, _ *http.Request) error {
		_, _ = io.WriteString(w, "["+strings.Repeat(" ", 100_000))
		return errors.New("disk gone")
	})
	if err == nil {
		_, err = io.ReadAll(resp.Body)
		resp.Body.Close()
	}
	if err == nil {
		t.Error("the client takes a body that was cut off for a whole one")
	}
}
