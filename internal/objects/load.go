package objects

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/perseid-dev/perseid/internal/source"
)

// load opens the segments, oldest first, so that of two copies the later is used.
func (s *Store) load() error {
	if err := s.disk.MkdirAll(s.dir, 0o750); err != nil {
		return err
	}
	names, err := os.ReadDir(s.dir)
	if err != nil {
		return err
	}
	for _, entry := range names {
		var n int
		if _, err := fmt.Sscanf(entry.Name(), segmentPattern, &n); err != nil || fmt.Sprintf(segmentPattern, n) != entry.Name() {
			continue
		}
		if err := s.loadSegment(filepath.Join(s.dir, entry.Name())); err != nil {
			return err
		}
		s.last = max(s.last, n)
	}
	return nil
}

func (s *Store) loadSegment(path string) error {
	held := map[*entry]source.Digest{}
	seg, err := openSegment(s.disk, path, func(rec record, offset int64) error {
		d, err := s.codec.digest(rec)
		if errors.Is(err, ErrDamaged) {
			return nil
		}
		held[&entry{offset: offset, rec: rec}] = d
		return err
	})
	if err != nil {
		return err
	}
	s.segments = append(s.segments, seg)
	for e, d := range held {
		e.seg = seg
		s.adopt(d, e)
	}
	return nil
}

// adopt takes a later copy into the index, unless that would prefer a plain one over a sealed one.
func (s *Store) adopt(d source.Digest, e *entry) {
	old := s.index[d]
	switch {
	case old == nil || old.rec.sealed == e.rec.sealed:
		s.index[d] = e
	case e.rec.sealed:
		old.seg.exposed, s.index[d] = true, e
	default:
		e.seg.exposed = true
	}
}
