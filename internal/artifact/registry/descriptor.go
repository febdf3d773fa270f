package registry

import (
	"bytes"
	"fmt"
	"io"
	"sync"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/perseid-dev/perseid/internal/artifact"
	"github.com/perseid-dev/perseid/internal/source"
)

func toOCI(d artifact.Descriptor) ocispec.Descriptor {
	return ocispec.Descriptor{
		MediaType: d.MediaType, ArtifactType: d.ArtifactType, Digest: digest.Digest(d.Digest.String()), Size: d.Size, Annotations: d.Annotations,
	}
}

// fromOCI refuses a digest of another algorithm than SHA-256.
func fromOCI(d ocispec.Descriptor) (artifact.Descriptor, error) {
	got := artifact.Descriptor{MediaType: d.MediaType, ArtifactType: d.ArtifactType, Size: d.Size, Annotations: d.Annotations}
	if err := got.Digest.UnmarshalText([]byte(d.Digest)); err != nil {
		return got, fmt.Errorf("the registry names a %w", err)
	}
	return got, nil
}

// The media types of manifests. Everything else is a blob, which lies elsewhere in a registry.
func isManifest(mediaType string) bool {
	switch mediaType {
	case artifact.MediaTypeManifest, artifact.MediaTypeIndex,
		"application/vnd.docker.distribution.manifest.v2+json", "application/vnd.docker.distribution.manifest.list.v2+json":
		return true
	}
	return false
}

const maxSeen = 8

// manifests remembers the last few that were read or written, since naming one means sending it again.
type manifests struct {
	mu    sync.Mutex
	order []source.Digest
	data  map[source.Digest][]byte
}

func (m *manifests) get(d source.Digest) ([]byte, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	data, ok := m.data[d]
	return data, ok
}

func (m *manifests) put(d source.Digest, data []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.data == nil {
		m.data = map[source.Digest][]byte{}
	}
	if _, there := m.data[d]; there {
		return
	}
	if len(m.order) == maxSeen {
		delete(m.data, m.order[0])
		m.order = m.order[1:]
	}
	m.order = append(m.order, d)
	m.data[d] = data
}

func newReader(data []byte) io.Reader { return bytes.NewReader(data) }
