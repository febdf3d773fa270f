package store

import (
	"maps"
	"slices"
	"strings"

	"github.com/perseid-dev/perseid/internal/resource"
)

// view is one state of the whole database: per kind a list of buckets sorted by project. It is never changed once published;
// the next view shares every bucket that a change does not touch.
type view struct {
	generation uint64
	kinds      map[string][]*bucket
}

// bucket is what one kind holds in one project (or, global, at all), sorted by name.
type bucket struct {
	project string
	entries []*Entry
}

func (v *view) get(id resource.ID) *Entry {
	b := v.bucket(id.Kind, id.Project)
	if b == nil {
		return nil
	}
	i, found := slices.BinarySearchFunc(b.entries, id.Name, byName)
	if !found {
		return nil
	}
	return b.entries[i]
}

func (v *view) bucket(kind, project string) *bucket {
	list := v.kinds[kind]
	i, found := slices.BinarySearchFunc(list, project, byProject)
	if !found {
		return nil
	}
	return list[i]
}

func byName(e *Entry, name string) int { return strings.Compare(e.ID.Name, name) }

func byProject(b *bucket, project string) int { return strings.Compare(b.project, project) }

// buckets are those of a kind: of one project, or ("") all.
func (v *view) buckets(kind, project string) []*bucket {
	if project == "" {
		return v.kinds[kind]
	}
	if b := v.bucket(kind, project); b != nil {
		return []*bucket{b}
	}
	return nil
}

// withPrefix is the part of a bucket whose names start with prefix.
func (b *bucket) withPrefix(prefix string) []*Entry {
	from, _ := slices.BinarySearchFunc(b.entries, prefix, byName)
	rest := b.entries[from:]
	for i, e := range rest {
		if !strings.HasPrefix(e.ID.Name, prefix) {
			return rest[:i]
		}
	}
	return rest
}

// each calls f for every entry, served or not.
func (v *view) each(f func(*Entry)) {
	for _, list := range v.kinds {
		for _, b := range list {
			for _, e := range b.entries {
				f(e)
			}
		}
	}
}

// edit is what makes one view out of another: for each identity its entry, or nil where it goes.
type edit map[resource.ID]*Entry

// apply makes the next view. Cost: the touched buckets, not the whole.
func (v *view) apply(changes edit) *view {
	next := &view{generation: v.generation + 1, kinds: maps.Clone(v.kinds)}
	if next.kinds == nil {
		next.kinds = map[string][]*bucket{}
	}
	type place struct{ kind, project string }
	grouped := map[place][]resource.ID{}
	for id := range changes {
		p := place{id.Kind, id.Project}
		grouped[p] = append(grouped[p], id)
	}
	touched := map[string]bool{}
	for p, ids := range grouped {
		slices.SortFunc(ids, func(a, b resource.ID) int { return strings.Compare(a.Name, b.Name) })
		if !touched[p.kind] {
			next.kinds[p.kind] = slices.Clone(next.kinds[p.kind])
			touched[p.kind] = true
		}
		next.replace(p.kind, p.project, merge(next.bucket(p.kind, p.project), ids, changes))
	}
	return next
}

// replace puts a bucket's entries into a list that is not shared yet; without entries the bucket goes.
func (v *view) replace(kind, project string, entries []*Entry) {
	list := v.kinds[kind]
	i, found := slices.BinarySearchFunc(list, project, byProject)
	switch b := (&bucket{project: project, entries: entries}); {
	case len(entries) == 0 && found:
		v.kinds[kind] = slices.Delete(list, i, i+1)
	case len(entries) == 0:
	case found:
		list[i] = b
	default:
		v.kinds[kind] = slices.Insert(list, i, b)
	}
}

// merge walks the old entries and the sorted changes side by side.
func merge(old *bucket, ids []resource.ID, changes edit) []*Entry {
	var from []*Entry
	if old != nil {
		from = old.entries
	}
	merged := make([]*Entry, 0, len(from)+len(ids))
	for _, id := range ids {
		i, found := slices.BinarySearchFunc(from, id.Name, byName)
		merged = append(merged, from[:i]...)
		if found {
			i++
		}
		from = from[i:]
		if e := changes[id]; e != nil {
			merged = append(merged, e)
		}
	}
	return append(merged, from...)
}
