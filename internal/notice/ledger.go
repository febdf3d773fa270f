package notice

import (
	"cmp"
	"slices"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
)

// What one namespace may be told: so many notices at once, and one more after each pause.
const (
	Burst = 25
	Pause = 5 * time.Second
)

// Ledger remembers what was told. It is not safe for concurrent use.
type Ledger struct {
	told    map[subject]told
	budgets map[string]budget // by namespace
}

// told is what was told of one object, by reason, and how often.
type told struct {
	texts map[Reason]string
	count int
}

// budget is what is left for a namespace, and since when it fills up.
type budget struct {
	left  int
	since time.Time
}

// NewLedger remembers nothing.
func NewLedger() *Ledger { return &Ledger{told: map[subject]told{}, budgets: map[string]budget{}} }

// Due compares what is with what was told, and gives what is to be told now, taking it for told. What a namespace has no room for is left
// for later: more says that there is something.
func (l *Ledger) Due(documents []delivery.Document, now time.Time) (notices []Notice, more bool) {
	states := states(documents)
	for s := range l.told {
		if _, there := states[s]; !there {
			delete(l.told, s)
		}
	}
	for s, state := range states {
		for _, n := range l.compare(s, state) {
			if !l.spend(s.object.Namespace, now) {
				more = true
				break
			}
			l.note(s, &n)
			notices = append(notices, n)
		}
	}
	l.refill(now)
	slices.SortFunc(notices, func(a, b Notice) int {
		return cmp.Or(cmp.Compare(a.Object.Namespace, b.Object.Namespace), cmp.Compare(a.Object.Name, b.Object.Name),
			cmp.Compare(a.Object.Kind, b.Object.Kind), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Again, b.Again))
	})
	return notices, more
}

// compare gives what is new about an object. Of several troubles, the end of one is not told; it is news when it comes back.
func (l *Ledger) compare(s subject, now state) []Notice {
	before := l.told[s]
	var out []Notice
	for _, reason := range []Reason{Refused, Invalid, Shadowed} {
		switch text := now.texts[reason]; {
		case text == "" && len(now.texts) > 0:
			delete(before.texts, reason)
		case text != "" && before.texts[reason] != text:
			out = append(out, Notice{Object: s.object, Source: s.source, Reason: reason, Text: text})
		}
	}
	if now.served && len(before.texts) > 0 {
		out = append(out, Notice{Object: s.object, Source: s.source, Reason: Applied, Text: "all of its documents are served now"})
	}
	return out
}

// note takes a notice for told.
func (l *Ledger) note(s subject, n *Notice) {
	entry := l.told[s]
	n.Again = entry.count
	entry.count++
	if n.Reason == Applied || entry.texts == nil {
		entry.texts = map[Reason]string{}
	}
	if n.Reason != Applied {
		entry.texts[n.Reason] = n.Text
	}
	l.told[s] = entry
}

// spend says whether a namespace may be told one thing more.
func (l *Ledger) spend(namespace string, now time.Time) bool {
	b, known := l.budgets[namespace]
	if !known {
		b = budget{left: Burst, since: now}
	}
	if earned := int(now.Sub(b.since) / Pause); earned > 0 {
		b.left, b.since = min(Burst, b.left+earned), b.since.Add(time.Duration(earned)*Pause)
	}
	ok := b.left > 0
	if ok {
		b.left--
	}
	l.budgets[namespace] = b
	return ok
}

// refill forgets the namespaces that have their whole budget again.
func (l *Ledger) refill(now time.Time) {
	for namespace, b := range l.budgets {
		if b.left+int(now.Sub(b.since)/Pause) >= Burst {
			delete(l.budgets, namespace)
		}
	}
}
