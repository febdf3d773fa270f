package verify

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/perseid-dev/perseid/internal/artifact"
	"github.com/perseid-dev/perseid/internal/source"
	testregistry "github.com/perseid-dev/perseid/test/registry"
)

func failing(part string) func(*http.Request) *testregistry.Fault {
	return func(r *http.Request) *testregistry.Fault {
		if strings.Contains(r.URL.Path, part) {
			return &testregistry.Fault{Status: 500}
		}
		return nil
	}
}

// Signatures at the tag: bad ones stand in nobody's way, and a signature is of the artifact that its payload names.
func TestLegacyEntries(t *testing.T) {
	r, ann := start(t, &testregistry.Registry{}), newKey(t)
	other, err := newClaim(source.DigestOf([]byte("another")), "x")
	if err != nil {
		t.Fatal(err)
	}
	right, _ := newClaim(r.subject.Digest, "x")
	add := func(payload []byte, signature string) artifact.Descriptor {
		d, err := put(t.Context(), r.repo, mediaTypeClaim, payload)
		if err != nil {
			t.Fatal(err)
		}
		d.Annotations = map[string]string{annotationSignature: signature}
		return d
	}
	signed := func(payload []byte) string {
		s, err := ann.sign(source.DigestOf(payload))
		if err != nil {
			t.Fatal(err)
		}
		return base64.StdEncoding.EncodeToString(s)
	}
	kind := bytes.Replace(right, []byte("cosign container"), []byte("another"), 1)
	gone := artifact.Descriptor{MediaType: mediaTypeClaim, Digest: source.DigestOf([]byte("gone")), Size: 4, Annotations: map[string]string{annotationSignature: "AAAA"}}
	layers := []artifact.Descriptor{
		add(other, signed(other)), add(kind, signed(kind)), add(right, signed(other)), add(right, "?"), add(right, ""), gone,
		{MediaType: artifact.MediaTypeLayer, Digest: source.DigestOf(nil)},
	}
	m := artifact.Manifest{SchemaVersion: 2, MediaType: artifact.MediaTypeManifest, Layers: layers}
	tag := func() {
		data, _ := json.Marshal(m)
		r.server.PutManifest(repoName, artifact.MediaTypeManifest, data, LegacyTag(r.subject.Digest))
	}
	tag()
	_, err = r.check(t, ann)
	if !errors.Is(err, ErrUntrusted) || !strings.Contains(err.Error(), "another artifact") || !strings.HasSuffix(err.Error(), "and 3 more") {
		t.Errorf("%v", err)
	}
	m.Layers = append(m.Layers, add(right, signed(right)))
	tag()
	if _, err := r.check(t, ann); err != nil {
		t.Errorf("the last of them holds: %v", err)
	}
}

// A registry that was told to lose one of two signers' bundles is told again.
func TestSignersRace(t *testing.T) {
	r, ann, bob := start(t, &testregistry.Registry{NoReferrers: true}), newKey(t), newKey(t)
	fallback := strings.Replace(r.subject.Digest.String(), ":", "-", 1)
	r.sign(t, ann)
	before := r.server.Tags(repoName)[fallback]
	raced := false
	r.server.Fault = func(q *http.Request) *testregistry.Fault {
		// When bob has written his list and looks at it, somebody who read the list before has written theirs.
		if q.Method == http.MethodGet && strings.HasSuffix(q.URL.Path, fallback) && !raced && r.server.Tags(repoName)[fallback] != before {
			raced = true
			r.server.Tag(repoName, fallback, before)
		}
		return nil
	}
	r.sign(t, bob)
	if !raced {
		t.Fatal("there was no race")
	}
	for _, key := range []*PrivateKey{ann, bob} {
		if got, err := r.check(t, key); err != nil || got.Form != Bundle {
			t.Errorf("%+v, %v", got, err)
		}
	}
}

func FuzzBundle(f *testing.F) {
	key, _, err := GenerateKey()
	if err != nil {
		f.Fatal(err)
	}
	subject := artifact.Descriptor{Digest: source.DigestOf([]byte("x"))}
	good, err := newBundle(source.DigestOf([]byte("y")), key)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"dsseEnvelope":{"payload":"e30=","payloadType":"application/vnd.in-toto+json","signatures":[{"sig":"AA=="}]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := &search{subject: subject, keys: []PublicKey{key.Public}}
		if _, err := s.open(data); err == nil {
			t.Errorf("nobody signed %q", data)
		}
	})
}
