package store

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/perseid-dev/perseid/internal/resource"
)

// freshFor is how long a checked directory is taken for unchanged by a list (R29).
const freshFor = time.Second

// freshness remembers when directories were last checked. The key is kind and project; project "" is the whole kind.
type freshness struct {
	mu      sync.Mutex
	checked map[[2]string]time.Time
}

func (f *freshness) within(kind, project string, age time.Duration, now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, key := range [][2]string{{kind, project}, {kind, ""}} {
		if at, ok := f.checked[key]; ok && now.Sub(at) < age {
			return true
		}
	}
	return false
}

func (f *freshness) set(kind, project string, at time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.checked == nil {
		f.checked = map[[2]string]time.Time{}
	}
	f.checked[[2]string{kind, project}] = at
}

// freshen makes the view agree with the disk for a kind in one project, or ("") all, unless that was done less than age ago.
// Where a directory cannot be listed the view stays as it is there: a failed read is never an empty one.
func (s *Store) freshen(k *resource.Kind, project string, age time.Duration) error {
	if s.freshness.within(k.Name, project, age, s.clock()) {
		return nil
	}
	s.scans.Lock()
	defer s.scans.Unlock()
	started := s.clock()
	if s.freshness.within(k.Name, project, age, started) { // somebody else just did
		return nil
	}
	stale, err := s.scan(k, project)
	if len(stale) > 0 {
		s.mu.Lock()
		s.refresh(stale)
		s.mu.Unlock()
	}
	if err == nil {
		s.freshness.set(k.Name, project, started)
	}
	return err
}

// scan finds the identities whose files are not as the view has them: new, gone or changed. It holds no lock, so it may name
// some that a write under way has just changed; refresh looks again.
func (s *Store) scan(k *resource.Kind, project string) (stale []resource.ID, err error) {
	v := s.view.Load()
	projects := []string{project}
	if k.Project && project == "" {
		if projects, err = s.projectsOnDisk(k); err != nil {
			return nil, err
		}
	}
	seen := map[string]bool{}
	for _, p := range projects {
		seen[p] = true
		some, failed := s.scanDirectory(v, k, p)
		stale, err = append(stale, some...), errors.Join(err, failed)
	}
	for _, b := range v.buckets(k.Name, project) {
		if !seen[b.project] {
			for _, e := range b.entries {
				stale = append(stale, e.ID)
			}
		}
	}
	return stale, err
}

func (s *Store) projectsOnDisk(k *resource.Kind) ([]string, error) {
	listed, err := readDir(s.dir(k, ""))
	if err != nil {
		return nil, err
	}
	var names []string
	for _, d := range listed {
		id := resource.ID{Kind: k.Name, Project: d.Name(), Name: "any"}
		if s.place(id) == nil && s.fold(id) == id && s.isDirectory(k, d) {
			names = append(names, d.Name())
		}
	}
	return names, nil
}

// isDirectory follows a link, as every path through it does.
func (s *Store) isDirectory(k *resource.Kind, d os.DirEntry) bool {
	if d.Type()&fs.ModeSymlink == 0 {
		return d.IsDir()
	}
	info, err := os.Stat(s.dir(k, d.Name()))
	return err == nil && info.IsDir()
}

func (s *Store) scanDirectory(v *view, k *resource.Kind, project string) ([]resource.ID, error) {
	dir, listed, err := listDir(s.dir(k, project))
	if err != nil {
		return nil, err
	}
	if dir != nil {
		defer dir.Close()
	}
	var known []*Entry
	if b := v.bucket(k.Name, project); b != nil {
		known = b.entries
	}
	present := make([]bool, len(known))
	var stale []resource.ID
	for _, name := range listed {
		at, ok := find(known, name, s.extension)
		if ok {
			present[at] = true
			if print, _, err := lstatAt(dir, name); err == nil && known[at].print == print && known[at].live.settled.Load() {
				continue
			}
			stale = append(stale, known[at].ID)
		} else if id, ok := s.identify(k, project, name); ok {
			stale = append(stale, id)
		}
	}
	for i, e := range known {
		if !present[i] {
			stale = append(stale, e.ID)
		}
	}
	return stale, nil
}

// find is the entry whose file has a name.
func find(entries []*Entry, file, extension string) (at int, ok bool) {
	name, ok := strings.CutSuffix(file, "."+extension)
	if !ok {
		return 0, false
	}
	return slices.BinarySearchFunc(entries, name, byName)
}

// listDir lists a directory and leaves it open, so that its files need no path; nil for one that is not there.
func listDir(path string) (*os.File, []string, error) {
	dir, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return nil, nil, errors.Join(err, dir.Close())
	}
	return dir, names, nil
}

// readDir lists a directory; one that is not there is empty.
func readDir(dir string) ([]os.DirEntry, error) {
	listed, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return listed, err
}
