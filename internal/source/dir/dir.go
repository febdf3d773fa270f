// Package dir is the source that reads a directory tree (DELIVERY R3-R5, R15, R16).
//
// Three ideas. An event is only a hint: every listing walks the whole tree, and reads what its fingerprint (device, inode,
// size, mtime, ctime) says changed. What cannot be read is handed over as unread, never as absent. Each document is read
// once, by one path, from one side of a swap.
//
// Files whose names end in .json, .yaml or .yml, in exactly this case, are listed, hidden ones too. Passed over are the
// directories .git and .perseid, Emacs' locks (.#name), files that are being staged, and names that start with two dots:
// these are where Kubernetes keeps the contents of a volume, which it shows through links.
// Links are followed within the root. A link to what is listed anyway is ignored; one that leads outside, nowhere or back to
// a directory that holds it is unread. The root, and links on the way to it, are followed anew for each listing.
//
// An index in the root (perseid.index, DELIVERY R38, R39) is believed: what it lists is the snapshot, what else is there is a note, and
// a directory that is not as it says is unread, once it had the time to become so. Indexes further below are for whoever reads from there.
//
// It does not know what a resource is, and it judges nothing: a snapshot holds bytes by digest.
package dir

import (
	"context"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/perseid-dev/perseid/internal/source"
)

// What one directory may hold. Beyond these a file, a directory or the whole source is unread, with the limit as its reason.
const (
	MaxFileSize = 16 << 20  // bytes of a file
	MaxFiles    = 200_000   // documents' files of a source
	MaxEntries  = 1_000_000 // names of any sort of a source
	MaxDepth    = 64        // directories inside each other
)

const defaultInterval = time.Hour

// Options says what to read. Name, Root and Bodies are required.
type Options struct {
	Name     string
	Root     string
	Bodies   source.Bodies
	Interval time.Duration // between full listings; 1 h if zero
	Watch    bool          // react to changes at once
	// Settle is the time without a change in the tree after which a snapshot is Settled; zero is at once. Once settled, a source
	// stays so until its root cannot be read, or another directory is found at the same place (a mount that came or
	// went). A link on the way to the root that leads to another directory is a release, and changes nothing.
	Settle time.Duration
	// RequireIndex makes a directory without an index unread (DELIVERY R39).
	RequireIndex bool
	Memory       source.Memory // where fingerprints survive a restart, and that there was an index; nil for nowhere
	Log          *slog.Logger
}

// Source implements source.Source. The origin of its files is the root as configured, a slash, and the path.
type Source struct {
	*source.Wake
	o Options
}

var _ source.Source = (*Source)(nil)

// New prepares the source; nothing is read before Run.
func New(o Options) *Source {
	if o.Interval <= 0 {
		o.Interval = defaultInterval
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Root = filepath.Clean(o.Root)
	return &Source{Wake: source.NewWake(), o: o}
}

// List reads the directory once, whatever its index says. A snapshot of everything unread says why it could not.
func List(ctx context.Context, o Options) *source.Snapshot {
	r := newRun(New(o), nil)
	l := r.consistent(ctx, false)
	l.index = nil
	return l.snapshot(r.o)
}

// Name is the source's name.
func (s *Source) Name() string { return s.o.Name }

// Run implements source.Source. A snapshot is delivered when it differs from the last, at the interval, and after a Trigger.
func (s *Source) Run(ctx context.Context, deliver func(*source.Snapshot)) error {
	return newRun(s, deliver).loop(ctx)
}
