package reconcile

import (
	"slices"
	"strings"
	"time"

	"github.com/perseid-dev/perseid/internal/source"
)

// save writes the caches that make the next start cheap. Losing them costs work, not correctness.
func (r *Reconciler) save() {
	r.dirtySince = time.Time{}
	for _, f := range r.followers {
		r.saveSource(f)
	}
	if err := r.contents.save(); err != nil {
		r.log.Warn("save findings", "error", err)
	}
}

func (r *Reconciler) saveIfDue() {
	if !r.dirtySince.IsZero() && r.now().Sub(r.dirtySince) >= saveAfter {
		r.save()
	}
}

// sweep forgets contents that nothing needs any more: no file, no resource, no release, no version.
func (r *Reconciler) sweep() {
	have, err := r.sink.Have()
	if err != nil {
		return // what cannot be seen may be needed
	}
	needed := map[source.Digest]bool{}
	for _, f := range r.followers {
		f.needs(needed)
	}
	for _, h := range have {
		if h.Mark != nil {
			needed[h.Mark.Digest] = true
		}
	}
	for _, rec := range r.history.records {
		needed[rec.Digest] = true
	}
	for _, p := range r.decisions.Pinned {
		needed[p.Record.Digest] = true
	}
	if err := r.objects.Retain(func(d source.Digest) bool { return needed[d] }); err != nil {
		r.log.Warn("forget contents that nothing needs", "error", err)
	}
}

// needs adds the contents of the source's files, now and in its releases.
func (f *follower) needs(needed map[source.Digest]bool) {
	lists := [][]source.File{f.files, f.saved.Files}
	for _, rel := range f.saved.Releases {
		lists = append(lists, rel.Files)
	}
	if f.saved.Pin != nil {
		lists = append(lists, f.saved.Pin.Files)
	}
	for _, files := range lists {
		for _, file := range files {
			needed[file.Digest] = true
		}
	}
}

func sortFiles(files []source.File) {
	slices.SortFunc(files, func(a, b source.File) int { return strings.Compare(a.Path, b.Path) })
}
