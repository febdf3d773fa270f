package artifact

import (
	"context"
	"errors"
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

// Load reads manifest and config, following an index to the manifest for linux/amd64 or to its only one. The error wraps
// ErrUnsupported for what no runtime mounts as files.
func Load(ctx context.Context, blobs Reader, d Descriptor) (*Image, error) {
	return nil, errors.New("not written yet")
}

// ReadBlob reads a whole blob of at most limit bytes, and verifies digest and size.
func ReadBlob(ctx context.Context, blobs Reader, d Descriptor, limit int64) ([]byte, error) {
	return nil, errors.New("not written yet")
}

// Walk calls visit for each file that a mount would show, streaming and in no particular order. Nothing that visit is given may be
// believed before Walk returns nil: only then have all digests matched.
func (i *Image) Walk(ctx context.Context, limits archive.Limits, visit func(f archive.File, r io.Reader) error) error {
	return errors.New("not written yet")
}

// Unpack makes a directory of what a mount would show, whole or not at all (see archive.Extract).
func (i *Image) Unpack(ctx context.Context, directory string, o archive.ExtractOptions) error {
	return errors.New("not written yet")
}

// Copy brings all blobs of an image to another place, the manifest last, and leaves out what is there. It does not tag.
func (i *Image) Copy(ctx context.Context, to Writer) error {
	return errors.New("not written yet")
}

// DiffIDs are the digests of the uncompressed layers: where they and the annotations are equal, nothing need be pushed.
func (i *Image) DiffIDs() []source.Digest { return i.Config.RootFS.DiffIDs }
