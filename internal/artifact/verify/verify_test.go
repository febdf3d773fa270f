package verify

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/artifact"
	"github.com/perseid-dev/perseid/internal/artifact/registry"
	"github.com/perseid-dev/perseid/internal/source"
	testregistry "github.com/perseid-dev/perseid/test/registry"
)

const repoName = "team/boards"

// rig is a registry with one artifact in it.
type rig struct {
	server  *testregistry.Registry
	repo    *registry.Repository
	subject artifact.Descriptor
}

func start(t testing.TB, g *testregistry.Registry) rig {
	t.Helper()
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	ref, err := registry.ParseReference(strings.TrimPrefix(server.URL, "http://") + "/" + repoName)
	if err != nil {
		t.Fatal(err)
	}
	repo, err := registry.Open(ref, registry.Options{Backoff: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = repo.Close() })
	return rig{g, repo, putManifestOf(t, g, "the artifact")}
}

func putManifestOf(t testing.TB, g *testregistry.Registry, title string) artifact.Descriptor {
	t.Helper()
	data, err := json.Marshal(artifact.Manifest{
		SchemaVersion: 2, MediaType: artifact.MediaTypeManifest, Annotations: map[string]string{artifact.AnnotationTitle: title},
	})
	if err != nil {
		t.Fatal(err)
	}
	g.PutManifest(repoName, artifact.MediaTypeManifest, data)
	return artifact.Descriptor{MediaType: artifact.MediaTypeManifest, Digest: source.DigestOf(data), Size: int64(len(data))}
}

