// Package reconcile makes what is served equal to what is declared: it plans, applies, prunes under guard, and reports.
//
// Three ideas. Plan is pure: what is served, the desired set and a Guard of plain values go in, changes come out.
// A Sink is wherever resources are kept; it takes one batch per source, documents and owner marks together (DELIVERY R21).
// The Reconciler is the one loop: sources hand it snapshots, and it alone plans and applies, so nothing here races.
//
// It does not read sources, decide conflicts (package desired), or answer anybody: status is handed out as a finished value.
package reconcile

import (
	"cmp"
	"slices"
	"time"

	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/inventory"
	"github.com/perseid-dev/perseid/internal/resource"
)

// Action is what a plan does about one identity.
type Action int

// The actions. Mark changes only who owns a resource or where it came from.
const (
	Unchanged Action = iota
	Create
	Update
	Mark
	Delete
	Release // left, no longer managed: it was changed by others, or asked to be kept
	Retain  // a project that still holds something: left, no longer managed (R17)
	Await   // a deletion that waits
)

// Change is one line of a plan.
type Change struct {
	ID     resource.ID
	Source string // who causes it
	Action Action
	// Candidate is what is to be served; nil for Delete, Release, Retain and Await.
	Candidate *desired.Candidate
	// Have is what is served before; nil for Create.
	Have *desired.Have
	// Takeover: what is there before is not what this source wrote, so it is kept for undo (I3).
	Takeover bool
	// Reason says why a deletion waits, or why a resource is left.
	Reason string
}

// Changes is a plan.
type Changes struct {
	// Projects to create unmanaged, before all else.
	Projects []string
	// Sources holds each source's changes in order of rank, in the order in which batches are applied.
	Sources []SourceChanges
	// Holds are the prunes that wait for a confirmation, by source.
	Holds map[string]Hold
	// Pending is when each awaited deletion was first due, by identity: the next Guard's.
	Pending map[resource.ID]Pending
	// Mend is when the next damaged document is to be written anew; zero for none.
	Mend time.Time
	// Orphans counts what sources that are no longer configured left behind (R10).
	Orphans map[string]int
}

// SourceChanges is the batch of one source.
type SourceChanges struct {
	Source  string
	Changes []Change
}

// Plan says what has to change for the set to be served. It is pure; have and set are not changed.
func Plan(have map[resource.ID]desired.Have, set *desired.Set, guard Guard) Changes {
	p := planner{have: have, set: set, guard: guard, bySource: map[string][]Change{}, out: Changes{
		Projects: set.Projects, Holds: map[string]Hold{}, Pending: map[resource.ID]Pending{}, Orphans: map[string]int{},
	}}
	for id, c := range set.Winners {
		p.serve(id, c)
	}
	p.prune()
	p.out.Sources = p.batches()
	return p.out
}

type planner struct {
	have     map[resource.ID]desired.Have
	set      *desired.Set
	guard    Guard
	bySource map[string][]Change
	room     []desired.Have
	out      Changes
}

func (p *planner) add(c Change) { p.bySource[c.Source] = append(p.bySource[c.Source], c) }

// serve plans for a winner.
func (p *planner) serve(id resource.ID, c *desired.Candidate) {
	change := Change{ID: id, Source: c.Source, Candidate: c, Action: Create}
	if have, ok := p.have[id]; ok {
		change.Have = p.keep(have)
		change.Action, change.Takeover = against(change.Have, c)
		if _, unlocked := p.guard.Unlocked[id]; unlocked {
			change.Action, change.Takeover = Unchanged, false
		}
	}
	if change.Have != nil && !change.Have.Damaged.IsZero() {
		p.mend(&change)
	}
	p.add(change)
}

// keep makes room for what is served in a few large pieces: most of it is part of a change that is none.
func (p *planner) keep(have desired.Have) *desired.Have {
	if len(p.room) == cap(p.room) {
		p.room = make([]desired.Have, 0, max(16, len(p.have)))
	}
	p.room = append(p.room, have)
	return &p.room[len(p.room)-1]
}

// mend writes a resource anew whose stored document has been unreadable for a while (R29). Its writer may be in the middle before.
// What others may write, or wrote, is theirs to mend.
func (p *planner) mend(change *Change) {
	_, unlocked := p.guard.Unlocked[change.ID]
	if unlocked || change.Candidate.LastGood && change.Have.Hash != change.Have.Mark.Stored {
		return
	}
	if due := change.Have.Damaged.Add(mendAfter); p.guard.Now.Before(due) {
		p.out.Mend = earlier(p.out.Mend, due)
	} else if change.Action == Unchanged || change.Action == Mark {
		change.Action = Update
	}
}

// mendAfter is how long a stored document that cannot be read is left alone.
const mendAfter = 5 * time.Second

// earlier is the earlier of two times; zero stands for never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

// against compares what is served with what should be.
func against(have *desired.Have, c *desired.Candidate) (action Action, takeover bool) {
	m := have.Mark
	asWritten := m != nil && have.Hash == m.Stored
	switch {
	case c.LastGood:
		return Unchanged, false
	case have.Hash == c.Hash, asWritten && m.Declared == c.Hash:
		if m != nil && samePlace(m, c) {
			return Unchanged, false
		}
		return Mark, false
	default:
		return Update, !asWritten || m.Source != c.Source
	}
}

func samePlace(m *inventory.Mark, c *desired.Candidate) bool {
	return m.Source == c.Source && m.Origin == c.Origin && m.Path == c.Path && m.Place == c.Place && m.Digest == c.Digest && m.Index == c.Index && m.Declared == c.Hash &&
		m.Object == c.Object && m.Keep == c.Keep && m.Secret == c.Secret
}

// batches orders changes by rank within each source, and puts sources that bring projects first.
func (p *planner) batches() []SourceChanges {
	var out []SourceChanges
	for _, name := range p.guard.Order {
		changes := p.bySource[name]
		slices.SortFunc(changes, func(a, b Change) int { return a.ID.Compare(b.ID) })
		out = append(out, SourceChanges{Source: name, Changes: changes})
	}
	slices.SortStableFunc(out, func(a, b SourceChanges) int {
		return cmp.Compare(bringsProjects(b), bringsProjects(a))
	})
	return out
}

func bringsProjects(s SourceChanges) int {
	for _, c := range s.Changes {
		if c.Action == Create && c.ID.Kind == projectKind {
			return 1
		}
	}
	return 0
}

const projectKind = "Project"
