// Package dir is the source that reads a directory tree (DELIVERY R3, R5, R15, R16).
//
// An event is only a hint: every listing walks the tree, and reads what its fingerprint (inode, size, mtime, ctime) says changed.
// What cannot be read is handed over as unread, never as absent.
package dir

import (
	"context"
	"log/slog"
	"time"

	"github.com/perseid-dev/perseid/internal/source"
)

// Options says what to read. Name, Root and Bodies are required.
type Options struct {
	Name     string
	Root     string
	Bodies   source.Bodies
	Interval time.Duration // between full listings; 1 h if zero
	Watch    bool          // react to changes at once
	Settle   time.Duration // quiet time after which a snapshot is Settled
	Memory   Memory        // where fingerprints survive a restart; nil for nowhere
	Log      *slog.Logger
}

// Memory keeps one opaque text across restarts.
type Memory interface {
	Load() ([]byte, error)
	Save([]byte) error
}

// Source implements source.Source.
type Source struct{}

var _ source.Source = (*Source)(nil)

// New prepares the source; nothing is read before Run.
func New(o Options) *Source { panic("todo") }

// Name is the source's name.
func (s *Source) Name() string { panic("todo") }

// Run implements source.Source.
func (s *Source) Run(ctx context.Context, deliver func(*source.Snapshot)) error { panic("todo") }

// Trigger implements source.Source.
func (s *Source) Trigger(full bool) { panic("todo") }
