// Package inventory remembers who owns what: the mark beside each managed resource, and what must survive a restart of each source.
//
// Two ideas. A Mark travels with its document through the store's journal, so that ownership can never be out of step with content;
// it says where a resource came from and what it was when we last wrote it. A Memory is one small file of our own state
// (the last snapshot of a source, fingerprints, undo), replaced whole and atomically.
//
// It decides nothing: what marks mean for a plan is package reconcile's.
package inventory

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/perseid-dev/perseid/internal/atomicfile"
	"github.com/perseid-dev/perseid/internal/seal"
	"github.com/perseid-dev/perseid/internal/source"
)

// Hash is a canonical hash of a resource. As text it is hexadecimal.
type Hash [32]byte

// MarshalText writes hexadecimal.
func (h Hash) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h[:])), nil }

// UnmarshalText reads hexadecimal.
func (h *Hash) UnmarshalText(text []byte) error {
	if len(text) != 2*len(h) {
		return fmt.Errorf("hash of %d characters, expected %d", len(text), 2*len(h))
	}
	_, err := hex.Decode(h[:], text)
	return err
}

// Mark says who manages a resource and what it was when we last wrote it (DELIVERY R21, I2). It is immutable once decoded.
type Mark struct {
	Source string `json:"source"`
	Origin string `json:"origin"` // as people are shown it (R4)
	Path   string `json:"path"`   // of the file, relative to the source
	// Place is the path of the file that declares the resource, where its content is another: somebody returned to an earlier one (R23).
	Place string `json:"place,omitempty"`
	// Digest and Index find the document's bytes in the objects: the file, and which document of it.
	Digest source.Digest `json:"digest"`
	Index  int           `json:"index,omitempty"`
	Secret bool          `json:"secret,omitempty"`
	// Object is the ConfigMap or Secret the document came from, as namespace/configmap/name; empty for other sources.
	Object string `json:"object,omitempty"`
	// Keep: the document asked not to be pruned (R16).
	Keep bool `json:"keep,omitempty"`
	// Declared is the hash of the document, Stored the hash of what the store made of it (they differ where passwords are hashed).
	Declared Hash      `json:"declared"`
	Stored   Hash      `json:"stored,omitzero"`
	Revision string    `json:"revision,omitempty"`
	Since    time.Time `json:"since"`
}

// Declarer is the path of the file that declares the resource.
func (m *Mark) Declarer() string { return cmp.Or(m.Place, m.Path) }

// Namespace is that of Object.
func (m *Mark) Namespace() string {
	namespace, _, _ := strings.Cut(m.Object, "/")
	return namespace
}

// Encode is the form in which a store keeps a mark.
func (m Mark) Encode() []byte {
	data, err := json.Marshal(m)
	if err != nil { // only strings, numbers and times: cannot happen
		panic(err)
	}
	return data
}

// DecodeMark reads what Encode wrote; nil for nil.
func DecodeMark(data []byte) (*Mark, error) {
	if data == nil {
		return nil, nil
	}
	m := &Mark{}
	if err := json.Unmarshal(data, m); err != nil {
		return nil, fmt.Errorf("decode owner mark: %w", err)
	}
	return m, nil
}

// Inventory is a directory of memories and logs, usually <database>/.perseid/inventory. Different ones may be used concurrently.
// All are sealed: the digest of a file that holds a short secret would give the secret away (R33).
type Inventory struct {
	dir  string
	key  *seal.Key
	disk atomicfile.Disk
}

// Open makes the directory if it is not there.
func Open(dir string, key *seal.Key) (*Inventory, error) { return OpenOn(nil, dir, key) }

// OpenOn is Open, with all that is remembered written on a disk.
func OpenOn(disk atomicfile.Disk, dir string, key *seal.Key) (*Inventory, error) {
	if err := disk.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open inventory: %w", err)
	}
	return &Inventory{dir: dir, key: key, disk: disk}, nil
}

// Memory is one file of our own state. It is safe for use by one goroutine at a time.
type Memory struct {
	path string
	key  *seal.Key
	disk atomicfile.Disk
}

// Memory names one; any text serves as a name.
func (i *Inventory) Memory(name string) Memory {
	return Memory{path: filepath.Join(i.dir, url.PathEscape(name)+".sealed"), key: i.key, disk: i.disk}
}

// Load returns what Save wrote last, nil if nothing ever was.
func (m Memory) Load() ([]byte, error) {
	sealed, err := os.ReadFile(m.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	data, err := m.key.Open(sealed)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", m.path, err)
	}
	return data, nil
}

// Save replaces the content, atomically and durably.
func (m Memory) Save(data []byte) error {
	return m.disk.Write(m.path, m.key.Seal(data), atomicfile.Options{Mode: 0o600})
}

// Forget removes the memory.
func (m Memory) Forget() error {
	err := m.disk.Unlink(m.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// LoadJSON reads a memory into v, leaving v as it is if there is none.
func (m Memory) LoadJSON(v any) error {
	data, err := m.Load()
	if err != nil || data == nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("read %s: %w", m.path, err)
	}
	return nil
}

// SaveJSON writes v as the memory's content.
func (m Memory) SaveJSON(v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write %s: %w", m.path, err)
	}
	return m.Save(data)
}
