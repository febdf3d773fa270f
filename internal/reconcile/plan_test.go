package reconcile

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/inventory"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/source"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// scene is the input of one plan.
type scene struct {
	have  map[resource.ID]desired.Have
	set   *desired.Set
	guard Guard
}

func newScene(sources ...string) *scene {
	s := &scene{
		have:  map[resource.ID]desired.Have{},
		set:   &desired.Set{Winners: map[resource.ID]*desired.Candidate{}, Declared: map[resource.ID]bool{}, Frozen: map[string]bool{}},
		guard: Guard{Now: noon, Order: sources, Sources: map[string]SourceGuard{}, Pending: map[resource.ID]Pending{}},
	}
	for _, name := range sources {
		s.guard.Sources[name] = SourceGuard{Readable: true, Settled: true, Delay: 2 * time.Second, Scan: noon}
	}
	return s
}

func id(text string) resource.ID {
	kind, rest, _ := strings.Cut(text, " ")
	project, name, ok := strings.Cut(rest, "/")
	if !ok {
		return resource.ID{Kind: kind, Name: rest}
	}
	return resource.ID{Kind: kind, Project: project, Name: name}
}

func hashOf(body string) inventory.Hash { return inventory.Hash(source.DigestOf([]byte(body))) }

func (s *scene) serves(text, owner, body string) *scene {
	h := desired.Have{Hash: hashOf(body)}
	if owner != "" {
		h.Mark = &inventory.Mark{Source: owner, Path: "f.yaml", Declared: h.Hash, Stored: h.Hash}
	}
	s.have[id(text)] = h
	return s
}

func (s *scene) declares(text, owner, body string) *scene {
	s.set.Winners[id(text)] = &desired.Candidate{ID: id(text), Source: owner, Path: "f.yaml", Hash: hashOf(body)}
	s.set.Declared[id(text)] = true
	return s
}

// overdue lets every deletion have waited for its delay and a second listing.
func (s *scene) overdue() *scene {
	for id := range s.have {
		s.guard.Pending[id] = Pending{Since: noon.Add(-time.Minute), Scan: noon.Add(-time.Minute)}
	}
	return s
}

func (s *scene) plan() Changes { return Plan(s.have, s.set, s.guard) }

func (s *scene) action(text string) Action { return find(s.plan(), text).Action }

func find(changes Changes, text string) Change {
	for _, src := range changes.Sources {
		for _, c := range src.Changes {
			if c.ID == id(text) {
				return c
			}
		}
	}
	return Change{Action: -1}
}

const x = "Dashboard p/x"

func TestPlanOfOne(t *testing.T) {
	drifted := newScene("a").declares(x, "a", "1").serves(x, "a", "1")
	have := drifted.have[id(x)]
	have.Hash = hashOf("edited by hand")
	drifted.have[id(x)] = have
	moved := newScene("a").declares(x, "a", "1").serves(x, "a", "1")
	moved.set.Winners[id(x)].Path = "elsewhere.yaml"

	tests := map[string]struct {
		scene    *scene
		want     Action
		takeover bool
	}{
		"new":                            {newScene("a").declares(x, "a", "1"), Create, false},
		"R12 same":                       {newScene("a").declares(x, "a", "1").serves(x, "a", "1"), Unchanged, false},
		"changed":                        {newScene("a").declares(x, "a", "2").serves(x, "a", "1"), Update, false},
		"moved to another file":          {moved, Mark, false},
		"R11 unmanaged and equal":        {newScene("a").declares(x, "a", "1").serves(x, "", "1"), Mark, false},
		"R11 unmanaged and different":    {newScene("a").declares(x, "a", "2").serves(x, "", "1"), Update, true},
		"R9 another owner, equal":        {newScene("a", "b").declares(x, "b", "1").serves(x, "a", "1"), Mark, false},
		"R9 another owner, different":    {newScene("a", "b").declares(x, "b", "2").serves(x, "a", "1"), Update, true},
		"R10 orphaned, then declared":    {newScene("b").declares(x, "b", "1").serves(x, "a", "1"), Mark, false},
		"I2 edited behind our back":      {drifted, Update, true},
		"R10 orphaned":                   {newScene("b").serves(x, "a", "1").overdue(), -1, false},
		"unmanaged and not declared":     {newScene("a").serves(x, "", "1").overdue(), -1, false},
		"no longer declared":             {newScene("a").serves(x, "a", "1").overdue(), Delete, false},
		"R15 no longer declared, at all": {newScene("a").serves(x, "a", "1"), Await, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := find(tt.scene.plan(), x)
			if c.Action != tt.want || c.Takeover != tt.takeover {
				t.Errorf("action %d takeover %t, want %d %t", c.Action, c.Takeover, tt.want, tt.takeover)
			}
		})
	}
}

