package server

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/resource"
)

// fate is what becomes of a resource that its source no longer declares.
type fate int

const (
	released fate = iota
	retained
	awaits
	deleted
)

// prune decides about all that is managed and that nothing declares any more.
func (m *model) prune(d *decision, newer map[string]bool, now time.Time) map[resource.ID]fate {
	before := m.pending
	m.pending, m.holds, m.awaiting = map[resource.ID]wait{}, map[string][]resource.ID{}, map[resource.ID]string{}
	fates := map[resource.ID]fate{}
	for _, c := range m.setup.sources {
		var doomed []resource.ID
		for id, s := range m.served {
			if s.owner == nil || s.owner.source != c.name || d.winners[id] != nil || d.declared[id] || d.frozen[c.name] {
				continue
			}
			if s.drifted() || s.damaged || s.Keep { // I2, R16; at once, since nothing is lost by it
				fates[id] = released
				continue
			}
			doomed = append(doomed, id)
		}
		m.pruneSource(c, m.pinOf(c.name, newer) != nil, doomed, fates, before, now)
	}
	m.pruneProjects(d, fates)
	for id, f := range fates {
		if f == awaits {
			m.awaiting[id] = m.served[id].owner.source
		}
	}
	return fates
}

func (m *model) pruneSource(c shelfConfig, pinned bool, doomed []resource.ID, fates map[resource.ID]fate, before map[resource.ID]wait, now time.Time) {
	g := m.glances[c.name]
	complete := pinned || g.complete // a rollback is believed (R13)
	held, confirmed := map[resource.ID]bool{}, false
	if !complete {
		held, confirmed = m.hold(c.name, doomed, before, now)
	}
	for _, id := range doomed {
		w, waited := before[id]
		if !waited {
			w = wait{source: c.name, since: now, scan: g.at}
		}
		looked := complete || now.Sub(w.since) >= delay && g.at.After(w.scan)
		w.due, w.held = time.Time{}, held[id] && (w.held || looked && (g.settled || pinned))
		fates[id] = awaits
		switch {
		case c.pruneOff, !pinned && g.covers(""), !g.settled && !complete, held[id] && !confirmed: // R15, R16, R13
		case looked, held[id]: // what is confirmed goes together (R14)
			fates[id] = deleted
			m.pending[id] = w
			continue
		default:
			w.due = w.since.Add(delay)
		}
		m.pending[id] = w
	}
	if len(doomed) == 0 {
		delete(m.confirmed, c.name)
	}
}

// hold finds the deletions that are too many at once (R13), or were and have been neither confirmed nor taken back (R14).
func (m *model) hold(name string, doomed []resource.ID, before map[resource.ID]wait, now time.Time) (held map[resource.ID]bool, confirmed bool) {
	held = map[resource.ID]bool{}
	for _, id := range doomed {
		all := len(m.memory[name].sheets) == 0 || m.tooMany(name, "", len(doomed), now)
		inProject := 0
		for _, other := range doomed {
			if other.Project == id.Project {
				inProject++
			}
		}
		if all || before[id].held || id.Project != "" && m.tooMany(name, id.Project, inProject, now) {
			held[id] = true
		}
	}
	ids := slices.SortedFunc(maps.Keys(held), resource.ID.Compare)
	if confirmed = m.confirmed[name] == fmt.Sprint(ids); !confirmed && len(ids) > 0 {
		m.holds[name] = ids
	}
	return held, confirmed
}

// tooMany: more than half of ten or more within ten minutes.
func (m *model) tooMany(name, project string, doomed int, now time.Time) bool {
	owned, lost := 0, 0
	for id, s := range m.served {
		if s.owner != nil && s.owner.source == name && (project == "" || id.Project == project) {
			owned++
		}
	}
	for _, l := range m.lost {
		if l.source == name && (project == "" || l.project == project) && now.Sub(l.at) < 10*time.Minute {
			lost++
		}
	}
	return owned+lost >= 10 && 2*(doomed+lost) > owned+lost
}

// pruneProjects keeps a project that holds anything that stays, and lets one wait for what is on its way out (R17).
func (m *model) pruneProjects(d *decision, fates map[resource.ID]fate) {
	for id, f := range fates {
		if id.Kind != "Project" || f != awaits && f != deleted {
			continue
		}
		for other, s := range m.served {
			if other.Project != id.Name {
				continue
			}
			switch what, going := fates[other]; {
			case !going, what == released:
				f = retained
			case f == deleted && (what == awaits || s.owner.source != m.served[id].owner.source):
				f = awaits
			}
			if f == retained {
				break
			}
		}
		for other := range d.winners {
			if other.Project == id.Name {
				f = retained
			}
		}
		if fates[id] = f; f == retained {
			delete(m.pending, id)
		}
	}
}

// carryOut does what was decided.
func (m *model) carryOut(fates map[resource.ID]fate, now time.Time) {
	for id, f := range fates {
		s := m.served[id]
		switch f {
		case released, retained:
			s.owner = nil
		case deleted:
			m.lost = append(m.lost, loss{s.owner.source, id.Project, now})
			m.keep(id, delivery.WhyDeleted)
			delete(m.served, id)
		}
	}
}
