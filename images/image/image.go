// Package image writes container images of programs into OCI layouts, without Docker and without a base image.
//
// Three ideas. An image is a list of entries with modes and owners, of which the same give the same digest on any machine: no times, no
// names of users, sorted by path, compressed by an encoder that is pinned. What images share is a layer of its own, stored once.
// An image for several platforms is an index, and so is one for a single platform, so that nobody has to tell the two apart.
//
// It is for the images of this project and of its tests; artifacts of documents are package artifact's.
package image

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/perseid-dev/perseid/internal/artifact"
	"github.com/perseid-dev/perseid/internal/source"
)

// Run is how a container of an image runs: the field "config" of the image specification.
type Run struct {
	User         string              `json:"User,omitempty"`
	ExposedPorts map[string]struct{} `json:"ExposedPorts,omitempty"`
	Env          []string            `json:"Env,omitempty"`
	Entrypoint   []string            `json:"Entrypoint,omitempty"`
	Cmd          []string            `json:"Cmd,omitempty"`
	Volumes      map[string]struct{} `json:"Volumes,omitempty"`
	WorkingDir   string              `json:"WorkingDir,omitempty"`
	Labels       map[string]string   `json:"Labels,omitempty"`
}

// Config is the configuration blob of an image.
type Config struct {
	Created      time.Time       `json:"created"`
	Architecture string          `json:"architecture"`
	OS           string          `json:"os"`
	Config       Run             `json:"config"`
	RootFS       artifact.RootFS `json:"rootfs"`
	History      []History       `json:"history"`
}

// History says of a layer what it is for.
type History struct {
	Created   time.Time `json:"created"`
	CreatedBy string    `json:"created_by"`
}

// Spec is one image for one platform. Layers begin with the lowest.
type Spec struct {
	Platform    artifact.Platform
	Run         Run
	Annotations map[string]string // of the manifest, and the labels of its containers
	Created     time.Time
	Layers      []Layer
}

// Write writes config and manifest of an image whose layers are in the layout, and describes the manifest with its platform.
func Write(ctx context.Context, l *artifact.Layout, s Spec) (artifact.Descriptor, error) {
	c := Config{
		Created: s.Created.UTC(), Architecture: s.Platform.Architecture, OS: s.Platform.OS,
		Config: s.Run, RootFS: artifact.RootFS{Type: "layers"},
	}
	c.Config.Labels = s.Annotations
	m := artifact.Manifest{SchemaVersion: 2, MediaType: artifact.MediaTypeManifest, Annotations: s.Annotations}
	for _, layer := range s.Layers {
		m.Layers = append(m.Layers, layer.Descriptor)
		c.RootFS.DiffIDs = append(c.RootFS.DiffIDs, layer.DiffID)
		c.History = append(c.History, History{Created: c.Created, CreatedBy: layer.What})
	}
	var err error
	if m.Config, err = put(ctx, l, artifact.MediaTypeConfig, c); err != nil {
		return m.Config, fmt.Errorf("write config: %w", err)
	}
	d, err := put(ctx, l, artifact.MediaTypeManifest, m)
	if err != nil {
		return d, fmt.Errorf("write manifest: %w", err)
	}
	d.Platform = &s.Platform
	return d, nil
}

// WriteIndex writes the index of an image for several platforms and gives it tags.
func WriteIndex(ctx context.Context, l *artifact.Layout, images []artifact.Descriptor, annotations map[string]string, tags ...string) (artifact.Descriptor, error) {
	d, err := put(ctx, l, artifact.MediaTypeIndex, artifact.Index{
		SchemaVersion: 2, MediaType: artifact.MediaTypeIndex, Manifests: images, Annotations: annotations,
	})
	if err != nil {
		return d, fmt.Errorf("write index: %w", err)
	}
	return d, l.Tag(ctx, d, tags...)
}

func put(ctx context.Context, l *artifact.Layout, mediaType string, v any) (artifact.Descriptor, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return artifact.Descriptor{}, err
	}
	d := artifact.Descriptor{MediaType: mediaType, Digest: source.DigestOf(data), Size: int64(len(data))}
	return d, l.Put(ctx, d, bytes.NewReader(data))
}
