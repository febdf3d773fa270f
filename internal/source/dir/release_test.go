package dir

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/pace"
	"github.com/perseid-dev/perseid/internal/source"
)

// putRelease lays a directory with an index down below base.
func putRelease(t testing.TB, base, version string, files map[string]string) {
	t.Helper()
	for path, content := range files {
		write(t, base, filepath.Join(version, path), content)
	}
	writeIndex(t, filepath.Join(base, version), indexOf(version, files))
}

func ofVersion(version string) func(*source.Snapshot) bool {
	return func(s *source.Snapshot) bool { return s.Version == version }
}

// never fails the test if one of the snapshots that came so far, up to the one that is asked for, is what must not be.
func never(t testing.TB, got <-chan *source.Snapshot, what string, bad, want func(*source.Snapshot) bool) *source.Snapshot {
	t.Helper()
	return until(t, got, what, func(s *source.Snapshot) bool {
		if bad(s) {
			t.Errorf("before %s: %+v", what, s)
		}
		return want(s)
	})
}

func unread(s *source.Snapshot) bool { return len(s.Unread) > 0 }

// A release that is put in place by one link comes as one snapshot, complete, whatever prune.settle says.
func TestR15ReleaseBySwappedLink(t *testing.T) {
	base, bodies := t.TempDir(), newBodies(t)
	one := map[string]string{"a.yaml": "a1", "old.yaml": "old"}
	two := map[string]string{"a.yaml": "a2", "team/new.yaml": "new"}
	putRelease(t, base, "v1", one)
	putRelease(t, base, "v2", two)
	symlink(t, base, "v1", "current")
	_, got := start(t, Options{Root: filepath.Join(base, "current"), Bodies: bodies, Watch: true, Settle: time.Hour})
	s := <-got
	if !holds(one, t, bodies)(s) || !s.Complete || !s.Settled || s.Version != "v1" {
		t.Fatalf("v1: %+v", s)
	}
	symlink(t, base, "v2", "next")
	if err := os.Rename(filepath.Join(base, "next"), filepath.Join(base, "current")); err != nil {
		t.Fatal(err)
	}
	s = never(t, got, "v2", unread, ofVersion("v2"))
	if !holds(two, t, bodies)(s) || !s.Complete || !s.Settled {
		t.Errorf("v2: %+v", s)
	}
}

// The same in a volume of Kubernetes, where the index is seen through ..data like every file.
func TestR15ReleaseByVolume(t *testing.T) {
	root, bodies := t.TempDir(), newBodies(t)
	one := map[string]string{"a.yaml": "a1", "b.yaml": "b1"}
	two := map[string]string{"a.yaml": "a2"}
	with := func(version string, files map[string]string) map[string]string {
		all := map[string]string{source.IndexName: encode(t, indexOf(version, files))}
		for path, content := range files {
			all[path] = content
		}
		return all
	}
	for _, name := range []string{"a.yaml", "b.yaml", source.IndexName} {
		symlink(t, root, "..data/"+name, name)
	}
	volume(t, root, "..1", with("v1", one))
	_, got := start(t, Options{Root: root, Bodies: bodies, Watch: true, Settle: time.Hour})
	if s := <-got; !holds(one, t, bodies)(s) || !s.Complete || s.Version != "v1" {
		t.Fatalf("v1: %+v", s)
	}
	volume(t, root, "..2", with("v2", two))
	remove(t, root, "b.yaml")
	if s := never(t, got, "v2", unread, ofVersion("v2")); !holds(two, t, bodies)(s) || !s.Complete {
		t.Errorf("v2: %+v", s)
	}
}

