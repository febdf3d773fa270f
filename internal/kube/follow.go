package kube

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"
)

const (
	firstDelay    = 200 * time.Millisecond // before the first attempt after a failure; later ones double it
	maxRetryAfter = 5 * time.Minute        // a server that asks for more is asked again all the same
	briefly       = time.Second            // a watch that ends sooner, and had nothing to say, counts as an attempt that failed
)

// errExpired says that the server no longer knows what happened since the revision: everything is to be listed.
var errExpired = errors.New("the server forgot where the watch was")

// follower is one call of Run. Everything in it belongs to that call's goroutine.
type follower struct {
	*Stream
	tell     func(Event)
	revision string // what to resume at; empty: list
	paged    bool   // the server does not stream lists
	attempts int    // that failed in a row
	answered bool   // the server answered in this turn
	object   Object // that of the current event; its space is used again
}

// turn does the next thing: it makes a list, or follows a watch to its end. Its error says what kept it from that.
func (f *follower) turn(ctx context.Context) error {
	f.answered = false
	switch {
	case f.o.Poll > 0:
		return f.poll(ctx)
	case f.revision != "":
		return f.watch(ctx)
	case f.paged:
		return f.list(ctx)
	}
	err := f.streamList(ctx)
	if refuses(err) {
		f.paged = true
		return f.list(ctx)
	}
	return err
}

// refuses says whether a server does not know how to stream a list, or is told not to. Servers that never heard of it find the
// parameters invalid.
func refuses(err error) bool {
	var s *StatusError
	return errors.As(err, &s) && (s.Code == http.StatusUnprocessableEntity || s.Code == http.StatusBadRequest || s.Code == http.StatusNotAcceptable)
}

// poll makes one list, and waits for the next to be due.
func (f *follower) poll(ctx context.Context) error {
	if err := f.list(ctx); err != nil {
		return err
	}
	f.attempts = 0
	sleep(ctx, f.o.Poll)
	return nil
}

// list lists by pages.
func (f *follower) list(ctx context.Context) error {
	f.tell(Event{Type: Listing})
	see := func(o *Object) {
		f.answered = true
		f.contact()
		f.tell(Event{Type: Seen, Object: o})
	}
	revision, err := f.listed(ctx, see)
	if err != nil {
		return err
	}
	f.complete(revision)
	return nil
}

func (f *follower) listed(ctx context.Context, see func(*Object)) (revision string, err error) {
	if len(f.o.Names) == 0 {
		return f.client.list(ctx, f.o.Query, f.o.ReadTimeout, see)
	}
	for _, name := range f.o.Names {
		o, err := f.client.get(ctx, f.o.Resource, f.o.Namespace, name, f.o.ReadTimeout)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return "", err
		}
		see(o)
	}
	return "", nil
}

// complete notes that everything was listed as of a revision. Attempts are counted on until a watch goes well too: a server that lets
// every revision expire at once must not be asked for lists without a pause.
func (f *follower) complete(revision string) {
	f.revision = revision
	news := f.well(true)
	f.tell(Event{Type: Listed})
	if news {
		f.tell(Event{Type: Changed})
	}
}

// pause notes how a turn ended, and waits as long as that calls for.
func (f *follower) pause(ctx context.Context, err error) {
	if err == nil {
		return
	}
	if errors.Is(err, errExpired) {
		f.revision = ""
	}
	if f.answered && errors.Is(err, ErrInterrupted) {
		f.lost()
	}
	forgiven := errors.Is(err, errExpired) || f.attempts == 0 && f.isEveryday(err)
	f.attempts++
	if !forgiven && f.fail(err) {
		f.tell(Event{Type: Changed})
	}
	sleep(ctx, f.delay(err))
}

// isEveryday says whether an error is one of a healthy cluster: a connection that breaks. Only if the next attempt fails too is there
// something to tell.
func (f *follower) isEveryday(err error) bool {
	var silent errSilent
	return f.answered && errors.Is(err, ErrInterrupted) && !errors.As(err, &silent)
}

// delay doubles with every attempt up to the longest, of which it takes a random part, so that a server that comes back is not met by
// everybody at once. A server that says how long it wants to be left alone is heard.
func (f *follower) delay(err error) time.Duration {
	d := f.o.RetryDelay
	if shift := f.attempts - 1; shift < 16 {
		d = min(d, firstDelay<<shift)
	}
	d = d/2 + rand.N(d/2+1)
	var s *StatusError
	if errors.As(err, &s) {
		d = max(d, min(s.RetryAfter, maxRetryAfter))
	}
	return d
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
