package server

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/inventory"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/seal"
	"github.com/perseid-dev/perseid/test/fault"
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
	t.sink.pass()
	time.Sleep(time.Second / 2)
	synctest.Wait()
	t.m.tick(time.Now())
}

// do does one step to both, and says how they differ after it.
func (t *trial) do(s step) (difference string) {
	t.rig.moved()
	t.sink.batches = nil
	t.sink.deleted, t.sink.declared = map[resource.ID]bool{}, t.declares
	if s.fault > 0 && s.way == fault.DiesShort && dieable(s) {
		difference = t.killed(s)
	} else {
		difference = t.faulty(s)
	}
	if difference != "" {
		return difference
	}
	t.lookAll()
	if s.fault > 0 { // the real thing may have looked once more, and some decisions settle with the second look
		t.lookAll()
	}
	t.disk.Rest()
	t.well = true
	if t.stuck() {
		t.revive()
	}
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
		t.sink.pass()
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
