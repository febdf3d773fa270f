package validate

import (
	"regexp"
	"slices"
	"strings"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

// maxCycleShown is how many variables of a cycle a hint names.
const maxCycleShown = 10

var usage = regexp.MustCompile(`\$(\w+)`)

// graph follows which variable of a dashboard uses which (perses.md §1.8): uses of others become facts, uses in a circle are problems.
// Only variables of the dashboard can be part of a circle, because only their values are looked into.
func (c *check) graph(variables node) {
	defined := map[string]node{}
	for _, v := range variables.items() {
		if name := v.get("spec", "name"); defined[name.str()].v == nil {
			defined[name.str()] = name
		}
	}
	needs := map[string][]string{}
	var names []string
	var others []Use
	for _, v := range variables.items() {
		name := v.get("spec", "name").str()
		names = append(names, name)
		for _, use := range uses(name, v) {
			if defined[use.Name].v != nil {
				needs[name] = append(needs[name], use.Name)
			} else {
				others = append(others, use)
			}
		}
	}
	c.usesOf(variables, others)
	for _, cycle := range cycles(names, needs) {
		c.failHint(defined[cycle[0]], problem.CodeCycle, cycleHint(cycle), "circular dependency detected")
	}
}

func (c *check) usesOf(variables node, others []Use) {
	if len(others) > maxUses {
		c.fail(variables, problem.CodeLimit, "there are more than %d uses of variables that the dashboard does not define", maxUses)
		others = others[:maxUses]
	}
	c.facts.Uses = others
}

// uses lists what one variable uses, each name once, where it first stands.
func uses(name string, variable node) []Use {
	var list []Use
	seen := map[string]bool{}
	spec := variable.get("spec")
	from := spec.get("value")
	if variable.get("kind").str() == "ListVariable" {
		from = spec.get("plugin", "spec")
	}
	from.texts(func(at node) {
		for _, match := range usage.FindAllStringSubmatch(at.v.Text, -1) {
			used := match[1]
			if seen[used] || onlyDigits.MatchString(used) || strings.HasPrefix(used, builtinPrefix) {
				continue
			}
			seen[used] = true
			list = append(list, Use{Name: strings.Clone(used), In: strings.Clone(name), Path: at.path})
		}
	})
	return list
}

// texts visits every string at and below a node.
func (n node) texts(visit func(node)) {
	if n.is(resource.String) {
		visit(n)
	}
	for _, item := range n.items() {
		item.texts(visit)
	}
	for _, field := range n.fields() {
		field.texts(visit)
	}
}

// search looks for circles depth first.
type search struct {
	needs map[string][]string
	path  []string
	// place is 0 for a name not met, its 1-based position while it is on the path, and visited afterwards.
	place map[string]int
	found [][]string
}

const visited = -1

// cycles finds the circles that a walk in the order of names closes, up to as many as there can be problems.
// In each, every name needs the next, and the last one the first.
func cycles(names []string, needs map[string][]string) [][]string {
	s := &search{needs: needs, place: map[string]int{}}
	for _, name := range names {
		if s.place[name] == 0 {
			s.visit(name)
		}
	}
	return s.found
}

func (s *search) visit(name string) {
	s.path = append(s.path, name)
	s.place[name] = len(s.path)
	for _, next := range s.needs[name] {
		switch at := s.place[next]; {
		case at == 0:
			s.visit(next)
		case at > 0 && len(s.found) <= maxProblems:
			s.found = append(s.found, slices.Clone(s.path[at-1:]))
		}
	}
	s.path = s.path[:len(s.path)-1]
	s.place[name] = visited
}

func cycleHint(cycle []string) string {
	names := append(slices.Clone(cycle), cycle[0])
	if len(names) > maxCycleShown {
		names = append(names[:maxCycleShown], "...")
	}
	for i, name := range names {
		names[i] = shown(name)
	}
	return strings.Join(names, " uses ") + ": remove one of these uses"
}
