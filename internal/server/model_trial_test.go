package server

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/inventory"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/seal"
)

// shelves is how many places of documents there are.
const shelves = 3

// trial runs the same steps through the real thing and the model.
type trial struct {
	*rig
	m       *model
	renamed int // sources, so far
}

// newTrial begins with two directories of different priority and an artifact-like source between them.
func newTrial(t *testing.T, dir string, key *seal.Key) *trial {
	r := &rig{t: t, dir: dir, key: key, hashes: &hashes{
		t: t, examiner: desired.Examiner{HashKey: key.HashKey()}, known: map[paper]inventory.Hash{},
	}}
	for range shelves {
		r.shelves = append(r.shelves, newShelf())
	}
	r.shelves[0].sheets["a.yaml"] = sheet{Papers: []paper{
		{ID: resource.ID{Kind: "Project", Name: "p"}}, {ID: resource.ID{Kind: "Project", Name: "q"}},
	}}
	s := setup{adopt: desired.AdoptAlways, sources: []shelfConfig{
		{shelf: 0, name: "first", priority: 1}, {shelf: 1, name: "second", hold: true}, {shelf: 2, name: "third", hold: true, complete: true},
	}}
	r.sink.deleted = map[resource.ID]bool{}
	return &trial{rig: r, m: newModel(s, r.shelves)}
}

// start starts both.
func (t *trial) start() {
	t.rig.open(t.m.setup)
	t.m.start(time.Now())
	time.Sleep(time.Second / 2)
	synctest.Wait()
	t.m.tick(time.Now())
}

// do does one step to both, and says how they differ after it.
func (t *trial) do(s step) (difference string) {
	t.rig.moved()
	t.sink.batches = nil
	t.sink.deleted, t.sink.declared = map[resource.ID]bool{}, t.declares
	if difference = t.act(s); difference != "" {
		return difference
	}
	t.lookAll()
	if difference = t.compare(); difference != "" || !t.rig.moved() {
		return difference
	}
	t.lookAll() // one change may make another one possible: a source that lost its last resource has no release to hold back
	t.rig.moved()
	t.sink.batches = nil
	t.lookAll()
	if t.rig.moved() {
		return fmt.Sprintf("R12: looking again and again writes:\n%s", strings.Join(t.sink.batches, "\n"))
	}
	return t.compare()
}

func (t *trial) lookAll() {
	if len(t.m.setup.sources) == 0 { // only a reader notices what others do to the database, and then the loop within a second
		_, err := t.db.All()
		t.must(err)
		time.Sleep(time.Second)
		synctest.Wait()
		t.m.tick(time.Now())
		t.m.reconcile(time.Now())
	}
	for _, c := range t.m.setup.sources {
		t.look(c.name)
	}
}

func (t *trial) look(name string) {
	t.rig.look(name)
	t.m.look(name, time.Now())
}

// declares says whether any configured source is known to declare an identity: the ground truth of I1.
func (t *trial) declares(id resource.ID) bool {
	for _, c := range t.m.setup.sources {
		if mem := t.m.memory[c.name]; mem != nil && mem.pin != nil {
			continue // what counts is its release, and it may be on its way to another
		}
		g := t.shelves[c.shelf].glance(c, t.started)
		for _, s := range g.sheets {
			for _, p := range s.Papers {
				if !s.Garbage && p.identity() == id {
					return true
				}
			}
		}
	}
	return false
}

// act does one step to both.
func (t *trial) act(s step) string {
	switch s.verb {
	case "write", "remove", "rename", "clear", "unread":
		t.file(s)
		return ""
	case "post", "put", "delete":
		return t.write(s)
	case "edit", "vanish", "spoil":
		t.tamper(s)
		return ""
	case "wait":
		for range s.n {
			time.Sleep(time.Second)
			synctest.Wait()
			t.m.tick(time.Now())
		}
		return ""
	case "restart", "configure", "adopt", "projects":
		if difference := t.opens(); difference != "" {
			return difference
		}
		t.rig.close()
		t.configure(s)
		t.start()
		return ""
	case "look":
		return ""
	}
	return t.command(s)
}

// file changes a shelf.
func (t *trial) file(s step) {
	shelf := t.shelves[s.shelf]
	shelf.mu.Lock()
	defer shelf.mu.Unlock()
	old, there := shelf.sheets[s.path]
	switch s.verb {
	case "write":
		shelf.sheets[s.path] = s.sheet
	case "remove":
		delete(shelf.sheets, s.path)
	case "rename":
		if there && s.path != s.to {
			delete(shelf.sheets, s.path)
			shelf.sheets[s.to] = old
		}
	case "clear":
		clear(shelf.sheets)
	case "unread":
		if shelf.unread[s.path] {
			delete(shelf.unread, s.path)
		} else {
			shelf.unread[s.path] = true
		}
	}
}

