package source

import "sync/atomic"

// Wake is how the loop of a source is told to look before its time. It implements the Trigger of Source; make it with NewWake.
type Wake struct {
	c    chan struct{}
	full atomic.Bool
}

// NewWake is one that nobody has called yet.
func NewWake() *Wake { return &Wake{c: make(chan struct{}, 1)} }

// Trigger implements Source. Calls that come before the loop looks count as one, and full if one of them was.
func (w *Wake) Trigger(full bool) {
	if full {
		w.full.Store(true)
	}
	select {
	case w.c <- struct{}{}:
	default:
	}
}

// Called is where the loop waits.
func (w *Wake) Called() <-chan struct{} { return w.c }

// Full says whether a full look was asked for since the last time.
func (w *Wake) Full() bool { return w.full.Swap(false) }

// Memory keeps one opaque text across restarts. Losing it costs reading once what is known already.
type Memory interface {
	// Load returns what was saved last, or nothing.
	Load() ([]byte, error)
	Save([]byte) error
}
