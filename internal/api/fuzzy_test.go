package api

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMatch(t *testing.T) {
	const none = 0
	for _, c := range []struct {
		query, text string
		score       uint64
		marked      string // the text, with what matched in brackets
	}{
		{"node", "node", exactScore, "[node]"},
		{"NODE", "Node", exactScore, "[Node]"},
		{"node", "node exporter", 16, "[node] exporter"},
		{"node", "no news of node", 16, "no news of [node]"},
		{"nex", "node exporter", 5, "[n]ode [ex]porter"},
		{"ab", "a--a-b", 2, "a--[a]-[b]"},
		{"éc", "Écran", 4, "[Éc]ran"},
		{"日本", "x日y本", 2, "x[日]y[本]"},
		{"nodes", "node", none, "node"},
		{"edon", "node", none, "node"},
		{"a", "", none, ""},
	} {
		score, where := match(lowered(c.query), c.text)
		if score != c.score || marked(c.text, where) != c.marked {
			t.Errorf("%q in %q: %d %q, want %d %q", c.query, c.text, score, marked(c.text, where), c.score, c.marked)
		}
	}
}

func marked(text string, where []interval) string {
	runes, out := []rune(text), ""
	next := 0
	for _, part := range where {
		out += string(runes[next:part.From]) + "[" + string(runes[part.From:part.To+1]) + "]"
		next = part.To + 1
	}
	return out + string(runes[next:])
}

// FuzzMatch: what is marked, put together, is what was looked for.
func FuzzMatch(f *testing.F) {
	f.Add("node", "Node Exporter")
	f.Add("aab", "aaab\xff")
	f.Add("İ", "i̇İ")
	f.Fuzz(func(t *testing.T, query, text string) {
		want := lowered(query)
		if len(want) == 0 {
			return
		}
		score, where := match(want, text)
		var got []rune
		runes, last := lowered(text), -1
		for _, part := range where {
			if part.From <= last || part.To < part.From {
				t.Fatalf("%v in %q", where, text)
			}
			got, last = append(got, runes[part.From:part.To+1]...), part.To
		}
		if (score > 0) != (len(where) > 0) || score > 0 && !cmp.Equal(string(want), string(got)) {
			t.Errorf("%q in %q: %d %v", query, text, score, where)
		}
		if score == 0 && strings.Contains(string(runes), string(want)) {
			t.Errorf("%q is in %q, and was not found", query, text)
		}
	})
}
