package cli

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/perseid-dev/perseid/internal/artifact"
	"github.com/perseid-dev/perseid/internal/source"
)

// progressEvery is how often a line of progress is written again.
const progressEvery = 100 * time.Millisecond

// moved shows on a terminal how much of the blobs has been moved.
type moved struct {
	to   io.Writer
	verb string

	mu    sync.Mutex
	blobs map[source.Digest][2]int64 // done, size
	shown time.Time
}

// showProgress has a remote tell how far it is, if somebody can see it. The caller calls done at the end.
func (r *remote) showProgress(e Env, verb string) (done func()) {
	if !e.onTerminal(e.Stderr) {
		return func() {}
	}
	m := &moved{to: e.Stderr, verb: verb, blobs: map[source.Digest][2]int64{}}
	r.progress = m.tell
	return m.clear
}

func (m *moved) tell(d artifact.Descriptor, done int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.blobs[d.Digest] = [2]int64{done, d.Size}
	if now := time.Now(); now.Sub(m.shown) >= progressEvery {
		m.shown = now
		fmt.Fprintf(m.to, "\r\x1b[K%s", m.line())
	}
}

func (m *moved) line() string {
	var done, size int64
	for _, b := range m.blobs {
		done, size = done+b[0], size+b[1]
	}
	return fmt.Sprintf("%s %.1f of %.1f MB", m.verb, float64(done)/1e6, float64(size)/1e6)
}

func (m *moved) clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.shown.IsZero() {
		fmt.Fprint(m.to, "\r\x1b[K")
	}
}
