package server

import (
	"cmp"
	"maps"
	"slices"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/resource"
)

// candidate is a document that might be served.
type candidate struct {
	id     resource.ID
	source string
	path   string
	index  int
	content
	rank     []int // precedence: higher wins (R8)
	lastGood bool  // what the source serves already; there is no row for it
	pinned   bool
}

// spot is where a document is.
type spot struct {
	source, path string
	index        int
}

func (c *candidate) spot() spot { return spot{c.source, c.path, c.index} }

// row is what becomes of a document.
type row struct {
	id      resource.ID
	outcome delivery.Outcome
}

const fine = delivery.Unchanged // also stands for applied: which of the two is a matter of revisions

// decision is what should be served, and why not the rest.
type decision struct {
	winners  map[resource.ID]*candidate
	declared map[resource.ID]bool
	rows     map[spot]row
	projects []string // to be created
	invalid  map[string]int
	frozen   map[string]bool

	m          *model
	newer      map[string]bool
	found      map[spot]delivery.Outcome // invalid or refused in an earlier attempt
	candidates map[resource.ID][]*candidate
}

// decide lets a source that holds back its release stay as it is if any of its documents is invalid, and then decides again without
// them. What was found invalid stays so (R19).
func (m *model) decide(newer map[string]bool) *decision {
	frozen, found := map[string]bool{}, map[spot]delivery.Outcome{}
	for _, c := range m.setup.sources {
		frozen[c.name] = m.memory[c.name].suspended
	}
	for {
		d := &decision{
			m: m, newer: newer, frozen: frozen, found: found, winners: map[resource.ID]*candidate{}, declared: map[resource.ID]bool{},
			rows: map[spot]row{}, invalid: map[string]int{}, candidates: map[resource.ID][]*candidate{},
		}
		d.attempt()
		more := false
		for _, c := range m.setup.sources {
			if c.hold && !frozen[c.name] && d.invalid[c.name] > 0 && m.servesAny(c.name) {
				frozen[c.name], more = true, true
			}
		}
		if !more {
			return d
		}
		for at, r := range d.rows {
			if frozen[at.source] && (r.outcome == delivery.Invalid || r.outcome == delivery.Refused) {
				found[at] = r.outcome
			}
		}
	}
}

func (m *model) servesAny(name string) bool {
	for _, s := range m.served {
		if s.owner != nil && s.owner.source == name {
			return true
		}
	}
	return false
}

func (d *decision) attempt() {
	for order, c := range d.m.setup.sources {
		d.gather(order, c)
	}
	d.elect()
}

// sheets is what a source declares now: its release if it is pinned to one.
func (d *decision) sheets(c shelfConfig) map[string]sheet {
	mem := d.m.memory[c.name]
	if mem.pin != nil && !d.newer[c.name] {
		return mem.pin.sheets
	}
	return mem.sheets
}

func (d *decision) gather(order int, c shelfConfig) {
	sheets := d.sheets(c)
	for n, path := range slices.Sorted(maps.Keys(sheets)) {
		if sheets[path].Garbage {
			d.reject(spot{c.name, path, 0}, resource.ID{}, delivery.Invalid)
		} else {
			for i, p := range sheets[path].Papers {
				d.paper(c, spot{c.name, path, i}, p, []int{c.priority, order, n, i})
			}
		}
		if sheets[path].illegible() {
			for _, id := range d.m.memory[c.name].gave[path] {
				d.stays(c, id, order)
			}
		}
	}
	for id, s := range d.m.served {
		if s.owner == nil || s.owner.source != c.name {
			continue
		}
		unread := d.m.pinOf(c.name, d.newer) == nil && d.m.glances[c.name].covers(s.owner.path)
		if d.frozen[c.name] || unread || sheets[s.owner.path].illegible() {
			d.stays(c, id, order)
		}
	}
}

// stays declares an identity without saying what it should be: what the source serves under it, if it does, goes on.
func (d *decision) stays(c shelfConfig, id resource.ID, order int) {
	d.declared[id] = true
	d.lastGood(c.name, id, []int{c.priority, order})
}

