package resource

import (
	"strings"
	"testing"
)

func hashOf(t *testing.T, text string) [32]byte {
	t.Helper()
	docs, file := Decode([]byte(text), YAML)
	if len(file) > 0 || len(docs) != 1 || docs[0].Resource == nil {
		t.Fatalf("%s: %v %+v", text, file, docs)
	}
	return docs[0].Resource.Hash(nil)
}

// TestHash says which documents are the same (DELIVERY R12).
func TestHash(t *testing.T) {
	const base = `{kind: Dashboard, metadata: {name: d, project: p, tags: [a, b]}, spec: {panels: {a: {kind: Panel, spec: {plugin: {kind: K, spec: {x: 1, y: [2, null]}}}}}}}`
	same := map[string][2]string{
		"server fields":   {"{name: d,", "{name: d, version: 3, createdAt: 2026-01-01T00:00:00Z, updatedAt: 2026-01-02T00:00:00Z,"},
		"kind's case":     {"kind: Dashboard", "kind: dashboard"},
		"field's case":    {"spec: {panels", "Spec: {Panels"},
		"order of tags":   {"[a, b]", "[b, a, b]"},
		"default":         {"spec: {panels", "spec: {duration: 1h, panels"},
		"empty list":      {"spec: {panels", "spec: {layouts: [], panels"},
		"null list":       {"spec: {panels", "spec: {layouts: null, variables: [], panels"},
		"order of names":  {"{x: 1, y: [2, null]}", "{y: [2, null], x: 1}"},
		"spelt otherwise": {"x: 1,", "x: 1.0,"},
		"with exponent":   {"x: 1,", "x: 10e-1,"},
		"hexadecimal":     {"[2,", "[0x2,"},
	}
	differs := map[string][2]string{
		"kind":          {"kind: Dashboard", "kind: EphemeralDashboard"},
		"name":          {"name: d", "name: e"},
		"project":       {"project: p", "project: q"},
		"tags":          {"[a, b]", "[a]"},
		"duration":      {"spec: {panels", "spec: {duration: 2h, panels"},
		"number":        {"x: 1,", "x: 1.1,"},
		"type":          {"x: 1,", `x: "1",`},
		"inside plugin": {"[2, null]", "[2]"},
		"empty plugin":  {"[2, null]", "[]"},
		"unknown":       {"spec: {panels", "spec: {new: 1, panels"},
		"unknown above": {"kind: Dashboard", "new: 1, kind: Dashboard"},
		"unknown meta":  {"{name: d,", "{name: d, new: 1,"},
	}
	want := hashOf(t, base)
	check := func(cases map[string][2]string, equal bool) {
		for about, c := range cases {
			text := strings.Replace(base, c[0], c[1], 1)
			if text == base {
				t.Fatalf("%s: nothing replaced", about)
			}
			if got := hashOf(t, text); (got == want) != equal {
				t.Errorf("%s: equal = %v", about, !equal)
			}
		}
	}
	check(same, true)
	check(differs, false)
}

func TestHashWithKey(t *testing.T) {
	r := sample(t)
	if r.Hash([]byte("k")) == r.Hash(nil) || r.Hash([]byte("k")) == r.Hash([]byte("l")) || r.Hash([]byte("k")) != r.Clone().Hash([]byte("k")) {
		t.Error("the key must decide, and nothing else (R33)")
	}
}

func TestAppendNumber(t *testing.T) {
	for _, same := range [][]string{
		{"0", "-0", "0.0", "0e9", "-0.00E+5"},
		{"1", "1.0", "1e0", "10e-1", "0.1E1", "100e-2"},
		{"-120", "-1.2e2", "-120.0"},
		{"123456789012345678901234567890", "12345678901234567890123456789e1"},
		{"0.1", "1e-1", "0.10"},
	} {
		for _, s := range same {
			if got, want := string(appendNumber(nil, s)), string(appendNumber(nil, same[0])); got != want {
				t.Errorf("%s is written as %s, %s as %s", s, got, same[0], want)
			}
		}
	}
	for _, pair := range [][2]string{{"1", "-1"}, {"1", "10"}, {"0.1", "0.01"}, {"12", "21"}, {"1e99999999999999999999", "1"}, {"9007199254740993", "9007199254740992"}} {
		if string(appendNumber(nil, pair[0])) == string(appendNumber(nil, pair[1])) {
			t.Errorf("%s and %s are written alike", pair[0], pair[1])
		}
	}
}
