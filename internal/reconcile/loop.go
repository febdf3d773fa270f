package reconcile

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/resource"
)

// loop reconciles whenever a source or the sink changed, a deletion is due, or somebody asks.
func (r *Reconciler) loop(ctx context.Context) {
	ticker := time.NewTicker(watchSink)
	defer ticker.Stop()
	due := time.NewTimer(r.untilDue())
	defer due.Stop()
	sweep := time.NewTicker(sweepEvery)
	defer sweep.Stop()
	r.sweep()
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.wake:
			r.look(r.takeAll())
		case <-ticker.C:
			r.reconcile(r.sink.Generation(false) != r.generation)
			r.saveIfDue()
			r.refreshReady()
		case <-due.C:
			r.reconcile(r.onDue())
		case <-sweep.C:
			r.sweep()
		case c := <-r.commands:
			c.done <- r.obey(c)
		}
		due.Reset(r.untilDue())
	}
}

// news is what came in since the last look.
type news int

const (
	none   news = iota
	same        // sources were listed and hold what they held
	differ      // something changed
)

func (r *Reconciler) takeAll() news {
	found := none
	for _, f := range r.followers {
		found = max(found, f.take())
	}
	return found
}

// look reconciles if anything came in that could make a difference. A listing like the one before makes none, unless a deletion waits for it,
// the last reconcile failed, or what it wrote may bring about more: then all there is to say is that it was made.
func (r *Reconciler) look(found news) {
	if found == differ {
		r.reconcile(true) // which looks at what is served itself
		return
	}
	waits := r.sink.Generation(true) != r.generation || len(r.pending) > 0 || !r.retry.IsZero() || r.steady < settled
	if found == same && waits {
		r.reconcile(true)
	} else if found == same {
		r.seen()
	}
}

// seen tells everybody that sources were listed, and nothing else.
func (r *Reconciler) seen() {
	now := r.now()
	for _, f := range r.followers {
		f.succeeded(now)
	}
	if r.dirtySince.IsZero() {
		r.dirtySince = now
	}
	r.publish(nil, nil)
}

// reconcile makes one attempt to make what is served equal to what is declared.
func (r *Reconciler) reconcile(changed bool) {
	if !changed {
		return
	}
	start := r.now()
	defer func() { r.observe(r.now().Sub(start)) }()
	for range replans {
		outcome, err := r.attempt()
		if errors.Is(err, ErrChanged) {
			continue
		}
		if err != nil {
			r.log.Error("reconcile", "error", err)
			r.failAll(err)
			return
		}
		r.finish(outcome, start)
		r.steady++
		if r.generation != outcome.generation {
			r.steady = 0
		}
		return
	}
	r.log.Warn("reconcile: what is served keeps changing; trying again later")
	r.generation = 0
}

// finish keeps what the next reconcile needs and tells everybody.
func (r *Reconciler) finish(a attempted, start time.Time) {
	r.mend, r.reformed = a.changes.Mend, false
	r.keepPending(a.changes.Pending)
	now := r.now()
	for i, f := range r.followers {
		f.plannedWith(a.sources[i])
		f.settle(a, now)
		f.ran(a.results[f.name], now, now.Sub(start))
		if f.record(a, now, now.Sub(start)) {
			r.saveSource(f) // a release is to be returned to, whatever happens next
		}
	}
	if r.dirtySince.IsZero() {
		r.dirtySince = now
	}
	r.planRetry(slices.ContainsFunc(r.followers, func(f *follower) bool { return f.err != nil }))
	r.publish(a.set, &a)
	r.report(a, now.Sub(start))
}

// planRetry says when what failed is tried again.
func (r *Reconciler) planRetry(failed bool) {
	if !failed {
		r.retry, r.backoff = time.Time{}, 0
		return
	}
	r.backoff = min(max(2*r.backoff, firstRetry), lastRetry)
	r.retry = r.now().Add(r.backoff)
}

