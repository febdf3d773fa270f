package dir

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/pace"
	"github.com/perseid-dev/perseid/internal/source"
)

// indexOf is a complete index of files, given with their contents.
func indexOf(version string, files map[string]string) source.Index {
	x := source.Index{Version: version, Complete: true}
	for path, content := range files {
		x.Files = append(x.Files, source.IndexFile{Path: path, Digest: source.DigestOf([]byte(content)), Size: int64(len(content))})
	}
	return x
}

func encode(t testing.TB, x source.Index) string {
	t.Helper()
	data, err := x.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// writeIndex replaces the index of a directory at once, as perseid index does.
func writeIndex(t testing.TB, root string, x source.Index) {
	t.Helper()
	write(t, root, "index.new", encode(t, x))
	if err := os.Rename(filepath.Join(root, "index.new"), filepath.Join(root, source.IndexName)); err != nil {
		t.Fatal(err)
	}
}

// judged is a listing held against its index.
func judged(t testing.TB, o Options, before bool) *source.Snapshot {
	t.Helper()
	l := once(t, o.Root, newBodies(t))
	l.vouch(o, before)
	s := l.snapshot(o)
	s.Settled = l.settled(true)
	return s
}

func failing(s *source.Snapshot, part string) bool {
	return len(s.Files) == 0 && len(s.Unread) == 1 && s.Unread[0].Prefix == "" && strings.Contains(s.Unread[0].Reason, part) &&
		!s.Complete && len(s.Notes) == 0
}

// R39: what an index lists is the snapshot, by the index's own words; what else is there is reported.
func TestR39Indexed(t *testing.T) {
	root := t.TempDir()
	write(t, root, "a.yaml", "a")
	write(t, root, "team/b.json", "b")
	write(t, root, "extra.yaml", "extra")
	symlink(t, root, "/dev/null", "outside.yaml")
	x := indexOf("v1", map[string]string{"a.yaml": "a", "team/b.json": "b", "README.md": "no document", "..data/c.yaml": "not listed"})
	x.Revision = "0123abc"
	for i := range x.Files {
		if x.Files[i].Path == "a.yaml" {
			x.Files[i].Origin = "ns/configmap/name:a.yaml"
		}
	}
	writeIndex(t, root, x)
	s := judged(t, Options{Root: root}, false)
	want := &source.Snapshot{
		At: s.At, Revision: "0123abc", Version: "v1", Complete: true, Settled: true,
		Files: []source.File{
			{Path: "a.yaml", Origin: "ns/configmap/name:a.yaml", Digest: source.DigestOf([]byte("a")), Size: 1},
			{Path: "team/b.json", Origin: root + "/team/b.json", Digest: source.DigestOf([]byte("b")), Size: 1},
		},
		Notes: []source.Unread{
			{Prefix: "extra.yaml", Reason: "not listed in perseid.index, so not applied"},
			{Prefix: "outside.yaml", Reason: s.Notes[1].Reason},
		},
	}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Errorf("snapshot (-want +got):\n%s", diff)
	}
	if !strings.Contains(s.Notes[1].Reason, "outside") {
		t.Errorf("note on a link that leads outside: %q", s.Notes[1].Reason)
	}
	x.Revision = ""
	writeIndex(t, root, x)
	if got := judged(t, Options{Root: root}, false); got.Revision != source.Revision(want.Files) {
		t.Errorf("without a revision of its own it is %s, want that of the files the index lists", got.Revision)
	}
}

// R13, R16: what an index vouches for, and what it does not.
func TestR13WhatAnIndexVouchesFor(t *testing.T) {
	one := map[string]string{"a.yaml": "a"}
	tests := map[string]struct {
		files             map[string]string
		complete          bool
		label             string
		wantFull, wantSet bool // Complete, Settled
	}{
		"complete":                {files: one, complete: true, wantFull: true, wantSet: true},
		"not complete":            {files: one},
		"of nothing":              {complete: true, wantSet: true},
		"a mirror's, of nothing":  {complete: true, label: "perses.dev/resource=true", wantFull: true, wantSet: true},
		"a mirror's, not read":    {label: "perses.dev/resource=true"},
		"a mirror's, of one file": {files: one, complete: true, label: "x", wantFull: true, wantSet: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			for path, content := range test.files {
				write(t, root, path, content)
			}
			x := indexOf("", test.files)
			x.Complete, x.Label = test.complete, test.label
			writeIndex(t, root, x)
			s := judged(t, Options{Root: root}, false)
			if s.Complete != test.wantFull || s.Settled != test.wantSet || len(s.Unread) > 0 || len(s.Files) != len(test.files) {
				t.Errorf("%+v; want complete %t, settled %t", s, test.wantFull, test.wantSet)
			}
		})
	}
}

