package validate

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

// inspection is one row of the tables: the spec of a document, and what is wrong with it as "path: message".
type inspection struct {
	name string
	kind string
	spec string
	want []string
}

func runInspections(t *testing.T, tests []inspection) {
	t.Helper()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, list := Inspect(decode(t, test.kind, test.spec))
			wantProblems(t, list, test.want)
		})
	}
}

// decode reads a document with the name "doc", in project "p" where the kind has projects.
func decode(t testing.TB, kind, spec string) *resource.Resource {
	t.Helper()
	k, err := resource.KindByName(kind)
	if err != nil {
		t.Fatal(err)
	}
	metadata := `{"name":"doc"}`
	if k.Project {
		metadata = `{"name":"doc","project":"p"}`
	}
	r, list := resource.DecodeBody(fmt.Appendf(nil, `{"kind":%q,"metadata":%s,"spec":%s}`, kind, metadata, spec), k)
	if list.Invalid() {
		t.Fatalf("the document is not even decoded: %v", list)
	}
	return r
}

func wantProblems(t *testing.T, list problem.List, want []string) {
	t.Helper()
	var got []string
	for _, p := range list {
		if p.Code == "" || p.Severity != problem.Error {
			t.Errorf("code %q, severity %q: %s", p.Code, p.Severity, p)
		}
		got = append(got, p.Path+": "+p.Message)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestMostProblemsShown(t *testing.T) {
	item := `{"x":0,"y":0,"width":1,"height":1,"content":{"$ref":"?"}}`
	items := strings.TrimSuffix(strings.Repeat(item+",", 3*maxProblems), ",")
	_, list := Inspect(decode(t, "Dashboard", `{"layouts":[{"kind":"Grid","spec":{"items":[`+items+`]}}]}`))
	if len(list) != maxProblems+1 || list[maxProblems].Code != problem.CodeLimit {
		t.Errorf("%d problems, the last one %v", len(list), list[len(list)-1])
	}
}

func TestLongValuesAreCut(t *testing.T) {
	ref := strings.Repeat("é", 10*maxShown)
	_, list := Inspect(decode(t, "Dashboard",
		`{"layouts":[{"kind":"Grid","spec":{"items":[{"x":0,"y":0,"width":1,"height":1,"content":{"$ref":"`+ref+`"}}]}}]}`))
	if len(list) != 1 || len(list[0].Message) > 2*maxShown || strings.Contains(list[0].Message, `\x`) {
		t.Errorf("problems: %v", list)
	}
}

func TestFactsAreKeptAsJSON(t *testing.T) {
	facts := Facts{Variable: "v", Uses: []Use{{Name: "a", In: "b", Path: "spec.x"}}, DefaultOf: "K"}
	for _, want := range []Facts{{}, facts} {
		data, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got Facts
		if err := json.Unmarshal(data, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", data, diff)
		}
	}
}

func TestFacts(t *testing.T) {
	tests := []struct {
		name, kind, spec string
		want             Facts
	}{
		{"variable", "Variable", `{"kind":"TextVariable","spec":{"value":"$other"}}`, Facts{Variable: "doc"}},
		{"global variable", "GlobalVariable", `{"kind":"TextVariable","spec":{"value":"x"}}`, Facts{Variable: "doc"}},
		{"default datasource", "Datasource", `{"default":true,"plugin":{"kind":"K"}}`, Facts{DefaultOf: "K"}},
		{"default global datasource", "GlobalDatasource", `{"default":true,"plugin":{"kind":"K"}}`, Facts{DefaultOf: "K"}},
		{"other datasource", "Datasource", `{"default":false,"plugin":{"kind":"K"}}`, Facts{}},
		{"dashboard", "Dashboard", `{"variables":[{"kind":"TextVariable","spec":{"name":"a","value":"$b and $b and $c"}}]}`, Facts{Uses: []Use{
			{Name: "b", In: "a", Path: "spec.variables[0].spec.value"},
			{Name: "c", In: "a", Path: "spec.variables[0].spec.value"},
		}}},
		{"project", "Project", `{}`, Facts{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, list := Inspect(decode(t, test.kind, test.spec))
			wantProblems(t, list, nil)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("facts (-want +got):\n%s", diff)
			}
		})
	}
}
