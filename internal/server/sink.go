package server

import (
	"errors"
	"fmt"
	"time"

	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/inventory"
	"github.com/perseid-dev/perseid/internal/reconcile"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/seal"
	"github.com/perseid-dev/perseid/internal/store"
	"github.com/perseid-dev/perseid/internal/validate"
)

// sink is the file database as reconcile.Sink.
type sink struct {
	db       *store.Store
	key      *seal.Key
	examiner desired.Examiner
	// known is the entry that each part of have was made of: entries are immutable, so the same pointer means the same thing.
	known map[resource.ID]*store.Entry
	have  map[resource.ID]desired.Have
}

var _ reconcile.Sink = (*sink)(nil)

func newSink(db *store.Store, key *seal.Key, examiner desired.Examiner) *sink {
	return &sink{db: db, key: key, examiner: examiner, known: map[resource.ID]*store.Entry{}, have: map[resource.ID]desired.Have{}}
}

// Generation implements reconcile.Sink.
func (s *sink) Generation(look bool) uint64 {
	if look {
		_ = s.db.Look() // what cannot be listed is for Have to complain of
	}
	return s.db.Generation()
}

// Have implements reconcile.Sink. The map is the same one every time, brought up to what is served now: mostly one entry of many changed.
func (s *sink) Have() (map[resource.ID]desired.Have, error) {
	entries, err := s.db.All()
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if s.known[e.ID] == e {
			continue
		}
		have, err := s.describe(e)
		if err != nil {
			return nil, err
		}
		have.Damaged = damagedSince(e, s.have[e.ID].Damaged)
		s.known[e.ID], s.have[e.ID] = e, have
	}
	if len(s.known) > len(entries) {
		s.forget(entries)
	}
	return s.have, nil
}

// forget drops what is no longer served.
func (s *sink) forget(entries []*store.Entry) {
	present := make(map[resource.ID]bool, len(entries))
	for _, e := range entries {
		present[e.ID] = true
	}
	for id := range s.known {
		if !present[id] {
			delete(s.known, id)
			delete(s.have, id)
		}
	}
}

// damagedSince is when an entry was first seen to be unreadable.
func damagedSince(e *store.Entry, before time.Time) time.Time {
	switch {
	case e.Problem == "":
		return time.Time{}
	case before.IsZero():
		return time.Now()
	}
	return before
}

func (s *sink) describe(e *store.Entry) (desired.Have, error) {
	mark, err := readMark(s.key, e.Mark)
	if err != nil {
		return desired.Have{}, fmt.Errorf("%s: %w", e.ID, err)
	}
	facts := validate.Facts{Variable: e.Variable}
	if e.Default {
		facts.DefaultOf = e.Plugin
	}
	return desired.Have{Hash: e.Hash, Mark: mark, Metadata: e.Metadata, Facts: facts}, nil
}

// Read implements reconcile.Sink.
func (s *sink) Read(id resource.ID) (*resource.Resource, error) {
	e, err := s.db.Get(id)
	if err != nil {
		return nil, err
	}
	return s.db.Read(e)
}

// Apply implements reconcile.Sink.
func (s *sink) Apply(b reconcile.Batch) error {
	var t store.Transaction
	for _, p := range b.Puts {
		put, err := s.put(p)
		if err != nil {
			return err
		}
		t.Puts = append(t.Puts, put)
	}
	for _, d := range b.Deletes {
		t.Deletes = append(t.Deletes, store.Delete{ID: d.ID, Before: d.Hash})
	}
	for _, m := range b.Marks {
		t.Marks = append(t.Marks, store.Mark{ID: m.ID, Mark: s.encode(m.ID, m.Mark)})
	}
	_, err := s.db.Commit(t)
	var changed *store.ChangedError
	if errors.As(err, &changed) {
		return fmt.Errorf("%w: %w", reconcile.ErrChanged, err)
	}
	return err
}

func (s *sink) put(p reconcile.Put) (store.Put, error) {
	put := store.Put{ID: p.ID, Load: p.Load, Continue: p.Continue, CheckBefore: true}
	if p.Have != nil {
		put.Before = p.Have.Hash
	}
	if p.ID.Kind == "User" {
		return s.user(p, put)
	}
	put.Mark = s.encode(p.ID, p.Mark)
	return put, nil
}

// user hashes the password now: what will be stored must be known for the mark (I2).
func (s *sink) user(p reconcile.Put, put store.Put) (store.Put, error) {
	user, err := p.Load()
	if err != nil {
		return put, err
	}
	err = user.MapSensitive(func(how resource.Sensitive, _, value string) (string, error) {
		if how != resource.Hashed {
			return value, nil
		}
		return seal.HashPassword(value)
	})
	if err != nil {
		return put, fmt.Errorf("hash the password of %s: %w", p.ID, err)
	}
	if p.Mark != nil {
		p.Mark.Stored = s.examiner.Hash(user)
	}
	put.Mark = s.encode(p.ID, p.Mark)
	put.Load = func() (*resource.Resource, error) { return user, nil }
	return put, nil
}

// encode is the form of a mark in the store. That of a secret, and of what came from one, is sealed: the digest of its file would help to guess it (R33).
func (s *sink) encode(id resource.ID, m *inventory.Mark) []byte {
	if m == nil {
		return nil
	}
	if k, err := resource.KindByName(id.Kind); m.Secret || err == nil && k.Secret {
		return append([]byte{sealedMark}, s.key.Seal(m.Encode())...)
	}
	return m.Encode()
}

// sealedMark starts a mark that is sealed; JSON never starts so.
const sealedMark = 0

// readMark reads what encode wrote.
func readMark(key *seal.Key, data []byte) (*inventory.Mark, error) {
	if len(data) > 0 && data[0] == sealedMark {
		var err error
		if data, err = key.Open(data[1:]); err != nil {
			return nil, fmt.Errorf("open owner mark: %w", err)
		}
	}
	return inventory.DecodeMark(data)
}
