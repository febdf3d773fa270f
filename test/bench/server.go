package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// Bounds of waiting; the first load of ten thousand documents on a slow disk is far below.
const (
	readyWithin = 5 * time.Minute
	stopWithin  = time.Minute
	tick        = 2 * time.Millisecond // how often we ask; each question costs the server about 50 µs
)

// server is a perseid process that serves one directory.
type server struct {
	cmd    *exec.Cmd
	url    string
	source string // name, escaped for a path
	log    bytes.Buffer
	client *http.Client
	begun  time.Time
	ready  time.Duration // from the start of the process until everything was listed
}

// start runs perseid over a directory and waits until it lists as many dashboards as it should.
func (b *bench) start(ctx context.Context, resources, database, extension string, dashboards int) (*server, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	s := &server{url: "http://" + address, source: url.PathEscape("dir:" + resources), client: &http.Client{Timeout: readyWithin}}
	s.cmd = exec.CommandContext(ctx, b.perseid, "serve", "--database", database, "--web.listen-address", address, "--log.level=warning", resources)
	s.cmd.Env = append(os.Environ(), "PERSES_DATABASE_FILE_EXTENSION="+extension)
	s.cmd.Stdout, s.cmd.Stderr = &s.log, &s.log
	s.cmd.Cancel = func() error { return s.cmd.Process.Signal(syscall.SIGTERM) }
	s.cmd.WaitDelay = stopWithin
	s.begun = time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	if err := s.waitListed(ctx, dashboards); err != nil {
		return nil, errors.Join(err, s.stop(), fmt.Errorf("log: %s", s.log.String()))
	}
	s.ready = time.Since(s.begun)
	return s, nil
}

// freeAddress finds a loopback port nobody listens on now.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// waitListed waits for /readyz, and then for the list to hold what it should.
func (s *server) waitListed(ctx context.Context, dashboards int) error {
	err := poll(ctx, readyWithin, func() (bool, error) {
		_, err := s.get("/readyz")
		return err == nil, nil // until the listener is bound the connection is refused
	})
	if err != nil {
		return fmt.Errorf("wait for /readyz: %w", err)
	}
	found := 0
	err = poll(ctx, readyWithin, func() (bool, error) {
		body, err := s.get("/api/v1/dashboards?metadata_only=true")
		found = bytes.Count(body, []byte(`"kind":"Dashboard"`))
		return found == dashboards, err
	})
	if err != nil {
		return fmt.Errorf("wait for %d dashboards, %d are listed: %w", dashboards, found, err)
	}
	return nil
}

// poll asks until the answer is yes.
func poll(ctx context.Context, within time.Duration, done func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		if ok, err := done(); ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

// get reads a path to the end; anything but success is an error.
func (s *server) get(path string) ([]byte, error) {
	return s.do(http.MethodGet, path, "identity")
}

// do asks for a body in an encoding, and returns it as it comes.
func (s *server) do(method, path, encoding string) ([]byte, error) {
	request, err := http.NewRequest(method, s.url+path, http.NoBody)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept-Encoding", encoding) // set by hand, so that the client does not unpack it
	response, err := s.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode/100 != 2 {
		err = fmt.Errorf("%s %s: %s: %s", method, path, response.Status, body)
	}
	return body, err
}

// stop ends the process and waits for it.
func (s *server) stop() error {
	s.client.CloseIdleConnections()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	timer := time.AfterFunc(stopWithin, func() { _ = s.cmd.Process.Kill() })
	defer timer.Stop()
	if err := s.cmd.Wait(); err != nil {
		return fmt.Errorf("stop %s: %w\n%s", filepath.Base(s.cmd.Path), err, s.log.String())
	}
	return nil
}
