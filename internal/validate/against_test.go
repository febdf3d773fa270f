package validate

import (
	"slices"
	"testing"

	"github.com/perseid-dev/perseid/internal/resource"
)

// set is a final set in memory.
type set struct {
	projects  []string
	variables []string // project/name, or /name for a global one
	defaults  map[[2]string]resource.ID
}

func (s set) HasProject(name string) bool { return slices.Contains(s.projects, name) }

func (s set) HasVariable(project, name string) bool {
	return slices.Contains(s.variables, project+"/"+name) || slices.Contains(s.variables, "/"+name)
}

func (s set) DefaultDatasource(project, plugin string, other resource.ID) string {
	if id := s.defaults[[2]string{project, plugin}]; id != other {
		return id.Name
	}
	return ""
}

// R20: what one document needs of the others is looked up in the final set.
func TestAgainst(t *testing.T) {
	dashboard := resource.ID{Kind: "Dashboard", Project: "p", Name: "d"}
	ds1 := resource.ID{Kind: "Datasource", Project: "p", Name: "ds1"}
	ds2 := resource.ID{Kind: "Datasource", Project: "p", Name: "ds2"}
	global := resource.ID{Kind: "GlobalDatasource", Name: "ds2"}
	rest := set{
		projects:  []string{"p"},
		variables: []string{"p/job", "/cluster", "q/other"},
		defaults:  map[[2]string]resource.ID{{"p", "K"}: ds1, {"", "K"}: {Kind: "GlobalDatasource", Name: "g"}},
	}
	use := func(name string) Facts {
		return Facts{Uses: []Use{{Name: name, In: "a", Path: "spec.variables[0].spec.value"}}}
	}
	const undefined = "spec.variables[0].spec.value: variable \"other\" is used in the variable \"a\" but not defined"
	tests := []struct {
		name  string
		id    resource.ID
		facts Facts
		want  []string
	}{
		{"good", dashboard, Facts{}, nil},
		{"variable of the project", dashboard, use("job"), nil},
		{"global variable", dashboard, use("cluster"), nil},
		{"variable of another project", dashboard, use("other"), []string{undefined}},
		{"no such project", resource.ID{Kind: "Dashboard", Project: "zz", Name: "d"}, Facts{}, []string{`metadata.project: metadata.project "zz" doesn't exist`}},
		{"no project", resource.ID{Kind: "Dashboard", Name: "d"}, Facts{}, []string{"metadata.project: metadata.project cannot be empty"}},
		{"a global kind needs none", resource.ID{Kind: "GlobalVariable", Name: "d"}, Facts{Variable: "d"}, nil},
		{"everything at once", resource.ID{Kind: "Dashboard", Project: "zz", Name: "d"}, use("other"), []string{
			`metadata.project: metadata.project "zz" doesn't exist`, undefined,
		}},
		{"itself the default", ds1, Facts{DefaultOf: "K"}, nil},
		{"default of another kind", ds2, Facts{DefaultOf: "L"}, nil},
		{"second default", ds2, Facts{DefaultOf: "K"},
			[]string{`spec.default: datasource "ds2" cannot be a default "K" because there is already one defined named "ds1"`}},
		{"second global default", global, Facts{DefaultOf: "K"},
			[]string{`spec.default: datasource "ds2" cannot be a default "K" because there is already one defined named "g"`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			wantProblems(t, Against(test.id, test.facts, rest), test.want)
		})
	}
}

// The hint of a missing project is a document that can be pasted.
func TestMissingProjectHint(t *testing.T) {
	list := Against(resource.ID{Kind: "Folder", Project: "zz", Name: "f"}, Facts{}, set{})
	if len(list) != 1 {
		t.Fatalf("problems: %v", list)
	}
	if want := "declare it, or set delivery.create_projects: true\nkind: Project\nmetadata: {name: \"zz\"}"; list[0].Hint != want {
		t.Errorf("hint is %q, want %q", list[0].Hint, want)
	}
	docs, problems := resource.Decode([]byte(`{kind: Project, metadata: {name: "zz"}, spec: {}}`), resource.YAML)
	if problems.Invalid() || len(docs) != 1 || docs[0].Problems.Invalid() || docs[0].ID != (resource.ID{Kind: "Project", Name: "zz"}) {
		t.Errorf("the document of the hint decodes to %+v, %v", docs, problems)
	}
}
