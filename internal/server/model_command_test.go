package server

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
)

// configure changes a source of the configuration, takes it out, or brings it back.
func (t *trial) configure(s step) {
	c := &t.m.setup
	i := slices.IndexFunc(c.sources, func(c shelfConfig) bool { return c.shelf == s.shelf })
	switch {
	case i < 0:
		c.sources = append(c.sources, t.again(s))
	case s.flag:
		c.sources = slices.Delete(c.sources, i, i+1)
	default:
		c.sources[i].priority, c.sources[i].pruneOff = s.n%2, s.n == 3
	}
}

// again is the source of a shelf that is read once more, under its name or another. What releases, unread places and illegible files
// held may be forgotten while no source is there to need it, so there is none of these.
func (t *trial) again(s step) shelfConfig {
	name := []string{"first", "second", "third"}[s.shelf]
	if s.flag || s.shelf == 2 {
		t.renamed++
		name = fmt.Sprintf("%s %d", name, t.renamed)
	}
	shelf := t.shelves[s.shelf]
	clear(shelf.unread)
	maps.DeleteFunc(shelf.sheets, func(_ string, s sheet) bool { return s.illegible() })
	return shelfConfig{shelf: s.shelf, name: name, priority: s.n % 2, hold: s.shelf > 0, complete: s.shelf == 2}
}

// command is an order by a person.
func (t *trial) command(s step) string {
	name := t.sourceName(s)
	if s.verb == "confirm" {
		return t.confirm(name, s.flag || s.n > 0)
	}
	c := t.about(s, name)
	if s.verb == "release" {
		t.sink.declared = nil // a rollback also removes what is declared now (R23)
	}
	real, want := t.order(c), t.m.order(c, time.Now())
	if real != want {
		return fmt.Sprintf("%s (%+v): done = %t, want %t", s, c, real, want)
	}
	return ""
}

// about is the command that a step stands for.
func (t *trial) about(s step, name string) delivery.Command {
	source := delivery.Command{Verb: delivery.Verb(s.verb), Source: name, Prune: s.flag, UntilNewer: s.flag}
	single := delivery.Command{Verb: delivery.Verb(s.verb), Kind: s.id.Kind, Project: s.id.Project, Name: s.id.Name}
	switch s.verb {
	case "suspend", "resume", "forget":
		return source
	case "release":
		source.Verb, source.Revision = delivery.Rollback, t.m.revisionOf(name, s.n)
		return source
	case "follow":
		source.Verb = delivery.Unpin
		return source
	case "unlock":
		single.For = time.Duration(s.n) * time.Second
	case "rollback":
		if version := uint64(s.n); !s.flag {
			single.Version = &version
		}
	}
	return single
}

// sourceName names the source of a shelf, or one that left resources behind.
func (t *trial) sourceName(s step) string {
	for _, c := range t.m.setup.sources {
		if c.shelf == s.shelf && s.verb != "forget" {
			return c.name
		}
	}
	var orphaned []string
	for _, one := range t.m.served {
		if one.owner != nil && !t.m.configured(one.owner.source) {
			orphaned = append(orphaned, one.owner.source)
		}
	}
	if len(orphaned) == 0 {
		return "nobody"
	}
	slices.Sort(orphaned)
	return orphaned[s.n%len(orphaned)]
}

func (t *trial) confirm(name string, fresh bool) string {
	id := "0ld"
	if h := t.holdOf(name); h != nil && fresh {
		id = h.ID
	}
	real := t.rig.order(delivery.Command{Verb: delivery.Confirm, Source: name, ID: id})
	if want := t.m.confirm(name, fresh, time.Now()); real != want {
		return fmt.Sprintf("R14: confirm %s: done = %t, want %t", name, real, want)
	}
	return ""
}
