package archive

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMerge gives layers from the lowest up.
func TestMerge(t *testing.T) {
	pax := map[string]string{"mtime": "1.5", "atime": "2.5"}
	for name, c := range map[string]struct {
		layers [][]item
		want   map[string]string
	}{
		"nothing":      {nil, map[string]string{}},
		"one":          {[][]item{{d("a"), f("a/b", "1"), f("c", "2")}}, map[string]string{"a/b": "1", "c": "2"}},
		"dots":         {[][]item{{d("./"), d("./a"), f("./a/b", "1")}}, map[string]string{"a/b": "1"}},
		"times in PAX": {[][]item{{item{tar.Header{Typeflag: tar.TypeReg, Name: "a", PAXRecords: pax, Format: tar.FormatPAX}, "1"}}}, map[string]string{"a": "1"}},
		"beside":       {[][]item{{f("a/1", "1")}, {f("b/1", "2")}, {f("a/2", "3")}}, map[string]string{"a/1": "1", "b/1": "2", "a/2": "3"}},
		"over":         {[][]item{{f("a", "old")}, {f("a", "new")}}, map[string]string{"a": "new"}},
		"gone":         {[][]item{{f("a", "1"), f("b", "2")}, {f(".wh.a", "")}}, map[string]string{"b": "2"}},
		"gone with all": {
			[][]item{{f("a/b/c", "1"), f("ab", "2")}, {f(".wh.a", "")}}, map[string]string{"ab": "2"}},
		"gone and back": {
			[][]item{{f("a/old", "1")}, {f(".wh.a", ""), f("a/new", "2")}}, map[string]string{"a/new": "2"}},
		"gone, back in a third": {
			[][]item{{f("a", "1")}, {f(".wh.a", "")}, {f("a", "3")}}, map[string]string{"a": "3"}},
		"opaque": {
			[][]item{{f("a/old", "1"), f("b", "2")}, {d("a"), f("a/.wh..wh..opq", ""), f("a/new", "3")}}, map[string]string{"a/new": "3", "b": "2"}},
		"opaque root":              {[][]item{{f("a", "1")}, {f(".wh..wh..opq", ""), f("b", "2")}}, map[string]string{"b": "2"}},
		"file over directory":      {[][]item{{f("a/b", "1")}, {f("a", "2")}}, map[string]string{"a": "2"}},
		"directory over file":      {[][]item{{f("a", "1")}, {f("a/b", "2")}}, map[string]string{"a/b": "2"}},
		"hidden case":              {[][]item{{f("Cpu", "1")}, {f(".wh.Cpu", ""), f("cpu", "2")}}, map[string]string{"cpu": "2"}},
		"directories everywhere":   {[][]item{{d("a"), f("a/1", "1")}, {d("a"), f("a/2", "2")}}, map[string]string{"a/1": "1", "a/2": "2"}},
		"gone in the middle layer": {[][]item{{f("a/1", "1")}, {f("a/.wh.1", "")}, {f("a/2", "2")}}, map[string]string{"a/2": "2"}},
	} {
		t.Run(name, func(t *testing.T) {
			makers := []func(testing.TB, []byte) Layer{gzipped, zstded, func(_ testing.TB, plain []byte) Layer { return layerOf(plain, plain, None) }}
			var layers []Layer
			for i, items := range c.layers {
				layers = append(layers, makers[i%3](t, tarOf(t, items...)))
			}
			got, err := read(Limits{}, layers...)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestExtract: what a runtime's user may read does not depend on the umask of whoever unpacked it.
func TestExtract(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o077))
	parent := t.TempDir()
	out := filepath.Join(parent, "new", "out")
	layer := gzipped(t, tarOf(t, f("a/b/c.json", "{}"), f("d.json", "[]")))
	if err := Extract(context.Background(), []Layer{layer}, out, ExtractOptions{}); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{".": "drwxr-xr-x", "a": "drwxr-xr-x", "a/b": "drwxr-xr-x", "a/b/c.json": "-rw-r--r--", "d.json": "-rw-r--r--"}
	if diff := cmp.Diff(want, modes(t, out)); diff != "" {
		t.Errorf("modes (-want +got):\n%s", diff)
	}
	again := ExtractOptions{Keep: func(p string) bool { return p != "d.json" }}
	if err := Extract(context.Background(), []Layer{layer}, out, again); !errors.Is(err, ErrOccupied) {
		t.Errorf("extract over it: %v", err)
	}
	again.Replace = true
	if err := Extract(context.Background(), []Layer{layer}, out, again); err != nil {
		t.Fatal(err)
	}
	delete(want, "d.json")
	if diff := cmp.Diff(want, modes(t, out)); diff != "" {
		t.Errorf("replaced (-want +got):\n%s", diff)
	}
	if left, err := os.ReadDir(filepath.Dir(out)); err != nil || len(left) != 1 {
		t.Errorf("beside it: %v, %v", left, err)
	}
	if err := Extract(context.Background(), []Layer{layer}, filepath.Join(out, "a/b/c.json"), again); err == nil {
		t.Error("a file was taken for a directory")
	}
}

func modes(t *testing.T, root string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := fs.WalkDir(os.DirFS(root), ".", func(p string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		found[p] = fmt.Sprint(info.Mode())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
