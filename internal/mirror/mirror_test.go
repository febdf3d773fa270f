package mirror

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/perseid-dev/perseid/internal/source"
)

func TestApply(t *testing.T) {
	w := newWorld(t, Options{})
	w.write("theirs.txt", "theirs")
	w.apply("1 a.json A", "1 sub/b.json B")
	w.holds(map[string]string{"a.json": "A", "sub/b.json": "B", "theirs.txt": "theirs"})
	r := w.apply("1 a.json A2", "1 sub/b.json B", "1 c.json B")
	if diff := cmp.Diff([]string{"write a.json", "write c.json"}, told(w, r)); diff != "" {
		t.Error(diff)
	}
	w.holds(map[string]string{"a.json": "A2", "sub/b.json": "B", "c.json": "B", "theirs.txt": "theirs"})
	r = w.apply("1 c2.json B")
	if diff := cmp.Diff([]string{"write c2.json", "remove a.json", "remove c.json", "remove sub/b.json"}, told(w, r)); diff != "" {
		t.Error(diff)
	}
	w.holds(map[string]string{"c2.json": "B", "theirs.txt": "theirs"})
}

func TestUnchangedIsNotTouched(t *testing.T) {
	w := newWorld(t, Options{})
	w.apply("1 a.json A")
	stat := func() (infos [2]os.FileInfo) {
		for i, name := range []string{"a.json", source.IndexName} {
			info, err := os.Stat(filepath.Join(w.o.Root, name))
			if err != nil {
				t.Fatal(err)
			}
			infos[i] = info
		}
		return infos
	}
	before := stat()
	w.open()
	if r := w.apply("1 a.json A"); len(r.Changes) > 0 {
		t.Errorf("changed: %v", told(w, r))
	}
	for i, after := range stat() {
		if !os.SameFile(before[i], after) || after.ModTime() != before[i].ModTime() {
			t.Errorf("%s was touched", after.Name())
		}
	}
}

// R8: the oldest claim has the path whatever the order; when it goes, the next one's content returns.
func TestR8TwoClaims(t *testing.T) {
	w := newWorld(t, Options{})
	for range 3 {
		r := w.apply("2 a.json younger", "1 a.json older")
		want := []Shadowed{{Path: filepath.Join(w.o.Root, "a.json"), Origin: "ns/configmap/2:a.json", Other: "ns/configmap/1:a.json"}}
		if diff := cmp.Diff(want, r.Shadowed); diff != "" {
			t.Error(diff)
		}
		w.holds(map[string]string{"a.json": "older"})
	}
	w.apply("2 a.json younger")
	w.holds(map[string]string{"a.json": "younger"})
}

func TestMissingBytesLeaveTheOldFile(t *testing.T) {
	w := newWorld(t, Options{})
	w.apply("1 a.json A")
	claims := w.files("1 a.json B")
	for range 2 * staleAfter { // nobody asks for it for so long that it is dropped
		w.Check()
	}
	r := w.Apply(Wanted{Claims: claims})
	if len(r.Changes) != 1 || !errors.Is(r.Changes[0].Err, ErrMissing) {
		t.Errorf("%+v", r.Changes)
	}
	w.holds(map[string]string{"a.json": "A"})
	w.apply("1 a.json B")
	w.holds(map[string]string{"a.json": "B"})
}

func TestForeignFiles(t *testing.T) {
	w := newWorld(t, Options{})
	w.write("same.json", "S")
	w.write("other.json", "theirs")
	r := w.apply("1 same.json S", "1 other.json O")
	if diff := cmp.Diff([]string{"write other.json, taken over"}, told(w, r)); diff != "" {
		t.Error(diff)
	}
	w.write("late.txt", "theirs")
	w.apply()
	w.holds(map[string]string{"late.txt": "theirs"})
}

func TestOrphansOfAnEarlierLife(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "far/out.txt")
	w := newWorld(t, Options{Anywhere: true})
	w.apply("1 a.json A", "1 b.json B", "1 edited.json E", "1 "+outside+" O")
	w.write("edited.json", "changed by somebody")
	w.open()
	w.Apply(Wanted{Keep: func(origin string) bool { return origin == "ns/configmap/1:b.json" }})
	w.holds(map[string]string{"b.json": "B", "edited.json": "changed by somebody"})
	if _, err := os.Stat(outside); err == nil {
		t.Error("the file outside is still there")
	}
	w.apply()
	w.holds(map[string]string{"edited.json": "changed by somebody"})
}

