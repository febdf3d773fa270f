package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/perseid-dev/perseid/internal/atomicfile"
)

// carryOut brings staged work to the disk and into the view. Everything that can fail comes before the commit record.
// The caller holds mu, and has checked every condition.
func (s *Store) carryOut(w *work) error {
	if err := s.prepare(w); err != nil {
		return err
	}
	v := s.view.Load()
	generation := v.generation + 1
	if generation > s.reserved {
		if err := s.reserve(generation); err != nil {
			return err
		}
	}
	if err := s.journal.append(w.record(generation)); err != nil {
		return err
	}
	w.recorded = true
	if err := s.perform(w, v); err != nil {
		return s.unfinished(err)
	}
	if err := s.conclude(w, generation); err != nil {
		s.log.Error("conclude removals", "error", err)
	}
	s.shorten()
	return nil
}

// conclude notes removals as done, once they are durable: a replay would remove again a copy that somebody put back, byte for byte.
// Puts need no such note, because the staged file they are made of is gone.
func (s *Store) conclude(w *work, generation uint64) error {
	removals := false
	for _, st := range w.steps {
		removals = removals || st.put == nil
	}
	if !removals {
		return nil
	}
	if err := s.syncDirectories(); err != nil {
		return err
	}
	return s.journal.note(&record{Done: generation})
}

// prepare makes room: target directories, copies of what cannot be read, and the stage directory's names made durable.
func (s *Store) prepare(w *work) error {
	directories := map[string]bool{}
	for _, st := range w.steps {
		if st.based != nil {
			st.disk = st.based.raw
		}
		if st.based != nil && st.based.Problem != "" {
			if err := s.quarantine(st); err != nil {
				return err
			}
		}
		if st.put != nil {
			directories[filepath.Dir(s.path(st.id))] = true
		}
	}
	for dir := range directories {
		if err := s.makeRoom(dir); err != nil {
			return err
		}
	}
	return s.disk.SyncDir(s.state(stageDir))
}

// makeRoom makes a directory for documents, and refuses one that staged files cannot be renamed into.
func (s *Store) makeRoom(dir string) error {
	if err := s.disk.MkdirAll(dir, dirMode); err != nil {
		return err
	}
	var there, here unix.Stat_t
	if err := errors.Join(unix.Stat(dir, &there), unix.Stat(s.state(stageDir), &here)); err != nil {
		return fmt.Errorf("look at %s: %w", dir, err)
	}
	if there.Dev != here.Dev {
		return fmt.Errorf("%s is on another file system than the database: mount the database as a whole", dir)
	}
	return nil
}

// quarantine copies the bytes of a file that cannot be read, before it is replaced or removed (R29, I3).
func (s *Store) quarantine(st *step) error {
	data, err := contents(s.path(st.id))
	if err != nil {
		return fmt.Errorf("quarantine %s: %w", s.relative(st.id), err)
	}
	st.disk = digestOf(data)
	dir := filepath.Join(s.state(quarantineDir), filepath.Dir(s.relative(st.id)))
	if err := s.disk.MkdirAll(dir, stateMode); err != nil {
		return err
	}
	name := fmt.Sprintf("%s.%s.%x", filepath.Base(s.path(st.id)), s.now().UTC().Format("20060102T150405Z"), st.disk[:4])
	return s.disk.Write(filepath.Join(dir, name), data, atomicfile.Options{Mode: fileMode, Stage: s.state(stageDir)})
}

// contents are the bytes at a path; of a symbolic link, where it points. The error wraps fs.ErrNotExist if there is nothing.
func contents(path string) ([]byte, error) {
	print, sort, err := lstat(path)
	switch {
	case err != nil:
		return nil, err
	case sort == nothing:
		return nil, os.ErrNotExist
	case sort == link:
		target, err := os.Readlink(path)
		return []byte("link to " + target), err
	case sort != regular:
		return nil, errNotRegular
	case print.Size > MaxDocument:
		return nil, fmt.Errorf("larger than %d MiB; move it away", MaxDocument>>20)
	}
	data, _, err := readFile(path)
	return data, err
}

func (w *work) record(generation uint64) *record {
	r := &record{Generation: generation, Marks: w.marks}
	for _, st := range w.steps {
		if st.put == nil {
			r.Deletes = append(r.Deletes, deleteRecord{ID: st.id, Before: st.disk})
			continue
		}
		r.Puts = append(r.Puts, putRecord{Entry: save(st.next), Staged: filepath.Base(st.staged.Path()), Before: st.disk})
	}
	return r
}

// perform does the renames and removals and publishes their view, while readers wait: disk and view change for them at once.
func (s *Store) perform(w *work, v *view) error {
	s.swap.Lock()
	defer s.swap.Unlock()
	changes := edit{}
	for _, st := range w.steps {
		changes[st.id] = st.next
		s.unsynced[filepath.Dir(s.path(st.id))] = true
	}
	if err := each(len(w.steps), func(i int) error { return s.performOne(w.steps[i]) }); err != nil {
		return err
	}
	for _, m := range w.marks {
		e := v.get(m.ID).copy()
		e.Mark = m.Mark
		changes[m.ID] = e
	}
	s.view.Store(v.apply(changes))
	return nil
}

func (s *Store) performOne(st *step) error {
	if st.based != nil {
		s.pin(st.based)
	}
	path := s.path(st.id)
	if st.put == nil {
		if err := s.disk.Unlink(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		return nil
	}
	if err := s.rename(st.staged, path); err != nil {
		return err
	}
	print, _, err := lstat(path)
	st.next.print = print
	// The rename is younger than the content, so a later write of another process cannot get the same times.
	st.next.live.settled.Store(print.Mtime < print.Ctime)
	return err
}

// rename makes the target's directory again if somebody removed it since it was prepared.
func (s *Store) rename(staged *atomicfile.Staged, path string) error {
	err := staged.Commit(path)
	if !errors.Is(err, syscall.ENOENT) {
		return err
	}
	if err := s.disk.MkdirAll(filepath.Dir(path), dirMode); err != nil {
		return err
	}
	return staged.Commit(path)
}

// shorten writes a new index when the journal has grown long. The transaction stands whatever comes of it: a failure is logged,
// and the next transaction tries again.
func (s *Store) shorten() {
	if s.journal.size < journalLimit {
		return
	}
	if err := s.checkpoint(s.Generation() + reserve); err != nil {
		s.log.Error("write index", "error", err)
	}
}

// unfinished is called when the disk failed after the commit record was written.
func (s *Store) unfinished(err error) error {
	return s.refuse("a transaction is recorded and could not be finished; the next start finishes it", err)
}