// write is what somebody does through the API.
func (t *trial) write(s step) string {
	if s.id.Kind == "Project" && s.verb == "delete" && t.m.holdsAny(s.id.Name) || s.id.Kind != "Project" && !t.m.isProject(s.id.Project) {
		return ""
	}
	if s.Default && t.m.otherDefault(s.id) {
		return "" // the API refuses it
	}
	real, want := t.rig.write(s), t.m.write(s, time.Now())
	if real != want {
		return fmt.Sprintf("R25: %s: allowed = %t, want %t", s, real, want)
	}
	return ""
}

func (m *model) holdsAny(project string) bool {
	for id := range m.served {
		if id.Project == project {
			return true
		}
	}
	return false
}

func (m *model) otherDefault(id resource.ID) bool {
	for other, s := range m.served {
		if other != id && other.Project == id.Project && s.Default {
			return true
		}
	}
	return false
}

// tamper changes the database behind the server's back.
func (t *trial) tamper(s step) {
	have := t.m.served[s.id]
	if have == nil || s.id.Kind == "Project" || s.Default != have.Default {
		return
	}
	switch s.verb {
	case "vanish":
		t.must(os.Remove(t.rig.file(s.id)))
		delete(t.m.served, s.id)
	case "spoil":
		t.overwrite(s.id, []byte("{"))
		have.damaged = true
	default:
		t.edit(s)
		have.content, have.damaged, have.since = s.content, false, time.Time{}
	}
}

// configure changes the configuration between a stop and a start.
func (t *trial) configure(s step) {
	c := &t.m.setup
	switch s.verb {
	case "adopt":
		c.adopt = adopts[s.n]
	case "projects":
		c.createProjects = s.flag
	case "configure":
		name := []string{"first", "second", "third"}[s.shelf]
		i := slices.IndexFunc(c.sources, func(c shelfConfig) bool { return c.shelf == s.shelf })
		switch {
		case i < 0: // back again, under its name or another
			if s.flag || s.shelf == 2 { // what releases hold is forgotten while nobody is there to need it
				t.renamed++
				name = fmt.Sprintf("%s %d", name, t.renamed)
			}
			clear(t.shelves[s.shelf].unread) // and so is what a source last held
			c.sources = append(c.sources, shelfConfig{shelf: s.shelf, name: name, priority: s.n % 2, hold: s.shelf > 0, complete: s.shelf == 2})
		case s.flag:
			c.sources = slices.Delete(c.sources, i, i+1)
		default:
			c.sources[i].priority, c.sources[i].pruneOff = s.n%2, s.n == 3
		}
	}
}

// command is an order by a person.
func (t *trial) command(s step) string {
	name := t.sourceName(s)
	version := uint64(s.n)
	c := delivery.Command{Kind: s.id.Kind, Project: s.id.Project, Name: s.id.Name}
	switch s.verb {
	case "confirm":
		return t.confirm(name, s.flag || s.n > 0)
	case "suspend", "resume", "forget", "release", "follow":
		verb := map[string]delivery.Verb{"release": delivery.Rollback, "follow": delivery.Unpin}[s.verb]
		if verb == "" {
			verb = delivery.Verb(s.verb)
		}
		c = delivery.Command{Verb: verb, Source: name, Prune: s.flag, UntilNewer: s.flag}
		if s.verb == "release" {
			c.Revision = t.m.revisionOf(name, s.n)
			t.sink.declared = nil // a rollback also removes what is declared now (R23)
		}
	case "unlock":
		c.Verb, c.For = delivery.Unlock, time.Duration(s.n)*time.Second
	case "rollback":
		c.Verb = delivery.Rollback
		if !s.flag {
			c.Version = &version
		}
	default:
		c.Verb = delivery.Verb(s.verb)
	}
	real, want := t.order(c), t.m.order(c, time.Now())
	if real != want {
		return fmt.Sprintf("%s (%+v): done = %t, want %t", s, c, real, want)
	}
	return ""
}

// sourceName names the source of a shelf, or one that left resources behind.
func (t *trial) sourceName(s step) string {
	for _, c := range t.m.setup.sources {
		if c.shelf == s.shelf && s.verb != "forget" {
			return c.name
		}
	}
	var orphaned []string
	for _, one := range t.m.served {
		if one.owner != nil && !t.m.configured(one.owner.source) {
			orphaned = append(orphaned, one.owner.source)
		}
	}
	if len(orphaned) == 0 {
		return "nobody"
	}
	slices.Sort(orphaned)
	return orphaned[s.n%len(orphaned)]
}

func (t *trial) confirm(name string, fresh bool) string {
	id := "0ld"
	if h := t.holdOf(name); h != nil && fresh {
		id = h.ID
	}
	real := t.rig.order(delivery.Command{Verb: delivery.Confirm, Source: name, ID: id})
	if want := t.m.confirm(name, fresh, time.Now()); real != want {
		return fmt.Sprintf("R14: confirm %s: done = %t, want %t", name, real, want)
	}
	return ""
}
