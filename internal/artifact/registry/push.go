package registry

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/perseid-dev/perseid/internal/artifact"
)

// Put implements artifact.Writer. A blob is sent again after a broken connection if r is an io.Seeker.
// A manifest with a subject becomes one of its referrers.
func (r *Repository) Put(ctx context.Context, d artifact.Descriptor, content io.Reader) error {
	if isManifest(d.MediaType) {
		return r.putManifest(ctx, d, content)
	}
	return r.putBlob(ctx, d, func(again bool) (io.ReadCloser, error) {
		if again {
			seeker, ok := content.(io.Seeker)
			if !ok {
				return nil, errOnce
			}
			if _, err := seeker.Seek(0, io.SeekStart); err != nil {
				return nil, err
			}
		}
		return io.NopCloser(content), nil
	})
}

var errOnce = errors.New("can be read only once")

// putBlob sends a blob as a whole, from the start at each try. What comes before the bytes is tried again by the transport.
func (r *Repository) putBlob(ctx context.Context, d artifact.Descriptor, open func(again bool) (io.ReadCloser, error)) error {
	var last error
	for try := 0; ; try++ {
		body, err := open(try > 0)
		if err != nil {
			return cmp.Or(last, fmt.Errorf("read %s: %w", d.Digest, err))
		}
		out := r.sending(d, body)
		err = r.repo.Blobs().Push(ctx, toOCI(d), out)
		_ = out.Close()
		if err == nil {
			return nil
		}
		last = r.explain("write", d.Digest.String(), err)
		if try+1 >= maxTries || out.done == 0 || !transient(err) || errors.Is(err, errContent) {
			return last
		}
		if err := newPolicy(r.o.Backoff).pause(ctx, try); err != nil {
			return err
		}
	}
}

func (r *Repository) putManifest(ctx context.Context, d artifact.Descriptor, content io.Reader) error {
	data, err := io.ReadAll(io.LimitReader(content, artifact.MaxManifest+1))
	if err != nil {
		return fmt.Errorf("read manifest: %w", err)
	}
	if len(data) > artifact.MaxManifest {
		return fmt.Errorf("manifest %s is larger than %d MiB, which registries refuse", d.Digest, artifact.MaxManifest>>20)
	}
	var m struct {
		Subject *artifact.Descriptor `json:"subject"`
	}
	if err := json.Unmarshal(data, &m); err != nil {
		return fmt.Errorf("decode manifest %s: %w", d.Digest, err)
	}
	if m.Subject != nil {
		return r.putReferrer(ctx, d, data, *m.Subject)
	}
	if err := r.repo.Push(ctx, toOCI(d), bytes.NewReader(data)); err != nil {
		return r.explain("write", d.Digest.String(), err)
	}
	r.seen.put(d.Digest, data)
	return nil
}

// putReferrer looks whether the manifest is listed afterwards: where the list is a tag that clients keep, two of them that write
// at the same time lose one.
func (r *Repository) putReferrer(ctx context.Context, d artifact.Descriptor, data []byte, subject artifact.Descriptor) error {
	for try := 0; try < maxTries; try++ {
		if try > 0 {
			if err := newPolicy(r.o.Backoff).pause(ctx, try-1); err != nil {
				return err
			}
		}
		if err := r.repo.Push(ctx, toOCI(d), bytes.NewReader(data)); err != nil {
			return r.explain("write", d.Digest.String(), err)
		}
		list, err := r.Referrers(ctx, subject)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(list, func(l artifact.Descriptor) bool { return l.Digest == d.Digest }) || len(list) >= maxReferrers {
			return nil
		}
	}
	return fmt.Errorf("%s was written to %s, which does not list it as a referrer of %s", d.Digest, r.Name(), subject.Digest)
}

// Tag implements artifact.Writer.
func (r *Repository) Tag(ctx context.Context, d artifact.Descriptor, names ...string) error {
	data, ok := r.seen.get(d.Digest)
	if !ok {
		var err error
		if d, data, err = r.Manifest(ctx, d.Digest.String()); err != nil {
			return err
		}
	}
	for _, name := range names {
		if err := r.repo.PushReference(ctx, toOCI(d), bytes.NewReader(data), name); err != nil {
			return r.explain("tag", name, err)
		}
	}
	return nil
}

// Pushed says what a push came to.
type Pushed struct {
	Descriptor artifact.Descriptor
	// Unchanged: the first tag was the same already. It may have another digest than what was pushed: the same files, compressed by
	// another release, are not a new version.
	Unchanged bool
}

// Push brings an image to the repository and names it. An image that the first tag names already is not brought again.
func (r *Repository) Push(ctx context.Context, image *artifact.Image, tags ...string) (Pushed, error) {
	p := Pushed{Descriptor: image.Descriptor}
	if len(tags) == 0 {
		return p, image.Copy(ctx, r)
	}
	there, err := r.same(ctx, image, tags[0])
	if err != nil {
		return p, err
	}
	if p.Unchanged = there != nil; p.Unchanged {
		p.Descriptor = *there
		tags, err = r.lacking(ctx, p.Descriptor, tags[1:])
	} else {
		err = image.Copy(ctx, named{r})
		r.seen.put(image.Descriptor.Digest, image.RawManifest)
	}
	if err != nil || len(tags) == 0 {
		return p, err
	}
	return p, r.Tag(ctx, p.Descriptor, tags...)
}

// named is the repository for a copy whose manifest is about to be named: it is sent once, under its names, and not by digest before.
type named struct{ *Repository }

// Put leaves manifests out.
func (n named) Put(ctx context.Context, d artifact.Descriptor, content io.Reader) error {
	if isManifest(d.MediaType) {
		return nil
	}
	return n.Repository.Put(ctx, d, content)
}

// same finds what a tag names if it has the same files and says the same of them.
func (r *Repository) same(ctx context.Context, image *artifact.Image, tag string) (*artifact.Descriptor, error) {
	d, err := r.Resolve(ctx, tag)
	switch {
	case errors.Is(err, artifact.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	case d.Digest == image.Descriptor.Digest:
		return &d, nil
	}
	other, err := artifact.Load(ctx, r, d)
	switch {
	case errors.Is(err, artifact.ErrUnsupported), errors.Is(err, artifact.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	}
	if slices.Equal(other.DiffIDs(), image.DiffIDs()) && maps.Equal(other.Manifest.Annotations, image.Manifest.Annotations) {
		return &other.Descriptor, nil
	}
	return nil, nil
}

// lacking are the tags that do not name the manifest.
func (r *Repository) lacking(ctx context.Context, d artifact.Descriptor, tags []string) (missing []string, err error) {
	for _, tag := range tags {
		there, err := r.Resolve(ctx, tag)
		if err != nil && !errors.Is(err, artifact.ErrNotFound) {
			return nil, err
		}
		if err != nil || there.Digest != d.Digest {
			missing = append(missing, tag)
		}
	}
	return missing, nil
}
