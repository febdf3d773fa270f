package reconcile

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/source"
)

// recentRows bounds how many removed, released and retained resources status remembers.
const recentRows = 1000

// board is one published status, and what goes with it.
type board struct {
	status  delivery.Status
	counts  map[string]map[delivery.Outcome]int // of the documents, by source
	changed chan struct{}
	// What may be written though it is managed (R24).
	suspended map[string]bool
	unlocked  map[resource.ID]time.Time // until when
	pinned    map[resource.ID]Record
	pasts     map[string]past
}

// past is what is kept of one source, to be read at any time: nothing of it is changed any more.
type past struct {
	releases []release // oldest first
	history  delivery.History
	files    [][]source.File // as it was read last, and as it was planned with last
}

type rowKey struct {
	source, origin string
	index          int
	id             resource.ID
	outcome        delivery.Outcome
}

// Status is the state of all sources, with their documents if asked for. The result is shared: do not change it.
func (r *Reconciler) Status(documents bool) delivery.Status {
	s := r.status.Load().status
	if !documents {
		s.Documents = nil
	}
	return s
}

// Changed is closed when the status changes.
func (r *Reconciler) Changed() <-chan struct{} { return r.status.Load().changed }

// Owner reads an owner mark, and says whether the resource may be written now all the same (R24); nil if the mark says nothing.
func (r *Reconciler) Owner(id resource.ID, mark []byte) *delivery.Owner {
	m, err := r.o.ReadMark(mark)
	if err != nil || m == nil {
		return nil
	}
	b := r.status.Load()
	until, unlocked := b.unlocked[id]
	return &delivery.Owner{
		Source: m.Source, Origin: m.Origin, Revision: m.Revision, Since: m.Since,
		Writable: unlocked || b.suspended[m.Source], Until: until,
	}
}

// publish replaces the status. A nil set keeps the documents as they are.
func (r *Reconciler) publish(set *desired.Set, a *attempted) {
	before := r.status.Load()
	status := delivery.Status{Generation: r.generation}
	var counts map[string]map[delivery.Outcome]int
	if set != nil {
		status.Documents = r.documents(set, a)
		counts = countOutcomes(status.Documents)
	} else if before != nil {
		status.Documents, counts = before.status.Documents, before.counts
	}
	for _, f := range r.followers {
		was := f.state
		line := f.describe(counts[f.name], r.now())
		if line.State != was {
			r.reportState(line)
		}
		status.Sources = append(status.Sources, line)
	}
	switch {
	case a != nil:
		status.Sources = append(status.Sources, orphans(a.changes.Orphans)...)
	case before != nil:
		status.Sources = append(status.Sources, before.status.Sources[len(r.followers):]...)
	}
	status.Ready = r.ready(status.Sources)
	next := &board{
		status: status, counts: counts, changed: make(chan struct{}), suspended: map[string]bool{}, unlocked: r.decisions.unlocked(r.now()),
		pinned: r.decisions.records(), pasts: map[string]past{},
	}
	for _, f := range r.followers {
		next.suspended[f.name] = !f.saved.Suspended.IsZero()
		next.pasts[f.name] = past{
			releases: slices.Clone(f.saved.Releases), history: delivery.History{Releases: f.releases(), Runs: f.runs()},
			files: [][]source.File{f.files, f.planned},
		}
	}
	r.swap(next, before)
}

func (r *Reconciler) swap(next, before *board) {
	r.status.Store(next)
	if before != nil {
		close(before.changed)
	}
}

// refreshReady makes the server ready when it has waited long enough (R27).
func (r *Reconciler) refreshReady() {
	before := r.status.Load()
	if before.status.Ready || !r.ready(before.status.Sources) {
		return
	}
	next := *before
	next.status.Ready, next.changed = true, make(chan struct{})
	r.swap(&next, before)
}

func (r *Reconciler) ready(sources []delivery.Source) bool {
	if r.o.Filled || r.now().Sub(r.started) >= readyAfter {
		return true
	}
	return !slices.ContainsFunc(sources, func(s delivery.Source) bool { return s.State == delivery.Syncing })
}

