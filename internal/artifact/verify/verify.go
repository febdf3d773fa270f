// Package verify says whether an artifact was signed by somebody who is trusted, and signs.
//
// Three ideas. A signature binds the digest of a manifest: whoever resolves a tag does it once, and verifies and pulls that digest.
// It lies beside the artifact in one of the two forms that tools know: a manifest at the tag sha256-<hex>.sig, or a bundle whose
// manifest names the artifact as its subject; both are written, and either is enough. And it fails closed: one signature that holds
// is enough whatever else lies there, and anything short of one is an error.
//
// Keys are ECDSA P-256, without a transparency log. It knows nothing of registries: what reads and writes them is handed to it.
// Signatures by identity ("keyless") are left to cosign.
package verify

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"

	"github.com/perseid-dev/perseid/internal/artifact"
	"github.com/perseid-dev/perseid/internal/source"
)

// Bounds of what is read of one artifact's signatures. Signatures beyond them are not looked at.
const (
	MaxSignatures = 100
	MaxBundle     = 1 << 20 // bytes of a bundle, a payload or a manifest of one
)

const maxReasons = 3 // that an error repeats of signatures that do not hold

// ErrUnsigned is wrapped when there is no signature at all.
var ErrUnsigned = errors.New("not signed")

// ErrUntrusted is wrapped when there are signatures, and none of them holds.
var ErrUntrusted = errors.New("no trusted signature")

// Repository is where an artifact lies, and what was said about it.
type Repository interface {
	artifact.Reader
	// Referrers lists manifests whose subject the given one is; none is no error. The list is bounded by whoever makes it.
	Referrers(ctx context.Context, subject artifact.Descriptor) ([]artifact.Descriptor, error)
}

// Form is where a signature lies.
type Form string

// The two forms. Verifiers of before 2025 know the first alone, newer ones prefer the second.
const (
	Tag    Form = "tag"    // a manifest at the tag sha256-<hex>.sig
	Bundle Form = "bundle" // a Sigstore bundle that refers to the artifact
)

// Policy says whose signatures count. Required false lets everything through, and only tells.
type Policy struct {
	Keys     []PublicKey
	Required bool
}

// Signature is one that holds.
type Signature struct {
	Form Form      `json:"form"`
	Key  PublicKey `json:"-"`
	// Repository is what a signature of the form Tag claims the artifact to be called. A mirror changes that, so it decides nothing.
	Repository string `json:"repository,omitempty"`
}

// Check finds a signature of the artifact by one of the keys. The error wraps ErrUnsigned or ErrUntrusted, or what kept it from looking.
func Check(ctx context.Context, in Repository, subject artifact.Descriptor, keys []PublicKey) (Signature, error) {
	s := &search{in: in, subject: subject, keys: keys}
	for _, look := range []func(context.Context) (Signature, bool){s.bundles, s.tagged} {
		if found, ok := look(ctx); ok {
			return found, nil
		}
	}
	return Signature{}, s.verdict()
}

// search collects what was found and why it does not count.
type search struct {
	in      Repository
	subject artifact.Descriptor
	keys    []PublicKey
	seen    int      // signatures
	reasons []string // why a signature does not hold
	failed  error    // what could not be read
}

func (s *search) reject(form Form, err error) {
	s.seen++
	s.reasons = append(s.reasons, fmt.Sprintf("%s: %s", form, err))
}

func (s *search) fail(err error) { s.failed = errors.Join(s.failed, err) }

func (s *search) verdict() error {
	switch {
	case s.failed != nil:
		return fmt.Errorf("look for signatures of %s: %w", s.subject.Digest, s.failed)
	case s.seen == 0:
		return fmt.Errorf("%s is %w", s.subject.Digest, ErrUnsigned)
	}
	told := s.reasons[:min(len(s.reasons), maxReasons)]
	more := ""
	if others := len(s.reasons) - len(told); others > 0 {
		more = fmt.Sprintf("; and %d more", others)
	}
	return fmt.Errorf("%s has %w: %s%s", s.subject.Digest, ErrUntrusted, strings.Join(told, "; "), more)
}

// signer finds which key made a signature of a digest.
func (s *search) signer(digest [sha256.Size]byte, signature []byte) (PublicKey, bool) {
	for _, key := range s.keys {
		if key.accepts(digest, signature) {
			return key, true
		}
	}
	return PublicKey{}, false
}

var errSigner = errors.New("by no key that is trusted here, or of something else")

// LegacyTag is where signatures of the form Tag lie.
func LegacyTag(d source.Digest) string { return strings.Replace(d.String(), ":", "-", 1) + ".sig" }
