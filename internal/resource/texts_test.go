package resource

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/problem"
)

// said lists problems as "path: message", warnings marked by a question mark.
func said(l problem.List) []string {
	var out []string
	for _, p := range l {
		s := p.Path + ": " + p.Message
		if p.Severity == problem.Warning {
			s = "? " + s
		}
		out = append(out, s)
	}
	return out
}

// TestTexts holds what clients of Perses match on (perses.md §1).
func TestTexts(t *testing.T) {
	kind := func(k, rest string) string { return fmt.Sprintf(`{"kind":%q,"metadata":{"name":"n"}%s}`, k, rest) }
	dashboard := func(spec string) string { return kind("Dashboard", `,"spec":{`+spec+`}`) }
	named := func(metadata string) string { return `{"kind":"Project","metadata":{` + metadata + `}}` }
	tags := `"t0"`
	for i := 1; i <= 20; i++ {
		tags += fmt.Sprintf(`,"t%d"`, i)
	}
	tests := []struct {
		kind, body string
		want       []string
	}{
		{"Dashboard", `{"metadata":{"name":"n"},"spec":{}}`, []string{`kind: invalid kind: "" for a Dashboard type`}},
		{"Dashboard", kind("", `,"spec":{}`), []string{`kind: kind cannot be empty`}},
		{"Dashboard", kind("Bored", `,"spec":{}`), []string{`kind: unknown kind "Bored" used`}},
		{"Dashboard", kind("Folder", `,"spec":{}`), []string{`kind: invalid kind: "Folder" for a Dashboard type`}},
		{"EphemeralDashboard", kind("Dashboard", `,"spec":{}`), []string{`kind: invalid kind: "Dashboard" for an EphemeralDashboard type`}},
		{"User", kind("Role", ``), []string{`kind: invalid kind: 'Role' for a User type`}},
		{"Variable", `{"metadata":{"name":"n"},"spec":{"kind":"TextVariable"}}`, []string{`kind: invalid kind: "" for a Variable type`}},
		{"Dashboard", kind("dashboard", `,"spec":{}`), nil},

		{"Project", `{"kind":"Project"}`, []string{`metadata.name: name cannot be empty`}},
		{"Project", named(`"name":""`), []string{`metadata.name: name cannot be empty`}},
		{"Project", named(`"name":"` + strings.Repeat("a", 75) + `"`), nil},
		{"Project", named(`"name":"` + strings.Repeat("a", 76) + `"`), []string{`metadata.name: cannot contain more than 75 characters`}},
		{"Project", named(`"name":"x y"`), []string{`metadata.name: "x y" is not a correct name. It should match the regexp: ^[a-zA-Z0-9_.-]+$`}},
		{"Project", named(`"name":".."`), []string{`metadata.name: ".." is not a correct name. It must not begin or end with a dot`}},
		{"Dashboard", `{"kind":"Dashboard","metadata":{"name":"n","project":"../x"},"spec":{}}`,
			[]string{`metadata.project: "../x" is not a correct name. It should match the regexp: ^[a-zA-Z0-9_.-]+$`}},
		{"Project", named(`"name":"n","tags":[` + tags + `]`), []string{`metadata.tags: cannot contain more than 20 tags`}},
		{"Project", named(`"name":"n","tags":["", " x", "` + strings.Repeat("é", 51) + `","` + strings.Repeat("é", 50) + `"]`), []string{
			`metadata.tags[0]: tag cannot be empty`, `metadata.tags[1]: tag " x" cannot start or end with whitespace`,
			`metadata.tags[2]: tag "` + strings.Repeat("é", 51) + `" cannot contain more than 50 characters`}},
		{"Project", named(`"name":"n","createdAt":"yesterday","version":-1`), []string{
			`metadata.createdAt: "yesterday" is not a time such as 2006-01-02T15:04:05Z`,
			`metadata.version: expected a whole number from 0 on of at most 64 bits, found -1`}},

		{"Dashboard", kind("Dashboard", ``), []string{`spec: spec cannot be empty`}},
		{"Dashboard", dashboard(`"duration":"1x","refreshInterval":"1m1h","timezone":"Mars/Base"`), []string{
			`spec.duration: unknown unit "x" in duration "1x"`, `spec.refreshInterval: not a valid duration string: "1m1h"`,
			`spec.timezone: "Mars/Base" is not a valid timezone: unknown time zone Mars/Base`}},
		{"Dashboard", dashboard(`"duration":"300y"`), []string{`spec.duration: duration out of range`}},
		{"Dashboard", dashboard(`"layouts":[{},{"kind":""},{"kind":"Foo"}]`), []string{`spec.layouts[0].kind: variable.kind cannot be empty`,
			`spec.layouts[1].kind: layout.kind cannot be empty`, `spec.layouts[2].kind: unknown layout.kind "Foo" used`}},
		{"Dashboard", dashboard(`"layouts":[{"kind":"Grid","spec":{"items":[{"x":0.5}]}}]`), []string{
			`spec.layouts[0].spec.items[0].x: expected a whole number of at most 64 bits, found 0.5`, `spec.layouts[0].spec.items[0].content: content cannot be empty`}},
		{"Dashboard", dashboard(`"variables":[{"spec":{}},{"kind":"X"},{"kind":"ListVariable","spec":{"sort":"zz","plugin":{"kind":""}}}]`), []string{
			`spec.variables[0].kind: variable.kind cannot be empty`, `spec.variables[1].kind: unknown variable.kind "X" used`,
			`spec.variables[2].spec.sort: unknown sort method "zz" used`, `spec.variables[2].spec.plugin.kind: kind cannot be empty`}},
		{"Dashboard", dashboard(`"panels":{"a.b":{"spec":{"plugin":{}}},"c":null},"annotations":[{"display":{},"plugin":{"kind":"A"}}]`), []string{
			`spec.annotations[0].display.name: annotation name cannot be empty`, `spec.panels["a.b"].spec.plugin.kind: kind cannot be empty`,
			`spec.panels.c: expected an object, found null`}},
		{"Dashboard", dashboard(`"display":"x","panels":[]`), []string{`spec.display: expected an object, found a string`,
			`spec.panels: expected an object with names of your own, found a list`}},
		{"Dashboard", dashboard(`"duratoin":"1h"`), []string{`? spec.duratoin: unknown field "duratoin"`}},

		{"Variable", kind("Variable", ``), []string{`spec.kind: variable.kind cannot be empty`}},
		{"Datasource", kind("Datasource", `,"spec":{}`), []string{`spec.plugin: kind cannot be empty`}},
		{"Folder", kind("Folder", `,"spec":{"items":[{"kind":"X"}]}`), []string{
			`spec.items[0].kind: kind can only be "Dashboard" or "Folder" but not "X"`, `spec.items[0].name: name is required`}},
		{"Role", kind("Role", `,"spec":{"permissions":[{},{"actions":["x"],"scopes":["y"]}]}`), []string{
			`spec.permissions[0].actions: permission actions cannot be empty`, `spec.permissions[0].scopes: permission scopes cannot be empty`,
			`spec.permissions[1].actions[0]: "x" has no associated struct`, `spec.permissions[1].scopes[0]: "y" has no associated struct`}},
		{"RoleBinding", kind("RoleBinding", ``), []string{`spec.role: rolebinding role cannot be empty`, `spec.subjects: rolebinding subjects cannot be empty`}},
		{"RoleBinding", kind("RoleBinding", `,"spec":{"role":"r","subjects":[{"kind":"Group"}]}`), []string{
			`spec.subjects[0].kind: subject kind can only be "User" but not "Group"`, `spec.subjects[0].name: subject name cannot be empty`}},
	}
	for _, tt := range tests {
		k, err := KindByName(tt.kind)
		if err != nil {
			t.Fatal(err)
		}
		r, problems := DecodeBody([]byte(tt.body), k)
		if diff := cmp.Diff(tt.want, said(problems)); diff != "" {
			t.Errorf("%s %s:\n%s", tt.kind, tt.body, diff)
		}
		if (r == nil) != problems.Invalid() {
			t.Errorf("%s: resource %v beside problems %v", tt.body, r, problems)
		}
	}
}

func TestProblemsAreBounded(t *testing.T) {
	var fields strings.Builder
	for i := range 10 * maxProblems {
		fmt.Fprintf(&fields, `,"f%d":0`, i)
	}
	docs, _ := Decode([]byte(`{"kind":"Project","metadata":{"name":"n"},"spec":{}`+fields.String()+`}`), JSON)
	if n := len(docs[0].Problems); n != maxProblems+1 {
		t.Errorf("%d problems", n)
	}
}

func TestSuggestions(t *testing.T) {
	tests := []struct{ name, want string }{
		{"duratoin", "duration"}, {"refresh_interval", "refreshInterval"}, {"layout", "layouts"}, {"xyz", ""}, {"", ""},
	}
	for _, tt := range tests {
		if got := dashboardSpec.nearest(tt.name); got != tt.want {
			t.Errorf("nearest(%q) = %q, want %q", tt.name, got, tt.want)
		}
	}
}
