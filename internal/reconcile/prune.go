package reconcile

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/perseid-dev/perseid/internal/resource"
)

// Limits of the prune guard (R13).
const (
	guardWindow  = 10 * time.Minute // deletions this young count
	guardMinimum = 10               // sources smaller than this lose what they lose
)

// Guard is what a plan must know of the world to decide on deletions, as plain values.
type Guard struct {
	Now time.Time
	// Order names the configured sources, in order of configuration.
	Order   []string
	Sources map[string]SourceGuard
	// Recent lists deletions, of any age; those in the window count.
	Recent []Deletion
	// Pending is what the plan before returned.
	Pending map[resource.ID]Pending
	// Unlocked resources are left as they are until a time to come (R24).
	Unlocked map[resource.ID]time.Time
	// Reformed: the database changed its form, so nothing is pruned this time (R32).
	Reformed bool
}

// SourceGuard is what is known of one source's last listing.
type SourceGuard struct {
	Readable bool // read as a whole at least once, and the last time too
	Settled  bool // quiet for long enough, or complete (R15)
	Complete bool // vouched for by an index or mark: believed, whatever is gone (R13)
	Empty    bool // holds no file at all
	Disabled bool // prune is off
	Delay    time.Duration
	Settle   time.Duration // only for the sentence
	Scan     time.Time     // of the last listing
	// Confirmed is the ID of a hold that somebody confirmed (R14).
	Confirmed string
}

// Deletion is one resource removed by a source.
type Deletion struct {
	Source  string
	Project string
	Object  string // as namespace/configmap/name; empty for other sources
	At      time.Time
}

// Pending is a deletion that waits for its delay and a second listing.
type Pending struct {
	Source string
	Since  time.Time
	Scan   time.Time // of the listing that first missed it
	Due    time.Time // when a second listing would delete it; zero while it waits for something else
	// Held: it would be gone by now, had it not been part of a hold. So it stays in one until somebody confirms, or it is declared again:
	// what comes back half is no less of an accident.
	Held bool
}

// Hold is a group of deletions that waits for a confirmation.
type Hold struct {
	ID     string
	Reason string
	IDs    []resource.ID
}

// prune plans for everything managed that nothing declares.
func (p *planner) prune() {
	gone := map[string][]resource.ID{}
	for id, have := range p.have {
		if have.Mark == nil || p.set.Winners[id] != nil {
			continue
		}
		name := have.Mark.Source
		if _, ok := p.guard.Sources[name]; !ok {
			p.out.Orphans[name]++
		} else if !p.set.Declared[id] && !p.set.Frozen[name] {
			gone[name] = append(gone[name], id)
		}
	}
	for _, name := range p.guard.Order {
		ids := gone[name]
		slices.SortFunc(ids, resource.ID.Compare)
		p.pruneSource(name, ids)
	}
	p.pruneProjects(gone)
}

// pruneSource decides on a source's deletions, projects excepted, in this order: what is left, what must wait, what is held, what goes.
func (p *planner) pruneSource(name string, ids []resource.ID) {
	guard := p.guard.Sources[name]
	var doomed []resource.ID
	for _, id := range ids {
		if !p.release(name, id) {
			doomed = append(doomed, id)
		}
	}
	held := p.hold(name, guard, doomed)
	p.announce(name, guard, &held)
	for _, id := range doomed {
		have := p.have[id]
		change := Change{ID: id, Source: name, Action: Delete, Have: &have}
		if reason := p.wait(guard, id, held); reason != "" {
			change.Action, change.Reason = Await, reason
		}
		p.add(change)
	}
}

// release leaves what is not as we wrote it (I2), and what asked to be kept (R16).
func (p *planner) release(name string, id resource.ID) bool {
	have := p.have[id]
	reason := have.Left()
	if reason == "" {
		return false
	}
	p.add(Change{ID: id, Source: name, Action: Release, Have: &have, Reason: reason})
	return true
}

