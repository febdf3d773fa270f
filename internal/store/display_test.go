package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"testing"

	"github.com/perseid-dev/perseid/internal/resource"
)

// TestDisplay: the display name of a dashboard is known without its body, also after a restart, and after one with an index that was
// written before it was kept. Then only dashboards are looked at anew, and whose they are is not forgotten.
func TestDisplay(t *testing.T) {
	o := options(t, t.TempDir())
	s := openDir(t, o)
	var puts Transaction
	for _, r := range []*resource.Resource{project(t, "p"), dashboard(t, "p", "a", "Title of a"), dashboard(t, "p", "b", "")} {
		puts.Puts = append(puts.Puts, Put{ID: r.ID(), Mark: []byte("m"), Load: func() (*resource.Resource, error) { return r, nil }})
	}
	_, err := s.Commit(puts)
	must(t, err)
	check := func(s *Store, decodes int64) {
		t.Helper()
		for name, want := range map[string]string{"a": "Title of a", "b": ""} {
			e, err := s.Get(dash("p", name))
			must(t, err)
			if e.Display != want || string(e.Mark) != "m" {
				t.Errorf("%s: display %q, mark %q", name, e.Display, e.Mark)
			}
		}
		if s.Reformed() || s.decodes.Load() != decodes {
			t.Errorf("reformed %v, %d documents decoded, want %d", s.Reformed(), s.decodes.Load(), decodes)
		}
	}
	check(s, 0)
	closeStore(t, s)
	s = openDir(t, o)
	check(s, 0)
	path := s.state(indexFile)
	closeStore(t, s)

	data, err := os.ReadFile(path)
	must(t, err)
	data = data[:bytes.LastIndexByte(data, '\n')+1]
	older := bytes.Replace(data, []byte(`,"displays":true`), nil, 1)
	older = bytes.Replace(older, []byte(`,"display":"Title of a"`), nil, 1)
	if len(older) == len(data) {
		t.Fatalf("the index is written in another form: %s", data)
	}
	sum := sha256.Sum256(older)
	must(t, os.WriteFile(path, hex.AppendEncode(older, sum[:]), 0o600))
	s = openDir(t, o)
	check(s, 2)
	closeStore(t, s)
	check(openDir(t, o), 0)
}
