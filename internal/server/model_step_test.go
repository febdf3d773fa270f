package server

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/test/fault"
)

// step is one thing that happens. It makes sense in any state, if only by doing nothing, so that others can be left out before it.
type step struct {
	verb  string
	shelf int
	path  string
	to    string
	sheet sheet
	id    resource.ID
	content
	n    int
	flag bool
	// What goes wrong with the disk meanwhile: from the step of a write of this number, counted from 1; 0 for nothing.
	fault int
	way   fault.Way
}

func (s step) String() string {
	text := s.what()
	if s.fault > 0 {
		text += fmt.Sprintf(" [step %d of writing goes wrong in way %d]", s.fault, s.way)
	}
	return text
}

func (s step) what() string {
	switch s.verb {
	case "write":
		text := fmt.Sprintf("write %d %s", s.shelf, s.path)
		if s.sheet.Garbage {
			return text + ": garbage"
		}
		var papers []string
		for _, p := range s.sheet.Papers {
			papers = append(papers, p.String())
		}
		return text + ": " + strings.Join(papers, ", ")
	case "remove", "unread":
		return fmt.Sprintf("%s %d %q", s.verb, s.shelf, s.path)
	case "rename":
		return fmt.Sprintf("rename %d %s to %s", s.shelf, s.path, s.to)
	case "post", "put", "edit":
		return s.verb + " " + paper{ID: s.id, content: s.content}.String()
	case "delete", "vanish", "spoil", "unpin", "undo":
		return fmt.Sprintf("%s %s", s.verb, s.id)
	case "unlock", "rollback":
		return fmt.Sprintf("%s %s %d", s.verb, s.id, s.n)
	case "wait":
		return fmt.Sprintf("wait %d s", s.n)
	case "restart", "look":
		return s.verb
	}
	return fmt.Sprintf("%s %d %d %t", s.verb, s.shelf, s.n, s.flag)
}

// chance draws steps.
type chance struct {
	*rand.Rand
	variant int
	faults  bool
}

var (
	paths    = []string{"a.yaml", "b.yaml", "c.json", "team/d.yaml", "team/e.json", "z.yaml"}
	prefixes = []string{"", "", "team", "b.yaml"}
	adopts   = []desired.Adopt{desired.AdoptAlways, desired.AdoptAlways, desired.AdoptEqual, desired.AdoptNever}
)

// verbs has each verb as often as it is likely.
var verbs = strings.Fields(strings.Repeat("write ", 24) + strings.Repeat("remove ", 6) + strings.Repeat("wait ", 12) +
	"rename rename rename clear many unread unread unread post post post put put put put put delete delete delete edit edit edit vanish spoil spoil look " +
	"restart restart configure adopt projects confirm confirm confirm suspend resume resume unlock unlock rollback rollback unpin unpin " +
	"undo undo forget release release follow follow")

func (c *chance) step() step {
	s := step{
		verb: pick(c, verbs), shelf: c.IntN(shelves), path: pick(c, paths), to: pick(c, paths), n: c.IntN(4), flag: c.IntN(2) == 0,
	}
	s.id = c.id()
	s.content = c.content(s.id.Kind)
	if c.faults && c.IntN(3) == 0 {
		s.fault, s.way = 1+c.IntN(14), fault.Way(c.IntN(4))
	}
	switch s.verb {
	case "write":
		s.sheet = c.sheet()
	case "many":
		s.verb, s.sheet = "write", many(c)
	case "unread":
		s.path = pick(c, prefixes)
	case "wait":
		s.n = 1 + c.IntN(6)
		if c.IntN(25) == 0 {
			s.n = 650 // past the guard's window
		}
	case "unlock":
		s.n = 4 * c.IntN(4)
	}
	return s
}

func pick[T any](c *chance, list []T) T { return list[c.IntN(len(list))] }

func (c *chance) sheet() sheet {
	if c.IntN(15) == 0 {
		return sheet{Garbage: true}
	}
	var s sheet
	for range 1 + c.IntN(4) {
		s.Papers = append(s.Papers, c.paper())
	}
	return s
}

// many is a sheet of most of what there is: enough for the guard to care when it goes.
func many(c *chance) sheet {
	s := sheet{Papers: []paper{{ID: resource.ID{Kind: "Project", Name: "p"}}}}
	for n := range 12 {
		id := resource.ID{Kind: "Dashboard", Project: "p", Name: fmt.Sprintf("d%d", n)}
		s.Papers = append(s.Papers, paper{ID: id, content: c.content("Dashboard")})
	}
	return s
}

func (c *chance) paper() paper {
	p := paper{ID: c.id()}
	p.content = c.content(p.ID.Kind)
	switch c.IntN(24) {
	case 0, 1:
		p.Flaw = bad
	case 2:
		p.Flaw = nameless
	case 3:
		p.ID.Project = ""
	case 4, 5:
		p.ID.Name = strings.ToUpper(p.ID.Name)
	}
	return p
}

func (c *chance) id() resource.ID {
	id := resource.ID{Project: pick(c, []string{"p", "p", "q"})}
	switch c.IntN(12) {
	case 0, 1:
		return resource.ID{Kind: "Project", Name: id.Project}
	case 2, 3:
		id.Kind, id.Name = "Datasource", pick(c, []string{"s0", "s1", "s2"})
	case 4:
		id.Kind, id.Name = "Variable", "v0"
	case 5:
		id.Kind, id.Name = "Secret", "k0"
	default:
		id.Kind, id.Name = "Dashboard", fmt.Sprintf("d%d", c.IntN(5))
	}
	return id
}

// content is now and then one that was there before.
func (c *chance) content(kind string) content {
	if c.IntN(4) > 0 {
		c.variant++
	}
	out := content{Variant: c.variant, Keep: c.IntN(20) == 0 && kind != "Secret"}
	switch kind {
	case "Datasource":
		out.Default = c.IntN(2) == 0
	case "Dashboard":
		out.Uses = c.IntN(4) == 0
	}
	return out
}
