package resource

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/problem"
)

func TestDecodeFile(t *testing.T) {
	const project = `{"kind":"Project","metadata":{"name":"%"}}`
	named := func(name string) string { return strings.Replace(project, "%", name, 1) }
	tests := []struct {
		about  string
		format Format
		data   string
		want   []string // names
		file   []string // problems of the file
	}{
		{"object", JSON, named("a"), []string{"a"}, nil},
		{"array", JSON, "[" + named("a") + "," + named("b") + "]", []string{"a", "b"}, nil},
		{"byte order mark", JSON, "\ufeff" + named("a"), []string{"a"}, nil},
		{"empty", JSON, " \n", nil, []string{": the file holds no document"}},
		{"empty array", JSON, "[]", nil, []string{": the file holds no document"}},
		{"trailing", JSON, named("a") + " x", nil, []string{": not JSON: something follows the end of the document"}},
		{"second value", JSON, named("a") + named("b"), nil, []string{": not JSON: something follows the end of the document"}},
		{"cut", JSON, `{"kind":"Project`, nil, []string{": not JSON: the document ends too early"}},
		{"invalid UTF-8", JSON, "{\"kind\":\"Pro\xffject\"}", nil, []string{": a character that is not UTF-8"}},
		{"deep", JSON, strings.Repeat("[", 2000), nil, []string{": more than 1000 values inside each other"}},
		{"several", YAML, "---\nkind: Project\nmetadata: {name: a}\n---\n# nothing\n---\n- {kind: Project, metadata: {name: b}}\n- " + named("c") + "\n",
			[]string{"a", "b", "c"}, nil},
		{"CRLF", YAML, "kind: Project\r\nmetadata:\r\n  name: a\r\n", []string{"a"}, nil},
		{"byte order mark", YAML, "\ufeffkind: Project\nmetadata: {name: a}\n", []string{"a"}, nil},
		{"empty", YAML, "# nothing\n---\n", nil, []string{": the file holds no document"}},
		{"a mistake keeps what is before it", YAML, "kind: Project\nmetadata: {name: a}\n---\nkind: [\n", []string{"a"},
			[]string{": not YAML: a value is missing"}},
		{"no secrets in errors", YAML, "a: *hunter2\n", nil, []string{": not YAML: an alias (*) of which there is no anchor (&) above"}},
		{"deep", YAML, strings.Repeat("[", 1500) + strings.Repeat("]", 1500), nil, []string{": more than 1000 values inside each other"}},
		{"binary", YAML, "a: !!binary aGk=\n", nil, []string{": binary values are not supported"}},
		{"complex key", YAML, "? [a]\n: b\n", nil, []string{": a key must be a single word or text"}},
		{"aliases in aliases", YAML, bomb(), nil, []string{": aliases and merge keys expand to more than 100000 values"}},
		{"merges in merges", YAML, merges(), nil, []string{": aliases and merge keys expand to more than 100000 values"}},
		{"alias of itself", YAML, "&a [*a]\n", nil, []string{": an alias (*) inside of what it stands for"}},
	}
	for _, tt := range tests {
		docs, file := Decode([]byte(tt.data), tt.format)
		var names []string
		for i, d := range docs {
			if d.Index != i || d.Resource == nil {
				t.Fatalf("%s: document %d: %+v", tt.about, i, d)
			}
			names = append(names, d.Resource.Metadata.Name)
		}
		if diff := cmp.Diff(tt.want, names); diff != "" {
			t.Errorf("%s:\n%s", tt.about, diff)
		}
		if diff := cmp.Diff(tt.file, said(file)); diff != "" {
			t.Errorf("%s:\n%s", tt.about, diff)
		}
		for _, p := range file {
			if p.Line == 0 || p.Column == 0 {
				t.Errorf("%s: no place in %+v", tt.about, p)
			}
		}
	}
}

// merges is a document that hands 500 fields up through 500 merge keys.
func merges() string {
	fields := ""
	for i := range 500 {
		fields += fmt.Sprintf("k%d: 1, ", i)
	}
	return strings.Repeat("{<<: ", 500) + "{" + fields + "}" + strings.Repeat("}", 500)
}

// bomb is a document whose aliases stand for 10^9 values.
func bomb() string {
	var b strings.Builder
	b.WriteString("l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := '1'; i <= '9'; i++ {
		b.WriteString("l" + string(i) + ": &l" + string(i) + " [" + strings.TrimSuffix(strings.Repeat("*l"+string(i-1)+", ", 10), ", ") + "]\n")
	}
	return b.String()
}

