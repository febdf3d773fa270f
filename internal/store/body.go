package store

import (
	"errors"
	"time"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

// ErrReplaced is wrapped where the bytes of an entry are gone: its document was replaced or damaged by another process, or
// replaced so long after Get that nobody could still want them. Get it again.
var ErrReplaced = errors.New("the document changed since it was looked up")

// Body is the document as the API answers it: canonical JSON, masked where the kind holds secrets. It always is what the
// entry's ETag stands for. It is shared: do not change it. An entry keeps its body for ten seconds after Get, whatever is written meanwhile.
// The error wraps ErrReplaced, with class Unavailable, if the bytes are gone.
func (s *Store) Body(e *Entry) ([]byte, error) {
	if body, ok := s.cache.get(e.ETag); ok {
		return body, nil
	}
	data, err := s.bytes(e)
	if err != nil {
		return nil, err
	}
	if !e.canonical {
		r, err := s.decode(e.ID, data)
		if err != nil {
			return nil, err
		}
		data = r.Masked().JSON()
	}
	s.cache.put(e.ETag, data)
	return data, nil
}

// Read decodes a document for use: secrets decrypted, password hashes as they are. The error is as that of Body.
func (s *Store) Read(e *Entry) (*resource.Resource, error) {
	data, err := s.bytes(e)
	if err != nil {
		return nil, err
	}
	r, err := s.decode(e.ID, data)
	if err != nil {
		return nil, err
	}
	return r, decrypt(r, s.key)
}

// bytes are those of the file when the entry was made. Their digest is compared, so that no other version can be taken for this one.
func (s *Store) bytes(e *Entry) ([]byte, error) {
	s.swap.RLock()
	defer s.swap.RUnlock()
	if pinned := e.live.pinned.Load(); pinned != nil {
		return *pinned, nil
	}
	data, _, err := readFile(s.path(e.ID))
	switch {
	case err == nil && digestOf(data) == e.raw:
		return data, nil
	case e.Problem != "":
		return nil, &problem.Failure{Class: problem.Unavailable, Detail: damaged(e).Error(), Err: ErrReplaced}
	default:
		return nil, &problem.Failure{Class: problem.Unavailable, Detail: e.ID.String() + ": " + ErrReplaced.Error(), Err: ErrReplaced}
	}
}

// lentFor is how long after Get an entry's bytes are kept for whoever asked.
const lentFor = 10 * time.Second

// pin keeps the bytes of an entry that is about to be replaced or removed, if somebody may still ask for them. The caller holds swap.
// Entries that nobody holds any more take their bytes with them.
func (s *Store) pin(e *Entry) {
	if !e.served() || e.Problem != "" || !s.wanted(e) {
		return
	}
	if data, _, err := readFile(s.path(e.ID)); err == nil && digestOf(data) == e.raw {
		e.live.pinned.Store(&data)
	}
}

func (s *Store) wanted(e *Entry) bool {
	return s.now().UnixNano()-e.live.lent.Load() < int64(lentFor) || s.listings.cover(e.ID)
}
