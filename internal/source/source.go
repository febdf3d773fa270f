// Package source says what a source of documents hands over, whatever it is: a directory, a cluster, a registry.
//
// A Snapshot lists every file a source holds, by digest; Bodies is where their bytes are found. Bytes stay bytes here:
// nothing in this package, or in any source, knows what a resource is. A read that failed is an Unread scope,
// never an absence (DELIVERY R3).
package source

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"
)

// Digest is the SHA-256 of a file's bytes.
type Digest [sha256.Size]byte

// DigestOf hashes bytes.
func DigestOf(data []byte) Digest { return sha256.Sum256(data) }

// String is the form of OCI: sha256:<hex>.
func (d Digest) String() string { return "sha256:" + hex.EncodeToString(d[:]) }

// Short is the first twelve hexadecimal digits, for people.
func (d Digest) Short() string { return hex.EncodeToString(d[:6]) }

// IsZero says whether the digest was never set.
func (d Digest) IsZero() bool { return d == Digest{} }

// MarshalText writes the form of String.
func (d Digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the form of String.
func (d *Digest) UnmarshalText(text []byte) error {
	const prefix = "sha256:"
	if len(text) != len(prefix)+2*sha256.Size || string(text[:len(prefix)]) != prefix {
		return fmt.Errorf("digest %q: expected sha256: and 64 hexadecimal digits", text)
	}
	_, err := hex.Decode(d[:], text[len(prefix):])
	return err
}

// File is one file of a snapshot. Its bytes are in the Bodies that the source was given, under Digest.
type File struct {
	// Path is relative to the source, slash-separated, unique in a snapshot; its extension tells the format.
	Path string `json:"path"`
	// Origin is the structured text people are shown (DELIVERY R4): a path, namespace/configmap/name:key, reference@digest:path.
	Origin string `json:"origin"`
	Digest Digest `json:"digest"`
	Size   int64  `json:"size"` // bytes
	// Secret marks bytes that came from a place for secrets; they are sealed wherever we keep them (R33).
	Secret bool `json:"secret,omitempty"`
	// Object is what the file was found in, where that is more than a path; zero in a directory.
	Object Object `json:"object,omitzero"`
}

// Object is the ConfigMap or Secret a file was found in: plain comparable data, so that a change of it is a change of the file.
// Annotations are kept as they were written, cut to a bound by the source; what they mean, and whether they mean anything, is for others to say.
type Object struct {
	Kind      string `json:"kind"` // configmap or secret
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	UID       string `json:"uid"`
	Created   int64  `json:"created"` // seconds since 1970: the oldest claim wins (DELIVERY R8)
	// Directory is where a mirror is asked to put the file: the value of the target-directory annotation.
	Directory string `json:"directory,omitempty"`
	// Project, Priority, Prune and Suspend are the values of the annotations of ours with these names.
	Project  string `json:"project,omitempty"`
	Priority string `json:"priority,omitempty"`
	Prune    string `json:"prune,omitempty"`
	Suspend  string `json:"suspend,omitempty"`
}

// String names the object, as origins do: namespace/configmap/name. It is empty where there is none.
func (o Object) String() string {
	if o.Name == "" {
		return ""
	}
	return o.Namespace + "/" + o.Kind + "/" + o.Name
}

// Unread is a part of a source that could not be read: what lay there counts as still declared, as it last was.
type Unread struct {
	// Prefix is a path, or the start of paths up to a slash; empty means everything.
	Prefix string `json:"prefix"`
	// Reason is what went wrong, fit to be shown.
	Reason string `json:"reason"`
	// Origin and Object are as those of the File that would be there, where the author of its bytes is at fault and is to be told;
	// zero where reading failed for a reason of its own.
	Origin string `json:"origin,omitempty"`
	Object Object `json:"object,omitzero"`
}

// Covers says whether a path lies in the unread scope.
func (u Unread) Covers(path string) bool {
	n := len(u.Prefix)
	return n == 0 || path == u.Prefix || (len(path) > n && path[:n] == u.Prefix && (u.Prefix[n-1] == '/' || path[n] == '/'))
}

// Snapshot is everything one source held at one moment. It is immutable once handed over.
type Snapshot struct {
	Source string    `json:"source"`
	Files  []File    `json:"files"` // sorted by path, bytewise
	Unread []Unread  `json:"unread,omitempty"`
	At     time.Time `json:"at"`
	// Revision names this content for people: a digest of the listing unless the source knows better.
	Revision string `json:"revision"`
	// Version is the release's name, where the source has releases: a tag.
	Version string `json:"version,omitempty"`
	// Provenance is what a release says of itself, and who vouches for it.
	Provenance Provenance `json:"provenance,omitzero"`
	// Notes are remarks that change nothing: files outside the index, say.
	Notes []Unread `json:"notes,omitempty"`
	// Complete: the source itself vouches that nothing is missing (an index, an artifact, a mirror's mark).
	Complete bool `json:"complete,omitempty"`
	// Settled: the source has been quiet for as long as prune.settle asks, or vouches for itself.
	Settled bool `json:"settled,omitempty"`
}

// Provenance is where a release is from. All of it may be empty.
type Provenance struct {
	Author string `json:"author,omitempty"` // as its maker wrote it: nothing is decided by it
	Commit string `json:"commit,omitempty"` // likewise
	Key    string `json:"key,omitempty"`    // the ID of a key whose signature of it was verified
}

// Same says whether another snapshot of the same source says the same, whenever it was made and however settled it was.
func (s *Snapshot) Same(other *Snapshot) bool {
	return s.Revision == other.Revision && s.Version == other.Version && s.Provenance == other.Provenance && s.Complete == other.Complete &&
		slices.Equal(s.Files, other.Files) && slices.Equal(s.Unread, other.Unread) && slices.Equal(s.Notes, other.Notes)
}

// Unreadable says whether a path lies in an unread scope.
func (s *Snapshot) Unreadable(path string) bool {
	for _, u := range s.Unread {
		if u.Covers(path) {
			return true
		}
	}
	return false
}

// Bodies keeps file contents by digest (DELIVERY R3). Implementations are safe for concurrent use.
type Bodies interface {
	// Has says whether the bytes of a digest are kept.
	Has(Digest) bool
	// Put keeps bytes under their digest; sealed at rest if secret. The bytes are durable after the next Sync.
	Put(d Digest, data []byte, secret bool) error
	// Sync makes everything put so far durable.
	Sync() error
	// Open returns the bytes of a digest, or an error that wraps fs.ErrNotExist.
	Open(Digest) ([]byte, error)
}

// Source is one place documents come from.
type Source interface {
	// Name is unique in the configuration (R2).
	Name() string
	// Run lists the source whenever something may have changed, at least every interval, and hands each listing over,
	// the first as soon as it can. It returns when ctx ends, having left no goroutine behind.
	// deliver is called from one goroutine at a time and keeps the snapshot.
	Run(ctx context.Context, deliver func(*Snapshot)) error
	// Trigger asks for a listing now; full reads every file whatever its fingerprint says. It never blocks.
	Trigger(full bool)
}
