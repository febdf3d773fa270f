package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

// Action is one thing that Repair does, or cannot do.
type Action struct {
	Path string `json:"path" yaml:"path"`                 // in the database
	To   string `json:"to,omitempty" yaml:"to,omitempty"` // where it goes to, in the database
	// Done says what was done and why, and where nothing can be (Left), why not.
	Done string `json:"done" yaml:"done"`
	Left bool   `json:"left,omitempty" yaml:"left,omitempty"`
}

// Repair mends what Check finds. Journal and index are brought up to date, a damaged index is set aside; a document under another name, place or
// format than its own is moved to where it belongs, if nothing lies there; what cannot be read as a document goes to quarantine; modes that
// let others in are narrowed. No byte is lost: what leaves the database's sight lies in .perseid/quarantine. Without apply it changes nothing
// and says what it would do.
//
// The error is a *LockedError while a server runs, and a *KeyError with another encryption key than the last time.
func Repair(dir string, o Options, apply bool) ([]Action, error) {
	o.Dir = dir
	actions, err := repairDatabase(o, apply)
	if err != nil {
		return actions, fmt.Errorf("repair database %s: %w", dir, err)
	}
	return actions, nil
}

func repairDatabase(o Options, apply bool) ([]Action, error) {
	if _, err := os.Stat(o.Dir); err != nil {
		return nil, err
	}
	c, err := checkDocuments(o)
	if err != nil {
		return nil, err
	}
	if c.newer, err = c.newerState(); err != nil {
		return nil, err
	}
	if c.newer {
		return nil, errNewer
	}
	if err := c.asWritten(); err != nil {
		return nil, err
	}
	c.report.Problems = nil
	c.state()
	r := &repairer{Store: c.Store, taken: map[string]bool{}, apply: apply}
	r.stateOf(c.report.Problems)
	if !apply {
		r.all(c.faults)
		return r.actions, nil
	}
	return r.actions, r.mend(o)
}

// asWritten makes sure that the options are those of the database: by others everything would be in the wrong place.
func (c *checker) asWritten() error {
	others := 0
	for _, f := range c.faults {
		if format, ok := resource.FormatOf(f.path); ok && f.flaw == misplaced && format != c.format() {
			others++
		}
	}
	if others > c.report.Documents {
		return fmt.Errorf("more files of it end in another extension than .%s: give the configuration of its server with --config", c.extension)
	}
	x, err := loadIndex(c.Store.state(indexFile))
	if errors.Is(err, errIndex) || err == nil && x.Form == 0 {
		return nil
	}
	if err == nil && (x.Extension != c.extension || x.CaseSensitive != c.sensitive) {
		err = fmt.Errorf("it was last written as %s, case-sensitive: %t: give the configuration of its server with --config", x.Extension, x.CaseSensitive)
	}
	if err == nil {
		err = c.adopt(x)
	}
	return err
}

// repairer mends one database. Its Store is open and has served nothing yet, or, without apply, was only made.
type repairer struct {
	*Store
	apply   bool
	actions []Action
	taken   map[string]bool // paths that something was moved to

}

// stateOf says what a start does about our own state.
func (r *repairer) stateOf(problems problem.List) {
	for _, p := range problems {
		done := "brought up to date: " + p.Message
		if p.Severity == problem.Error {
			done = "set aside in quarantine, and made anew from the documents, which their sources then take over again: " + p.Message
		}
		r.actions = append(r.actions, Action{Path: p.Origin, Done: done})
	}
}

// mend takes the lock, finishes the journal, looks again at what is then there, mends it, and writes an index of what came of it.
func (r *repairer) mend(o Options) error {
	if err := r.takeHold(); err != nil {
		return err
	}
	found, err := r.recover()
	if err == nil {
		var c *checker
		if c, err = checkDocuments(o); err == nil {
			r.all(c.faults)
			err = r.start(found)
		}
	}
	if err != nil {
		r.journal.close()
		r.lock.release()
		return err
	}
	return r.Close()
}

