// Package examples_test holds the examples to what they teach: no problem, not even a warning, and a grid without holes or overlaps in it.
package examples_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/validate"
)

// set is the examples by identity, and what the checks between them must know. It implements validate.Rest.
type set struct {
	resources map[resource.ID]*resource.Resource
	facts     map[resource.ID]validate.Facts
}

func (s *set) HasProject(name string) bool {
	return s.resources[resource.ID{Kind: "Project", Name: name}] != nil
}

func (s *set) HasVariable(project, name string) bool {
	return s.resources[resource.ID{Kind: "Variable", Project: project, Name: name}] != nil ||
		s.resources[resource.ID{Kind: "GlobalVariable", Name: name}] != nil
}

func (s *set) DefaultDatasource(project, plugin string, other resource.ID) string {
	for id, f := range s.facts {
		if id != other && id.Project == project && f.DefaultOf == plugin {
			return id.Name
		}
	}
	return ""
}

func TestExamples(t *testing.T) {
	examples := load(t)
	for _, kind := range []string{"Project", "GlobalDatasource", "GlobalVariable", "Variable", "Dashboard"} {
		if n := count(examples, kind); n == 0 {
			t.Errorf("no %s among the examples", kind)
		}
	}
	for id, r := range examples.resources {
		report(t, id.String(), validate.Against(id, examples.facts[id], examples))
		if id.Kind == "Dashboard" {
			checkGrid(t, r)
		}
	}
}

// load decodes and inspects every example: one document a file.
func load(t *testing.T) *set {
	t.Helper()
	s := &set{resources: map[resource.ID]*resource.Resource{}, facts: map[resource.ID]validate.Facts{}}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		format, ok := resource.FormatOf(path)
		if err != nil || d.IsDir() || !ok {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		documents, problems := resource.Decode(data, format)
		report(t, path, problems)
		if len(documents) != 1 || documents[0].Resource == nil {
			t.Errorf("%s: %d documents; expected one that can be read", path, len(documents))
		}
		for _, d := range documents {
			s.add(t, path, d)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *set) add(t *testing.T, path string, d resource.Document) {
	t.Helper()
	report(t, path, d.Problems)
	if d.Resource == nil {
		return
	}
	facts, problems := validate.Inspect(d.Resource)
	report(t, path, problems)
	if s.resources[d.ID] != nil {
		t.Errorf("%s: %s is declared twice", path, d.ID)
	}
	s.resources[d.ID], s.facts[d.ID] = d.Resource, facts
}

func report(t *testing.T, where string, problems problem.List) {
	t.Helper()
	for _, p := range problems {
		t.Errorf("%s: %s", where, p)
	}
}

func count(s *set, kind string) (n int) {
	for id := range s.resources {
		if id.Kind == kind {
			n++
		}
	}
	return n
}

// columns is the width of the grid in the UI.
const columns = 24

// checkGrid wants each panel placed once, and the cells of a row of the grid covered by at most one panel.
func checkGrid(t *testing.T, r *resource.Resource) {
	t.Helper()
	placed := map[string]int{}
	for _, layout := range r.Spec.Get("layouts").Items {
		taken := map[[2]int]string{}
		for _, item := range layout.Get("spec", "items").Items {
			panel := strings.TrimPrefix(item.Str("content", "$ref"), "#/spec/panels/")
			placed[panel]++
			x, y := number(t, &item, "x"), number(t, &item, "y")
			width, height := number(t, &item, "width"), number(t, &item, "height")
			if x+width > columns {
				t.Errorf("%s: panel %s ends at column %d of %d", r.ID(), panel, x+width, columns)
			}
			for cell := range width * height {
				at := [2]int{x + cell%width, y + cell/width}
				if other := taken[at]; other != "" {
					t.Fatalf("%s: panels %s and %s overlap", r.ID(), other, panel)
				}
				taken[at] = panel
			}
		}
	}
	for _, panel := range r.Spec.Get("panels").Fields {
		if placed[panel.Name] != 1 {
			t.Errorf("%s: panel %s is placed %d times", r.ID(), panel.Name, placed[panel.Name])
		}
	}
}

func number(t *testing.T, v *resource.Value, field string) int {
	t.Helper()
	n, err := strconv.Atoi(v.Get(field).Text)
	if err != nil {
		t.Fatalf("%s: %v", field, err)
	}
	return n
}