// wait says why a deletion cannot happen now, "" if it can.
func (p *planner) wait(guard SourceGuard, id resource.ID, held group) string {
	due := p.pend(id, guard, held.ids[id])
	switch {
	case p.guard.Reformed:
		return "another look: the database changed its form"
	case guard.Disabled:
		return "prune is off for this source"
	case !guard.Readable:
		return "the source cannot be read"
	case !guard.Settled && !guard.Complete:
		return fmt.Sprintf("the source to be quiet for %s", guard.Settle)
	case held.ids[id] && !held.confirmed:
		return "a confirmation: " + held.reason
	case held.ids[id]: // all that was confirmed goes together: what stayed behind for its delay would be held anew
		return ""
	case !due:
		p.remind(id, guard)
		return fmt.Sprintf("%s and a second look", guard.Delay)
	}
	return ""
}

func (p *planner) remind(id resource.ID, guard SourceGuard) {
	pending := p.out.Pending[id]
	pending.Due = pending.Since.Add(guard.Delay)
	p.out.Pending[id] = pending
}

// pend notes when a deletion was first due, and says whether its delay and its second listing have passed (R15).
func (p *planner) pend(id resource.ID, guard SourceGuard, held bool) bool {
	first, ok := p.guard.Pending[id]
	if !ok {
		first = Pending{Source: p.have[id].Mark.Source, Since: p.guard.Now, Scan: guard.Scan}
	}
	due := guard.Complete || (p.guard.Now.Sub(first.Since) >= guard.Delay && guard.Scan.After(first.Scan))
	first.Due, first.Held = time.Time{}, held && (first.Held || due && guard.Settled)
	p.out.Pending[id] = first
	return due
}

// group is deletions of one source that wait together for a confirmation.
type group struct {
	ids       map[resource.ID]bool
	reason    string
	confirmed bool
}

// hold finds the deletions that are too many at once (R13), per source and per project or namespace in it, and those that were before (R14).
func (p *planner) hold(name string, guard SourceGuard, doomed []resource.ID) group {
	held := group{ids: map[resource.ID]bool{}}
	if guard.Complete || len(doomed) == 0 {
		return held
	}
	for _, id := range doomed {
		if p.guard.Pending[id].Held {
			held.add("more than these were gone at once, and nobody has confirmed that they may go", id)
		}
	}
	switch {
	case p.oneObject(name, doomed):
	case guard.Empty:
		held.add("the source turned empty", doomed...)
	case p.tooMany(scope{source: name}, doomed):
		held.add("more than half of the source's resources would go within 10 minutes", doomed...)
	default:
		scopes := p.scopes(name, doomed)
		for _, s := range slices.SortedFunc(maps.Keys(scopes), scope.compare) {
			if p.tooMany(s, scopes[s]) {
				held.add("more than half of the source's resources in a "+s.kind()+" would go within 10 minutes", scopes[s]...)
			}
		}
	}
	return held
}

func (g *group) add(reason string, ids ...resource.ID) {
	g.reason = reason
	for _, id := range ids {
		g.ids[id] = true
	}
}

// announce gives a hold the ID that confirms it, and finds out whether somebody did.
func (p *planner) announce(name string, guard SourceGuard, held *group) {
	if len(held.ids) == 0 {
		return
	}
	ids := slices.SortedFunc(maps.Keys(held.ids), resource.ID.Compare)
	h := Hold{ID: holdID(name, ids), Reason: held.reason, IDs: ids}
	if held.confirmed = h.ID == guard.Confirmed; !held.confirmed {
		p.out.Holds[name] = h
	}
}

// holdID names a group of deletions by what it would delete, so that a stale confirmation cannot delete anything else (R14).
func holdID(name string, ids []resource.ID) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n", name)
	for _, id := range ids {
		fmt.Fprintf(h, "%s\n", id)
	}
	return hex.EncodeToString(h.Sum(nil)[:4])
}
