// Package notice decides what the author of a ConfigMap or Secret is to be told, and in which words.
//
// Two ideas. What an author should know of one object is a Text for each sort of trouble, made of the status of its documents; a Ledger
// remembers which of them were told, so that each is told once, and its end too. Nobody is flooded: what one namespace may
// be told is bounded, and what does not fit now is due later, as it then is.
//
// It tells nobody anything: package server does, by way of package kube.
package notice

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/problem"
)

// Bounds of a text. An Event takes 1024 bytes.
const (
	maxText     = 1000 // bytes
	maxSentence = 400  // bytes for each document
	shownFirst  = 3    // documents
)

// Reason is the sort of a notice: a word in camel case, as Events have.
type Reason string

// The reasons. Applied follows when all trouble of an object is over.
const (
	Invalid  Reason = "Invalid"
	Refused  Reason = "Refused"
	Shadowed Reason = "Shadowed"
	Applied  Reason = "Applied"
)

// Notice is one thing to tell about one object.
type Notice struct {
	Object delivery.Object
	Source string // the documents' source
	Reason Reason
	Text   string
	// Again counts the notices about the object that went before; 0 for the first one that is known of.
	Again int
}

// Warning says whether something is wrong.
func (n Notice) Warning() bool { return n.Reason != Applied }

// reasons has the outcomes that are trouble.
var reasons = map[delivery.Outcome]Reason{delivery.Invalid: Invalid, delivery.Refused: Refused, delivery.Shadowed: Shadowed}

// subject is what texts are about.
type subject struct {
	source string
	object delivery.Object
}

// state is how an object fares.
type state struct {
	texts  map[Reason]string // what is wrong
	served bool              // nothing is wrong, and nothing waits
}

// states is how each object fares that has documents.
func states(documents []delivery.Document) map[subject]state {
	byObject := map[subject][]delivery.Document{}
	for _, d := range documents {
		if d.Object != nil {
			s := subject{d.Source, *d.Object}
			byObject[s] = append(byObject[s], d)
		}
	}
	out := make(map[subject]state, len(byObject))
	for s, documents := range byObject {
		out[s] = stateOf(documents)
	}
	return out
}

func stateOf(documents []delivery.Document) state {
	s := state{texts: map[Reason]string{}, served: true}
	bad := map[Reason][]delivery.Document{}
	for _, d := range documents {
		s.served = s.served && (d.Outcome == delivery.Applied || d.Outcome == delivery.Unchanged)
		if reason, ok := reasons[d.Outcome]; ok {
			bad[reason] = append(bad[reason], d)
		}
	}
	for reason, documents := range bad {
		s.texts[reason] = text(documents)
	}
	return s
}

// text describes the first documents, and counts the others.
func text(documents []delivery.Document) string {
	var lines []string
	for i, d := range documents {
		line := cut(sentence(d), maxSentence)
		if i == shownFirst || len(strings.Join(lines, "\n"))+len(line) > maxText {
			lines = append(lines, fmt.Sprintf("… and %d more: perseid status %s", len(documents)-i, d.Source))
			break
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// sentence says of one document what is wrong and what to do.
func sentence(d delivery.Document) string {
	what := cmp.Or(keyOf(d.Origin), d.Origin)
	if d.Outcome == delivery.Shadowed {
		return fmt.Sprintf("%s: %s is declared by %s too, which is served instead; remove one of them", what, identity(d), d.Winner)
	}
	i := slices.IndexFunc(d.Problems, func(p problem.Problem) bool { return p.Severity != problem.Warning })
	if i < 0 {
		return fmt.Sprintf("%s: %s is %s", what, identity(d), d.Outcome)
	}
	p := d.Problems[i]
	p.Origin = what
	if p.Line == 0 && d.Name != "" && p.Path != "" {
		p.Origin += " " + identity(d)
	}
	return p.String() + others(d.Problems[i+1:])
}

func others(problems []problem.Problem) string {
	n := 0
	for _, p := range problems {
		if p.Severity != problem.Warning {
			n++
		}
	}
	switch n {
	case 0:
		return ""
	case 1:
		return "; and 1 more problem"
	}
	return fmt.Sprintf("; and %d more problems", n)
}

func identity(d delivery.Document) string {
	if d.Name == "" {
		return "its document"
	}
	name := d.Name
	if d.Project != "" {
		name = d.Project + "/" + name
	}
	return strings.ToLower(d.Kind) + " " + name
}

// keyOf is the key of an object in an origin: what stands behind the colon.
func keyOf(origin string) string {
	_, key, _ := strings.Cut(origin, ":")
	return key
}

// cut shortens a text at the end of a character.
func cut(text string, size int) string {
	if len(text) <= size {
		return text
	}
	return strings.ToValidUTF8(text[:size], "") + "…"
}
