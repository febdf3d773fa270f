package atomicfile

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// stagedPrefix starts the name of every staged file. Such a name has no extension, so no reader of resources takes it.
const stagedPrefix = ".perseid-staged-"

// IsStaged says whether a file name is one that this package stages under. Such a file is left behind only by a crash,
// and may be removed when no write into its directory is under way.
func IsStaged(name string) bool { return strings.HasPrefix(name, stagedPrefix) }

// Staged is a file that is written and synced, and not yet visible under its final name. It holds no open file.
// It is used by one goroutine at a time, and ends with Commit or Discard.
type Staged struct {
	name string
	disk Disk
}

// Stage writes data, durably, into a new file of dir, which exists and is on the same file system as where the file
// will go. A mode of zero means DefaultMode. On error nothing stays behind.
func Stage(dir string, data []byte, mode fs.FileMode) (*Staged, error) {
	return Disk(nil).Stage(dir, data, mode)
}

// Stage is as the function of that name.
func (d Disk) Stage(dir string, data []byte, mode fs.FileMode) (*Staged, error) {
	s, err := d.stage(dir, data, mode)
	if err != nil {
		return nil, fmt.Errorf("stage in %s: %w", dir, err)
	}
	return s, nil
}

// Path is where the staged file is, for journals that must find it again after a crash.
func (s *Staged) Path() string { return s.name }

// Commit renames the staged file to path, replacing what is there. The name is durable only after SyncDir of its directory.
// On error the file stays staged.
func (s *Staged) Commit(path string) error {
	if err := s.disk.Rename(s.name, path); err != nil {
		return fmt.Errorf("write %s: %s: %w", path, StepRename, cause(err))
	}
	return nil
}

// Discard removes the staged file. After Commit, or a second time, it does nothing.
func (s *Staged) Discard() error {
	if err := s.disk.Unlink(s.name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("discard staged file: %w", err)
	}
	return nil
}

func (d Disk) stage(dir string, data []byte, mode fs.FileMode) (*Staged, error) {
	f, err := d.createTemp(dir)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", StepCreate, cause(err))
	}
	s := &Staged{name: f.Name(), disk: d}
	if err := errors.Join(fill(f, data, cmp.Or(mode, DefaultMode)), f.Close()); err != nil {
		return nil, errors.Join(err, s.Discard())
	}
	return s, nil
}

func (d Disk) createTemp(dir string) (*File, error) {
	if err := d.ask(StepCreate, dir); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(dir, stagedPrefix+"*")
	return &File{File: f, disk: d}, err
}

func fill(f *File, data []byte, mode fs.FileMode) error {
	err := f.Chmod(mode)
	if err == nil {
		_, err = f.Write(data)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", StepWrite, cause(err))
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("%s: %w", StepSync, cause(err))
	}
	return nil
}
