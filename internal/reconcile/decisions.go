package reconcile

import (
	"fmt"
	"slices"
	"time"

	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/inventory"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/source"
)

// decisions are what people decided about single resources: they outlive restarts.
type decisions struct {
	memory   inventory.Memory
	Unlocked []unlock       `json:"unlocked,omitempty"`
	Pinned   []pinnedRecord `json:"pinned,omitempty"`
}

// unlock makes one managed resource writable for a while (R24).
type unlock struct {
	ID    resource.ID `json:"id"`
	Until time.Time   `json:"until"`
}

// pinnedRecord keeps one resource at a previous content (R23).
type pinnedRecord struct {
	Source string    `json:"source"` // which goes on declaring it
	Since  time.Time `json:"since"`
	Record Record    `json:"record"`
}

func openDecisions(memory inventory.Memory) (*decisions, error) {
	d := &decisions{memory: memory}
	if err := memory.LoadJSON(d); err != nil {
		return nil, fmt.Errorf("open decisions: %w", err)
	}
	return d, nil
}

func (d *decisions) save() error { return d.memory.SaveJSON(d) }

// unlocked is the identities that may be written now, and until when.
func (d *decisions) unlocked(now time.Time) map[resource.ID]time.Time {
	out := map[resource.ID]time.Time{}
	for _, u := range d.Unlocked {
		if now.Before(u.Until) {
			out[u.ID] = u.Until
		}
	}
	return out
}

// records is what resources are pinned to.
func (d *decisions) records() map[resource.ID]Record {
	out := map[resource.ID]Record{}
	for _, p := range d.Pinned {
		out[p.Record.ID] = p.Record
	}
	return out
}

// expire drops unlocks that are over; it says whether there were any.
func (d *decisions) expire(now time.Time) bool {
	before := len(d.Unlocked)
	d.Unlocked = slices.DeleteFunc(d.Unlocked, func(u unlock) bool { return !now.Before(u.Until) })
	return len(d.Unlocked) < before
}

func (d *decisions) unlock(id resource.ID, until time.Time) {
	d.lock(id)
	d.Unlocked = append(d.Unlocked, unlock{id, until})
}

func (d *decisions) lock(id resource.ID) {
	d.Unlocked = slices.DeleteFunc(d.Unlocked, func(u unlock) bool { return u.ID == id })
}

func (d *decisions) pin(p pinnedRecord) {
	d.unpin(p.Record.ID)
	d.Pinned = append(d.Pinned, p)
}

// unpin says whether the resource was pinned.
func (d *decisions) unpin(id resource.ID) bool {
	before := len(d.Pinned)
	d.Pinned = slices.DeleteFunc(d.Pinned, func(p pinnedRecord) bool { return p.Record.ID == id })
	return len(d.Pinned) < before
}

// pinned makes candidates of what resources are pinned to. One whose content is no longer kept is left to its source.
func (r *Reconciler) pinned() map[resource.ID]desired.Candidate {
	out := map[resource.ID]desired.Candidate{}
	for _, p := range r.decisions.Pinned {
		c, err := r.previous(p.Record, p.Source)
		if err != nil {
			r.log.Warn("pin", "resource", p.Record.ID.String(), "error", err)
			continue
		}
		out[p.Record.ID] = c
	}
	return out
}

// previous makes a candidate of a record.
func (r *Reconciler) previous(rec Record, owner string) (desired.Candidate, error) {
	c := desired.Candidate{
		ID: rec.ID, Source: owner, Origin: rec.Origin, Path: rec.Path, Digest: rec.Digest, Index: rec.Index, Secret: rec.Secret,
	}
	for _, project := range []string{"", rec.ID.Project} {
		file := source.File{Path: rec.Path, Digest: rec.Digest, Object: source.Object{Project: project}}
		for _, doc := range r.contents.lookup(file).Documents {
			if doc.Index == rec.Index && doc.ID == rec.ID && !doc.Problems.Invalid() {
				c.Project, c.Hash, c.Facts, c.Keep = project, doc.Hash, doc.Facts, doc.Keep
				return c, nil
			}
		}
	}
	return c, &problem.Failure{
		Class: problem.NotFound, Detail: fmt.Sprintf("return to version %d of %s: its content is no longer kept", rec.Metadata.Version, rec.ID),
	}
}
