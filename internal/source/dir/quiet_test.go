package dir

import (
	"testing"
	"time"
)

// R15: what settles a tree and what unsettles it.
func TestQuiet(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	at := func(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }
	root := place{path: "/x", ino: 1}
	q := quiet{settle: 30 * time.Second}
	check := func(what string, want bool) {
		t.Helper()
		if q.settled != want {
			t.Errorf("%s: settled is %v", what, q.settled)
		}
	}
	q.listed(at(0), root, true)
	q.listed(at(20), root, true)
	q.listed(at(40), root, false)
	check("20 s after a change", false)
	if !q.due().Equal(at(50)) {
		t.Errorf("due at %v", q.due())
	}
	q.listed(at(50), root, false)
	check("30 s after a change", true)
	q.listed(at(60), root, true)
	check("a change later", true)
	q.listed(at(70), place{path: "/y", ino: 2}, true)
	check("a link that leads elsewhere", true)
	q.listed(at(80), place{path: "/y", ino: 3}, true)
	check("another directory at the same place", false)
	q.listed(at(110), place{path: "/y", ino: 3}, false)
	check("quiet again", true)
	q.lost()
	check("root lost", false)
	if !q.due().IsZero() {
		t.Error("a lost root has a time to settle")
	}
}
