package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/perseid-dev/perseid/test/input"
)

const (
	perSecond = 5000 // requests
	callers   = 32   // that share them
	// emptyArgument makes this program a server whose handler answers a fixed body, after a while: bench -empty ADDRESS BYTES DURATION.
	emptyArgument = "-empty"
)

// rates measures reads by name at a steady rate, and the same of a handler that does nothing but answer as many bytes, turn by turn.
func (b *bench) rates(ctx context.Context, s *server, _, _ string) error {
	path := "/api/v1/projects/" + input.Project + "/dashboards/"
	body, err := s.get(path + input.Name(0))
	if err != nil {
		return err
	}
	empty, err := startEmpty(ctx, len(body), 0)
	if err != nil {
		return err
	}
	defer empty.stop()
	var ours, bare []float64
	for range b.size.runs {
		for _, of := range []struct {
			url  string
			into *[]float64
		}{{s.url, &ours}, {empty.url, &bare}} {
			took, err := rate(ctx, func(n int) string { return of.url + path + input.Name(n%b.size.small) }, b.size.rate)
			if err != nil {
				return err
			}
			*of.into = append(*of.into, took)
		}
	}
	b.add(fmt.Sprintf("99th percentile of gets at %d a second", perSecond), "ms", ours, bare...)
	return nil
}

// rate asks at a steady rate for a while and returns the 99th percentile of the time from when each request was due until its answer was read,
// in milliseconds.
func rate(ctx context.Context, url func(n int) string, long time.Duration) (float64, error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: callers, DisableCompression: true}}
	defer client.CloseIdleConnections()
	total := int(long.Seconds() * perSecond)
	took := make([]float64, total)
	var next atomic.Int64
	var failed atomic.Pointer[error]
	var all sync.WaitGroup
	begun := time.Now()
	for range callers {
		all.Go(func() {
			for n := int(next.Add(1)) - 1; n < total && failed.Load() == nil; n = int(next.Add(1)) - 1 {
				due := begun.Add(time.Duration(n) * time.Second / perSecond)
				time.Sleep(time.Until(due))
				if err := ask(ctx, client, url(n)); err != nil {
					failed.Store(&err)
				}
				took[n] = milliseconds(time.Since(due))
			}
		})
	}
	all.Wait()
	if err := failed.Load(); err != nil {
		return 0, *err
	}
	return percentile(took, 0.99), nil
}

func ask(ctx context.Context, client *http.Client, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("get %s: %s", url, response.Status)
	}
	_, err = io.Copy(io.Discard, response.Body)
	return err
}

// empty is this program as another server, which does next to nothing.
type empty struct {
	cmd *exec.Cmd
	url string
}

// startEmpty starts one that answers with so many bytes, after a while.
func startEmpty(ctx context.Context, size int, sleep time.Duration) (*empty, error) {
	return startSelf(ctx, emptyArgument, fmt.Sprint(size), sleep.String())
}

// startSelf starts this program as a server; it is told the address to listen on after its first argument.
func startSelf(ctx context.Context, as string, args ...string) (*empty, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	e := &empty{cmd: exec.CommandContext(ctx, self, append([]string{as, address}, args...)...), url: "http://" + address}
	e.cmd.Stderr = os.Stderr
	if err := e.cmd.Start(); err != nil {
		return nil, err
	}
	err = poll(ctx, time.Minute, func() (bool, error) {
		connection, err := net.Dial("tcp", address)
		if err != nil {
			return false, nil
		}
		return true, connection.Close()
	})
	if err != nil {
		e.stop()
	}
	return e, err
}

func (e *empty) stop() {
	_ = e.cmd.Process.Kill()
	_ = e.cmd.Wait()
}

func runEmpty(args []string) int {
	var size int
	if _, err := fmt.Sscan(args[1], &size); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	sleep, err := time.ParseDuration(args[2])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	body := make([]byte, size)
	return listen(args[0], http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		time.Sleep(sleep)
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	}))
}

// listen serves until it is told to end.
func listen(address string, handler http.Handler) int {
	server := &http.Server{Addr: address, Handler: handler}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}
