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

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

const perses = `{"spec":{"duration":"1h","display":{"name":"TITLE"}},"kind":"Dashboard","metadata":{"version":3,"name":"d","project":"p","createdAt":"2020-01-02T03:04:05Z","updatedAt":"2020-01-02T03:04:05Z"}}`

func foreign(title string) string { return strings.Replace(perses, "TITLE", title, 1) }

// R29: another process writes plainly at any moment; the next read knows.
func TestForeignWritesAreSeen(t *testing.T) {
	o := options(t, t.TempDir())
	s := openDir(t, o)
	id, path := dash("p", "d"), filepath.Join(o.Dir, "dashboards", "p", "d.json")
	wantTitle := func(want string) {
		t.Helper()
		if got := title(t, s, id); got != want {
			t.Errorf("title %q, want %q", got, want)
		}
		e := get(t, s, id)
		if b := body(t, s, e); etag([]byte(b)) != e.ETag || !strings.Contains(b, want) {
			t.Errorf("body %s does not go with ETag %s", b, e.ETag)
		}
	}
	writeFile(t, path, foreign("one"))
	wantTitle("one")
	writeFile(t, path, foreign("two")) // in place, same length, within the grain of the timestamps
	wantTitle("two")
	writeFile(t, path, foreign("tri"))
	wantTitle("tri")
	if got := names(t, s, "Dashboard", "", ""); !cmp.Equal(got, []string{"p/d"}) {
		t.Errorf("listed %v", got)
	}
	if got := readText(t, path); got != foreign("tri") { // opening and reading rewrites nothing
		t.Errorf("the file was rewritten: %s", got)
	}
	updated := update(t, s, dashboard(t, "p", "d", "ours"))
	if updated.Metadata.Version != 4 {
		t.Errorf("version %d does not continue theirs", updated.Metadata.Version)
	}
	if err := os.RemoveAll(filepath.Dir(path)); err != nil {
		t.Fatal(err)
	}
	if s.Has(id) {
		t.Error("still there after its removal")
	}
	create(t, s, dashboard(t, "p", "d", "anew"))
	wantTitle("anew")
}

// A document that another process keeps truncating and rewriting is there at every look: whole, or as it last was.
func TestForeignWriterInTheMiddle(t *testing.T) {
	o := options(t, t.TempDir())
	s := openDir(t, o)
	id := dash("p", "d")
	writeFile(t, s.path(id), foreign("00000"))
	get(t, s, id)
	stop, last := make(chan struct{}), make(chan string, 1)
	go func() {
		for n := 0; ; n++ {
			text := fmt.Sprintf("%05d", n)
			if err := os.WriteFile(s.path(id), []byte(foreign(text)), fileMode); err != nil {
				t.Error(err)
			}
			select {
			case <-stop:
				last <- text
				return
			default:
			}
		}
	}()
	for range 200 {
		e, err := s.Get(id)
		if err != nil {
			t.Error(err)
			break
		}
		if b, err := s.Body(e); err == nil && etag(b) != e.ETag || err != nil && !errors.Is(err, ErrReplaced) {
			t.Errorf("body %s of ETag %s: %v", b, e.ETag, err)
		}
	}
	close(stop)
	if want, got := <-last, title(t, s, id); got != want {
		t.Errorf("title %q, want %q", got, want)
	}
}

func TestListsLookAtFilesAfterASecond(t *testing.T) {
	o := options(t, t.TempDir())
	s := openDir(t, o)
	create(t, s, dashboard(t, "p", "gone", "x"))
	changed := create(t, s, dashboard(t, "p", "d", "old"))
	names(t, s, "Dashboard", "", "")
	writeFile(t, s.path(dash("q", "new")), strings.ReplaceAll(strings.Replace(foreign("x"), `"d"`, `"new"`, 1), `"project":"p"`, `"project":"q"`))
	writeFile(t, s.path(changed.ID), foreign("new"))
	if err := os.Remove(s.path(dash("p", "gone"))); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(10 * freshFor)
	want := []string{"p/d", "q/new"}
	for {
		l, err := s.List("Dashboard", "", "")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range l.Entries {
			got = append(got, e.ID.Project+"/"+e.ID.Name)
		}
		l.Close()
		if cmp.Equal(got, want) && l.Entries[0].ETag != changed.ETag {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("listed %v, want %v", got, want)
		}
		time.Sleep(freshFor / 10)
	}
}

