package kubernetes

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/perseid-dev/perseid/internal/source"
)

// snapshot makes what was put durable, and lists what is held; spoiled says that bytes of something could not be kept.
//
// It holds the lock while it syncs: an object that is put meanwhile is in the next snapshot, so that each has durable bytes only.
func (r *run) snapshot() (s *source.Snapshot, spoiled bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s = &source.Snapshot{Source: r.o.Name, At: time.Now(), Settled: true}
	objects := r.objects()
	r.sync(objects)
	n := 0
	for _, h := range objects {
		n += len(h.files)
	}
	s.Files = make([]source.File, 0, n)
	for _, h := range objects {
		s.Files = append(s.Files, h.files...)
		s.Unread = append(s.Unread, h.unread...)
		s.Notes = append(s.Notes, h.notes...)
		spoiled = spoiled || h.spoiled
	}
	r.scopes(s)
	if n > MaxFiles {
		s.Files, s.Unread = nil, []source.Unread{{Reason: fmt.Sprintf("more than %d files; select fewer", MaxFiles)}}
	}
	s.Unread, s.Notes = source.Bounded(s.Unread, "could not be read"), source.Bounded(s.Notes, "are not used")
	s.Revision = source.Revision(s.Files)
	return s, spoiled
}

// objects are those of all shelves in the order of their paths. All prefixes have the same number of slashes, so that the order of the
// prefixes is that of the paths.
func (r *run) objects() []*held {
	var all []*held
	for _, s := range r.shelves {
		for _, h := range s.objects {
			all = append(all, h)
		}
	}
	slices.SortFunc(all, func(a, b *held) int { return cmp.Compare(a.prefix, b.prefix) })
	return all
}

// sync makes what was put durable, if anything was.
func (r *run) sync(objects []*held) {
	if !slices.ContainsFunc(objects, func(h *held) bool { return h.fresh }) {
		return
	}
	err := r.o.Bodies.Sync()
	for _, h := range objects {
		if h.fresh {
			h.settle(r.o.Bodies, err)
		}
	}
}

// scopes adds the streams that cannot vouch for what they hold. A source is settled once all of its streams were read.
func (r *run) scopes(s *source.Snapshot) {
	for _, sh := range r.shelves {
		if u, unread := sh.unread(); unread {
			s.Unread = append(s.Unread, u)
		}
		s.Settled = s.Settled && sh.listed
	}
}
