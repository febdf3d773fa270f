// Package objects keeps contents by digest in <database>/.perseid/objects: source files, last good versions, what was
// deleted or taken over (DELIVERY R3, R22, R33).
//
// Three ideas. A segment is a file of compressed, checksummed records with a table at its end; it gets its name only when it
// is whole and synced, so a crash loses what was never synced and nothing else. Small segments are merged into the next one
// that is written, so their number stays logarithmic. What came from a place for secrets is sealed, its digest too, since the
// digest of a short secret can be guessed.
//
// It is not a database: it knows no documents and no owners, and what is still wanted is for the caller of Retain to say.
package objects

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"
	"sync/atomic"
	"time"

	"github.com/perseid-dev/perseid/internal/atomicfile"
	"github.com/perseid-dev/perseid/internal/seal"
	"github.com/perseid-dev/perseid/internal/source"
)

// MaxContent is the largest content that Put takes, in bytes.
const MaxContent = 32 << 20

// Grace is how long content that was put, or asked for by Has, outlives a Retain that does not want it: a source that was
// told it need not put its bytes is believed before its snapshot arrives.
const Grace = 10 * time.Minute

var (
	// ErrDamaged is wrapped by the error of Open for content that no longer matches its checksum or digest. The content is
	// then forgotten, so that Has says no and a source puts it again.
	ErrDamaged = errors.New("content is damaged")
	// ErrKey is wrapped by the error of Open when a segment is sealed with another encryption key.
	ErrKey = errors.New("sealed with another encryption key")
	// ErrClosed is returned after Close.
	ErrClosed = errors.New("object store is closed")
)

// Store is safe for concurrent use. One process has a directory open at a time; the lock of the database sees to that.
type Store struct {
	dir   string
	disk  atomicfile.Disk
	codec *codec

	write  sync.Mutex // held by whoever writes; taken before mu
	staged *segment   // takes what is put; nil until something is
	last   int        // highest segment number given
	closed bool

	mu       sync.RWMutex // guards the index, and segments against being closed while read
	index    map[source.Digest]*entry
	segments []*segment // whole and synced
}

// entry is where one content lies.
type entry struct {
	seg    *segment
	offset int64 // of the record in its segment
	rec    record
	used   atomic.Int64 // seconds since 1970 when it was last put or asked for
	// shadow is the plain entry that this sealed one replaces as soon as it is synced.
	shadow *entry
}

func (e *entry) touch() { e.used.Store(time.Now().Unix()) }

var _ source.Bodies = (*Store)(nil)

// Open reads the tables of the segments in dir, which is made if it is missing. A segment without its table, cut short or
// damaged, is read record by record as far as it is whole. A nil key keeps no secrets. Nothing that exists is rewritten.
func Open(dir string, key *seal.Key) (*Store, error) { return OpenOn(nil, dir, key) }

// OpenOn is Open, with segments written on a disk.
func OpenOn(disk atomicfile.Disk, dir string, key *seal.Key) (*Store, error) {
	s := &Store{dir: dir, disk: disk, index: map[source.Digest]*entry{}}
	var err error
	if s.codec, err = newCodec(key); err != nil {
		return nil, err
	}
	if err := s.load(); err != nil {
		s.closeSegments()
		return nil, fmt.Errorf("open objects: %w", err)
	}
	return s, nil
}

// Has says whether the bytes of a digest are kept; content that is put and not yet synced counts. If another caller's Sync
// fails, content that was put and not synced is dropped, so whoever must know asks again after their own Sync.
func (s *Store) Has(d source.Digest) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	e := s.index[d]
	if e != nil {
		e.touch()
	}
	return e != nil
}

// Size is how many bytes a content has; 0 if it is not kept.
func (s *Store) Size(d source.Digest) int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if e := s.index[d]; e != nil {
		return int64(e.rec.size)
	}
	return 0
}

