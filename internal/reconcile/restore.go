package reconcile

import (
	"fmt"
	"maps"
	"slices"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

// undo brings back what was deleted or taken over last (I3). What nothing declares comes back unmanaged; where a source declares
// another content, the resource is pinned to the one that comes back.
func (r *Reconciler) undo(id resource.ID) error {
	rec, err := r.lost(id)
	if err != nil {
		return err
	}
	have, err := r.sink.Have()
	if err != nil {
		return err
	}
	switch h, exists := have[id]; {
	case !exists:
		return r.recreate(rec)
	case h.Mark == nil:
		return problem.New(problem.Exists, fmt.Sprintf("%s exists and is not managed by any source: change it through the API", id))
	default:
		return r.rollbackResource(id, &rec.Metadata.Version, false).err
	}
}

// lost is the last record of a deletion or takeover.
func (r *Reconciler) lost(id resource.ID) (Record, error) {
	for _, rec := range r.history.of(id) {
		if rec.Why != delivery.WhyUpdated {
			return rec, nil
		}
	}
	return Record{}, problem.New(problem.NotFound, fmt.Sprintf("%s was not deleted or taken over, as far as is remembered", id))
}

func (r *Reconciler) recreate(rec Record) error {
	c, err := r.previous(rec, "")
	if err != nil {
		return err
	}
	metadata := rec.Metadata
	err = r.commit(Batch{Puts: []Put{{
		ID: rec.ID, Continue: &metadata,
		Load: func() (*resource.Resource, error) { return r.contents.load(&c) },
	}}})
	if err == nil {
		r.log.Info("undone", "resource", rec.ID.String(), "why it was gone", string(rec.Why))
		r.reconcile(true)
	}
	return err
}

// forget gives up what a source that is no longer configured left behind (R10).
func (r *Reconciler) forget(c command) answer {
	a, err := r.plan(nil)
	if err != nil {
		return answer{err: err}
	}
	changes := r.planForget(a, c)
	if len(changes.Changes) == 0 {
		return answer{err: problem.New(problem.NotFound, fmt.Sprintf("there is no source %q, and nothing that one of that name left", c.Source))}
	}
	if c.DryRun {
		return r.describe([]SourceChanges{changes})
	}
	if err := r.applySource(changes); err != nil {
		return answer{err: err}
	}
	r.log.Info("forgotten", "source", c.Source, "resources", len(changes.Changes), "pruned", c.Prune)
	r.reconcile(true)
	return answer{}
}

// planForget prunes what nothing declares if it is asked to (I1), and releases the rest.
func (r *Reconciler) planForget(a attempted, c command) SourceChanges {
	out := SourceChanges{Source: c.Source}
	if c.Prune {
		plan := Plan(a.have, &desired.Set{Declared: a.set.Declared}, Guard{
			Now: r.now(), Order: []string{c.Source}, Sources: map[string]SourceGuard{c.Source: {Readable: true, Complete: true}},
		})
		out = plan.Sources[0]
	}
	for _, id := range slices.SortedFunc(maps.Keys(a.have), resource.ID.Compare) {
		if h := a.have[id]; h.Mark != nil && h.Mark.Source == c.Source && (!c.Prune || a.set.Declared[id]) {
			out.Changes = append(out.Changes, Change{ID: id, Source: c.Source, Action: Release, Have: &h})
		}
	}
	return out
}

// preview plans without applying.
func (r *Reconciler) preview() answer {
	a, err := r.plan(nil)
	if err != nil {
		return answer{err: err}
	}
	return r.describe(a.changes.Sources)
}

// verbs are what previews call actions; other actions change nothing that anybody sees.
var verbs = map[Action]string{Create: "created", Update: "updated", Delete: "deleted", Release: "released", Retain: "retained"}

// detailed bounds how many changes of a preview are told field by field: each is decoded twice while the loop waits.
const detailed = 1000

func (r *Reconciler) describe(sources []SourceChanges) answer {
	var out answer
	for _, s := range sources {
		for _, c := range s.Changes {
			if verbs[c.Action] == "" {
				continue
			}
			line := delivery.Change{Action: verbs[c.Action], Kind: c.ID.Kind, Project: c.ID.Project, Name: c.ID.Name}
			if c.Action == Update && len(out.preview.Changes) < detailed {
				fields, err := r.fields(c)
				if err != nil {
					return answer{err: err}
				}
				line.Fields = fields
			}
			out.preview.Changes = append(out.preview.Changes, line)
		}
	}
	return out
}

func (r *Reconciler) fields(c Change) ([]delivery.FieldChange, error) {
	before, err := r.sink.Read(c.ID)
	if err != nil {
		return nil, err
	}
	after, err := r.contents.load(c.Candidate)
	if err != nil {
		return nil, err
	}
	fields := Fields(before, after)
	if m := c.Have.Mark; c.Candidate.Secret || m != nil && m.Secret {
		conceal(fields)
	}
	return fields, nil
}

// conceal hides the values of what came from a place for secrets, whatever its kind (R33).
func conceal(fields []delivery.FieldChange) {
	for i := range fields {
		for _, value := range []*string{&fields[i].Before, &fields[i].After} {
			if *value != "" {
				*value = resource.Hidden
			}
		}
	}
}

// Fields is how two contents of a resource differ, as previews show it.
func Fields(before, after *resource.Resource) []delivery.FieldChange {
	var out []delivery.FieldChange
	for _, d := range resource.Diff(before, after) {
		out = append(out, delivery.FieldChange{Path: d.Path, Before: d.Before, After: d.After})
	}
	return out
}
