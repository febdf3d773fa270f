package mirror

import (
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"

	"golang.org/x/sys/unix"

	"github.com/perseid-dev/perseid/internal/source"
)

// print tells whether a file may have changed since we wrote or read it.
type print struct {
	inode        uint64
	size         int64
	mtime, ctime int64 // nanoseconds since 1970
}

var errNotRegular = errors.New("something else than a file is there")

// look reads the fingerprint of a file. The error wraps fs.ErrNotExist if there is none, and is errNotRegular for a directory or a link.
func (s *spot) look() (print, error) {
	var st unix.Stat_t
	if err := unix.Fstatat(s.fd(), s.base, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return print{}, err
	}
	if st.Mode&unix.S_IFMT != unix.S_IFREG {
		return print{}, errNotRegular
	}
	return printOf(&st), nil
}

// open opens the file for reading; a link is not followed.
func (s *spot) open() (*os.File, error) {
	fd, err := unix.Openat(s.fd(), s.base, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), s.base), nil
}

// hash reads the file at a path, whoever wrote it.
func (m *Mirror) hash(path string) (digest source.Digest, p print, err error) {
	s, err := m.enter(path, false)
	if err != nil {
		return digest, p, err
	}
	defer s.close()
	return s.hash()
}

func (s *spot) hash() (digest source.Digest, p print, err error) {
	if p, err = s.look(); err != nil {
		return digest, p, err
	}
	f, err := s.open()
	if err != nil {
		return digest, p, err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return digest, p, err
	}
	return source.Digest(h.Sum(nil)), p, nil
}

// Check looks whether our files are still as we wrote them, and says how many are not: these are written again by the next Apply. It
// reads only what its fingerprint says may have changed. What is staged, and was not asked for, is dropped.
func (m *Mirror) Check() (changed int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, path := range slices.Collect(maps.Keys(m.have)) {
		h := m.have[path]
		if h.digest.IsZero() || !m.unchanged(path, &h) {
			changed++
			h.digest = source.Digest{}
		}
		m.keep(path, h)
	}
	m.generation++
	m.tidy()
	return changed
}

// unchanged says whether a file of ours has the content we gave it, and takes over its new fingerprint.
func (m *Mirror) unchanged(path string, h *held) bool {
	s, err := m.enter(path, false)
	if err != nil {
		return !errors.Is(err, fs.ErrNotExist)
	}
	defer s.close()
	p, err := s.look()
	if err == nil && p == h.print {
		return true
	}
	digest, p, err := s.hash()
	h.print = p
	return err == nil && digest == h.digest
}

func printOf(st *unix.Stat_t) print {
	return print{inode: st.Ino, size: st.Size, mtime: st.Mtim.Nano(), ctime: st.Ctim.Nano()}
}
