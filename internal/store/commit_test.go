package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/resource"
)

// R21: documents and owner marks become visible together.
func TestCommit(t *testing.T) {
	o := options(t, t.TempDir())
	s := openDir(t, o)
	old := create(t, s, dashboard(t, "p", "replaced", "old"))
	gone := create(t, s, dashboard(t, "p", "gone", "old"))
	left := create(t, s, dashboard(t, "p", "left", "old"))
	var published uint64
	born := resource.Metadata{CreatedAt: start.Add(-time.Hour), Version: 6}
	entries, err := s.Commit(Transaction{
		Puts: []Put{
			{ID: old.ID, Load: load(dashboard(t, "p", "replaced", "new")), Mark: []byte("a"), Before: old.Hash, CheckBefore: true},
			{ID: dash("P", "Born"), Load: load(dashboard(t, "p", "born", "new")), Continue: &born, CheckBefore: true},
		},
		Deletes:   []Delete{{ID: gone.ID, Before: gone.Hash}},
		Marks:     []Mark{{ID: left.ID, Mark: []byte("b")}},
		Published: func(g uint64) { published = g },
	})
	if err != nil {
		t.Fatal(err)
	}
	if published != s.Generation() {
		t.Errorf("published %d, generation %d", published, s.Generation())
	}
	check := func(s *Store) {
		t.Helper()
		if got := names(t, s, "Dashboard", "", ""); !cmp.Equal(got, []string{"p/born", "p/left", "p/replaced"}) {
			t.Errorf("listed %v", got)
		}
		for name, mark := range map[string]string{"replaced": "a", "born": "", "left": "b"} {
			if got := string(get(t, s, dash("p", name)).Mark); got != mark {
				t.Errorf("mark of %s is %q, want %q", name, got, mark)
			}
		}
		if got := title(t, s, old.ID); got != "new" {
			t.Errorf("title %q", got)
		}
	}
	check(s)
	want := resource.Metadata{Name: "born", Project: "p", CreatedAt: born.CreatedAt, UpdatedAt: start, Version: 7}
	if diff := cmp.Diff(want, entries[1].Metadata); diff != "" { // I3
		t.Errorf("continued metadata (-want +got):\n%s", diff)
	}
	closeStore(t, s)
	check(openDir(t, o))
}

func TestCommitIsRefusedWhole(t *testing.T) {
	bad := errors.New("bad document")
	put := func(t *testing.T, name string) Put {
		return Put{ID: dash("p", name), Load: load(dashboard(t, "p", name, "new")), CheckBefore: true}
	}
	for name, c := range map[string]struct {
		more    func(t *testing.T, tr *Transaction)
		changed []resource.ID
	}{
		"put over a document not expected": {func(t *testing.T, tr *Transaction) { tr.Puts = append(tr.Puts, put(t, "there")) }, []resource.ID{dash("p", "there")}},
		"delete of what has another hash":  {func(t *testing.T, tr *Transaction) { tr.Deletes = []Delete{{ID: dash("p", "there")}} }, []resource.ID{dash("p", "there")}},
		"delete of what is not there":      {func(t *testing.T, tr *Transaction) { tr.Deletes = []Delete{{ID: dash("p", "none")}} }, []resource.ID{dash("p", "none")}},
		"mark of what is not there":        {func(t *testing.T, tr *Transaction) { tr.Marks = []Mark{{ID: dash("p", "none")}} }, []resource.ID{dash("p", "none")}},
		"one identity in two cases":        {func(t *testing.T, tr *Transaction) { tr.Marks = []Mark{{ID: dash("P", "ONE")}} }, nil},
		"a document that cannot be loaded": {func(t *testing.T, tr *Transaction) {
			tr.Puts[0].Load = func() (*resource.Resource, error) { return nil, bad }
		}, nil},
		"a document of another kind inside": {func(t *testing.T, tr *Transaction) { tr.Puts[0].Load = load(project(t, "one")) }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			o := options(t, t.TempDir())
			s := openDir(t, o)
			create(t, s, dashboard(t, "p", "there", "old"))
			before, generation := tree(t, o.Dir), s.Generation()
			tr := Transaction{Puts: []Put{put(t, "one"), put(t, "two")}}
			c.more(t, &tr)
			_, err := s.Commit(tr)
			if err == nil {
				t.Fatal("accepted")
			}
			var changed *ChangedError
			if errors.As(err, &changed) != (c.changed != nil) || changed != nil && !cmp.Equal(changed.IDs, c.changed) {
				t.Errorf("error %v", err)
			}
			if diff := cmp.Diff(before, tree(t, o.Dir)); diff != "" || s.Generation() != generation {
				t.Errorf("something was written or published:\n%s", diff)
			}
			wantUnstaged(t, o.Dir)
		})
	}
}

func wantUnstaged(t *testing.T, dir string) {
	t.Helper()
	left, err := os.ReadDir(filepath.Join(dir, stateDir, stageDir))
	if err != nil || len(left) > 0 {
		t.Errorf("left in the stage directory: %v, %v", left, err)
	}
}

// What another writer does between staging and commit is seen: metadata continues from what is there at the end.
func TestCommitStagesAnewWhatChangedMeanwhile(t *testing.T) {
	s := openDir(t, options(t, t.TempDir()))
	create(t, s, dashboard(t, "p", "d", "old"))
	loads := 0
	entries, err := s.Commit(Transaction{Puts: []Put{{ID: dash("p", "d"), Load: func() (*resource.Resource, error) {
		if loads++; loads == 1 {
			update(t, s, dashboard(t, "p", "d", "between"))
		}
		return dashboard(t, "p", "d", "new"), nil
	}}}})
	if err != nil {
		t.Fatal(err)
	}
	if loads != 2 || entries[0].Metadata.Version != 2 {
		t.Errorf("loaded %d times, version %d; want 2 and 2", loads, entries[0].Metadata.Version)
	}
	wantUnstaged(t, s.root)
}

func manyPuts(t testing.TB, n int, title string) Transaction {
	var tr Transaction
	for i := range n {
		name := fmt.Sprint(i)
		tr.Puts = append(tr.Puts, Put{ID: dash("p", name), Load: load(dashboard(t, "p", name, title)), Mark: []byte("owner")})
	}
	return tr
}
