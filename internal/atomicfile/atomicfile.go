// Package atomicfile writes, replaces and removes files so that a crash at any instruction leaves the old content or the
// new, whole, and so that what was reported as written is there after a power cut.
//
// Two ideas. Everything that can fail is done on a staged file, written and synced under a name that no reader of resources
// takes; only then does one rename make it visible. And a name is durable only when its directory was synced, which a
// caller with many files does once a directory, not once a file.
//
// It is not a journal: several files together are the store's business. It does not lock, and it does not follow a symbolic
// link in the last element of a path: the link itself is replaced.
package atomicfile

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// DefaultMode is the mode of files for which Options.Mode is zero.
const DefaultMode fs.FileMode = 0o600

// Options says how to write one file. The zero value stages beside the file, mode 0600.
type Options struct {
	// Mode is the mode of the file, whatever the umask. Zero means DefaultMode.
	Mode fs.FileMode
	// Stage is an existing directory on the same file system as the file; empty means the file's own directory,
	// for callers whose readers pass over names that IsStaged knows.
	Stage string
}

// Write puts data at path, replacing what is there, and returns once both content and name are durable.
// On error the old file is whole and nothing stays staged, with one exception: if the error is of StepSyncDir, the new content
// is in place and may not outlast a power cut.
func Write(path string, data []byte, o Options) error { return Disk(nil).Write(path, data, o) }

// Write is as the function of that name.
func (d Disk) Write(path string, data []byte, o Options) error {
	if err := d.write(path, data, o); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

func (d Disk) write(path string, data []byte, o Options) error {
	dir := filepath.Dir(path)
	s, err := d.stage(cmp.Or(o.Stage, dir), data, o.Mode)
	if err != nil {
		return err
	}
	if err := d.Rename(s.name, path); err != nil {
		return errors.Join(fmt.Errorf("%s: %w", StepRename, cause(err)), s.Discard())
	}
	if err := d.syncDir(dir); err != nil {
		return fmt.Errorf("%s: %w", StepSyncDir, cause(err))
	}
	return nil
}

// Remove removes a file, or an empty directory, durably. The error wraps fs.ErrNotExist if there is none.
func Remove(path string) error { return Disk(nil).Remove(path) }

// Remove is as the function of that name.
func (d Disk) Remove(path string) error {
	if err := d.Unlink(path); err != nil {
		return err
	}
	return d.SyncDir(filepath.Dir(path))
}

// cause strips the staged name from an error: the caller's error names the file that people know.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	var l *os.LinkError
	if errors.As(err, &l) {
		return l.Err
	}
	return err
}
