package validate

import (
	"regexp"
	"strings"

	"github.com/perseid-dev/perseid/internal/problem"
)

const (
	maxID   = 75 // bytes of a panel id, as of a name
	toPanel = "write #/spec/panels/ and the id of a panel"
)

var (
	idPattern  = regexp.MustCompile(`^[a-zA-Z0-9_.-]+$`)
	refPattern = regexp.MustCompile(`^#?/([a-zA-Z0-9_-]+)(?:/([a-zA-Z0-9_-]+))*$`)
)

// dashboard checks perses.md §1.5 and §1.6.
func (c *check) dashboard() {
	c.localDatasources()
	c.localVariables()
	c.panels()
	c.layouts()
}

func (c *check) panels() {
	for id, panel := range c.spec.get("panels").fields() {
		switch {
		case id == "":
			c.fail(panel, problem.CodeValue, "name cannot be empty")
		case len(id) > maxID:
			c.fail(panel, problem.CodeValue, "cannot contain more than %d characters", maxID)
		case !idPattern.MatchString(id):
			c.fail(panel, problem.CodeValue, "%q is not a correct name. It should match the regexp: %s", id, idPattern)
		}
	}
}

// layouts checks every grid item, those of tabs too.
func (c *check) layouts() {
	for _, layout := range c.spec.get("layouts").items() {
		spec := layout.get("spec")
		switch layout.get("kind").str() {
		case "Grid":
			c.gridItems(spec)
		case "Tabs":
			for _, tab := range spec.get("tabs").items() {
				c.gridItems(tab)
			}
		}
	}
}

func (c *check) gridItems(grid node) {
	for _, item := range grid.get("items").items() {
		c.reference(item.get("content", "$ref"))
	}
}

// reference holds a $ref against its grammar and against the panels.
func (c *check) reference(at node) {
	ref := at.str()
	if !refPattern.MatchString(ref) {
		c.failHint(at, problem.CodeReference, toPanel, "ref %q is not accepted", shown(ref))
		return
	}
	path := strings.Split(strings.TrimPrefix(ref, "#")[1:], "/")
	if len(path) != 3 {
		c.failHint(at, problem.CodeReference, toPanel, "reference %q is pointing to the void", shown(ref))
		return
	}
	for i, want := range []string{"spec", "panels"} {
		if path[i] != want {
			c.failHint(at, problem.CodeReference, toPanel, "reference %q at position %d doesn't have the expected element %q", shown(ref), i, want)
			return
		}
	}
	if c.spec.v.Get("panels", path[2]) == nil {
		c.failHint(at, problem.CodeReference, "add the panel to spec.panels, or correct the reference", "no panel found for ref %q", shown(path[2]))
	}
}
