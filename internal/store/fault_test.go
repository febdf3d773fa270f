package store

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/test/fault"
)

// R21, R30: whatever step of a write fails, in whatever way, the store says so or has done all of it; what it answers is what the disk
// holds; and reopening finds everything as it was before or as it should be.
func TestEachStepGoesWrong(t *testing.T) {
	for name, write := range map[string]func(*Store) error{
		"commit": func(s *Store) error {
			tr := manyPuts(t, 3, "new")
			gone, kept := get(t, s, dash("p", "gone")), get(t, s, dash("p", "kept"))
			tr.Deletes = []Delete{{ID: gone.ID, Before: gone.Hash}}
			tr.Marks = []Mark{{ID: kept.ID, Mark: []byte("owner")}}
			_, err := s.Commit(tr)
			return err
		},
		"create": func(s *Store) error { _, err := s.Create(dashboard(t, "q", "born", "new"), nil); return err },
		"update": func(s *Store) error { _, err := s.Update(dashboard(t, "p", "0", "new"), nil); return err },
		"delete": func(s *Store) error { return s.Delete(dash("p", "0"), nil) },
		"mend":   func(s *Store) error { _, err := s.Update(dashboard(t, "p", "spoilt", "new"), nil); return err },
		"close":  func(s *Store) error { return s.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base := weathered(t)
			before := tree(t, base)
			after := afterwards(t, base, write)
			fault.Each(t, func(f *fault.Disk) { goesWrong(t, base, f, write, before, after) })
		})
	}
}

// weathered is a database with a journal to replay, and a file that cannot be read.
func weathered(t *testing.T) string {
	t.Helper()
	o := options(t, t.TempDir())
	s := openDir(t, o)
	for _, name := range []string{"0", "gone", "kept", "spoilt"} {
		create(t, s, dashboard(t, "p", name, "old"))
	}
	writeFile(t, s.path(dash("p", "spoilt")), "{")
	abandon(t, s)
	return o.Dir
}

func afterwards(t *testing.T, base string, write func(*Store) error) map[string]string {
	t.Helper()
	o := options(t, t.TempDir())
	copyTree(t, base, o.Dir)
	s := openDir(t, o)
	if err := write(s); err != nil {
		t.Fatal(err)
	}
	return tree(t, o.Dir)
}

// goesWrong lets one step of a write go wrong, and opens the database again.
func goesWrong(t *testing.T, base string, f *fault.Disk, write func(*Store) error, before, after map[string]string) {
	t.Helper()
	o := options(t, fault.Dir(t))
	copyTree(t, base, o.Dir)
	o.Disk = f.Ask
	s := openDir(t, o)
	f.Arm()
	err := write(s)
	reached := f.Reached()
	if f.Way < fault.Dies {
		f.Rest()
	}
	if reached && f.Way < fault.Dies {
		answersAreTrue(t, s, f, err)
	}
	s.Close() // of a dead disk it says so, and the lock is released all the same
	o.Disk = nil
	again := openDir(t, o)
	defer closeStore(t, again)
	now := tree(t, o.Dir)
	switch done := maps.Equal(now, after); {
	case !reached:
	case err == nil && !done && f.Way < fault.Dies, !done && !maps.Equal(now, before):
		t.Errorf("%s: error %v, and neither before nor after:\n%s", f, err, cmp.Diff(after, now))
	default:
		wantWhole(t, again, f)
	}
}

// R30: the same of a start that has a transaction to finish: if it does not serve, it says why, and the next one finishes.
func TestEachStepOfAnOpenGoesWrong(t *testing.T) {
	t.Parallel()
	base, after := interrupted(t)
	fault.Each(t, func(f *fault.Disk) {
		o := options(t, fault.Dir(t))
		copyTree(t, base, o.Dir)
		o.Disk = f.Ask
		f.Arm()
		if s, err := Open(o); err == nil {
			wantWhole(t, s, f)
			s.Close()
		}
		o.Disk = nil
		again := openDir(t, o)
		defer closeStore(t, again)
		if now := tree(t, o.Dir); !maps.Equal(now, after) {
			t.Errorf("%s: the transaction is not finished:\n%s", f, cmp.Diff(after, now))
		}
		wantWhole(t, again, f)
	})
}

// interrupted is a database whose last transaction is recorded and not carried out, and what it holds once that is.
func interrupted(t *testing.T) (dir string, after map[string]string) {
	t.Helper()
	o, lens := options(t, weathered(t)), &lens{}
	o.Disk = lens.disk
	s := openDir(t, o)
	frames := lens.film(t, s, func() {
		tr := manyPuts(t, 4, "new")
		gone := get(t, s, dash("p", "gone"))
		tr.Deletes = []Delete{{ID: gone.ID, Before: gone.Hash}}
		if _, err := s.Commit(tr); err != nil {
			t.Fatal(err)
		}
	})
	return recorded(t, frames), tree(t, o.Dir)
}

// answersAreTrue holds the living store, after a step that failed, against its own files.
func answersAreTrue(t *testing.T, s *Store, f *fault.Disk, err error) {
	t.Helper()
	wantWhole(t, s, f)
	_, later := s.Create(dashboard(t, "later", "later", "x"), nil)
	if err != nil && !errors.Is(later, ErrClosed) && problem.ClassOf(err) != problem.Unavailable {
		t.Errorf("%s: error %v does not say what to do", f, err)
	}
	switch final := s.refused != nil; {
	case errors.Is(later, ErrClosed):
	case final != (later != nil):
		t.Errorf("%s: error %v, and a later write: %v", f, err, later)
	case !final:
		wantUnstaged(t, s.root)
		if err := s.Delete(dash("later", "later"), nil); err != nil {
			t.Error(err)
		}
	}
}

func wantWhole(t *testing.T, s *Store, f *fault.Disk) {
	t.Helper()
	all, err := s.All()
	if err != nil {
		t.Errorf("%s: %v", f, err)
	}
	owned := 0
	for _, e := range all {
		if e.Problem != "" {
			continue
		}
		if text := body(t, s, e); !slices.Contains([]string{"old", "new", "x"}, title(t, s, e.ID)) {
			t.Errorf("%s: %s is %s", f, e.ID, text)
		}
		if e.Mark != nil {
			owned++
		}
	}
	if owned != 0 && owned != 4 {
		t.Errorf("%s: %d documents are owned, of a transaction that gives 4 to somebody", f, owned)
	}
}

// A journal that could not be written, and not even be cut back, takes the next record as soon as the disk does: nobody has to restart.
func TestJournalRecovers(t *testing.T) {
	f := &fault.Disk{Way: fault.Dies}
	o := options(t, t.TempDir())
	o.Disk = f.Ask
	s := openDir(t, o)
	create(t, s, dashboard(t, "p", "0", "old"))
	for f.At = range 12 {
		f.Arm()
		_, err := s.Update(dashboard(t, "p", "0", "new"), nil)
		broken := s.journal.broken
		f.Rest()
		if broken {
			if err == nil {
				t.Errorf("%s, and the write is acknowledged", f)
			}
			update(t, s, dashboard(t, "p", "0", "newer"))
			abandon(t, s)
			o.Disk = nil
			if got := title(t, openDir(t, o), dash("p", "0")); got != "newer" {
				t.Errorf("%s: after the next write and a restart: %s", f, got)
			}
			return
		}
	}
	t.Error("the journal was never broken")
}
