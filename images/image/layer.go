package image

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/perseid-dev/perseid/internal/archive"
	"github.com/perseid-dev/perseid/internal/artifact"
	"github.com/perseid-dev/perseid/internal/source"
)

// Entry is a file or a directory of an image.
type Entry struct {
	Path  string      // relative and clean
	Mode  fs.FileMode // permissions, and fs.ModeDir for a directory
	Owner int         // user and group
	Data  []byte      // of a file
}

// File is a file of root's that everybody may read.
func File(path string, data []byte) Entry { return Entry{Path: path, Mode: 0o644, Data: data} }

// Program is a file of root's that everybody may run.
func Program(path string, data []byte) Entry { return Entry{Path: path, Mode: 0o755, Data: data} }

// Directory is an empty directory of a user's.
func Directory(path string, owner int) Entry {
	return Entry{Path: path, Mode: fs.ModeDir | 0o755, Owner: owner}
}

// Layer is a layer that lies in a layout.
type Layer struct {
	artifact.Descriptor
	DiffID source.Digest // of the tar
	What   string        // what it is for, in the history of images
}

// Pack writes a layer. The directories above each entry are root's, 0755, unless an entry says otherwise.
func Pack(ctx context.Context, l *artifact.Layout, what string, entries []Entry) (Layer, error) {
	var packed bytes.Buffer
	z := archive.NewGzip(&packed)
	sum := archive.NewSum(z)
	if err := write(tar.NewWriter(sum), WithParents(entries)); err != nil {
		return Layer{}, fmt.Errorf("pack %s: %w", what, err)
	}
	if err := z.Close(); err != nil {
		return Layer{}, fmt.Errorf("pack %s: %w", what, err)
	}
	d := artifact.Descriptor{MediaType: artifact.MediaTypeLayer, Digest: source.DigestOf(packed.Bytes()), Size: int64(packed.Len())}
	return Layer{d, source.Digest(sum.Digest()), what}, l.Put(ctx, d, &packed)
}

// WithParents are the entries and the directories above them, sorted so that each directory comes before what is in it.
func WithParents(entries []Entry) []Entry {
	all := map[string]Entry{}
	for _, e := range entries {
		for i, c := range e.Path {
			if c == '/' {
				all[e.Path[:i]] = Directory(e.Path[:i], 0)
			}
		}
	}
	for _, e := range entries {
		all[e.Path] = e
	}
	sorted := make([]Entry, 0, len(all))
	for _, e := range all {
		sorted = append(sorted, e)
	}
	slices.SortFunc(sorted, func(a, b Entry) int { return strings.Compare(a.Path, b.Path) })
	return sorted
}

func write(t *tar.Writer, entries []Entry) error {
	for _, e := range entries {
		h := &tar.Header{
			Typeflag: tar.TypeReg, Name: e.Path, Size: int64(len(e.Data)),
			Mode: int64(e.Mode.Perm()), Uid: e.Owner, Gid: e.Owner, ModTime: time.Unix(0, 0),
		}
		if e.Mode.IsDir() {
			h.Typeflag, h.Name = tar.TypeDir, e.Path+"/"
		}
		if err := t.WriteHeader(h); err != nil {
			return err
		}
		if _, err := t.Write(e.Data); err != nil {
			return err
		}
	}
	return t.Close()
}
