package watch

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"syscall"

	"github.com/fsnotify/fsnotify"
)

// adjust makes the watches fit the directories there are. A directory may appear between the look and its watch, so it looks
// until nothing is new; stable is false if that did not end. changed says that something is watched now that was not.
func (w *Watcher) adjust() (changed, stable bool) {
	for range maxPasses {
		added, err := w.pass()
		if err != nil {
			w.degrade(err)
			return changed || added, true
		}
		if !added {
			w.recovered()
			return changed, true
		}
		changed = true
	}
	return changed, false
}

func (w *Watcher) pass() (added bool, err error) {
	if w.fs == nil {
		if w.fs, err = fsnotify.NewWatcher(); err != nil {
			w.fs = nil
			return false, err
		}
	}
	s := newSurvey(w.o)
	err = s.look()
	w.survey = s
	before := w.removeStale()
	for _, dirs := range []map[string]bool{s.parents, s.tree} {
		for _, dir := range slices.Sorted(maps.Keys(dirs)) {
			if e := w.add(dir); e != nil {
				return added, e
			}
			added = added || !before[dir]
		}
	}
	return added, err
}

// removeStale goes first: a watch belongs to the inode, so that of a directory's old name is also that of its new one.
func (w *Watcher) removeStale() (before map[string]bool) {
	before = map[string]bool{}
	for _, dir := range w.fs.WatchList() {
		if w.survey.wants(dir) {
			before[dir] = true
			continue
		}
		_ = w.fs.Remove(dir) // gone with its directory, or about to be
	}
	return before
}

// add watches a directory, again if it is watched already: the path may lead to another directory than before.
func (w *Watcher) add(dir string) error {
	err := w.fs.Add(dir)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil // went meanwhile; its parent's event is on its way
	}
	if err != nil {
		return fmt.Errorf("watch %s: %w", dir, err)
	}
	return nil
}

func (w *Watcher) degrade(err error) {
	if !w.degraded {
		w.o.Log.Warn("directory cannot be watched completely; looking at it by the clock instead",
			"root", w.o.Root, "every", w.o.Poll, "error", err, "hint", advice(err))
	}
	w.degraded = true
}

func advice(err error) string {
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return "raise fs.inotify.max_user_watches"
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return "raise fs.inotify.max_user_instances or the limit of open files"
	case errors.Is(err, fs.ErrPermission):
		return "make the directory readable"
	}
	return "use fewer directories, or rely on the interval"
}

func (w *Watcher) recovered() {
	if w.degraded {
		w.o.Log.Info("directory is watched again", "root", w.o.Root)
	}
	w.degraded = false
}
