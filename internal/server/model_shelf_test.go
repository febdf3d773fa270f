package server

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/perseid-dev/perseid/internal/source"
)

// shelf is a place that documents come from, in memory. The server reads it through shelfSource, the model directly.
type shelf struct {
	mu     sync.Mutex
	sheets map[string]sheet
	unread map[string]bool // prefixes that cannot be read; "" is the root
}

func newShelf() *shelf { return &shelf{sheets: map[string]sheet{}, unread: map[string]bool{}} }

// glance is what a listing of a shelf finds.
type glance struct {
	sheets   map[string]sheet // those that could be read
	unread   []string
	at       time.Time
	settled  bool
	complete bool
	revision string
}

func (g *glance) covers(path string) bool {
	return slices.ContainsFunc(g.unread, func(prefix string) bool { return source.Unread{Prefix: prefix}.Covers(path) })
}

func (s *shelf) glance(c shelfConfig, started time.Time) *glance {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := &glance{sheets: map[string]sheet{}, unread: slices.Sorted(maps.Keys(s.unread)), at: time.Now(), complete: c.complete}
	g.settled = c.complete || g.at.Sub(started) >= settle
	for path, sheet := range s.sheets {
		if !g.covers(path) {
			g.sheets[path] = sheet
		}
	}
	if len(g.unread) > 0 {
		g.settled, g.complete = false, false
	}
	g.revision = revisionOf(g.sheets)
	return g
}

func revisionOf(sheets map[string]sheet) string {
	var b strings.Builder
	for _, path := range slices.Sorted(maps.Keys(sheets)) {
		fmt.Fprintf(&b, "%s\n%s\n", path, sheets[path].text(path))
	}
	return fmt.Sprintf("%x", sha256.Sum256([]byte(b.String())))[:12]
}

// settle and delay are the guard's waits.
const (
	settle = 5 * time.Second
	delay  = 2 * time.Second
)

// shelfConfig is a configured source.
type shelfConfig struct {
	shelf    int
	name     string
	priority int
	hold     bool // on_invalid
	complete bool
	pruneOff bool
}

// shelfSource is a shelf as a source: it lists when it is told to.
type shelfSource struct {
	config  shelfConfig
	shelf   *shelf
	started time.Time
	bodies  source.Bodies
	trigger chan struct{}
}

// Name implements source.Source.
func (s *shelfSource) Name() string { return s.config.name }

// Trigger implements source.Source.
func (s *shelfSource) Trigger(bool) {
	select {
	case s.trigger <- struct{}{}:
	default:
	}
}

// Run implements source.Source.
func (s *shelfSource) Run(ctx context.Context, deliver func(*source.Snapshot)) error {
	for {
		if snapshot, err := s.snapshot(); err == nil { // if its bytes cannot be kept, the next look tries again
			deliver(snapshot)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.trigger:
		}
	}
}

func (s *shelfSource) snapshot() (*source.Snapshot, error) {
	g := s.shelf.glance(s.config, s.started)
	out := &source.Snapshot{Source: s.config.name, At: g.at, Revision: g.revision, Complete: g.complete, Settled: g.settled}
	for _, prefix := range g.unread {
		out.Unread = append(out.Unread, source.Unread{Prefix: prefix, Reason: "out of reach"})
	}
	for _, path := range slices.Sorted(maps.Keys(g.sheets)) {
		data := []byte(g.sheets[path].text(path))
		file := source.File{Path: path, Origin: originOf(s.config.name, path), Digest: source.DigestOf(data), Size: int64(len(data))}
		if !s.bodies.Has(file.Digest) {
			if err := s.bodies.Put(file.Digest, data, false); err != nil {
				return nil, err
			}
		}
		out.Files = append(out.Files, file)
	}
	return out, s.bodies.Sync()
}

func originOf(name, path string) string { return name + ":" + path }
