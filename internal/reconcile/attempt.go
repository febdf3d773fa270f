package reconcile

import (
	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/source"
)

// attempted is what one attempt saw and did.
type attempted struct {
	generation uint64 // of the sink, when it was looked at
	have       map[resource.ID]desired.Have
	sources    []desired.Source
	set        *desired.Set
	changes    Changes
	results    map[string]Result
	// newer are the sources whose --until-newer pin gives way to what they offer now.
	newer map[string]bool
	// refused are the rows of what sources with such a pin offered in vain.
	refused []desired.Row
}

func (r *Reconciler) attempt() (attempted, error) {
	r.generation = r.sink.Generation(false)
	seen := r.generation
	a, err := r.plan(r.newer())
	a.generation = seen
	if err != nil {
		return a, err
	}
	a.results, err = r.apply(a.changes)
	r.contents.settle()
	return a, err
}

// plan decides what is to be served and what that changes. Sources in newer take part with what they offer instead of what
// they are pinned to, unless it is not valid.
func (r *Reconciler) plan(newer map[string]bool) (attempted, error) {
	a := attempted{newer: newer}
	var err error
	if a.have, err = r.sink.Have(); err != nil {
		return a, err
	}
	pinned := r.pinned()
	for {
		sources := r.sources(a.newer)
		r.contents.fill(sources)
		for i := range sources {
			sources[i].Gave = r.gave(r.byName[sources[i].Name], sources[i].Files)
		}
		a.sources = sources
		a.set = desired.Build(desired.Input{
			Sources: sources, Contents: r.contents.get, Have: a.have, Pinned: pinned, Adopt: r.o.Adopt, CreateProjects: r.o.CreateProjects,
			Tenancy: r.o.Tenancy,
		})
		if !a.giveUp() {
			break
		}
	}
	a.changes = Plan(a.have, a.set, r.guard(a.newer))
	return a, nil
}

// giveUp takes out of newer what proved invalid; it says whether there was any.
func (a *attempted) giveUp() bool {
	found := false
	for name := range a.newer {
		if a.set.Invalid[name] == 0 {
			continue
		}
		for _, row := range a.set.Rows {
			if row.Source == name && (row.Outcome == delivery.Invalid || row.Outcome == delivery.Refused) {
				a.refused = append(a.refused, row)
			}
		}
		delete(a.newer, name)
		found = true
	}
	return found
}

func (r *Reconciler) newer() map[string]bool {
	out := map[string]bool{}
	for _, f := range r.followers {
		if f.newer(r.o.Higher) {
			out[f.name] = true
		}
	}
	return out
}

// sources is each source's part in a build; one that was never read takes part with its persisted last set (R7).
func (r *Reconciler) sources(newer map[string]bool) []desired.Source {
	var out []desired.Source
	for _, f := range r.followers {
		s := desired.Source{
			Name: f.name, Priority: f.Priority, OnInvalid: f.onInvalid(), Files: f.files, Suspended: !f.saved.Suspended.IsZero(),
			Home: f.Home,
		}
		p, _ := f.serving()
		switch {
		case p != nil && !newer[f.name]:
			s.Files = p.Files
		case f.snapshot != nil:
			s.Unread = f.snapshot.Unread
		default:
			s.Unread = []source.Unread{{Reason: "not read yet"}}
		}
		out = append(out, s)
	}
	return out
}

func (r *Reconciler) guard(newer map[string]bool) Guard {
	g := Guard{
		Now: r.now(), Sources: map[string]SourceGuard{}, Recent: r.history.recent(r.now()), Pending: r.pending,
		Unlocked: r.decisions.unlocked(r.now()), Reformed: r.reformed,
	}
	for _, f := range r.followers {
		g.Order = append(g.Order, f.name)
		g.Sources[f.name] = f.guard(newer[f.name])
	}
	return g
}

// guard is what a plan must know of the source. An explicit rollback is believed (R13).
func (f *follower) guard(newer bool) SourceGuard {
	g := SourceGuard{Disabled: f.PruneOff, Delay: f.PruneDelay, Settle: f.Settle, Confirmed: f.confirmed, Empty: len(f.files) == 0 && !f.MayEmpty}
	if p, _ := f.serving(); p != nil && !newer {
		g.Readable, g.Settled, g.Complete = true, true, true
		return g
	}
	if s := f.snapshot; s != nil {
		g.Readable = !s.Unreadable("")
		g.Settled, g.Complete, g.Scan = s.Settled, s.Complete, s.At
	}
	return g
}
