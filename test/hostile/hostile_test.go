// Package hostile puts the real program, as a process, under what clients can do to it by their number: connections that only wait,
// more of them than the process has descriptors, lists of ten thousand items to many slow readers, bodies made to take memory.
//
// Two ideas. What is measured is the process as the system sees it: its resident memory, its descriptors. And while it is tried
// somebody else goes on asking, and has to be answered. `go test` does so in small; -full (`make hostile`) in full size, and says the figures.
//
// What single requests can do is tested in package server.
package hostile

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	// The result of a test is kept until what it imports changes; the program is built from this.
	_ "github.com/perseid-dev/perseid/internal/cli"
	"github.com/perseid-dev/perseid/test/input"
)

var (
	full   = flag.Bool("full", false, "try everything in full size")
	binary = flag.String("perseid", "", "the program, built before (default: built now)")
)

// patience is how long anything may take: the first load of ten thousand waits for the disk twenty thousand times.
const patience = 10 * time.Minute

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "perseid-hostile-")
	if err == nil {
		defer os.RemoveAll(dir)
		err = buildProgram(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

func buildProgram(dir string) error {
	if *binary != "" {
		return nil
	}
	*binary = filepath.Join(dir, "perseid")
	args := []string{"build", "-o", *binary}
	if raced {
		args = append(args, "-race")
	}
	if out, err := exec.Command("go", append(args, "github.com/perseid-dev/perseid/cmd/perseid")...).CombinedOutput(); err != nil {
		return fmt.Errorf("build the program: %w\n%s", err, out)
	}
	return nil
}

// size is how much of something there is in the small and in the full form.
func size(small, whole int) int {
	if *full {
		return whole
	}
	return small
}

// server is the program, serving generated dashboards.
type server struct {
	t       testing.TB
	cmd     *exec.Cmd
	address string
}

// serve starts the program over a number of dashboards, with a limit of descriptors unless that is zero.
func serve(t testing.TB, dashboards, descriptors int) *server {
	t.Helper()
	dir := t.TempDir()
	source := filepath.Join(dir, "src")
	if _, err := input.Write(source, "json", dashboards); err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	command := `exec "$0" "$@"`
	if descriptors > 0 {
		command = fmt.Sprintf("ulimit -n %d; %s", descriptors, command)
	}
	s := &server{t: t, cmd: exec.Command("sh", "-c", command, *binary, "serve", "--database", filepath.Join(dir, "db"),
		"--web.listen-address", "127.0.0.1:0", source)}
	s.cmd.Stdout, s.cmd.Stderr = log, log
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = s.cmd.Process.Signal(os.Interrupt) // it may have ended
		if err := s.cmd.Wait(); err != nil || t.Failed() {
			text, _ := os.ReadFile(log.Name())
			t.Errorf("the server ended with %v\n%.5000s", err, text)
		}
	})
	address := regexp.MustCompile(`msg=serving address=(\S+)`)
	s.eventually("it serves", func() bool {
		text, err := os.ReadFile(log.Name())
		if found := address.FindSubmatch(text); err == nil && found != nil {
			s.address = string(found[1])
		}
		return s.address != ""
	})
	s.eventually("it is ready", func() bool { status, _ := s.get("/readyz"); return status == http.StatusOK })
	return s
}

func (s *server) eventually(what string, holds func() bool) {
	s.t.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatalf("not within %s: %s", patience, what)
		}
	}
}

// get asks on a connection of its own; status 0 is no answer.
func (s *server) get(path string) (status, length int) {
	return s.do(http.MethodGet, path, "")
}

func (s *server) do(method, path, body string) (status, length int) {
	request, err := http.NewRequest(method, "http://"+s.address+path, strings.NewReader(body))
	if err != nil {
		s.t.Error(err)
		return 0, 0
	}
	request.Header.Set("Content-Type", "application/json")
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
	answer, err := client.Do(request)
	if err != nil {
		return 0, 0
	}
	defer answer.Body.Close()
	n, err := io.Copy(io.Discard, answer.Body)
	if err != nil {
		return 0, int(n)
	}
	return answer.StatusCode, int(n)
}

func (s *server) dial() (net.Conn, error) {
	c, err := net.DialTimeout("tcp", s.address, patience)
	if err == nil {
		err = c.SetDeadline(time.Now().Add(patience))
	}
	return c, err
}

// memory is a row of /proc/PID/status in kB: VmRSS is what is resident now, VmHWM what was at the most.
func (s *server) memory(row string) int {
	s.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if errors.Is(err, os.ErrNotExist) {
		s.t.Skip("no /proc on this system")
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, row+":"); ok {
			n, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")))
			if err != nil {
				s.t.Fatal(err)
			}
			return n
		}
	}
	s.t.Fatalf("no %s in %s", row, text)
	return 0
}

// within says a figure, and wants it to be within a bound. With the race detector memory says nothing.
func (s *server) within(what string, kB, most int) {
	s.t.Helper()
	s.t.Logf("%s: %d kB, at most %d", what, kB, most)
	if kB > most && !raced {
		s.t.Errorf("%s: %d kB, want %d at most", what, kB, most)
	}
}

func (s *server) descriptors() int {
	s.t.Helper()
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", s.cmd.Process.Pid))
	if err != nil {
		s.t.Skip(err)
	}
	return len(entries)
}
