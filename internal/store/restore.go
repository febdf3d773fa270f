package store

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"

	"github.com/perseid-dev/perseid/internal/atomicfile"
)

// What a backup may hold at most: it may come from anywhere.
const (
	maxRestoredFiles = 2_000_000
	maxRestoredBytes = 256 << 30
)

// Restore unpacks a backup into a directory that is empty or not there. On error the directory is left empty.
func Restore(backup, dir string) error {
	f, err := os.Open(backup)
	if err != nil {
		return fmt.Errorf("restore database: %w", err)
	}
	defer f.Close()
	if err := restore(f, dir); err != nil {
		return fmt.Errorf("restore database %s: %w", dir, err)
	}
	return nil
}

func restore(r io.Reader, dir string) error {
	if listed, err := os.ReadDir(dir); err == nil && len(listed) > 0 {
		return errors.New("the directory is not empty: give an empty one, and move what is there away first")
	}
	s, err := newStore(Options{Dir: dir}.withDefaults())
	if err != nil {
		return err
	}
	if err := s.takeHold(); err != nil {
		return err
	}
	defer s.lock.release()
	if err := s.unpack(r); err != nil {
		return errors.Join(err, s.clear())
	}
	return os.Remove(s.state(stageDir))
}

// clear empties the directory again.
func (s *Store) clear() error {
	listed, err := os.ReadDir(s.root)
	for _, d := range listed {
		err = errors.Join(err, os.RemoveAll(filepath.Join(s.root, d.Name())))
	}
	return err
}

// unpack fills a staged tree, and moves it into place once the backup was read to its end.
func (s *Store) unpack(r io.Reader) error {
	staged := s.state(stageDir, "restore")
	if err := os.Mkdir(staged, stateMode); err != nil {
		return err
	}
	root, err := os.OpenRoot(staged)
	if err != nil {
		return err
	}
	err = errors.Join(unpackInto(root, tar.NewReader(io.LimitReader(r, maxRestoredBytes))), root.Close())
	if err != nil {
		return err
	}
	if err := s.moveIn(filepath.Join(staged, stateDir), s.state()); err != nil {
		return err
	}
	newer, err := s.newerState()
	if err != nil {
		return err
	}
	if newer {
		return errors.New("the backup is of a newer version of this program; use that")
	}
	if err := s.moveIn(staged, s.root); err != nil {
		return err
	}
	return os.Remove(staged)
}

func unpackInto(root *os.Root, in *tar.Reader) error {
	made := map[string]bool{".": true}
	for n := 0; ; n++ {
		h, err := in.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("read backup: %w", err)
		}
		if n == maxRestoredFiles {
			return fmt.Errorf("read backup: more than %d files", maxRestoredFiles)
		}
		if h.Typeflag != tar.TypeReg || !filepath.IsLocal(h.Name) || path.Clean(h.Name) != h.Name || path.Dir(h.Name) == "." || !keeps(h.Name) {
			return fmt.Errorf("read backup: %q does not belong into one", clip(h.Name))
		}
		if err := unpackFile(root, h.Name, in, made); err != nil {
			return fmt.Errorf("unpack %s: %w", clip(h.Name), err)
		}
	}
	for dir := range made {
		if err := atomicfile.SyncDir(filepath.Join(root.Name(), dir)); err != nil {
			return err
		}
	}
	return nil
}

func unpackFile(root *os.Root, name string, in io.Reader, made map[string]bool) error {
	dir := path.Dir(name)
	if !made[dir] {
		if err := root.MkdirAll(dir, dirMode); err != nil {
			return err
		}
		for d := dir; !made[d]; d = path.Dir(d) {
			made[d] = true
		}
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, in)
	return errors.Join(err, f.Sync(), f.Close())
}

// moveIn renames what lies in one directory into another, and makes it durable.
func (s *Store) moveIn(from, to string) error {
	listed, err := os.ReadDir(from)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for _, d := range listed {
		if d.Name() == stateDir { // emptied before
			err = os.Remove(filepath.Join(from, d.Name()))
		} else {
			err = os.Rename(filepath.Join(from, d.Name()), filepath.Join(to, d.Name()))
		}
		if err != nil {
			return err
		}
	}
	return errors.Join(err, atomicfile.SyncDir(to))
}
