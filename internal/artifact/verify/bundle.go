package verify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/perseid-dev/perseid/internal/artifact"
)

const (
	mediaTypeBundle     = "application/vnd.dev.sigstore.bundle.v0.3+json"
	bundlePrefix        = "application/vnd.dev.sigstore.bundle" // whatever the version
	annotationContent   = "dev.sigstore.bundle.content"
	annotationPredicate = "dev.sigstore.bundle.predicateType"
)

// bundle is a Sigstore bundle as far as it is read and written here: an envelope signed with a key.
type bundle struct {
	MediaType string `json:"mediaType"`
	Material  struct {
		PublicKey struct {
			Hint string `json:"hint"`
		} `json:"publicKey"`
	} `json:"verificationMaterial"`
	Envelope *envelope `json:"dsseEnvelope"`
}

// envelope is DSSE's.
type envelope struct {
	Payload     []byte     `json:"payload"`
	PayloadType string     `json:"payloadType"`
	Signatures  []envelSig `json:"signatures"`
}

type envelSig struct {
	Sig []byte `json:"sig"`
}

// bundles looks through what refers to the artifact. One that does not hold, or cannot be read, does not stop it.
func (s *search) bundles(ctx context.Context) (Signature, bool) {
	referrers, err := s.in.Referrers(ctx, s.subject)
	if err != nil {
		s.fail(err)
		return Signature{}, false
	}
	for _, d := range likely(referrers) {
		found, err := s.bundled(ctx, d)
		if err == nil {
			return found, true
		}
		if !errors.Is(err, errOther) {
			s.reject(Bundle, err)
		}
	}
	return Signature{}, false
}

// likely puts what says that it is a bundle first, since some registries name the type of the config instead, and cuts the list.
func likely(referrers []artifact.Descriptor) []artifact.Descriptor {
	isOther := func(d artifact.Descriptor) int {
		if strings.HasPrefix(d.ArtifactType, bundlePrefix) {
			return 0
		}
		return 1
	}
	sorted := slices.SortedStableFunc(slices.Values(referrers), func(a, b artifact.Descriptor) int { return isOther(a) - isOther(b) })
	return sorted[:min(len(sorted), MaxSignatures)]
}

// errOther is wrapped for what refers to the artifact and is no signature: an attestation, a bill of materials.
var errOther = errors.New("no signature")

func (s *search) bundled(ctx context.Context, d artifact.Descriptor) (Signature, error) {
	m, err := s.manifest(ctx, d, MaxBundle)
	if err != nil {
		return Signature{}, err
	}
	if len(m.Layers) != 1 || !strings.HasPrefix(m.Layers[0].MediaType, bundlePrefix) {
		return Signature{}, errOther
	}
	if predicate := m.Annotations[annotationPredicate]; predicate != "" && predicate != PredicateType {
		return Signature{}, errOther
	}
	data, err := artifact.ReadBlob(ctx, s.in, m.Layers[0], MaxBundle)
	if err != nil {
		return Signature{}, err
	}
	return s.open(data)
}

// open verifies the envelope of a bundle before it reads what is in it.
func (s *search) open(data []byte) (Signature, error) {
	var b bundle
	if err := json.Unmarshal(data, &b); err != nil {
		return Signature{}, fmt.Errorf("decode bundle: %w", err)
	}
	switch {
	case b.Envelope == nil:
		return Signature{}, errors.New("a bundle without an envelope, which is not read here")
	case b.Envelope.PayloadType != payloadType:
		return Signature{}, fmt.Errorf("it holds a %.80q, expected %q", b.Envelope.PayloadType, payloadType)
	case len(b.Envelope.Signatures) > MaxSignatures:
		return Signature{}, fmt.Errorf("%d signatures in one bundle, at most %d are read", len(b.Envelope.Signatures), MaxSignatures)
	}
	digest := preAuthentication(b.Envelope.PayloadType, b.Envelope.Payload)
	for _, signature := range b.Envelope.Signatures {
		if key, ok := s.signer(digest, signature.Sig); ok {
			return Signature{Form: Bundle, Key: key}, readStatement(b.Envelope.Payload, s.subject.Digest)
		}
	}
	return Signature{}, errSigner
}
