package sidecar

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/perseid-dev/perseid/internal/source/kubernetes"
)

// view is what health and metrics say of the loop.
type view struct {
	ready, dead      bool
	applied          time.Time
	files            int
	bytes            int64
	written, removed int
	shadowed, wrong  int
	fetches          map[string]int
}

// shared is a view that the loop writes and others read.
type shared struct {
	mu sync.Mutex
	v  view
}

func newShared() *shared { return &shared{} }

func (s *shared) update(change func(*view)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.v)
}

func (s *shared) get() view {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.v
}

// listen binds the port of health and metrics. Without it files are delivered all the same, so it is not worth ending for.
func listen(c *Config, log *slog.Logger) net.Listener {
	network := "tcp"
	if ip := net.ParseIP(c.healthHost); ip != nil && ip.To4() != nil {
		network = "tcp4" // 0.0.0.0 is IPv6 too otherwise
	}
	l, err := net.Listen(network, net.JoinHostPort(c.healthHost, strconv.Itoa(c.healthPort)))
	if err != nil {
		log.Error("There are no /healthz and /metrics", "error", err)
		return nil
	}
	log.Info(fmt.Sprintf("Starting health server on port %d", l.Addr().(*net.TCPAddr).Port))
	return l
}

// Bounds of the health server's clients.
const (
	clientTime  = 10 * time.Second
	clientBytes = 8 << 10 // of headers
)

// serve answers until ctx ends.
func (s *Sidecar) serve(ctx context.Context) {
	if s.health == nil {
		return
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		status, text := verdict(s.loop.view.get(), s.source.Streams(), s.c.contactThreshold(), time.Now())
		answerText(w, status, text)
	})
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		writeMetrics(w, s.loop, s.source.Streams(), time.Now())
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { answerText(w, http.StatusNotFound, "Not Found") })
	server := &http.Server{
		Handler: mux, ReadTimeout: clientTime, WriteTimeout: clientTime, IdleTimeout: clientTime, MaxHeaderBytes: clientBytes,
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	stop := context.AfterFunc(ctx, func() { server.Close() })
	defer stop()
	if err := server.Serve(s.health); err != nil && ctx.Err() == nil {
		s.log.Error("There are no /healthz and /metrics any more", "error", err)
	}
}

func answerText(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain")
	w.WriteHeader(status)
	io.WriteString(w, text)
}

// verdict is what /healthz says: ready once, then alive while every stream hears from the API server.
func verdict(v view, streams []kubernetes.StreamStatus, threshold time.Duration, now time.Time) (status int, text string) {
	switch {
	case v.dead:
		return http.StatusServiceUnavailable, "NOT LIVE (watcher thread died)"
	case !v.ready:
		return http.StatusServiceUnavailable, "NOT READY"
	}
	for _, s := range streams {
		if now.Sub(s.Contact) > threshold {
			return http.StatusServiceUnavailable, "NOT LIVE (K8s contact lost)"
		}
	}
	return http.StatusOK, "OK"
}
