package dir

import (
	"context"
	"time"

	"github.com/perseid-dev/perseid/internal/pace"
	"github.com/perseid-dev/perseid/internal/source"
	"github.com/perseid-dev/perseid/internal/watch"
)

// A listing that met something that passes by itself (a file that kept changing, a full disk) is repeated.
const (
	firstRetry = time.Second
	lastRetry  = 30 * time.Second
	// saveAfter is how long fingerprints may be behind what is saved of them; losing some costs reading those files again.
	saveAfter = 3 * time.Second
)

// run is one call of Run. Everything in it belongs to that call's goroutine.
type run struct {
	*Source
	deliver func(*source.Snapshot)
	known   stored
	pace    pace.Pace
	quiet   quiet
	retry   time.Time // when to repeat a listing; zero for not at all
	delay   time.Duration
	doubt   time.Time        // since when the index is wrong or gone; zero if it is not
	asked   bool             // somebody waits for a snapshot
	unsaved time.Time        // since when known differs from what is saved; zero if it does not
	indexed bool             // the last listing had an index
	last    *source.Snapshot // delivered last
}

func newRun(s *Source, deliver func(*source.Snapshot)) *run {
	r := &run{Source: s, deliver: deliver, pace: pace.Pace{Delays: pace.Delivery()}, quiet: quiet{settle: s.o.Settle}}
	r.known = recall(s.o)
	return r
}

func (r *run) loop(ctx context.Context) error {
	var hints <-chan struct{}
	if r.o.Watch {
		w := watch.Tree(watch.Options{Root: r.o.Root, Skip: skipWatch, Log: r.o.Log})
		defer w.Close()
		hints = w.Hints()
	}
	interval := time.NewTicker(r.o.Interval)
	defer interval.Stop()
	timer := time.NewTimer(0)
	defer timer.Stop()
	defer r.save()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-hints:
			r.pace.Event(time.Now())
		case <-r.Called():
			r.list(ctx, true)
		case <-interval.C:
			r.list(ctx, true)
		case <-timer.C:
			r.wake(ctx)
		}
		timer.Stop()
		if due := r.next(); !due.IsZero() {
			timer.Reset(time.Until(due))
		}
	}
}

// next is when the next listing is due on its own account; zero for never.
func (r *run) next() time.Time {
	due := pace.Earlier(r.pace.Due(), pace.Earlier(r.retry, r.quiet.due()))
	if !r.unsaved.IsZero() {
		due = pace.Earlier(due, r.unsaved.Add(saveAfter))
	}
	return due
}

// wake does what the time has come for.
func (r *run) wake(ctx context.Context) {
	if !r.unsaved.IsZero() && time.Since(r.unsaved) >= saveAfter {
		r.save()
		return // a listing that is due too wakes us at once
	}
	r.list(ctx, false)
}

// list makes a listing and delivers it if it is asked for or says something new.
func (r *run) list(ctx context.Context, asked bool) {
	r.pace.Started()
	r.asked = r.asked || asked
	l := r.consistent(ctx, r.Full())
	if ctx.Err() != nil {
		return
	}
	before := r.known.Indexed
	r.remember(l)
	l.vouch(r.o, before)
	if r.doubts(l) {
		return
	}
	s := l.snapshot(r.o)
	changed := r.last == nil || !r.last.Same(s)
	r.settle(l, changed)
	s.Settled = l.settled(r.quiet.settled)
	r.planRetry(l.transient)
	if r.asked || changed || r.last.Settled != s.Settled {
		r.last, r.asked = s, false
		r.deliver(s)
	}
}

// settle follows how quiet the tree is. Where an index has gone, its word is gone with it, and quiet counts from now.
func (r *run) settle(l *listing, changed bool) {
	if l.lost || r.indexed && l.index == nil {
		r.quiet.lost()
	}
	if !l.lost {
		r.quiet.listed(l.started, l.place, changed)
	}
	r.indexed = l.index != nil
}

// doubts says whether to look again before anybody is told that the directory is not what its index says, or has lost it: a writer
// that puts down file after file makes it so in between.
func (r *run) doubts(l *listing) bool {
	now := time.Now()
	lostIndex := r.indexed && l.index == nil && !l.lost
	switch {
	case !l.refused && !lostIndex:
		r.doubt = time.Time{}
		return false
	case r.doubt.IsZero():
		r.doubt = now
	case now.Sub(r.doubt) >= pace.Longest:
		return false
	}
	r.retry = now.Add(pace.Last)
	return true
}

// consistent lists until the links that the listing stands on are the same after it as before.
func (r *run) consistent(ctx context.Context, full bool) *listing {
	known := r.known.Files
	if full {
		known = memory{}
	}
	const attempts = 3
	for range attempts {
		l := list(ctx, r.o, known)
		if l.lost || l.stands() || ctx.Err() != nil {
			return l
		}
		known = l.known
	}
	l := newListing(r.o)
	l.lose("the directory keeps being replaced while it is listed")
	return l
}

func (r *run) planRetry(transient bool) {
	if !transient {
		r.retry, r.delay = time.Time{}, 0
		return
	}
	r.delay = min(max(2*r.delay, firstRetry), lastRetry)
	r.retry = time.Now().Add(r.delay)
}

// remember keeps what changed of the fingerprints, and whether there ever was an index. That is saved a little later: it costs what a listing
// costs, and whoever waits for a change should not wait for it.
func (r *run) remember(l *listing) {
	if l.known == nil {
		return
	}
	known := r.known
	known.Files = l.known
	known.Indexed = known.Indexed || l.index != nil || l.fault != ""
	if r.known.equal(known) {
		return
	}
	if r.known.Indexed != known.Indexed {
		defer r.save() // not to be forgotten: an empty directory means something else then
	}
	r.known = known
	if r.unsaved.IsZero() {
		r.unsaved = time.Now()
	}
}

// save writes down what is known, if that is not done.
func (r *run) save() {
	if r.unsaved.IsZero() {
		return
	}
	r.unsaved = time.Time{}
	if err := r.known.save(r.o.Memory); err != nil {
		r.o.Log.Warn("fingerprints are not saved; every file is read after the next start", "source", r.o.Name, "error", err)
	}
}
