// Package store is the file database: exactly Perses' layout (contracts: perses.md §3.1), read from a memory-resident index and
// written so that a crash at any instruction leaves every document whole, old or new (DELIVERY R21, R29-R32).
//
// Three ideas. The view: an immutable tree of entries (metadata, hash, owner mark, no body), replaced by one pointer swap, so that a
// reader sees a state that existed. The journal: a transaction stages all its files, synced, then appends one commit record, then
// renames; reopening finishes or forgets it. The watchful eye: another process may write documents plainly at any time, so reads by name
// revalidate with one stat, and lists whose directory was checked over a second ago lstat its files.
//
// Secrets are encrypted on the way in and decrypted on the way out. Owner marks are opaque here: bytes beside an identity.
package store

import (
	"log/slog"
	"time"

	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/seal"
)

// Options says where and how. Zero values: yaml, case-insensitive, 64 MiB of cached bodies, no log, time.Now.
type Options struct {
	Dir           string
	Extension     string // "yaml" or "json"
	CaseSensitive bool
	Key           *seal.Key
	CacheBytes    int64
	Log           *slog.Logger
	Now           func() time.Time
}

// Store is the open database. All methods are safe for concurrent use.
type Store struct{}

// Entry is what is known of one stored document without its body. It is immutable.
type Entry struct {
	ID       resource.ID // folded where the database is case-insensitive
	Metadata resource.Metadata
	Hash     [32]byte // canonical hash; keyed where the kind holds secrets
	Default  bool     // spec.default of datasources
	Plugin   string   // spec.plugin.kind of datasources
	Variable string   // the name a variable resource contributes; "" for other kinds
	ETag     string   // strong, quoted; changes with every byte of the answer
	Mark     []byte   // owner mark; nil for unmanaged
	Problem  string   // why the file on disk cannot be read now; the entry is then its last readable version
}

// Listing is a consistent list: entries of one view, with bodies that stay readable until Close.
type Listing struct {
	Entries    []*Entry // sorted by project, then name
	Generation uint64   // of the view
}

// Open takes the lock, finishes or forgets what a crash left, and loads the index, parsing only files whose lstat says they changed.
// If another process holds the lock the error is a *LockedError and nothing was touched (R31).
func Open(o Options) (*Store, error) { panic("todo") }

// Close writes the index and releases the lock. It waits for writes under way.
func (s *Store) Close() error { panic("todo") }

// Generation counts published views; it grows across restarts.
func (s *Store) Generation() uint64 { panic("todo") }

// Get finds one document, revalidated with one stat. The error is of class NotFound if there is none.
func (s *Store) Get(id resource.ID) (*Entry, error) { panic("todo") }

// Has is Get for callers that want only existence; it revalidates too.
func (s *Store) Has(id resource.ID) bool { panic("todo") }

// Body is the document as the API answers it: canonical JSON, masked where the kind holds secrets.
func (s *Store) Body(e *Entry) ([]byte, error) { panic("todo") }

// Read decodes a document for use: secrets decrypted, password hashes as they are.
func (s *Store) Read(e *Entry) (*resource.Resource, error) { panic("todo") }

// List lists a kind, in one project or ("") all, names starting with prefix. Close the listing.
func (s *Store) List(kind, project, prefix string) (*Listing, error) { panic("todo") }

// Body is Store.Body for an entry of the listing, even if the document was replaced or removed since.
func (l *Listing) Body(e *Entry) ([]byte, error) { panic("todo") }

// Close lets go of the view.
func (l *Listing) Close() { panic("todo") }

// Condition is asked under the write lock, with the entry as it is (nil if there is none), before anything is written. Its error is returned as it is.
type Condition func(current *Entry) error

// Create writes a new document: version 0, createdAt = updatedAt = now. Class Exists if the name is taken.
func (s *Store) Create(r *resource.Resource, allow Condition) (*Entry, error) { panic("todo") }

// Update replaces a document: createdAt kept, version + 1, updatedAt = now. Class NotFound if there is none.
func (s *Store) Update(r *resource.Resource, allow Condition) (*Entry, error) { panic("todo") }

// Delete removes a document. Class NotFound if there is none.
func (s *Store) Delete(id resource.ID, allow Condition) error { panic("todo") }

// Transaction is documents and marks that become visible and durable together (R21).
type Transaction struct {
	Puts    []Put
	Deletes []Delete
	Marks   []Mark // marks of documents that are otherwise left alone
	// Published is called under the write lock once the new view is visible. May be nil.
	Published func(generation uint64)
}

// Put creates or replaces one document.
type Put struct {
	ID resource.ID
	// Load returns the document; it is called while staging, by several goroutines at once for different puts, so that a large transaction never holds all bodies.
	Load func() (*resource.Resource, error)
	Mark []byte
	// Continue, where not nil and the document does not exist, gives createdAt and the version that the new one follows (I3).
	Continue *resource.Metadata
	// Before is the hash the stored document must still have (zero: must not exist); checked only if CheckBefore.
	Before      [32]byte
	CheckBefore bool
}

// Delete removes one document if its hash is still Before.
type Delete struct {
	ID     resource.ID
	Before [32]byte
}

// Mark sets (or, nil, clears) the owner mark of a document that stays as it is.
type Mark struct {
	ID   resource.ID
	Mark []byte
}

// Commit applies a transaction: everything or nothing. On error nothing is visible and nothing stays staged.
// A *ChangedError names the identities whose Before no longer holds; the caller plans anew.
// It returns the entries of the puts, in order.
func (s *Store) Commit(t Transaction) ([]*Entry, error) { panic("todo") }

// All returns every entry of the current view, in no particular order, after making sure (lstat) that nothing changed under us.
func (s *Store) All() ([]*Entry, error) { panic("todo") }
