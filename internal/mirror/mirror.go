// Package mirror makes a directory hold the files of a Snapshot beside whatever else is there.
//
// Four ideas. Bytes are staged where no reader looks, as files without a name if the system has them, and appear under their path
// whole or not at all; a file that is as it should be is not touched. The mirror is the Bodies of its source (DELIVERY R3):
// what it holds already is found in the directory itself, so nothing is kept twice. An index (perseid.index, R38) lists what is its
// own, and is written before and after every change: after a crash at any instruction the next life knows which files are left
// from the last one, and removes what nobody declares any more. What it did not write, it never removes. Content is on the disk before its
// name is seen; names themselves are not waited for, since a start compares everything with the source anyway.
//
// Two claims on one path are decided without state (R8): the oldest object has it, and when that goes, the next.
//
// It does not know what Kubernetes or a resource is, where a file ought to go, or what is to happen after a change: that is for
// package sidecar to say.
package mirror

import (
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"github.com/perseid-dev/perseid/internal/source"
)

// Options says which directory, and what is allowed in it. Root is required.
type Options struct {
	Root string // absolute; made when it is needed
	// Allowed are further absolute directories in which files may be put. Anywhere allows every other directory as well.
	Allowed  []string
	Anywhere bool
	// Protected are files and directories that are never written, wherever they are.
	Protected []string
	// Mode is the mode of the files, whatever the umask; zero means 0666 less the umask.
	Mode fs.FileMode
	// Stage is an existing directory on the file system of Root where files are staged; Root if empty.
	Stage string
	// Index is where the index is written; perseid.index in Root if empty.
	Index string
	// Label is the selector of what is mirrored (DELIVERY R37). An index of another label is another mirror's, and clears nothing here.
	Label string
	// Hook, where not nil, is asked before each step and makes it fail by returning an error. It is for tests of crashes.
	Hook func(step string) error
	Log  *slog.Logger
}

// Mirror holds a directory. It is safe for concurrent use.
type Mirror struct {
	o      Options
	lock   *os.File // on Root while we are the only one, else nil
	shared bool     // another mirror has Root: ours keeps no index

	mu         sync.Mutex
	have       map[string]held // what is ours, by absolute path
	digests    map[source.Digest]int
	staged     map[source.Digest]*staged
	generation int    // of Apply
	indexed    []byte // the index as it was written last, without what was pending
	pending    bool   // the index on the disk says that something is
	anonymous  int    // staged files that hold a descriptor
}

// held is a file that is ours.
type held struct {
	digest source.Digest
	size   int64
	origin string
	print  print
}

// Open takes the directory over: it reads the index of an earlier life and looks which of its files are still as they were written.
// A directory that another live mirror holds is used without an index. Close ends it.
func Open(o Options) (*Mirror, error) {
	if !filepath.IsAbs(o.Root) {
		return nil, fmt.Errorf("mirror into %s: not an absolute path", o.Root)
	}
	o.Root = filepath.Clean(o.Root)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Stage == "" {
		o.Stage = o.Root
	}
	if o.Index == "" {
		o.Index = filepath.Join(o.Root, source.IndexName)
	}
	m := &Mirror{o: o, have: map[string]held{}, digests: map[source.Digest]int{}, staged: map[source.Digest]*staged{}}
	if err := m.begin(); err != nil {
		return nil, fmt.Errorf("mirror into %s: %w", o.Root, err)
	}
	return m, nil
}

func (m *Mirror) begin() error {
	if err := os.MkdirAll(m.o.Root, directoryMode); err != nil {
		return err
	}
	var err error
	if m.lock, err = lockDirectory(m.o.Root); err != nil {
		m.shared = true
		m.o.Log.Warn("Another process mirrors into "+m.o.Root+": this one keeps no index there, and clears nothing of an earlier life. Give each its own directory.", "error", err)
		return nil
	}
	m.sweep(m.o.Stage)
	m.recall()
	return nil
}

// Close drops what is staged and lets another mirror have the directory. The files stay.
func (m *Mirror) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for digest := range m.staged {
		m.discard(digest)
	}
	if m.lock == nil {
		return nil
	}
	return m.lock.Close()
}

// Held gives the digest of the file at a path: of what is ours, or else of whatever is there. It is false where there is no file.
func (m *Mirror) Held(path string) (source.Digest, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if h, ok := m.have[path]; ok && !h.digest.IsZero() {
		return h.digest, true
	}
	digest, _, err := m.hash(path)
	return digest, err == nil
}

// Len is how many files are ours, and how many bytes they have.
func (m *Mirror) Len() (files int, bytes int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, h := range m.have {
		bytes += h.size
	}
	return len(m.have), bytes
}

// keep records that a path is ours, as it is now.
func (m *Mirror) keep(path string, h held) {
	m.forget(path)
	m.have[path] = h
	m.digests[h.digest]++
}

// forget records that a path is not ours any more.
func (m *Mirror) forget(path string) {
	old, ok := m.have[path]
	if !ok {
		return
	}
	delete(m.have, path)
	if m.digests[old.digest]--; m.digests[old.digest] == 0 {
		delete(m.digests, old.digest)
	}
}

// step asks the hook of a test whether the program ends here.
func (m *Mirror) step(name string) error {
	if m.o.Hook == nil {
		return nil
	}
	return m.o.Hook(name)
}
