package dir

import "time"

// When a listing starts after events (DELIVERY R5).
const (
	calm       = time.Second            // without events: the next one is the first of a burst
	firstDelay = 30 * time.Millisecond  // after the first event that follows calm
	lastDelay  = 200 * time.Millisecond // after the last event while they keep coming
	longest    = 2 * time.Second        // after the first event that still waits
)

// pace turns events into the time of the next listing. The zero value waits for nothing.
type pace struct {
	first time.Time // the oldest event that waits for a listing; zero if none does
	last  time.Time // the latest event ever
	due   time.Time
}

// event notes an event. One that follows a calm second fixes the time of its listing; others move theirs.
func (p *pace) event(now time.Time) {
	wasCalm := p.last.IsZero() || now.Sub(p.last) >= calm
	switch {
	case p.first.IsZero() && wasCalm:
		p.first, p.due = now, now.Add(firstDelay)
	case p.first.IsZero():
		p.first, p.due = now, now.Add(lastDelay)
	case p.due.Sub(p.first) != firstDelay:
		p.due = earlier(now.Add(lastDelay), p.first.Add(longest))
	}
	p.last = now
}

// started forgets the events that the listing which starts now will see.
func (p *pace) started() { p.first, p.due = time.Time{}, time.Time{} }

// earlier is the earlier of two times, where zero is never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
