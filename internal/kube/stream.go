package kube

import (
	"cmp"
	"context"
	"sync"
	"time"
)

// Defaults of StreamOptions.
const (
	DefaultServerTimeout = time.Minute
	DefaultRetryDelay    = 10 * time.Second
)

// StreamOptions says what to follow, and how patiently.
type StreamOptions struct {
	Query
	// ServerTimeout is after how long the server is asked to end a watch, whatever happened; DefaultServerTimeout if zero. The next
	// watch resumes where it ended.
	ServerTimeout time.Duration
	// ReadTimeout is for how long a connection may be silent before it counts as lost; a tenth more than ServerTimeout if zero.
	ReadTimeout time.Duration
	// RetryDelay is the longest pause between two attempts; they start far below it and double, with jitter. DefaultRetryDelay if zero.
	RetryDelay time.Duration
	// Poll lists at this interval instead of watching; zero watches.
	Poll time.Duration
	// Names are fetched one by one instead of being selected by label; only with Poll, and a namespace. A name that does not exist is absent.
	Names []string
}

// EventType says what an Event tells.
type EventType int

// The events of a stream. Between Listing and Listed everything that is there is Seen; what was not is gone. A Listing that is followed by
// another without Listed in between was broken off, and says nothing of what it did not show.
const (
	Listing EventType = iota + 1
	Seen              // the object is there, with this content
	Gone              // the object is no longer there, or no longer selected; only its namespace and name are of interest
	Listed
	Changed // the stream's Status changed: it began to fail, fails for another reason, or recovered
)

// Event is something a stream noticed. Object is set for Seen and Gone, and valid until the receiver returns.
type Event struct {
	Type   EventType
	Object *Object
}

// Status says how a stream fares.
type Status struct {
	Synced     bool      // everything was listed once
	Contact    time.Time // when the server last answered or sent something; zero for never
	Failing    time.Time // since when it fails; zero if all is well
	Err        string    // why, fit to be shown
	Reconnects int       // how many connections were lost
}

// Stream follows the objects of one query.
type Stream struct {
	client *Client
	o      StreamOptions

	mu     sync.Mutex
	status Status
	relist bool
	wake   context.CancelFunc // ends what Run is at, so that it looks at relist; nil if it does not run
}

// Stream prepares to follow a query; nothing is sent before Run.
func (c *Client) Stream(o StreamOptions) *Stream {
	o.ServerTimeout = cmp.Or(o.ServerTimeout, DefaultServerTimeout)
	o.ReadTimeout = cmp.Or(o.ReadTimeout, o.ServerTimeout+o.ServerTimeout/10)
	o.RetryDelay = cmp.Or(o.RetryDelay, DefaultRetryDelay)
	return &Stream{client: c, o: o}
}

// Run follows the query until ctx ends, whatever happens to the server, and tells of it from the calling goroutine. It runs once.
func (s *Stream) Run(ctx context.Context, tell func(Event)) {
	f := &follower{Stream: s, tell: tell}
	for ctx.Err() == nil {
		turn, end := context.WithCancel(ctx)
		if s.begin(end) {
			f.revision = ""
		}
		err := f.turn(turn)
		if turn.Err() == nil {
			f.pause(turn, err)
		}
		end()
	}
}

// List lists once, by pages or by name, and tells of it from the calling goroutine as Run does.
func (s *Stream) List(ctx context.Context, tell func(Event)) error {
	f := &follower{Stream: s, tell: tell}
	err := f.list(ctx)
	if err != nil {
		f.fail(err)
	}
	return err
}

// begin makes end what Relist calls, and says whether it was called since.
func (s *Stream) begin(end context.CancelFunc) (relist bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	relist, s.relist, s.wake = s.relist, false, end
	return relist
}

// Relist asks for a list of everything now. It never blocks.
func (s *Stream) Relist() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.relist = true
	if s.wake != nil {
		s.wake()
	}
}

// Status is safe to call while the stream runs.
func (s *Stream) Status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.status
}

// contact notes that the server was heard from.
func (s *Stream) contact() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status.Contact = time.Now()
}

// well notes that the stream does what it should, and says whether that is news.
func (s *Stream) well(synced bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	news := !s.status.Failing.IsZero()
	s.status.Synced = s.status.Synced || synced
	s.status.Contact, s.status.Failing, s.status.Err = time.Now(), time.Time{}, ""
	return news
}

// fail notes that the stream fails, and says whether that is news.
func (s *Stream) fail(err error) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.status.Failing.IsZero() {
		s.status.Failing = time.Now()
	} else if s.status.Err == err.Error() {
		return false
	}
	s.status.Err = err.Error()
	return true
}

// lost notes that a connection was lost.
func (s *Stream) lost() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status.Reconnects++
}
