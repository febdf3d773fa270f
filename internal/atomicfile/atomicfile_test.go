package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var errBroken = errors.New("broken")

// steps in the order of a write; the new content is visible only after the rename.
var steps = []string{StepCreate, StepWrite, StepSync, StepRename, StepSyncDir}

func TestWrite(t *testing.T) {
	stage := t.TempDir()
	tests := map[string]struct {
		options Options
		before  string
		mode    fs.FileMode
	}{
		"new file":               {mode: 0o600},
		"replaced file":          {before: "old", mode: 0o600},
		"mode despite the umask": {options: Options{Mode: 0o666}, before: "old", mode: 0o666},
		"staged elsewhere":       {options: Options{Stage: stage, Mode: 0o640}, mode: 0o640},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "x.yaml")
			if test.before != "" {
				mustWrite(t, path, test.before)
			}
			if err := Write(path, []byte("new"), test.options); err != nil {
				t.Fatal(err)
			}
			if got := read(t, path); got != "new" {
				t.Errorf("content is %q", got)
			}
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if info.Mode().Perm() != test.mode {
				t.Errorf("mode is %v, want %v", info.Mode().Perm(), test.mode)
			}
			wantNames(t, dir, "x.yaml")
			wantNames(t, stage)
		})
	}
}

func TestWriteReplacesASymbolicLinkItself(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "target"), filepath.Join(dir, "link")
	mustWrite(t, target, "old")
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	if err := Write(link, []byte("new"), Options{}); err != nil {
		t.Fatal(err)
	}
	if read(t, target) != "old" || read(t, link) != "new" {
		t.Errorf("target %q, link %q", read(t, target), read(t, link))
	}
}

// A step that fails leaves no staged file, names itself and the file, and the content is the old or the new, never a part.
func TestWriteFailsAtEachStep(t *testing.T) {
	for _, failing := range steps {
		t.Run(failing, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "x.yaml")
			mustWrite(t, path, "old")
			err := failAt(failing).Write(path, []byte("new"), Options{})
			if !errors.Is(err, errBroken) {
				t.Fatalf("error is %v", err)
			}
			if want := "write " + path + ": " + failing + ": broken"; err.Error() != want {
				t.Errorf("error is %q, want %q", err, want)
			}
			wantNames(t, dir, "x.yaml")
			want := "old"
			if failing == StepSyncDir {
				want = "new"
			}
			if got := read(t, path); got != want {
				t.Errorf("content is %q, want %q", got, want)
			}
		})
	}
}

// A process that dies at any step leaves the old content or the new, and beside it at most a file that IsStaged knows;
// the next write works.
func TestWriteDiesAtEachStep(t *testing.T) {
	for _, dying := range steps {
		t.Run(dying, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "x.yaml")
			mustWrite(t, path, "old")
			dieAt(t, dying, path)
			if got := read(t, path); got != "old" && got != "new" {
				t.Errorf("content is %q", got)
			}
			for _, name := range names(t, dir) {
				if name != "x.yaml" && (!IsStaged(name) || filepath.Ext(strings.TrimPrefix(name, ".")) != "") {
					t.Errorf("%s is left behind under a name that a reader may take", name)
				}
			}
			if err := Write(path, []byte("newer"), Options{}); err != nil {
				t.Fatal(err)
			}
			if got := read(t, path); got != "newer" {
				t.Errorf("content after another write is %q", got)
			}
		})
	}
}

func TestWriteWithoutItsDirectory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "missing", "x.yaml")
	err := Write(path, nil, Options{})
	if !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("error is %v", err)
	}
	if want := "write " + path + ": create: no such file or directory"; err.Error() != want {
		t.Errorf("error is %q, want %q", err, want)
	}
}

func TestRemove(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.yaml")
	mustWrite(t, path, "old")
	if err := Remove(path); err != nil {
		t.Fatal(err)
	}
	wantNames(t, dir)
	if err := Remove(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("second removal: %v", err)
	}
}

func failAt(failing string) Disk {
	return func(step, _ string) error {
		if step == failing {
			return errBroken
		}
		return nil
	}
}

// dieAt has a disk do nothing more from a step on, not even what an error is followed by.
func dieAt(t *testing.T, dying, path string) {
	t.Helper()
	dead := false
	disk := Disk(func(step, _ string) error {
		dead = dead || step == dying
		if dead {
			return errBroken
		}
		return nil
	})
	if err := disk.Write(path, []byte("new"), Options{}); !errors.Is(err, errBroken) {
		t.Errorf("the write did not reach %q: %v", dying, err)
	}
}

func mustWrite(t *testing.T, path, data string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func wantNames(t *testing.T, dir string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, names(t, dir)); diff != "" {
		t.Errorf("files of the directory (-want +got):\n%s", diff)
	}
}
