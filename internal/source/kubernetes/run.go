package kubernetes

import (
	"context"
	"sync"
	"time"

	"github.com/perseid-dev/perseid/internal/kube"
	"github.com/perseid-dev/perseid/internal/pace"
	"github.com/perseid-dev/perseid/internal/source"
)

// Objects whose bytes could not be kept (a full disk) are read again, after a delay that doubles.
const (
	firstRetry = time.Second
	lastRetry  = 30 * time.Second
)

// run is one call of Run. Streams tell it things from goroutines of their own; the rest happens on that of the call.
type run struct {
	o       Options
	deliver func(*source.Snapshot)
	taker   taker
	hints   chan struct{}

	mu      sync.Mutex // guards the objects of the shelves
	shelves []*shelf

	pace  pace.Pace
	retry time.Time // when to read again what could not be kept; zero for not at all
	delay time.Duration
	asked bool             // somebody waits for a snapshot
	last  *source.Snapshot // delivered last
}

func newRun(o Options, shelves []*shelf, deliver func(*source.Snapshot)) *run {
	return &run{o: o, deliver: deliver, taker: taker{o: &o}, hints: make(chan struct{}, 1), shelves: shelves, pace: pace.Pace{Delays: o.Pace}}
}

// follow runs the streams, and returns what ends and awaits them.
func (r *run) follow(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var streams sync.WaitGroup
	for _, s := range r.shelves {
		streams.Go(func() { s.stream.Run(ctx, func(e kube.Event) { r.heard(s, e) }) })
	}
	return func() {
		cancel()
		streams.Wait()
	}
}

// heard takes in what a stream tells, on that stream's goroutine. What happens within a list is of interest when it is complete.
func (r *run) heard(s *shelf, e kube.Event) {
	switch e.Type {
	case kube.Listing:
		r.locked(s.begin)
		return
	case kube.Seen:
		r.seen(s, e.Object)
	case kube.Gone:
		r.locked(func() { delete(s.objects, prefixOf(e.Object)) })
	case kube.Listed:
		r.locked(s.complete)
	case kube.Changed:
		r.tell(s)
	}
	if e.Type == kube.Changed || !s.within {
		r.hint()
	}
}

// seen takes an object, unless it is as it was.
func (r *run) seen(s *shelf, o *kube.Object) {
	known := false
	r.locked(func() {
		h := s.objects[prefixOf(o)]
		if known = h.stands(o, r.o.Bodies); known {
			h.listing = s.listing
		}
	})
	if known {
		return
	}
	h := r.taker.take(o)
	r.locked(func() { s.put(h) })
}

func (r *run) locked(do func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	do()
}

func (r *run) hint() {
	select {
	case r.hints <- struct{}{}:
	default:
	}
}

// tell logs that a stream began to fail, or recovered.
func (r *run) tell(s *shelf) {
	if status := s.stream.Status(); status.Failing.IsZero() {
		r.o.Log.Info(s.words()+" are followed again", "source", r.o.Name)
	} else {
		r.o.Log.Warn(s.words()+" cannot be followed; what they held is kept", "source", r.o.Name, "since", status.Failing, "error", status.Err)
	}
}

func (r *run) loop(ctx context.Context, wake *source.Wake) {
	interval := time.NewTicker(r.o.Interval)
	defer interval.Stop()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.hints:
			r.pace.Event(time.Now())
		case <-wake.Called():
			r.ask(wake.Full())
		case <-interval.C:
			r.ask(false)
		case <-timer.C:
		}
		timer.Stop()
		if due := r.look(ctx); !due.IsZero() {
			timer.Reset(time.Until(due))
		}
	}
}

// ask has a snapshot handed over whether or not something differs; full has everything listed first.
func (r *run) ask(full bool) {
	r.asked = true
	r.pace.Event(time.Now())
	for _, s := range r.shelves {
		if full {
			r.locked(func() { s.awaited = true })
			s.stream.Relist()
		}
	}
}

// look does what is due, and says when there is something to do next; zero for never.
func (r *run) look(ctx context.Context) time.Time {
	now := time.Now()
	if !r.retry.IsZero() && !now.Before(r.retry) {
		r.retry = time.Time{}
		r.readAgain()
	}
	due := r.pace.Due()
	switch wanted := r.asked || !due.IsZero() && !now.Before(due); {
	case !wanted:
		return pace.Earlier(due, r.retry)
	case !r.isWaiting():
		r.pace.Started()
		r.handOver(ctx)
	}
	return r.retry // a stream that is waited for gives a hint when it is done
}

// isWaiting says whether a list has to come first.
func (r *run) isWaiting() (waiting bool) {
	r.locked(func() {
		for _, s := range r.shelves {
			waiting = waiting || s.isWaited()
		}
	})
	return waiting
}

// readAgain has those streams list anew that hold what could not be kept.
func (r *run) readAgain() {
	r.locked(func() {
		for _, s := range r.shelves {
			for _, h := range s.objects {
				if h.spoiled {
					s.stream.Relist()
					break
				}
			}
		}
	})
}

// handOver makes a snapshot, and delivers it if somebody waits for one or if it says something new.
func (r *run) handOver(ctx context.Context) {
	s, spoiled := r.snapshot()
	if ctx.Err() != nil {
		return
	}
	r.planRetry(spoiled)
	if r.asked || r.last == nil || !r.last.Same(s) {
		r.last, r.asked = s, false
		r.deliver(s)
	}
}

func (r *run) planRetry(spoiled bool) {
	if !spoiled {
		r.retry, r.delay = time.Time{}, 0
		return
	}
	if r.retry.IsZero() {
		r.delay = min(max(2*r.delay, firstRetry), lastRetry)
		r.retry = time.Now().Add(r.delay)
	}
}
