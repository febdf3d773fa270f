package artifact

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/perseid-dev/perseid/internal/archive"
	"github.com/perseid-dev/perseid/internal/atomicfile"
)

// maxArchived bounds the entries of a tar archive of a layout.
const maxArchived = 10_000

// directory is the files of a layout in a directory, which no link in it leads out of.
type directory struct{ *os.Root }

func openDirectory(path string) (files, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	return directory{root}, nil
}

func (d directory) open(name string) (io.ReadCloser, int64, error) {
	if info, err := d.Stat(name); err != nil || !info.Mode().IsRegular() { // opening a pipe would wait
		return nil, 0, errors.Join(err, irregular(name, info))
	}
	f, err := d.Open(name)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, info.Size(), nil
}

func irregular(name string, info fs.FileInfo) error {
	if info == nil {
		return nil
	}
	return fmt.Errorf("%s is not a regular file", name)
}

// archived is the files of a layout in a tar archive, which are read where they are.
type archived struct {
	*os.File
	at map[string]section
}

type section struct{ offset, size int64 }

func openTar(path string) (files, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	a := archived{File: f, at: map[string]section{}}
	if err := a.survey(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return a, nil
}

// survey finds where each file begins. The tar reader seeks over what it is not asked for, and reads nothing ahead.
func (a archived) survey() error {
	for t := tar.NewReader(a.File); ; {
		h, err := t.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("it is not a tar archive: %w", err)
		}
		if len(a.at) >= maxArchived {
			return fmt.Errorf("%w: more than %d files", archive.ErrLimit, maxArchived)
		}
		offset, err := a.Seek(0, io.SeekCurrent)
		if err != nil {
			return err
		}
		if h.Typeflag == tar.TypeReg {
			a.at[strings.TrimPrefix(h.Name, "./")] = section{offset, h.Size}
		}
	}
}

func (a archived) open(name string) (io.ReadCloser, int64, error) {
	s, ok := a.at[name]
	if !ok {
		return nil, 0, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
	}
	return io.NopCloser(io.NewSectionReader(a.File, s.offset, s.size)), s.size, nil
}

// SaveArchive writes the layout as a tar archive, the same layout as the same bytes, whole or not at all.
func (l *Layout) SaveArchive(ctx context.Context, path string) error {
	blobs, err := os.ReadDir(filepath.Join(l.path, layoutBlobs))
	if err != nil {
		return fmt.Errorf("save %s: %w", path, err)
	}
	staged, err := atomicfile.StageFrom(filepath.Dir(path), 0o644, func(w io.Writer) error {
		out := archive.NewWriter(w)
		err := errors.Join(out.Directory("blobs"), out.Directory(layoutBlobs))
		for _, b := range blobs {
			if err == nil && !atomicfile.IsStaged(b.Name()) {
				err = errors.Join(ctx.Err(), l.save(out, layoutBlobs+"/"+b.Name()))
			}
		}
		return errors.Join(err, l.save(out, layoutIndex), l.save(out, layoutMark), out.Close())
	})
	if err != nil {
		return fmt.Errorf("save %s: %w", path, err)
	}
	if err := staged.Commit(path); err != nil {
		return errors.Join(err, staged.Discard())
	}
	return atomicfile.SyncDir(filepath.Dir(path))
}

func (l *Layout) save(out *archive.Writer, name string) error {
	r, size, err := l.files.open(name)
	if err != nil {
		return err
	}
	defer r.Close()
	return out.Stream(name, size, func(w io.Writer) error {
		_, err := io.Copy(w, r)
		return err
	})
}

var (
	_ Reader = (*Layout)(nil)
	_ Writer = (*Layout)(nil)
)
