package reconcile

import (
	"fmt"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/desired"
)

// from says that what is served under an identity came from a ConfigMap.
func (s *scene) from(text, object string) *scene {
	s.have[id(text)].Mark.Object = object
	return s
}

// R13: a source loses what a single ConfigMap held without asking, however much it is; what two held is counted.
func TestR13ASingleConfigMapIsBelieved(t *testing.T) {
	s := newScene("k")
	for i := range 12 {
		text := fmt.Sprintf("Dashboard p/d%02d", i)
		s.serves(text, "k", "1").from(text, "a/configmap/big")
	}
	s.overdue()
	if h, held := s.plan().Holds["k"]; held {
		t.Errorf("held: %+v", h)
	}
	s.from("Dashboard p/d11", "a/configmap/other")
	if len(s.plan().Holds["k"].IDs) != 12 {
		t.Error("two ConfigMaps that held all there was are believed")
	}
	s.from("Dashboard p/d11", "a/configmap/big")
	s.guard.Recent = []Deletion{{Source: "k", Project: "p", Object: "a/configmap/before", At: noon.Add(-time.Minute)}}
	if len(s.plan().Holds["k"].IDs) != 12 {
		t.Error("one ConfigMap after the other is believed")
	}
	s.guard.Recent[0].Source = "elsewhere"
	if _, held := s.plan().Holds["k"]; held {
		t.Error("what another source lost is counted")
	}
}

// R13: namespaces are counted by themselves.
func TestR13NamespacesAreCountedByThemselves(t *testing.T) {
	s := newScene("k")
	for i := range 50 {
		text := fmt.Sprintf("Dashboard p%d/d", i)
		if i < 10 {
			s.serves(text, "k", "1").from(text, fmt.Sprintf("a/configmap/c%d", i))
			continue
		}
		s.serves(text, "k", "1").declares(text, "k", "1").from(text, fmt.Sprintf("b/configmap/c%d", i))
	}
	for i := range 3 {
		text := fmt.Sprintf("Dashboard p%d/d", i)
		s.declares(text, "k", "1")
	}
	s.overdue()
	h := s.plan().Holds["k"]
	if want := "more than half of the source's resources in a namespace would go within 10 minutes"; len(h.IDs) != 7 || h.Reason != want {
		t.Errorf("held %d because %q, want the seven of namespace a", len(h.IDs), h.Reason)
	}
}

// R16: an object asked for what it gave to be kept, and that outlives it.
func TestR16KeptByAnnotation(t *testing.T) {
	s := newScene("k").serves("Dashboard p/x", "k", "1").from("Dashboard p/x", "a/configmap/x").overdue()
	if got := s.action("Dashboard p/x"); got != Delete {
		t.Fatalf("action %d, want delete", got)
	}
	s.have[id("Dashboard p/x")].Mark.Keep = true
	if got := s.action("Dashboard p/x"); got != Release {
		t.Errorf("action %d, want release", got)
	}
}

// A change of what a mark says of its object is written, and only once.
func TestMarksFollowTheirObject(t *testing.T) {
	s := newScene("k").serves("Dashboard p/x", "k", "1").from("Dashboard p/x", "a/configmap/x").declares("Dashboard p/x", "k", "1")
	c := s.set.Winners[id("Dashboard p/x")]
	for _, tt := range []struct {
		change func(*desired.Candidate)
		want   Action
	}{
		{func(c *desired.Candidate) { c.Object = "a/configmap/x" }, Unchanged},
		{func(c *desired.Candidate) { c.Keep = true }, Mark},
		{func(c *desired.Candidate) { c.Keep, c.Object = false, "b/configmap/x" }, Mark},
	} {
		tt.change(c)
		if got := s.action("Dashboard p/x"); got != tt.want {
			t.Errorf("%+v: action %d, want %d", c, got, tt.want)
		}
	}
}
