package desired

import (
	"reflect"
	"strings"
	"testing"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/source"
)

func TestR8Precedence(t *testing.T) {
	id := dashID("p", "x")
	tests := map[string]struct {
		world *world
		want  string
	}{
		"the later source": {
			newWorld().source("a").file("p.yaml", project("p")).file("x.yaml", dash("p", "x", "1")).source("b").file("x.yaml", dash("p", "x", "2")),
			"b/x.yaml",
		},
		"the higher priority": {
			newWorld().source("a", priority(1)).file("p.yaml", project("p")).file("x.yaml", dash("p", "x", "1")).source("b").file("x.yaml", dash("p", "x", "2")),
			"a/x.yaml",
		},
		"the last path of a directory": {
			newWorld().source("a").file("base/x.yaml", dash("p", "x", "1")).file("overlay/x.yaml", dash("p", "x", "2")).file("p.yaml", project("p")),
			"a/overlay/x.yaml",
		},
		"whoever owns it now does not matter": {
			newWorld().source("a").file("p.yaml", project("p")).file("x.yaml", dash("p", "x", "1")).source("b").file("x.yaml", dash("p", "x", "2")).
				serves(id, "a", "x.yaml", "1"),
			"b/x.yaml",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := winner(Build(tt.world.in), id); got != tt.want {
				t.Errorf("winner = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestR1TwoPlacesInOneSourceAreReported(t *testing.T) {
	w := newWorld().source("a").file("p.yaml", project("p")).file("x.yaml", dash("p", "x", "1")).file("y.yaml", dash("p", "x", "2"))
	s := Build(w.in)
	if got := outcome(t, s, "/a/x.yaml"); got != delivery.Shadowed {
		t.Errorf("outcome = %q, want shadowed", got)
	}
	if m := messages(s); !strings.Contains(m, "/a/x.yaml") || !strings.Contains(m, "/a/y.yaml") {
		t.Errorf("problems do not name both places: %s", m)
	}
}

func TestR18InvalidKeepsLastGood(t *testing.T) {
	id := dashID("p", "x")
	w := newWorld().source("a").file("p.yaml", project("p")).file("x.yaml", broken(dash("p", "x", "2"))).serves(id, "a", "x.yaml", "1")
	s := Build(w.in)
	if got, want := winner(s, id), "a/x.yaml last good"; got != want {
		t.Errorf("winner = %q, want %q", got, want)
	}
	if !s.Declared[id] || outcome(t, s, "/a/x.yaml") != delivery.Invalid {
		t.Errorf("declared %t, outcome %q", s.Declared[id], outcome(t, s, "/a/x.yaml"))
	}
}

func TestR18InvalidWithoutLastGoodGivesWay(t *testing.T) {
	id := dashID("p", "x")
	w := newWorld().source("a").file("p.yaml", project("p")).file("x.yaml", dash("p", "x", "1")).source("b").file("x.yaml", broken(dash("p", "x", "2")))
	if got, want := winner(Build(w.in), id), "a/x.yaml"; got != want {
		t.Errorf("winner = %q, want %q", got, want)
	}
}

func TestR18UndecodableFileKeepsWhatItGave(t *testing.T) {
	w := newWorld().source("a").content("x.yaml", undecodable())
	for _, name := range []string{"x", "y"} {
		w.serves(dashID("p", name), "a", "x.yaml", name)
	}
	w.serves(dashID("p", "z"), "a", "z.yaml", "z")
	s := Build(w.in)
	if !s.Declared[dashID("p", "x")] || !s.Declared[dashID("p", "y")] || s.Declared[dashID("p", "z")] {
		t.Errorf("declared = %v", s.Declared)
	}
}

func TestR3UnreadScopeCountsAsDeclared(t *testing.T) {
	w := newWorld().source("a").serves(dashID("p", "x"), "a", "team/x.yaml", "x").serves(dashID("p", "y"), "a", "y.yaml", "y")
	w.in.Sources[0].Unread = []source.Unread{{Prefix: "team"}}
	s := Build(w.in)
	if !s.Declared[dashID("p", "x")] || s.Declared[dashID("p", "y")] {
		t.Errorf("declared = %v", s.Declared)
	}
}

func TestR19HeldReleaseStaysWhole(t *testing.T) {
	w := newWorld().source("a", holding).file("p.yaml", project("p")).
		file("x.yaml", dash("p", "x", "2")).file("y.yaml", broken(dash("p", "y", "2"))).file("z.yaml", dash("p", "z", "1")).
		serves(project("p").ID, "a", "p.yaml", "p").serves(dashID("p", "x"), "a", "x.yaml", "1").serves(dashID("p", "old"), "a", "old.yaml", "1")
	s := Build(w.in)
	if got, want := winner(s, dashID("p", "x")), "a/x.yaml last good"; got != want {
		t.Errorf("x: winner = %q, want %q", got, want)
	}
	if s.Winners[dashID("p", "z")] != nil {
		t.Error("z is new and must wait for the rest of its release")
	}
	if !s.Declared[dashID("p", "old")] || !s.Frozen["a"] {
		t.Error("what the previous release holds must stay")
	}
	if got := outcome(t, s, "/a/z.yaml"); got != delivery.HeldBack {
		t.Errorf("z: outcome = %q", got)
	}
}

func TestR19WithoutPreviousReleaseWhatIsValidApplies(t *testing.T) {
	w := newWorld().source("a", holding).file("p.yaml", project("p")).file("x.yaml", dash("p", "x", "1")).file("y.yaml", broken(dash("p", "y", "1")))
	s := Build(w.in)
	if s.Winners[dashID("p", "x")] == nil || s.Frozen["a"] || s.Invalid["a"] != 1 {
		t.Errorf("winners %v, frozen %v, invalid %v", s.Winners, s.Frozen, s.Invalid)
	}
}

func TestR20ChecksSeeTheFinalSet(t *testing.T) {
	variable := Document{ID: dashID("p", "v"), Hash: hash("v")}
	variable.ID.Kind, variable.Facts.Variable = "Variable", "v"
	w := newWorld().source("a").file("a.yaml", dash("p", "x", "1", "v")).file("z.yaml", project("p"), variable).
		file("b.yaml", dash("p", "y", "1", "nowhere"))
	s := Build(w.in)
	if s.Winners[dashID("p", "x")] == nil {
		t.Errorf("x uses what comes later in the same set: %s", messages(s))
	}
	if s.Winners[dashID("p", "y")] != nil || !strings.Contains(messages(s), `variable "nowhere" is used in the variable "v" but not defined`) {
		t.Errorf("y uses nothing that exists: %s", messages(s))
	}
}

func TestR20TheEstablishedDefaultStays(t *testing.T) {
	old, added := datasource("p", "zeta", true), datasource("p", "alpha", true)
	w := newWorld().source("a").file("p.yaml", project("p")).file("d.yaml", added, old).serves(old.ID, "a", "d.yaml", "zeta, before it was edited")
	have := w.in.Have[old.ID]
	have.Facts = old.Facts
	w.in.Have[old.ID] = have
	s := Build(w.in)
	if s.Winners[old.ID] == nil || s.Winners[added.ID] != nil {
		t.Errorf("winners = %v", s.Winners)
	}
}

func TestR6PromotedWhenTheReasonGoesAway(t *testing.T) {
	id := dashID("p", "x")
	w := newWorld().source("a").file("x.yaml", dash("p", "x", "1"))
	if s := Build(w.in); s.Winners[id] != nil || outcome(t, s, "/a/x.yaml") != delivery.Invalid {
		t.Fatalf("a document without a project is served: %v", s.Winners)
	}
	w.serves(project("p").ID, "", "", "made by hand")
	if s := Build(w.in); s.Winners[id] == nil {
		t.Errorf("not served though its project exists: %s", messages(s))
	}
}

func TestR17CreateProjects(t *testing.T) {
	w := newWorld().source("a").file("x.yaml", dash("p", "x", "1"), dash("p", "y", "1"))
	w.in.CreateProjects = true
	s := Build(w.in)
	if !reflect.DeepEqual(s.Projects, []string{"p"}) || len(s.Winners) != 2 {
		t.Errorf("projects %v, winners %v", s.Projects, s.Winners)
	}
}

func TestR11Adoption(t *testing.T) {
	id := dashID("p", "x")
	for _, tt := range []struct {
		adopt  Adopt
		stored string
		want   bool
	}{
		{AdoptAlways, "other", true}, {AdoptEqual, "other", false}, {AdoptEqual, "1", true}, {AdoptNever, "1", false}, {AdoptNever, "other", false},
	} {
		w := newWorld().source("a").file("p.yaml", project("p")).file("x.yaml", dash("p", "x", "1")).serves(id, "", "", tt.stored)
		w.in.Adopt = tt.adopt
		s := Build(w.in)
		if got := s.Winners[id] != nil; got != tt.want {
			t.Errorf("adopt %s over %q: served = %t, want %t", tt.adopt, tt.stored, got, tt.want)
		}
		if !tt.want && outcome(t, s, "/a/x.yaml") != delivery.Refused {
			t.Errorf("adopt %s: outcome %q, want refused", tt.adopt, outcome(t, s, "/a/x.yaml"))
		}
	}
}

func TestR6BuildIsPure(t *testing.T) {
	w := newWorld().source("a", holding).file("p.yaml", project("p")).file("x.yaml", dash("p", "x", "2")).file("y.yaml", broken(dash("p", "y", "2"))).
		source("b").file("x.yaml", dash("p", "x", "3"), dash("q", "z", "1")).
		serves(dashID("p", "x"), "a", "x.yaml", "1")
	first := Build(w.in)
	for range 20 {
		if again := Build(w.in); !reflect.DeepEqual(first, again) {
			t.Fatalf("the same input gives %+v and %+v", first, again)
		}
	}
}
