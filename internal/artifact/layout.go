package artifact

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/perseid-dev/perseid/internal/archive"
	"github.com/perseid-dev/perseid/internal/atomicfile"
	"github.com/perseid-dev/perseid/internal/source"
)

// The files of a layout.
const (
	layoutMark    = "oci-layout"
	layoutIndex   = "index.json"
	layoutBlobs   = "blobs/sha256"
	layoutVersion = `{"imageLayoutVersion":"1.0.0"}`
)

var errReadOnly = errors.New("a tar archive of a layout is only read; write to a directory")

// Layout is an OCI image layout: a directory that can be written, or a tar archive of one that is only read. It implements Reader and
// Writer and is safe for concurrent use within one process.
type Layout struct {
	path     string
	files    files
	writable bool
	mu       sync.Mutex // of index.json
}

// files opens the regular files of a layout by their names in it, and says how long they are.
type files interface {
	open(name string) (io.ReadCloser, int64, error)
	Close() error
}

// OpenLayout opens a layout that is there: a directory, or a tar archive.
func OpenLayout(path string) (*Layout, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("open layout: %w", err)
	}
	l := &Layout{path: path, writable: info.IsDir()}
	if info.IsDir() {
		l.files, err = openDirectory(path)
	} else {
		l.files, err = openTar(path)
	}
	if err == nil {
		err = l.check()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open layout %s: %w", path, err), l.Close())
	}
	return l, nil
}

// CreateLayout opens the layout in a directory, and makes it if the directory is missing or empty.
func CreateLayout(path string) (*Layout, error) {
	entries, err := os.ReadDir(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("create layout: %w", err)
	}
	if len(entries) > 0 {
		return OpenLayout(path)
	}
	if err := atomicfile.MkdirAll(filepath.Join(path, layoutBlobs), 0o755); err != nil {
		return nil, err
	}
	l := &Layout{path: path}
	if err := l.writeIndex(Index{Manifests: []Descriptor{}}); err != nil {
		return nil, err
	}
	// The mark is last: with it the layout is one.
	if err := atomicfile.Write(filepath.Join(path, layoutMark), []byte(layoutVersion), atomicfile.Options{Mode: 0o644}); err != nil {
		return nil, err
	}
	return OpenLayout(path)
}

// IsLayout says whether a path is one that OpenLayout opens.
func IsLayout(path string) bool {
	l, err := OpenLayout(path)
	return err == nil && l.Close() == nil
}

// Close releases what the layout holds open.
func (l *Layout) Close() error {
	if l.files == nil {
		return nil
	}
	return l.files.Close()
}

func (l *Layout) check() error {
	var mark struct {
		Version string `json:"imageLayoutVersion"`
	}
	data, err := l.read(layoutMark)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no file %s in it, so it is none", layoutMark)
	}
	if err == nil {
		err = json.Unmarshal(data, &mark)
	}
	if err == nil && mark.Version != "1.0.0" {
		err = fmt.Errorf("it is of version %.20q, expected 1.0.0", mark.Version)
	}
	return err
}

// read reads one of the small files.
func (l *Layout) read(name string) ([]byte, error) {
	r, size, err := l.files.open(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if size > MaxManifest {
		return nil, fmt.Errorf("%s: %w: larger than %d bytes", name, archive.ErrLimit, MaxManifest)
	}
	return io.ReadAll(io.LimitReader(r, MaxManifest))
}

// blobName is where a blob is in a layout.
func blobName(d source.Digest) string { return layoutBlobs + "/" + d.String()[len("sha256:"):] }

// Fetch implements Reader.
func (l *Layout) Fetch(_ context.Context, d Descriptor) (io.ReadCloser, error) {
	r, size, err := l.files.open(blobName(d.Digest))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("blob %s of layout %s: %w", d.Digest, l.path, ErrNotFound)
	case err != nil:
		return nil, fmt.Errorf("blob %s of layout %s: %w", d.Digest, l.path, err)
	case size != d.Size:
		return nil, errors.Join(fmt.Errorf("blob %s of layout %s: %w: %d bytes, expected %d", d.Digest, l.path, archive.ErrMismatch, size, d.Size), r.Close())
	}
	return r, nil
}

// Has implements Writer.
func (l *Layout) Has(_ context.Context, d Descriptor) (bool, error) {
	r, size, err := l.files.open(blobName(d.Digest))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for %s in layout %s: %w", d.Digest, l.path, err)
	}
	return size == d.Size, r.Close()
}

// Put implements Writer.
func (l *Layout) Put(ctx context.Context, d Descriptor, r io.Reader) error {
	if there, err := l.Has(ctx, d); there || err != nil {
		return err
	}
	_, err := l.ingest(d.MediaType, func(w io.Writer) error {
		n, err := io.Copy(w, io.LimitReader(r, d.Size+1))
		if err == nil && n != d.Size {
			err = fmt.Errorf("%w: %d bytes, expected %d", archive.ErrMismatch, n, d.Size)
		}
		return err
	}, d.Digest)
	if err != nil {
		return fmt.Errorf("put %s into layout %s: %w", d.Digest, l.path, err)
	}
	return nil
}

// ingest writes a blob whose digest is known when it is written. If one is wanted, another is refused.
func (l *Layout) ingest(mediaType string, fill func(io.Writer) error, want ...source.Digest) (Descriptor, error) {
	if !l.writable {
		return Descriptor{}, errReadOnly
	}
	var sum *archive.Sum
	blobs := filepath.Join(l.path, layoutBlobs)
	staged, err := atomicfile.StageFrom(blobs, 0o644, func(w io.Writer) error {
		sum = archive.NewSum(w)
		return fill(sum)
	})
	if err != nil {
		return Descriptor{}, err
	}
	d := Descriptor{MediaType: mediaType, Digest: source.Digest(sum.Digest()), Size: sum.Size()}
	if len(want) > 0 && want[0] != d.Digest {
		return d, errors.Join(fmt.Errorf("%w: its digest is %s", archive.ErrMismatch, d.Digest), staged.Discard())
	}
	if err := staged.Commit(filepath.Join(l.path, blobName(d.Digest))); err != nil {
		return d, errors.Join(err, staged.Discard())
	}
	return d, atomicfile.SyncDir(blobs)
}
