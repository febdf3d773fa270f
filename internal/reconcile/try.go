package reconcile

import (
	"fmt"
	"slices"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/problem"
)

// tryable says whether what a command would change can be told without doing it.
func tryable(c delivery.Command) bool {
	verbs := []delivery.Verb{delivery.Rollback, delivery.Forget, delivery.Reconcile, delivery.Confirm, delivery.Resume, delivery.Unpin}
	if c.Kind != "" {
		verbs = []delivery.Verb{delivery.Rollback}
	}
	return slices.Contains(verbs, c.Verb)
}

// try plans as if a command to a source had been carried out, and leaves everything as it was.
func (r *Reconciler) try(f *follower, c delivery.Command) answer {
	pinned, suspended, confirmed := f.saved.Pin, f.saved.Suspended, f.confirmed
	defer func() { f.saved.Pin, f.saved.Suspended, f.confirmed = pinned, suspended, confirmed }()
	if err := f.pretend(c); err != nil {
		return answer{err: err}
	}
	return r.preview()
}

// pretend puts the source into the state in which a command would leave it.
func (f *follower) pretend(c delivery.Command) error {
	switch c.Verb {
	case delivery.Rollback:
		rel, err := f.target(c.Revision)
		if err != nil {
			return err
		}
		f.saved.Pin = &pin{Pin: delivery.Pin{Revision: rel.Revision}, Files: rel.Files}
	case delivery.Unpin:
		if f.saved.Pin == nil {
			return f.notPinned()
		}
		f.saved.Pin = nil
	case delivery.Resume:
		f.saved.Suspended = time.Time{}
	case delivery.Confirm:
		f.confirmed = c.ID
		return f.holds(c.ID)
	case delivery.Reconcile:
	default:
		return problem.New(problem.NotFound, fmt.Sprintf("sources know no command %q", c.Verb))
	}
	return nil
}
