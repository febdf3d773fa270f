package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"

	"github.com/perseid-dev/perseid/internal/atomicfile"
)

// ExtractOptions says how a directory is made of layers.
type ExtractOptions struct {
	Limits Limits
	// Replace lets a directory that is there be replaced, in one step; what it held is removed afterwards.
	Replace bool
	// Keep, where not nil, says which files are written; the others are read and verified all the same.
	Keep func(path string) bool
}

// Extract makes a directory of the files that Walk finds, with modes 0644 and 0755 whatever the archive or the umask says. It
// appears whole, after everything in it was verified and is durable, or not at all. The error wraps ErrOccupied if the directory
// is there with something in it, and Replace does not let it go.
func Extract(ctx context.Context, layers []Layer, directory string, o ExtractOptions) error {
	if err := vacant(directory, o.Replace); err != nil {
		return err
	}
	stage, err := atomicfile.StageTree(directory)
	if err != nil {
		return err
	}
	if err := fill(ctx, layers, stage.Path(), o); err != nil {
		return errors.Join(err, stage.Discard())
	}
	if err := stage.Commit(directory, o.Replace); err != nil {
		return errors.Join(err, stage.Discard())
	}
	return nil
}

// vacant says whether a directory can be made here.
func vacant(directory string, replace bool) error {
	entries, err := os.ReadDir(directory)
	switch {
	case errors.Is(err, os.ErrNotExist) || err == nil && (replace || len(entries) == 0):
		return nil
	case err == nil:
		err = ErrOccupied
	}
	return fmt.Errorf("write %s: %w", directory, err)
}

func fill(ctx context.Context, layers []Layer, directory string, o ExtractOptions) error {
	root, err := os.OpenRoot(directory)
	if err != nil {
		return fmt.Errorf("unpack: %w", err)
	}
	defer root.Close()
	x := &extractor{root: root, made: map[string]bool{".": true}, buffer: make([]byte, readBuffer)}
	return Walk(ctx, layers, o.Limits, func(f File, r io.Reader) error {
		if o.Keep != nil && !o.Keep(f.Path) {
			return nil
		}
		if err := x.file(f, r); err != nil {
			return fmt.Errorf("unpack %s: %w", f.Path, err)
		}
		return nil
	})
}

// extractor writes below a root that it cannot leave, and that held nothing before.
type extractor struct {
	root   *os.Root
	made   map[string]bool
	buffer []byte
}

func (x *extractor) file(f File, r io.Reader) error {
	if err := x.directory(path.Dir(f.Path)); err != nil {
		return err
	}
	out, err := x.root.OpenFile(f.Path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	return errors.Join(x.content(out, f, r), out.Close())
}

func (x *extractor) content(out *os.File, f File, r io.Reader) error {
	if err := out.Chmod(0o644); err != nil { // the umask may have taken something away
		return err
	}
	n, err := io.CopyBuffer(struct{ io.Writer }{out}, r, x.buffer)
	if err == nil && n != f.Size {
		err = fmt.Errorf("%w: %d bytes, expected %d", ErrDamaged, n, f.Size)
	}
	return err
}

func (x *extractor) directory(dir string) error {
	if x.made[dir] {
		return nil
	}
	if err := x.directory(path.Dir(dir)); err != nil {
		return err
	}
	x.made[dir] = true
	if err := x.root.Mkdir(dir, 0o755); err != nil {
		return err
	}
	return x.root.Chmod(dir, 0o755)
}