func TestIndexOfAnotherLabelClearsNothing(t *testing.T) {
	w := newWorld(t, Options{Label: "one"})
	w.apply("1 a.json A")
	w.o.Label = "two"
	w.open()
	w.apply("1 b.json B")
	w.holds(map[string]string{"a.json": "A", "b.json": "B"})
}

func TestSharedDirectory(t *testing.T) {
	w := newWorld(t, Options{})
	w.apply("1 a.json A")
	second, err := Open(w.o)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	other := &world{T: t, o: w.o, Mirror: second}
	other.apply("1 b.json B")
	w.holds(map[string]string{"a.json": "A", "b.json": "B"})
	if x := w.indexed(); len(x.Files) != 1 {
		t.Errorf("the second mirror wrote the index: %+v", x)
	}
}

// R38: the index tells each file's origin, and that nothing is missing.
func TestR38Index(t *testing.T) {
	w := newWorld(t, Options{Label: "perses.dev/resource=true"})
	w.apply("1 sub/a.json A")
	want := source.Index{Format: source.IndexFormat, Complete: true, Label: "perses.dev/resource=true", Files: []source.IndexFile{
		{Path: "sub/a.json", Digest: source.DigestOf([]byte("A")), Size: 1, Origin: "ns/configmap/1:a.json"},
	}}
	if diff := cmp.Diff(want, w.indexed()); diff != "" {
		t.Error(diff)
	}
	w.Apply(Wanted{Claims: w.files("1 sub/a.json A"), Complete: false})
	if w.indexed().Complete {
		t.Error("complete although not everything was read")
	}
}

func TestEditedFilesComeBack(t *testing.T) {
	w := newWorld(t, Options{})
	w.apply("1 a.json A", "1 b.json B")
	if n := w.Check(); n != 0 {
		t.Errorf("%d files changed by themselves", n)
	}
	w.write("a.json", "edited")
	if err := os.Remove(filepath.Join(w.o.Root, "b.json")); err != nil {
		t.Fatal(err)
	}
	if n := w.Check(); n != 2 {
		t.Errorf("%d files changed, expected 2", n)
	}
	r := w.apply("1 a.json A", "1 b.json B")
	if diff := cmp.Diff([]string{"write a.json", "write b.json"}, told(w, r)); diff != "" {
		t.Error(diff)
	}
	w.holds(map[string]string{"a.json": "A", "b.json": "B"})
}

func TestMode(t *testing.T) {
	w := newWorld(t, Options{Mode: 0o440})
	for _, content := range []string{"A", "B"} {
		w.apply("1 a.json " + content)
		info, err := os.Stat(filepath.Join(w.o.Root, "a.json"))
		if err != nil || info.Mode() != 0o440 {
			t.Errorf("mode %v, %v", info.Mode(), err)
		}
	}
	w.holds(map[string]string{"a.json": "B"})
}

// A full disk leaves the old file, and the next attempt succeeds.
func TestDiskFull(t *testing.T) {
	w := newWorld(t, Options{})
	w.apply("1 a.json A")
	full := true
	w.Mirror.o.Hook = func(step string) error {
		if full && step != "write files" {
			return &os.PathError{Op: "write", Path: "staged", Err: unix.ENOSPC}
		}
		return nil
	}
	if err := w.Put(source.DigestOf([]byte("B")), []byte("B"), false); !errors.Is(err, unix.ENOSPC) {
		t.Errorf("%v", err)
	}
	full = false
	claims := w.files("1 a.json B")
	full = true
	if r := w.Apply(Wanted{Claims: claims}); len(r.Changes) != 1 || !errors.Is(r.Changes[0].Err, unix.ENOSPC) {
		t.Errorf("%+v", r)
	}
	w.holds(map[string]string{"a.json": "A"})
	full = false
	w.apply("1 a.json B")
	w.holds(map[string]string{"a.json": "B"})
}
