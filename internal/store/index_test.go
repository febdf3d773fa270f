package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// makeOld waits until every file is old enough for its timestamps to tell all.
func makeOld(t testing.TB, s *Store) {
	t.Helper()
	deadline := time.Now().Add(5 * time.Second)
	for {
		unsettled := 0
		if _, err := s.All(); err != nil {
			t.Fatal(err)
		}
		s.view.Load().each(func(e *Entry) {
			if !e.live.settled.Load() {
				unsettled++
			}
		})
		if unsettled == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d entries never settle", unsettled)
		}
		time.Sleep(grain / 5)
	}
}

func TestRestartParsesOnlyWhatChanged(t *testing.T) {
	o := options(t, t.TempDir())
	s := openDir(t, o)
	tr := manyPuts(t, 50, "x")
	if _, err := s.Commit(tr); err != nil {
		t.Fatal(err)
	}
	makeOld(t, s)
	closeStore(t, s)

	same := openDir(t, o)
	if n := same.decodes.Load(); n != 0 {
		t.Errorf("%d documents decoded though none changed", n)
	}
	if diff := cmp.Diff(s.names(), same.names()); diff != "" {
		t.Errorf("other entries:\n%s", diff)
	}
	closeStore(t, same)

	writeFile(t, s.path(dash("p", "new")), strings.Replace(foreign("x"), `"d"`, `"new"`, 1))
	now := time.Now()
	if err := os.Chtimes(s.path(dash("p", "7")), now, now); err != nil { // touched, the same bytes
		t.Fatal(err)
	}
	if err := os.Remove(s.path(dash("p", "8"))); err != nil {
		t.Fatal(err)
	}
	again := openDir(t, o)
	if n := again.decodes.Load(); n != 1 {
		t.Errorf("%d documents decoded, want only the new one", n)
	}
	if again.Has(dash("p", "8")) || string(get(t, again, dash("p", "7")).Mark) != "owner" {
		t.Error("removal or mark lost")
	}
}

func (s *Store) names() (all []string) {
	s.view.Load().each(func(e *Entry) { all = append(all, fmt.Sprint(e.ID, e.ETag, string(e.Mark))) })
	return all
}

// R32: under other rules marks are kept, everything is parsed anew, and callers are told.
func TestReformed(t *testing.T) {
	o := options(t, t.TempDir())
	o.CaseSensitive = true
	s := openDir(t, o)
	if _, err := s.Commit(manyPuts(t, 3, "x")); err != nil {
		t.Fatal(err)
	}
	if s.Reformed() {
		t.Error("a new database is reformed")
	}
	closeStore(t, s)
	before := tree(t, o.Dir)
	o.CaseSensitive = false
	again := openDir(t, o)
	if !again.Reformed() || again.decodes.Load() != 3 {
		t.Errorf("reformed %v, %d decoded", again.Reformed(), again.decodes.Load())
	}
	wantMarks(t, again, true)
	closeStore(t, again)
	if diff := cmp.Diff(before, tree(t, o.Dir)); diff != "" {
		t.Errorf("documents were rewritten:\n%s", diff)
	}
	if openDir(t, o).Reformed() {
		t.Error("still reformed at the next start")
	}
}

// R32: with another encryption key nothing is touched.
func TestAnotherKey(t *testing.T) {
	o := options(t, t.TempDir())
	s := openDir(t, o)
	create(t, s, samples(t)[4])
	closeStore(t, s)
	index := readText(t, s.state(indexFile))
	for _, raw := range []string{strings.Repeat("x", 32), ""} {
		o.Key = nil
		if raw != "" {
			o.Key = testKey(t, raw)
		}
		_, err := Open(o)
		var wrong *KeyError
		if !errors.As(err, &wrong) || !strings.Contains(err.Error(), "encryption_key") {
			t.Errorf("error %v", err)
		}
	}
	if readText(t, s.state(indexFile)) != index {
		t.Error("the index was rewritten")
	}
}

func TestDamagedIndexIsKeptAside(t *testing.T) {
	o := options(t, t.TempDir())
	s := openDir(t, o)
	create(t, s, project(t, "p"))
	closeStore(t, s)
	broken := strings.Replace(readText(t, s.state(indexFile)), "Project", "project", 1)
	writeFile(t, s.state(indexFile), broken)
	again := openDir(t, o)
	if got := names(t, again, "Project", "", ""); !cmp.Equal(got, []string{"p"}) {
		t.Errorf("listed %v", got)
	}
	if got := readText(t, filepath.Join(o.Dir, stateDir, quarantineDir, indexFile)); got != broken {
		t.Error("the damaged index is not kept")
	}
}