func TestI1DeclaredIsNeverDeleted(t *testing.T) {
	s := newScene("a", "b").serves(x, "a", "1").overdue()
	s.set.Declared[id(x)] = true // by b, invalid there
	if got := s.action(x); got != -1 {
		t.Errorf("action = %d, want none", got)
	}
}

func TestI2ChangedIsReleased(t *testing.T) {
	s := newScene("a").serves(x, "a", "1").overdue()
	h := s.have[id(x)]
	h.Hash = hashOf("edited")
	s.have[id(x)] = h
	if got := s.action(x); got != Release {
		t.Errorf("action = %d, want release", got)
	}
}

func TestR16KeepTag(t *testing.T) {
	s := newScene("a").serves(x, "a", "1").overdue()
	h := s.have[id(x)]
	h.Metadata.Tags = []string{desired.KeepTag}
	s.have[id(x)] = h
	if got := s.action(x); got != Release {
		t.Errorf("action = %d, want release", got)
	}
}

func TestPruneWaits(t *testing.T) {
	tests := map[string]func(*SourceGuard){
		"R15 until the source is quiet": func(g *SourceGuard) { g.Settled = false },
		"R16 while it cannot be read":   func(g *SourceGuard) { g.Readable = false },
		"where prune is off":            func(g *SourceGuard) { g.Disabled = true },
		"R13 when it turned empty":      func(g *SourceGuard) { g.Empty = true },
		"R15 for a second listing":      func(g *SourceGuard) { g.Scan = noon.Add(-time.Minute) },
		"R15 for its delay":             func(g *SourceGuard) { g.Delay = time.Hour },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			s := newScene("a").serves(x, "a", "1").overdue()
			g := s.guard.Sources["a"]
			change(&g)
			s.guard.Sources["a"] = g
			if c := find(s.plan(), x); c.Action != Await || c.Reason == "" {
				t.Errorf("action %d, reason %q, want to wait and say why", c.Action, c.Reason)
			}
		})
	}
}

func TestR13CompleteIsBelieved(t *testing.T) {
	s := newScene("a").serves(x, "a", "1")
	s.guard.Sources["a"] = SourceGuard{Readable: true, Complete: true, Empty: true}
	if got := s.action(x); got != Delete {
		t.Errorf("action = %d, want delete", got)
	}
}

// losing makes a source that keeps some of its dashboards and loses others.
func losing(keeps, loses int) *scene {
	s := newScene("a")
	for i := range keeps + loses {
		text := fmt.Sprintf("Dashboard p/d%02d", i)
		s.serves(text, "a", "1")
		if i < keeps {
			s.declares(text, "a", "1")
		}
	}
	return s.overdue()
}

func TestR13MoreThanHalfIsHeld(t *testing.T) {
	for _, tt := range []struct {
		keeps, loses int
		held         bool
	}{{5, 5, false}, {4, 6, true}, {1, 8, false}, {10, 0, false}, {9, 11, true}} {
		changes := losing(tt.keeps, tt.loses).plan()
		if _, held := changes.Holds["a"]; held != tt.held {
			t.Errorf("keeping %d and losing %d: held = %t, want %t", tt.keeps, tt.loses, held, tt.held)
		}
	}
}

func TestR13ErosionIsCounted(t *testing.T) {
	s := losing(9, 1)
	for range 10 {
		s.guard.Recent = append(s.guard.Recent, Deletion{Source: "a", Project: "p", At: noon.Add(-time.Minute)})
	}
	if _, held := s.plan().Holds["a"]; !held {
		t.Error("the eleventh of twenty within ten minutes is not held")
	}
	s.guard.Now = noon.Add(guardWindow)
	if _, held := s.plan().Holds["a"]; held {
		t.Error("deletions of long ago are counted")
	}
}

func TestR13ProjectsAreCountedByThemselves(t *testing.T) {
	s := losing(4, 6)
	for i := range 40 {
		text := fmt.Sprintf("Dashboard other/d%02d", i)
		s.serves(text, "a", "1").declares(text, "a", "1")
	}
	if h := s.plan().Holds["a"]; len(h.IDs) != 6 {
		t.Errorf("held %v, want the six of project p", h.IDs)
	}
}

