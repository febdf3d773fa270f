package resource

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestScalarsByShape: what a YAML scalar is depends on what is expected (a name may be 2024), as where Perses decodes into Go types.
func TestScalarsByShape(t *testing.T) {
	const text = `kind: Datasource
metadata: {name: 2024, project: 1e3, tags: [1, true, 2024-01-01]}
spec:
  display: {name: on, description: ~}
  default: yes
  plugin:
    kind: 0x1
    spec: [2024, 1_000, 0x1f, 0o17, 017, .5, 1., +1, 1e3, 123456789012345678901234567890, 2024-01-01, yes, True, ~, "1", !!str 2, 1.2.3, a, -, y: z]
`
	docs, _ := Decode([]byte(text), YAML)
	if len(docs[0].Problems) > 0 {
		t.Fatal(docs[0].Problems)
	}
	r := docs[0].Resource
	if r.ID() != (ID{"Datasource", "1e3", "2024"}) {
		t.Errorf("identity %v", r.ID())
	}
	if diff := cmp.Diff([]string{"1", "2024-01-01", "true"}, r.Metadata.Tags); diff != "" {
		t.Error(diff)
	}
	want := `{"display":{"name":"on"},"default":true,"plugin":{"kind":"0x1","spec":[2024,1000,31,15,15,0.5,1,1,1e3,123456789012345678901234567890,` +
		`"2024-01-01","yes",true,null,"1","2","1.2.3","a","-",{"y":"z"}]}}`
	if diff := cmp.Diff(want, string(appendJSON(nil, r.Spec))); diff != "" {
		t.Error(diff)
	}
}

func TestScalarsOfTheWrongSort(t *testing.T) {
	const text = `kind: Datasource
metadata: {name: [a]}
spec: {default: maybe, plugin: {kind: k, spec: [.inf]}, display: {name: {a: b}}}
`
	docs, _ := Decode([]byte(text), YAML)
	want := []string{"metadata.name: expected a string, found a list", "spec.display.name: expected a string, found an object",
		"spec.default: expected a boolean, found a string", "spec.plugin.spec[0]: this number cannot be written in JSON"}
	if diff := cmp.Diff(want, said(docs[0].Problems)); diff != "" {
		t.Error(diff)
	}
}

// TestMergeKeys: what is written wins over what is merged, and the first merged over the later.
func TestMergeKeys(t *testing.T) {
	const text = `kind: Project
metadata: {name: n}
x: {a: &a {k: a, l: a}, b: &b {k: b, m: b}, c: {<<: [*a, *b], l: c}, d: {m: d, <<: *b}}
`
	docs, _ := Decode([]byte(text), YAML)
	if docs[0].Resource == nil {
		t.Fatal(docs[0].Problems)
	}
	want := `{"a":{"k":"a","l":"a"},"b":{"k":"b","m":"b"},"c":{"k":"a","l":"c","m":"b"},"d":{"k":"b","m":"d"}}`
	if diff := cmp.Diff(want, string(appendJSON(nil, docs[0].Resource.Extra[0].Value))); diff != "" {
		t.Error(diff)
	}
}

func TestDurations(t *testing.T) {
	tests := []struct{ in, want, err string }{
		{"0", "0s", ""}, {"90m", "1h30m", ""}, {"7d", "1w", ""}, {"8d", "8d", ""}, {"365d", "1y", ""}, {"1y1w", "372d", ""},
		{"1d12h", "1d12h", ""}, {"1500ms", "1s500ms", ""}, {"1w2d3h", "9d3h", ""},
		{"", "", "empty duration string"}, {"1", "", `not a valid duration string: "1"`}, {"h", "", `not a valid duration string: "h"`},
		{"1h1h", "", `not a valid duration string: "1h1h"`}, {"1m1h", "", `not a valid duration string: "1m1h"`},
		{"1.5h", "", `unknown unit "." in duration "1.5h"`}, {"-1h", "", `not a valid duration string: "-1h"`}, {"1q", "", `unknown unit "q" in duration "1q"`},
		{"293y", "", "duration out of range"}, {"292y99999d", "", "duration out of range"}, {"99999999999999999999s", "", "duration out of range"},
	}
	for _, tt := range tests {
		d, err := ParseDuration(tt.in)
		if err != nil && err.Error() != tt.err || err == nil && (tt.err != "" || FormatDuration(d) != tt.want) {
			t.Errorf("%q: %s, %v", tt.in, FormatDuration(d), err)
		}
	}
	if got := FormatDuration(time.Microsecond); got != "0s" {
		t.Error(got)
	}
}
