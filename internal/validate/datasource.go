package validate

import (
	"strings"

	"github.com/perseid-dev/perseid/internal/problem"
)

// datasource checks perses.md §1.9.
func (c *check) datasource() {
	plugin := c.spec.get("plugin")
	c.proxies(plugin.get("spec"))
	if c.spec.v.True("default") {
		c.facts.DefaultOf = strings.Clone(plugin.get("kind").str()) // facts outlive the document
	}
}

// localDatasources checks the datasources that a dashboard brings along: each one, and one default for each plugin kind.
func (c *check) localDatasources() {
	defaults := map[string]bool{}
	for name, d := range c.spec.get("datasources").fields() {
		plugin := d.get("plugin")
		c.proxies(plugin.get("spec"))
		if !d.v.True("default") {
			continue
		}
		kind := plugin.get("kind").str()
		if defaults[kind] {
			c.fail(d.get("default"), problem.CodeDefault,
				"%s can not be defined as default datasource: there is already a default defined for kind %q", shown(name), shown(kind))
		}
		defaults[kind] = true
	}
}
