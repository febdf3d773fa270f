package server

import (
	"slices"
	"time"

	"github.com/perseid-dev/perseid/internal/resource"
)

// pinOf is the release that a source is kept at.
func (m *model) pinOf(name string, newer map[string]bool) *releasePin {
	if newer[name] {
		return nil
	}
	return m.memory[name].pin
}

// newer are the sources whose --until-newer pin meets a revision that was first seen after the rollback (R23).
func (m *model) newer() map[string]bool {
	out := map[string]bool{}
	for _, c := range m.setup.sources {
		p, g := m.memory[c.name].pin, m.glances[c.name]
		if p != nil && p.untilNewer && len(g.unread) == 0 && !p.seen[g.revision] {
			out[c.name] = true
		}
	}
	return out
}

// remember keeps what the next reconcile is to know of each source.
func (m *model) remember(d *decision, newer map[string]bool, _ time.Time) {
	for _, c := range m.setup.sources {
		mem, g := m.memory[c.name], m.glances[c.name]
		if newer[c.name] {
			mem.pin = nil
		}
		mem.seen[g.revision] = true
		mem.remember(d.sheets(c))
		switch {
		case mem.pin != nil:
			mem.served = mem.pin.revision
		case g.complete && d.invalid[c.name] == 0 && !d.frozen[c.name]:
			mem.release(releaseOf{g.revision, mem.sheets})
		}
	}
}

// remember keeps what each path gives, and for one that cannot be read as a whole also what it gave before (R18).
func (mem *memory) remember(sheets map[string]sheet) {
	gave := map[string][]resource.ID{}
	for path, s := range sheets {
		if s.illegible() {
			gave[path] = slices.Clone(mem.gave[path])
		}
		for _, p := range s.Papers {
			if id := p.identity(); id.Name != "" && !s.Garbage {
				gave[path] = append(gave[path], id)
			}
		}
	}
	mem.gave = gave
}

// release is remembered once all of it is served; the last ten are kept (R22).
func (mem *memory) release(r releaseOf) {
	mem.served = r.revision
	if n := len(mem.releases); n > 0 && mem.releases[n-1].revision == r.revision {
		return
	}
	mem.releases = append(mem.releases, r)
	mem.releases = mem.releases[max(0, len(mem.releases)-10):]
}

// before is the release that was served before the present one.
func (mem *memory) before() *releaseOf {
	for i := len(mem.releases) - 1; i >= 0; i-- {
		if mem.releases[i].revision == mem.served {
			if i == 0 {
				return nil
			}
			return &mem.releases[i-1]
		}
	}
	if n := len(mem.releases); n > 0 {
		return &mem.releases[n-1]
	}
	return nil
}
