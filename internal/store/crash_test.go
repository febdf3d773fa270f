package store

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/atomicfile"
)

// lens is a disk that can be filmed.
type lens struct {
	mu     sync.Mutex // staging goes on in several goroutines
	before func(step string)
}

func (l *lens) disk(step, _ string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.before != nil {
		l.before(step)
	}
	return nil
}

// film copies the whole folder before each step of what run does: each copy is what a crash there would leave.
func (l *lens) film(t *testing.T, s *Store, run func()) (frames []string) {
	t.Helper()
	l.before = func(step string) {
		dir := filepath.Join(t.TempDir(), fmt.Sprintf("%02d-%s", len(frames), step))
		copyTree(t, s.root, dir)
		frames = append(frames, dir)
	}
	run()
	l.before = nil
	return frames
}

// recorded is the first of the frames in which the commit record is written and nothing else is done.
func recorded(t *testing.T, frames []string) string {
	t.Helper()
	i := slices.IndexFunc(frames, func(f string) bool { return strings.HasSuffix(f, atomicfile.StepRename) })
	if i < 0 {
		t.Fatalf("no rename in %v", frames)
	}
	return frames[i]
}

// copyTree passes over what goes while it is copied: renames go on in several goroutines, and are seen before or after.
func copyTree(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(from, path)
		if err == nil && d.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), dirMode)
		}
		data, readErr := os.ReadFile(path)
		if err = errors.Join(err, readErr); err == nil {
			return os.WriteFile(filepath.Join(to, rel), data, fileMode)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// R21, R30: whatever the instruction at which the process dies, reopening finds all of a transaction or nothing of it.
func TestCrashAtEachStepOfACommit(t *testing.T) {
	o, lens := options(t, t.TempDir()), &lens{}
	o.Disk = lens.disk
	s := openDir(t, o)
	for _, name := range []string{"0", "1", "gone"} {
		create(t, s, dashboard(t, "p", name, "old"))
	}
	s.mu.Lock()
	if err := s.checkpoint(s.Generation() + reserve); err != nil {
		t.Fatal(err)
	}
	s.mu.Unlock()
	before := tree(t, o.Dir)
	tr := manyPuts(t, 4, "new")
	gone := get(t, s, dash("p", "gone"))
	tr.Deletes = []Delete{{ID: gone.ID, Before: gone.Hash}}
	frames := lens.film(t, s, func() {
		if _, err := s.Commit(tr); err != nil {
			t.Fatal(err)
		}
	})
	after, generation := tree(t, o.Dir), s.Generation()
	var seen [2]int
	for _, dir := range frames {
		o.Dir = dir
		again := openDir(t, o)
		if again.Generation() < generation {
			t.Errorf("%s: generation %d after %d", filepath.Base(dir), again.Generation(), generation)
		}
		committed := maps.Equal(tree(t, dir), after)
		if !committed && !maps.Equal(tree(t, dir), before) {
			t.Errorf("%s: neither before nor after:\n%s", filepath.Base(dir), cmp.Diff(before, tree(t, dir)))
		}
		wantMarks(t, again, committed)
		wantUnstaged(t, dir)
		if committed {
			seen[1]++
		} else {
			seen[0]++
		}
	}
	if seen[0] < 5 || seen[1] < 5 {
		t.Errorf("%d crashes before and %d after the commit record; want several of both", seen[0], seen[1])
	}
}

func wantMarks(t *testing.T, s *Store, committed bool) {
	t.Helper()
	all, err := s.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		if (e.Mark != nil) != committed {
			t.Errorf("%s: mark %q, committed %v", e.ID, e.Mark, committed)
		}
		body(t, s, e)
	}
}

