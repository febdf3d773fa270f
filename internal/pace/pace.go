// Package pace decides when to look again after events (DELIVERY R5).
//
// An event is a hint that something changed. The first one after calm is answered soon; while they keep coming the answer waits for a
// quiet moment, but not for ever. It holds no timer and reads no clock: times go in, a time comes out.
package pace

import "time"

// Delays says how long events wait. The zero value lets nothing wait.
type Delays struct {
	Calm    time.Duration // without events: the next one is the first of a burst
	First   time.Duration // after the first event that follows calm
	Last    time.Duration // after the last event while they keep coming
	Longest time.Duration // after the first event that still waits
}

// Delays of R5.
const (
	Calm    = time.Second
	First   = 30 * time.Millisecond
	Last    = 200 * time.Millisecond
	Longest = 2 * time.Second
)

// Delivery gives the delays of R5.
func Delivery() Delays { return Delays{Calm: Calm, First: First, Last: Last, Longest: Longest} }

// Pace turns events into the time of the next look. With zero Delays that is the time of the event.
type Pace struct {
	Delays
	first time.Time // the oldest event that waits; zero if none does
	last  time.Time // the latest event ever
	due   time.Time
}

// Event notes an event. One that follows calm fixes the time of its look; others move theirs.
func (p *Pace) Event(now time.Time) {
	wasCalm := p.last.IsZero() || now.Sub(p.last) >= p.Calm
	switch {
	case p.first.IsZero() && wasCalm:
		p.first, p.due = now, now.Add(p.First)
	case p.first.IsZero():
		p.first, p.due = now, now.Add(p.Last)
	case p.due.Sub(p.first) != p.First:
		p.due = Earlier(now.Add(p.Last), p.first.Add(p.Longest))
	}
	p.last = now
}

// Due is when to look; zero if nothing waits.
func (p *Pace) Due() time.Time { return p.due }

// Started forgets the events that the look which starts now will see.
func (p *Pace) Started() { p.first, p.due = time.Time{}, time.Time{} }

// Earlier is the earlier of two times, where zero is never.
func Earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
