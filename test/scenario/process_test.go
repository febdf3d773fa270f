package scenario

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// stopWithin bounds how long a process may take to end in order.
const stopWithin = 30 * time.Second

// process is one running program.
type process struct {
	cmd   *exec.Cmd
	log   *journal
	ended chan struct{} // closed when it has ended and its log is whole
	err   error         // how it ended
}

// launch starts the program, as a certain user or (nil) as who runs the test. It is killed with the test at the latest.
func launch(t *testing.T, user *syscall.Credential, environ []string, args ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(*binary, args...), log: &journal{}, ended: make(chan struct{})}
	p.cmd.Env, p.cmd.SysProcAttr = environ, &syscall.SysProcAttr{Credential: user}
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.ended)
		p.err = p.cmd.Wait()
	}()
	t.Cleanup(p.kill)
	return p
}

// environ is this process' environment without what would configure the program.
func environ() []string {
	var out []string
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "PERSES_") && !strings.HasPrefix(variable, "PERSEID_") {
			out = append(out, variable)
		}
	}
	return out
}

// kill ends the process as the kernel does when memory runs out.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.ended
}

// exit waits for the process to end and returns its exit code; -1 if a signal ended it.
func (p *process) exit(t *testing.T) int {
	t.Helper()
	select {
	case <-p.ended:
	case <-time.After(stopWithin):
		t.Fatalf("the process has not ended within %s", stopWithin)
	}
	if exit := (*exec.ExitError)(nil); p.err != nil && !errors.As(p.err, &exit) {
		t.Fatal(p.err)
	}
	return p.cmd.ProcessState.ExitCode()
}

// stop asks the process to end, and wants it to end well.
func (p *process) stop(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatalf("stop: %v; the process has ended already\n%s", err, p.log.tail(30))
	}
	if code := p.exit(t); code != 0 {
		t.Fatalf("the process ends with exit code %d\n%s", code, p.log.tail(30))
	}
}

var address = regexp.MustCompile(`"address":"(127\.0\.0\.1:\d+)"`)

// address is where the process listens, as it says in its log; "" while it does not.
func (p *process) address() string {
	if m := address.FindStringSubmatch(p.log.String()); m != nil {
		return m[1]
	}
	return ""
}

func (p *process) hasEnded() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// journal keeps what a process prints.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

func (j *journal) tail(n int) string {
	lines := strings.Split(strings.TrimSpace(j.String()), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