// TestDuplicates: a file with a field twice is a mistake (in a body of the API the last one counts, as Go reads it).
func TestDuplicates(t *testing.T) {
	const data = `{"kind":"Datasource","metadata":{"name":"a","Name":"b"},"spec":{"plugin":{"kind":"K","spec":{"a":1,"a":2}},"x":1,"x":2}}`
	want := []string{`metadata.Name: field "Name" is there more than once`,
		`spec.plugin.spec.a: field "a" is there more than once`, `spec.x: field "x" is there more than once`}
	for _, f := range []Format{JSON, YAML} {
		docs, _ := Decode([]byte(data), f)
		var got []string
		for _, p := range docs[0].Problems {
			if p.Severity == problem.Error {
				got = append(got, said(problem.List{p})...)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("format %d:\n%s", f, diff)
		}
	}
	r, _ := DecodeBody([]byte(data), mustKind(t, "Datasource"))
	if r == nil || r.Metadata.Name != "b" || r.Spec.Get("plugin", "spec", "a").Text != "2" || r.Spec.Get("x").Text != "2" {
		t.Errorf("body: %+v", r)
	}
}

func mustKind(t *testing.T, name string) *Kind {
	t.Helper()
	k, err := KindByName(name)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// TestUnreadableKeepsIdentity: what could be made out of the identity protects it (DELIVERY R18).
func TestUnreadableKeepsIdentity(t *testing.T) {
	docs, _ := Decode([]byte("kind: dashboard\nmetadata: {name: d, project: 2024}\nspec: 3\n"), YAML)
	if docs[0].Resource != nil || docs[0].ID != (ID{"Dashboard", "2024", "d"}) {
		t.Errorf("%+v", docs[0])
	}
	docs, _ = Decode([]byte(`{"kind":"Bored","metadata":{"name":"d"}}`), JSON)
	if docs[0].ID != (ID{}) || !docs[0].Problems.Invalid() {
		t.Errorf("%+v", docs[0])
	}
	docs, _ = Decode([]byte(`[3]`), JSON)
	if docs[0].ID != (ID{}) || !docs[0].Problems.Invalid() {
		t.Errorf("%+v", docs[0])
	}
}

// TestDecodeStored reads what another writer left (DELIVERY R29).
func TestDecodeStored(t *testing.T) {
	tests := []struct{ kind, data, want string }{
		{"Folder", "kind: Folder\nmetadata: {name: f, project: p}\nspec:\n- kind: Folder\n  name: a\n  spec:\n  - {kind: Dashboard, name: b}\n",
			`{"items":[{"kind":"Folder","name":"a","items":[{"kind":"Dashboard","name":"b"}]}]}`},
		{"Dashboard", "metadata: {name: d}\nspec: {duration: never, duration: ever, panels: 3, layouts: [{kind: Old}]}",
			`{"panels":3,"layouts":[{"kind":"Old"}],"duration":"ever"}`},
		{"Dashboard", "kind: Dashboard\nmetadata: {name: ..}\n", `{"panels":null,"layouts":null,"duration":"1h"}`},
	}
	for _, tt := range tests {
		r, err := DecodeStored([]byte(tt.data), YAML, mustKind(t, tt.kind))
		if err != nil {
			t.Errorf("%s: %v", tt.data, err)
			continue
		}
		if diff := cmp.Diff(tt.want, string(appendJSON(nil, r.Spec))); diff != "" {
			t.Errorf("%s:\n%s", tt.data, diff)
		}
	}
	for _, data := range []string{"", "{", "[]", "a\n---\nb", "kind: Folder"} {
		if r, err := DecodeStored([]byte(data), YAML, mustKind(t, "Dashboard")); err == nil {
			t.Errorf("%q: %+v", data, r)
		}
	}
}

func TestFormatOf(t *testing.T) {
	for path, want := range map[string]string{"a/b.json": "0 true", "b.yaml": "1 true", "c.yml": "1 true", "d.YAML": "0 false", "json": "0 false"} {
		f, ok := FormatOf(path)
		if got := map[bool]string{true: " true", false: " false"}[ok]; string(rune('0'+int(f)))+got != want {
			t.Errorf("FormatOf(%q) = %v %v", path, f, ok)
		}
	}
}
