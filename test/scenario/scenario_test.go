// Package scenario proves the rules of delivery from outside: the real program as a process, real files, signals, HTTP, commands.
//
// Three ideas. A scenario is named after the rule it proves and tells a story that once cost somebody their dashboards. What must never
// happen is watched all along, by somebody who keeps asking while the story goes on, and not only looked for at its end. `go test` tells the
// stories with shortened waits, side by side; -full (`make scenario`) at the length at which they happen, with the waits that people get.
//
// It knows nothing of how the rules are kept. What can be seen from inside one package is that package's test.
package scenario

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	// The result of a test is kept until what it imports changes; the program is built from this.
	_ "github.com/perseid-dev/perseid/internal/cli"
)

var (
	full   = flag.Bool("full", false, "tell the scenarios at full length, with the waits that people get")
	binary = flag.String("perseid", "", "the program, built before (default: built now, once for all scenarios)")
)

// Waits of the short form; those of the full form are the program's own.
const (
	quickSettle = 400 * time.Millisecond
	quickDelay  = 100 * time.Millisecond
)

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "perseid-scenario-")
	if err == nil {
		defer os.RemoveAll(dir)
		err = errors.Join(buildProgram(dir), sideBySide())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// buildProgram builds it as the test is built: with the race detector or without.
func buildProgram(dir string) error {
	if *binary != "" {
		return nil
	}
	if err := os.Chmod(dir, 0o755); err != nil { // others run it too
		return err
	}
	*binary = filepath.Join(dir, "perseid")
	args := []string{"build", "-o", *binary}
	if raced {
		args = append(args, "-race")
	}
	build := exec.Command("go", append(args, "github.com/perseid-dev/perseid/cmd/perseid")...)
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build the program: %w\n%s", err, out)
	}
	return nil
}

// sideBySide lets more scenarios run at once than there are processors, unless -parallel says otherwise: nearly all they do is wait.
func sideBySide() error {
	for _, arg := range os.Args {
		if strings.HasPrefix(arg, "-test.parallel") {
			return nil
		}
	}
	return flag.Set("test.parallel", "12")
}

// length is how long something takes in the short and in the full form.
func length[T any](short, whole T) T {
	if *full {
		return whole
	}
	return short
}

// settle and delay are what a deletion has to wait for (R15).
func settle() time.Duration { return length(quickSettle, 30*time.Second) }

func delay() time.Duration { return length(quickDelay, 2*time.Second) }

// patience is how long something that should happen soon may take.
func patience() time.Duration { return settle() + delay() + 25*time.Second }
