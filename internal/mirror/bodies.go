package mirror

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/perseid-dev/perseid/internal/source"
)

var _ source.Bodies = (*Mirror)(nil)

// Bounds of staging.
const (
	// maxAnonymous is how many staged files may hold a descriptor; further ones are staged under a name.
	maxAnonymous = 4096
	// maxSyncs is how many files are synced one by one; the whole file system is synced for more.
	maxSyncs = 8
	// staleAfter is after how many applies a staged file that nobody asked for is dropped.
	staleAfter = 2
)

// Has says whether the bytes of a digest are staged, or in a file of ours.
func (m *Mirror) Has(d source.Digest) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s, ok := m.staged[d]; ok {
		s.generation = m.generation
		return true
	}
	return m.digests[d] > 0
}

// Put stages bytes until an Apply places or drops them. A secret is staged as it will be: a file.
func (m *Mirror) Put(d source.Digest, data []byte, _ bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s, ok := m.staged[d]; ok {
		s.generation = m.generation
		return nil
	}
	if err := m.stage(d, data); err != nil {
		return fmt.Errorf("stage a file for %s: %w", m.o.Root, cause(err))
	}
	return nil
}

// Sync makes what is staged durable.
func (m *Mirror) Sync() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	var fresh []*staged
	for _, s := range m.staged {
		if !s.synced {
			fresh = append(fresh, s)
		}
	}
	if err := m.syncAll(fresh); err != nil {
		return fmt.Errorf("sync %s: %w", m.o.Stage, cause(err))
	}
	return nil
}

func (m *Mirror) syncAll(fresh []*staged) error {
	if len(fresh) > maxSyncs {
		if err := syncFileSystem(m.o.Stage); err != nil {
			return err
		}
	}
	for _, s := range fresh {
		if len(fresh) <= maxSyncs {
			if err := s.sync(); err != nil {
				return err
			}
		}
		s.synced = true
	}
	return nil
}

// Open returns bytes that are staged, or read from a file of ours that still has them. The error wraps fs.ErrNotExist if there are none.
func (m *Mirror) Open(d source.Digest) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, err := m.reader(d)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err == nil && source.DigestOf(data) != d {
		err = fmt.Errorf("content %s: %w", d.Short(), fs.ErrNotExist)
	}
	return data, err
}

// reader opens a file that has, or had, the bytes of a digest.
func (m *Mirror) reader(d source.Digest) (io.ReadCloser, error) {
	if s, ok := m.staged[d]; ok {
		return s.open()
	}
	if m.digests[d] > 0 {
		for path, h := range m.have {
			if h.digest != d {
				continue
			}
			if f, err := m.openHeld(path); err == nil {
				return f, nil
			}
		}
	}
	return nil, fmt.Errorf("content %s: %w", d.Short(), fs.ErrNotExist)
}

func (m *Mirror) openHeld(path string) (*os.File, error) {
	s, err := m.enter(path, false)
	if err != nil {
		return nil, err
	}
	defer s.close()
	return s.open()
}

// tidy drops what was staged and not asked for.
func (m *Mirror) tidy() {
	for d, s := range m.staged {
		if m.generation-s.generation > staleAfter {
			m.discard(d)
		}
	}
}

// discard drops a staged file. A file that is placed already stays where it is.
func (m *Mirror) discard(d source.Digest) {
	s := m.staged[d]
	delete(m.staged, d)
	if s.file != nil {
		m.anonymous--
	}
	if err := s.drop(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		m.o.Log.Warn("A staged file is left behind", "error", err)
	}
}

// cause strips staged names from an error: people know other names.
func cause(err error) error {
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		return p.Err
	case errors.As(err, &l):
		return l.Err
	}
	return err
}