func (r *repairer) all(faults []defect) {
	for _, f := range faults {
		switch f.flaw {
		case misplaced:
			r.misplaced(f.path, f.why)
		case displaced:
			r.displaced(f)
		case illegible:
			r.illegible(f)
		case exposed:
			r.narrow(f)
		}
	}
}

// displaced mends the files in a directory of which none is served, and removes what is then empty.
func (r *repairer) displaced(f defect) {
	var directories []string
	err := filepath.WalkDir(filepath.Join(r.root, f.path), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(r.root, path)
		switch {
		case err != nil:
			return err
		case d.IsDir():
			directories = append(directories, path)
		default:
			r.misplaced(name, f.why)
		}
		return nil
	})
	if err != nil {
		r.leave(f.path, bare(err).Error())
	}
	for i := len(directories) - 1; r.apply && i >= 0; i-- {
		_ = r.disk.Unlink(directories[i]) // one that still holds something stays
	}
}

// misplaced moves a document to its place.
func (r *repairer) misplaced(path, why string) {
	m, err := r.home(path)
	switch {
	case err != nil:
		r.leave(path, why+", and "+err.Error())
	case m.copied:
		r.quarantine(path, why+", and "+m.to+" is the same")
	default:
		r.move(path, m, why)
	}
}

// illegible moves a document that only lies in the wrong place to the right one, and everything else to quarantine.
func (r *repairer) illegible(f defect) {
	if m, err := r.home(f.path); err == nil && !m.copied {
		r.move(f.path, m, f.why)
		return
	}
	r.quarantine(f.path, f.why)
}

func (r *repairer) narrow(f defect) {
	path := filepath.Join(r.root, f.path)
	info, err := os.Stat(path)
	if err != nil {
		r.leave(f.path, bare(err).Error())
		return
	}
	mode := info.Mode().Perm() & f.modes
	if r.apply {
		err = os.Chmod(path, mode)
	}
	r.note(Action{Path: f.path, Done: fmt.Sprintf("mode %04o, for %s", mode, f.why)}, err)
}

// note records what was done, or why it could not be.
func (r *repairer) note(a Action, err error) {
	if err != nil {
		r.leave(a.Path, bare(err).Error())
		return
	}
	r.actions = append(r.actions, a)
}

func (r *repairer) leave(path, why string) {
	r.actions = append(r.actions, Action{Path: path, Done: "left as it is: " + why, Left: true})
}

// quarantine moves a file, whatever it is, out of the database's sight.
func (r *repairer) quarantine(path, why string) {
	to := r.free(filepath.Join(stateDir, quarantineDir, path) + "." + r.now().UTC().Format("20060102T150405Z"))
	var err error
	if r.apply {
		err = r.relocate(path, to)
	}
	r.note(Action{Path: path, To: to, Done: "moved to quarantine: " + why}, err)
}

// free is a path at which nothing lies.
func (r *repairer) free(path string) string {
	for n, name := 2, path; ; n++ {
		if _, s, err := lstat(filepath.Join(r.root, name)); err == nil && s == nothing && !r.taken[name] {
			r.taken[name] = true
			return name
		}
		name = fmt.Sprintf("%s.%d", path, n)
	}
}

// relocate moves within the database, to where nothing lies, and makes that durable.
func (r *repairer) relocate(from, to string) error {
	mode := fs.FileMode(dirMode)
	if strings.HasPrefix(to, stateDir) {
		mode = stateMode
	}
	from, to = filepath.Join(r.root, from), filepath.Join(r.root, to)
	if err := r.disk.MkdirAll(filepath.Dir(to), mode); err != nil {
		return err
	}
	if err := r.disk.Rename(from, to); err != nil {
		return err
	}
	if err := r.disk.SyncDir(filepath.Dir(to)); err != nil {
		return err
	}
	return r.disk.SyncDir(filepath.Dir(from))
}
