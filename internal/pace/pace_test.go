package pace

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
			p := Pace{Delays: Delivery()}
			for _, e := range test.before {
				p.Event(start.Add(e))
			}
			p.Started()
			for _, e := range test.events {
				p.Event(start.Add(e))
			}
			want := start.Add(test.due)
			if test.due < 0 {
				want = time.Time{}
			}
			if !p.Due().Equal(want) {
				t.Errorf("due after %v, want %v", p.Due().Sub(start), test.due)
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

// Without delays an event is due at once, always.
func TestNoDelays(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var p Pace
	for i := range 3 {
		now := start.Add(time.Duration(i) * time.Millisecond)
		p.Event(now)
		if !p.Due().Equal(now) {
			t.Errorf("due at %v, want %v", p.Due(), now)
		}
		p.Started()
	}
}
