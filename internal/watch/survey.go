package watch

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
)

const (
	maxLinks  = 40   // as the kernel follows
	readBatch = 1024 // entries of a directory held at once
)

var errTooMany = errors.New("too many directories to watch")

// survey is what there is to watch at one moment.
type survey struct {
	root string
	skip func(name string) bool
	// tree holds the real directories from the resolved root down.
	tree map[string]bool
	// parents holds the directories in which the way to the root may change, and way the paths whose change matters there:
	// links that were followed, what is missing, and the directories that hold them.
	parents map[string]bool
	way     map[string]bool
}

func newSurvey(o Options) *survey {
	return &survey{root: o.Root, skip: o.Skip, tree: map[string]bool{}, parents: map[string]bool{}, way: map[string]bool{}}
}

func (s *survey) skips(name string) bool { return s.skip != nil && s.skip(name) }

func (s *survey) wants(dir string) bool { return s.tree[dir] || s.parents[dir] }

// look fills the survey. Its only error is errTooMany: what cannot be read has no watch and that is for the watching to find.
func (s *survey) look() error {
	root, ok := s.resolve()
	if !ok {
		return nil
	}
	return s.descend(root)
}

// resolve follows the path to the root element by element, noting each place at which it could begin to lead elsewhere.
func (s *survey) resolve() (string, bool) {
	at, rest, links := string(filepath.Separator), elements(s.root), 0
	for len(rest) > 0 {
		next := filepath.Join(at, rest[0]) // takes .. for the parent, and at is real
		rest = rest[1:]
		info, err := os.Lstat(next)
		switch {
		case err != nil, !info.IsDir() && info.Mode()&os.ModeSymlink == 0:
			s.note(at, next)
			return "", false
		case info.IsDir():
			at = next
			continue
		}
		s.note(at, next)
		target, err := os.Readlink(next)
		if links++; err != nil || links > maxLinks {
			return "", false
		}
		if filepath.IsAbs(target) {
			at = string(filepath.Separator)
		}
		rest = append(elements(target), rest...)
	}
	return at, true
}

func elements(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r == filepath.Separator })
}

func (s *survey) note(parent, path string) {
	s.parents[parent], s.way[parent], s.way[path] = true, true, true
}

func (s *survey) descend(dir string) error {
	if len(s.tree) >= maxDirectories {
		return errTooMany
	}
	s.tree[dir] = true
	for _, name := range s.directories(dir) {
		if err := s.descend(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return nil
}

// directories names the directories in dir that are not skipped, as far as it can be read.
func (s *survey) directories(dir string) (names []string) {
	f, err := os.Open(dir)
	if err != nil {
		return nil
	}
	defer f.Close()
	for {
		entries, err := f.ReadDir(readBatch)
		for _, e := range entries {
			if e.IsDir() && !s.skips(e.Name()) {
				names = append(names, e.Name())
			}
		}
		if err != nil || len(names) > maxDirectories {
			return names
		}
	}
}
