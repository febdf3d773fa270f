package reconcile

import (
	"errors"
	"syscall"
	"time"
)

// releasesSpared is how many releases a source keeps when the disk is full: the one that is served and the one before.
const releasesSpared = 2

// applyOrMakeRoom applies a batch; if the disk is full, once more with less history (R22).
func (r *Reconciler) applyOrMakeRoom(s SourceChanges) error {
	err := r.applySource(s)
	if errors.Is(err, syscall.ENOSPC) && r.makeRoom() {
		r.log.Warn("the disk is full: older history is gone, trying again", "source", s.Source)
		return r.applySource(s)
	}
	return err
}

// makeRoom forgets the older half of history and all but the last releases; it says whether there was anything to forget.
func (r *Reconciler) makeRoom() bool {
	forgot := r.history.halve(r.now())
	for _, f := range r.followers {
		if n := len(f.saved.Releases) - releasesSpared; n > 0 {
			f.saved.Releases, f.dirty, forgot = f.saved.Releases[n:], true, true
		}
	}
	if forgot {
		r.sweep()
	}
	return forgot
}

// halve drops the older half of the records; it says whether there were any. That the log cannot be rewritten on a full disk does no harm.
func (h *history) halve(now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := (len(h.records) + 1) / 2
	h.records = append([]Record(nil), h.records[n:]...)
	h.forgetOld(now)
	_ = h.rewrite()
	return n > 0
}
