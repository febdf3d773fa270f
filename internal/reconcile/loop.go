package reconcile

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/source"
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
			r.reconcile(r.takeAll())
		case <-ticker.C:
			r.reconcile(r.sink.Generation() != r.generation)
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

func (r *Reconciler) takeAll() bool {
	changed := false
	for _, f := range r.followers {
		changed = f.take() || changed
	}
	return changed
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
		return
	}
	r.log.Warn("reconcile: what is served keeps changing; trying again later")
	r.generation = 0
}

// attempted is what one attempt saw and did.
type attempted struct {
	have    map[resource.ID]desired.Have
	set     *desired.Set
	changes Changes
	results map[string]Result
	// newer are the sources whose --until-newer pin gives way to what they offer now.
	newer map[string]bool
	// refused are the rows of what sources with such a pin offered in vain.
	refused []desired.Row
}

func (r *Reconciler) attempt() (attempted, error) {
	r.generation = r.sink.Generation()
	a, err := r.plan(r.newer())
	if err != nil {
		return a, err
	}
	a.results, err = r.apply(a.changes)
	r.contents.settle()
	return a, err
}

// plan decides what is to be served and what that changes. Sources in newer take part with what they offer instead of what
// they are pinned to, unless it is not valid.
func (r *Reconciler) plan(newer map[string]bool) (attempted, error) {
	a := attempted{newer: newer}
	var err error
	if a.have, err = r.sink.Have(); err != nil {
		return a, err
	}
	pinned := r.pinned()
	for {
		sources := r.sources(a.newer)
		r.contents.fill(sources)
		a.set = desired.Build(desired.Input{
			Sources: sources, Contents: r.contents.get, Have: a.have, Pinned: pinned, Adopt: r.o.Adopt, CreateProjects: r.o.CreateProjects,
		})
		if !a.giveUp() {
			break
		}
	}
	a.changes = Plan(a.have, a.set, r.guard(a.newer))
	return a, nil
}

// giveUp takes out of newer what proved invalid; it says whether there was any.
func (a *attempted) giveUp() bool {
	found := false
	for name := range a.newer {
		if a.set.Invalid[name] == 0 {
			continue
		}
		for _, row := range a.set.Rows {
			if row.Source == name && row.Outcome != "" {
				a.refused = append(a.refused, row)
			}
		}
		delete(a.newer, name)
		found = true
	}
	return found
}

func (r *Reconciler) newer() map[string]bool {
	out := map[string]bool{}
	for _, f := range r.followers {
		if f.newer() {
			out[f.name] = true
		}
	}
	return out
}

// sources is each source's part in a build; one that was never read takes part with its persisted last set (R7).
func (r *Reconciler) sources(newer map[string]bool) []desired.Source {
	var out []desired.Source
	for _, f := range r.followers {
		s := desired.Source{
			Name: f.name, Priority: f.Priority, OnInvalid: f.OnInvalid, Files: f.files, Suspended: !f.saved.Suspended.IsZero(),
		}
		p, _ := f.serving()
		switch {
		case p != nil && !newer[f.name]:
			s.Files = p.Files
		case f.snapshot != nil:
			s.Unread = f.snapshot.Unread
		default:
			s.Unread = []source.Unread{{Reason: "not read yet"}}
		}
		out = append(out, s)
	}
	return out
}

func (r *Reconciler) guard(newer map[string]bool) Guard {
	g := Guard{
		Now: r.now(), Sources: map[string]SourceGuard{}, Recent: r.history.recent(r.now()), Pending: r.pending,
		Unlocked: r.decisions.unlocked(r.now()), Reformed: r.reformed,
	}
	for _, f := range r.followers {
		g.Order = append(g.Order, f.name)
		g.Sources[f.name] = f.guard(newer[f.name])
	}
	return g
}

// guard is what a plan must know of the source. An explicit rollback is believed (R13).
func (f *follower) guard(newer bool) SourceGuard {
	g := SourceGuard{Disabled: f.PruneOff, Delay: f.PruneDelay, Settle: f.Settle, Confirmed: f.confirmed, Empty: len(f.files) == 0}
	if p, _ := f.serving(); p != nil && !newer {
		g.Readable, g.Settled, g.Complete = true, true, true
		return g
	}
	if s := f.snapshot; s != nil {
		g.Readable = !s.Unreadable("")
		g.Settled, g.Complete, g.Scan = s.Settled, s.Complete, s.At
	}
	return g
}

// finish keeps what the next reconcile needs and tells everybody.
func (r *Reconciler) finish(a attempted, start time.Time) {
	r.pending, r.reformed = a.changes.Pending, false
	now := r.now()
	for _, f := range r.followers {
		f.settle(a, now)
		f.record(a, now, now.Sub(start))
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
	if f.err == nil && !f.snapshot.Unreadable("") {
		f.saved.LastSuccess = now
		f.dirty = f.dirty || f.saved.Revision != f.snapshot.Revision
		f.saved.Revision = f.snapshot.Revision
	}
	f.dirty = f.dirty || !slices.Equal(f.saved.Files, f.files)
	f.saved.Files = f.files
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
	retry := !r.retry.IsZero() && !r.now().Before(r.retry)
	return expired || retry
}

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
	return max(wait, time.Millisecond)
}

// save writes the caches that make the next start cheap. Losing them costs work, not correctness.
func (r *Reconciler) save() {
	r.dirtySince = time.Time{}
	for _, f := range r.followers {
		if !f.dirty {
			continue
		}
		if err := f.memory.SaveJSON(f.saved); err != nil {
			r.log.Warn("save the last set of a source", "source", f.name, "error", err)
			continue
		}
		f.dirty = false
	}
	if err := r.contents.save(); err != nil {
		r.log.Warn("save findings", "error", err)
	}
}

func (r *Reconciler) saveIfDue() {
	if !r.dirtySince.IsZero() && r.now().Sub(r.dirtySince) >= saveAfter {
		r.save()
	}
}

// sweep forgets contents that nothing needs any more: no file, no resource, no release, no version.
func (r *Reconciler) sweep() {
	have, err := r.sink.Have()
	if err != nil {
		return // what cannot be seen may be needed
	}
	needed := map[source.Digest]bool{}
	for _, f := range r.followers {
		f.needs(needed)
	}
	for _, h := range have {
		if h.Mark != nil {
			needed[h.Mark.Digest] = true
		}
	}
	for _, rec := range r.history.records {
		needed[rec.Digest] = true
	}
	for _, p := range r.decisions.Pinned {
		needed[p.Record.Digest] = true
	}
	if err := r.objects.Retain(func(d source.Digest) bool { return needed[d] }); err != nil {
		r.log.Warn("forget contents that nothing needs", "error", err)
	}
}

// needs adds the contents of the source's files, now and in its releases.
func (f *follower) needs(needed map[source.Digest]bool) {
	lists := [][]source.File{f.files, f.saved.Files}
	for _, rel := range f.saved.Releases {
		lists = append(lists, rel.Files)
	}
	if f.saved.Pin != nil {
		lists = append(lists, f.saved.Pin.Files)
	}
	for _, files := range lists {
		for _, file := range files {
			needed[file.Digest] = true
		}
	}
}

func sortFiles(files []source.File) {
	slices.SortFunc(files, func(a, b source.File) int { return strings.Compare(a.Path, b.Path) })
}