// Put appends bytes under their digest, unless they are there. Content that is there plainly and is put again as a secret
// is sealed, and the plain copy goes with the next Sync. Put does not hold on to data. After an error, such as a full disk,
// this content is not kept; where a full segment could not be closed, it is as after a failed Sync.
func (s *Store) Put(d source.Digest, data []byte, secret bool) error {
	if s.satisfies(d, secret) {
		return nil
	}
	if len(data) > MaxContent {
		return fmt.Errorf("keep %s: %d bytes are more than the %d of the limit", d.Short(), len(data), MaxContent)
	}
	raw, rec, err := s.codec.pack(d, data, secret)
	if err != nil {
		return fmt.Errorf("keep %s: %w", d.Short(), err)
	}
	s.write.Lock()
	defer s.write.Unlock()
	if s.satisfies(d, secret) { // somebody else put it meanwhile
		return nil
	}
	if err := s.put(d, raw, rec); err != nil {
		return fmt.Errorf("keep %s: %w", d.Short(), err)
	}
	return nil
}

// satisfies says whether a Put would change nothing.
func (s *Store) satisfies(d source.Digest, secret bool) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	e := s.index[d]
	if e == nil || secret && !e.rec.sealed {
		return false
	}
	e.touch()
	return true
}

func (s *Store) put(d source.Digest, raw []byte, rec record) error {
	if s.closed {
		return ErrClosed
	}
	if s.staged != nil && s.staged.end+int64(len(raw)) > maxSegment {
		if err := s.publish(nil); err != nil {
			return err
		}
	}
	if err := s.stage(); err != nil {
		return err
	}
	offset, err := s.staged.append(raw, rec)
	if err != nil {
		return err
	}
	e := &entry{seg: s.staged, offset: offset, rec: rec}
	e.touch()
	s.mu.Lock()
	defer s.mu.Unlock()
	e.shadow = s.index[d]
	s.index[d] = e
	return nil
}

// Sync makes what was put durable: one segment, one fsync. On error what was put since the last Sync is dropped, by whoever
// it was put, and what was durable before still is.
func (s *Store) Sync() error {
	s.write.Lock()
	defer s.write.Unlock()
	if s.closed {
		return ErrClosed
	}
	return s.sync()
}

func (s *Store) sync() error {
	// The first round may leave a plain copy of what is now sealed in the segment it wrote; the second is rid of it.
	for range 2 {
		victims := s.exposed()
		if s.staged == nil && len(victims) == 0 {
			return nil
		}
		if err := s.publish(s.absorbable(victims)); err != nil {
			return fmt.Errorf("sync objects: %w", err)
		}
	}
	return nil
}

// Open returns the bytes of a digest, checked against it; an error that wraps fs.ErrNotExist if it is not kept, or ErrDamaged.
func (s *Store) Open(d source.Digest) ([]byte, error) {
	e, raw, err := s.read(d)
	if err != nil {
		return nil, fmt.Errorf("open object %s: %w", d.Short(), err)
	}
	data, err := s.codec.unpack(d, e.rec, raw)
	if err != nil {
		s.forget(d, e)
		return nil, fmt.Errorf("open object %s: %w", d.Short(), err)
	}
	return data, nil
}

func (s *Store) read(d source.Digest) (*entry, []byte, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	e := s.index[d]
	if e == nil {
		return nil, nil, fs.ErrNotExist
	}
	raw := make([]byte, e.rec.stored)
	n, err := e.seg.file.ReadAt(raw, e.offset+int64(e.rec.headLen()))
	if err == io.EOF { // cut short since the segment was opened: for the checksum to find
		return e, raw[:n], nil
	}
	return e, raw, err
}

func (s *Store) forget(d source.Digest, e *entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.index[d] == e {
		delete(s.index, d)
	}
}

// Close syncs and lets go. Closing twice does nothing.
func (s *Store) Close() error {
	s.write.Lock()
	defer s.write.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	return errors.Join(s.sync(), s.closeSegments())
}

// closeSegments empties the index too, so that nothing reads from a closed file.
func (s *Store) closeSegments() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.index = nil
	var all []error
	for _, seg := range s.segments {
		all = append(all, seg.file.Close())
	}
	s.segments = nil
	return errors.Join(all...)
}
