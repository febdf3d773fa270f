package dir

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/objects"
	"github.com/perseid-dev/perseid/internal/source"
)

// R5: a file that was written in place, slowly, is not handed over as it was in between.
func TestSlowWriter(t *testing.T) {
	root, bodies := t.TempDir(), newBodies(t)
	path := filepath.Join(root, "a.yaml")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	stop, done := make(chan struct{}), make(chan error, 1)
	go func() { // writes every few milliseconds, so that the file never looks still
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				done <- nil
				return
			case <-tick.C:
				if _, err := f.WriteString("x"); err != nil {
					done <- err
					return
				}
			}
		}
	}()
	s := once(t, root, bodies)
	for deadline := time.Now().Add(patience); len(s.unread) == 0 && time.Now().Before(deadline); {
		s = once(t, root, bodies) // a busy machine stopped the writer for long enough
	}
	close(stop)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if len(s.files) != 0 || len(s.unread) != 1 || s.unread[0].Prefix != "a.yaml" || !s.transient {
		t.Errorf("while it was written: files %v, unread %v", s.files, s.unread)
	}
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	s = once(t, root, bodies)
	if len(s.files) != 1 || s.files[0].Size != info.Size() {
		t.Errorf("afterwards: files %v, unread %v", s.files, s.unread)
	}
}

// R5: a change between the two looks at a file is noticed, whatever it is.
func TestSteady(t *testing.T) {
	tests := map[string]struct {
		after func(path string) error
		still bool
	}{
		"nothing":         {after: func(string) error { return nil }, still: true},
		"longer":          {after: func(path string) error { return os.WriteFile(path, []byte("longer content"), 0o600) }},
		"the same length": {after: func(path string) error { return os.WriteFile(path, []byte("CONTENT"), 0o600) }},
		"cut and restored": {after: func(path string) error {
			return errors.Join(os.Truncate(path, 0), os.WriteFile(path, []byte("content"), 0o600))
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a.yaml")
			write(t, filepath.Dir(path), "a.yaml", "content")
			old := time.Now().Add(-time.Hour)
			if err := os.Chtimes(path, old, old); err != nil {
				t.Fatal(err)
			}
			f, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			st, err := fstat(f)
			if err != nil {
				t.Fatal(err)
			}
			_, still, err := steady(f, printOf(st), func(f *os.File, size int64) ([]byte, error) {
				data, err := readAll(f, size)
				return data, errors.Join(err, test.after(path))
			})
			if err != nil || still != test.still {
				t.Errorf("still %v, %v; want %v", still, err, test.still)
			}
		})
	}
	f, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	st, err := fstat(f)
	if err != nil {
		t.Fatal(err)
	}
	if _, still, _ := steady(f, printOf(st), func(*os.File, int64) ([]byte, error) { return []byte("more"), nil }); still {
		t.Error("more bytes than its size is not noticed")
	}
}

func TestWait(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	ms := time.Millisecond
	tests := []struct{ mtime, ctime, want time.Duration }{
		{-time.Hour, -time.Hour, 0},
		{-50 * ms, -50 * ms, 0},
		{-time.Hour, -20 * ms, 30 * ms},
		{-10 * ms, -20 * ms, 40 * ms},
		{10 * ms, 10 * ms, 60 * ms},
		{time.Hour, time.Hour, 0}, // a server's clock that is ahead
	}
	for _, test := range tests {
		f := fingerprint{Mtime: now.Add(test.mtime).UnixNano(), Ctime: now.Add(test.ctime).UnixNano()}
		if got := max(f.wait(now), 0); got != test.want {
			t.Errorf("mtime %v, ctime %v: wait %v, want %v", test.mtime, test.ctime, got, test.want)
		}
	}
}

