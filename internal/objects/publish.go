package objects

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/perseid-dev/perseid/internal/source"
)

const (
	segmentPattern = "%08d.seg"
	// stagedName is taken by no reader: it has no extension of a resource and none of a segment.
	stagedName = "next.tmp"
)

// stage makes sure that there is a staged segment.
func (s *Store) stage() (err error) {
	if s.staged == nil {
		s.staged, err = createSegment(s.disk, filepath.Join(s.dir, stagedName))
	}
	return err
}

// exposed lists the segments that hold a plain copy of sealed content.
func (s *Store) exposed() (found []*segment) {
	for _, seg := range s.segments {
		if seg.exposed {
			found = append(found, seg)
		}
	}
	return found
}

// absorbable adds to victims the segments that are no larger than what is about to be written: each byte is then
// rewritten a logarithmic number of times, and the number of segments stays logarithmic.
func (s *Store) absorbable(victims []*segment) []*segment {
	var total int64
	if s.staged != nil {
		total = s.staged.end
	}
	for _, seg := range victims {
		total += seg.end
	}
	bySize := slices.SortedFunc(slices.Values(s.segments), func(a, b *segment) int { return cmp.Compare(a.end, b.end) })
	for _, seg := range bySize {
		if seg.end > total || total+seg.end > maxSegment {
			break
		}
		if !slices.Contains(victims, seg) {
			victims = append(victims, seg)
			total += seg.end
		}
	}
	return victims
}

// publish gives the staged segment its name, with the live records of victims in it, and removes the victims.
func (s *Store) publish(victims []*segment) error {
	moves, err := s.complete(victims)
	if err != nil {
		return errors.Join(err, s.drop())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range moves {
		if s.index[m.digest] == m.from { // unless it was found damaged meanwhile
			s.index[m.digest] = m.to
		}
	}
	if s.staged != nil {
		s.reveal()
		s.segments = append(s.segments, s.staged)
		s.staged = nil
	}
	s.segments = slices.DeleteFunc(s.segments, func(seg *segment) bool { return slices.Contains(victims, seg) })
	return s.discard(victims)
}

// reveal ends the shadows of what is now durable.
func (s *Store) reveal() {
	s.staged.table = nil
	for _, e := range s.index {
		if e.shadow != nil {
			e.shadow.seg.exposed = true
			e.shadow = nil
		}
	}
}

// move is a content that lies in two segments until the index points to the new one.
type move struct {
	digest   source.Digest
	from, to *entry
}

// complete copies the victims' live records behind what is staged, and makes the staged segment durable under its name.
// The index is left alone. With nothing staged and nothing alive it writes nothing.
func (s *Store) complete(victims []*segment) ([]move, error) {
	moves := s.alive(victims)
	for i := range moves {
		if err := s.copy(&moves[i]); err != nil {
			return nil, err
		}
	}
	if s.staged == nil {
		return nil, nil
	}
	if err := s.staged.finish(); err != nil {
		return nil, err
	}
	path := filepath.Join(s.dir, fmt.Sprintf(segmentPattern, s.last+1))
	if err := s.disk.Rename(s.staged.path, path); err != nil {
		return nil, err
	}
	s.staged.path = path
	s.last++
	return moves, s.disk.SyncDir(s.dir)
}

// alive lists what lies in the victims, in the order of the disk.
func (s *Store) alive(victims []*segment) (moves []move) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for d, e := range s.index {
		if slices.Contains(victims, e.seg) {
			moves = append(moves, move{digest: d, from: e})
		}
	}
	slices.SortFunc(moves, func(a, b move) int {
		return cmp.Or(cmp.Compare(a.from.seg.path, b.from.seg.path), cmp.Compare(a.from.offset, b.from.offset))
	})
	return moves
}

func (s *Store) copy(m *move) error {
	raw := make([]byte, m.from.rec.length())
	if _, err := m.from.seg.file.ReadAt(raw, m.from.offset); err != nil {
		return err
	}
	if err := s.stage(); err != nil {
		return err
	}
	offset, err := s.staged.append(raw, m.from.rec)
	if err != nil {
		return err
	}
	m.to = &entry{seg: s.staged, offset: offset, rec: m.from.rec}
	m.to.used.Store(m.from.used.Load())
	return nil
}

// drop forgets what was put since the last Sync, and its file.
func (s *Store) drop() error {
	if s.staged == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for d, e := range s.index {
		if e.seg != s.staged {
			continue
		}
		if e.shadow != nil {
			s.index[d] = e.shadow
		} else {
			delete(s.index, d)
		}
	}
	err := s.discard([]*segment{s.staged})
	s.staged = nil
	return err
}

func (s *Store) discard(segments []*segment) error {
	var all []error
	for _, seg := range segments {
		all = append(all, seg.file.Close(), s.disk.Unlink(seg.path))
	}
	return errors.Join(all...)
}
