package mirror

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/perseid-dev/perseid/internal/source"
)

// indexMode is the mode of an index beside files whose mode is not set. Where it is, the index has that one: a digest gives away a short
// secret to whoever can guess.
const indexMode = 0o644

// saveIndex writes what is ours. Its content is on the disk before its name is. Where it is as it was, nothing is written.
func (m *Mirror) saveIndex(w Wanted) error {
	if m.shared {
		return nil
	}
	data, err := m.index(w).Encode()
	if err != nil || bytes.Equal(data, m.indexed) && !m.pending {
		return err
	}
	if len(data) > source.MaxIndexBytes {
		return fmt.Errorf("the index has %d bytes, at most %d are read", len(data), source.MaxIndexBytes)
	}
	if err = m.replace(data, true); err == nil {
		m.indexed, m.pending = data, false
	}
	return err
}

// announce writes the index with what is about to be written, before it is: after our own end the next life knows these files. For the
// end of the machine it need not be on the disk. The part that says what is ours is taken as it was written last, since files wait for it.
func (m *Mirror) announce(w Wanted, writes []Claim) error {
	if m.shared {
		return nil
	}
	x := source.Index{}
	for _, c := range writes {
		x.Pending = append(x.Pending, m.entry(c.Path, held{digest: c.File.Digest, size: c.File.Size, origin: c.File.Origin}))
	}
	if base, ok := bytes.CutSuffix(m.indexed, []byte(endOfIndex)); ok && !m.pending {
		list, err := json.Marshal(x.Pending)
		if err != nil {
			return err
		}
		m.pending = true
		return m.replace(slices.Concat(base, []byte(",\n \"pending\": "), list, []byte(endOfIndex)), false)
	}
	pending := x.Pending
	x = m.index(w)
	x.Pending = pending
	data, err := x.Encode()
	if err != nil {
		return err
	}
	m.pending = true
	return m.replace(data, false)
}

// endOfIndex ends every index: source.Index.Encode writes it so.
const endOfIndex = "\n}\n"

// replace writes an index beside the old one and renames it, as atomicfile does, without waiting for the disk to have the name: what
// is lost of names in a power cut is found at the next start, when all is compared with the source.
func (m *Mirror) replace(data []byte, sync bool) error {
	path := m.o.Index
	name := filepath.Join(filepath.Dir(path), stagedName())
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, cmp.Or(m.o.Mode, indexMode))
	if err != nil {
		return fmt.Errorf("write %s: %w", path, cause(err))
	}
	_, err = f.Write(data)
	if sync {
		err = errors.Join(err, f.Sync())
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(name, path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, errors.Join(cause(err), os.Remove(name)))
	}
	return nil
}

func (m *Mirror) index(w Wanted) source.Index {
	x := source.Index{Revision: w.Revision, Complete: w.Complete, Label: m.o.Label}
	for path, h := range m.have {
		if h.digest.IsZero() {
			x.Complete = false // not there, or not what we wrote
		}
		if e := m.entry(path, h); filepath.IsAbs(e.Path) {
			x.Outside = append(x.Outside, e)
		} else {
			x.Files = append(x.Files, e)
		}
	}
	return x
}

// entry names a file of the root by its path inside, any other by its absolute path.
func (m *Mirror) entry(path string, h held) source.IndexFile {
	if inside, ok := within(path, m.o.Root); ok {
		path = inside
	}
	return source.IndexFile{Path: filepath.ToSlash(path), Digest: h.digest, Size: h.size, Origin: h.origin}
}

// recall takes over the files of an earlier life that are still as it wrote them.
func (m *Mirror) recall() {
	x, data, err := readIndex(m.o.Index)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return
	case err != nil:
		m.o.Log.Warn("The index of an earlier life cannot be read: its files are left where they are", "error", err)
		return
	case x.Label != m.o.Label:
		m.o.Log.Warn(fmt.Sprintf("%s was written for %q, not for %q: its files are left where they are", m.o.Index, x.Label, m.o.Label))
		return
	}
	m.indexed, m.pending = data, len(x.Pending) > 0
	m.sweepDirectories(x)
	for _, files := range [][]source.IndexFile{x.Pending, x.Files, x.Outside} {
		for _, f := range files {
			m.recallFile(f)
		}
	}
}

func (m *Mirror) recallFile(f source.IndexFile) {
	path := filepath.FromSlash(f.Path)
	if !filepath.IsAbs(path) {
		path = filepath.Join(m.o.Root, path)
	}
	if _, known := m.have[path]; known {
		return
	}
	digest, p, err := m.hash(path)
	switch {
	case err == nil && digest == f.Digest:
		m.keep(path, held{digest: digest, size: f.Size, origin: f.Origin, print: p})
	case err == nil:
		m.o.Log.Debug("Changed since it was written, so it is not ours: " + path)
	}
}

// sweepDirectories removes what was staged beside the files of an index, which is so for those on other file systems.
func (m *Mirror) sweepDirectories(x source.Index) {
	seen := map[string]bool{m.o.Stage: true}
	for _, files := range [][]source.IndexFile{x.Files, x.Outside, x.Pending} {
		for _, f := range files {
			dir := filepath.Dir(filepath.FromSlash(f.Path))
			if !filepath.IsAbs(dir) {
				dir = filepath.Join(m.o.Root, dir)
			}
			if !seen[dir] {
				seen[dir] = true
				m.sweep(dir)
			}
		}
	}
}

// readIndex reads an index of bounded size.
func readIndex(path string) (source.Index, []byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return source.Index{}, nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, source.MaxIndexBytes+1))
	if err != nil {
		return source.Index{}, nil, err
	}
	x, err := source.DecodeIndex(data)
	return x, data, err
}
