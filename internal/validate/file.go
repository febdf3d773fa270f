package validate

import (
	"strings"

	"github.com/perseid-dev/perseid/internal/resource"
)

// maxOutside bounds how many places of files are remembered of one document.
const maxOutside = 20

// references notes what would have the server read one of its own files or variables (DELIVERY R34): fields whose name ends in File in a
// document that holds secrets, and texts such as ${file:/path} there and in datasources.
func (c *check) references() {
	if kind := c.r.Kind; kind.Secret || strings.HasSuffix(kind.Name, "Datasource") {
		c.findReferences(c.spec, kind.Secret)
	}
}

func (c *check) findReferences(n node, secret bool) {
	if text := n.str(); strings.Contains(text, "${file:") || strings.Contains(text, "${env:") {
		c.outside(n)
	}
	for _, item := range n.items() {
		c.findReferences(item, secret)
	}
	for name, field := range n.fields() {
		if secret && strings.HasSuffix(strings.ToLower(name), "file") && field.str() != "" {
			c.outside(field)
			continue
		}
		c.findReferences(field, secret)
	}
}

func (c *check) outside(n node) {
	if len(c.facts.Files) < maxOutside && n.is(resource.String) {
		c.facts.Files = append(c.facts.Files, n.path)
	}
}
