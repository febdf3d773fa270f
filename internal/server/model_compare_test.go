package server

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/inventory"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/store"
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
	if diff := cmp.Diff(want, got); diff != "" {
		return "differs (-model +real):\n" + diff + "\nbatches:\n" + strings.Join(t.sink.batches, "\n")
	}
	return t.remembered()
}

func (t *trial) actual(status delivery.Status) account {
	a := account{Resources: map[string]seen{}, Sources: map[string]string{}, Documents: map[string]delivery.Outcome{}}
	entries, err := t.db.All()
	t.must(err)
	for _, e := range entries {
		a.Resources[e.ID.String()] = seen{
			Content: "other", Hash: e.Hash, Version: e.Metadata.Version, Created: e.Metadata.CreatedAt.UTC(), Owner: t.ownerOf(e),
		}
	}
	for _, s := range status.Sources {
		a.Sources[s.Name] = lineOf(s)
	}
	for _, d := range status.Documents {
		t.addDocument(a.Documents, d)
	}
	return a
}

func (t *trial) ownerOf(e *store.Entry) string {
	mark, err := readMark(t.key, e.Mark)
	switch {
	case err != nil:
		return err.Error()
	case mark == nil:
		return ""
	}
	return ownerName(owner{source: mark.Source, path: mark.Declarer(), index: mark.Index, pinned: mark.Place != ""}, inventory.Hash(e.Hash) != mark.Stored)
}

func ownerName(o owner, drifted bool) string {
	text := fmt.Sprintf("%s %s", o.source, o.path)
	if o.pinned {
		text += " pinned"
	} else {
		text += fmt.Sprintf("#%d", o.index)
	}
	if drifted {
		text += " drifted"
	}
	return text
}

func lineOf(s delivery.Source) string {
	text := string(s.State)
	if s.Hold != nil {
		text += fmt.Sprintf(" holding %v", s.Hold.Deletions)
	}
	if s.State == delivery.Orphaned {
		text += fmt.Sprintf(" %d", s.Documents)
	}
	return text
}

// addDocument leaves out rows that tell of the past, which a restart forgets.
func (t *trial) addDocument(documents map[string]delivery.Outcome, d delivery.Document) {
	id := resource.ID{Kind: d.Kind, Project: d.Project, Name: d.Name}
	at := spot{d.Source, strings.TrimPrefix(d.Origin, d.Source+":"), d.Index}
	switch d.Outcome {
	case delivery.Pruned, delivery.Released, delivery.Retained:
		return
	case delivery.Applied:
		d.Outcome = fine
	case delivery.HeldBack:
		if t.m.awaiting[id] == d.Source {
			documents["awaiting "+id.String()] = delivery.HeldBack
			return
		}
	}
	addRow(documents, at, row{id, d.Outcome})
}

// addRow tells what a pinned source offers from what it serves, where both are at one place.
func addRow(documents map[string]delivery.Outcome, at spot, r row) {
	name := fmt.Sprintf("%s %s#%d %s", at.source, at.path, at.index, r.id)
	if _, twice := documents[name]; twice {
		name = "offered " + name
	}
	documents[name] = r.outcome
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
			one.Owner = ownerName(*o, s.drifted())
			if !m.configured(o.source) && m.decision.winners[id] == nil {
				orphans[o.source]++
			}
		}
		a.Resources[id.String()] = one
	}
	for at, r := range m.decision.rows {
		addRow(a.Documents, at, r)
	}
	for at, r := range m.offered {
		addRow(a.Documents, at, r)
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
