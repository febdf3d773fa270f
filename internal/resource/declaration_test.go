package resource

import "testing"

func TestDeclarationIsWhatAnAuthorWrites(t *testing.T) {
	for text, want := range map[string]string{
		"kind: project\nmetadata: {name: a, version: 3}\nspec: {}": `{"kind":"Project","metadata":{"name":"a"},"spec":{}}`,
		"kind: Variable\nmetadata: {name: a, x: 1}\nspec: {kind: TextVariable, spec: {value: b}}\ny: z": `{"kind":"Variable","metadata":{"name":"a","x":1},` +
			`"spec":{"kind":"TextVariable","spec":{"value":"b"}},"y":"z"}`,
		"kind: Variable\nmetadata: {name: a, project: p, tags: [t]}\nspec: {kind: TextVariable, spec: {value: b}}": `{"kind":"Variable",` +
			`"metadata":{"name":"a","tags":["t"],"project":"p"},"spec":{"kind":"TextVariable","spec":{"value":"b"}}}`,
	} {
		documents, problems := Decode([]byte(text), YAML)
		if problems != nil || documents[0].Resource == nil {
			t.Fatal(text, problems, documents[0].Problems)
		}
		r := documents[0].Resource
		got := r.Declaration()
		if string(got) != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		again, _ := Decode(got, JSON)
		if again[0].Resource == nil || again[0].Resource.Hash(nil) != r.Hash(nil) {
			t.Errorf("%s decodes to something else", got)
		}
	}
}