func newKey(t testing.TB) *PrivateKey {
	t.Helper()
	key, _, err := GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (r rig) sign(t testing.TB, key *PrivateKey) []Form {
	t.Helper()
	added, err := Sign(t.Context(), r.repo, r.subject, r.repo.Name(), key)
	if err != nil {
		t.Fatal(err)
	}
	return added
}

func (r rig) check(t testing.TB, keys ...*PrivateKey) (Signature, error) {
	t.Helper()
	var public []PublicKey
	for _, key := range keys {
		public = append(public, key.Public)
	}
	return Check(t.Context(), r.repo, r.subject, public)
}

func both(t *testing.T, do func(t *testing.T, r rig)) {
	for name, without := range map[string]bool{"referrers": false, "no referrers": true} {
		t.Run(name, func(t *testing.T) { do(t, start(t, &testregistry.Registry{NoReferrers: without})) })
	}
}

func TestSignAndCheck(t *testing.T) {
	both(t, func(t *testing.T, r rig) {
		ann, bob := newKey(t), newKey(t)
		if _, err := r.check(t, ann); !errors.Is(err, ErrUnsigned) {
			t.Fatalf("before: %v", err)
		}
		if got := r.sign(t, ann); !slices.Equal(got, []Form{Tag, Bundle}) {
			t.Errorf("added %v", got)
		}
		if got, err := r.check(t, bob, ann); err != nil || got.Form != Bundle || !got.Key.Equal(ann.Public) {
			t.Errorf("%+v, %v", got, err)
		}
		if _, err := r.check(t, bob); !errors.Is(err, ErrUntrusted) {
			t.Errorf("by another: %v", err)
		}
		if _, err := r.check(t); !errors.Is(err, ErrUntrusted) {
			t.Errorf("by nobody: %v", err)
		}
		r.server.Requests()
		if got := r.sign(t, ann); len(got) != 0 {
			t.Errorf("signed again: %v", got)
		}
		for _, q := range r.server.Requests() {
			if q.Method == "PUT" {
				t.Errorf("signed again, and it writes %s", q.Path)
			}
		}
		// Who signs later adds to what is there.
		r.sign(t, bob)
		for _, key := range []*PrivateKey{ann, bob} {
			if _, err := r.check(t, key); err != nil {
				t.Errorf("after the second: %v", err)
			}
		}
	})
}

// Either form is enough.
func TestEitherForm(t *testing.T) {
	both(t, func(t *testing.T, r rig) {
		ann, bob := newKey(t), newKey(t)
		if err := addTagged(t.Context(), r.repo, r.subject, "mirrored.example.com/x", ann); err != nil {
			t.Fatal(err)
		}
		if got, err := r.check(t, ann); err != nil || got.Form != Tag || got.Repository != "mirrored.example.com/x" {
			t.Errorf("tag: %+v, %v", got, err)
		}
		// A bundle of somebody else does not hide it.
		if err := addBundle(t.Context(), r.repo, r.subject, "", bob); err != nil {
			t.Fatal(err)
		}
		if got, err := r.check(t, ann); err != nil || got.Form != Tag {
			t.Errorf("tag beside a bundle: %+v, %v", got, err)
		}
		if got, err := r.check(t, bob); err != nil || got.Form != Bundle {
			t.Errorf("bundle: %+v, %v", got, err)
		}
	})
}

// putBundleOf puts a bundle as a referrer, whatever is in it.
func (r rig) putBundle(t testing.TB, data []byte, annotations map[string]string) {
	t.Helper()
	layer, err := put(t.Context(), r.repo, mediaTypeBundle, data)
	if err != nil {
		t.Fatal(err)
	}
	config, err := put(t.Context(), r.repo, mediaTypeEmpty, []byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = putManifest(t.Context(), r.repo, artifact.Manifest{
		SchemaVersion: 2, MediaType: artifact.MediaTypeManifest, ArtifactType: mediaTypeBundle, Config: config,
		Layers: []artifact.Descriptor{layer}, Subject: &r.subject, Annotations: annotations,
	})
	if err != nil {
		t.Fatal(err)
	}
}

// bundleOf is a bundle of a payload, signed by a key.
func bundleOf(t testing.TB, key *PrivateKey, kind string, payload []byte) []byte {
	t.Helper()
	signature, err := key.sign(preAuthentication(kind, payload))
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(bundle{MediaType: mediaTypeBundle, Envelope: &envelope{payload, kind, []envelSig{{signature}}}})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// What is signed by the right key and is no signature of this artifact does not count, and neither does what is broken;
// and nothing of it keeps a signature that holds from being found.
func TestWhatDoesNotCount(t *testing.T) {
	ann := newKey(t)
	other := statementOf(source.DigestOf([]byte("another")), PredicateType)
	for name, test := range map[string]struct {
		data        func(r rig) []byte
		annotations map[string]string
		want        string // in the error; "" if it is as if it were not there
	}{
		"another artifact": {func(rig) []byte { return bundleOf(t, ann, payloadType, other) }, nil, "signs another artifact"},
		"an attestation": {func(r rig) []byte {
			return bundleOf(t, ann, payloadType, statementOf(r.subject.Digest, "https://slsa.dev/provenance/v1"))
		}, nil, "no signature but says"},
		"a declared attestation": {func(rig) []byte { return []byte("{}") }, map[string]string{annotationPredicate: "https://spdx.dev/Document"}, ""},
		"another payload": {func(r rig) []byte {
			return bundleOf(t, ann, "text/plain", statementOf(r.subject.Digest, PredicateType))
		}, nil, "expected \"application/vnd.in-toto+json\""},
		"another statement": {func(r rig) []byte {
			return bundleOf(t, ann, payloadType, bytes.Replace(statementOf(r.subject.Digest, PredicateType), []byte("/v1"), []byte("/v9"), 1))
		}, nil, "its statement is a"},
		"changed afterwards": {func(r rig) []byte {
			var b bundle
			data := bundleOf(t, ann, payloadType, other)
			if err := json.Unmarshal(data, &b); err != nil {
				t.Fatal(err)
			}
			b.Envelope.Payload = statementOf(r.subject.Digest, PredicateType)
			data, _ = json.Marshal(b)
			return data
		}, nil, "by no key that is trusted here"},
		"not JSON":     {func(rig) []byte { return []byte("{") }, nil, "decode bundle"},
		"empty":        {func(rig) []byte { return []byte("{}") }, nil, "without an envelope"},
		"no signature": {func(rig) []byte { return []byte(`{"dsseEnvelope":{"payloadType":"application/vnd.in-toto+json"}}`) }, nil, "by no key"},
		"too large":    {func(rig) []byte { return bytes.Repeat([]byte(" "), MaxBundle+1) }, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := start(t, &testregistry.Registry{})
			r.putBundle(t, test.data(r), test.annotations)
			_, err := r.check(t, ann)
			switch {
			case test.want == "" && name != "too large" && !errors.Is(err, ErrUnsigned):
				t.Errorf("%v; want as if nothing were there", err)
			case test.want != "" && (!errors.Is(err, ErrUntrusted) || !strings.Contains(err.Error(), test.want)):
				t.Errorf("%v; want %q", err, test.want)
			case err == nil:
				t.Error("it counts")
			}
			if err := addBundle(t.Context(), r.repo, r.subject, "", ann); err != nil {
				t.Fatal(err)
			}
			if _, err := r.check(t, ann); err != nil {
				t.Errorf("beside one that holds: %v", err)
			}
		})
	}
}

func statementOf(d source.Digest, predicate string) []byte {
	data, _ := newStatement(d)
	return bytes.Replace(data, []byte(PredicateType), []byte(predicate), 1)
}

// Among many signatures the one that holds is found, up to a bound.
func TestManyReferrers(t *testing.T) {
	r := start(t, &testregistry.Registry{})
	ann := newKey(t)
	for i := range MaxSignatures {
		r.server.PutManifest(repoName, artifact.MediaTypeManifest, fmt.Appendf(nil,
			`{"artifactType":%q,"layers":[{"mediaType":%q,"digest":%q,"size":%d}],"subject":{"digest":%q}}`, mediaTypeBundle, mediaTypeBundle,
			r.server.PutBlob(repoName, fmt.Append(nil, i)), len(fmt.Append(nil, i)), r.subject.Digest))
	}
	_, err := r.check(t, ann)
	if !errors.Is(err, ErrUntrusted) || !strings.HasSuffix(err.Error(), "and 97 more") {
		t.Errorf("%v", err)
	}
	if err := addTagged(t.Context(), r.repo, r.subject, "x", ann); err != nil {
		t.Fatal(err)
	}
	if _, err := r.check(t, ann); err != nil {
		t.Error(err)
	}
}

// What cannot be read is no signature: it fails closed, and says that it could not look.
func TestFailsClosed(t *testing.T) {
	for _, part := range []string{"/referrers/", "/manifests/sha256-"} {
		r := start(t, &testregistry.Registry{})
		r.server.Fault = failing(part)
		_, err := r.check(t, newKey(t))
		if err == nil || errors.Is(err, ErrUnsigned) || !strings.Contains(err.Error(), "(500)") {
			t.Errorf("%s: %v", part, err)
		}
	}
	// Unless what can be read is enough.
	r, ann := start(t, &testregistry.Registry{}), newKey(t)
	r.sign(t, ann)
	r.server.Fault = failing("/referrers/")
	if got, err := r.check(t, ann); err != nil || got.Form != Tag {
		t.Errorf("%+v, %v", got, err)
	}
}
