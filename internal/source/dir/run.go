package dir

import (
	"context"
	"slices"
	"time"

	"github.com/perseid-dev/perseid/internal/source"
	"github.com/perseid-dev/perseid/internal/watch"
)

// A listing that met something that passes by itself (a file that kept changing, a full disk) is repeated.
const (
	firstRetry = time.Second
	lastRetry  = 30 * time.Second
)

// run is one call of Run. Everything in it belongs to that call's goroutine.
type run struct {
	*Source
	deliver func(*source.Snapshot)
	known   memory
	pace    pace
	quiet   quiet
	retry   time.Time // when to repeat a listing; zero for not at all
	delay   time.Duration
	last    *source.Snapshot // delivered last
}

func newRun(s *Source, deliver func(*source.Snapshot)) *run {
	r := &run{Source: s, deliver: deliver, quiet: quiet{settle: s.o.Settle}}
	r.known = loadMemory(s.o)
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
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-hints:
			r.pace.event(time.Now())
		case <-r.trigger:
			r.list(ctx, true)
		case <-interval.C:
			r.list(ctx, true)
		case <-timer.C:
			r.list(ctx, false)
		}
		timer.Stop()
		if due := r.next(); !due.IsZero() {
			timer.Reset(time.Until(due))
		}
	}
}

// next is when the next listing is due on its own account; zero for never.
func (r *run) next() time.Time {
	return earlier(r.pace.due, earlier(r.retry, r.quiet.due()))
}

// list makes a listing and delivers it if it is asked for or says something new.
func (r *run) list(ctx context.Context, asked bool) {
	r.pace.started()
	l := r.consistent(ctx, r.full.Swap(false))
	if ctx.Err() != nil {
		return
	}
	s := l.snapshot(r.o)
	changed := r.last == nil || !sameContent(r.last, s)
	if l.lost {
		r.quiet.lost()
	} else {
		r.quiet.listed(s.At, l.place, changed)
	}
	s.Settled = r.quiet.settled
	r.planRetry(l.transient)
	if asked || changed || r.last.Settled != s.Settled {
		r.last = s
		r.deliver(s)
	}
	if !l.lost {
		r.remember(l.known)
	}
}

// consistent lists until the links that the listing stands on are the same after it as before.
func (r *run) consistent(ctx context.Context, full bool) *listing {
	known := r.known
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

// remember saves fingerprints that changed.
func (r *run) remember(known memory) {
	if r.known.equal(known) {
		return
	}
	r.known = known
	if err := known.save(r.o.Memory, r.o.Root); err != nil {
		r.o.Log.Warn("fingerprints are not saved; every file is read after the next start", "source", r.o.Name, "error", err)
	}
}

func sameContent(a, b *source.Snapshot) bool {
	return slices.Equal(a.Files, b.Files) && slices.Equal(a.Unread, b.Unread)
}
