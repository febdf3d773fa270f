package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/seal"
)

// canonicalForm is the version of what hashes and ETags are made of. When package resource changes how a document is written
// or hashed, this grows, and every entry is made anew at the next start (DELIVERY R32).
const canonicalForm = 1

// encoded is a document in its three forms.
type encoded struct {
	data  []byte // of the file
	body  []byte // of the answer
	entry *Entry // without mark and fingerprint
}

// encode makes what is written of a decrypted resource. The resource stays as it is.
func (s *Store) encode(id resource.ID, r *resource.Resource) (encoded, error) {
	entry, body := s.describe(id, r)
	stored, err := s.encrypted(r)
	if err != nil {
		return encoded{}, fmt.Errorf("encrypt %s: %w", id, err)
	}
	data := body
	switch {
	case s.format() == resource.YAML:
		data = stored.YAML()
	case r.Kind.Secret:
		data = stored.JSON()
	}
	entry.raw = digestOf(data)
	entry.canonical = s.format() == resource.JSON && !r.Kind.Secret
	return encoded{data, body, entry}, nil
}

// describe makes the entry of a decrypted resource, and its answer.
func (s *Store) describe(id resource.ID, r *resource.Resource) (*Entry, []byte) {
	body := r.Masked().JSON()
	e := &Entry{ID: id, Metadata: r.Metadata, Hash: r.Hash(s.hashKey(r.Kind)), ETag: etag(body), live: &live{}}
	switch id.Kind {
	case "Dashboard":
		e.Display = strings.Clone(r.Spec.Str("display", "name"))
	case "Datasource", "GlobalDatasource":
		e.Default, e.Plugin = r.Spec.True("default"), strings.Clone(r.Spec.Str("plugin", "kind"))
	case "Variable", "GlobalVariable":
		e.Variable = r.Metadata.Name
	}
	return e, body
}

// etag is strong: it is made of the answer's bytes, which hold createdAt, updatedAt and version too.
func etag(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:16]) + `"`
}

func (s *Store) hashKey(k *resource.Kind) []byte {
	if !k.Secret || s.key == nil {
		return nil
	}
	return s.key.HashKey()
}

// encrypted is the resource as it lies on disk. Without a key there is no place for secrets.
func (s *Store) encrypted(r *resource.Resource) (*resource.Resource, error) {
	if !r.Kind.Secret {
		return r, nil
	}
	r = r.Clone()
	return r, r.MapSensitive(func(how resource.Sensitive, _, value string) (string, error) {
		switch {
		case how != resource.Encrypted:
			return value, nil
		case s.key == nil:
			return "", errors.New("the database has no encryption key")
		}
		return s.key.EncryptField(value)
	})
}

// decrypt undoes encrypted, in place. What is not ours to decrypt stays: others write plain values (perses.md §8.2).
func decrypt(r *resource.Resource, key *seal.Key) error {
	if !r.Kind.Secret || key == nil {
		return nil
	}
	return r.MapSensitive(func(how resource.Sensitive, _, value string) (string, error) {
		if how != resource.Encrypted {
			return value, nil
		}
		if plain, err := key.DecryptField(value); err == nil {
			return plain, nil
		}
		return value, nil
	})
}

// decode reads a file's bytes as the document of an identity, still encrypted. The file's name is the identity: a document that
// calls itself something else is refused (perses.md §9.3, 39), because Perses would list it and not find it.
func (s *Store) decode(id resource.ID, data []byte) (*resource.Resource, error) {
	s.decodes.Add(1)
	k, err := resource.KindByName(id.Kind)
	if err != nil {
		return nil, err
	}
	r, err := resource.DecodeStored(data, s.format(), k)
	switch {
	case err != nil && k.Secret:
		return nil, errors.New("cannot be decoded; details are withheld because it holds secrets") // R33
	case err != nil:
		return nil, cut(err)
	case !s.same(r.Metadata.Name, id.Name):
		return nil, fmt.Errorf("metadata.name is %q; rename the file or the document", clip(r.Metadata.Name))
	case k.Project && r.Metadata.Project != "" && !s.same(r.Metadata.Project, id.Project):
		return nil, fmt.Errorf("metadata.project is %q; move the file or correct the document", clip(r.Metadata.Project))
	}
	r.Metadata.Name, r.Metadata.Project = id.Name, id.Project
	return r, nil
}

func (s *Store) same(written, name string) bool {
	return written == name || !s.sensitive && strings.EqualFold(written, name)
}

// parse makes the entry of a file's bytes.
func (s *Store) parse(id resource.ID, data []byte) (*Entry, error) {
	r, err := s.decode(id, data)
	if err != nil {
		return nil, err
	}
	if err := decrypt(r, s.key); err != nil {
		return nil, err
	}
	e, body := s.describe(id, r)
	e.raw = digestOf(data)
	e.canonical = !r.Kind.Secret && bytes.Equal(data, body)
	return e, nil
}

// longest is how much of an outsider's text a message quotes.
const longest = 400

func clip(text string) string {
	if len(text) > longest {
		return strings.ToValidUTF8(text[:longest], "") + "…"
	}
	return text
}

func cut(err error) error { return errors.New(clip(err.Error())) }

// notFound, exists and damaged are what callers are told of a name that does not serve them.
func notFound(id resource.ID) error {
	return problem.New(problem.NotFound, id.String()+" does not exist")
}

func exists(id resource.ID) error {
	return problem.New(problem.Exists, id.String()+" already exists")
}

func damaged(e *Entry) error {
	return problem.New(problem.Unavailable, "the stored file of "+e.ID.String()+" cannot be read now")
}
