// Package server wires `perseid serve`: configuration to database, sources to the reconcile loop, both to the API, and the API to a listener.
//
// New binds the listener, so that an address that is taken is known at once and ":0" can be asked for; Start opens the database and serves
// until its context ends; teardown is last in, first out. While another process holds the database the server is live and
// not ready, and says who holds it (DELIVERY R31).
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/perseid-dev/perseid/internal/config"
)

const (
	maxHeaderBytes  = 64 << 10
	shutdownTimeout = 30 * time.Second
)

// limits are how long a client may take. Writing is that of one piece: package api puts it off while an answer goes on.
type limits struct{ header, reading, writing, idle time.Duration }

func usualLimits() limits {
	return limits{header: 10 * time.Second, reading: time.Minute, writing: 2 * time.Minute, idle: 2 * time.Minute}
}

// Options says what to serve and where. Config is required.
type Options struct {
	Config        *config.Config
	Listen        string // host:port; ":8080" if empty
	TLS           *TLS   // nil serves plain HTTP
	TelemetryPath string // "/metrics" if empty
	Pprof         bool
	Log           *slog.Logger
}

// Server is one listening server. Start it once.
type Server struct {
	o        Options
	log      *slog.Logger
	listener net.Listener
	handler  atomic.Pointer[http.Handler]
	limits   limits
	clients  *clients
	cert     *certificate // nil without TLS
}

// New binds the listener, and reads the certificate. Nothing is opened or served yet.
func New(o Options) (*Server, error) {
	if o.Listen == "" {
		o.Listen = ":8080"
	}
	s := &Server{o: o, log: o.Log, limits: usualLimits(), clients: newClients(maxClients())}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	var err error
	if o.TLS != nil {
		if s.cert, err = openCertificate(o.TLS, s.log); err != nil {
			return nil, err
		}
	}
	if s.listener, err = net.Listen("tcp", o.Listen); err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	s.serveWith(waiting("the database is being opened"))
	return s, nil
}

// Addr is the address that is listened on, host:port.
func (s *Server) Addr() string { return s.listener.Addr().String() }

func (s *Server) serveWith(h http.Handler) { s.handler.Store(&h) }

// Start opens the database, follows the sources and serves until ctx ends, then stops everything it started and returns: the sources,
// then requests, which may take a while to finish, then the database.
func (s *Server) Start(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	httpServer := s.httpServer(ctx)
	served := make(chan struct{})
	go func() {
		defer close(served)
		if err := s.accept(httpServer); !errors.Is(err, http.ErrServerClosed) {
			cancel(fmt.Errorf("serve: %w", err))
		}
	}()
	core, err := s.open(ctx)
	if core != nil {
		err = s.run(ctx, core)
	}
	cancel(nil)
	stop, done := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer done()
	err = errors.Join(err, httpServer.Shutdown(stop))
	<-served
	if core != nil {
		err = errors.Join(err, core.close())
	}
	return err
}

// httpServer is one whose requests know when the server stops, so that those that wait for a change can end.
func (s *Server) httpServer(ctx context.Context) *http.Server {
	return &http.Server{
		Handler:           http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*s.handler.Load()).ServeHTTP(w, r) }),
		ReadHeaderTimeout: s.limits.header, ReadTimeout: s.limits.reading, WriteTimeout: s.limits.writing, IdleTimeout: s.limits.idle,
		MaxHeaderBytes: maxHeaderBytes, ConnState: s.clients.state,
		ErrorLog:    slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
}

// accept serves plainly or, with a certificate, TLS and with it HTTP/2, until the server is shut down.
func (s *Server) accept(h *http.Server) error {
	if s.cert == nil {
		return h.Serve(s.listener)
	}
	h.TLSConfig = s.cert.config(s.o.TLS)
	return h.ServeTLS(s.listener, "", "")
}

// run follows the sources until ctx ends or the loop fails.
func (s *Server) run(ctx context.Context, core *core) error {
	s.serveWith(core.handler)
	s.log.Info("serving", "address", s.Addr(), "database", core.database, "sources", len(s.o.Config.Sources()), "tls", s.cert != nil)
	watch, stop := context.WithCancel(ctx)
	var watching sync.WaitGroup
	watching.Go(func() { watchDatabase(watch, core.database, core.db, s.log) })
	if e := s.o.Config.EphemeralDashboard; e.Enable {
		watching.Go(func() { sweeper{core.db, s.log}.run(watch, time.Duration(e.CleanupInterval)) })
	}
	if core.teller != nil {
		watching.Go(func() { core.teller.run(watch) })
	}
	err := core.reconciler.Run(ctx)
	if cause := context.Cause(ctx); err == nil && !errors.Is(cause, context.Canceled) {
		err = cause
	}
	stop()
	watching.Wait()
	return err
}
