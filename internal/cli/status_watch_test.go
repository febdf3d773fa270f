package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// On a terminal the status is drawn again from the top whenever it changes; elsewhere what changed is a line.
func TestStatusWatch(t *testing.T) {
	dir := t.TempDir()
	source := filepath.Join(dir, "source")
	write := func(text string) {
		if err := os.WriteFile(filepath.Join(source, "project.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(source, 0o700); err != nil {
		t.Fatal(err)
	}
	write("{kind: Project, metadata: {name: demo}, spec: {}}")
	url := startServe(t, "--database", filepath.Join(dir, "db"), source)

	terminal, shown := terminal(t)
	lines := &screen{}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan int, 2)
	for _, e := range []Env{{Stdout: terminal, Stderr: terminal}, {Stdout: lines, Stderr: lines}} {
		go func() { ended <- Run(ctx, []string{"status", "--watch", "--server", url}, e) }()
	}
	state := func() string { return fmt.Sprintf("%q and %q", shown, lines) }
	eventually(t, func() bool {
		return strings.Contains(shown.String(), "ready") && strings.Contains(lines.String(), "is ready at")
	}, state)
	write("{kind: Projekt}")
	eventually(t, func() bool {
		last := strings.LastIndex(shown.String(), clearScreen)
		drawn := shown.String()[max(last, 0):]
		return strings.Contains(drawn, "SOURCE") && strings.Contains(drawn, "degraded") && strings.Contains(drawn, `did you mean "Project"?`)
	}, state)
	eventually(t, func() bool { return strings.Contains(lines.String(), "is degraded at") }, state)
	if strings.Contains(lines.String(), "\x1b") {
		t.Errorf("escapes where there is no terminal: %s", state())
	}
	cancel()
	for range 2 {
		if code := <-ended; code != exitDone {
			t.Errorf("exit code %d: %s", code, state())
		}
	}
}

// terminal is a pseudo terminal, and what is shown on it.
func terminal(t *testing.T) (*os.File, *screen) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no terminals here: %v", err)
	}
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	shown, drained := &screen{}, make(chan struct{})
	go func() {
		defer close(drained)
		buf := make([]byte, 4096)
		for {
			n, err := master.Read(buf)
			if err != nil {
				return // the other end is closed
			}
			_, _ = shown.Write(buf[:n])
		}
	}()
	t.Cleanup(func() {
		file.Close()
		<-drained
		master.Close()
	})
	return file, shown
}
