package mirror

import (
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/perseid-dev/perseid/internal/atomicfile"
	"github.com/perseid-dev/perseid/internal/source"
)

// stagedName is a new name that atomicfile.IsStaged knows.
func stagedName() string { return ".perseid-staged-m" + rand.Text() }

// staged is a file with its whole content, not visible to readers yet: one without a name where the system has these, else one whose
// name no reader takes.
type staged struct {
	file       *os.File // the open file without a name; nil for one with a name
	path       string   // of one with a name
	size       int64
	synced     bool
	generation int // of the mirror when it was wanted last
}

// stage writes bytes into a new staged file.
func (m *Mirror) stage(d source.Digest, data []byte) error {
	if err := m.step("stage"); err != nil {
		return err
	}
	if err := os.MkdirAll(m.o.Stage, directoryMode); err != nil {
		return err
	}
	dir, err := os.Open(m.o.Stage)
	if err != nil {
		return err
	}
	defer dir.Close()
	f, name, err := m.create(&spot{dir: dir}, m.anonymous < maxAnonymous)
	if err != nil {
		return err
	}
	s := &staged{file: f, size: int64(len(data)), generation: m.generation}
	if _, err = f.Write(data); err == nil {
		startWriting(f)
	}
	if name != "" {
		s.file, s.path = nil, filepath.Join(m.o.Stage, name)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return errors.Join(err, s.drop())
	}
	if s.file != nil {
		m.anonymous++
	}
	m.staged[d] = s
	return nil
}

// create makes an empty file in a directory, with the mode that files get: without a name, if that is asked for and the system can.
func (m *Mirror) create(dir *spot, anonymous bool) (f *os.File, name string, err error) {
	if anonymous {
		f = createAnonymous(dir.dir)
	}
	if f == nil {
		name = stagedName()
		fd, err := unix.Openat(dir.fd(), name, unix.O_RDWR|unix.O_CREAT|unix.O_EXCL|unix.O_CLOEXEC, fileMode)
		if err != nil {
			return nil, "", err
		}
		f = os.NewFile(uintptr(fd), name)
	}
	if m.o.Mode != 0 {
		err = f.Chmod(m.o.Mode)
	}
	return f, name, err
}

// open opens the content for reading, from its start.
func (s *staged) open() (io.ReadCloser, error) {
	if s.file == nil {
		return os.Open(s.path)
	}
	return io.NopCloser(io.NewSectionReader(s.file, 0, s.size)), nil
}

func (s *staged) sync() error {
	if s.file != nil {
		return s.file.Sync()
	}
	f, err := os.Open(s.path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func (s *staged) drop() error {
	if s.file != nil {
		return s.file.Close()
	}
	if s.path == "" {
		return nil
	}
	return os.Remove(s.path)
}

// place makes the staged file appear at a spot, instead of whatever file is there. Then it is a staged file no more.
// It fails where the spot is on another file system; the staged file is as it was.
func (s *staged) place(at *spot, stage string) error {
	if s.file == nil {
		err := unix.Renameat(unix.AT_FDCWD, s.path, at.fd(), at.base)
		if err == nil {
			s.path = ""
		}
		return err
	}
	from := descriptorPath(s.file)
	err := unix.Linkat(unix.AT_FDCWD, from, at.fd(), at.base, unix.AT_SYMLINK_FOLLOW)
	if !errors.Is(err, unix.EEXIST) {
		return err
	}
	// A link cannot replace; a rename can. The name in between is there for a moment only.
	name := filepath.Join(stage, stagedName())
	if err := unix.Linkat(unix.AT_FDCWD, from, unix.AT_FDCWD, name, unix.AT_SYMLINK_FOLLOW); err != nil {
		return err
	}
	if err := unix.Renameat(unix.AT_FDCWD, name, at.fd(), at.base); err != nil {
		return errors.Join(err, os.Remove(name))
	}
	return nil
}

// copyTo writes content into a file beside the spot and renames it: for content that is in use elsewhere, and across file systems.
// It is ErrMissing if the content is not what it was.
func (m *Mirror) copyTo(at *spot, from io.Reader, want source.Digest) error {
	f, name, err := m.create(at, false)
	if err != nil {
		return err
	}
	h := sha256.New()
	_, err = io.Copy(io.MultiWriter(f, h), from)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil && source.Digest(h.Sum(nil)) != want {
		err = ErrMissing
	}
	if err == nil {
		err = unix.Renameat(at.fd(), name, at.fd(), at.base)
	}
	if err != nil {
		return errors.Join(err, unix.Unlinkat(at.fd(), name, 0))
	}
	return nil
}

// sweep removes what an earlier life left staged in a directory.
func (m *Mirror) sweep(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if atomicfile.IsStaged(e.Name()) && e.Type().IsRegular() {
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
				m.o.Log.Warn("A staged file of an earlier life is left behind", "error", err)
			}
		}
	}
}
