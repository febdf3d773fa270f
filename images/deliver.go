package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/perseid-dev/perseid/images/image"
	"github.com/perseid-dev/perseid/internal/artifact"
	"github.com/perseid-dev/perseid/internal/artifact/registry"
	"github.com/perseid-dev/perseid/internal/artifact/verify"
)

// deliver signs an image and pushes it, if either is asked for.
func deliver(ctx context.Context, o options, p product, l *artifact.Layout, d artifact.Descriptor) error {
	if o.key != "" {
		key, err := readKey(o.key)
		if err != nil {
			return fmt.Errorf("key %s: %w", o.key, err)
		}
		if _, err := verify.Sign(ctx, signatures{l}, d, o.name+"/"+p.name, key); err != nil {
			return fmt.Errorf("sign: %w", err)
		}
	}
	if o.push == "" {
		return nil
	}
	ref, err := registry.ParseReference(o.push + "/" + p.name + ":" + registry.TagOf(o.version))
	if err != nil {
		return err
	}
	repo, err := registry.Open(ref, registry.Options{CredentialsFile: credentials(), UserAgent: "perseid-images"})
	if err != nil {
		return err
	}
	defer repo.Close()
	return image.Push(ctx, l, repo)
}

func readKey(place string) (*verify.PrivateKey, error) {
	name, isVariable := strings.CutPrefix(place, "env://")
	data := []byte(os.Getenv(name))
	if !isVariable {
		var err error
		if data, err = os.ReadFile(place); err != nil {
			return nil, err
		}
	}
	return verify.ParsePrivateKey(data, []byte(os.Getenv("COSIGN_PASSWORD")))
}

// credentials is where docker login writes.
func credentials() string {
	directory := os.Getenv("DOCKER_CONFIG")
	if home, err := os.UserHomeDir(); directory == "" && err == nil {
		directory = filepath.Join(home, ".docker")
	}
	return filepath.Join(directory, "config.json")
}

// signatures is a layout that lists what refers to an image, as registries do.
type signatures struct{ *artifact.Layout }

// Put lists manifests that have a subject; the layout lists by itself only what has a tag.
func (s signatures) Put(ctx context.Context, d artifact.Descriptor, r io.Reader) error {
	if err := s.Layout.Put(ctx, d, r); err != nil || d.MediaType != artifact.MediaTypeManifest {
		return err
	}
	m, err := s.manifest(ctx, d)
	if err != nil || m.Subject == nil {
		return err
	}
	return s.Tag(ctx, d)
}

// Referrers implements verify.Repository.
func (s signatures) Referrers(ctx context.Context, subject artifact.Descriptor) (found []artifact.Descriptor, err error) {
	listed, err := s.Manifests(ctx)
	if err != nil {
		return nil, err
	}
	for _, d := range listed {
		if d.MediaType != artifact.MediaTypeManifest {
			continue
		}
		m, err := s.manifest(ctx, d)
		if err != nil {
			return nil, err
		}
		if m.Subject != nil && m.Subject.Digest == subject.Digest {
			d.ArtifactType = m.ArtifactType
			found = append(found, d)
		}
	}
	return found, nil
}

func (s signatures) manifest(ctx context.Context, d artifact.Descriptor) (m artifact.Manifest, err error) {
	data, err := artifact.ReadBlob(ctx, s, d, artifact.MaxManifest)
	if err == nil {
		err = json.Unmarshal(data, &m)
	}
	return m, err
}
