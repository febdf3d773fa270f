package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/perseid-dev/perseid/internal/atomicfile"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

// stateVersion is the number in .perseid/VERSION. It grows when an older program would misread index or journal.
const stateVersion = 1

// KeyError says that the database was last written with another encryption key (R32). Nothing was touched.
type KeyError struct{ Was, Is string }

// Error says what to do.
func (e *KeyError) Error() string {
	return fmt.Sprintf("the database was written with encryption key %s and the configuration has key %s: configure the former encryption_key, or its secrets cannot be read",
		e.Was, orNone(e.Is))
}

func orNone(key string) string {
	if key == "" {
		return "(none)"
	}
	return key
}

// Open takes the lock, finishes or forgets what a crash left, and loads the index, parsing only files whose lstat says they changed.
// No document is rewritten (R29). If another process holds the lock the error is a *LockedError and nothing was touched (R31); with another
// encryption key than the last time it is a *KeyError (R32). State of a newer version of this program is left alone: documents are served, writes refused (R30).
func Open(o Options) (*Store, error) {
	s, err := newStore(o.withDefaults())
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", o.Dir, err)
	}
	if err := s.open(o.ReadOnly); err != nil {
		return nil, fmt.Errorf("open database %s: %w", o.Dir, errors.Join(advised(err), s.journal.close(), s.lock.release()))
	}
	return s, nil
}

// newStore checks the options and touches nothing.
func newStore(o Options) (*Store, error) {
	if o.Extension != "yaml" && o.Extension != "json" {
		return nil, fmt.Errorf("extension %q: expected yaml or json", o.Extension)
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, err
	}
	s := &Store{
		layout: layout{root: dir, extension: o.Extension, sensitive: o.CaseSensitive},
		key:    o.Key, log: o.Log, now: o.Now, disk: o.Disk,
		cache: newCache(o.CacheBytes), unsynced: map[string]bool{},
	}
	if s.key != nil {
		s.keyName = s.key.ID()
	}
	s.view.Store(&view{})
	return s, nil
}

func (s *Store) open(readOnly bool) error {
	var err error
	if s.newer, err = s.newerState(); err != nil {
		return err
	}
	switch {
	case readOnly:
		s.refused = problem.New(problem.Unavailable, "the database is open for reading only: "+s.holder())
		return s.openToRead()
	case s.newer:
		s.refused = problem.New(problem.Unavailable, "the database was written by a newer version of this program: it is served, and not changed")
		s.log.Warn("state of a newer version", "file", s.state(versionFile))
		return s.serveAll()
	}
	if err := s.takeHold(); err != nil {
		return err
	}
	found, err := s.recover()
	if err != nil {
		return err
	}
	return s.start(found)
}

// takeHold makes our directory and takes the lock.
func (s *Store) takeHold() error {
	if err := s.disk.MkdirAll(s.root, dirMode); err != nil {
		return err
	}
	if err := s.disk.MkdirAll(s.state(), stateMode); err != nil {
		return err
	}
	var err error
	if s.lock, err = acquire(s.state(lockFile), s.now()); err != nil {
		return err
	}
	if err := s.disk.MkdirAll(s.state(stageDir), stateMode); err != nil {
		return err
	}
	if _, err := os.Stat(s.state(versionFile)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return s.disk.Write(s.state(versionFile), fmt.Appendln(nil, stateVersion), atomicfile.Options{Stage: s.state(stageDir)})
}

func (s *Store) newerState() (bool, error) {
	data, err := os.ReadFile(s.state(versionFile))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	version, err := strconv.Atoi(strings.TrimSpace(string(data)))
	if err != nil {
		return false, fmt.Errorf("read %s: expected a number; move the file away if this version wrote it", filepath.Join(stateDir, versionFile))
	}
	return version > stateVersion, nil
}

// start publishes what was found, brings it up to the disk, and makes sure the next start has less to do.
func (s *Store) start(found *index) error {
	s.publishIndex(found)
	s.reserved = found.Reserved
	before := s.decodes.Load()
	if err := s.serveAll(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	formed := found.Form != 0 && !s.reformed
	if formed && s.decodes.Load() == before && s.journal.size == 0 {
		return nil
	}
	err := s.checkpoint(s.Generation() + reserve)
	if err != nil && formed {
		s.log.Error("write index; what is there is served, and the next start has this one's work to do again", "error", err)
		return nil // a full disk is no reason to serve nothing: index and journal stand as they were found
	}
	return err
}

// publishIndex makes the first view. Its generation is above every one published before, or, where the index is of a clean end, the last.
func (s *Store) publishIndex(x *index) {
	first := (&view{}).apply(edit(x.entries))
	first.generation = x.Generation
	if x.Reserved != x.Generation || x.Generation == 0 {
		first.generation = max(x.Generation, x.Reserved) + 1
	}
	s.view.Store(first)
}

// serveAll looks at every file there is.
func (s *Store) serveAll() error {
	for _, k := range resource.Kinds() {
		if err := s.freshen(k, "", freshFor); err != nil {
			return err
		}
	}
	return nil
}

// openToRead uses the index as far as it goes, and replays nothing.
func (s *Store) openToRead() error {
	found, err := loadIndex(s.state(indexFile))
	if err != nil {
		s.log.Warn("index not used", "error", err)
		return s.serveAll()
	}
	if err := s.adopt(found); err != nil {
		return err
	}
	s.publishIndex(found)
	return s.serveAll()
}

func (s *Store) holder() string {
	data, err := os.ReadFile(s.state(lockFile))
	if err != nil || len(data) == 0 || len(data) > maxHolder {
		return "another process holds it"
	}
	return "it is held by " + strings.TrimSpace(string(data))
}