func countOutcomes(documents []delivery.Document) map[string]map[delivery.Outcome]int {
	counts := map[string]map[delivery.Outcome]int{}
	for _, d := range documents {
		if counts[d.Source] == nil {
			counts[d.Source] = map[delivery.Outcome]int{}
		}
		counts[d.Source][d.Outcome]++
	}
	return counts
}

// describe is a source's line of the status.
func (f *follower) describe(counts map[delivery.Outcome]int, now time.Time) delivery.Source {
	s := delivery.Source{
		Name: f.name, Kind: f.Kind, Location: f.Location, Revision: f.saved.Revision,
		LastSuccess: f.saved.LastSuccess, Counts: counts, Hold: f.hold,
	}
	for outcome, n := range counts {
		if outcome != delivery.Pruned && outcome != delivery.Released && outcome != delivery.Retained {
			s.Documents += n
		}
	}
	if p, _ := f.serving(); p != nil {
		s.Pin = &p.Pin
	}
	state, reason := f.judge(counts)
	if state != f.state {
		f.state, f.since = state, now
	}
	s.State, s.Reason, s.Since = state, reason, f.since
	if f.snapshot != nil {
		s.LastAttempt = f.snapshot.At
		for _, u := range f.snapshot.Unread {
			if u.Object.Name != "" {
				continue // it is a problem of a document
			}
			s.Problems = append(s.Problems, problem.Problem{
				Code: problem.CodeUnread, Severity: problem.Error, Origin: cmp.Or(u.Prefix, f.Location), Message: u.Reason,
			})
		}
		for _, n := range f.snapshot.Notes {
			s.Problems = append(s.Problems, problem.Problem{
				Code: problem.CodeIndex, Severity: problem.Warning, Origin: cmp.Or(n.Prefix, f.Location), Message: n.Reason,
			})
		}
	}
	return s
}

// judge finds the state, the worst first.
func (f *follower) judge(counts map[delivery.Outcome]int) (delivery.State, string) {
	bad := counts[delivery.Invalid] + counts[delivery.Refused]
	pin, missing := f.serving()
	switch {
	case f.err != nil:
		return delivery.Failing, f.err.Error()
	case !f.saved.Suspended.IsZero():
		return delivery.Suspended, "suspended since " + f.saved.Suspended.UTC().Format(time.RFC3339)
	case missing:
		return delivery.Degraded, fmt.Sprintf("the pin %q names no release that is kept", f.Pin)
	case pin != nil:
		return delivery.Pinned, f.pinReason(pin, bad)
	case f.snapshot == nil:
		return delivery.Syncing, "not read yet"
	case f.snapshot.Unreadable(""):
		return delivery.Failing, f.snapshot.Unread[0].Reason
	case f.hold != nil:
		return delivery.Held, fmt.Sprintf("%d deletions wait for a confirmation: %s", len(f.hold.Deletions), f.hold.Reason)
	case bad > 0:
		return delivery.Degraded, fmt.Sprintf("%s not valid", plural(bad, "document is", "documents are"))
	case len(f.snapshot.Unread) > 0:
		return delivery.Degraded, fmt.Sprintf("%s could not be read", plural(len(f.snapshot.Unread), "place", "places"))
	}
	return delivery.Ready, ""
}

// pinReason says what a pinned source serves, and why not what it offers.
func (f *follower) pinReason(p *pin, bad int) string {
	reason := "kept at " + p.Revision
	switch {
	case p.Configured:
		reason += " by the configuration"
	case p.UntilNewer:
		reason += " until something newer is offered"
	}
	if bad > 0 {
		reason += fmt.Sprintf("; of what is offered %s not valid", plural(bad, "document is", "documents are"))
	}
	return reason
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// orphans lists sources that are gone from the configuration and left resources behind (R10).
func orphans(counts map[string]int) []delivery.Source {
	var out []delivery.Source
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		out = append(out, delivery.Source{
			Name: name, State: delivery.Orphaned, Documents: counts[name],
			Reason: "no longer configured; its resources are kept and protected",
		})
	}
	return out
}
