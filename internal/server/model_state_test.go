package server

import (
	"maps"
	"slices"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/resource"
)

// model is DELIVERY.md as a small program: slow, without a disk or a goroutine, and written from the rules alone. Where they leave
// freedom it says what it chose.
type model struct {
	setup   setup
	shelves []*shelf
	served  map[resource.ID]*served
	past    map[resource.ID][]past // previous contents, oldest first (I3, R22)
	// What survives a restart of each source, by name, whether configured or not (R7).
	memory   map[string]*memory
	unlocked map[resource.ID]time.Time  // until when (R24)
	pinned   map[resource.ID]pinnedPast // R23
	lost     []loss                     // deletions, for the guard (R13)
	pending  map[resource.ID]wait       // R32

	// What a restart forgets or finds anew.
	started   time.Time
	glances   map[string]*glance
	confirmed map[string]string
	holds     map[string][]resource.ID
	awaiting  map[resource.ID]string // whose deletion waits, and its source
	decision  *decision
	offered   map[spot]row // what is wrong with what pinned sources offer
}

// served is a resource that the database holds.
type served struct {
	content
	version uint64
	created time.Time
	owner   *owner    // nil: unmanaged
	damaged bool      // the file cannot be read; the content is what could be read last (R29)
	since   time.Time // when that was first noticed; zero before
}

// owner is an owner mark.
type owner struct {
	source  string
	path    string
	index   int
	pinned  bool    // the content came from history, not from the path
	written content // as we last wrote it (I2)
}

func (s *served) drifted() bool { return s.owner != nil && s.content != s.owner.written }

// past is a content that something else took the place of.
type past struct {
	content
	version uint64
	created time.Time
	why     delivery.Why
}

type pinnedPast struct {
	source  string
	content content
}

type loss struct {
	source, project string
	at              time.Time
}

// wait is a deletion that is not due yet (R15).
type wait struct {
	source string
	since  time.Time
	scan   time.Time
	due    time.Time // when a second look is to be had; zero while something else is waited for
	held   bool      // part of a hold that lasted
}

// memory is what is remembered of a source.
type memory struct {
	sheets    map[string]sheet         // as it last was, with what could not be read filled in (R3)
	gave      map[string][]resource.ID // what each path declared when it could last be read as a whole (R18)
	suspended bool
	releases  []releaseOf // oldest first
	served    string      // the revision of the release that is served
	pin       *releasePin
	seen      map[string]bool // revisions
}

type releaseOf struct {
	revision string
	sheets   map[string]sheet
}

type releasePin struct {
	releaseOf
	untilNewer bool
	seen       map[string]bool
}

func newModel(s setup, shelves []*shelf) *model {
	return &model{
		setup: s, shelves: shelves, served: map[resource.ID]*served{}, past: map[resource.ID][]past{}, memory: map[string]*memory{},
		unlocked: map[resource.ID]time.Time{}, pinned: map[resource.ID]pinnedPast{},
	}
}

// start is a start of the server: every source is listed, then all of them are reconciled at once.
func (m *model) start(now time.Time) {
	m.started = now
	m.glances, m.confirmed = map[string]*glance{}, map[string]string{}
	for _, c := range m.setup.sources {
		if m.memory[c.name] == nil {
			m.memory[c.name] = &memory{sheets: map[string]sheet{}, gave: map[string][]resource.ID{}, seen: map[string]bool{}}
		}
		m.take(c)
	}
	for _, s := range m.served {
		s.since = time.Time{}
	}
	maps.DeleteFunc(m.unlocked, func(_ resource.ID, until time.Time) bool { return !now.Before(until) })
	m.reconcile(now)
}

// look is a listing of one source.
func (m *model) look(name string, now time.Time) {
	for _, c := range m.setup.sources {
		if c.name == name {
			m.take(c)
		}
	}
	m.reconcile(now)
}

// take fills in what could not be read with what was there before (R3).
func (m *model) take(c shelfConfig) {
	g := m.shelves[c.shelf].glance(c, m.started)
	sheets := maps.Clone(g.sheets)
	for path, sheet := range m.memory[c.name].sheets {
		if g.covers(path) {
			sheets[path] = sheet
		}
	}
	m.glances[c.name], m.memory[c.name].sheets = g, sheets
}

