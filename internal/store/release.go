package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Release finishes the journal of a database, so that Perses can take the folder over: afterwards everything is in Perses' layout,
// and nothing in .perseid is needed to read it (R30). What .perseid remembers stays, for the day the folder comes back; it may be removed.
// The error is a *LockedError while a server runs.
func Release(dir string) error {
	if _, err := os.Stat(dir); err != nil {
		return fmt.Errorf("release database: %w", err)
	}
	s, err := hold(dir)
	if err != nil {
		return fmt.Errorf("release database %s: %w", dir, err)
	}
	err = s.Close()
	if err == nil {
		err = errors.Join(remove(s.state(journalFile)), remove(s.state(stageDir)))
	}
	if err != nil {
		return fmt.Errorf("release database %s: %w", dir, err)
	}
	return nil
}

var errNewer = errors.New("its state is of a newer version of this program; use that")

func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// hold opens a database under the rules it was last written with, as far as its own state goes: journal finished, no document read.
// A folder that only Perses has written is held without an index.
func hold(dir string) (*Store, error) {
	s, err := newStore(Options{Dir: dir}.withDefaults())
	if err != nil {
		return nil, err
	}
	x, err := loadIndex(s.state(indexFile))
	if err != nil {
		return nil, err
	}
	if x.Form != 0 {
		s.extension, s.sensitive, s.keyName = x.Extension, x.CaseSensitive, x.Key
	}
	if err := s.takeOver(); err != nil {
		return nil, errors.Join(err, s.journal.close(), s.lock.release())
	}
	return s, nil
}

func (s *Store) takeOver() error {
	newer, err := s.newerState()
	if err != nil {
		return err
	}
	if newer {
		return errNewer
	}
	if err := s.takeHold(); err != nil {
		return err
	}
	found, err := s.recover()
	if err != nil {
		return err
	}
	s.publishIndex(found)
	if found.Form == 0 {
		s.foreign = true
		return nil
	}
	return s.checkpoint(s.Generation())
}
