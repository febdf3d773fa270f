package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/problem"
)

func TestStatusTable(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	report := statusReport{
		Sources: []delivery.Source{
			{Name: "dir:/srv/dashboards", State: delivery.Ready, Revision: "sha256:0123456789abcdef", Documents: 12, LastSuccess: now.Add(-5 * time.Second)},
			{
				Name: "dir:/a/very/long/path/to/some/place/of/dashboards", State: delivery.Held, Reason: "more than half would go", Documents: 3,
				Counts: map[delivery.Outcome]int{delivery.Invalid: 1}, Hold: &delivery.Hold{ID: "h1", Reason: "3 of 4", Deletions: []string{"a", "b"}},
			},
		},
		Documents: []delivery.Document{
			{
				Source: "a", Origin: "/srv/cpu.yaml", Kind: "Dashboard", Project: "demo", Name: "cpu", Outcome: delivery.Invalid,
				Problems: []problem.Problem{{Severity: problem.Error, Origin: "/srv/cpu.yaml", Line: 3, Column: 5, Path: "spec.x", Message: "wrong", Hint: "mend it"}},
				Awaits:   "a corrected document",
			},
			{Origin: "/srv/p.yaml", Kind: "Project", Name: "demo", Outcome: delivery.Shadowed, Winner: "b (/b/p.yaml)"},
			{Origin: "/srv/q.yaml", Index: 1, Outcome: delivery.Invalid},
		},
	}
	var b strings.Builder
	statusTable(&b, false, report, now)
	if diff := cmp.Diff(golden, b.String()); diff != "" {
		t.Error(diff)
	}
	for line := range strings.Lines(b.String()) {
		if len([]rune(line)) > 81 {
			t.Errorf("wider than 80 columns: %q", line)
		}
	}
}

const golden = `SOURCE                      STATE  REVISION      DOCS  PROBLEMS  LAST READ
dir:/srv/dashboards         ready  0123456789ab  12    0         5s ago
…/some/place/of/dashboards  held   -             3     1         never
  more than half would go
  confirm: perseid prune dir:/a/very/long/path/to/some/place/of/dashboards

invalid   dashboard demo/cpu  /srv/cpu.yaml
  error: 3:5: spec.x: wrong (mend it)
  awaits: a corrected document
shadowed  project demo  /srv/p.yaml
  served instead: b (/b/p.yaml)
invalid   document 2  /srv/q.yaml
`

func TestStatusLeavesOutWhatIsWell(t *testing.T) {
	got := notable([]delivery.Document{
		{Name: "a", Outcome: delivery.Applied}, {Name: "b", Outcome: delivery.Unchanged, Problems: []problem.Problem{{}}},
		{Name: "c", Outcome: delivery.Shadowed}, {Name: "d", Outcome: delivery.Pruned},
	})
	var names []string
	for _, d := range got {
		names = append(names, d.Name)
	}
	if diff := cmp.Diff([]string{"b", "c"}, names); diff != "" {
		t.Error(diff)
	}
}

// What status says of a server that refuses, is something else, or is not there.
func TestStatusFails(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch strings.Split(r.URL.Path, "/")[1] {
		case "closed":
			w.WriteHeader(http.StatusUnauthorized)
			_ = json.NewEncoder(w).Encode(map[string]string{"message": "missing or malformed jwt"})
		case "other":
			_, _ = w.Write([]byte("<html>"))
		case "empty":
			_, _ = w.Write([]byte(map[bool]string{true: `[]`, false: `[{"name":"b"}]`}[strings.HasSuffix(r.URL.Path, "documents")]))
		}
	}))
	defer server.Close()
	for path, c := range map[string]struct {
		code int
		text string
	}{
		"/closed": {exitAuthentication, "missing or malformed jwt (" + server.URL + " answered 401 Unauthorized)"},
		"/other":  {exitFailed, "is this a Perseid server"},
		"/empty":  {exitFailed, `the server has no source "a": it has b`},
		":0":      {exitUsage, "expected a URL such as http://localhost:8080"},
	} {
		var out, errs bytes.Buffer
		code := Run(context.Background(), []string{"status", "a", "--server", server.URL + path}, Env{Stdout: &out, Stderr: &errs})
		if code != c.code || !strings.Contains(errs.String(), c.text) || out.Len() > 0 {
			t.Errorf("%s: code %d, %q, %q", path, code, errs.String(), out.String())
		}
	}
	server.Close()
	var errs bytes.Buffer
	if code := Run(context.Background(), []string{"status"}, Env{Stderr: &errs, Environ: []string{"PERSEID_SERVER=" + server.URL}}); code != exitFailed {
		t.Errorf("code %d", code)
	}
	if !strings.Contains(errs.String(), "is it running?") {
		t.Error(errs.String())
	}
}
