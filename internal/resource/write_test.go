package resource

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

// awkward are strings that writers of JSON and YAML get wrong.
var awkward = []string{
	"", " ", " a", "a ", "a b", "y", "N", "on", "Off", "yes", "no", "true", "False", "null", "~", "Null",
	"0", "1", "-1", "+1", "0o7", "0x1f", "0b1", "1_000", "1e3", ".5", "1.", "1.50", ".inf", ".nan", "12:30:45", "1:5", "-1:30.5",
	"2024-01-01", "2024-01-01T00:00:00Z", "<<", "=", "-", "- a", "?", "? a", ":", "a: b", "a:b", "a #b", "#a", "*a", "&a", "!a", "|", ">", "%a", "@a", "`a`",
	"{{x}}", "{a}", "[a]", "a, b", "'", "\"", "it's", "a\nb", "a\n", "\n", "\na", "a\n\nb\n\n", " a\n b", "a \nb", "\ta", "a\tb", "a\r\nb", "\x00", "\x07\b\f", "\x7f", "\u0085", "\u2028\u2029",
	"é", "日本語", "🚀", "\ufeff", "\ufffd", "<b>&amp;</b>", `\d+`, "sum(rate(x{job=~\"$job\"}[5m]))\n  / 2\n", "---", "...", "--- a", "a\n---\nb",
}

// TestStringsInYAML compares with what yaml.v3 makes of the same Go value.
func TestStringsInYAML(t *testing.T) {
	for _, s := range awkward {
		if blockBreaks(s) {
			continue // yaml.v3 cannot read these again: TestStringsComeBack
		}
		for _, equivalent := range []any{map[string]any{"a": s}, map[string]any{"a": []string{s, s}}, map[string]any{s: map[string]string{"b": s}}} {
			var want bytes.Buffer
			enc := yaml.NewEncoder(&want)
			enc.SetIndent(4)
			if err := enc.Encode(equivalent); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want.String(), string(encodeYAML(yamlNode(valueOf(t, equivalent))))); diff != "" {
				t.Errorf("%q:\n%s", s, diff)
			}
		}
	}
}

// TestStringsInJSON compares with what Go makes of the same value.
func TestStringsInJSON(t *testing.T) {
	for _, s := range append(awkward, "\xff", "a\xffb") {
		want, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if got := appendString(nil, s); string(got) != string(want) {
			t.Errorf("%q: got %s, want %s", s, got, want)
		}
	}
}

// TestStringsComeBack writes every awkward string as a value, a name and a description, and reads it again.
func TestStringsComeBack(t *testing.T) {
	for _, s := range awkward {
		r := &Resource{Kind: mustKind(t, "Datasource"), Metadata: Metadata{Name: "n"}}
		w := &walker{}
		r.Spec = r.Kind.spec.normalise(w, valueOf(t, map[string]any{"display": map[string]any{"name": s},
			"plugin": map[string]any{"kind": "K", "spec": map[string]any{s: []any{s, s}, "z": s}}}))
		for f, data := range map[Format][]byte{JSON: r.JSON(), YAML: r.YAML()} {
			again := only(t, data, f)
			if diff := cmp.Diff(string(r.JSON()), string(again.JSON())); diff != "" {
				t.Errorf("%q in format %d:\n%s\n%s", s, f, diff, data)
			}
			if again.Hash(nil) != r.Hash(nil) {
				t.Errorf("%q in format %d: another hash", s, f)
			}
		}
	}
}

// valueOf makes a Value of plain Go data.
func valueOf(t *testing.T, data any) Value {
	t.Helper()
	b, err := json.Marshal(data)
	if err != nil {
		t.Fatal(err)
	}
	v, p := readJSON(b)
	if p != nil {
		t.Fatal(p)
	}
	return v
}