func TestCrashAtEachStepOfSingleWrites(t *testing.T) {
	for name, write := range map[string]func(*Store) error{
		"create": func(s *Store) error { _, err := s.Create(dashboard(t, "q", "born", "new"), nil); return err },
		"update": func(s *Store) error { _, err := s.Update(dashboard(t, "p", "d", "new"), nil); return err },
		"delete": func(s *Store) error { return s.Delete(dash("p", "d"), nil) },
	} {
		t.Run(name, func(t *testing.T) {
			o, lens := options(t, t.TempDir()), &lens{}
			o.Disk = lens.disk
			s := openDir(t, o)
			if _, err := s.Commit(Transaction{Puts: []Put{{ID: dash("p", "d"), Load: load(dashboard(t, "p", "d", "old")), Mark: []byte("m")}}}); err != nil {
				t.Fatal(err)
			}
			before := tree(t, o.Dir)
			frames := lens.film(t, s, func() {
				if err := write(s); err != nil {
					t.Fatal(err)
				}
			})
			after := tree(t, o.Dir)
			if len(frames) < 3 {
				t.Fatalf("only %d steps", len(frames))
			}
			for _, dir := range frames {
				o.Dir = dir
				again := openDir(t, o)
				if got := tree(t, dir); !maps.Equal(got, before) && !maps.Equal(got, after) {
					t.Errorf("%s: neither before nor after", filepath.Base(dir))
				}
				if e, err := again.Get(dash("p", "d")); err == nil && string(e.Mark) != "m" {
					t.Errorf("%s: the owner mark is %q", filepath.Base(dir), e.Mark)
				}
			}
		})
	}
}

// A checkpoint that is cut off anywhere loses neither marks nor documents.
func TestCrashDuringCheckpoint(t *testing.T) {
	o, lens := options(t, t.TempDir()), &lens{}
	o.Disk = lens.disk
	s := openDir(t, o)
	if _, err := s.Commit(manyPuts(t, 3, "new")); err != nil {
		t.Fatal(err)
	}
	frames := lens.film(t, s, func() { closeStore(t, s) })
	if len(frames) < 5 {
		t.Fatalf("only %d steps", len(frames))
	}
	for _, dir := range frames {
		o.Dir = dir
		wantMarks(t, openDir(t, o), true)
	}
}

// R30: a replay leaves alone what somebody else changed since, and a copy put back after a removal.
func TestReplayLeavesForeignChangesAlone(t *testing.T) {
	o, lens := options(t, t.TempDir()), &lens{}
	o.Disk = lens.disk
	s := openDir(t, o)
	create(t, s, dashboard(t, "p", "0", "old"))
	gone := create(t, s, dashboard(t, "p", "gone", "old"))
	saved := readText(t, s.path(gone.ID))
	tr := manyPuts(t, 1, "new")
	tr.Deletes = []Delete{{ID: gone.ID, Before: gone.Hash}}
	frames := lens.film(t, s, func() {
		if _, err := s.Commit(tr); err != nil {
			t.Fatal(err)
		}
	})
	writeFile(t, s.path(gone.ID), saved) // put back, byte for byte
	abandon(t, s)
	if again := openDir(t, o); !again.Has(gone.ID) {
		t.Error("the copy put back was removed")
	}
	o.Dir = recorded(t, frames)
	foreign := strings.Replace(readText(t, s.path(dash("p", "0"))), "new", "theirs", 1)
	writeFile(t, filepath.Join(o.Dir, "dashboards", "p", "0.json"), foreign)
	again := openDir(t, o)
	if got := title(t, again, dash("p", "0")); got != "theirs" {
		t.Errorf("title %q", got)
	}
}

// A kill -9 right after a write is acknowledged loses nothing and repeats no generation.
func TestAbandonedStore(t *testing.T) {
	o := options(t, t.TempDir())
	s := openDir(t, o)
	if _, err := s.Commit(manyPuts(t, 3, "new")); err != nil {
		t.Fatal(err)
	}
	update(t, s, dashboard(t, "p", "1", "newer"))
	generation := s.Generation()
	abandon(t, s)
	again := openDir(t, o)
	if again.Generation() <= generation {
		t.Errorf("generation %d after %d", again.Generation(), generation)
	}
	wantMarks(t, again, true)
	if got := title(t, again, dash("p", "1")); got != "newer" {
		t.Errorf("title %q", got)
	}
	if n := again.decodes.Load(); n > 1 { // the one read by title
		t.Errorf("%d documents decoded, though the journal knows them all", n)
	}
}
