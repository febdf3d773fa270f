package server

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/perseid-dev/perseid/internal/config"
	"github.com/perseid-dev/perseid/internal/delivery"
)

// outage is a registry that can be away. It keeps no connection open: simulated time stands still while one is.
type outage struct {
	registry http.Handler
	away     atomic.Bool
	asked    atomic.Int32
}

func (o *outage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o.asked.Add(1)
	if o.away.Load() {
		panic(http.ErrAbortHandler)
	}
	o.registry.ServeHTTP(w, r)
}

func (o *outage) start(t *testing.T) (host string) {
	server := httptest.NewUnstartedServer(o)
	server.Config.SetKeepAlivesEnabled(false)
	server.Start()
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

// R16: a registry that is away for an hour takes nothing with it; it is asked at the interval all the while, and what is new is served when it is
// back. The server is the real one but for its listener and for the clock, which is moved.
func TestHour(t *testing.T) {
	p, o := newPress(t), &outage{}
	o.registry = p.registry
	one := p.release("v1", true, documentsOf(firstRelease))
	p.release("v2", true, documentsOf(secondRelease))
	p.registry.Tag("team/boards", "prod", one.Digest.String())
	host, _, _ := strings.Cut(p.repo.Name(), "/")
	p.config = strings.NewReplacer(host, o.start(t), "interval: 1h", "interval: 1m").Replace(p.config)
	file := filepath.Join(t.TempDir(), "config.yaml")
	p.must(os.WriteFile(file, []byte(p.config), 0o600))
	c, problems := config.Load(config.Options{File: file, Database: p.database})
	if problems.Invalid() {
		t.Fatal(problems)
	}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s, err := newCore(ctx, Options{Config: c}, nil, slog.New(slog.DiscardHandler))
		check(t, err)
		done := make(chan error, 1)
		go func() { done <- s.reconciler.Run(ctx) }()
		at := func(when string, state delivery.State, title string) {
			t.Helper()
			synctest.Wait()
			r := httptest.NewRecorder()
			s.handler.ServeHTTP(r, httptest.NewRequest(http.MethodGet, "/api/v1/projects/p/dashboards/a", nil))
			if r.Code != http.StatusOK || !strings.Contains(r.Body.String(), title) {
				t.Errorf("%s: %d: %s; want %s", when, r.Code, r.Body, title)
			}
			if got := s.reconciler.Status(false).Sources[0].State; got != state {
				t.Errorf("%s the source is %s, want %s", when, got, state)
			}
		}
		time.Sleep(30 * time.Second) // from here on between two polls
		at("at first", delivery.Ready, "a1")
		o.away.Store(true)
		p.registry.Tag("team/boards", "prod", p.registry.Tags("team/boards")["v2"])
		before := o.asked.Load()
		for began := time.Now(); time.Since(began) < time.Hour; {
			time.Sleep(time.Minute)
			at("after "+time.Since(began).String(), delivery.Failing, "a1")
		}
		if n := o.asked.Load() - before; n < 60 {
			t.Errorf("it was asked %d times in an hour", n)
		}
		o.away.Store(false)
		time.Sleep(time.Minute)
		at("a minute after it is back", delivery.Ready, "a2")
		cancel()
		check(t, <-done)
		check(t, s.close())
	})
}
