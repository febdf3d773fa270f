// Package fault makes disks of which one step goes wrong, for tests of what writes files.
//
// A step is what an atomicfile.Disk is asked about. Each counts, so that a test can let every one of them go wrong in turn, in each way:
// it fails, a write comes short, the process dies before it or in its middle. After a death no step is done any more, not even those that
// an error is followed by: what lies on the disk then is what a killed process leaves, and opening it again is the restart.
//
// It shows what a killed process leaves, and not what a power cut does: what was written counts as there, synced or not.
package fault

import (
	"fmt"
	"os"
	"sync"
	"syscall"
	"testing"

	"github.com/perseid-dev/perseid/internal/atomicfile"
)

// Way is how a step goes wrong.
type Way int

// The ways. ComesShort and DiesShort are of writes; other steps then fail or die whole.
const (
	Fails Way = iota
	ComesShort
	Dies
	DiesShort
	ways
)

// Disk lets one step go wrong, once it is armed. It is safe for concurrent use.
type Disk struct {
	At  int // the step, counted from when it was armed
	Way Way
	Err error // what the system says; nil means that the disk is full

	mu    sync.Mutex
	armed bool
	steps []string
}

// Arm lets steps count from now, from 0 again.
func (d *Disk) Arm() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.armed, d.steps = true, nil
}

// Rest lets every step be done again, until the disk is armed anew.
func (d *Disk) Rest() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.armed = false
}

// Reached says whether so many steps were met that one went wrong, since it was armed last.
func (d *Disk) Reached() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.steps) > d.At
}

// Ask is an atomicfile.Disk.
func (d *Disk) Ask(step, _ string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.armed {
		return nil
	}
	n := len(d.steps)
	d.steps = append(d.steps, step)
	switch {
	case n < d.At, n > d.At && d.Way < Dies:
		return nil
	case n == d.At && (d.Way == ComesShort || d.Way == DiesShort):
		return fmt.Errorf("%w: %w", atomicfile.ErrShort, d.reason())
	}
	return d.reason()
}

func (d *Disk) reason() error {
	if d.Err == nil {
		return syscall.ENOSPC
	}
	return d.Err
}

// String says what went wrong.
func (d *Disk) String() string {
	what := [...]string{"fails", "comes short", "is where the process dies", "is in whose middle the process dies"}[d.Way]
	if d.At < len(d.steps) {
		return fmt.Sprintf("step %d (%s) %s", d.At, d.steps[d.At], what)
	}
	return fmt.Sprintf("step %d %s", d.At, what)
}

// Each runs something once for each step it has, and each way in which that can go wrong.
func Each(t *testing.T, run func(*Disk)) {
	t.Helper()
	at := 0
	for ; !t.Failed(); at++ {
		d := &Disk{At: at}
		if run(d); !d.Reached() {
			break
		}
		for way := Fails + 1; way < ways; way++ {
			if way == Dies || d.steps[at] == atomicfile.StepWrite {
				run(&Disk{At: at, Way: way})
			}
		}
	}
	if at < 2 {
		t.Errorf("only %d steps", at)
	}
}

// Dir is a directory of a file system that is quick to sync, where there is one: what is tested is what is done, not how long it takes.
func Dir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "perseid-test-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}