func TestR14ConfirmedByID(t *testing.T) {
	s := losing(4, 6)
	hold := s.plan().Holds["a"]
	g := s.guard.Sources["a"]
	g.Confirmed = hold.ID
	s.guard.Sources["a"] = g
	if got := s.action("Dashboard p/d09"); got != Delete {
		t.Errorf("confirmed: action = %d, want delete", got)
	}
	delete(s.set.Winners, id("Dashboard p/d00"))
	delete(s.set.Declared, id("Dashboard p/d00"))
	if got := s.action("Dashboard p/d09"); got != Await {
		t.Errorf("a stale confirmation deletes more than it listed: action = %d", got)
	}
}

// R14: a deletion that was confirmed before its delay had passed does not stay behind, to be held once more.
func TestR14ConfirmedGoesTogether(t *testing.T) {
	s := losing(4, 6)
	last := id("Dashboard p/d09")
	s.guard.Pending[last] = Pending{Source: "a", Since: s.guard.Now, Scan: s.guard.Sources["a"].Scan}
	g := s.guard.Sources["a"]
	g.Confirmed = s.plan().Holds["a"].ID
	s.guard.Sources["a"] = g
	if got := s.action("Dashboard p/d09"); got != Delete {
		t.Errorf("confirmed: action = %d, want delete", got)
	}
}

func TestR17Projects(t *testing.T) {
	const p = "Project p"
	tests := map[string]struct {
		scene *scene
		want  Action
	}{
		"empty":                         {newScene("a").serves(p, "a", "1").overdue(), Delete},
		"with all it holds":             {newScene("a").serves(p, "a", "1").serves(x, "a", "1").overdue(), Delete},
		"holding something unmanaged":   {newScene("a").serves(p, "a", "1").serves(x, "", "1").overdue(), Retain},
		"holding another source's":      {newScene("a", "b").serves(p, "a", "1").serves(x, "b", "1").declares(x, "b", "1").overdue(), Retain},
		"while another source prunes":   {newScene("a", "b").serves(p, "a", "1").serves(x, "b", "1").overdue(), Await},
		"about to hold something":       {newScene("a", "b").serves(p, "a", "1").overdue().declares(x, "b", "1"), Retain},
		"holding something released":    {drift(newScene("a").serves(p, "a", "1").serves(x, "a", "1").overdue()), Retain},
		"while what it holds must wait": {newScene("a").serves(p, "a", "1").serves(x, "a", "1"), Await},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tt.scene.action(p); got != tt.want {
				t.Errorf("action = %d, want %d", got, tt.want)
			}
		})
	}
}

func drift(s *scene) *scene {
	h := s.have[id(x)]
	h.Hash = hashOf("edited")
	s.have[id(x)] = h
	return s
}

func TestProjectsComeFirstAndGoLast(t *testing.T) {
	s := newScene("a", "b").declares(x, "a", "1").declares("Project p", "b", "1")
	changes := s.plan()
	if changes.Sources[0].Source != "b" {
		t.Errorf("the source that brings the project is applied after its contents: %+v", changes.Sources)
	}
}

// R14: what is held until most of it is back stays held, until somebody confirms.
func TestHoldOutlastsItsHalf(t *testing.T) {
	scene := newScene("a").overdue()
	for n := range 20 {
		scene.serves(fmt.Sprintf("Dashboard p/%02d", n), "a", "1")
	}
	const last = "Dashboard p/19"
	held := scene.overdue().plan()
	for n := range 19 {
		scene.declares(fmt.Sprintf("Dashboard p/%02d", n), "a", "1")
	}
	if got := scene.action(last); got != Delete {
		t.Errorf("one of 20 that was never held: action %v, want Delete", got)
	}
	scene.guard.Pending = held.Pending
	rest := scene.plan()
	if got := find(rest, last).Action; got != Await || len(rest.Holds["a"].IDs) != 1 {
		t.Errorf("the last of a hold: action %v, hold %+v, want Await and a hold of one", got, rest.Holds["a"])
	}
	guard := scene.guard.Sources["a"]
	guard.Confirmed = rest.Holds["a"].ID
	scene.guard.Sources["a"], scene.guard.Pending = guard, rest.Pending
	if got := scene.action(last); got != Delete {
		t.Errorf("confirmed: action %v, want Delete", got)
	}
}
