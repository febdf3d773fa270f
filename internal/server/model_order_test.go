package server

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/resource"
)

// protected says whether the API refuses to change a resource (R25).
func (m *model) protected(id resource.ID) bool {
	s := m.served[id]
	if s == nil || s.owner == nil || !m.unlocked[id].IsZero() {
		return false
	}
	return !m.configured(s.owner.source) || !m.memory[s.owner.source].suspended
}

// write is what the API does; it says whether it is allowed.
func (m *model) write(s step, now time.Time) bool {
	have := m.served[s.id]
	switch {
	case s.verb == "post":
		if have != nil {
			return false
		}
		m.served[s.id] = &served{content: s.content, created: now}
	case have == nil, m.protected(s.id):
		return false
	case s.verb == "put":
		have.write(s.content)
	default:
		delete(m.served, s.id)
	}
	return true
}

// order is a command; it says whether it is carried out.
func (m *model) order(c delivery.Command, now time.Time) bool {
	id := resource.ID{Kind: c.Kind, Project: c.Project, Name: c.Name}
	var ok bool
	switch c.Verb {
	case delivery.Suspend, delivery.Resume:
		ok = m.suspend(c.Source, c.Verb == delivery.Suspend)
	case delivery.Unlock:
		ok = m.unlock(id, now, c.For)
	case delivery.Rollback:
		if c.Kind == "" {
			ok = m.rollbackSource(c)
		} else {
			ok = m.rollback(id, c.Version)
		}
	case delivery.Unpin:
		ok = m.unpin(c.Source, id)
	case delivery.Undo:
		ok = m.undo(id, now)
	case delivery.Forget:
		ok = m.forget(c.Source, c.Prune, now)
	}
	if ok {
		m.reconcile(now)
	}
	return ok
}

// confirm lets a hold go that is still as it was shown (R14).
func (m *model) confirm(name string, fresh bool, now time.Time) bool {
	ids := m.holds[name]
	if !fresh || len(ids) == 0 {
		return false
	}
	m.confirmed[name] = fmt.Sprint(ids)
	m.reconcile(now)
	m.look(name, now)
	return true
}

func (m *model) suspend(name string, on bool) bool {
	if !m.configured(name) {
		return false
	}
	m.memory[name].suspended = on
	return true
}

func (m *model) managed(id resource.ID) bool { return m.served[id] != nil && m.served[id].owner != nil }

func (m *model) unlock(id resource.ID, now time.Time, d time.Duration) bool {
	if !m.managed(id) {
		return false
	}
	delete(m.unlocked, id)
	if d > 0 {
		m.unlocked[id] = now.Add(d)
	}
	return true
}

// rollback pins a managed resource to a previous content, the newest of those with the version (R23).
func (m *model) rollback(id resource.ID, version *uint64) bool {
	if !m.managed(id) {
		return false
	}
	for _, p := range slices.Backward(m.past[id]) {
		if version == nil || p.version == *version {
			m.pinned[id] = pinnedPast{m.served[id].owner.source, p.content}
			return true
		}
	}
	return false
}

// revisionOf names a release of a source, oldest first from 1; "" is the one before the present one.
func (m *model) revisionOf(name string, n int) string {
	if mem := m.memory[name]; mem != nil && n > 0 && n <= len(mem.releases) {
		return mem.releases[n-1].revision
	}
	return ""
}

// rollbackSource pins a source to a release.
func (m *model) rollbackSource(c delivery.Command) bool {
	if !m.configured(c.Source) {
		return false
	}
	mem := m.memory[c.Source]
	to := mem.before()
	for i := range mem.releases {
		if mem.releases[i].revision == c.Revision {
			to = &mem.releases[i]
		}
	}
	if to == nil {
		return false
	}
	mem.pin = &releasePin{*to, c.UntilNewer, maps.Clone(mem.seen)}
	return true
}

func (m *model) unpin(name string, id resource.ID) bool {
	if id.Kind == "" {
		had := m.configured(name) && m.memory[name].pin != nil
		if had {
			m.memory[name].pin = nil
		}
		return had
	}
	_, had := m.pinned[id]
	delete(m.pinned, id)
	return had
}

// undo brings back what was deleted or taken over last (I3).
func (m *model) undo(id resource.ID, now time.Time) bool {
	for _, p := range slices.Backward(m.past[id]) {
		if p.why == delivery.WhyUpdated {
			continue
		}
		if m.served[id] == nil {
			m.served[id] = &served{content: p.content, version: p.version + 1, created: p.created}
			return true
		}
		return m.rollback(id, &p.version)
	}
	return false
}

// forget ends the resources of a source that is not configured. What another source declares is not deleted (I1), nor what others
// changed (I2), nor a project that holds anything (R17).
func (m *model) forget(name string, prune bool, now time.Time) bool {
	fates := map[resource.ID]fate{}
	for id, s := range m.served {
		if s.owner == nil || s.owner.source != name || m.configured(name) {
			continue
		}
		fates[id] = released
		if prune && !s.drifted() && !s.damaged && !s.Keep && !m.decision.declared[id] {
			fates[id] = deleted
		}
	}
	m.pruneProjects(&decision{}, fates)
	m.carryOut(fates, now)
	return len(fates) > 0
}
