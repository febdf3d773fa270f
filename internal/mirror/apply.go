package mirror

import (
	"errors"
	"fmt"
	"io/fs"

	"golang.org/x/sys/unix"

	"github.com/perseid-dev/perseid/internal/source"
)

// Wanted is what the directory should hold.
type Wanted struct {
	Claims []Claim
	// Keep says of an origin that its file stays although nobody claims it: it could not be read (DELIVERY R3). Nil keeps nothing.
	Keep     func(origin string) bool
	Complete bool // everything was read
	Revision string
}

// Change is one file that was written or removed, or should have been.
type Change struct {
	Path, Origin string
	Removed      bool
	// TookOver: the path held a file that is not ours, with other content.
	TookOver bool
	// Err is why it did not happen; the file is as it was, and the next Apply tries again. It wraps ErrRefused where trying again is of no
	// use, and ErrMissing where the bytes must be put again.
	Err error
}

// ErrMissing is wrapped by the error of a change whose bytes are neither staged nor in another file: the source must be listed again.
var ErrMissing = errors.New("its content is not at hand")

// Report is what an Apply did.
type Report struct {
	Changes  []Change   // writes by path, then removals by path
	Shadowed []Shadowed // by path
	// IndexErr is why the index was not written. The files are right; after a restart, some may not be known as ours.
	IndexErr error
}

// Apply makes the directory hold what is wanted. Files that are as they should be are not touched.
func (m *Mirror) Apply(w Wanted) Report {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.generation++
	won, shadowed := winners(w.Claims)
	r := Report{Shadowed: shadowed}
	p := m.plan(won, w.Keep)
	p.writes = m.refuse(p.writes, &r)
	if len(p.writes) > 0 {
		r.IndexErr = m.announce(w, p.writes)
	}
	if err := m.step("write files"); err != nil {
		r.IndexErr = err
		return r
	}
	for _, c := range p.writes {
		if change, adopted := m.write(c); !adopted {
			r.add(change)
		}
	}
	for _, path := range p.removes {
		r.add(m.remove(path))
	}
	m.finish(w, &r)
	return r
}

func (r *Report) add(c Change) { r.Changes = append(r.Changes, c) }

// refuse takes out what may not be written at all.
func (m *Mirror) refuse(writes []Claim, r *Report) (allowed []Claim) {
	for _, c := range writes {
		if _, _, err := m.o.tree(c.Path); err != nil {
			r.add(Change{Path: c.Path, Origin: c.File.Origin, Err: err})
			continue
		}
		allowed = append(allowed, c)
	}
	return allowed
}

// finish writes the index as it now is.
func (m *Mirror) finish(w Wanted, r *Report) {
	for _, c := range r.Changes {
		w.Complete = w.Complete && (c.Err == nil || errors.Is(c.Err, ErrRefused))
	}
	if err := m.step("write index"); err != nil {
		r.IndexErr = err
		return
	}
	r.IndexErr = m.saveIndex(w)
	m.tidy()
}

// write puts one file in place, or finds that it is there.
func (m *Mirror) write(c Claim) (change Change, adopted bool) {
	change = Change{Path: c.Path, Origin: c.File.Origin}
	at, err := m.enter(c.Path, true)
	if err != nil {
		change.Err = fmt.Errorf("write %s: %w", c.Path, cause(err))
		return change, false
	}
	defer at.close()
	if adopted, change.TookOver = m.adopt(at, c); adopted {
		return change, true
	}
	if err = m.step("place " + c.Path); err == nil {
		err = m.place(at, c.File)
	}
	if err != nil {
		change.Err = fmt.Errorf("write %s: %w", c.Path, cause(err))
		return change, false
	}
	p, err := at.look()
	if err != nil { // somebody took it away at once: the next check finds out
		p = print{}
	}
	m.keep(c.Path, held{digest: c.File.Digest, size: c.File.Size, origin: c.File.Origin, print: p})
	return change, false
}

// adopt looks at what is at a spot that is not known as ours: a file with the content that is wanted becomes ours as it is.
func (m *Mirror) adopt(at *spot, c Claim) (adopted, foreign bool) {
	if h, ours := m.have[c.Path]; ours && !h.digest.IsZero() {
		return false, false
	}
	digest, p, err := at.hash()
	if err == nil && digest == c.File.Digest {
		m.keep(c.Path, held{digest: digest, size: c.File.Size, origin: c.File.Origin, print: p})
		return true, false
	}
	_, ours := m.have[c.Path]
	return false, !ours && !errors.Is(err, fs.ErrNotExist)
}

// place brings bytes to a spot: what is staged for it, or a copy of what another file has.
func (m *Mirror) place(at *spot, file source.File) error {
	if s, ok := m.staged[file.Digest]; ok {
		err := s.place(at, m.o.Stage)
		if err == nil {
			m.discard(file.Digest)
			return nil
		}
		if errors.Is(err, unix.EISDIR) || errors.Is(err, unix.ENOTDIR) {
			return err
		}
	}
	from, err := m.reader(file.Digest)
	if err != nil {
		return ErrMissing
	}
	defer from.Close()
	return m.copyTo(at, from, file.Digest)
}

// remove removes a file of ours. One that is gone already is as good.
func (m *Mirror) remove(path string) Change {
	change := Change{Path: path, Origin: m.have[path].origin, Removed: true}
	change.Err = m.step("remove " + path)
	if change.Err == nil {
		change.Err = m.unlink(path)
	}
	switch {
	case change.Err == nil, errors.Is(change.Err, fs.ErrNotExist), errors.Is(change.Err, ErrRefused):
		m.forget(path)
	default:
		change.Err = fmt.Errorf("remove %s: %w", path, cause(change.Err))
	}
	return change
}

func (m *Mirror) unlink(path string) error {
	at, err := m.enter(path, false)
	if err != nil {
		return err
	}
	defer at.close()
	return unix.Unlinkat(at.fd(), at.base, 0)
}
