package artifact

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/perseid-dev/perseid/internal/archive"
)

// compressions are the layers that are read, by media type.
var compressions = map[string]archive.Compression{
	MediaTypeLayer:       archive.Gzip,
	mediaTypeLayerTar:    archive.None,
	mediaTypeLayerZstd:   archive.Zstd,
	mediaTypeDockerLayer: archive.Gzip,
	mediaTypeDockerTar:   archive.None,
	mediaTypeDockerZstd:  archive.Zstd,
}

// Load reads manifest and config, following an index to the manifest for linux/amd64, for no platform in particular, or to its only one.
// The error wraps ErrUnsupported for what no runtime mounts as files.
func Load(ctx context.Context, blobs Reader, d Descriptor) (*Image, error) {
	if isIndex(d.MediaType) {
		child, err := choose(ctx, blobs, d)
		if err != nil {
			return nil, err
		}
		d = child
	}
	i := &Image{Descriptor: d, blobs: blobs}
	if err := i.loadManifest(ctx); err != nil {
		return nil, fmt.Errorf("manifest %s: %w", d.Digest, err)
	}
	if err := i.loadConfig(ctx); err != nil {
		return nil, fmt.Errorf("config of %s: %w", d.Digest, err)
	}
	return i, nil
}

func isIndex(mediaType string) bool {
	return mediaType == MediaTypeIndex || mediaType == mediaTypeDockerList
}

// choose picks one manifest of an index. What is for no known platform is an attestation.
func choose(ctx context.Context, blobs Reader, d Descriptor) (Descriptor, error) {
	raw, err := ReadBlob(ctx, blobs, d, MaxManifest)
	if err != nil {
		return d, err
	}
	var x Index
	if err := decode(raw, d.MediaType, &x); err != nil {
		return d, fmt.Errorf("index %s: %w", d.Digest, err)
	}
	var fallback []Descriptor
	for _, m := range x.Manifests {
		switch {
		case isIndex(m.MediaType) || m.Platform != nil && m.Platform.OS == "unknown":
		case m.Platform == nil || *m.Platform == Platform{Architecture: "amd64", OS: "linux"}:
			return m, nil
		default:
			fallback = append(fallback, m)
		}
	}
	if len(fallback) != 1 {
		return d, fmt.Errorf("index %s: %w: none of its %d manifests is for linux/amd64", d.Digest, ErrUnsupported, len(x.Manifests))
	}
	return fallback[0], nil
}

// decode reads a manifest or index, and refuses one that can be taken for the other.
func decode(raw []byte, mediaType string, into any) error {
	var shape struct {
		SchemaVersion int             `json:"schemaVersion"`
		MediaType     string          `json:"mediaType"`
		Manifests     json.RawMessage `json:"manifests"`
		Layers        json.RawMessage `json:"layers"`
		Config        json.RawMessage `json:"config"`
	}
	if err := json.Unmarshal(raw, &shape); err != nil {
		return err
	}
	switch {
	case shape.SchemaVersion != 2:
		return fmt.Errorf("schema version %d, expected 2", shape.SchemaVersion)
	case shape.MediaType != "" && shape.MediaType != mediaType:
		return fmt.Errorf("it says it is %.80q, and was said to be %.80q", shape.MediaType, mediaType)
	case shape.Manifests != nil && (shape.Layers != nil || shape.Config != nil):
		return fmt.Errorf("it can be taken for a manifest and for an index")
	}
	return json.Unmarshal(raw, into)
}

func (i *Image) loadManifest(ctx context.Context) (err error) {
	if t := i.Descriptor.MediaType; t != MediaTypeManifest && t != mediaTypeDockerManifest {
		return fmt.Errorf("%w: it is %.80q", ErrUnsupported, t)
	}
	if i.RawManifest, err = ReadBlob(ctx, i.blobs, i.Descriptor, MaxManifest); err != nil {
		return err
	}
	if err := decode(i.RawManifest, i.Descriptor.MediaType, &i.Manifest); err != nil {
		return err
	}
	if t := i.Manifest.Config.MediaType; t != MediaTypeConfig && t != mediaTypeDockerConfig {
		return fmt.Errorf("%w: its config is %.80q, so it was not made by perseid artifact build, docker build or crane", ErrUnsupported, t)
	}
	switch n := len(i.Manifest.Layers); {
	case n == 0:
		return fmt.Errorf("%w: it has no layers", ErrUnsupported)
	case n > archive.MaxLayers:
		return fmt.Errorf("%w: %d layers, at most %d are read", archive.ErrLimit, n, archive.MaxLayers)
	}
	for _, l := range i.Manifest.Layers {
		if _, known := compressions[l.MediaType]; !known || l.Size < 0 {
			return fmt.Errorf("%w: one of its layers is %.80q of %d bytes", ErrUnsupported, l.MediaType, l.Size)
		}
	}
	return nil
}

func (i *Image) loadConfig(ctx context.Context) (err error) {
	if i.RawConfig, err = ReadBlob(ctx, i.blobs, i.Manifest.Config, MaxConfig); err != nil {
		return err
	}
	if err := json.Unmarshal(i.RawConfig, &i.Config); err != nil {
		return err
	}
	if have, want := len(i.Config.RootFS.DiffIDs), len(i.Manifest.Layers); have != want {
		return fmt.Errorf("%w: %d diff_ids for %d layers", ErrUnsupported, have, want)
	}
	return nil
}
