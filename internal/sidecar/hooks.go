package sidecar

import (
	"context"
	"log/slog"
	"maps"
	"sync"
	"time"
)

// maxPending is how many calls may wait for a slow hook; further changes are covered by the last of them.
const maxPending = 1000

// slowHook is after how long a hook that still runs is said to be slow.
const slowHook = time.Minute

// hooks calls SCRIPT and REQ_URL after changes, one call after the other in a goroutine of its own: whatever they do, files are delivered.
type hooks struct {
	c    *Config
	log  *slog.Logger
	http *requester

	mu      sync.Mutex
	pending []call
	since   time.Time // of the call that runs; zero for none
	counts  map[hookResult]int
	wake    chan struct{}
}

// call is one turn of the hooks.
type call struct{ skipRequest bool }

type hookResult struct{ hook, result string }

func newHooks(c *Config, log *slog.Logger, http *requester) *hooks {
	return &hooks{c: c, log: log, http: http, wake: make(chan struct{}, 1), counts: map[hookResult]int{}}
}

// wanted says whether there is anything to call.
func (h *hooks) wanted() bool { return h.c.script != "" || h.c.request.url != "" }

// changed asks for so many calls.
func (h *hooks) changed(n int, skipRequest bool) {
	if n == 0 || !h.wanted() {
		return
	}
	h.mu.Lock()
	for range n {
		if len(h.pending) < maxPending {
			h.pending = append(h.pending, call{skipRequest})
		}
	}
	h.mu.Unlock()
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// run makes the calls until ctx ends.
func (h *hooks) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.wake:
		}
		h.quiet(ctx)
		for c, ok := h.next(); ok && ctx.Err() == nil; c, ok = h.next() {
			h.call(ctx, c)
		}
	}
}

// quiet waits until no change was told of for the time of HOOK_DEBOUNCE, ten times as long at most.
func (h *hooks) quiet(ctx context.Context) {
	if h.c.debounce <= 0 {
		return
	}
	last := time.After(10 * h.c.debounce)
	for {
		select {
		case <-h.wake:
		case <-time.After(h.c.debounce):
			return
		case <-last:
			return
		case <-ctx.Done():
			return
		}
	}
}

// next takes a call: all that are pending as one, where they are debounced.
func (h *hooks) next() (c call, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.pending) == 0 {
		return call{}, false
	}
	c = h.pending[0]
	h.pending = h.pending[1:]
	if h.c.debounce > 0 {
		for _, other := range h.pending {
			c.skipRequest = c.skipRequest && other.skipRequest
		}
		h.pending = nil
	}
	return c, true
}

func (h *hooks) call(ctx context.Context, c call) {
	h.began(time.Now())
	slow := time.AfterFunc(slowHook, func() {
		h.log.Warn("SCRIPT or REQ_URL has been running for a minute; files are delivered, further calls wait for it")
	})
	defer slow.Stop()
	defer h.began(time.Time{})
	if h.c.script != "" {
		h.count("script", h.runScript(ctx))
	}
	if h.c.request.url != "" && !c.skipRequest {
		h.count("request", h.sendRequest(ctx))
	}
}

func (h *hooks) began(at time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.since = at
}

func (h *hooks) count(hook string, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	result := "failed"
	if ok {
		result = "ok"
	}
	h.counts[hookResult{hook, result}]++
}

// drain makes all calls that are pending, in the calling goroutine, where run does not.
func (h *hooks) drain(ctx context.Context) {
	for c, ok := h.next(); ok && ctx.Err() == nil; c, ok = h.next() {
		h.call(ctx, c)
	}
}

// state gives the calls that were made by result, and for how long one has been running.
func (h *hooks) state(now time.Time) (counts map[hookResult]int, running time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.since.IsZero() {
		running = now.Sub(h.since)
	}
	return maps.Clone(h.counts), running
}
