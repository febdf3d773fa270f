// Package objects keeps contents by digest in <database>/.perseid/objects: source files, last good versions, what was deleted or taken over.
//
// Contents are appended to segments, compressed and checksummed, one segment and one fsync per Sync (DELIVERY R3);
// what came from a place for secrets is sealed (R33). It implements source.Bodies.
package objects

import (
	"github.com/perseid-dev/perseid/internal/seal"
	"github.com/perseid-dev/perseid/internal/source"
)

// Store is safe for concurrent use.
type Store struct{}

var _ source.Bodies = (*Store)(nil)

// Open reads the segments' tables; a segment cut short by a crash loses only what was never synced.
func Open(dir string, key *seal.Key) (*Store, error) { panic("todo") }

// Has says whether the bytes of a digest are kept.
func (s *Store) Has(d source.Digest) bool { panic("todo") }

// Put appends bytes under their digest, unless they are there.
func (s *Store) Put(d source.Digest, data []byte, secret bool) error { panic("todo") }

// Sync makes what was put durable and closes the segment.
func (s *Store) Sync() error { panic("todo") }

// Open returns the bytes of a digest, checked; an error that wraps fs.ErrNotExist if it is not kept.
func (s *Store) Open(d source.Digest) ([]byte, error) { panic("todo") }

// Retain drops every content that keep does not want, rewriting segments that are more than half dead.
func (s *Store) Retain(keep func(source.Digest) bool) error { panic("todo") }

// Close syncs and lets go.
func (s *Store) Close() error { panic("todo") }
