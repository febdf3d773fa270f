// Package registry is a container registry in memory, for tests: the distribution API as far as artifacts and signatures need it,
// with what goes wrong with real ones on request.
//
// It counts what it was asked and what went over the wire, and lets a test change its content in the middle of a conversation.
// It is nothing to keep anything in: it has no disk, no limits and no garbage collection but Forget.
package registry

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// Registry is the handler. Its fields are set before it serves; the zero value is a registry that everybody may write to.
type Registry struct {
	// NoReferrers makes it one of before OCI 1.1.
	NoReferrers bool
	// Auth asks who is there; nil asks nobody.
	Auth *Auth
	// Fault is asked before each request is answered, one at a time, and says what goes wrong with it; nil for nothing.
	Fault func(r *http.Request) *Fault

	asking   sync.Mutex // for Fault
	mu       sync.Mutex
	repos    map[string]*repository
	uploads  int
	requests []Request
}

// repository is one name. Manifests and blobs are by digest.
type repository struct {
	blobs     map[string][]byte
	manifests map[string]manifest
	tags      map[string]string
}

type manifest struct {
	mediaType string
	data      []byte
}

// Request is one that was made, with the size of its body and of its answer's.
type Request struct {
	Method, Path string
	Sent, Got    int64
	Status       int
}

// Requests returns what was asked since the last call.
func (g *Registry) Requests() []Request {
	g.mu.Lock()
	defer g.mu.Unlock()
	made := g.requests
	g.requests = nil
	return made
}

// Tag makes a tag name a digest, which needs not be there; an empty digest removes the tag.
func (g *Registry) Tag(repo, tag, digest string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if digest == "" {
		delete(g.repo(repo).tags, tag)
		return
	}
	g.repo(repo).tags[tag] = digest
}

// Tags returns the digests of a repository's tags.
func (g *Registry) Tags(repo string) map[string]string {
	g.mu.Lock()
	defer g.mu.Unlock()
	tags := map[string]string{}
	for tag, digest := range g.repo(repo).tags {
		tags[tag] = digest
	}
	return tags
}

// Forget removes a manifest or a blob, as garbage collection does.
func (g *Registry) Forget(repo, digest string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.repo(repo).blobs, digest)
	delete(g.repo(repo).manifests, digest)
}

// Manifest returns the bytes a tag or a digest names, nil if there are none.
func (g *Registry) Manifest(repo, reference string) []byte {
	g.mu.Lock()
	defer g.mu.Unlock()
	m, _, _ := g.repo(repo).find(reference)
	return m.data
}

// PutManifest puts a manifest under its digest, which it returns, and under tags.
func (g *Registry) PutManifest(repo, mediaType string, data []byte, tags ...string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	digest := DigestOf(data)
	g.repo(repo).manifests[digest] = manifest{mediaType, data}
	for _, tag := range tags {
		g.repo(repo).tags[tag] = digest
	}
	return digest
}

// PutBlob puts a blob under its digest, which it returns.
func (g *Registry) PutBlob(repo string, data []byte) string {
	return g.PutBlobAs(repo, DigestOf(data), data)
}

// PutBlobAs puts bytes under any digest, as a registry that lies does.
func (g *Registry) PutBlobAs(repo, digest string, data []byte) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.repo(repo).blobs[digest] = data
	return digest
}

// DigestOf is the digest of bytes as OCI writes it.
func DigestOf(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// repo finds or makes a repository. The caller holds the lock.
func (g *Registry) repo(name string) *repository {
	if g.repos == nil {
		g.repos = map[string]*repository{}
	}
	r := g.repos[name]
	if r == nil {
		r = &repository{blobs: map[string][]byte{}, manifests: map[string]manifest{}, tags: map[string]string{}}
		g.repos[name] = r
	}
	return r
}

func (r *repository) find(reference string) (m manifest, digest string, ok bool) {
	digest = reference
	if !strings.Contains(reference, ":") {
		digest = r.tags[reference]
	}
	m, ok = r.manifests[digest]
	return m, digest, ok
}

// referrer is a descriptor in a list of what names a manifest as its subject.
type referrer struct {
	MediaType    string            `json:"mediaType"`
	Digest       string            `json:"digest"`
	Size         int               `json:"size"`
	ArtifactType string            `json:"artifactType,omitempty"`
	Annotations  map[string]string `json:"annotations,omitempty"`
}

// relation is what a registry reads of a manifest that has a subject.
type relation struct {
	Subject *struct {
		Digest string `json:"digest"`
	} `json:"subject"`
	ArtifactType string `json:"artifactType"`
	Config       struct {
		MediaType string `json:"mediaType"`
	} `json:"config"`
	Annotations map[string]string `json:"annotations"`
}

func (r *repository) referrers(subject, artifactType string) []referrer {
	list := []referrer{}
	for digest, m := range r.manifests {
		var rel relation
		if json.Unmarshal(m.data, &rel) != nil || rel.Subject == nil || rel.Subject.Digest != subject {
			continue
		}
		if rel.ArtifactType == "" {
			rel.ArtifactType = rel.Config.MediaType
		}
		if artifactType == "" || artifactType == rel.ArtifactType {
			list = append(list, referrer{m.mediaType, digest, len(m.data), rel.ArtifactType, rel.Annotations})
		}
	}
	slices.SortFunc(list, func(a, b referrer) int { return strings.Compare(a.Digest, b.Digest) })
	return list
}
