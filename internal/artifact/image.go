package artifact

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/perseid-dev/perseid/internal/archive"
	"github.com/perseid-dev/perseid/internal/source"
)

// Image is an artifact whose manifest and config were read and verified. Its layers are verified whenever they are read.
type Image struct {
	Descriptor  Descriptor // of the manifest
	Manifest    Manifest
	Config      Config
	RawManifest []byte // what Descriptor.Digest is the digest of
	RawConfig   []byte

	blobs Reader
}

// ReadBlob reads a whole blob of at most limit bytes, and verifies digest and size.
func ReadBlob(ctx context.Context, blobs Reader, d Descriptor, limit int64) ([]byte, error) {
	if d.Size < 0 || d.Size > limit {
		return nil, fmt.Errorf("read %s: %w: %d bytes, at most %d are read", d.Digest, archive.ErrLimit, d.Size, limit)
	}
	r, err := blobs.Fetch(ctx, d)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, d.Size+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", d.Digest, err)
	case int64(len(data)) != d.Size || source.DigestOf(data) != d.Digest:
		return nil, fmt.Errorf("read %s: %w", d.Digest, archive.ErrMismatch)
	}
	return data, nil
}

// Layers are the layers as archive reads them, the lowest first.
func (i *Image) Layers(ctx context.Context) []archive.Layer {
	layers := make([]archive.Layer, len(i.Manifest.Layers))
	for n, d := range i.Manifest.Layers {
		layers[n] = archive.Layer{
			Compression: compressions[d.MediaType],
			Digest:      archive.Digest(d.Digest), Size: d.Size,
			DiffID: archive.Digest(i.Config.RootFS.DiffIDs[n]),
			Open:   func() (io.ReadCloser, error) { return i.blobs.Fetch(ctx, d) },
		}
	}
	return layers
}

// Walk calls visit for each file that a mount would show, streaming and in no particular order. Nothing that visit is given may be
// believed before Walk returns nil: only then have all digests matched.
func (i *Image) Walk(ctx context.Context, limits archive.Limits, visit func(f archive.File, r io.Reader) error) error {
	return archive.Walk(ctx, i.Layers(ctx), limits, visit)
}

// Unpack makes a directory of what a mount would show, whole or not at all (see archive.Extract).
func (i *Image) Unpack(ctx context.Context, directory string, o archive.ExtractOptions) error {
	return archive.Extract(ctx, i.Layers(ctx), directory, o)
}

// Copy brings all blobs of an image to another place, the manifest last, and leaves out what is there. It does not tag.
func (i *Image) Copy(ctx context.Context, to Writer) error {
	for _, d := range append([]Descriptor{i.Manifest.Config}, i.Manifest.Layers...) {
		if err := copyBlob(ctx, to, i.blobs, d); err != nil {
			return err
		}
	}
	return to.Put(ctx, i.Descriptor, bytes.NewReader(i.RawManifest))
}

func copyBlob(ctx context.Context, to Writer, from Reader, d Descriptor) error {
	if there, err := to.Has(ctx, d); there || err != nil {
		return err
	}
	r, err := from.Fetch(ctx, d)
	if err != nil {
		return err
	}
	defer r.Close()
	return to.Put(ctx, d, r)
}

// DiffIDs are the digests of the uncompressed layers: where they and the annotations are equal, nothing need be pushed.
func (i *Image) DiffIDs() []source.Digest { return i.Config.RootFS.DiffIDs }

// Size is how much the image takes where it is stored, in bytes.
func (i *Image) Size() int64 {
	size := i.Descriptor.Size + i.Manifest.Config.Size
	for _, d := range i.Manifest.Layers {
		size += d.Size
	}
	return size
}
