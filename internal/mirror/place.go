package mirror

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/perseid-dev/perseid/internal/atomicfile"
	"github.com/perseid-dev/perseid/internal/source"
)

// Modes of what is made, less the umask.
const (
	fileMode      = 0o666
	directoryMode = 0o777
)

// ErrRefused is wrapped by errors about a path that files may not be put at.
var ErrRefused = errors.New("refused")

// kernelTrees are directories where a file is not a file. They are refused even where everything is allowed.
var kernelTrees = []string{"/proc", "/sys", "/dev"}

// tree finds the directory tree an absolute path lies in, and the path inside: links inside a tree do not lead out of it.
// Where everything is allowed, the directory of the file is its tree.
func (o *Options) tree(path string) (root, inside string, err error) {
	if err := o.check(path); err != nil {
		return "", "", err
	}
	for _, root := range append([]string{o.Root}, o.Allowed...) {
		if inside, ok := within(path, root); ok && inside != "." {
			return root, inside, nil
		}
	}
	if !o.Anywhere {
		return "", "", fmt.Errorf("%w: %s is outside %s", ErrRefused, path, strings.Join(append([]string{o.Root}, o.Allowed...), " and "))
	}
	return o.anywhere(path)
}

// anywhere is the tree of a path where everything is allowed: its directory, unless that is, or leads to, where no files belong.
func (o *Options) anywhere(path string) (root, inside string, err error) {
	dir, base := filepath.Dir(path), filepath.Base(path)
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		real = dir // it will be made
	}
	for _, root := range kernelTrees {
		if isWithin(real, root) {
			return "", "", fmt.Errorf("%w: %s belongs to the system", ErrRefused, path)
		}
	}
	return dir, base, o.check(filepath.Join(real, base))
}

// check refuses paths that are nobody's to claim.
func (o *Options) check(path string) error {
	switch base := filepath.Base(path); {
	case path != filepath.Clean(path) || !filepath.IsAbs(path):
		return fmt.Errorf("%w: %q is not a clean absolute path", ErrRefused, path)
	case path == o.Index || base == source.IndexName || atomicfile.IsStaged(base):
		return fmt.Errorf("%w: the name %s is reserved", ErrRefused, base)
	case slices.ContainsFunc(o.Protected, func(root string) bool { return isWithin(path, root) }):
		return fmt.Errorf("%w: %s is a file this program depends on", ErrRefused, path)
	}
	return nil
}

// within gives a path relative to a directory that holds it; both are clean and absolute.
func within(path, root string) (inside string, ok bool) {
	if path == root {
		return ".", true
	}
	return strings.CutPrefix(path, strings.TrimSuffix(root, "/")+"/")
}

func isWithin(path, root string) bool {
	_, ok := within(path, root)
	return ok
}

// spot is an open directory and the name of a file in it. What is done through it cannot be led elsewhere.
type spot struct {
	dir  *os.File
	base string
}

// enter opens the directory of a path; make creates it, and the directories above, where they are missing.
func (m *Mirror) enter(path string, make bool) (*spot, error) {
	root, inside, err := m.o.tree(path)
	if err != nil {
		return nil, err
	}
	if make {
		if err := os.MkdirAll(root, directoryMode); err != nil {
			return nil, err
		}
	}
	r, err := os.OpenRoot(root)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	dir, base := filepath.Split(inside)
	dir = filepath.Clean(dir)
	if make && dir != "." {
		if err := r.MkdirAll(dir, directoryMode); err != nil {
			return nil, err
		}
	}
	f, err := r.OpenFile(dir, os.O_RDONLY|syscall.O_DIRECTORY, 0)
	if err != nil {
		return nil, err
	}
	return &spot{dir: f, base: base}, nil
}

func (s *spot) close() { s.dir.Close() }

// fd is the descriptor of the directory, valid until close.
func (s *spot) fd() int { return int(s.dir.Fd()) }
