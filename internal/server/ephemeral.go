package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/store"
)

// ephemeral is the kind that removes itself. No source can hold one, so nothing here asks who owns it.
const ephemeral = "EphemeralDashboard"

// sweeper removes ephemeral dashboards that outlived their ttl (contracts: perses.md §1.6).
type sweeper struct {
	db  *store.Store
	log *slog.Logger
}

// run sweeps now and then at every interval, until ctx ends.
func (s sweeper) run(ctx context.Context, interval time.Duration) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		if removed, err := s.sweep(time.Now()); err != nil {
			s.log.Error("remove ephemeral dashboards", "removed", removed, "error", err)
		} else if removed > 0 {
			s.log.Info("removed ephemeral dashboards that expired", "removed", removed)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// sweep removes what has expired. One that cannot be removed does not keep the others.
func (s sweeper) sweep(now time.Time) (removed int, err error) {
	listing, err := s.db.List(ephemeral, "", "")
	if err != nil {
		return 0, err
	}
	entries := listing.Entries
	listing.Close()
	var errs []error
	for _, e := range entries {
		gone, err := s.remove(e, now)
		switch {
		case gone:
			removed++
		case errors.Is(err, store.ErrReplaced) || problem.ClassOf(err) == problem.NotFound: // written or removed since: it is another's
		case err != nil:
			errs = append(errs, fmt.Errorf("%s: %w", e.ID, err))
		}
	}
	return removed, errors.Join(errs...)
}

// remove removes a dashboard that has expired, if it still is what was looked at.
func (s sweeper) remove(seen *store.Entry, now time.Time) (bool, error) {
	r, err := s.db.Read(seen)
	if err != nil || !expired(r, now) {
		return false, err
	}
	err = s.db.Delete(seen.ID, func(current *store.Entry) error {
		if current == nil || current.ETag != seen.ETag {
			return store.ErrReplaced
		}
		return nil
	})
	return err == nil, err
}

// expired says whether a dashboard has lived, since it was last written, for longer than its ttl. Without one it has none: Perses
// takes such a dashboard, and removes it at the next occasion. A ttl that cannot be read, which only another program can have
// written, keeps it.
func expired(r *resource.Resource, now time.Time) bool {
	ttl := time.Duration(0)
	if text := r.Spec.Str("ttl"); text != "" {
		var err error
		if ttl, err = resource.ParseDuration(text); err != nil {
			return false
		}
	}
	return r.Metadata.UpdatedAt.Add(ttl).Before(now)
}
