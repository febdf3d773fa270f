package verify

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/perseid-dev/perseid/internal/source"
)

// What the two formats call themselves.
const (
	legacyType    = "cosign container image signature"
	payloadType   = "application/vnd.in-toto+json"
	statementType = "https://in-toto.io/Statement/v1"
	// PredicateType marks a statement that is a signature. A bundle with another one says something else about an artifact, such as
	// what it was built from, and does not stand for a signature.
	PredicateType = "https://sigstore.dev/cosign/sign/v1"
)

// claim is the payload of the legacy format ("simple signing").
type claim struct {
	Critical struct {
		Identity struct {
			Reference string `json:"docker-reference"`
		} `json:"identity"`
		Image struct {
			Digest string `json:"docker-manifest-digest"`
		} `json:"image"`
		Type string `json:"type"`
	} `json:"critical"`
	Optional map[string]any `json:"optional"`
}

func newClaim(subject source.Digest, repository string) ([]byte, error) {
	c := claim{}
	c.Critical.Identity.Reference = repository
	c.Critical.Image.Digest = subject.String()
	c.Critical.Type = legacyType
	return json.Marshal(c)
}

// readClaim says what a signed payload claims to be signed as; an error if it is not about the subject.
func readClaim(payload []byte, subject source.Digest) (repository string, err error) {
	var c claim
	if err := json.Unmarshal(payload, &c); err != nil {
		return "", fmt.Errorf("its payload is not JSON: %w", err)
	}
	switch {
	case c.Critical.Type != legacyType:
		return "", fmt.Errorf("it is a %.60q, expected %q", c.Critical.Type, legacyType)
	case c.Critical.Image.Digest != subject.String():
		return "", fmt.Errorf("it signs %.80q, another artifact", c.Critical.Image.Digest)
	}
	return c.Critical.Identity.Reference, nil
}

// statement is in-toto's, version 1: somebody says something about subjects.
type statement struct {
	Type          string          `json:"_type"`
	Subject       []about         `json:"subject"`
	PredicateType string          `json:"predicateType"`
	Predicate     json.RawMessage `json:"predicate,omitempty"`
}

type about struct {
	Digest map[string]string `json:"digest"`
}

func newStatement(subject source.Digest) ([]byte, error) {
	return json.Marshal(statement{
		Type: statementType, Subject: []about{{Digest: map[string]string{"sha256": hex.EncodeToString(subject[:])}}},
		PredicateType: PredicateType, Predicate: json.RawMessage("{}"),
	})
}

// readStatement refuses a signed statement that is not a signature of the subject.
func readStatement(payload []byte, subject source.Digest) error {
	var s statement
	if err := json.Unmarshal(payload, &s); err != nil {
		return fmt.Errorf("its statement is not JSON: %w", err)
	}
	want := hex.EncodeToString(subject[:])
	switch {
	case s.Type != statementType:
		return fmt.Errorf("its statement is a %.80q, expected %q", s.Type, statementType)
	case s.PredicateType != PredicateType:
		return fmt.Errorf("it is no signature but says %.80q", s.PredicateType)
	case !slices.ContainsFunc(s.Subject, func(a about) bool { return a.Digest["sha256"] == want }):
		return fmt.Errorf("it signs another artifact")
	}
	return nil
}

// preAuthentication is what is signed of an envelope (DSSE v1): type and payload, with their lengths.
func preAuthentication(payloadType string, payload []byte) [sha256.Size]byte {
	text := fmt.Appendf(nil, "DSSEv1 %d %s %d ", len(payloadType), payloadType, len(payload))
	return sha256.Sum256(append(text, payload...))
}
