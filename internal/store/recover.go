package store

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/perseid-dev/perseid/internal/resource"
)

// recover reads index and journal, finishes the transactions that were recorded and forgets those that were not.
// The caller holds the lock of the database.
func (s *Store) recover() (*index, error) {
	found, err := loadIndex(s.state(indexFile))
	if errors.Is(err, errIndex) {
		found, err = s.setAside()
	}
	if err != nil {
		return nil, err
	}
	if err := s.adopt(found); err != nil {
		return nil, err
	}
	var records []*record
	var cut int
	if s.journal, records, cut, err = openJournal(s.disk, s.state(journalFile)); err != nil {
		return nil, err
	}
	if cut > 0 {
		s.log.Warn("the end of the journal is no whole record, and is cut off: what was not acknowledged is forgotten", "records", len(records), "bytes", cut)
	}
	if err := s.replay(found, records); err != nil {
		return nil, fmt.Errorf("replay journal: %w", err)
	}
	return found, s.clearStage()
}

// setAside keeps a damaged index for a person to look at. Without an index every document is parsed, and none is managed.
func (s *Store) setAside() (*index, error) {
	s.log.Error("the index is damaged: owner marks since its last writing are lost", "copy", filepath.Join(stateDir, quarantineDir, indexFile))
	if err := s.disk.MkdirAll(s.state(quarantineDir), stateMode); err != nil {
		return nil, err
	}
	if err := s.disk.Rename(s.state(indexFile), s.state(quarantineDir, indexFile)); err != nil {
		return nil, err
	}
	return &index{entries: map[resource.ID]*Entry{}}, nil
}

// adopt checks the rules under which an index was written. Where they are not ours only marks are taken over (R32).
func (s *Store) adopt(x *index) error {
	is := s.header()
	if x.Form == 0 { // there was none
		return nil
	}
	if x.Key != "" && x.Key != is.Key {
		return &KeyError{Was: x.Key, Is: is.Key}
	}
	maps.DeleteFunc(x.entries, func(id resource.ID, _ *Entry) bool { return s.place(id) != nil })
	switch {
	case x.Form != is.Form || x.Extension != is.Extension || x.CaseSensitive != is.CaseSensitive || x.Key != is.Key:
		s.reformed = true
		s.remake(x, func(resource.ID) bool { return true })
	case !x.Displays: // written before display names were kept
		s.remake(x, func(id resource.ID) bool { return id.Kind == "Dashboard" })
	}
	return nil
}

// remake leaves only the marks of some entries, so that the rest is made anew of the documents.
func (s *Store) remake(x *index, which func(resource.ID) bool) {
	made := map[resource.ID]*Entry{}
	for id, e := range x.entries {
		switch {
		case !which(id):
			made[id] = e
		case e.Mark != nil:
			made[s.fold(id)] = &Entry{ID: s.fold(id), Mark: e.Mark, live: &live{}}
		}
	}
	x.entries = made
}

// replay brings entries, and the disk, up to the journal. A document whose bytes are neither those before nor those after was
// changed by somebody else since, and stays (R30).
func (s *Store) replay(x *index, records []*record) error {
	done := map[uint64]bool{}
	for _, r := range records {
		done[r.Done] = true
	}
	base := x.Generation
	for _, r := range records {
		x.Reserved = max(x.Reserved, r.Reserved)
		if r.Generation <= base {
			continue // a note, or in the index already
		}
		s.confine(r)
		if !done[r.Generation] {
			if err := s.redo(r); err != nil {
				return err
			}
		}
		s.remember(x, r)
	}
	return nil
}

// confine leaves out of a record what has no place in this database: a journal that somebody made up must reach nothing outside.
func (s *Store) confine(r *record) {
	r.Puts = slices.DeleteFunc(r.Puts, func(p putRecord) bool { return s.place(p.Entry.ID) != nil })
	r.Deletes = slices.DeleteFunc(r.Deletes, func(d deleteRecord) bool { return s.place(d.ID) != nil })
}

// remember takes over what a record says, but for fingerprints: those are as before the renames.
func (s *Store) remember(x *index, r *record) {
	x.Generation = r.Generation
	for i := range r.Puts {
		e := r.Puts[i].Entry.entry()
		e.print = fingerprint{}
		x.entries[e.ID] = e
	}
	for _, d := range r.Deletes {
		delete(x.entries, d.ID)
	}
	for _, m := range r.Marks {
		if e := x.entries[m.ID]; e != nil {
			e.Mark = m.Mark
		}
	}
}

func (s *Store) redo(r *record) error {
	for _, p := range r.Puts {
		if err := s.redoPut(p); err != nil {
			return err
		}
	}
	for _, d := range r.Deletes {
		path := s.path(d.ID)
		s.unsynced[filepath.Dir(path)] = true
		if disk, err := onDisk(path); err != nil || disk != d.Before || disk == (digest{}) {
			continue
		}
		if err := s.disk.Unlink(path); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) redoPut(p putRecord) error {
	path, staged := s.path(p.Entry.ID), s.state(stageDir, filepath.Base(p.Staged))
	s.unsynced[filepath.Dir(path)] = true
	disk, err := onDisk(path)
	if err != nil || disk != p.Before || disk == p.Entry.Raw {
		return nil // done already, or changed since
	}
	if ready, err := onDisk(staged); err != nil || ready != p.Entry.Raw {
		return nil
	}
	if err := s.disk.MkdirAll(filepath.Dir(path), dirMode); err != nil {
		return err
	}
	return s.disk.Rename(staged, path)
}

// onDisk is the digest of what lies at a path, zero if nothing does.
func onDisk(path string) (digest, error) {
	data, err := contents(path)
	if errors.Is(err, fs.ErrNotExist) {
		return digest{}, nil
	}
	if err != nil {
		return digest{}, err
	}
	return digestOf(data), nil
}

// clearStage removes what a crash left staged. What a record still needed was renamed away before.
func (s *Store) clearStage() error {
	left, err := os.ReadDir(s.state(stageDir))
	if err != nil {
		return err
	}
	for _, d := range left {
		if err := os.RemoveAll(s.state(stageDir, d.Name())); err != nil {
			return err
		}
	}
	return nil
}
