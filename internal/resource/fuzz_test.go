package resource

import (
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// FuzzDecode holds that what is accepted is written in both formats so that it is read as the same again.
func FuzzDecode(f *testing.F) {
	for _, k := range Kinds() {
		a, err := txtar.ParseFile(fixtureFile(k))
		if err != nil {
			f.Fatal(err)
		}
		for _, part := range a.Files {
			f.Add(part.Data, strings.HasSuffix(part.Name, ".yaml"))
		}
	}
	f.Add([]byte(locateYAML), true)
	f.Add([]byte(locateJSON), false)
	f.Add([]byte(secretText), true)
	f.Add(sampleDashboard(1), false)
	f.Add([]byte(`{"kind":"Project","metadata":{"name":"n"},"spec":{"x":["\u0000\ufeff",1e400,-0.0,{"":null}]}}`), false)
	f.Add([]byte("kind: Project\nmetadata: {name: n}\nx: {? a : &a [1, *a], <<: {b: c}, 0x1: 0x1, ~: .5, \"\\r\": '\t'}\n"), true)
	f.Fuzz(func(t *testing.T, data []byte, asYAML bool) {
		format := JSON
		if asYAML {
			format = YAML
		}
		docs, _ := Decode(data, format)
		for _, d := range docs {
			if d.Resource != nil {
				comesBack(t, d.Resource)
			}
		}
		for _, k := range []*Kind{Kinds()[0], Kinds()[9], Kinds()[12], Kinds()[14]} {
			if r, err := DecodeStored(data, format, k); err == nil {
				r.Masked().JSON()
				r.YAML()
			}
			DecodeBody(data, k)
		}
		NewPlaces(data, format).Locate(0, string(data))
	})
}

func comesBack(t *testing.T, r *Resource) {
	t.Helper()
	want := r.JSON()
	for f, data := range map[Format][]byte{JSON: want, YAML: r.YAML()} {
		docs, file := Decode(data, f)
		if len(file) > 0 || len(docs) != 1 || docs[0].Resource == nil {
			t.Fatalf("format %d: %v %v\n%q", f, file, docs, data)
		}
		again := docs[0].Resource
		if got := again.JSON(); string(got) != string(want) {
			t.Fatalf("format %d:\n%s\nbecame\n%s\nthrough\n%q", f, want, got, data)
		}
		if again.Hash(nil) != r.Hash(nil) {
			t.Fatalf("format %d: another hash of\n%s", f, want)
		}
	}
}

// FuzzStrings holds that every string survives both formats, wherever it stands.
func FuzzStrings(f *testing.F) {
	for _, s := range awkward {
		f.Add(s, "b")
	}
	f.Add("5E1555", "-1e999")
	f.Fuzz(func(t *testing.T, a, b string) {
		a, b = strings.ToValidUTF8(a, ""), strings.ToValidUTF8(b, "")
		text := func(s string) Value { return Value{Type: String, Text: s} }
		object := func(fields ...Field) Value { return Value{Type: Object, Fields: fields} }
		array := Value{Type: Array, Items: []Value{text(a), object(Field{a, text(b)}), {Type: Array, Items: []Value{text(b)}}}}
		r := &Resource{Kind: Kinds()[0], Metadata: Metadata{Name: "n"}}
		w := &walker{forgiving: true}
		r.Spec = r.Kind.spec.normalise(w, object(Field{"display", object(Field{"name", text(a)})}, Field{"x", object(Field{a, array}, Field{b, text(a)})}))
		comesBack(t, r)
	})
}
