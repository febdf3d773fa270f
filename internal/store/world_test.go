package store

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/seal"
)

// start is the time of the tests' clock.
var start = time.Date(2026, 3, 4, 5, 6, 7, 89, time.UTC)

func testKey(t testing.TB, raw string) *seal.Key {
	t.Helper()
	key, err := seal.NewKey([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// options are those of a database in dir whose clock stands still.
func options(t testing.TB, dir string) Options {
	return Options{Dir: dir, Extension: "json", Key: testKey(t, strings.Repeat("k", 32)), Now: func() time.Time { return start }}
}

func openDir(t testing.TB, o Options) *Store {
	t.Helper()
	s, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func closeStore(t testing.TB, s *Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// abandon lets go of the lock and nothing else, as the end of a process does.
func abandon(t testing.TB, s *Store) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused = ErrClosed
	if err := s.journal.close(); err != nil {
		t.Fatal(err)
	}
	if err := s.lock.release(); err != nil {
		t.Fatal(err)
	}
}

func decodeBody(t testing.TB, kind, body string) *resource.Resource {
	t.Helper()
	k, err := resource.KindByName(kind)
	if err != nil {
		t.Fatal(err)
	}
	r, problems := resource.DecodeBody([]byte(body), k)
	if problems.Invalid() {
		t.Fatalf("decode %s: %v", body, problems)
	}
	return r
}

func dashboard(t testing.TB, project, name, title string) *resource.Resource {
	t.Helper()
	return decodeBody(t, "Dashboard", fmt.Sprintf(
		`{"kind":"Dashboard","metadata":{"name":%q,"project":%q},"spec":{"display":{"name":%q},"duration":"1h"}}`, name, project, title))
}

func project(t testing.TB, name string) *resource.Resource {
	t.Helper()
	return decodeBody(t, "Project", fmt.Sprintf(`{"kind":"Project","metadata":{"name":%q}}`, name))
}

func dash(project, name string) resource.ID {
	return resource.ID{Kind: "Dashboard", Project: project, Name: name}
}

func create(t testing.TB, s *Store, r *resource.Resource) *Entry {
	t.Helper()
	e, err := s.Create(r, nil)
	if err != nil {
		t.Fatalf("create %s: %v", r.ID(), err)
	}
	return e
}

func update(t testing.TB, s *Store, r *resource.Resource) *Entry {
	t.Helper()
	e, err := s.Update(r, nil)
	if err != nil {
		t.Fatalf("update %s: %v", r.ID(), err)
	}
	return e
}

func get(t testing.TB, s *Store, id resource.ID) *Entry {
	t.Helper()
	e, err := s.Get(id)
	if err != nil {
		t.Fatalf("get %s: %v", id, err)
	}
	return e
}

func body(t testing.TB, s *Store, e *Entry) string {
	t.Helper()
	b, err := s.Body(e)
	if err != nil {
		t.Fatalf("body of %s: %v", e.ID, err)
	}
	return string(b)
}

// title is what the documents of these tests differ in.
func title(t testing.TB, s *Store, id resource.ID) string {
	t.Helper()
	r, err := s.Read(get(t, s, id))
	if err != nil {
		t.Fatalf("read %s: %v", id, err)
	}
	return r.Spec.Str("display", "name")
}

// load is Put.Load of a resource at hand.
func load(r *resource.Resource) func() (*resource.Resource, error) {
	return func() (*resource.Resource, error) { return r, nil }
}

// names lists a kind's names in one project, through a list that looks at the disk.
func names(t testing.TB, s *Store, kind, project, prefix string) []string {
	t.Helper()
	s.freshness.forget()
	l, err := s.List(kind, project, prefix)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var names []string
	for _, e := range l.Entries {
		names = append(names, strings.TrimPrefix(e.ID.Project+"/"+e.ID.Name, "/"))
	}
	return names
}

func (f *freshness) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.checked)
}

func writeFile(t testing.TB, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), dirMode); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), fileMode); err != nil {
		t.Fatal(err)
	}
}

func readText(t testing.TB, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// tree is every file under a directory but for .perseid, with its content.
func tree(t testing.TB, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.Name() == stateDir {
			if err == nil {
				err = filepath.SkipDir
			}
			return err
		}
		if !d.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			files[rel] = readText(t, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
