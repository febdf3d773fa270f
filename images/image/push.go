package image

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/perseid-dev/perseid/internal/artifact"
)

// Push brings everything that a layout lists to a repository. What is named comes last, and the image's own name, which the layout lists
// first, after those of its signatures.
func Push(ctx context.Context, l *artifact.Layout, to artifact.Writer) error {
	listed, err := l.Manifests(ctx)
	if err != nil {
		return err
	}
	var named []artifact.Descriptor
	for _, d := range listed {
		if d.MediaType == artifact.MediaTypeIndex {
			named = append(named, d)
		}
	}
	for _, d := range append(named, listed...) { // what is signed must be there before its signature refers to it
		if err := copyAll(ctx, l, to, d); err != nil {
			return err
		}
	}
	for _, d := range slices.Backward(listed) {
		if tag := d.Annotations[artifact.AnnotationRefName]; tag != "" {
			if err := to.Tag(ctx, artifact.Descriptor{MediaType: d.MediaType, Digest: d.Digest, Size: d.Size}, tag); err != nil {
				return err
			}
		}
	}
	return nil
}

// copyAll copies a manifest or an index after what it is made of.
func copyAll(ctx context.Context, from *artifact.Layout, to artifact.Writer, d artifact.Descriptor) error {
	if there, err := to.Has(ctx, d); there || err != nil {
		return err
	}
	if d.MediaType == artifact.MediaTypeIndex || d.MediaType == artifact.MediaTypeManifest {
		data, err := artifact.ReadBlob(ctx, from, d, artifact.MaxManifest)
		if err != nil {
			return err
		}
		var m struct {
			Config            *artifact.Descriptor
			Layers, Manifests []artifact.Descriptor
		}
		if err := json.Unmarshal(data, &m); err != nil {
			return fmt.Errorf("manifest %s: %w", d.Digest, err)
		}
		parts := append(m.Layers, m.Manifests...)
		if m.Config != nil {
			parts = append(parts, *m.Config)
		}
		for _, part := range parts {
			if err := copyAll(ctx, from, to, part); err != nil {
				return err
			}
		}
		return to.Put(ctx, d, bytes.NewReader(data))
	}
	r, err := from.Fetch(ctx, d)
	if err != nil {
		return err
	}
	defer r.Close()
	return to.Put(ctx, d, r)
}
