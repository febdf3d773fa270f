package mirror

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/source"
)

// world is a directory and its mirror.
type world struct {
	*testing.T
	o Options
	*Mirror
}

func newWorld(t *testing.T, o Options) *world {
	t.Helper()
	if o.Root == "" {
		o.Root = t.TempDir()
	}
	w := &world{T: t, o: o}
	w.open()
	return w
}

// open is a new life of the mirror; the last one ends without a word.
func (w *world) open() {
	w.Helper()
	if w.Mirror != nil {
		w.lock.Close()
	}
	m, err := Open(w.o)
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { m.Close() })
	w.Mirror = m
}

// files makes claims of "object path content": an object's number is its age and its name.
func (w *world) files(lines ...string) (claims []Claim) {
	w.Helper()
	for _, line := range lines {
		words := strings.SplitN(line, " ", 3)
		data := []byte(words[2])
		path := words[1]
		if !filepath.IsAbs(path) {
			path = filepath.Join(w.o.Root, path)
		}
		claims = append(claims, Claim{path, source.File{
			Origin: "ns/configmap/" + words[0] + ":" + filepath.Base(path), Digest: source.DigestOf(data), Size: int64(len(data)),
			Object: source.Object{Kind: "configmap", Namespace: "ns", Name: words[0], Created: int64(words[0][0])},
		}})
		if !w.Has(source.DigestOf(data)) {
			if err := w.Put(source.DigestOf(data), data, false); err != nil {
				w.Fatal(err)
			}
		}
	}
	if err := w.Sync(); err != nil {
		w.Fatal(err)
	}
	return claims
}

// apply applies such claims, and wants no error.
func (w *world) apply(lines ...string) Report {
	w.Helper()
	r := w.Apply(Wanted{Claims: w.files(lines...), Complete: true})
	for _, c := range r.Changes {
		if c.Err != nil {
			w.Error(c.Err)
		}
	}
	if r.IndexErr != nil {
		w.Error(r.IndexErr)
	}
	return r
}

// holds wants exactly these files below the root, besides the index: path → content.
func (w *world) holds(want map[string]string) {
	w.Helper()
	if diff := cmp.Diff(want, tree(w.T, w.o.Root)); diff != "" {
		w.Errorf("files (-want +got):\n%s", diff)
	}
}

func tree(t *testing.T, root string) map[string]string {
	t.Helper()
	got := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == source.IndexName {
			return err
		}
		data, err := os.ReadFile(path)
		got[strings.TrimPrefix(path, root+"/")] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func (w *world) write(path, content string) {
	w.Helper()
	path = filepath.Join(w.o.Root, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		w.Fatal(err)
	}
}

func (w *world) indexed() source.Index {
	w.Helper()
	x, _, err := readIndex(filepath.Join(w.o.Root, source.IndexName))
	if err != nil {
		w.Fatal(err)
	}
	return x
}

// told is what a report says, one line a change.
func told(w *world, r Report) (lines []string) {
	for _, c := range r.Changes {
		line := "write "
		if c.Removed {
			line = "remove "
		}
		line += strings.TrimPrefix(c.Path, w.o.Root+"/")
		if c.TookOver {
			line += ", taken over"
		}
		if c.Err != nil {
			line += ": error"
		}
		lines = append(lines, line)
	}
	return lines
}
