package verify

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"github.com/perseid-dev/perseid/internal/artifact"
	"github.com/perseid-dev/perseid/internal/source"
)

// mediaTypeEmpty is of the config of a manifest that needs none; its bytes are {}.
const mediaTypeEmpty = "application/vnd.oci.empty.v1+json"

// Writable is a repository that signatures can be added to. Putting a manifest with a subject makes it one of the subject's referrers,
// on a registry that knows no referrers too.
type Writable interface {
	Repository
	artifact.Writer
}

// Sign adds signatures of the artifact in both forms, and leaves out a form in which the key has signed it already.
// The name is what the artifact is called, without tag or digest. It returns the forms that were added.
func Sign(ctx context.Context, in Writable, subject artifact.Descriptor, name string, key *PrivateKey) (added []Form, err error) {
	for _, form := range []struct {
		form Form
		find func(*search, context.Context) (Signature, bool)
		add  func(ctx context.Context, in Writable, subject artifact.Descriptor, name string, key *PrivateKey) error
	}{
		{Tag, (*search).tagged, addTagged}, {Bundle, (*search).bundles, addBundle},
	} {
		s := &search{in: in, subject: subject, keys: []PublicKey{key.Public}}
		if _, ok := form.find(s, ctx); ok {
			continue
		}
		if s.failed != nil {
			return added, fmt.Errorf("look for earlier signatures: %w", s.failed)
		}
		if err := form.add(ctx, in, subject, name, key); err != nil {
			return added, fmt.Errorf("write signature (%s): %w", form.form, err)
		}
		added = append(added, form.form)
	}
	return added, nil
}

// addTagged adds a layer to the signatures at the artifact's tag for them, those of others included.
func addTagged(ctx context.Context, in Writable, subject artifact.Descriptor, name string, key *PrivateKey) error {
	payload, err := newClaim(subject.Digest, name)
	if err != nil {
		return err
	}
	signature, err := key.sign(sha256.Sum256(payload))
	if err != nil {
		return err
	}
	layer, err := put(ctx, in, mediaTypeClaim, payload)
	if err != nil {
		return err
	}
	layer.Annotations = map[string]string{annotationSignature: base64.StdEncoding.EncodeToString(signature)}
	tag := LegacyTag(subject.Digest)
	s := &search{in: in}
	m, there, err := s.manifestAt(ctx, tag)
	if err != nil {
		return err
	}
	if !there {
		m = artifact.Manifest{SchemaVersion: 2, MediaType: artifact.MediaTypeManifest}
	}
	m.Layers = append(m.Layers, layer)
	if m.Config, err = put(ctx, in, artifact.MediaTypeConfig, configOf(m.Layers)); err != nil {
		return err
	}
	d, err := putManifest(ctx, in, m)
	if err != nil {
		return err
	}
	return in.Tag(ctx, d, tag)
}

// configOf makes the configuration that tools expect of an image whose layers are signatures.
func configOf(layers []artifact.Descriptor) []byte {
	c := artifact.Config{Created: &time.Time{}, RootFS: artifact.RootFS{Type: "layers"}}
	for _, layer := range layers {
		c.RootFS.DiffIDs = append(c.RootFS.DiffIDs, layer.Digest)
	}
	data, _ := json.Marshal(c) // plain data
	return data
}

func addBundle(ctx context.Context, in Writable, subject artifact.Descriptor, _ string, key *PrivateKey) error {
	data, err := newBundle(subject.Digest, key)
	if err != nil {
		return err
	}
	layer, err := put(ctx, in, mediaTypeBundle, data)
	if err != nil {
		return err
	}
	config, err := put(ctx, in, mediaTypeEmpty, []byte("{}"))
	if err != nil {
		return err
	}
	_, err = putManifest(ctx, in, artifact.Manifest{
		SchemaVersion: 2, MediaType: artifact.MediaTypeManifest, ArtifactType: mediaTypeBundle,
		Config: config, Layers: []artifact.Descriptor{layer},
		Subject:     &artifact.Descriptor{MediaType: subject.MediaType, Digest: subject.Digest, Size: subject.Size},
		Annotations: map[string]string{annotationContent: "dsse-envelope", annotationPredicate: PredicateType},
	})
	return err
}

func newBundle(subject source.Digest, key *PrivateKey) ([]byte, error) {
	payload, err := newStatement(subject)
	if err != nil {
		return nil, err
	}
	signature, err := key.sign(preAuthentication(payloadType, payload))
	if err != nil {
		return nil, err
	}
	b := bundle{
		MediaType: mediaTypeBundle,
		Envelope:  &envelope{Payload: payload, PayloadType: payloadType, Signatures: []envelSig{{Sig: signature}}},
	}
	b.Material.PublicKey.Hint = key.Public.ID()
	return json.Marshal(b)
}

func putManifest(ctx context.Context, in Writable, m artifact.Manifest) (artifact.Descriptor, error) {
	data, err := json.Marshal(m)
	if err != nil {
		return artifact.Descriptor{}, err
	}
	return put(ctx, in, artifact.MediaTypeManifest, data)
}

func put(ctx context.Context, in Writable, mediaType string, data []byte) (artifact.Descriptor, error) {
	d := artifact.Descriptor{MediaType: mediaType, Digest: source.DigestOf(data), Size: int64(len(data))}
	if there, err := in.Has(ctx, d); err != nil || there {
		return d, err
	}
	return d, in.Put(ctx, d, bytes.NewReader(data))
}
