package dir

import (
	"testing"
	"time"
)

// R5: 30 ms after the first event that follows a calm second, 200 ms after the last while they keep coming, 2 s at most.
func TestPace(t *testing.T) {
	ms := time.Millisecond
	tests := map[string]struct {
		before []time.Duration // events already listed
		events []time.Duration
		due    time.Duration
	}{
		"nothing":                   {due: -1},
		"first ever":                {events: []time.Duration{0}, due: 30 * ms},
		"first, and another":        {events: []time.Duration{0, 20 * ms}, due: 30 * ms},
		"after a calm second":       {before: []time.Duration{0}, events: []time.Duration{1000 * ms}, due: 1030 * ms},
		"after less than a second":  {before: []time.Duration{0}, events: []time.Duration{999 * ms}, due: 1199 * ms},
		"they keep coming":          {before: []time.Duration{0}, events: []time.Duration{100 * ms, 250 * ms, 400 * ms}, due: 600 * ms},
		"they keep coming for long": {before: []time.Duration{0}, events: every(100*ms, 2050*ms, 150*ms), due: 2100 * ms},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
			var p pace
			for _, e := range test.before {
				p.event(start.Add(e))
			}
			p.started()
			for _, e := range test.events {
				p.event(start.Add(e))
			}
			want := start.Add(test.due)
			if test.due < 0 {
				want = time.Time{}
			}
			if !p.due.Equal(want) {
				t.Errorf("due after %v, want %v", p.due.Sub(start), test.due)
			}
		})
	}
}

func every(from, to, step time.Duration) (events []time.Duration) {
	for at := from; at <= to; at += step {
		events = append(events, at)
	}
	return events
}

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
