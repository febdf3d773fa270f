package store

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/perseid-dev/perseid/internal/atomicfile"
	"github.com/perseid-dev/perseid/internal/resource"
)

// header is the first line of the index: under what rules the entries that follow were made (R32).
type header struct {
	Form          int    `json:"form"`
	Extension     string `json:"extension"`
	CaseSensitive bool   `json:"caseSensitive"`
	Key           string `json:"key,omitempty"` // names the encryption key
	Generation    uint64 `json:"generation"`
	Reserved      uint64 `json:"reserved"` // a restart goes on above this
	Entries       int    `json:"entries"`
	Displays      bool   `json:"displays"` // the entries of dashboards have their display names
}

// saved is an entry as index and journal keep it.
type saved struct {
	ID        resource.ID       `json:"id"`
	Metadata  resource.Metadata `json:"metadata"`
	Extra     []resource.Field  `json:"extra,omitempty"` // of the metadata
	Hash      digest            `json:"hash"`
	Default   bool              `json:"default,omitempty"`
	Plugin    string            `json:"plugin,omitempty"`
	Display   string            `json:"display,omitempty"`
	Variable  string            `json:"variable,omitempty"`
	ETag      string            `json:"etag"`
	Mark      []byte            `json:"mark,omitempty"`
	Problem   string            `json:"problem,omitempty"`
	Raw       digest            `json:"raw"`
	Print     fingerprint       `json:"print"`
	Canonical bool              `json:"canonical,omitempty"`
	Settled   bool              `json:"settled,omitempty"`
}

func save(e *Entry) saved {
	return saved{
		ID: e.ID, Metadata: e.Metadata, Extra: e.Metadata.Extra, Hash: e.Hash, Default: e.Default, Plugin: e.Plugin, Display: e.Display, Variable: e.Variable,
		ETag: e.ETag, Mark: e.Mark, Problem: e.Problem, Raw: e.raw, Print: e.print, Canonical: e.canonical, Settled: e.live.settled.Load(),
	}
}

func (o *saved) entry() *Entry {
	e := &Entry{
		ID: o.ID, Metadata: o.Metadata, Hash: o.Hash, Default: o.Default, Plugin: o.Plugin, Display: o.Display, Variable: o.Variable,
		ETag: o.ETag, Mark: o.Mark, Problem: o.Problem, raw: o.Raw, print: o.Print, canonical: o.Canonical, live: &live{},
	}
	e.Metadata.Extra = o.Extra
	e.live.settled.Store(o.Settled)
	return e
}

// index is the whole of what a checkpoint keeps.
type index struct {
	header
	entries map[resource.ID]*Entry
}

// encode writes a line for the header, one for each entry, and the SHA-256 of all before it.
func (x *index) encode() ([]byte, error) {
	x.Entries = len(x.entries)
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	if err := out.Encode(x.header); err != nil {
		return nil, err
	}
	for _, e := range x.entries {
		if err := out.Encode(save(e)); err != nil {
			return nil, fmt.Errorf("index %s: %w", e.ID, err)
		}
	}
	sum := sha256.Sum256(b.Bytes())
	return hex.AppendEncode(b.Bytes(), sum[:]), nil
}

var errIndex = errors.New("the index is damaged")

// decodeIndex reads what encode wrote. The error wraps errIndex.
func decodeIndex(data []byte) (*index, error) {
	end := bytes.LastIndexByte(data, '\n') + 1
	sum := sha256.Sum256(data[:end])
	if string(data[end:]) != hex.EncodeToString(sum[:]) {
		return nil, errIndex
	}
	lines := bufio.NewScanner(bytes.NewReader(data[:end]))
	lines.Buffer(nil, max(len(data), 1))
	x := &index{entries: map[resource.ID]*Entry{}}
	if !lines.Scan() || json.Unmarshal(lines.Bytes(), &x.header) != nil {
		return nil, errIndex
	}
	for lines.Scan() {
		var o saved
		if err := json.Unmarshal(lines.Bytes(), &o); err != nil {
			return nil, fmt.Errorf("%w: %w", errIndex, err)
		}
		x.entries[o.ID] = o.entry()
	}
	if len(x.entries) != x.Entries {
		return nil, errIndex
	}
	return x, nil
}

// loadIndex reads the index; an empty one if there is none.
func loadIndex(path string) (*index, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &index{entries: map[resource.ID]*Entry{}}, nil
	}
	if err != nil {
		return nil, err
	}
	return decodeIndex(data)
}

// reserve is how many generations a restart skips at most.
const reserve = 1 << 20

// reserve makes sure that a restart goes on above a generation. The caller holds mu.
func (s *Store) reserve(generation uint64) error {
	if err := s.journal.append(&record{Reserved: generation + reserve}); err != nil {
		return err
	}
	s.reserved = generation + reserve
	return nil
}

// checkpoint makes durable what the journal has carried out, writes the index and empties the journal. The caller holds mu.
func (s *Store) checkpoint(reserved uint64) error {
	if err := s.syncDirectories(); err != nil {
		return err
	}
	v := s.view.Load()
	x := &index{header: s.header(), entries: map[resource.ID]*Entry{}}
	x.Generation, x.Reserved = v.generation, reserved
	v.each(func(e *Entry) { x.entries[e.ID] = e })
	data, err := x.encode()
	if err != nil {
		return err
	}
	if err := s.disk.Write(s.state(indexFile), data, atomicfile.Options{Mode: fileMode, Stage: s.state(stageDir)}); err != nil {
		return err
	}
	s.reserved = reserved
	return s.journal.reset()
}

// syncDirectories makes every rename and removal so far durable. The caller holds mu.
func (s *Store) syncDirectories() error {
	for dir := range s.unsynced {
		if err := s.disk.SyncDir(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		delete(s.unsynced, dir)
	}
	return nil
}

func (s *Store) header() header {
	return header{Form: canonicalForm, Extension: s.extension, CaseSensitive: s.sensitive, Key: s.keyName, Displays: true}
}