// A restart with the memory of the last run reads nothing that did not change, whatever its size and mtime say.
func TestMemory(t *testing.T) {
	root, bodies, memory := t.TempDir(), newBodies(t), &text{}
	for _, name := range []string{"a.yaml", "b.yaml", "c.yaml"} {
		write(t, root, name, name)
	}
	o := New(Options{Name: "dir:test", Root: root, Bodies: bodies, Memory: memory}).o
	reads := func() int {
		r := newRun(New(o), nil)
		l := r.consistent(context.Background(), false)
		r.remember(l)
		r.save()
		return l.reads
	}
	if got := reads(); got != 3 {
		t.Errorf("first start read %d files", got)
	}
	saves := memory.saves
	if got := reads(); got != 0 || memory.saves != saves {
		t.Errorf("second start read %d files and saved %d times", got, memory.saves-saves)
	}
	info, err := os.Stat(filepath.Join(root, "b.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, root, "b.yaml", "B.yaml") // the same size, and the same mtime
	if err := os.Chtimes(filepath.Join(root, "b.yaml"), info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	if got := reads(); got != 1 {
		t.Errorf("after a hidden change %d files were read", got)
	}
	o.Bodies = newBodies(t)
	if got := reads(); got != 3 {
		t.Errorf("with other bodies %d files were read, want 3", got)
	}
	memory.data = []byte(`{"version":1,"files":[`)
	if got := reads(); got != 3 {
		t.Errorf("with a damaged memory %d files were read", got)
	}
}

// Unchanged files are not opened: nobody notices that their bytes are gone.
func TestUnchangedIsNotOpened(t *testing.T) {
	root, bodies := t.TempDir(), newBodies(t)
	write(t, root, "a.yaml", "a")
	o := New(Options{Root: root, Bodies: bodies}).o
	first := list(context.Background(), o, memory{})
	known := memory{"a.yaml": {Print: first.known["a.yaml"].Print, Digest: put(t, bodies, "something else")}}
	if got := list(context.Background(), o, known); got.files[0].Digest != source.DigestOf([]byte("something else")) {
		t.Error("a file with a known fingerprint was read")
	}
	if got := list(context.Background(), o, memory{}); got.files[0].Digest != source.DigestOf([]byte("a")) {
		t.Error("a full listing believed a fingerprint")
	}
}

func put(t *testing.T, b source.Bodies, content string) source.Digest {
	t.Helper()
	d := source.DigestOf([]byte(content))
	if err := errors.Join(b.Put(d, []byte(content), false), b.Sync()); err != nil {
		t.Fatal(err)
	}
	return d
}

// full is a Bodies on a disk that is full; it stands before a real one for what it keeps.
type full struct {
	*objects.Store
	put, sync error
}

func (f full) Put(d source.Digest, data []byte, secret bool) error {
	if f.put != nil {
		return f.put
	}
	return f.Store.Put(d, data, secret)
}

func (f full) Sync() error { return errors.Join(f.sync, f.Store.Sync()) }

// R3: what cannot be kept is unread; what is kept already is listed all the same.
func TestFullDisk(t *testing.T) {
	noSpace := errors.New("no space left on device")
	for name, bodies := range map[string]full{"put": {put: noSpace}, "sync": {sync: noSpace}} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			write(t, root, "a.yaml", "a")
			bodies.Store = newBodies(t)
			o := New(Options{Root: root, Bodies: bodies.Store}).o
			known := list(context.Background(), o, memory{}).known
			write(t, root, "b.yaml", "b")
			o.Bodies = bodies
			l := list(context.Background(), o, known)
			if len(l.files) != 1 || l.files[0].Path != "a.yaml" {
				t.Errorf("files: %+v", l.files)
			}
			if len(l.unread) != 1 || l.unread[0].Prefix != "b.yaml" || !strings.Contains(l.unread[0].Reason, noSpace.Error()) {
				t.Errorf("unread: %+v", l.unread)
			}
			if !l.transient {
				t.Error("it is not tried again")
			}
		})
	}
}
