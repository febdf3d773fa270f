package objects

import (
	"fmt"
	"time"

	"github.com/perseid-dev/perseid/internal/source"
)

// Retain drops every content that keep does not want and nobody touched within Grace, and rewrites segments that are more
// than half dead: the new segment is durable before the old ones go. It syncs what was put. keep must not call the store.
func (s *Store) Retain(keep func(source.Digest) bool) error {
	s.write.Lock()
	defer s.write.Unlock()
	if s.closed {
		return ErrClosed
	}
	if err := s.sync(); err != nil {
		return err
	}
	s.forgetUnwanted(keep)
	for _, victim := range s.mostlyDead() {
		if err := s.publish([]*segment{victim}); err != nil {
			return fmt.Errorf("compact objects: %w", err)
		}
	}
	return nil
}

func (s *Store) forgetUnwanted(keep func(source.Digest) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	young := time.Now().Add(-Grace).Unix()
	for d, e := range s.index {
		if e.used.Load() <= young && !keep(d) {
			delete(s.index, d)
		}
	}
}

func (s *Store) mostlyDead() (victims []*segment) {
	live := map[*segment]int64{}
	for _, e := range s.index {
		live[e.seg] += e.rec.length()
	}
	for _, seg := range s.segments {
		if 2*live[seg] < seg.end-int64(len(segmentMagic)) || live[seg] == 0 {
			victims = append(victims, seg)
		}
	}
	return victims
}
