package artifact

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/perseid-dev/perseid/internal/archive"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/source"
)

// What a directory may hold to be built. A server reads no larger files.
const (
	maxSource = 16 << 20 // bytes of a file
	maxNames  = 1_000_000
)

var (
	errTooLarge = fmt.Errorf("%w: more than %d MiB of files, which nobody would unpack; make several artifacts", archive.ErrLimit, archive.MaxTotal>>20)
	errTooMany  = fmt.Errorf("%w: more than %d files and directories, which nobody would unpack; make several artifacts", archive.ErrLimit, archive.MaxEntries)
)

// found is a file to be packed.
type found struct {
	path string
	size int64 // bytes
}

// listing is what goes into an artifact, and why something cannot.
type listing struct {
	root     *os.Root
	ignore   ignore
	files    []found // sorted
	names    int
	folded   map[string]string
	problems problem.List
}

// list walks a directory. The error, which may be a problem.List, means that it cannot be built.
func list(ctx context.Context, root *os.Root) (*listing, error) {
	l := &listing{root: root, folded: map[string]string{}}
	if err := l.readIgnore(); err != nil {
		return nil, err
	}
	if err := l.directory(ctx, "."); err != nil {
		return nil, err
	}
	slices.SortFunc(l.files, func(a, b found) int { return strings.Compare(a.path, b.path) })
	if err := l.problems.Err(); err != nil {
		return nil, err
	}
	if dirs := len(l.directories()); len(l.files)+2*dirs+1 > archive.MaxEntries {
		return nil, errTooMany
	}
	total := int64(0)
	for _, f := range l.files {
		total += f.size
	}
	if total > archive.MaxTotal {
		return nil, errTooLarge
	}
	if len(l.files) == 0 {
		return nil, errors.New("it holds no documents (.json, .yaml, .yml): an artifact of nothing would look like a mount gone wrong")
	}
	return l, nil
}

func (l *listing) readIgnore() error {
	f, err := l.root.Open(IgnoreName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxIgnoreBytes+1))
	if err == nil && len(data) > maxIgnoreBytes {
		err = fmt.Errorf("larger than %d bytes", maxIgnoreBytes)
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", IgnoreName, err)
	}
	l.ignore, err = parseIgnore(string(data))
	return err
}

func (l *listing) directory(ctx context.Context, dir string) error {
	f, err := l.root.Open(dir)
	if err != nil {
		return fmt.Errorf("read %w", err)
	}
	entries, err := f.ReadDir(maxNames + 1)
	if err = errors.Join(ctx.Err(), f.Close(), notEnd(err)); err != nil {
		return fmt.Errorf("read %s: %w", dir, err)
	}
	if l.names += len(entries); l.names > maxNames {
		return fmt.Errorf("more than %d files and directories", maxNames)
	}
	for _, e := range entries {
		p := path.Join(dir, e.Name())
		if source.IsPassedOver(e.Name()) || l.ignore.leavesOut(p, e.IsDir()) {
			continue
		}
		switch {
		case e.IsDir():
			err = l.directory(ctx, p)
		case e.Type()&fs.ModeSymlink != 0:
			l.link(p)
		case source.IsDocument(e.Name()):
			err = l.entry(p, e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func notEnd(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

// link takes the file that a link leads to; a mount has no links.
func (l *listing) link(p string) {
	info, err := l.root.Stat(p)
	switch {
	case err == nil && info.IsDir():
		l.miss(p, "a link to a directory", "copy the directory, or leave the link out with "+IgnoreName)
	case !source.IsDocument(path.Base(p)):
	case err != nil:
		l.miss(p, "a link that leads to nothing, or out of the directory", "mend it, or leave it out with "+IgnoreName)
	default:
		l.file(p, info)
	}
}

func (l *listing) entry(p string, e fs.DirEntry) error {
	info, err := e.Info()
	if err != nil {
		return fmt.Errorf("read %w", err)
	}
	l.file(p, info)
	return nil
}

func (l *listing) file(p string, info fs.FileInfo) {
	key := archive.Fold(p)
	switch err := archive.CheckPath(p); {
	case err != nil:
		l.miss(p, err.Error(), "rename it")
	case slices.Contains(strings.Split(p, "/"), source.IndexName):
		l.miss(p, "a directory has the name of the index", "rename it")
	case l.folded[key] != "":
		l.miss(p, fmt.Sprintf("differs from %s in case only, which not every system can hold", l.folded[key]), "rename one of them")
	case !info.Mode().IsRegular():
		l.miss(p, "not a regular file", "")
	case info.Size() > maxSource:
		l.miss(p, fmt.Sprintf("larger than the limit of %d MiB", maxSource>>20), "split it")
	default:
		l.folded[key] = p
		l.files = append(l.files, found{p, info.Size()})
	}
}

func (l *listing) miss(p, what, hint string) {
	l.problems = append(l.problems, problem.Problem{Code: problem.CodeUnread, Severity: problem.Error, Origin: p, Message: what, Hint: hint})
}

// directories are those that hold the files, and those above them, sorted.
func (l *listing) directories() []string {
	seen := map[string]bool{}
	var dirs []string
	for _, f := range l.files {
		for dir := path.Dir(f.path); dir != "." && !seen[dir]; dir = path.Dir(dir) {
			seen[dir] = true
			dirs = append(dirs, dir)
		}
	}
	slices.Sort(dirs)
	return dirs
}

// Files lists what Build would pack of a directory, sorted.
func Files(ctx context.Context, directory string) ([]string, error) {
	root, err := os.OpenRoot(directory)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", directory, cause(err))
	}
	defer root.Close()
	l, err := list(ctx, root)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", directory, err)
	}
	paths := make([]string, len(l.files))
	for i, f := range l.files {
		paths[i] = f.path
	}
	return paths, nil
}
