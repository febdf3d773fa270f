package validate

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestVariableName(t *testing.T) {
	tests := map[string]string{
		"a":       "",
		"job_2":   "",
		"2job":    "",
		"my-var":  "", // one character that is no word character may slip in
		"é":       "",
		"_x":      "",
		"a-b-c":   "variable name 'a-b-c' is not valid",
		"":        "variable name '' is not valid",
		"123":     "variable name cannot contain only digits. That's not a meaningful name for a variable",
		"__x":     "variable name '__x' can not have builtin variable prefix: __",
		"__":      "variable name '__' can not have builtin variable prefix: __",
		"a b c":   "variable name 'a b c' is not valid",
		"__a-b-c": "variable name '__a-b-c' is not valid",
	}
	for name, want := range tests {
		got := ""
		if err := VariableName(name); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func text(name, value string) string {
	return `{"kind":"TextVariable","spec":{"name":"` + name + `","value":"` + value + `"}}`
}

func list(name, rest string) string {
	return `{"kind":"ListVariable","spec":{"name":"` + name + `","plugin":{"kind":"K","spec":{}}` + rest + `}}`
}

func variables(v ...string) string { return `{"variables":[` + strings.Join(v, ",") + `]}` }

func TestLocalVariables(t *testing.T) {
	const first = "spec.variables[0].spec."
	runInspections(t, []inspection{
		{"good", "Dashboard", variables(text("a", "x"), list("b", `,"defaultValue":"x"`)), nil},
		{"name", "Dashboard", variables(text("a-b-c", "x")), []string{first + "name: variable name 'a-b-c' is not valid"}},
		{"digits", "Dashboard", variables(text("1", "x")),
			[]string{first + "name: variable name cannot contain only digits. That's not a meaningful name for a variable"}},
		{"built in", "Dashboard", variables(list("__x", "")), []string{first + "name: variable name '__x' can not have builtin variable prefix: __"}},
		{"twice", "Dashboard", variables(text("a", "x"), text("a", "y")), []string{`spec.variables[1].spec.name: variable "a" (index 1) already exists`}},
		{"three times", "Dashboard", variables(text("a", "x"), list("a", ""), text("a", "")), []string{
			`spec.variables[1].spec.name: variable "a" (index 1) already exists`,
			`spec.variables[2].spec.name: variable "a" (index 2) already exists`,
		}},
		{"constant", "Dashboard", variables(`{"kind":"TextVariable","spec":{"name":"a","value":"","constant":true}}`),
			[]string{first + "value: value for a constant text variable cannot be empty"}},
		{"all value", "Dashboard", variables(list("a", `,"customAllValue":".*"`)),
			[]string{first + "customAllValue: customAllValue cannot be set if allowAllValue is not set to true"}},
		{"all value allowed", "Dashboard", variables(list("a", `,"customAllValue":".*","allowAllValue":true`)), nil},
		{"defaults", "Dashboard", variables(list("a", `,"defaultValue":["x","y"]`)),
			[]string{first + "defaultValue: you can not use a list of default values if allowMultiple is set to false"}},
		{"defaults allowed", "Dashboard", variables(list("a", `,"defaultValue":["x","y"],"allowMultiple":true`)), nil},
		{"the resource forms are free", "Variable",
			`{"kind":"ListVariable","spec":{"defaultValue":["x","y"],"customAllValue":".*","plugin":{"kind":"K","spec":{}}}}`, nil},
		{"a constant resource too", "GlobalVariable", `{"kind":"TextVariable","spec":{"value":"","constant":true}}`, nil},
	})
}

// A list of one default becomes a string where the variable takes one value, and nowhere else (perses.md §1.7).
func TestListOfOneDefault(t *testing.T) {
	one := `,"defaultValue":["x"]`
	tests := []struct{ name, kind, before, after string }{
		{"dashboard", "Dashboard", variables(list("a", one)), variables(list("a", `,"defaultValue":"x"`))},
		{"several allowed", "Dashboard", variables(list("a", one+`,"allowMultiple":true`)), variables(list("a", one+`,"allowMultiple":true`))},
		{"one empty default", "Dashboard", variables(list("a", `,"defaultValue":[""]`)), variables(list("a", `,"defaultValue":""`))},
		{"resource", "Variable", `{"kind":"ListVariable","spec":{"plugin":{"kind":"K","spec":{}}` + one + `}}`,
			`{"kind":"ListVariable","spec":{"plugin":{"kind":"K","spec":{}}` + one + `}}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := decode(t, test.kind, test.before)
			_, problems := Inspect(r)
			wantProblems(t, problems, nil)
			want := decode(t, test.kind, test.after)
			if diff := cmp.Diff(string(want.JSON()), string(r.JSON())); diff != "" {
				t.Errorf("document (-want +got):\n%s", diff)
			}
			if r.Hash(nil) != want.Hash(nil) {
				t.Error("R12: the two spellings hash differently")
			}
		})
	}
}
