package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Tree is a directory that is filled where nobody looks, and becomes visible with all it holds at once.
// It ends with Commit or Discard.
type Tree struct{ name string }

// StageTree makes an empty directory beside path, on the same file system, under a name that IsStaged knows. The directories above
// path are made if they are missing.
func StageTree(path string) (*Tree, error) {
	parent := filepath.Dir(filepath.Clean(path))
	if err := MkdirAll(parent, 0o755); err != nil {
		return nil, err
	}
	name, err := os.MkdirTemp(parent, stagedPrefix+"*")
	if err == nil {
		err = os.Chmod(name, 0o755)
	}
	if err != nil {
		return nil, fmt.Errorf("stage in %s: %w", parent, cause(err))
	}
	return &Tree{name: name}, nil
}

// Path is where to put what the directory will hold.
func (t *Tree) Path() string { return t.name }

// Commit makes everything in the directory durable, and then the directory visible at path, which is not there or an empty
// directory. With replace, a directory that is there and holds something is exchanged for this one in one step, and removed afterwards.
// On error the tree stays staged, with one exception: if what was replaced cannot be removed, the new directory is in place.
func (t *Tree) Commit(path string, replace bool) error {
	path = filepath.Clean(path)
	if err := syncTree(t.name); err != nil {
		return fmt.Errorf("write %s: sync: %w", path, cause(err))
	}
	err := os.Rename(t.name, path)
	if replace && errors.Is(err, fs.ErrExist) {
		err = exchange(t.name, path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %s: %w", path, StepRename, cause(err))
	}
	if err := SyncDir(filepath.Dir(path)); err != nil {
		return err
	}
	return t.Discard()
}

// Discard removes the directory with all it holds; after an exchange that is what was replaced. After that it does nothing.
func (t *Tree) Discard() error {
	if err := os.RemoveAll(t.name); err != nil {
		return fmt.Errorf("discard staged directory: %w", cause(err))
	}
	return nil
}
