package desired

import (
	"strings"
	"testing"

	"github.com/perseid-dev/perseid/internal/delivery"
)

// R19: that a release is on hold must not hide why.
func TestR19AllProblemsOfAHeldReleaseAreReported(t *testing.T) {
	w := newWorld().source("a", holding).file("p.yaml", project("p")).
		file("x.yaml", dash("p", "x", "2", "nowhere")).file("y.yaml", broken(dash("p", "y", "2"))).
		serves(project("p").ID, "a", "p.yaml", "p")
	s := Build(w.in)
	if got := outcome(t, s, "/a/x.yaml"); got != delivery.Invalid || !strings.Contains(messages(s), "nowhere") {
		t.Errorf("outcome %q, problems %q; want invalid, and why", got, messages(s))
	}
	if s.Invalid["a"] != 2 {
		t.Errorf("%d documents counted as invalid, want 2", s.Invalid["a"])
	}
}

// R18, R24: what is suspended may hold an invalid document of something that is served.
func TestSuspendedWithAnInvalidDocument(t *testing.T) {
	id := dashID("p", "x")
	w := newWorld().source("a").file("x.yaml", broken(dash("p", "x", "2"))).serves(id, "a", "x.yaml", "1")
	w.in.Sources[0].Suspended = true
	s := Build(w.in)
	if got, want := winner(s, id), "a/x.yaml last good"; got != want {
		t.Errorf("winner = %q, want %q", got, want)
	}
	if got := outcome(t, s, "/a/x.yaml"); got != delivery.Invalid {
		t.Errorf("outcome = %q, want invalid", got)
	}
}

// R19: a release on hold leaves what the one before brought where it is, also what no file declares any more.
func TestR19HeldReleaseKeepsWhatItNoLongerDeclares(t *testing.T) {
	left := dashID("p", "left")
	w := newWorld().source("a", holding).file("p.yaml", project("p")).file("x.yaml", broken(dash("p", "x", "2"))).
		serves(project("p").ID, "a", "p.yaml", "p").serves(left, "a", "gone.yaml", "1")
	if got, want := winner(Build(w.in), left), "a/gone.yaml last good"; got != want {
		t.Errorf("winner = %q, want %q", got, want)
	}
}