func (d *decision) paper(c shelfConfig, at spot, p paper, rank []int) {
	id := p.identity()
	named := p.placed()
	if named {
		d.declared[id] = true
	}
	pin, pinned := d.m.pinned[id]
	pinned = pinned && pin.source == c.name
	one := &candidate{id: id, source: c.name, path: at.path, index: at.index, content: p.content, rank: rank, pinned: pinned}
	if pinned {
		one.content = pin.content
	}
	switch {
	case !pinned && p.Flaw != sound:
		d.reject(at, id, delivery.Invalid)
		if named {
			d.lastGood(c.name, id, rank)
		}
	case d.frozen[c.name]:
		d.frozenPaper(one)
	default:
		d.rows[at] = row{id, fine}
		d.candidates[id] = append(d.candidates[id], one)
	}
}

// frozenPaper says of a document of a source that stays as it is whether it is among what is served.
func (d *decision) frozenPaper(c *candidate) {
	s := d.m.served[c.id]
	switch outcome, known := d.found[c.spot()]; {
	case known:
		d.reject(c.spot(), c.id, outcome)
	case s != nil && s.owner != nil && s.owner.source == c.source && s.owner.written == c.content:
		d.rows[c.spot()] = row{c.id, fine}
	default:
		d.rows[c.spot()] = row{c.id, delivery.HeldBack}
	}
}

func (d *decision) reject(at spot, id resource.ID, outcome delivery.Outcome) {
	d.rows[at] = row{id, outcome}
	d.invalid[at.source]++
}

// lastGood makes a candidate of what the source serves, if it does (R18).
func (d *decision) lastGood(source string, id resource.ID, rank []int) *candidate {
	s := d.m.served[id]
	if s == nil || s.owner == nil || s.owner.source != source {
		return nil
	}
	c := &candidate{id: id, source: source, content: s.content, rank: rank, lastGood: true}
	d.candidates[id] = append(d.candidates[id], c)
	return c
}

// elect goes through the identities in the order of their kinds, so that each sees what it needs decided. Of datasources, the one
// that is the default now comes first; then the order of configuration decides.
func (d *decision) elect() {
	f := d.startFinal()
	ids := slices.Collect(maps.Keys(d.candidates))
	for _, list := range d.candidates {
		slices.SortStableFunc(list, func(a, b *candidate) int { return slices.Compare(b.rank, a.rank) })
	}
	slices.SortFunc(ids, func(a, b resource.ID) int {
		return cmp.Or(cmp.Compare(rankOf(a), rankOf(b)), cmp.Compare(d.challenger(a), d.challenger(b)),
			cmp.Compare(d.candidates[a][0].rank[1], d.candidates[b][0].rank[1]), a.Compare(b))
	})
	for _, id := range ids {
		winner := d.first(id, f)
		switch s := d.m.served[id]; {
		case winner != nil:
			d.winners[id] = winner
			f.add(id, winner.content)
		case s != nil: // declared, so it stays, whoever it belongs to
			f.add(id, s.content)
		}
	}
	d.projects = f.created
}

func rankOf(id resource.ID) int {
	kind, err := resource.KindByName(id.Kind)
	if err != nil {
		return -1
	}
	return kind.Rank
}

func (d *decision) challenger(id resource.ID) int {
	if s := d.m.served[id]; s != nil && s.Default {
		return 0
	}
	return 1
}

// first is the first acceptable candidate of an identity; the others are shadowed. One that is not acceptable leaves its place to what
// its source serves already, and without that to the next.
func (d *decision) first(id resource.ID, f *final) *candidate {
	var winner *candidate
	for _, c := range slices.Clone(d.candidates[id]) {
		switch {
		case winner != nil && !c.lastGood:
			d.rows[c.spot()] = row{id, delivery.Shadowed}
		case winner != nil:
		case c.lastGood:
			winner = c
		default:
			outcome := f.accepts(c)
			if outcome == fine {
				winner = c
				break
			}
			d.reject(c.spot(), id, outcome)
			winner = d.lastGood(c.source, id, c.rank)
		}
	}
	return winner
}

// refuses applies delivery.adopt (R11).
func (m *model) refuses(c *candidate) bool {
	s := m.served[c.id]
	if s == nil || s.owner != nil || m.setup.adopt == desired.AdoptAlways {
		return false
	}
	return m.setup.adopt == desired.AdoptNever || s.content != c.content
}
