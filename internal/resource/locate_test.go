package resource

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const locateYAML = `# a comment
kind: Dashboard
metadata: &m
  name: d
spec:
  panels:
    a.b: {kind: Panel}
    "q\"": &p
      spec: {x: é, y: 1}
  Layouts:
    - kind: Grid
    - *p
  merged:
    <<: *m
---
- kind: Project
- metadata: {name: x}
`

const locateJSON = `[{"kind": "Dashboard",
  "spec": {"panels": {"a.b": {"é": [1, {"x": true}]}, "A": 1},
    "panels": {"z": 5}}},
 {"kind": "Project"}]`

func TestLocate(t *testing.T) {
	tests := []struct {
		format Format
		doc    int
		path   string
		want   string // line:column
	}{
		{YAML, 0, "", "2:1"},
		{YAML, 0, "kind", "2:7"},
		{YAML, 0, "metadata.name", "4:9"},
		{YAML, 0, `spec.panels["a.b"].kind`, "7:17"},
		{YAML, 0, `spec.panels["q\""].spec.y`, "9:23"},
		{YAML, 0, "spec.layouts[0].kind", "11:13"},
		{YAML, 0, "spec.layouts[0].spec.items[2]", "11:7"},
		{YAML, 0, "spec.layouts[1].spec.x", "9:17"},
		{YAML, 0, "spec.merged.name", "4:9"},
		{YAML, 0, "spec.layouts[9]", "11:5"},
		{YAML, 1, "kind", "16:9"},
		{YAML, 2, "metadata.name", "17:20"},
		{YAML, 3, "", "0:0"},
		{YAML, -1, "", "0:0"},
		{JSON, 0, "kind", "1:11"},
		{JSON, 0, "spec.panels.z", "3:21"},
		{JSON, 0, "spec.panels.A", "3:15"},
		{JSON, 1, "kind", "4:11"},
		{JSON, 1, "metadata.name", "4:2"},
		{JSON, 0, "spec[", "2:11"},
		{JSON, 0, `spec["panels`, "2:11"},
	}
	for _, tt := range tests {
		data := map[Format]string{JSON: locateJSON, YAML: locateYAML}[tt.format]
		line, column := NewPlaces([]byte(data), tt.format).Locate(tt.doc, tt.path)
		if got := fmt.Sprintf("%d:%d", line, column); got != tt.want {
			t.Errorf("format %d, document %d, %q: %s, want %s", tt.format, tt.doc, tt.path, got, tt.want)
		}
	}
	old := "kind: Folder\nspec:\n- kind: Dashboard\n"
	if line, column := NewPlaces([]byte(old), YAML).Locate(0, "spec.items[0].kind"); line != 3 || column != 9 {
		t.Errorf("in a folder of 0.53: %d:%d", line, column)
	}
	custom := "kind: PersesDashboard\nspec:\n  config:\n    duration: 1h\n"
	if line, column := NewPlaces([]byte(custom), YAML).Locate(0, "spec.duration"); line != 4 || column != 15 {
		t.Errorf("in a custom resource: %d:%d", line, column)
	}
	if line, _ := NewPlaces([]byte("{"), JSON).Locate(0, "a"); line != 0 {
		t.Errorf("found in what is no JSON: %d", line)
	}
	if line, column := NewPlaces([]byte("{\"é\": {\n\"a.b\": [1,\n {\"c\": 2}]}}"), JSON).Locate(0, `["é"]["a.b"][1].c`); line != 3 || column != 8 {
		t.Errorf("%d:%d", line, column)
	}
}

// TestProblemsHavePlaces: lines and columns are those of the value, or of the nearest parent of what is missing.
func TestProblemsHavePlaces(t *testing.T) {
	const text = `kind: Dashboard
metadata:
  name: d
spec:
  duration: 1x
  panels:
    cpu:
      kind: Panel
      spec: {}
  durations: 1
`
	docs, _ := Decode([]byte(text), YAML)
	var got []string
	for _, p := range docs[0].Problems {
		p.Origin = "f.yaml"
		got = append(got, p.String())
	}
	want := []string{
		`f.yaml:9:13: spec.panels.cpu.spec.plugin: kind cannot be empty (add spec.panels.cpu.spec.plugin)`,
		`f.yaml:5:13: spec.duration: unknown unit "x" in duration "1x"`,
		`f.yaml:10:14: spec.durations: unknown field "durations" (did you mean "duration"? It is kept as it is)`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestPathsComeBack: what place writes, parsePath reads.
func TestPathsComeBack(t *testing.T) {
	w := &walker{}
	for _, name := range []string{"spec", "a.b", "", "0", "$ref", "a-b", "-a", `"`, "é", "x]"} {
		w.enter(name)
		w.enterItem(3)
	}
	if diff := cmp.Diff(w.path, parsePath(w.place()), cmp.AllowUnexported(step{})); diff != "" {
		t.Errorf("%s:\n%s", w.place(), diff)
	}
}

// TestSyntaxHasPlaces: yaml.v3 counts some lines from 0, and people count all from 1.
func TestSyntaxHasPlaces(t *testing.T) {
	for text, want := range map[string]int{
		"kind: Dashboard\nmetadata: {project: p\nspec: [\n":  2, // the mapping that is not closed
		"kind: Dashboard\nspec:\n  a: [\n":                   3,
		"kind: Dashboard\n- a\n":                             2, // neither a key nor a list
		"kind: Dashboard\nspec:\n  a: b: c\n":                3,
		"kind: Dashboard\n\tspec: {}\n":                      2,
		"kind: Dashboard\nspec:\n  - a\n  b: c\n":            3, // the list that is not ended
		"kind: Project\nmetadata: {name: a}\n---\nkind: [\n": 4,
	} {
		_, problems := Decode([]byte(text), YAML)
		if len(problems) != 1 || problems[0].Line != want {
			t.Errorf("%q: %v, want line %d", text, problems, want)
		}
	}
}
