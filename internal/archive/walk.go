package archive

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
)

// Walk reads layers, the lowest first, as the one tree that a runtime would mount, and calls visit for each file in it, in no
// particular order. The reader it is given ends with the file and is of no use afterwards.
//
// Everything is read, and verified while it streams: until Walk returns nil, nothing that visit was given may be believed.
func Walk(ctx context.Context, layers []Layer, limits Limits, visit func(File, io.Reader) error) error {
	w := &walker{limits: limits.orDefaults(), merge: newMerge(), visit: visit}
	if len(layers) > w.limits.Layers {
		return fmt.Errorf("%w: %d layers, at most %d are read", ErrLimit, len(layers), w.limits.Layers)
	}
	// From the top, so that what is hidden is known before it is met, and each file is handed over once.
	for i := len(layers) - 1; i >= 0; i-- {
		if err := w.layer(ctx, layers[i], i == 0); err != nil {
			return fmt.Errorf("layer %s: %w", layers[i].Digest, err)
		}
	}
	return nil
}

type walker struct {
	limits  Limits
	merge   *merge
	visit   func(File, io.Reader) error
	entries int
	total   int64
}

func (w *walker) layer(ctx context.Context, l Layer, bottom bool) (err error) {
	s, err := l.open(w.limits, &w.total)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	own, gone, opaque := tree{}, []string(nil), []string(nil)
	for t := tar.NewReader(s); ; {
		h, err := t.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return damaged(err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if w.entries++; w.entries > w.limits.Entries {
			return fmt.Errorf("%w: more than %d files and directories", ErrLimit, w.limits.Entries)
		}
		e, err := accept(h, bottom)
		switch {
		case err != nil:
			return err
		case e.whiteout:
			gone = append(gone, e.path)
		case e.opaque:
			opaque = append(opaque, e.path)
		default:
			if err := w.entry(own, e, h.Size, t); err != nil {
				return err
			}
		}
	}
	if err := s.verify(); err != nil {
		return err
	}
	w.merge.lay(own, gone, opaque)
	return nil
}

// damaged marks what the tar reader finds wrong; what the stream below it said is marked already.
func damaged(err error) error {
	if errors.Is(err, ErrLimit) || errors.Is(err, ErrDamaged) || errors.Is(err, ErrMismatch) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrDamaged, err)
}

func (w *walker) entry(own tree, e entry, size int64, r io.Reader) error {
	if e.path == "." {
		return nil
	}
	kind := file
	if e.directory {
		kind = directory
	}
	if err := own.add(e.path, kind); err != nil {
		return err
	}
	if size > w.limits.File {
		return fmt.Errorf("%w: %q is larger than %s", ErrLimit, e.path, sizeText(w.limits.File))
	}
	if w.merge.hides(e.path) {
		return nil
	}
	if err := w.merge.show(e.path); err != nil || e.directory {
		return err
	}
	return w.visit(File{Path: e.path, Size: size}, whole{r})
}

// whole reads a file of a tar, and tells damage from what the visitor does with the bytes.
type whole struct{ r io.Reader }

func (w whole) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	if err != nil && err != io.EOF {
		err = damaged(err)
	}
	return n, err
}
