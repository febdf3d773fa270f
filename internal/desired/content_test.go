package desired

import (
	"strings"
	"testing"

	"github.com/perseid-dev/perseid/internal/resource"
)

func TestExamineFindsAllProblemsAtOnce(t *testing.T) {
	const text = `kind: Dashboard
metadata: {name: "bad name", project: p}
spec:
  duration: soon
  panels: {}
  layouts:
  - kind: Grid
    spec:
      items:
      - {x: 0, y: 0, width: 12, height: 6, content: {$ref: '#/spec/panels/none'}}
  variables:
  - kind: ListVariable
    spec: {name: v, allowAllValue: false, customAllValue: x, plugin: {kind: StaticListVariable}}
`
	c := Examiner{}.Examine([]byte(text), Key{Format: resource.YAML}, nil)
	var lines []string
	for _, p := range c.Documents[0].Problems {
		lines = append(lines, p.String())
	}
	got := strings.Join(lines, "\n")
	for _, want := range []string{"metadata.name", "spec.duration", `no panel found for ref "none"`, "customAllValue cannot be set"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not among the problems:\n%s", want, got)
		}
	}
}

func TestExamineDoesNotRepeatItself(t *testing.T) {
	const text = "kind: GlobalSecret\nmetadata: {name: a}\nspec: {basicAuth: {username: [u], password: p}}\n"
	c := Examiner{}.Examine([]byte(text), Key{Format: resource.YAML}, nil)
	if n := len(c.Documents[0].Problems); n != 1 {
		t.Errorf("%d problems, want one: %v", n, c.Documents[0].Problems)
	}
}

// FuzzExamine looks at drafts of whatever shape.
func FuzzExamine(f *testing.F) {
	f.Add([]byte("kind: Dashboard\nmetadata: {name: [a]}\nspec: {panels: [], layouts: {}, variables: [1, {kind: TextVariable}]}"))
	f.Add([]byte(`{"kind":"GlobalDatasource","metadata":{},"spec":{"plugin":{"kind":1,"spec":{"kind":"HTTPProxy","spec":[]}}}}`))
	f.Add([]byte("kind: Role\nmetadata: {name: a}\nspec: {permissions: [{actions: x, scopes: [[]]}]}"))
	f.Add([]byte("kind: Folder\nmetadata: {name: a, project: b}\nspec: [{kind: Folder, items: {}}]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, format := range []resource.Format{resource.JSON, resource.YAML} {
			Examiner{}.Examine(data, Key{Format: format}, func(_ int, r *resource.Resource) {
				if r == nil {
					t.Error("a document without problems has no resource")
				}
			})
		}
	})
}
