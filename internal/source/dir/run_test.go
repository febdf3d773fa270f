package dir

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/objects"
	"github.com/perseid-dev/perseid/internal/source"
)

// patience is how long a test waits for what must happen.
const patience = 20 * time.Second

func newBodies(t testing.TB) *objects.Store {
	t.Helper()
	s, err := objects.Open(filepath.Join(t.TempDir(), "objects"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// text is a Memory in memory.
type text struct {
	mu    sync.Mutex
	data  []byte
	saves int
}

func (m *text) Load() ([]byte, error) { m.mu.Lock(); defer m.mu.Unlock(); return m.data, nil }

func (m *text) Save(b []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.data, m.saves = b, m.saves+1
	return nil
}

// start runs a source until the test ends.
func start(t testing.TB, o Options) (*Source, <-chan *source.Snapshot) {
	t.Helper()
	o.Name = "dir:test"
	s := New(o)
	ctx, cancel := context.WithCancel(context.Background())
	got, done := make(chan *source.Snapshot, 1000), make(chan error, 1)
	go func() { done <- s.Run(ctx, func(snap *source.Snapshot) { got <- snap }) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run ended with %v", err)
		}
	})
	return s, got
}

// until waits for a snapshot that satisfies want.
func until(t testing.TB, got <-chan *source.Snapshot, what string, want func(*source.Snapshot) bool) *source.Snapshot {
	t.Helper()
	deadline := time.After(patience)
	var last *source.Snapshot
	for {
		select {
		case last = <-got:
			if want(last) {
				return last
			}
		case <-deadline:
			t.Fatalf("no snapshot with %s; the last is %+v", what, last)
		}
	}
}

func write(t testing.TB, root, path, content string) {
	t.Helper()
	full := filepath.Join(root, path)
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func symlink(t testing.TB, root, target, path string) {
	t.Helper()
	full := filepath.Join(root, path)
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, full); err != nil {
		t.Fatal(err)
	}
}

// contents are the bytes of a snapshot's files by path, taken from the bodies.
func contents(t testing.TB, b source.Bodies, s *source.Snapshot) map[string]string {
	t.Helper()
	m := map[string]string{}
	for _, f := range s.Files {
		data, err := b.Open(f.Digest)
		if err != nil {
			t.Fatal(err)
		}
		if int64(len(data)) != f.Size {
			t.Errorf("%s: size %d, but %d bytes", f.Path, f.Size, len(data))
		}
		m[f.Path] = string(data)
	}
	return m
}

func holds(want map[string]string, t testing.TB, b source.Bodies) func(*source.Snapshot) bool {
	return func(s *source.Snapshot) bool { return cmp.Equal(contents(t, b, s), want) }
}

func TestFollowsTree(t *testing.T) {
	root, bodies := t.TempDir(), newBodies(t)
	write(t, root, "a.yaml", "a1")
	_, got := start(t, Options{Root: root, Bodies: bodies, Watch: true})
	until(t, got, "the first file", holds(map[string]string{"a.yaml": "a1"}, t, bodies))

	write(t, root, "team/deep/b.json", "b1")
	s := until(t, got, "a file in new directories", holds(map[string]string{"a.yaml": "a1", "team/deep/b.json": "b1"}, t, bodies))
	if want := root + "/team/deep/b.json"; s.Files[1].Origin != want {
		t.Errorf("origin is %s, want %s", s.Files[1].Origin, want)
	}
	write(t, root, "team/deep/b.json", "b2")
	next := until(t, got, "a changed file", holds(map[string]string{"a.yaml": "a1", "team/deep/b.json": "b2"}, t, bodies))
	if next.Revision == s.Revision {
		t.Error("the revision of other content is the same")
	}
	if err := os.Rename(filepath.Join(root, "team"), filepath.Join(root, "crew")); err != nil {
		t.Fatal(err)
	}
	until(t, got, "a renamed directory", holds(map[string]string{"a.yaml": "a1", "crew/deep/b.json": "b2"}, t, bodies))
	write(t, root, "crew/deep/c.yml", "c")
	until(t, got, "a file in the renamed directory", holds(map[string]string{"a.yaml": "a1", "crew/deep/b.json": "b2", "crew/deep/c.yml": "c"}, t, bodies))
	if err := os.RemoveAll(filepath.Join(root, "crew")); err != nil {
		t.Fatal(err)
	}
	until(t, got, "a removed directory", holds(map[string]string{"a.yaml": "a1"}, t, bodies))
}

// R16: a root that is missing is an unread scope that covers everything, and no absence.
func TestMissingRoot(t *testing.T) {
	root, bodies := filepath.Join(t.TempDir(), "not", "yet"), newBodies(t)
	_, got := start(t, Options{Root: root, Bodies: bodies, Watch: true})
	lost := func(s *source.Snapshot) bool { return len(s.Files) == 0 && s.Unreadable("a.yaml") && !s.Settled }
	until(t, got, "everything unread", lost)
	write(t, root, "a.yaml", "a")
	back := until(t, got, "the file", holds(map[string]string{"a.yaml": "a"}, t, bodies))
	if len(back.Unread) > 0 || !back.Settled {
		t.Errorf("the root is there, but unread %v, settled %v", back.Unread, back.Settled)
	}
	if err := os.Rename(root, root+".away"); err != nil {
		t.Fatal(err)
	}
	until(t, got, "everything unread again", lost)
	write(t, filepath.Dir(root), "yet", "a file in place of the directory")
	s := until(t, got, "a reason", func(s *source.Snapshot) bool { return lost(s) && s.Unread[0].Reason == "not a directory" })
	if s.Unread[0].Prefix != "" {
		t.Errorf("prefix is %q", s.Unread[0].Prefix)
	}
}

// A root that is a link, as git-sync makes it, is followed from release to release.
func TestRootLinkSwapped(t *testing.T) {
	base, bodies := t.TempDir(), newBodies(t)
	write(t, base, "v1/sub/a.yaml", "one")
	write(t, base, "v2/sub/a.yaml", "two")
	symlink(t, base, "v1", "current")
	root := filepath.Join(base, "current", "sub")
	_, got := start(t, Options{Root: root, Bodies: bodies, Watch: true})
	s := until(t, got, "v1", holds(map[string]string{"a.yaml": "one"}, t, bodies))
	if want := root + "/a.yaml"; s.Files[0].Origin != want {
		t.Errorf("origin is %s, want %s", s.Files[0].Origin, want)
	}
	symlink(t, base, "v2", "next")
	if err := os.Rename(filepath.Join(base, "next"), filepath.Join(base, "current")); err != nil {
		t.Fatal(err)
	}
	s = until(t, got, "v2", holds(map[string]string{"a.yaml": "two"}, t, bodies))
	if !s.Settled {
		t.Error("a release through a link unsettled the source")
	}
	write(t, base, "v2/sub/b.yaml", "b")
	until(t, got, "a file in v2", holds(map[string]string{"a.yaml": "two", "b.yaml": "b"}, t, bodies))
}

// R15: the source is settled when its tree was quiet for long enough, and says so without a change.
func TestSettles(t *testing.T) {
	root, bodies := t.TempDir(), newBodies(t)
	write(t, root, "a.yaml", "a")
	const settle = 300 * time.Millisecond
	began := time.Now()
	_, got := start(t, Options{Root: root, Bodies: bodies, Settle: settle})
	if first := <-got; first.Settled || len(first.Files) != 1 {
		t.Errorf("first snapshot: %+v", first)
	}
	s := <-got
	if !s.Settled || s.At.Sub(began) < settle {
		t.Errorf("second snapshot after %v: %+v", s.At.Sub(began), s)
	}
}

func TestTrigger(t *testing.T) {
	root, bodies := t.TempDir(), newBodies(t)
	write(t, root, "a.yaml", "a")
	s, got := start(t, Options{Root: root, Bodies: bodies})
	first := <-got
	s.Trigger(false)
	if second := <-got; second.Revision != first.Revision {
		t.Errorf("revision went from %s to %s", first.Revision, second.Revision)
	}
	write(t, root, "b.yaml", "b")
	s.Trigger(true)
	if third := <-got; len(third.Files) != 2 {
		t.Errorf("%d files, want 2", len(third.Files))
	}
}

func TestInterval(t *testing.T) {
	root, bodies := t.TempDir(), newBodies(t)
	_, got := start(t, Options{Root: root, Bodies: bodies, Interval: 20 * time.Millisecond})
	for range 3 {
		<-got
	}
	write(t, root, "a.yaml", "a")
	until(t, got, "the file", holds(map[string]string{"a.yaml": "a"}, t, bodies))
}
