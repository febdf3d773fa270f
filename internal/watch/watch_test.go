package watch

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

// patience is how long a test waits for what must happen.
const patience = 20 * time.Second

type step struct {
	name string
	do   func(t *testing.T, base string)
}

// hinted waits for a hint.
func hinted(t *testing.T, w *Watcher, what string) {
	t.Helper()
	select {
	case <-w.Hints():
	case <-time.After(patience):
		t.Fatalf("no hint after: %s", what)
	}
}

// calmDown takes what hints are still on their way: nothing for a while longer than directories are waited for.
func calmDown(w *Watcher) {
	for {
		select {
		case <-w.Hints():
		case <-time.After(3 * settleDirectories):
			return
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func mkdir(path string) func(*testing.T, string) {
	return func(t *testing.T, base string) { must(t, os.MkdirAll(filepath.Join(base, path), 0o755)) }
}

func write(path string) func(*testing.T, string) {
	return func(t *testing.T, base string) { must(t, os.WriteFile(filepath.Join(base, path), []byte(path), 0o644)) }
}

func rename(from, to string) func(*testing.T, string) {
	return func(t *testing.T, base string) {
		must(t, os.Rename(filepath.Join(base, from), filepath.Join(base, to)))
	}
}

func remove(path string) func(*testing.T, string) {
	return func(t *testing.T, base string) { must(t, os.RemoveAll(filepath.Join(base, path))) }
}

func link(target, path string) func(*testing.T, string) {
	return func(t *testing.T, base string) { must(t, os.Symlink(target, filepath.Join(base, path))) }
}

// each step of a story is hinted when all before it have been taken.
func TestHints(t *testing.T) {
	tests := map[string]struct {
		root   string
		before []func(*testing.T, string)
		steps  []step
	}{
		"files": {
			root: "root", before: []func(*testing.T, string){mkdir("root/sub")},
			steps: []step{
				{"new file", write("root/a")}, {"written", write("root/a")}, {"renamed", rename("root/a", "root/b")},
				{"in a directory", write("root/sub/c")}, {"removed", remove("root/sub/c")},
			},
		},
		"directories": {
			root: "root", before: []func(*testing.T, string){mkdir("root")},
			steps: []step{
				{"new directories", mkdir("root/x/y/z")}, {"file in them", write("root/x/y/z/a")},
				{"renamed", rename("root/x", "root/w")}, {"file in the renamed", write("root/w/y/z/b")},
				{"removed", remove("root/w")}, {"made again", mkdir("root/w")}, {"file in it", write("root/w/c")},
			},
		},
		"exchanged directories": {
			root: "root", before: []func(*testing.T, string){mkdir("root/a/in"), mkdir("root/b/in")},
			steps: []step{
				{"away", rename("root/a", "root/c")}, {"over", rename("root/b", "root/a")}, {"back", rename("root/c", "root/b")},
				{"in a", write("root/a/in/f")}, {"in b", write("root/b/in/f")},
			},
		},
		"root that comes and goes": {
			root: "up/root", before: []func(*testing.T, string){mkdir(".")},
			steps: []step{
				{"parent", mkdir("up")}, {"root", mkdir("up/root")}, {"file", write("up/root/a")},
				{"moved away", rename("up/root", "up/old")}, {"another", mkdir("up/root")}, {"file in it", write("up/root/b")},
				{"removed", remove("up")}, {"all again", mkdir("up/root/sub")}, {"file in sub", write("up/root/sub/c")},
			},
		},
		"linked root": {
			root: "current/sub", before: []func(*testing.T, string){mkdir("v1/sub"), mkdir("v2/sub"), link("v1", "current")},
			steps: []step{
				{"file", write("v1/sub/a")},
				{"swapped", func(t *testing.T, base string) { link("v2", "next")(t, base); rename("next", "current")(t, base) }},
				{"file in the new", write("v2/sub/a")},
			},
		},
		"link inside": {
			root: "root", before: []func(*testing.T, string){mkdir("root/..1"), link("..1", "root/..data")},
			steps: []step{{"in what it leads to", write("root/..1/a")}, {"link removed", remove("root/..data")}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base := t.TempDir()
			for _, f := range test.before {
				f(t, base)
			}
			w := Tree(Options{Root: filepath.Join(base, test.root)})
			defer w.Close()
			for _, s := range test.steps {
				s.do(t, base)
				hinted(t, w, s.name)
				calmDown(w)
			}
		})
	}
}

// What is no change of the tree is not hinted: a later change is what ends the silence.
func TestSilence(t *testing.T) {
	base := t.TempDir()
	for _, f := range []func(*testing.T, string){mkdir("root/.git"), mkdir("real"), write("root/a"), link("real", "link")} {
		f(t, base)
	}
	w := Tree(Options{Root: filepath.Join(base, "root"), Skip: func(name string) bool { return name == ".git" }})
	defer w.Close()
	write("root/.git/index")(t, base)
	write("beside")(t, base)
	must(t, os.Chmod(filepath.Join(base, "root/a"), 0o600))
	select {
	case <-w.Hints():
		t.Error("a hint without a change")
	case <-time.After(3 * settleDirectories):
	}
	write("root/a")(t, base)
	hinted(t, w, "a change")
}

// A tree beyond the limits is looked at by the clock, and the log says so once, and when it is over.
func TestDegraded(t *testing.T) {
	var log lines
	root := t.TempDir()
	w := newWatcher(Options{Root: root, Poll: time.Millisecond, Log: slog.New(slog.NewTextHandler(&log, nil))})
	w.degrade(fsnotify.ErrEventOverflow)
	w.degrade(fsnotify.ErrEventOverflow)
	if got := log.count("WARN"); got != 1 {
		t.Errorf("%d warnings, want 1", got)
	}
	w.start()
	defer w.Close()
	hinted(t, w, "a degraded start")
	for deadline := time.Now().Add(patience); log.count("INFO") == 0; {
		if time.Now().After(deadline) {
			t.Fatal("it never recovered")
		}
		select {
		case <-w.Hints():
		case <-time.After(time.Millisecond):
		}
	}
	calmDown(w)
	write("a")(t, root)
	hinted(t, w, "a change after the recovery")
}

type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) { l.mu.Lock(); defer l.mu.Unlock(); return l.b.Write(p) }

func (l *lines) count(level string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Count(l.b.Bytes(), []byte("level="+level))
}
