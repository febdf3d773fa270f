package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	readyWithin = 5 * time.Minute
	stopWithin  = time.Minute
)

// settings prune sooner than a production would want, so that deletions are seen within the shortest form.
const settings = `database: {file: {folder: %q, extension: json}}
delivery:
  prune: {settle: 2s, delay: 500ms}
  sources: [{name: soaked, directory: {path: %q}}]
`

// server is the perseid process.
type server struct {
	perseid, database, log, url string
	cmd                         *exec.Cmd
	ended                       chan struct{} // closed when the process has ended
	err                         error         // how; to be read once it has ended
}

// start starts perseid over a directory and waits until it says where it listens.
func start(perseid, work, dir string) (*server, error) {
	s := &server{perseid: perseid, database: filepath.Join(work, "database"), log: filepath.Join(work, "log"), ended: make(chan struct{})}
	config := filepath.Join(work, "perses.yaml")
	if err := os.WriteFile(config, fmt.Appendf(nil, settings, s.database, dir), 0o600); err != nil {
		return nil, err
	}
	log, err := os.Create(s.log)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	s.cmd = exec.Command(perseid, "serve", "--config", config, "--web.listen-address", "127.0.0.1:0")
	s.cmd.Stdout, s.cmd.Stderr = log, log
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(s.ended)
		s.err = s.cmd.Wait()
	}()
	return s, s.findAddress()
}

var listening = regexp.MustCompile(`msg=serving address=(\S+)`)

func (s *server) findAddress() error {
	for deadline := time.Now().Add(readyWithin); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if s.hasEnded() {
			break
		}
		text, err := os.ReadFile(s.log)
		if err != nil {
			return err
		}
		if found := listening.FindSubmatch(text); found != nil {
			s.url = "http://" + string(found[1])
			return nil
		}
	}
	s.kill()
	return fmt.Errorf("perseid does not listen:\n%s", s.tail())
}

func (s *server) waitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	for {
		if status, _, err := s.fetch("/readyz"); err == nil && status == http.StatusOK {
			return nil
		}
		if !sleep(ctx, 50*time.Millisecond) || s.hasEnded() {
			return errors.New("perseid does not become ready")
		}
	}
}

// fetch is a GET outside of the counted ones.
func (s *server) fetch(path string) (int, []byte, error) {
	client := http.Client{Timeout: time.Minute}
	defer client.CloseIdleConnections()
	answer, err := client.Get(s.url + path)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return answer.StatusCode, body, err
}

// sample is what the process uses at one moment.
type sample struct{ rss, heap, descriptors, goroutines float64 } // MiB, MiB, and counts

func (s *server) sample() (sample, error) {
	proc := fmt.Sprintf("/proc/%d", s.cmd.Process.Pid)
	status, err := os.ReadFile(proc + "/status")
	if err != nil {
		return sample{}, err
	}
	open, err := os.ReadDir(proc + "/fd")
	if err != nil {
		return sample{}, err
	}
	_, metrics, err := s.fetch("/metrics")
	if err != nil {
		return sample{}, err
	}
	return sample{
		rss: after(status, "VmRSS:") / 1024, descriptors: float64(len(open)),
		heap: after(metrics, "go_memstats_heap_inuse_bytes") / (1 << 20), goroutines: after(metrics, "go_goroutines"),
	}, nil
}

// after is the number that follows a word at the start of a line; 0 if there is none.
func after(text []byte, word string) float64 {
	for line := range strings.Lines(string(text)) {
		if words := strings.Fields(line); len(words) > 1 && words[0] == word {
			v, _ := strconv.ParseFloat(words[1], 64)
			return v
		}
	}
	return 0
}

func (s *server) hasEnded() bool {
	select {
	case <-s.ended:
		return true
	default:
		return false
	}
}

// stop asks the process to end, and waits.
func (s *server) stop() error {
	if s.hasEnded() {
		return fmt.Errorf("perseid ended by itself: %w", s.err)
	}
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-s.ended:
		return s.err
	case <-time.After(stopWithin):
		s.kill()
		return fmt.Errorf("perseid does not end within %s", stopWithin)
	}
}

func (s *server) kill() {
	_ = s.cmd.Process.Kill() // it may have ended
	<-s.ended
}

// tail is the end of the log.
func (s *server) tail() string {
	const lines = 20
	text, err := os.ReadFile(s.log)
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

// sleep says whether there is still somebody to go on for.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
