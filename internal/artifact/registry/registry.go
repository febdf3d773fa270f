// Package registry reads and writes artifacts in container registries.
//
// Three ideas. A Repository is an artifact.Reader and an artifact.Writer, so that whatever works on a layout works on a registry.
// What goes wrong for a while is tried again, within a bound and no sooner than the registry asks; what does not is told in a sentence
// that says what to do. And a registry is an outsider: what it sends is bounded, streamed and verified by whoever reads it, credentials
// go to it alone, and never over plain HTTP unless that is asked for.
//
// It stands on oras-go, of which it uses the transport, authentication and credential stores. It decides nothing about what an
// artifact is, nor whom to trust.
package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/registry/remote"

	"github.com/perseid-dev/perseid/internal/artifact"
	"github.com/perseid-dev/perseid/internal/source"
)

// Bounds of what is read of a registry. Manifests and configs have theirs in package artifact.
const (
	MaxBlob      = 1 << 30 // bytes of a blob as stored
	MaxTags      = 10_000  // of a repository
	maxReferrers = 1_000   // of a manifest
	maxPages     = 100     // of a list
	tagsOfPage   = 1_000
)

// Options says how a registry is reached. The zero value is as most tools do: with the credentials of docker login, over TLS.
type Options struct {
	// CredentialsFile is a configuration file of Docker, which may name credential helpers. It is read again whenever a credential is
	// needed. Empty, or not there: nobody is logged in.
	CredentialsFile string
	// Username and Password take the place of the file.
	Username, Password string
	// CAFile holds certificates in PEM that are trusted beside those of the system.
	CAFile string
	// PlainHTTP reaches the registry without TLS. A registry on this machine is reached so unless there is a CAFile.
	PlainHTTP bool
	// UserAgent is what we call ourselves.
	UserAgent string
	// Backoff is the wait before a second try, doubled for each further one; a quarter of a second if zero.
	Backoff time.Duration
	// Progress, where not nil, is told how much of a blob has been moved. It is called from one goroutine at a time for each blob.
	Progress func(d artifact.Descriptor, done int64)
}

// Repository is one name in a registry. It is safe for concurrent use.
type Repository struct {
	o    Options
	ref  Reference // without tag and digest
	repo *remote.Repository
	wire *wire
	seen manifests
}

var (
	_ artifact.Reader = (*Repository)(nil)
	_ artifact.Writer = (*Repository)(nil)
)

// Open prepares the repository of a reference; nothing is asked yet.
func Open(ref Reference, o Options) (*Repository, error) {
	w, err := newWire(ref.Registry, o)
	if err != nil {
		return nil, err
	}
	repo, err := remote.NewRepository(ref.Name())
	if err != nil {
		return nil, fmt.Errorf("%s: not the name of a repository", ref.Name())
	}
	repo.Client, repo.PlainHTTP = w.client, w.plain
	repo.SkipReferrersGC = true // deleting is a right that who signs need not have
	repo.TagListPageSize, repo.TagListMaxPages, repo.ReferrerListMaxPages = tagsOfPage, maxPages, maxPages
	return &Repository{o: o, ref: Reference{Registry: ref.Registry, Repository: ref.Repository}, repo: repo, wire: w}, nil
}

// Close lets go of connections.
func (r *Repository) Close() error {
	r.wire.transport.CloseIdleConnections()
	return nil
}

// Name is registry and repository.
func (r *Repository) Name() string { return r.ref.Name() }

// Resolve implements artifact.Reader. It costs one request, and no body.
func (r *Repository) Resolve(ctx context.Context, reference string) (artifact.Descriptor, error) {
	d, err := r.repo.Resolve(ctx, reference)
	if err != nil {
		return artifact.Descriptor{}, r.explain("find", reference, err)
	}
	return fromOCI(d)
}

// Fetch implements artifact.Reader. A connection that breaks is made again, and the blob read from where it was.
func (r *Repository) Fetch(ctx context.Context, d artifact.Descriptor) (io.ReadCloser, error) {
	if data, ok := r.seen.get(d.Digest); ok {
		return io.NopCloser(newReader(data)), nil
	}
	limit := int64(MaxBlob)
	if isManifest(d.MediaType) {
		limit = artifact.MaxManifest
	}
	if d.Size < 0 || d.Size > limit {
		return nil, fmt.Errorf("%s of %s says it is %d bytes, more than the %d that are read", d.Digest, r.Name(), d.Size, limit)
	}
	b := &blob{ctx: ctx, repo: r, d: d}
	if err := b.open(); err != nil {
		return nil, r.explain("read", d.Digest.String(), err)
	}
	return b, nil
}

// Manifest reads a manifest by tag or digest in one request.
func (r *Repository) Manifest(ctx context.Context, reference string) (artifact.Descriptor, []byte, error) {
	d, body, err := r.repo.FetchReference(ctx, reference)
	if err != nil {
		return artifact.Descriptor{}, nil, r.explain("read", reference, err)
	}
	defer body.Close()
	data, err := io.ReadAll(io.LimitReader(body, artifact.MaxManifest+1))
	if err != nil {
		return artifact.Descriptor{}, nil, r.explain("read", reference, err)
	}
	got, err := fromOCI(d)
	switch {
	case err != nil:
		return got, nil, err
	case len(data) > artifact.MaxManifest:
		return got, nil, fmt.Errorf("the manifest of %s is larger than the %d MiB that are read", r.at(reference), artifact.MaxManifest>>20)
	case source.DigestOf(data) != got.Digest:
		return got, nil, fmt.Errorf("the manifest of %s is not what its digest says", r.at(reference))
	}
	r.seen.put(got.Digest, data)
	return got, data, nil
}

// Has implements artifact.Writer.
func (r *Repository) Has(ctx context.Context, d artifact.Descriptor) (bool, error) {
	there, err := r.repo.Exists(ctx, toOCI(d))
	if err != nil {
		return false, r.explain("find", d.Digest.String(), err)
	}
	return there, nil
}

// Referrers lists the manifests whose subject is the given one, at most as many as there is a bound for; none is no error.
// A registry that knows no referrers is asked for the tag that stands for them.
func (r *Repository) Referrers(ctx context.Context, subject artifact.Descriptor) ([]artifact.Descriptor, error) {
	var list []artifact.Descriptor
	err := r.repo.Referrers(ctx, toOCI(subject), "", func(page []ocispec.Descriptor) error {
		for _, d := range page {
			if got, err := fromOCI(d); err == nil {
				list = append(list, got)
			}
		}
		if len(list) >= maxReferrers {
			list = list[:maxReferrers]
			return errEnough
		}
		return nil
	})
	if err == nil || errors.Is(err, errEnough) {
		return list, nil
	}
	if err = r.explain("list the referrers of", subject.Digest.String(), err); errors.Is(err, artifact.ErrNotFound) {
		return nil, nil
	}
	return nil, err
}

var errEnough = errors.New("enough")

// at is a place in the repository, for people.
func (r *Repository) at(reference string) string {
	ref := r.ref
	if ref.Digest.UnmarshalText([]byte(reference)) != nil {
		ref.Digest, ref.Tag = source.Digest{}, reference
	}
	return ref.String()
}
