package server

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/perseid-dev/perseid/internal/seal"
)

var (
	modelSteps  = flag.Int("model.steps", 300, "steps of each run of the model test")
	modelSeeds  = flag.Int("model.seeds", 2, "runs of the model test")
	modelEffort = flag.Int("model.effort", 150_000, "how many steps to spend on finding a shorter failure")
	modelFirst  = flag.Uint64("model.first", 1, "seed of the first run of the model test")
)

// TestModel runs random steps through a Reconciler over a real database and through the model of the rules, and compares the two after
// each of them: what is served, who owns it, and the status.
func TestModel(t *testing.T) {
	runModel(t, false)
}

// TestModelWithFaults is the same on a disk on which single steps of writes fail or come short, and which now and then is full for a while:
// as soon as it is well again everything is as if it always had been.
func TestModelWithFaults(t *testing.T) {
	runModel(t, true)
}

func runModel(t *testing.T, faults bool) {
	for n := range *modelSeeds {
		seed := *modelFirst + uint64(n)
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			c := &chance{Rand: rand.New(rand.NewPCG(seed, 0)), faults: faults}
			steps := make([]step, *modelSteps)
			if faults {
				steps = steps[:(len(steps)+1)/2] // each costs twice as much
			}
			for i := range steps {
				steps[i] = c.step()
			}
			at, difference := run(t, steps)
			if difference == "" {
				return
			}
			steps = shrink(t, steps[:at+1])
			at, difference = run(t, steps)
			t.Errorf("seed %d, shrunk to:\n%s\nstep %d: %s", seed, listing(steps), at+1, difference)
		})
	}
}

func listing(steps []step) string {
	var lines []string
	for i, s := range steps {
		lines = append(lines, fmt.Sprintf("%3d. %s", i+1, s))
	}
	return strings.Join(lines, "\n")
}

// run does the steps on an empty database and returns the first that ends in a difference.
func run(t *testing.T, steps []step) (at int, difference string) {
	key, err := seal.NewKey([]byte(strings.Repeat("k", seal.KeySize)))
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	ahead := time.Now().Add(time.Hour)
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(ahead)) // the timestamps of files are real, and must lie in the past
		tr := newTrial(t, filepath.Join(dir, "db"), key)
		tr.start()
		defer tr.close()
		for at = range steps {
			if difference = tr.do(steps[at]); difference != "" {
				return
			}
		}
		difference = tr.opens()
	})
	return at, difference
}

// shrink leaves out what the failure does not need.
func shrink(t *testing.T, steps []step) []step {
	left := *modelEffort
	for size := len(steps) / 2; size > 0; size /= 2 {
		for from := 0; from+size <= len(steps) && left > 0; {
			shorter := slices.Concat(steps[:from], steps[from+size:])
			left -= len(shorter)
			if at, difference := run(t, shorter); difference != "" {
				steps = shorter[:at+1]
			} else {
				from += size
			}
		}
	}
	return steps
}
