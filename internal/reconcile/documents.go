package reconcile

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/source"
)

// documents makes the status rows of a reconcile.
func (r *Reconciler) documents(set *desired.Set, a *attempted) []delivery.Document {
	var out []delivery.Document
	planned := make([]*Change, len(set.Rows)) // by row
	for _, s := range a.changes.Sources {
		for i := range s.Changes {
			c := &s.Changes[i]
			if c.Candidate == nil {
				out = r.left(out, *c, a.results[s.Source].Err)
			} else if row := set.RowNumber(c.Candidate); row >= 0 {
				planned[row] = c
			}
		}
	}
	p := placer{objects: r.objects}
	out = slices.Grow(out, len(set.Rows))
	for i := range set.Rows {
		row, c := &set.Rows[i], &Change{}
		if planned[i] != nil {
			c = planned[i]
		}
		out = append(out, r.document(row, p.place(row), c, a.results[row.Source].Err))
	}
	for i := range a.refused {
		out = append(out, r.document(&a.refused[i], p.place(&a.refused[i]), &Change{}, nil))
	}
	out = append(out, r.remembered(set)...)
	out = r.blame(out)
	if !slices.IsSortedFunc(out, byOrigin) {
		slices.SortStableFunc(out, byOrigin)
	}
	r.stamp(out)
	return out
}

func (r *Reconciler) document(row *desired.Row, problems problem.List, c *Change, err error) delivery.Document {
	d := delivery.Document{
		Source: row.Source, Origin: row.Origin, Index: row.Index,
		Kind: row.ID.Kind, Project: row.ID.Project, Name: row.ID.Name,
		Outcome: row.Outcome, Problems: problems, Winner: row.Winner, Awaits: row.Awaits, Object: objectOf(row.File.Object),
	}
	if d.Outcome != "" {
		return d
	}
	written := c.Action == Create || c.Action == Update
	switch {
	case written && err != nil:
		d.Outcome, d.Awaits = delivery.HeldBack, "another attempt: "+err.Error()
	case written || r.writtenNow(*c):
		d.Outcome = delivery.Applied
	default:
		d.Outcome = delivery.Unchanged
	}
	if !written && c.Have != nil && c.Have.Mark != nil {
		d.Since = c.Have.Mark.Since
	}
	return d
}

func byOrigin(a, b delivery.Document) int {
	return cmp.Or(strings.Compare(a.Source, b.Source), strings.Compare(a.Origin, b.Origin), cmp.Compare(a.Index, b.Index))
}

// blame makes invalid documents of what could not be read because of its author, so that the author is told as of any other fault.
// What is served of it meanwhile is what was there before.
func (r *Reconciler) blame(documents []delivery.Document) []delivery.Document {
	for _, f := range r.followers {
		if f.snapshot == nil {
			continue
		}
		for _, u := range f.snapshot.Unread {
			if u.Object.Name == "" {
				continue
			}
			p := problem.Problem{Code: problem.CodeUnread, Severity: problem.Error, Origin: u.Origin, Message: u.Reason}
			known := false
			for i := range documents {
				if d := &documents[i]; d.Source == f.name && d.Origin == u.Origin {
					d.Outcome, d.Problems, known = delivery.Invalid, append(slices.Clip(d.Problems), p), true
				}
			}
			if !known {
				documents = append(documents, delivery.Document{
					Source: f.name, Origin: u.Origin, Outcome: delivery.Invalid, Problems: []problem.Problem{p}, Object: objectOf(u.Object),
				})
			}
		}
	}
	return documents
}

// objectOf is what a file was found in; nil in a directory.
func objectOf(o source.Object) *delivery.Object {
	if o.Name != "" {
		return &delivery.Object{Kind: o.Kind, Namespace: o.Namespace, Name: o.Name, UID: o.UID}
	}
	return nil
}

// writtenNow says whether an unchanged resource was written by its source's present revision.
func (r *Reconciler) writtenNow(c Change) bool {
	if c.Have == nil || c.Have.Mark == nil {
		return false
	}
	m := c.Have.Mark
	return m.Source == c.Source && m.Revision == r.revision(c.Source)
}

// left adds the row of a resource that its source no longer declares.
func (r *Reconciler) left(out []delivery.Document, c Change, err error) []delivery.Document {
	d := delivery.Document{
		Source: c.Source, Origin: c.Have.Mark.Origin, Index: c.Have.Mark.Index,
		Kind: c.ID.Kind, Project: c.ID.Project, Name: c.ID.Name,
	}
	switch {
	case c.Action == Await:
		d.Outcome, d.Awaits = delivery.HeldBack, c.Reason
		return append(out, d)
	case err != nil:
		d.Outcome, d.Awaits = delivery.HeldBack, "another attempt: "+err.Error()
		return append(out, d)
	case c.Action == Delete:
		d.Outcome = delivery.Pruned
	case c.Action == Release:
		d.Outcome, d.Awaits = delivery.Released, c.Reason
	case c.Action == Retain:
		d.Outcome, d.Awaits = delivery.Retained, c.Reason
	}
	d.Since = r.now()
	r.recent = append([]delivery.Document{d}, r.recent[:min(len(r.recent), recentRows-1)]...)
	return out
}

// remembered lists what was removed, released or retained lately and is not declared again.
func (r *Reconciler) remembered(set *desired.Set) []delivery.Document {
	r.recent = slices.DeleteFunc(r.recent, func(d delivery.Document) bool {
		return set.Declared[resource.ID{Kind: d.Kind, Project: d.Project, Name: d.Name}]
	})
	return r.recent
}

// stamp says since when each row has its outcome.
func (r *Reconciler) stamp(documents []delivery.Document) {
	rows := map[rowKey]time.Time{}
	now := r.now()
	for i := range documents {
		d := &documents[i]
		if !d.Since.IsZero() {
			continue
		}
		k := rowKey{d.Source, d.Origin, d.Index, resource.ID{Kind: d.Kind, Project: d.Project, Name: d.Name}, d.Outcome}
		d.Since = now
		if before, ok := r.rows[k]; ok {
			d.Since = before
		}
		rows[k] = d.Since
	}
	r.rows = rows
}
