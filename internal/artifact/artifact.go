// Package artifact is a team's documents as one versioned OCI artifact: how it is made, kept on disk, and read again.
//
// Three ideas. An artifact is an ordinary image of one gzip layer, because that is the only shape that every runtime and tool mounts
// or pulls. The same files give the same digest on any machine: bytes are never rewritten; names, modes and order are normalised.
// It vouches for itself: a perseid.index in the root and in each first-level directory lists what must be there (DELIVERY R38).
// Images that others made, of several layers and with no index, are read just as well.
//
// Registries are for package registry: here everything is on disk or behind the two methods of Reader.
package artifact

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/perseid-dev/perseid/internal/source"
)

// The media types that are written, and those of others that are read.
const (
	MediaTypeManifest = "application/vnd.oci.image.manifest.v1+json"
	MediaTypeIndex    = "application/vnd.oci.image.index.v1+json"
	MediaTypeConfig   = "application/vnd.oci.image.config.v1+json"
	MediaTypeLayer    = "application/vnd.oci.image.layer.v1.tar+gzip"

	mediaTypeLayerTar       = "application/vnd.oci.image.layer.v1.tar"
	mediaTypeLayerZstd      = "application/vnd.oci.image.layer.v1.tar+zstd"
	mediaTypeDockerManifest = "application/vnd.docker.distribution.manifest.v2+json"
	mediaTypeDockerList     = "application/vnd.docker.distribution.manifest.list.v2+json"
	mediaTypeDockerConfig   = "application/vnd.docker.container.image.v1+json"
	mediaTypeDockerLayer    = "application/vnd.docker.image.rootfs.diff.tar.gzip"
	mediaTypeDockerTar      = "application/vnd.docker.image.rootfs.diff.tar"
	mediaTypeDockerZstd     = "application/vnd.docker.image.rootfs.diff.tar.zstd"
)

// The annotations that are written, on the manifest and as Labels in the config.
const (
	AnnotationCreated     = "org.opencontainers.image.created"
	AnnotationSource      = "org.opencontainers.image.source"
	AnnotationRevision    = "org.opencontainers.image.revision"
	AnnotationVersion     = "org.opencontainers.image.version"
	AnnotationAuthors     = "org.opencontainers.image.authors"
	AnnotationTitle       = "org.opencontainers.image.title"
	AnnotationDescription = "org.opencontainers.image.description"
	AnnotationLicenses    = "org.opencontainers.image.licenses"
	// AnnotationRefName names a manifest in the index of a layout: its tag.
	AnnotationRefName = "org.opencontainers.image.ref.name"
)

// Bounds of what is read of an artifact besides its layers.
const (
	MaxManifest = 4 << 20 // bytes, of an index too
	MaxConfig   = 1 << 20 // bytes
)

// ErrNotFound is what a Reader wraps when there is no such tag or blob.
var ErrNotFound = errors.New("not found")

// ErrUnsupported is wrapped by errors about what is no image whose files can be mounted.
var ErrUnsupported = errors.New("not an image that can be mounted")

// Descriptor says what a blob is, as in the OCI image specification.
type Descriptor struct {
	MediaType    string            `json:"mediaType"`
	ArtifactType string            `json:"artifactType,omitempty"`
	Digest       source.Digest     `json:"digest"`
	Size         int64             `json:"size"`
	Platform     *Platform         `json:"platform,omitempty"`
	Annotations  map[string]string `json:"annotations,omitempty"`
}

// Platform is for what a manifest of an index is.
type Platform struct {
	Architecture string `json:"architecture"`
	OS           string `json:"os"`
}

// Manifest is an OCI image manifest. Ours have neither ArtifactType nor Subject; those of signatures do.
type Manifest struct {
	SchemaVersion int               `json:"schemaVersion"`
	MediaType     string            `json:"mediaType,omitempty"`
	ArtifactType  string            `json:"artifactType,omitempty"`
	Config        Descriptor        `json:"config"`
	Layers        []Descriptor      `json:"layers"`
	Subject       *Descriptor       `json:"subject,omitempty"`
	Annotations   map[string]string `json:"annotations,omitempty"`
}

// Index is an OCI image index.
type Index struct {
	SchemaVersion int               `json:"schemaVersion"`
	MediaType     string            `json:"mediaType,omitempty"`
	ArtifactType  string            `json:"artifactType,omitempty"`
	Manifests     []Descriptor      `json:"manifests"`
	Annotations   map[string]string `json:"annotations,omitempty"`
}

// Config is the part of an OCI image configuration that is written and read here.
type Config struct {
	Created      *time.Time `json:"created,omitempty"`
	Architecture string     `json:"architecture"`
	OS           string     `json:"os"`
	Config       struct {
		// Labels repeat the annotations, so that two versions of the same files are two images for a runtime. They are never acted on.
		Labels map[string]string `json:"Labels,omitempty"`
	} `json:"config"`
	RootFS RootFS `json:"rootfs"`
}

// RootFS lists the digests of the uncompressed layers.
type RootFS struct {
	Type    string          `json:"type"`
	DiffIDs []source.Digest `json:"diff_ids"`
}

// Reader is where blobs are: a layout or a repository. Implementations are safe for concurrent use.
type Reader interface {
	// Resolve finds the manifest, or index, of a tag or of a digest in the form sha256:<hex>. The error wraps ErrNotFound if there is none.
	Resolve(ctx context.Context, reference string) (Descriptor, error)
	// Fetch starts reading a blob. The bytes are not verified yet; whoever reads them does, by digest and size.
	Fetch(ctx context.Context, d Descriptor) (io.ReadCloser, error)
}

// Writer is where blobs go. Implementations are safe for concurrent use.
type Writer interface {
	// Has says whether a blob is there already.
	Has(ctx context.Context, d Descriptor) (bool, error)
	// Put keeps a blob, or a manifest, whose bytes it verifies by digest and size.
	Put(ctx context.Context, d Descriptor, r io.Reader) error
	// Tag names a manifest that was put, taking the name from whatever had it.
	Tag(ctx context.Context, d Descriptor, names ...string) error
}
