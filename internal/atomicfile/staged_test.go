package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestStageThenCommit(t *testing.T) {
	dir, stage := t.TempDir(), t.TempDir()
	path := filepath.Join(dir, "x.yaml")
	mustWrite(t, path, "old")
	s, err := Stage(stage, []byte("new"), 0o640)
	if err != nil {
		t.Fatal(err)
	}
	if read(t, path) != "old" || read(t, s.Path()) != "new" || !IsStaged(filepath.Base(s.Path())) {
		t.Errorf("before the commit: %q at the path, %q in %s", read(t, path), read(t, s.Path()), s.Path())
	}
	if err := s.Commit(path); err != nil {
		t.Fatal(err)
	}
	if err := SyncDir(dir); err != nil {
		t.Fatal(err)
	}
	if got := read(t, path); got != "new" {
		t.Errorf("content is %q", got)
	}
	wantNames(t, stage)
	if err := s.Discard(); err != nil {
		t.Errorf("discard after the commit: %v", err)
	}
	wantNames(t, dir, "x.yaml")
}

func TestDiscard(t *testing.T) {
	dir := t.TempDir()
	s, err := Stage(dir, []byte("new"), 0)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Discard(); err != nil {
			t.Fatal(err)
		}
	}
	wantNames(t, dir)
}

func TestFailedCommitKeepsTheStagedFile(t *testing.T) {
	dir := t.TempDir()
	s, err := Stage(dir, []byte("new"), 0)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "missing", "x.yaml")
	err = s.Commit(path)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("error is %v", err)
	}
	if want := "write " + path + ": rename: no such file or directory"; err.Error() != want {
		t.Errorf("error is %q, want %q", err, want)
	}
	if got := read(t, s.Path()); got != "new" {
		t.Errorf("staged content is %q", got)
	}
}

func TestStageInNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "missing")
	_, err := Stage(dir, nil, 0)
	if want := "stage in " + dir + ": create: no such file or directory"; err == nil || err.Error() != want {
		t.Errorf("error is %v, want %q", err, want)
	}
}

func TestMkdirAll(t *testing.T) {
	root := t.TempDir()
	deep := filepath.Join(root, "a", "b", "c")
	for range 2 {
		if err := MkdirAll(deep, 0o750); err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range []string{deep, filepath.Dir(deep)} {
		if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o750 {
			t.Errorf("%s: %v %v", dir, info.Mode(), err)
		}
	}
}

func TestMkdirAllWithAFileInTheWay(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x")
	mustWrite(t, file, "")
	for _, dir := range []string{file, filepath.Join(file, "a", "b")} {
		err := MkdirAll(dir, 0o750)
		if want := "make directory " + dir + ": not a directory"; err == nil || err.Error() != want {
			t.Errorf("error is %v, want %q", err, want)
		}
	}
}

func TestSyncDirOfNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "missing")
	if err := SyncDir(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error is %v", err)
	}
}