// R29: a file that cannot be read breaks nothing; what replaces it keeps its bytes.
func TestUnreadableFiles(t *testing.T) {
	for name, content := range map[string]string{
		"empty": "", "cut": foreign("x")[:40], "binary": "\x00\xff", "another name": strings.Replace(foreign("x"), `"d"`, `"other"`, 1),
		"another project": strings.Replace(foreign("x"), `"p"`, `"q"`, 1), "another kind": `{"kind":"Project","metadata":{"name":"d"},"spec":{}}`,
	} {
		t.Run(name, func(t *testing.T) {
			o := options(t, t.TempDir())
			s := openDir(t, o)
			known, never := dash("p", "d"), dash("p", "never")
			good := create(t, s, dashboard(t, "p", "d", "good"))
			create(t, s, dashboard(t, "p", "other", "good"))
			writeFile(t, s.path(known), content)
			writeFile(t, s.path(never), content)

			if got := names(t, s, "Dashboard", "p", ""); !cmp.Equal(got, []string{"p/d", "p/other"}) {
				t.Errorf("listed %v", got)
			}
			e := get(t, s, known)
			if e.Problem == "" || e.ETag != good.ETag {
				t.Errorf("not the last readable version: problem %q", e.Problem)
			}
			if got := body(t, s, e); !strings.Contains(got, "good") { // still in memory
				t.Errorf("body %s", got)
			}
			if _, err := s.Get(never); problem.ClassOf(err) != problem.Unavailable || !s.Has(never) {
				t.Errorf("never readable: %v", err)
			}
			if _, err := s.Create(dashboard(t, "p", "never", "x"), nil); problem.ClassOf(err) != problem.Exists {
				t.Errorf("create over it: %v", err)
			}
			if got := len(s.Problems()); got != 2 {
				t.Errorf("%d problems: %v", got, s.Problems())
			}
			replaceUnreadable(t, s, good)
			if kept := quarantined(t, o.Dir); len(kept) != 2 || kept[0] != content || kept[1] != content {
				t.Errorf("in quarantine: %q", kept)
			}
			if p := s.Problems(); len(p) != 0 {
				t.Errorf("problems afterwards: %v", p)
			}
			writeFile(t, s.path(known), "{ other bytes")
			if err := s.Delete(known, nil); err != nil || len(quarantined(t, o.Dir)) != 3 {
				t.Errorf("delete: %v, %d in quarantine", err, len(quarantined(t, o.Dir)))
			}
		})
	}
}

func replaceUnreadable(t *testing.T, s *Store, good *Entry) {
	t.Helper()
	e := update(t, s, dashboard(t, "p", "d", "mended"))
	if e.Metadata.Version != good.Metadata.Version+1 {
		t.Errorf("version %d does not continue the last readable one", e.Metadata.Version)
	}
	put := Put{ID: dash("p", "never"), Load: load(dashboard(t, "p", "never", "mended")), CheckBefore: true}
	if _, err := s.Commit(Transaction{Puts: []Put{put}}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"d", "never"} {
		if got := title(t, s, dash("p", name)); got != "mended" {
			t.Errorf("title %q", got)
		}
	}
}

func quarantined(t *testing.T, dir string) (contents []string) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, stateDir, quarantineDir, "dashboards", "p", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range found {
		contents = append(contents, readText(t, path))
	}
	return contents
}

