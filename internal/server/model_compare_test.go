package server

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/inventory"
	"github.com/perseid-dev/perseid/internal/resource"
)

// seen is a resource as both sides describe it.
type seen struct {
	Content string
	Hash    inventory.Hash
	Version uint64
	Created time.Time
	Owner   string
}

// account is all that is compared.
type account struct {
	Resources map[string]seen
	Sources   map[string]string
	Documents map[string]delivery.Outcome
}

// compare says how the real thing differs from the model, and what no model is needed to see.
func (t *trial) compare() string {
	if len(t.sink.broken) > 0 {
		return strings.Join(t.sink.broken, "\n")
	}
	want, got := t.expected(), t.actual(t.reconciler.Status(true))
	for name, r := range got.Resources {
		if w, ok := want.Resources[name]; ok && w.Hash == r.Hash {
			r.Content = w.Content
			got.Resources[name] = r
		}
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		return "differs (-model +real):\n" + diff + "\nbatches:\n" + strings.Join(t.sink.batches, "\n")
	}
	return t.remembered()
}

func (t *trial) actual(status delivery.Status) account {
	a := account{Resources: map[string]seen{}, Sources: map[string]string{}, Documents: map[string]delivery.Outcome{}}
	entries, err := t.db.All()
	t.must(err)
	for _, e := range entries {
		one := seen{Content: "other", Hash: e.Hash, Version: e.Metadata.Version, Created: e.Metadata.CreatedAt.UTC()}
		if mark, err := readMark(t.key, e.Mark); err != nil {
			one.Owner = err.Error()
		} else if mark != nil {
			one.Owner = fmt.Sprintf("%s %s#%d", mark.Source, mark.Path, mark.Index)
			if mark.Place != "" {
				one.Owner = mark.Source + " " + mark.Place + " pinned"
			}
			if inventory.Hash(e.Hash) != mark.Stored {
				one.Owner += " drifted"
			}
		}
		a.Resources[e.ID.String()] = one
	}
	for _, s := range status.Sources {
		text := string(s.State)
		if s.Hold != nil {
			text += fmt.Sprintf(" holding %v", s.Hold.Deletions)
		}
		if s.State == delivery.Orphaned {
			text += fmt.Sprintf(" %d", s.Documents)
		}
		a.Sources[s.Name] = text
	}
	for _, d := range status.Documents {
		switch d.Outcome {
		case delivery.Pruned, delivery.Released, delivery.Retained:
			continue // of the past
		case delivery.Applied:
			d.Outcome = fine
		}
		id := resource.ID{Kind: d.Kind, Project: d.Project, Name: d.Name}
		path := strings.TrimPrefix(d.Origin, d.Source+":")
		if d.Outcome == delivery.HeldBack && t.m.awaiting[id] == d.Source {
			a.Documents["awaiting "+id.String()] = delivery.HeldBack
			continue
		}
		name := rowName(spot{d.Source, path, d.Index}, id)
		if _, twice := a.Documents[name]; twice {
			name = "offered " + name
		}
		a.Documents[name] = d.Outcome
	}
	return a
}

func rowName(at spot, id resource.ID) string {
	return fmt.Sprintf("%s %s#%d %s", at.source, at.path, at.index, id)
}

func (t *trial) expected() account {
	m := t.m
	a := account{Resources: map[string]seen{}, Sources: map[string]string{}, Documents: map[string]delivery.Outcome{}}
	orphans := map[string]int{}
	for id, s := range m.served {
		one := seen{
			Content: fmt.Sprintf("%+v", s.content), Hash: t.hashes.of(id, s.content), Version: s.version, Created: s.created.UTC(),
		}
		if o := s.owner; o != nil {
			one.Owner = fmt.Sprintf("%s %s#%d", o.source, o.path, o.index)
			if o.pinned {
				one.Owner = o.source + " " + o.path + " pinned"
			}
			if s.drifted() {
				one.Owner += " drifted"
			}
			if !m.configured(o.source) && m.decision.winners[id] == nil {
				orphans[o.source]++
			}
		}
		a.Resources[id.String()] = one
	}
	for at, r := range m.decision.rows {
		a.Documents[rowName(at, r.id)] = r.outcome
	}
	for at, r := range m.offered {
		name := rowName(at, r.id)
		if _, twice := a.Documents[name]; twice {
			name = "offered " + name
		}
		a.Documents[name] = r.outcome
	}
	for id := range m.awaiting {
		a.Documents["awaiting "+id.String()] = delivery.HeldBack
	}
	for _, c := range m.setup.sources {
		a.Sources[c.name] = m.state(c)
	}
	for name, n := range orphans {
		a.Sources[name] = fmt.Sprintf("%s %d", delivery.Orphaned, n)
	}
	return a
}

// state is the worst that can be said of a source.
func (m *model) state(c shelfConfig) string {
	g, mem := m.glances[c.name], m.memory[c.name]
	hold := ""
	if ids := m.holds[c.name]; len(ids) > 0 {
		var names []string
		for _, id := range slices.SortedFunc(slices.Values(ids), resource.ID.Compare) {
			names = append(names, id.String())
		}
		hold = fmt.Sprintf(" holding %v", names)
	}
	state := delivery.Ready
	switch {
	case mem.suspended:
		state = delivery.Suspended
	case mem.pin != nil:
		state = delivery.Pinned
	case g.covers(""):
		state = delivery.Failing
	case hold != "":
		state = delivery.Held
	case m.decision.invalid[c.name] > 0, len(g.unread) > 0:
		state = delivery.Degraded
	}
	return string(state) + hold
}

// whole is an invariant of the model itself: at most one default datasource in a project, unless somebody made it so.
func (m *model) summary() string {
	var lines []string
	for _, id := range slices.SortedFunc(maps.Keys(m.served), resource.ID.Compare) {
		lines = append(lines, fmt.Sprintf("%s %+v", id, *m.served[id]))
	}
	return cmp.Or(strings.Join(lines, "\n"), "nothing")
}
