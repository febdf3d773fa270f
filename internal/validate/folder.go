package validate

import (
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

// folder checks perses.md §1.11: a dashboard stands once in the whole tree of a folder.
func (c *check) folder() {
	c.folderItems(c.spec.get("items"), map[string]bool{})
}

func (c *check) folderItems(items node, seen map[string]bool) {
	for _, item := range items.items() {
		inner := item.get("items")
		if item.get("kind").str() != "Dashboard" {
			c.folderItems(inner, seen)
			continue
		}
		if inner.is(resource.Array) && len(inner.v.Items) > 0 {
			c.fail(inner, problem.CodeValue, "when kind is equal to %q, then items must be empty", "Dashboard")
		}
		name := item.get("name")
		if seen[name.str()] {
			c.fail(name, problem.CodeDuplicate, "dashboard %q is referenced multiple times in the folder %q", shown(name.str()), c.r.Metadata.Name)
		}
		seen[name.str()] = true
	}
}
