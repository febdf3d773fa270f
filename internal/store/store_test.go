package store

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

func TestLayoutIsThatOfPerses(t *testing.T) {
	stamped := `"createdAt":"2026-03-04T05:06:07.000000089Z","updatedAt":"2026-03-04T05:06:07.000000089Z","version":0`
	for _, c := range []struct {
		extension string
		want      map[string]string
	}{
		{"json", map[string]string{
			"projects/p.json":      `{"kind":"Project","metadata":{"name":"p",` + stamped + `},"spec":{}}`,
			"dashboards/p/d1.json": `{"kind":"Dashboard","metadata":{"name":"d1",` + stamped + `,"project":"p"},"spec":{"display":{"name":"T"},"panels":null,"layouts":null,"duration":"1h"}}`,
		}},
		{"yaml", map[string]string{
			"projects/p.yaml": "kind: Project\nmetadata:\n    name: p\n    createdAt: 2026-03-04T05:06:07.000000089Z\n    updatedAt: 2026-03-04T05:06:07.000000089Z\n    version: 0\n",
		}},
	} {
		t.Run(c.extension, func(t *testing.T) {
			o := options(t, filepath.Join(t.TempDir(), "New", "Db"))
			o.Extension = c.extension
			s := openDir(t, o)
			create(t, s, project(t, "P"))
			create(t, s, dashboard(t, "p", "D1", "T"))
			files := tree(t, o.Dir)
			for path, content := range c.want {
				if diff := cmp.Diff(content, files[path]); diff != "" {
					t.Errorf("%s (-want +got):\n%s", path, diff)
				}
			}
			if len(files) != 2 {
				t.Errorf("%d files, want 2: %v", len(files), files)
			}
			wantMode(t, filepath.Join(o.Dir, "dashboards", "p"), 0o750)
			wantMode(t, filepath.Join(o.Dir, "projects", "p."+c.extension), 0o600)
		})
	}
}

func wantMode(t *testing.T, path string, want os.FileMode) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != want {
		t.Errorf("mode of %s is %o, want %o", path, got, want)
	}
}

func TestLifecycle(t *testing.T) {
	for _, extension := range []string{"json", "yaml"} {
		t.Run(extension, func(t *testing.T) {
			o := options(t, t.TempDir())
			now := start
			o.Extension, o.Now = extension, func() time.Time { return now }
			s := openDir(t, o)
			id := dash("p", "d")

			if err := s.Delete(id, nil); problem.ClassOf(err) != problem.NotFound {
				t.Errorf("delete of nothing: %v", err)
			}
			if _, err := s.Update(dashboard(t, "p", "d", "x"), nil); problem.ClassOf(err) != problem.NotFound {
				t.Errorf("update of nothing: %v", err)
			}
			first := create(t, s, dashboard(t, "p", "d", "one"))
			if _, err := s.Create(dashboard(t, "p", "D", "two"), nil); problem.ClassOf(err) != problem.Exists {
				t.Errorf("second create: %v", err)
			}
			now = now.Add(time.Hour)
			second := update(t, s, dashboard(t, "p", "d", "two"))

			want := resource.Metadata{Name: "d", Project: "p", CreatedAt: start, UpdatedAt: now, Version: 1}
			if diff := cmp.Diff(want, second.Metadata); diff != "" {
				t.Errorf("metadata (-want +got):\n%s", diff)
			}
			if first.ETag == second.ETag || first.Hash == second.Hash {
				t.Error("another content has the same ETag or hash")
			}
			if got := get(t, s, id); got != second {
				t.Error("get gives another entry than update did")
			}
			if got := title(t, s, id); got != "two" {
				t.Errorf("title %q", got)
			}
			if etag([]byte(body(t, s, second))) != second.ETag {
				t.Error("the ETag is not of the body")
			}
			if err := s.Delete(id, nil); err != nil {
				t.Fatal(err)
			}
			if s.Has(id) || len(tree(t, o.Dir)) != 0 {
				t.Error("still there after delete")
			}
		})
	}
}