// R39: a directory that is not what its index says is unread as a whole, with the reason.
func TestR39NotAsTheIndexSays(t *testing.T) {
	good := map[string]string{"a.yaml": "a", "b.yaml": "b"}
	tests := map[string]struct {
		spoil func(t *testing.T, root string)
		want  string
	}{
		"missing file":   {func(t *testing.T, root string) { remove(t, root, "b.yaml") }, "lists b.yaml, which is not there"},
		"different file": {func(t *testing.T, root string) { write(t, root, "a.yaml", "A") }, "a.yaml is not what perseid.index lists"},
		"several files": {func(t *testing.T, root string) {
			write(t, root, "a.yaml", "A")
			remove(t, root, "b.yaml")
		}, "; 1 more file differs"},
		"file that cannot be read": {func(t *testing.T, root string) {
			remove(t, root, "b.yaml")
			symlink(t, root, "gone", "b.yaml")
		}, "lists b.yaml, which cannot be read: a link that leads to nothing"},
		"not an index": {func(t *testing.T, root string) { write(t, root, source.IndexName, "{") }, "perseid.index: decode index"},
		"newer format": {func(t *testing.T, root string) {
			write(t, root, source.IndexName, `{"format":"perseid.index/v9"}`)
		}, "a newer Perseid wrote it"},
		"directory": {func(t *testing.T, root string) {
			remove(t, root, source.IndexName)
			write(t, root, source.IndexName+"/x", "x")
		}, "perseid.index: not a regular file"},
		"link to nothing": {func(t *testing.T, root string) {
			remove(t, root, source.IndexName)
			symlink(t, root, "gone", source.IndexName)
		}, "perseid.index: a link that leads to nothing"},
		"link that leads outside": {func(t *testing.T, root string) {
			remove(t, root, source.IndexName)
			outside := t.TempDir()
			writeIndex(t, outside, indexOf("", good))
			symlink(t, root, filepath.Join(outside, source.IndexName), source.IndexName)
		}, "perseid.index: a link that leads outside"},
		"too large": {func(t *testing.T, root string) {
			if err := os.Truncate(filepath.Join(root, source.IndexName), source.MaxIndexBytes+1); err != nil {
				t.Fatal(err)
			}
		}, "perseid.index: larger than the limit of 64 MiB"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			for path, content := range good {
				write(t, root, path, content)
			}
			writeIndex(t, root, indexOf("", good))
			if s := judged(t, Options{Root: root}, false); !s.Complete {
				t.Fatalf("before: %+v", s)
			}
			test.spoil(t, root)
			if s := judged(t, Options{Root: root}, false); !failing(s, test.want) {
				t.Errorf("%+v; want unread for %q", s, test.want)
			}
		})
	}
}

func remove(t testing.TB, root, path string) {
	t.Helper()
	if err := os.Remove(filepath.Join(root, path)); err != nil {
		t.Fatal(err)
	}
}

// R39: what a directory without an index is.
func TestR39WithoutAnIndex(t *testing.T) {
	tests := map[string]struct {
		document, require, before bool
		failing, note             string
	}{
		"never had one":                      {document: true},
		"empty, and never had one":           {},
		"required":                           {document: true, require: true, failing: "require_index"},
		"required, empty":                    {require: true, failing: "require_index"},
		"had one":                            {document: true, before: true, note: "unindexed"},
		"had one, empty":                     {before: true, failing: "the directory is empty and has no perseid.index, though it had files before"},
		"required, had one, holds documents": {document: true, require: true, before: true, failing: "require_index"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			if test.document {
				write(t, root, "a.yaml", "a")
			}
			write(t, root, "team/"+source.IndexName, "that of a directory below does not matter")
			s := judged(t, Options{Root: root, RequireIndex: test.require}, test.before)
			if test.failing != "" {
				if !failing(s, test.failing) {
					t.Errorf("%+v; want unread for %q", s, test.failing)
				}
				return
			}
			if len(s.Unread) > 0 || s.Complete || (len(s.Files) > 0) != test.document || !s.Settled {
				t.Errorf("%+v; want a plain directory", s)
			}
			if (len(s.Notes) > 0) != (test.note != "") || test.note != "" && !strings.Contains(s.Notes[0].Reason, test.note) {
				t.Errorf("notes %+v; want %q", s.Notes, test.note)
			}
		})
	}
}

// R38: the index of a first-level directory covers its subtree where that is the root of a source.
func TestR38IndexOfADirectoryBelow(t *testing.T) {
	root := t.TempDir()
	files := map[string]string{"top.yaml": "top", "prod/a.yaml": "a", "prod/deep/b.yaml": "b"}
	for path, content := range files {
		write(t, root, path, content)
	}
	x := indexOf("v1", files)
	writeIndex(t, root, x)
	writeIndex(t, filepath.Join(root, "prod"), x.Below()["prod"])
	for path, want := range map[string]int{root: 3, filepath.Join(root, "prod"): 2} {
		if s := judged(t, Options{Root: path}, false); len(s.Files) != want || !s.Complete || s.Version != "v1" || len(s.Notes) > 0 {
			t.Errorf("%s: %+v; want %d files", path, s, want)
		}
	}
}

// List is for those who make an index: they need what is there.
func TestListIgnoresTheIndex(t *testing.T) {
	root := t.TempDir()
	write(t, root, "a.yaml", "a")
	writeIndex(t, root, indexOf("v1", map[string]string{"gone.yaml": "gone"}))
	began := time.Now()
	s := List(t.Context(), Options{Root: root, Bodies: newBodies(t)})
	if len(s.Files) != 1 || len(s.Unread)+len(s.Notes) > 0 || s.Complete || s.Version != "" {
		t.Errorf("%+v", s)
	}
	if took := time.Since(began); took > pace.Longest {
		t.Errorf("took %v", took)
	}
}
