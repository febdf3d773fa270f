package atomicfile_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/perseid-dev/perseid/internal/atomicfile"
)

func stageTree(t *testing.T, path, content string) *atomicfile.Tree {
	t.Helper()
	tree, err := atomicfile.StageTree(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(tree.Path(), "file"), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return tree
}

func TestTree(t *testing.T) {
	parent := filepath.Join(t.TempDir(), "made")
	path := filepath.Join(parent, "tree")
	expect := func(want string) {
		t.Helper()
		got, err := os.ReadFile(filepath.Join(path, "file"))
		if err != nil || string(got) != want {
			t.Errorf("file: %q, %v; expected %q", got, err, want)
		}
		if left, err := os.ReadDir(parent); err != nil || len(left) != 1 {
			t.Errorf("beside the tree: %v, %v", left, err)
		}
	}
	first := stageTree(t, path, "one")
	if !atomicfile.IsStaged(filepath.Base(first.Path())) {
		t.Errorf("%s does not look staged", first.Path())
	}
	if err := first.Commit(path, false); err != nil {
		t.Fatal(err)
	}
	expect("one")
	second := stageTree(t, path, "two")
	if err := second.Commit(path, false); err == nil {
		t.Error("what is there was replaced unasked")
	}
	if err := second.Discard(); err != nil {
		t.Fatal(err)
	}
	expect("one")
	if err := stageTree(t, path, "three").Commit(path, true); err != nil {
		t.Fatal(err)
	}
	expect("three")
}

func TestStageFrom(t *testing.T) {
	dir := t.TempDir()
	broken := errors.New("broken")
	_, err := atomicfile.StageFrom(dir, 0, func(w io.Writer) error {
		_, _ = io.WriteString(w, "half")
		return broken
	})
	if !errors.Is(err, broken) {
		t.Errorf("stage: %v; expected what the content's maker says", err)
	}
	staged, err := atomicfile.StageFrom(dir, 0o640, func(w io.Writer) error {
		_, err := io.WriteString(w, "whole")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := staged.Commit(filepath.Join(dir, "file")); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 || left[0].Name() != "file" {
		t.Fatalf("left: %v, %v", left, err)
	}
	if info, err := left[0].Info(); err != nil || info.Size() != 5 || info.Mode() != 0o640 {
		t.Errorf("file: %v, %v", info, err)
	}
}