// What is written and what is read back after a restart must be told alike, or an ETag would change without a write.
func TestRestartTellsTheSame(t *testing.T) {
	for _, extension := range []string{"json", "yaml"} {
		t.Run(extension, func(t *testing.T) {
			o := options(t, t.TempDir())
			o.Extension = extension
			s := openDir(t, o)
			var ids []resource.ID
			for _, r := range samples(t) {
				ids = append(ids, create(t, s, r).ID)
			}
			type told struct {
				ETag, Body, Plugin, Variable string
				Hash                         [32]byte
				Default                      bool
				Metadata                     resource.Metadata
			}
			tell := func(s *Store) (all []told) {
				for _, id := range ids {
					e := get(t, s, id)
					all = append(all, told{e.ETag, body(t, s, e), e.Plugin, e.Variable, e.Hash, e.Default, e.Metadata})
				}
				return all
			}
			before := tell(s)
			closeStore(t, s)
			if err := os.Remove(filepath.Join(o.Dir, stateDir, indexFile)); err != nil {
				t.Fatal(err)
			}
			again := openDir(t, o)
			if again.decodes.Load() < int64(len(ids)) {
				t.Error("without an index, not everything was parsed")
			}
			if diff := cmp.Diff(before, tell(again)); diff != "" {
				t.Errorf("after parsing anew (-before +after):\n%s", diff)
			}
		})
	}
}

func samples(t testing.TB) []*resource.Resource {
	return []*resource.Resource{
		project(t, "p"),
		dashboard(t, "p", "d", "<a> & é\u2028 \"q\""),
		decodeBody(t, "Datasource", `{"kind":"Datasource","metadata":{"name":"ds","project":"p","tags":["b","a"]},"spec":{"default":true,"plugin":{"kind":"PrometheusDatasource","spec":{"directUrl":"http://x","n":1.50}}}}`),
		decodeBody(t, "Variable", `{"kind":"Variable","metadata":{"name":"v","project":"p"},"spec":{"kind":"TextVariable","spec":{"value":"on"}}}`),
		decodeBody(t, "Secret", `{"kind":"Secret","metadata":{"name":"s","project":"p"},"spec":{"basicAuth":{"username":"u","password":"hunter2"}}}`),
	}
}

func TestEntryKnowsDatasourcesAndVariables(t *testing.T) {
	s := openDir(t, options(t, t.TempDir()))
	for _, r := range samples(t) {
		create(t, s, r)
	}
	ds := get(t, s, resource.ID{Kind: "Datasource", Project: "p", Name: "ds"})
	if !ds.Default || ds.Plugin != "PrometheusDatasource" {
		t.Errorf("datasource: default %v, plugin %q", ds.Default, ds.Plugin)
	}
	if v := get(t, s, resource.ID{Kind: "Variable", Project: "p", Name: "v"}); v.Variable != "v" {
		t.Errorf("variable contributes %q", v.Variable)
	}
}

func TestCaseModes(t *testing.T) {
	for _, sensitive := range []bool{true, false} {
		o := options(t, t.TempDir())
		o.CaseSensitive = sensitive
		s := openDir(t, o)
		create(t, s, dashboard(t, "P", "MyDash", "T"))
		if got := s.Has(dash("p", "mydash")); got == sensitive {
			t.Errorf("case-sensitive %v: found by other case: %v", sensitive, got)
		}
		want := "P/MyDash"
		if !sensitive {
			want = "p/mydash"
		}
		if got := names(t, s, "dashboard", "P", "My"); !cmp.Equal(got, []string{want}) {
			t.Errorf("case-sensitive %v: listed %v", sensitive, got)
		}
	}
}

func TestConditionIsAskedFirst(t *testing.T) {
	s := openDir(t, options(t, t.TempDir()))
	old := create(t, s, dashboard(t, "p", "d", "old"))
	no := errors.New("no")
	refuse := func(current *Entry) error {
		if current != old {
			t.Errorf("asked about %v", current)
		}
		if b, err := s.Body(current); err != nil || len(b) == 0 {
			t.Errorf("body inside a condition: %v", err)
		}
		return no
	}
	if _, err := s.Update(dashboard(t, "p", "d", "new"), refuse); err != no {
		t.Errorf("update: %v", err)
	}
	if err := s.Delete(old.ID, refuse); err != no {
		t.Errorf("delete: %v", err)
	}
	if got := title(t, s, old.ID); got != "old" {
		t.Errorf("title %q after refusals", got)
	}
}

func TestNamesCannotLeaveTheirDirectory(t *testing.T) {
	s := openDir(t, options(t, t.TempDir()))
	for _, id := range []resource.ID{
		dash("..", "x"), dash("p", ".."), dash("p", "a/b"), dash("", "x"), dash("p", ""), dash("a\x00", "x"),
		{Kind: "Project", Project: "p", Name: "x"}, {Kind: "Nonsense", Name: "x"}, {Kind: "dashboard", Project: "p", Name: "x"},
	} {
		if _, err := s.Get(id); problem.ClassOf(err) != problem.NotFound {
			t.Errorf("get %#v: %v", id, err)
		}
		if _, err := s.Commit(Transaction{Marks: []Mark{{ID: id}}}); problem.ClassOf(err) != problem.Invalid {
			t.Errorf("commit %#v: %v", id, err)
		}
	}
}
