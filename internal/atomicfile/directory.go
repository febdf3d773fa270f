package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// SyncDir makes the names in a directory durable: creations, renames and removals that happened before the call.
func SyncDir(dir string) error { return Disk(nil).SyncDir(dir) }

// SyncDir is as the function of that name.
func (d Disk) SyncDir(dir string) error {
	if err := d.syncDir(dir); err != nil {
		return fmt.Errorf("sync directory %s: %w", dir, cause(err))
	}
	return nil
}

func (d Disk) syncDir(dir string) error {
	if err := d.ask(StepSyncDir, dir); err != nil {
		return err
	}
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// MkdirAll makes a directory and the parents it lacks, with mode less the umask, each durable before the next is made.
// A directory that is there already is left as it is. The error wraps syscall.ENOTDIR if something else is in the way.
func MkdirAll(dir string, mode fs.FileMode) error { return Disk(nil).MkdirAll(dir, mode) }

// MkdirAll is as the function of that name.
func (d Disk) MkdirAll(dir string, mode fs.FileMode) error {
	if there, err := isDir(dir); there || err != nil {
		return err
	}
	parent := filepath.Dir(dir)
	if err := d.MkdirAll(parent, mode); err != nil {
		return err
	}
	switch err := d.mkdir(dir, mode); {
	case errors.Is(err, fs.ErrExist): // made by somebody else in between
		if _, err := isDir(dir); err != nil {
			return err
		}
	case err != nil:
		return fmt.Errorf("make directory %s: %w", dir, cause(err))
	}
	return d.SyncDir(parent)
}

func (d Disk) mkdir(dir string, mode fs.FileMode) error {
	if err := d.ask(StepMkdir, dir); err != nil {
		return err
	}
	return os.Mkdir(dir, mode)
}

// isDir is true for a directory, false for nothing, and an error for anything else.
func isDir(path string) (bool, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err == nil && !info.IsDir() {
		err = syscall.ENOTDIR
	}
	if err != nil {
		return false, fmt.Errorf("make directory %s: %w", path, cause(err))
	}
	return true, nil
}
