// Package store is the file database: exactly Perses' layout (contracts: perses.md §3.1), read from a memory-resident index and
// written so that a crash at any instruction leaves every document whole, old or new (DELIVERY R21, R29-R32).
//
// Three ideas. The view: an immutable tree of entries (metadata, hash, owner mark, no body), replaced by one pointer swap, so that a
// reader sees a state that existed. The journal: a transaction stages all its files, synced, then appends one commit record, then
// renames; reopening finishes or forgets it. The watchful eye: another process may write documents plainly at any time, so reads by name
// revalidate with one stat, and lists whose directory was checked over a second ago lstat its files.
//
// The file's name is the identity. Not served, but reported by Check: files in nested directories, with the other extension, with
// upper-case letters in a case-insensitive database, and files that are symbolic links, whose targets can change unseen; a write replaces the link, never its target.
//
// Secrets are encrypted on the way in and decrypted on the way out. Owner marks are opaque here: bytes beside an identity.
// It knows nothing of sources, and does not judge documents: that is package validate's.
package store

import (
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/perseid-dev/perseid/internal/atomicfile"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/seal"
)

// Options says where and how. Zero values: yaml, case-insensitive, 64 MiB of cached bodies, no log, time.Now.
type Options struct {
	Dir           string
	Extension     string // "yaml" or "json"
	CaseSensitive bool
	// Key encrypts secrets. Without one, documents that hold any cannot be written.
	Key        *seal.Key
	CacheBytes int64
	Log        *slog.Logger
	Now        func() time.Time
	// ReadOnly serves a folder that another process holds (R31): it takes no lock and writes nothing, and every write is refused.
	ReadOnly bool
	// Disk is where documents and our state are written; nil is the disk.
	Disk atomicfile.Disk
}

// defaultCacheBytes is how much of answered bodies is kept in memory if Options.CacheBytes is zero.
const defaultCacheBytes = 64 << 20

func (o Options) withDefaults() Options {
	if o.Extension == "" {
		o.Extension = "yaml"
	}
	if o.CacheBytes == 0 {
		o.CacheBytes = defaultCacheBytes
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// Store is the open database. All methods are safe for concurrent use.
//
// Locks, in the order in which they are taken: commits, scans, mu, swap, then the small ones of cache, freshness and listings.
type Store struct {
	layout
	key     *seal.Key
	keyName string // names the key; "" without one
	log     *slog.Logger
	now     func() time.Time

	commits sync.Mutex   // one large transaction at a time
	scans   sync.Mutex   // one scan of directories at a time
	mu      sync.Mutex   // the write lock: whoever publishes a view holds it
	swap    sync.RWMutex // held for writing while disk and view disagree; readers see both agree
	view    atomic.Pointer[view]

	listings  listings
	freshness freshness
	cache     *cache
	lock      *lock
	journal   *journal // nil if read-only
	reserved  uint64   // the generation up to which a restart is sure to go on above; guarded by mu
	unsynced  map[string]bool
	refused   error // why nothing can be written; guarded by mu
	reformed  bool
	newer     bool // our state is of a newer version of this program
	foreign   bool // only held: Perses' folder, of which no index is to be written

	disk    atomicfile.Disk
	decodes atomic.Int64 // documents decoded since the start
}

// ErrClosed is what a closed store answers to writes.
var ErrClosed = errors.New("the database is closed")

// Close writes the index and releases the lock. It waits for writes under way.
func (s *Store) Close() error {
	s.commits.Lock()
	defer s.commits.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if errors.Is(s.refused, ErrClosed) {
		return nil
	}
	var err error
	if s.journal != nil && s.refused == nil && !s.foreign && !s.clean() {
		err = s.checkpoint(s.view.Load().generation)
	}
	s.refused = &problem.Failure{Class: problem.Unavailable, Detail: ErrClosed.Error(), Err: ErrClosed}
	return errors.Join(err, s.journal.close(), s.lock.release())
}

// clean says whether the index on disk is that of the present view, and of a clean end.
func (s *Store) clean() bool { return s.journal.size == 0 && s.reserved == s.view.Load().generation }

// Generation counts published views; it grows across restarts.
func (s *Store) Generation() uint64 { return s.view.Load().generation }

// Reformed says that extension, case mode or canonical form are not those of the last time, so that hashes and marks written then
// may not match; the first reconcile then prunes nothing (R32).
func (s *Store) Reformed() bool { return s.reformed }

// Newer says that the state beside the documents is of a newer version of this program: it is served, and nothing there is to be changed (R30).
func (s *Store) Newer() bool { return s.newer }

// Count is how many documents of each kind are served, as the present view has them.
func (s *Store) Count() map[string]int {
	count := map[string]int{}
	s.view.Load().each(func(e *Entry) {
		if e.served() {
			count[e.ID.Kind]++
		}
	})
	return count
}

// Problems lists the stored files that cannot be read now, as the last look at each found them. Origin is the path in the database.
func (s *Store) Problems() problem.List {
	var list problem.List
	s.view.Load().each(func(e *Entry) {
		if e.Problem != "" {
			list = append(list, unreadable(s.relative(e.ID), e.Problem))
		}
	})
	sortProblems(list)
	return list
}

// Look makes sure (lstat) that the view is as the disk is now, whoever changed it. The error is for a directory that cannot be
// listed: what it holds is not known, which is not to say that it is empty.
func (s *Store) Look() error {
	for _, k := range resource.Kinds() {
		if err := s.freshen(k, "", 0); err != nil {
			return err
		}
	}
	return nil
}

// All is Look, and every entry then, in no particular order.
func (s *Store) All() ([]*Entry, error) {
	if err := s.Look(); err != nil {
		return nil, err
	}
	s.swap.RLock()
	defer s.swap.RUnlock()
	var all []*Entry
	s.view.Load().each(func(e *Entry) {
		if e.served() {
			all = append(all, e)
		}
	})
	return all, nil
}
