package mirror

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestPlaces(t *testing.T) {
	base, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	root, also, other := filepath.Join(base, "root"), filepath.Join(base, "also"), filepath.Join(base, "other")
	script := filepath.Join(other, "script.sh")
	strict := Options{Root: root, Allowed: []string{also}, Protected: []string{script}}
	open := strict
	open.Anywhere = true
	for _, c := range []struct {
		path         string
		strict, open bool
	}{
		{root + "/a.json", true, true},
		{root + "/deep/er/a.json", true, true},
		{also + "/a.json", true, true},
		{other + "/a.json", false, true},
		{root + "er/a.json", false, true},
		{root, false, true}, // a file in the place of the root: the root is a directory, so it fails later
		{root + "/../other/a.json", false, false},
		{"relative/a.json", false, false},
		{"", false, false},
		{root + "/perseid.index", false, false},
		{root + "/.perseid-staged-x", false, false},
		{"/proc/self/mem", false, false},
		{"/dev/sda", false, false},
		{script, false, false},
	} {
		for name, try := range map[string]struct {
			o    *Options
			want bool
		}{"strict": {&strict, c.strict}, "open": {&open, c.open}} {
			o := *try.o
			o.Index = filepath.Join(root, "perseid.index")
			_, _, err := o.tree(c.path)
			if (err == nil) != try.want || err != nil && !errors.Is(err, ErrRefused) {
				t.Errorf("%s, %s: %v", c.path, name, err)
			}
		}
	}
}

// Links in the directory lead no write out of it, and a link in the place of a file is replaced, not followed.
func TestLinksDoNotLeadOut(t *testing.T) {
	outside := t.TempDir()
	w := newWorld(t, Options{})
	for name, to := range map[string]string{"out": outside, "file.txt": filepath.Join(outside, "file.txt")} {
		if err := os.Symlink(to, filepath.Join(w.o.Root, name)); err != nil {
			t.Fatal(err)
		}
	}
	r := w.Apply(Wanted{Claims: w.files("1 out/a.json A", "1 file.txt F")})
	if r.Changes[0].Err != nil && r.Changes[1].Err != nil || r.Changes[0].Err == nil && r.Changes[1].Err == nil {
		t.Errorf("%+v", r.Changes)
	}
	if got := tree(t, outside); len(got) != 0 {
		t.Errorf("written outside: %v", got)
	}
	if info, err := os.Lstat(filepath.Join(w.o.Root, "file.txt")); err != nil || !info.Mode().IsRegular() {
		t.Errorf("file.txt: %v, %v", info, err)
	}
}

// With everything allowed, a link is no way around what is protected.
func TestProtectedThroughALink(t *testing.T) {
	opt := t.TempDir()
	w := newWorld(t, Options{Anywhere: true, Protected: []string{filepath.Join(opt, "script.sh")}})
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(opt, link); err != nil {
		t.Fatal(err)
	}
	r := w.Apply(Wanted{Claims: w.files("1 " + link + "/script.sh evil")})
	if len(r.Changes) != 1 || !errors.Is(r.Changes[0].Err, ErrRefused) {
		t.Errorf("%+v", r.Changes)
	}
}

// What is staged on one file system is copied to another.
func TestAnotherFileSystem(t *testing.T) {
	far, err := os.MkdirTemp("/dev/shm", "perseid")
	if err != nil {
		t.Skip("there is no second file system to try it on")
	}
	t.Cleanup(func() { os.RemoveAll(far) })
	w := newWorld(t, Options{Root: far, Stage: t.TempDir()})
	w.apply("1 a.json A")
	w.apply("1 a.json B")
	w.holds(map[string]string{"a.json": "B"})
}

func TestManyStagedFiles(t *testing.T) {
	w := newWorld(t, Options{})
	w.anonymous = maxAnonymous // as if so many were staged: the next have names
	w.apply("1 a.json A")
	w.apply("1 a.json B", "1 sub/c.json C")
	w.holds(map[string]string{"a.json": "B", "sub/c.json": "C"})
	w.files("1 left.json behind")
	if got := tree(t, w.o.Root); len(got) != 3 {
		t.Errorf("no staged file has a name: %v", got)
	}
	w.open()
	w.apply("1 a.json B", "1 sub/c.json C")
	w.holds(map[string]string{"a.json": "B", "sub/c.json": "C"})
}
