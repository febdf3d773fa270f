package verify

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/perseid-dev/perseid/internal/artifact"
)

const (
	mediaTypeClaim      = "application/vnd.dev.cosign.simplesigning.v1+json"
	annotationSignature = "dev.cosignproject.cosign/signature"
)

// tagged looks through the signatures at the artifact's tag for them. One that does not hold does not stop it.
func (s *search) tagged(ctx context.Context) (Signature, bool) {
	m, _, err := s.manifestAt(ctx, LegacyTag(s.subject.Digest))
	if err != nil {
		s.fail(err)
		return Signature{}, false
	}
	looked := 0
	for _, layer := range m.Layers {
		if layer.MediaType != mediaTypeClaim {
			continue
		}
		if looked++; looked > MaxSignatures {
			break
		}
		found, err := s.claimed(ctx, layer)
		if err == nil {
			return found, true
		}
		s.reject(Tag, err)
	}
	return Signature{}, false
}

// manifestAt reads the manifest of a tag; an empty one if there is none.
func (s *search) manifestAt(ctx context.Context, tag string) (m artifact.Manifest, there bool, err error) {
	d, err := s.in.Resolve(ctx, tag)
	if errors.Is(err, artifact.ErrNotFound) {
		return m, false, nil
	}
	if err == nil {
		m, err = s.manifest(ctx, d, artifact.MaxManifest)
	}
	return m, err == nil, err
}

func (s *search) manifest(ctx context.Context, d artifact.Descriptor, limit int64) (m artifact.Manifest, err error) {
	data, err := artifact.ReadBlob(ctx, s.in, d, limit)
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(data, &m); err != nil {
		return m, fmt.Errorf("decode manifest %s: %w", d.Digest, err)
	}
	return m, nil
}

// claimed verifies one signature: the annotation signs the layer, and the layer names the artifact.
func (s *search) claimed(ctx context.Context, layer artifact.Descriptor) (Signature, error) {
	signature, err := base64.StdEncoding.DecodeString(layer.Annotations[annotationSignature])
	if err != nil || len(signature) == 0 {
		return Signature{}, errors.New("its signature is not base64")
	}
	payload, err := artifact.ReadBlob(ctx, s.in, layer, MaxBundle)
	if err != nil {
		return Signature{}, err
	}
	key, ok := s.signer(sha256.Sum256(payload), signature)
	if !ok {
		return Signature{}, errSigner
	}
	repository, err := readClaim(payload, s.subject.Digest)
	if err != nil {
		return Signature{}, err
	}
	return Signature{Form: Tag, Key: key, Repository: repository}, nil
}
