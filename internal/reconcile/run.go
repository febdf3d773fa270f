package reconcile

import (
	"slices"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
)

// runsKept bounds how many of a source's runs are remembered.
const runsKept = 50

// ran remembers a run that changed something.
func (f *follower) ran(result Result, now time.Time, took time.Duration) {
	changes := map[string]int{}
	for action, n := range result.Counts {
		if verb := verbs[action]; verb != "" && n > 0 {
			changes[verb] = n
		}
	}
	if len(changes) == 0 || result.Err != nil {
		return
	}
	run := delivery.Run{At: now, Revision: f.saved.Revision, Seconds: took.Seconds(), Changes: changes}
	if p, _ := f.serving(); p != nil {
		run.Revision = p.Revision
	}
	switch rel := f.findRelease(run.Revision); {
	case rel != nil:
		run.Version = rel.Version
	case f.snapshot != nil && f.snapshot.Revision == run.Revision:
		run.Version = f.snapshot.Version // it is to be a release
	}
	f.saved.Runs = append(f.saved.Runs, run)
	f.saved.Runs = f.saved.Runs[max(0, len(f.saved.Runs)-runsKept):]
	f.dirty = true
}

// runs is what history tells of them, newest first.
func (f *follower) runs() []delivery.Run {
	out := slices.Clone(f.saved.Runs)
	slices.Reverse(out)
	return out
}
