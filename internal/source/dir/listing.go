package dir

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/perseid-dev/perseid/internal/source"
)

// maxUnread bounds how many unread scopes a snapshot names one by one; more are one scope that covers everything.
const maxUnread = 1000

// listing is one look at the tree, and what became of it.
type listing struct {
	started time.Time
	asGiven string // the root as configured
	place   place  // the root as it was resolved
	walk    walk
	files   []source.File
	unread  []source.Unread
	known   memory // fingerprints of what is listed
	reads   int    // files that were read, rather than known
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
	l.read(ctx, newReader(root, o, known))
	return l
}

// lose makes the listing one that says nothing but why (DELIVERY R16).
func (l *listing) lose(why string) {
	l.files, l.known, l.lost, l.transient = nil, memory{}, true, true
	l.unread = []source.Unread{{Reason: why}}
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
	slices.SortFunc(l.unread, func(a, b source.Unread) int { return cmp.Compare(a.Prefix, b.Prefix) })
	if n := len(l.unread); n > maxUnread {
		l.unread = []source.Unread{{Reason: fmt.Sprintf("%d paths could not be read; the first is %s: %s", n, l.unread[0].Prefix, l.unread[0].Reason)}}
	}
	return &source.Snapshot{
		Source: o.Name, Files: l.files, Unread: l.unread, At: l.started, Revision: revision(l.files),
	}
}

// revision is a short digest of paths and contents.
func revision(files []source.File) string {
	h := sha256.New()
	for _, f := range files {
		fmt.Fprintf(h, "%s\x00%x\n", f.Path, f.Digest)
	}
	return "sha256:" + source.Digest(h.Sum(nil)).Short()
}

// reason is why something is unread, without the path that stands beside it.
func reason(err error) string {
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
