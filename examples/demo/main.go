// Demo makes `make demo` move: a small Prometheus that scrapes Perseid and itself, and a little traffic for it to see.
//
// The Prometheus is made of Prometheus' own parts: its scraper, its time series database and its PromQL engine, behind the few routes of its
// HTTP API that dashboards ask. Everything listens on loopback, is kept in a temporary directory, and ends with whoever holds the other end of
// standard input. It is a module of its own, so that nothing of it is linked into what Perseid ships. It is not a Prometheus to keep data in.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"sync"
	"syscall"
	"time"
)

// memory is what the collector of garbage aims to stay below. An hour of the demo's own series takes a tenth of it.
const memory = 256 << 20

type options struct {
	perseid   string // the server to watch and to send requests to
	documents string // the directory, read by that server, in which one document is edited again and again; none if empty
	listen    string
	interval  time.Duration // between two scrapes
	still     bool          // only reads are sent, and nothing is edited
}

func main() { os.Exit(run()) }

func run() int {
	var o options
	flag.StringVar(&o.perseid, "perseid", "http://127.0.0.1:8080", "the `URL` of the server to watch and to send requests to")
	flag.StringVar(&o.documents, "documents", "", "a `directory` that the server reads, in which one document is edited again and again")
	flag.StringVar(&o.listen, "listen", "127.0.0.1:0", "the `address` of the Prometheus API; the port is printed")
	flag.DurationVar(&o.interval, "interval", time.Second, "how often to scrape")
	flag.BoolVar(&o.still, "still", false, "send only reads, and edit nothing")
	flag.Parse()
	debug.SetMemoryLimit(memory)
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	if err := demo(ctx, o, log, os.Stdout); err != nil {
		log.Error("demo", "error", err)
		return 1
	}
	return 0
}

// demo runs until ctx ends. It prints the URL of the Prometheus API once that answers.
func demo(ctx context.Context, o options, log *slog.Logger, out io.Writer) (err error) {
	listener, err := net.Listen("tcp", o.listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", o.listen, err)
	}
	defer listener.Close()
	dir, err := os.MkdirTemp("", "perseid-demo-prometheus-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	m, err := openMonitor(dir, targets{perseid: o.perseid, self: listener.Addr().String()}, o.interval, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.close()) }()
	traffic, err := newTraffic(o, m.registry)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: newAPI(m), ReadHeaderTimeout: 10 * time.Second}
	var running sync.WaitGroup
	running.Go(func() { _ = server.Serve(listener) })
	running.Go(func() { traffic.run(ctx) })
	fmt.Fprintf(out, "http://%s\n", listener.Addr())
	<-ctx.Done()
	err = server.Close()
	running.Wait()
	return err
}