// plannedWith remembers what a reconcile took the source to hold.
func (f *follower) plannedWith(s desired.Source) {
	f.planned = s.Files
	f.dirty = f.dirty || !maps.EqualFunc(f.saved.Gave, s.Gave, slices.Equal)
	f.saved.Gave = s.Gave
}

// settle takes over what a reconcile found about the source.
func (f *follower) settle(a attempted, now time.Time) {
	f.err = a.results[f.name].Err
	f.hold = nil
	if h, ok := a.changes.Holds[f.name]; ok {
		f.hold = &delivery.Hold{ID: h.ID, Reason: h.Reason}
		for _, id := range h.IDs {
			f.hold.Deletions = append(f.hold.Deletions, id.String())
		}
	}
	if !pendingFor(f.name, a.changes.Pending) {
		f.confirmed = ""
	}
	if a.newer[f.name] && f.err == nil {
		f.saved.Pin, f.dirty = nil, true
	}
	if f.snapshot == nil {
		return
	}
	f.dirty = f.saved.see(f.snapshot.Revision) || f.dirty
	f.succeeded(now)
	f.dirty = f.dirty || !slices.Equal(f.saved.Files, f.files) || f.saved.Complete != f.vouched()
	f.saved.Files, f.saved.Complete = f.files, f.vouched()
}

// succeeded notes that the source was read, and is applied.
func (f *follower) succeeded(now time.Time) {
	if f.snapshot == nil || f.err != nil || f.snapshot.Unreadable("") {
		return
	}
	f.saved.LastSuccess = now
	f.dirty = f.dirty || f.saved.Revision != f.snapshot.Revision
	f.saved.Revision = f.snapshot.Revision
}

func pendingFor(name string, pending map[resource.ID]Pending) bool {
	for _, p := range pending {
		if p.Source == name {
			return true
		}
	}
	return false
}

func (r *Reconciler) failAll(err error) {
	for _, f := range r.followers {
		f.err = err
	}
	r.planRetry(true)
	r.publish(nil, nil)
}

// onDue does what time brings; it says whether a reconcile is due.
func (r *Reconciler) onDue() bool {
	r.secondLook()
	expired := r.decisions.expire(r.now())
	if expired {
		if err := r.decisions.save(); err != nil {
			r.log.Warn("save decisions", "error", err)
		}
	}
	retry := isDue(r.retry, r.now()) || isDue(r.mend, r.now())
	return expired || retry
}

// isDue says whether a time has come; zero never does.
func isDue(at, now time.Time) bool { return !at.IsZero() && !now.Before(at) }

// secondLook lists again, once, the sources with deletions that are due (R15).
func (r *Reconciler) secondLook() {
	names := map[string]bool{}
	for id, p := range r.pending {
		if !p.Due.IsZero() && !p.Due.After(r.now()) {
			names[p.Source] = true
			p.Due = time.Time{}
			r.pending[id] = p
		}
	}
	for name := range names {
		r.byName[name].Source.Trigger(false)
	}
}

// untilDue is how long until the next deletion is due, an unlock ends, or what failed is tried again.
func (r *Reconciler) untilDue() time.Duration {
	wait := time.Hour
	sooner := func(at time.Time) {
		if !at.IsZero() {
			wait = min(wait, at.Sub(r.now()))
		}
	}
	for _, p := range r.pending {
		sooner(p.Due)
	}
	for _, u := range r.decisions.Unlocked {
		sooner(u.Until)
	}
	sooner(r.retry)
	sooner(r.mend)
	return max(wait, time.Millisecond)
}

func (r *Reconciler) saveSource(f *follower) {
	if !f.dirty {
		return
	}
	if err := f.memory.SaveJSON(f.saved); err != nil {
		r.log.Warn("save the last set of a source", "source", f.name, "error", err)
		return
	}
	f.dirty = false
}
