package validate

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

// builtinPrefix starts the names of variables that Perses itself gives.
const builtinPrefix = "__"

var (
	variableName = regexp.MustCompile(`^\w*?[^0-9]\w*$`)
	onlyDigits   = regexp.MustCompile(`^[0-9]+$`)
)

// VariableName says what is wrong with a variable's name, or nil. Perses applies the rule to the variables of a dashboard,
// and to a Variable when it is created, never to a GlobalVariable (perses.md §1.7).
func VariableName(name string) error {
	switch {
	case onlyDigits.MatchString(name):
		return fmt.Errorf("variable name cannot contain only digits. That's not a meaningful name for a variable")
	case !variableName.MatchString(name):
		return fmt.Errorf("variable name '%s' is not valid", shown(name))
	case strings.HasPrefix(name, builtinPrefix):
		return fmt.Errorf("variable name '%s' can not have builtin variable prefix: %s", shown(name), builtinPrefix)
	}
	return nil
}

// variable has nothing to check: Perses looks at the relations of a variable's fields only inside dashboards.
func (c *check) variable() { c.facts.Variable = c.r.Metadata.Name }

func (c *check) localVariables() {
	variables := c.spec.get("variables")
	seen := map[string]bool{}
	for i, v := range variables.items() {
		spec := v.get("spec")
		at := spec.get("name")
		name := at.str()
		if err := VariableName(name); err != nil {
			c.fail(at, problem.CodeValue, "%s", err)
		}
		if seen[name] {
			c.fail(at, problem.CodeDuplicate, "variable %q (index %d) already exists", shown(name), i)
		}
		seen[name] = true
		switch v.get("kind").str() {
		case "ListVariable":
			c.list(spec)
		case "TextVariable":
			c.text(spec)
		}
	}
	c.graph(variables)
}

func (c *check) text(spec node) {
	if value := spec.get("value"); spec.v.True("constant") && value.str() == "" {
		c.fail(value, problem.CodeValue, "value for a constant text variable cannot be empty")
	}
}

func (c *check) list(spec node) {
	if at := spec.get("customAllValue"); at.str() != "" && !spec.v.True("allowAllValue") {
		c.fail(at, problem.CodeValue, "customAllValue cannot be set if allowAllValue is not set to true")
	}
	def := spec.get("defaultValue")
	if !def.is(resource.Array) || spec.v.True("allowMultiple") {
		return
	}
	switch len(def.v.Items) {
	case 0:
	case 1:
		*def.v = only(def.v.Items[0])
	default:
		c.fail(def, problem.CodeValue, "you can not use a list of default values if allowMultiple is set to false")
	}
}

// only is a default value on its own, where an empty string is written as null.
func only(v resource.Value) resource.Value {
	if v.Text == "" {
		return resource.Value{}
	}
	return v
}
