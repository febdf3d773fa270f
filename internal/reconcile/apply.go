package reconcile

import (
	"errors"
	"fmt"

	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/inventory"
	"github.com/perseid-dev/perseid/internal/resource"
)

// Result is what became of one source's batch.
type Result struct {
	Counts  map[Action]int
	Changes []Change
	Err     error
}

// apply carries out a plan, one batch per source. A source that fails does not stop the next one (R21). It returns ErrChanged, and stops,
// when the plan is out of date.
func (r *Reconciler) apply(changes Changes) (map[string]Result, error) {
	if err := r.createProjects(changes.Projects); err != nil {
		return nil, err
	}
	results := map[string]Result{}
	for _, s := range changes.Sources {
		err := r.applyOrMakeRoom(s)
		if errors.Is(err, ErrChanged) {
			return results, err
		}
		results[s.Source] = Result{Counts: count(s.Changes), Changes: s.Changes, Err: err}
	}
	return results, nil
}

func count(changes []Change) map[Action]int {
	out := map[Action]int{}
	for _, c := range changes {
		out[c.Action]++
	}
	return out
}

// applySource keeps what is about to be lost, then hands the batch to the sink.
func (r *Reconciler) applySource(s SourceChanges) error {
	batch, records, err := r.batch(s)
	if err != nil || batch.Empty() {
		return err
	}
	if len(records) > 0 {
		if err := r.objects.Sync(); err != nil {
			return fmt.Errorf("keep previous contents: %w", err)
		}
		if err := r.history.keep(records); err != nil {
			return err
		}
	}
	if err := r.commit(batch); err != nil {
		r.history.forgetLast(len(records))
		return err
	}
	if len(records) > 0 {
		r.history.done(r.now())
	}
	return nil
}

// commit hands a batch over and follows the generation, so that only the changes of others cause another reconcile.
func (r *Reconciler) commit(b Batch) error {
	if err := r.sink.Apply(b); err != nil {
		return err
	}
	if r.sink.Generation(false) == r.generation+1 {
		r.generation++
	}
	return nil
}

func (r *Reconciler) batch(s SourceChanges) (Batch, []Record, error) {
	var b Batch
	var records []Record
	for _, c := range s.Changes {
		if c.Action == Delete || c.Action == Update {
			record, err := r.record(c)
			if err != nil {
				return b, nil, err
			}
			if record != nil {
				records = append(records, *record)
			}
		}
		switch c.Action {
		case Create, Update:
			b.Puts = append(b.Puts, r.put(c))
		case Mark:
			b.Marks = append(b.Marks, MarkChange{ID: c.ID, Mark: r.moved(c)})
		case Release, Retain:
			b.Marks = append(b.Marks, MarkChange{ID: c.ID})
		case Delete:
			b.Deletes = append(b.Deletes, Removal{ID: c.ID, Hash: c.Have.Hash})
		}
	}
	return b, records, nil
}

func (r *Reconciler) put(c Change) Put {
	cand := c.Candidate
	return Put{
		ID: c.ID, Have: c.Have, Continue: r.history.continues(c.ID),
		Mark: r.mark(cand),
		Load: func() (*resource.Resource, error) { return r.contents.load(cand) },
	}
}

func (r *Reconciler) mark(c *desired.Candidate) *inventory.Mark {
	return &inventory.Mark{
		Source: c.Source, Origin: c.Origin, Path: c.Path, Place: c.Place, Digest: c.Digest, Index: c.Index, Secret: c.Secret, Object: c.Object, Keep: c.Keep,
		Declared: c.Hash, Stored: c.Hash, Revision: r.revision(c.Source), Since: r.now(),
	}
}

// moved is the mark of a resource that stays as it is but is declared elsewhere, or by another source.
func (r *Reconciler) moved(c Change) *inventory.Mark {
	m := r.mark(c.Candidate)
	m.Stored = c.Have.Hash
	if before := c.Have.Mark; before != nil && before.Source == m.Source {
		m.Since, m.Revision = before.Since, before.Revision
	}
	return m
}

// createProjects makes the projects of delivery.create_projects, unmanaged (R17).
func (r *Reconciler) createProjects(names []string) error {
	var b Batch
	for _, name := range names {
		b.Puts = append(b.Puts, Put{
			ID:   resource.ID{Kind: projectKind, Name: name},
			Load: func() (*resource.Resource, error) { return newProject(name) },
		})
	}
	if b.Empty() {
		return nil
	}
	return r.commit(b)
}

func newProject(name string) (*resource.Resource, error) {
	kind, err := resource.KindByName(projectKind)
	if err != nil {
		return nil, err
	}
	r, problems := resource.DecodeBody(fmt.Appendf(nil, `{"kind":"Project","metadata":{"name":%q},"spec":{}}`, name), kind)
	return r, problems.Err()
}
