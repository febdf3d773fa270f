package server

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/store"
)

func temporary(ttl string) string {
	return fmt.Sprintf(`{"kind":"EphemeralDashboard","metadata":{"name":"x","project":"p"},"spec":{%s"panels":{},"layouts":[],"duration":"1h"}}`, ttl)
}

func TestExpired(t *testing.T) {
	k, err := resource.KindByName("EphemeralDashboard")
	if err != nil {
		t.Fatal(err)
	}
	written := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		ttl  string
		age  time.Duration
		want bool
	}{
		{`"ttl":"1h",`, 59 * time.Minute, false},
		{`"ttl":"1h",`, time.Hour, false},
		{`"ttl":"1h",`, time.Hour + 1, true},
		{`"ttl":"1h",`, -time.Hour, false}, // a clock that was put back
		{`"ttl":"290y",`, 24 * time.Hour, false},
		{``, time.Millisecond, true},
	} {
		r, problems := resource.DecodeBody([]byte(temporary(c.ttl)), k)
		if problems != nil {
			t.Fatal(problems)
		}
		r.Metadata.UpdatedAt = written
		if got := expired(r, written.Add(c.age)); got != c.want {
			t.Errorf("%q after %s: %t", c.ttl, c.age, got)
		}
	}
}

// What is not expired stays, however often it is looked at, and a write starts its time anew.
func TestSweeping(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		db, err := store.Open(store.Options{Dir: dir, Extension: "json"})
		if err != nil {
			t.Fatal(err)
		}
		create := func(kind, name, ttl string) *resource.Resource {
			k, err := resource.KindByName(kind)
			if err != nil {
				t.Fatal(err)
			}
			text := strings.NewReplacer("EphemeralDashboard", kind, `"x"`, `"`+name+`"`).Replace(temporary(ttl))
			r, problems := resource.DecodeBody([]byte(text), k)
			if problems.Invalid() {
				t.Fatal(problems)
			}
			if _, err := db.Create(r, nil); err != nil {
				t.Fatal(err)
			}
			return r
		}
		create(ephemeral, "short", `"ttl":"1h",`)
		create(ephemeral, "long", `"ttl":"1d",`)
		create("Dashboard", "short", "")
		renewed := create(ephemeral, "renewed", `"ttl":"1h",`)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); sweeper{db, slog.New(slog.DiscardHandler)}.run(ctx, 30*time.Minute) }()
		there := func(want string) {
			t.Helper()
			synctest.Wait()
			var names []string
			for _, kind := range []string{ephemeral, "Dashboard"} {
				l, err := db.List(kind, "", "")
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range l.Entries {
					names = append(names, e.ID.Name)
				}
				l.Close()
			}
			if got := strings.Join(names, " "); got != want {
				t.Errorf("after %s there are %q, want %q", time.Now().Format(time.TimeOnly), got, want)
			}
		}
		there("long renewed short short")
		time.Sleep(50 * time.Minute)
		if _, err := db.Update(renewed, nil); err != nil {
			t.Fatal(err)
		}
		time.Sleep(41 * time.Minute) // the sweep after 90 minutes
		there("long renewed short")
		time.Sleep(30 * time.Minute)
		there("long short")
		cancel()
		<-done
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// One that expired while nobody served is removed at the next start; it is stored where Perses stores it, and no source can hold one.
func TestEphemeralDashboards(t *testing.T) {
	w := newWorld(t)
	w.config = "ephemeral_dashboard: {enable: true, cleanup_interval: 1d}\n" + quickPrune
	w.write("a.yaml", projectP+"---\nkind: EphemeralDashboard\nmetadata: {name: declared, project: p}\nspec: {ttl: 1d, panels: {}, layouts: [], duration: 1h}\n")
	w.start()
	const list = "/api/v1/projects/p/ephemeraldashboards"
	w.eventually("the project", func() bool { status, _ := w.get("/api/v1/projects/p"); return status == http.StatusOK })
	for ttl, want := range map[string]string{
		`"ttl":"soon",`: `not a valid duration string: \"soon\"`,
		`"ttl":"-1h",`:  `not a valid duration string: \"-1h\"`,
		`"ttl":"",`:     "empty duration string",
		`"ttl":"999y",`: "duration out of range",
	} {
		if status, body := w.do("POST", list, temporary(ttl)); status != http.StatusBadRequest || !strings.Contains(body, want) || !strings.Contains(body, `"path":"spec.ttl"`) {
			t.Errorf("%s: %d %s", ttl, status, body)
		}
	}
	for name, ttl := range map[string]string{"brief": `"ttl":"1ms",`, "kept": `"ttl":"1d",`} {
		if status, body := w.do("POST", list, strings.Replace(temporary(ttl), `"x"`, `"`+name+`"`, 1)); status != http.StatusOK {
			t.Fatalf("%d %s", status, body)
		}
	}
	if _, err := os.Stat(filepath.Join(w.database, "ephemeraldashboards", "p", "brief.yaml")); err != nil {
		t.Error(err)
	}
	w.restart()
	w.eventually("the expired one is gone", func() bool { status, _ := w.get(list + "/brief"); return status == http.StatusNotFound })
	if status, body := w.get(list); status != http.StatusOK || strings.Count(body, `"kind":"EphemeralDashboard"`) != 1 || !strings.Contains(body, `"kept"`) {
		t.Errorf("%d %s", status, body)
	}
}
