package resource

import (
	"fmt"
	"slices"
	"strings"

	"github.com/perseid-dev/perseid/internal/problem"
)

// The shapes of roles and their bindings (perses.md §1.12, §1.13).
var (
	roleSpec = &object{fields: []field{
		{name: "permissions", shape: &list{of: &object{fields: []field{
			{name: "actions", shape: &list{of: action}, always: true, required: "permission actions cannot be empty"},
			{name: "scopes", shape: &list{of: scope}, always: true, required: "permission scopes cannot be empty"},
		}}}, always: true},
	}}

	roleBindingSpec = &object{fields: []field{
		{name: "role", shape: text, always: true, required: "rolebinding role cannot be empty"},
		{name: "subjects", shape: &list{of: &object{fields: []field{
			{name: "kind", shape: enum(badSubjectKind, "User"), always: true, required: `subject kind can only be "User" but not ""`},
			{name: "name", shape: text, always: true, required: "subject name cannot be empty"},
		}}}, always: true, required: "rolebinding subjects cannot be empty"},
	}}
)

const badSubjectKind = `subject kind can only be "User" but not %q`

// grant is an action or a scope: matched in any case, kept as typed.
type grant int

const (
	action grant = iota
	scope
)

// known lists what may be granted.
func (g grant) known() []string {
	if g == action {
		return []string{"read", "create", "update", "delete", "*"}
	}
	names := []string{"*"}
	for _, k := range Kinds() {
		names = append(names, k.Name)
	}
	return names
}

// normalise implements shape.
func (g grant) normalise(w *walker, v Value) Value {
	v = text.normalise(w, v)
	if v.Type == String && !slices.ContainsFunc(g.known(), func(s string) bool { return strings.EqualFold(s, v.Text) }) {
		w.fail(problem.CodeValue, fmt.Sprintf("%q has no associated struct", shown(v.Text)))
	}
	return v
}

// empty implements shape.
func (grant) empty(v Value) bool { return text.empty(v) }

// describe implements shape.
func (g grant) describe() string {
	if g == scope {
		return `a kind or "*"`
	}
	return `one of "` + strings.Join(g.known(), `", "`) + `"`
}