func TestFilesThatAreNoDocumentsHere(t *testing.T) {
	o := options(t, t.TempDir())
	outside := filepath.Join(t.TempDir(), "outside.json")
	writeFile(t, outside, foreign("outside"))
	at := func(parts ...string) string { return filepath.Join(append([]string{o.Dir, "dashboards"}, parts...)...) }
	writeFile(t, at("p", "d.json"), foreign("x"))
	writeFile(t, at("p", "Upper.json"), foreign("x"))
	writeFile(t, at("Q", "d.json"), foreign("x"))
	writeFile(t, at("p", "nested", "d.json"), foreign("x"))
	writeFile(t, at("p", "d.yaml"), "kind: Dashboard")
	writeFile(t, at("stray.json"), foreign("x"))
	writeFile(t, filepath.Join(o.Dir, "unknown", "d.json"), foreign("x"))
	if err := os.Symlink(outside, at("p", "link.json")); err != nil {
		t.Fatal(err)
	}
	s := openDir(t, o)
	if got := names(t, s, "Dashboard", "", ""); !cmp.Equal(got, []string{"p/d"}) {
		t.Errorf("listed %v", got)
	}
	all, err := s.All()
	if err != nil || len(all) != 1 {
		t.Errorf("all: %d entries, %v", len(all), err)
	}
	if _, err := s.Update(dashboard(t, "p", "link", "ours"), nil); err != nil {
		t.Fatal(err)
	}
	if got := readText(t, outside); got != foreign("outside") {
		t.Error("a write went through a link")
	}
	if got := title(t, s, dash("p", "link")); got != "ours" {
		t.Errorf("title %q", got)
	}
}

// A project's directory may be a link: what GET finds by name, lists show.
func TestLinkedProjectDirectory(t *testing.T) {
	o := options(t, t.TempDir())
	writeFile(t, filepath.Join(o.Dir, "dashboards", "p", "d.json"), strings.Replace(foreign("x"), `,"project":"p"`, "", 1))
	if err := os.Symlink("p", filepath.Join(o.Dir, "dashboards", "linked")); err != nil {
		t.Fatal(err)
	}
	s := openDir(t, o)
	if got := names(t, s, "Dashboard", "", ""); !cmp.Equal(got, []string{"linked/d", "p/d"}) {
		t.Errorf("listed %v", got)
	}
	report, err := Check(o.Dir, o)
	if err != nil || report.Documents != 2 {
		t.Errorf("check: %d documents, %v", report.Documents, err)
	}
}

// A directory that cannot be listed is not an empty one: All says so, lists go on from memory.
func TestDirectoryThatCannotBeListed(t *testing.T) {
	o := options(t, t.TempDir())
	s := openDir(t, o)
	e := create(t, s, dashboard(t, "p", "d", "x"))
	dir := filepath.Join(o.Dir, "dashboards")
	if err := os.Rename(dir, dir+".away"); err != nil {
		t.Fatal(err)
	}
	writeFile(t, dir, "a file")
	if _, err := s.All(); err == nil {
		t.Error("all: no error")
	}
	if got := names(t, s, "Dashboard", "", ""); !cmp.Equal(got, []string{"p/d"}) {
		t.Errorf("listed %v", got)
	}
	if _, err := s.Update(dashboard(t, "p", "d", "y"), nil); err == nil {
		t.Error("update: no error")
	}
	if err := errors.Join(os.Remove(dir), os.Rename(dir+".away", dir)); err != nil {
		t.Fatal(err)
	}
	if got := title(t, s, e.ID); got != "x" {
		t.Errorf("title %q", got)
	}
}

// An older Perses left folders as arrays, other key orders and YAML of other widths: served, not rewritten.
func TestForeignYAML(t *testing.T) {
	o := options(t, t.TempDir())
	o.Extension = "yaml"
	path := filepath.Join(o.Dir, "folders", "p", "f.yaml")
	text := "metadata:\n  project: p\n  name: F\nspec:\n- kind: Dashboard\n  name: d\nkind: Folder\n"
	writeFile(t, path, text)
	s := openDir(t, o)
	e := get(t, s, resource.ID{Kind: "Folder", Project: "p", Name: "f"})
	if b := body(t, s, e); !strings.Contains(b, `"name":"f"`) || etag([]byte(b)) != e.ETag {
		t.Errorf("body %s", b)
	}
	closeStore(t, s)
	if got := readText(t, path); got != text {
		t.Errorf("rewritten: %s", got)
	}
}
