package store

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/perseid-dev/perseid/internal/resource"
)

// Backup writes a tar of a database that no server has open: its documents, and what .perseid remembers, after the journal was finished.
// The error is a *LockedError while a server runs.
func Backup(dir string, w io.Writer) error {
	if _, err := os.Stat(dir); err != nil {
		return fmt.Errorf("back up database: %w", err)
	}
	s, err := hold(dir)
	if err != nil {
		return fmt.Errorf("back up database %s: %w", dir, err)
	}
	return errors.Join(s.Backup(w), s.Close())
}

// Backup writes a tar of one state of the open database. Writes wait until it is done, so give it a file rather than a slow connection.
func (s *Store) Backup(w io.Writer) error {
	s.commits.Lock()
	defer s.commits.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refused != nil {
		return s.refused
	}
	if !s.foreign {
		if err := s.checkpoint(s.Generation() + reserve); err != nil {
			return err
		}
	}
	out := tar.NewWriter(w)
	err := filepath.WalkDir(s.root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == s.root {
			return err
		}
		return s.pack(out, path, d)
	})
	if err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	return out.Close()
}

// pack adds one file. Links and special files are nobody's documents and stay out.
func (s *Store) pack(out *tar.Writer, path string, d fs.DirEntry) error {
	rel, err := filepath.Rel(s.root, path)
	if err != nil {
		return err
	}
	name := filepath.ToSlash(rel)
	switch {
	case !keeps(name) && d.IsDir():
		return fs.SkipDir
	case !keeps(name) || !d.Type().IsRegular():
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	err = out.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeReg, Size: info.Size(), Mode: fileMode, ModTime: info.ModTime(), Format: tar.FormatPAX})
	if err != nil {
		return err
	}
	if _, err := io.CopyN(out, f, info.Size()); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// keeps says whether a path, with slashes, belongs into a backup: the kinds' directories, and our state without what is only of the moment.
func keeps(name string) bool {
	top, rest, _ := strings.Cut(name, "/")
	if top != stateDir {
		_, known := resource.KindByPlural(top)
		return known
	}
	own, _, _ := strings.Cut(rest, "/")
	return own != lockFile && own != stageDir && own != journalFile
}