// A change of nothing but the index is noticed.
func TestWatchNoticesTheIndex(t *testing.T) {
	root, bodies := t.TempDir(), newBodies(t)
	files := map[string]string{"a.yaml": "a"}
	write(t, root, "a.yaml", "a")
	_, got := start(t, Options{Root: root, Bodies: bodies, Watch: true})
	if s := <-got; s.Complete {
		t.Fatalf("without an index: %+v", s)
	}
	writeIndex(t, root, indexOf("v1", files))
	until(t, got, "the index", func(s *source.Snapshot) bool { return s.Complete && s.Version == "v1" })
	writeIndex(t, root, indexOf("v2", files))
	until(t, got, "another version of the same files", ofVersion("v2"))
}

// R39: a release that is written file by file is not reported as failing meanwhile.
func TestR39ReleaseThatIsBeingWritten(t *testing.T) {
	root, bodies := t.TempDir(), newBodies(t)
	two := map[string]string{"a.yaml": "a2", "b.yaml": "b2"}
	write(t, root, "a.yaml", "a1")
	writeIndex(t, root, indexOf("v1", map[string]string{"a.yaml": "a1"}))
	source, got := start(t, Options{Root: root, Bodies: bodies})
	if s := <-got; s.Version != "v1" {
		t.Fatalf("v1: %+v", s)
	}
	remove(t, root, "perseid.index")
	for path, content := range two {
		source.Trigger(false)
		write(t, root, path, content)
	}
	writeIndex(t, root, indexOf("v2", two))
	s := <-got
	if !holds(two, t, bodies)(s) || !s.Complete || s.Version != "v2" {
		t.Errorf("the first snapshot after v1: %+v", s)
	}
}

// R39: a directory that stays other than its index says is failing, and recovers by itself.
func TestR39MismatchThatStays(t *testing.T) {
	root, bodies := t.TempDir(), newBodies(t)
	write(t, root, "a.yaml", "a1")
	x := indexOf("v1", map[string]string{"a.yaml": "a1"})
	writeIndex(t, root, x)
	_, got := start(t, Options{Root: root, Bodies: bodies, Watch: true})
	<-got
	write(t, root, "a.yaml", "a2")
	changed := time.Now()
	s := until(t, got, "failing", unread)
	if !failing(s, "a.yaml is not what perseid.index lists") || s.Settled {
		t.Errorf("%+v", s)
	}
	if waited := s.At.Sub(changed); waited < pace.Longest {
		t.Errorf("reported after %v, within the time a writer has", waited)
	}
	write(t, root, "a.yaml", "a1")
	if s := until(t, got, "recovery", ofVersion("v1")); !s.Complete || !holds(map[string]string{"a.yaml": "a1"}, t, bodies)(s) {
		t.Errorf("%+v", s)
	}
}

// R39: that there was an index outlives a restart, and an empty directory is then a failure; with documents it is a plain one that has
// to be quiet anew.
func TestR39IndexIsRemembered(t *testing.T) {
	root, bodies, memory := t.TempDir(), newBodies(t), &text{}
	write(t, root, "a.yaml", "a")
	writeIndex(t, root, indexOf("", map[string]string{"a.yaml": "a"}))
	o := New(Options{Root: root, Bodies: bodies, Memory: memory}).o
	var last *source.Snapshot
	list := func(r *run) *source.Snapshot {
		r.list(t.Context(), true)
		r.doubt = r.doubt.Add(-pace.Longest) // as if the time a writer has were over
		r.list(t.Context(), true)
		return last
	}
	restart := func() *run { return newRun(New(o), func(s *source.Snapshot) { last = s }) }
	if s := list(restart()); !s.Complete {
		t.Fatalf("%+v", s)
	}
	r := restart()
	list(r)
	r.quiet.settle = time.Hour // what was settled stays so
	remove(t, root, source.IndexName)
	if s := list(r); len(s.Files) != 1 || s.Complete || s.Settled || len(s.Notes) != 1 || !strings.Contains(s.Notes[0].Reason, "unindexed") {
		t.Errorf("the index is gone: %+v", s)
	}
	remove(t, root, "a.yaml")
	if s := list(restart()); !failing(s, "though it had files before") {
		t.Errorf("everything is gone: %+v", s)
	}
}