// tick is a second that passes.
func (m *model) tick(now time.Time) {
	for id, until := range m.unlocked {
		if !now.Before(until) {
			delete(m.unlocked, id)
			m.reconcile(now)
		}
	}
	for id, s := range m.served {
		if s.damaged && m.decision.winners[id] != nil && now.Sub(s.since) >= mendAfter {
			m.reconcile(now)
		}
	}
	var due []string
	for id, w := range m.pending {
		if !w.due.IsZero() && !w.due.After(now) {
			due = append(due, w.source)
			w.due = time.Time{}
			m.pending[id] = w
		}
	}
	slices.Sort(due)
	for _, name := range slices.Compact(due) {
		m.look(name, now)
	}
}

// reconcile makes what is served equal to what is declared.
func (m *model) reconcile(now time.Time) {
	for _, s := range m.served {
		if s.damaged && s.since.IsZero() {
			s.since = now
		}
	}
	newer := m.newer()
	d := m.decide(newer)
	m.offered = map[spot]row{}
	for name := range newer {
		if d.invalid[name] > 0 { // an --until-newer pin gives way only to what is valid
			m.offer(name, d)
			delete(newer, name)
			d = m.decide(newer)
		}
	}
	m.decision = d
	for _, project := range d.projects {
		m.served[resource.ID{Kind: "Project", Name: project}] = &served{created: now}
	}
	fates := m.prune(d, newer, now)
	for id, c := range d.winners {
		var before *owner
		if m.managed(id) && !m.served[id].drifted() {
			before = m.served[id].owner
		}
		m.serve(id, c, now)
		m.mend(id, before, now)
	}
	m.carryOut(fates, now)
	m.remember(d, newer, now)
}

func (m *model) offer(name string, d *decision) {
	for at, r := range d.rows {
		if at.source == name && (r.outcome == delivery.Invalid || r.outcome == delivery.Refused) {
			m.offered[at] = r
		}
	}
}

// serve makes the winner of an identity what is served.
func (m *model) serve(id resource.ID, c *candidate, now time.Time) {
	s := m.served[id]
	mark := &owner{source: c.source, path: c.path, index: c.index, pinned: c.pinned, written: c.content}
	switch {
	case s == nil:
		s = &served{content: c.content, created: now, owner: mark}
		if before := m.lastLife(id); before != nil {
			s.created, s.version = before.created, before.version+1
		}
		m.served[id] = s
	case !m.unlocked[id].IsZero(), c.lastGood:
	case s.content == c.content:
		s.owner = mark
	default:
		why := delivery.WhyUpdated
		if s.owner == nil || s.drifted() || s.owner.source != c.source {
			why = delivery.WhyTaken
		}
		if !s.damaged || s.owner != nil && !s.drifted() { // what others wrote and made unreadable goes to quarantine instead
			m.keep(id, why)
		}
		s.write(c.content)
		s.owner = mark
	}
}

// write replaces the content, whether it could be read or not.
func (s *served) write(c content) {
	s.content, s.damaged, s.since = c, false, time.Time{}
	s.version++
}

// mendAfter is how long a file that cannot be read is left alone: its writer may be in the middle.
const mendAfter = 5 * time.Second

// mend writes anew what cannot be read, unless it is for others to mend (R29). Where the content was nobody's, it is in quarantine.
func (m *model) mend(id resource.ID, before *owner, now time.Time) {
	s := m.served[id]
	if !s.damaged || now.Sub(s.since) < mendAfter || s.drifted() || !m.unlocked[id].IsZero() {
		return
	}
	switch {
	case before == nil:
	case before.source == s.owner.source:
		m.keep(id, delivery.WhyUpdated)
	default:
		m.keep(id, delivery.WhyTaken)
	}
	s.write(s.content)
}

// lastLife is what prune removed last under an identity (I3). What somebody deletes through the API starts anew, as with Perses.
func (m *model) lastLife(id resource.ID) *past {
	for i, p := range slices.Backward(m.past[id]) {
		if p.why == delivery.WhyDeleted {
			return &m.past[id][i]
		}
	}
	return nil
}

// keep remembers what is about to go.
func (m *model) keep(id resource.ID, why delivery.Why) {
	const versionsKept = 10
	s := m.served[id]
	list := append(m.past[id], past{s.content, s.version, s.created, why})
	m.past[id] = list[max(0, len(list)-versionsKept):]
}

func (m *model) isProject(name string) bool {
	return m.served[resource.ID{Kind: "Project", Name: name}] != nil
}
