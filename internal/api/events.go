package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/problem"
)

const (
	// maxStreams bounds how many streams of events are open at once.
	maxStreams = 100
	// eventPause is the least time between two events of a stream: changes within it make one.
	eventPause = 250 * time.Millisecond
	// heartbeat is how often a stream without events shows that it is alive.
	heartbeat = 15 * time.Second
)

// events answers server-sent events: the state of all sources at once, and again after each change of status, until the client or
// the server goes. What became of documents is to be asked for when an event comes.
func (a *api) events(w http.ResponseWriter, r *http.Request) error {
	if err := a.maySeeSources(r); err != nil {
		return err
	}
	defer a.streams.Add(-1)
	if a.streams.Add(1) > maxStreams {
		return problem.New(problem.Unavailable, fmt.Sprintf("%d streams of events are open already", maxStreams))
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // or nginx collects events until there are enough of them
	if r.Method == http.MethodHead {
		return nil
	}
	s := stream{w: w, control: http.NewResponseController(w)}
	a.follow(r, &s)
	return nil
}

// follow sends events until the client is gone, the server stops, or the caller may not see sources any more.
func (a *api) follow(r *http.Request, s *stream) {
	for n := 0; a.maySeeSources(r) == nil; n++ {
		changed := a.Delivery.Changed()
		status := a.Delivery.Status(false)
		data, err := json.Marshal(append([]delivery.Source{}, status.Sources...))
		if err != nil || s.send(fmt.Sprintf("event: status\nid: %d-%d\ndata: %s\n\n", status.Generation, n, data)) != nil {
			return
		}
		if !pause(r.Context(), eventPause) || !s.await(r.Context(), changed) {
			return
		}
	}
}

// pause says whether there is still somebody to go on for.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}

// stream is a response that is written piece by piece.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

// send writes and flushes. A client that stopped reading does not hold the stream for ever: see answer.renew.
func (s *stream) send(text string) error {
	if _, err := s.w.Write([]byte(text)); err != nil {
		return err
	}
	return s.control.Flush()
}

// await shows that the stream is alive until something changed; it says whether to go on.
func (s *stream) await(ctx context.Context, changed <-chan struct{}) bool {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		select {
		case <-changed:
			return true
		case <-ctx.Done():
			return false
		case <-beat.C:
			if s.send(": still here\n\n") != nil {
				return false
			}
		}
	}
}
