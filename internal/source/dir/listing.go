package dir

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/perseid-dev/perseid/internal/atomicfile"
	"github.com/perseid-dev/perseid/internal/source"
)

// listing is one look at the tree, and what became of it.
type listing struct {
	started time.Time
	asGiven string // the root as configured
	place   place  // the root as it was resolved
	walk    walk
	files   []source.File
	unread  []source.Unread
	notes   []source.Unread
	known   memory // fingerprints of what is listed
	reads   int    // files that were read, rather than known
	// index is that of the root, nil for none; fault says why it cannot be read.
	index *source.Index
	fault string
	// refused says that the directory is not what its index says; it is lost then.
	refused bool
	// lost says that nothing could be listed; unread then covers everything.
	lost bool
	// transient says that listing again soon is worth it.
	transient bool
}

func newListing(o Options) *listing {
	return &listing{started: time.Now(), asGiven: o.Root, known: memory{}}
}

// list looks at the whole tree and reads what known does not know.
func list(ctx context.Context, o Options, known memory) *listing {
	l := newListing(o)
	if err := l.findRoot(); err != nil {
		l.lose(reason(err))
		return l
	}
	if err := l.walk.run(l.place.path); err != nil {
		l.lose(reason(err))
		return l
	}
	l.unread = l.walk.unread
	root, err := os.OpenRoot(l.place.path)
	if err != nil {
		l.lose(reason(err))
		return l
	}
	defer root.Close()
	r := newReader(root, o, known)
	l.read(ctx, r)
	l.readIndex(ctx, r)
	return l
}

// lose makes the listing one that says nothing but why (DELIVERY R16).
func (l *listing) lose(why string) {
	l.files, l.known, l.lost, l.transient = nil, nil, true, true
	l.notes, l.unread = nil, []source.Unread{{Reason: why}}
}

func (l *listing) findRoot() error {
	path, err := filepath.EvalSymlinks(l.asGiven)
	if err != nil {
		return err
	}
	if path, err = filepath.Abs(path); err != nil {
		return err
	}
	st, err := lstat(path)
	if err != nil {
		return err
	}
	if !isDirectory(st) {
		return errors.New("not a directory")
	}
	l.place = place{path: path, dev: uint64(st.Dev), ino: st.Ino}
	return nil
}

// stands says whether the links that decided where the listing looked still lead there.
func (l *listing) stands() bool {
	path, err := filepath.EvalSymlinks(l.asGiven)
	if err != nil {
		return false
	}
	if path, err = filepath.Abs(path); err != nil || path != l.place.path {
		return false
	}
	for link, target := range l.walk.swaps {
		if now, err := os.Readlink(link); err != nil || now != target {
			return false
		}
	}
	return true
}

// snapshot is the listing as others see it.
func (l *listing) snapshot(o Options) *source.Snapshot {
	slices.SortFunc(l.files, func(a, b source.File) int { return cmp.Compare(a.Path, b.Path) })
	s := &source.Snapshot{
		Source: o.Name, Files: l.files, At: l.started, Revision: source.Revision(l.files), Complete: l.complete(),
		Unread: source.Bounded(l.unread, "could not be read"), Notes: source.Bounded(l.notes, "are not applied"),
	}
	if l.index != nil {
		s.Revision, s.Version = cmp.Or(l.index.Revision, s.Revision), l.index.Version
	}
	return s
}

// reason is why something is unread, without the path that stands beside it.
func reason(err error) string {
	if u := (unkept{}); errors.As(err, &u) {
		return "its content cannot be kept: " + cmp.Or(atomicfile.Advice(u.error), u.Error())
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "does not exist"
	case errors.Is(err, fs.ErrPermission):
		return "permission denied; make it readable"
	}
	return err.Error()
}
