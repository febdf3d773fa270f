package resource

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestKindsOf(t *testing.T) {
	for text, want := range map[string][]string{
		`{"kind":"Dashboard","metadata":{"name":"a","project":"p"},"spec":{}}`:                            {"Dashboard"},
		`{"metadata":{"name":"a","kind":"Variable"},"spec":{"kind":["x"]},"kind":"project"}`:              {"Project"},
		`[{"kind":"Project","metadata":{"name":"a"}},{"kind":"Role","metadata":{"name":"b"}}]`:            {"Project", "Role"},
		`{"apiVersion":"perses.dev/v1alpha2","kind":"PersesDashboard","metadata":{"name":"a"},"spec":{}}`: {"Dashboard"},
		`{"kind":7}`:                            nil,
		`{"kind":"Panel"}`:                      nil,
		`rubbish`:                               nil,
		"kind: Project\nmetadata:\n  name: a\n": {"Project"},
		"# x\n---\nmetadata: {name: a}\nkind: \"Project\"\n---\n---\nkind: Role # why\nmetadata: {name: b, project: p}\n": {"Project", "Role"},
		"metadata: {name: a}\n---\nkind: Project\nmetadata: {name: b}\n":                                                  {"Project"},
		"{kind: Project, metadata: {name: a}}":                                                                            {"Project"},
		"- kind: Project\n  metadata: {name: a}\n":                                                                        {"Project"},
		"spec: |\n  kind: Role\nkind: Project\nmetadata: {name: a}\n":                                                     {"Project"},
	} {
		format := YAML
		if text[0] == '{' && text[1] != 'k' || text[0] == '[' {
			format = JSON
		}
		if diff := cmp.Diff(want, KindsOf([]byte(text), format)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}
