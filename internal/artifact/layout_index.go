package artifact

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/perseid-dev/perseid/internal/atomicfile"
	"github.com/perseid-dev/perseid/internal/source"
)

// Manifests lists what the layout offers, with the tag of each as annotation AnnotationRefName.
func (l *Layout) Manifests(context.Context) ([]Descriptor, error) {
	data, err := l.read(layoutIndex)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var x Index
	if err == nil {
		err = json.Unmarshal(data, &x)
	}
	if err != nil {
		return nil, fmt.Errorf("index of layout %s: %w", l.path, err)
	}
	return x.Manifests, nil
}

// Resolve implements Reader. An empty reference is the only artifact there is; signatures do not count.
func (l *Layout) Resolve(ctx context.Context, reference string) (Descriptor, error) {
	manifests, err := l.Manifests(ctx)
	if err != nil {
		return Descriptor{}, err
	}
	if reference == "" {
		return l.only(manifests)
	}
	var digest source.Digest
	byDigest := digest.UnmarshalText([]byte(reference)) == nil
	for _, m := range manifests {
		if byDigest && m.Digest == digest || !byDigest && m.Annotations[AnnotationRefName] == reference {
			return plain(m), nil
		}
	}
	if byDigest {
		return l.byDigest(digest)
	}
	return Descriptor{}, fmt.Errorf("layout %s has no tag %q: %w (it has %s)", l.path, reference, ErrNotFound, tagsOf(manifests))
}

// plain is a descriptor without what an index says of it.
func plain(d Descriptor) Descriptor {
	return Descriptor{MediaType: d.MediaType, ArtifactType: d.ArtifactType, Digest: d.Digest, Size: d.Size}
}

// only is the one manifest there is.
func (l *Layout) only(manifests []Descriptor) (Descriptor, error) {
	found := map[source.Digest]Descriptor{}
	for _, m := range manifests {
		if m.ArtifactType == "" && !strings.HasPrefix(m.Annotations[AnnotationRefName], "sha256-") {
			found[m.Digest] = plain(m)
		}
	}
	switch len(found) {
	case 0:
		return Descriptor{}, fmt.Errorf("layout %s holds no artifact: %w", l.path, ErrNotFound)
	case 1:
		for _, d := range found {
			return d, nil
		}
	}
	return Descriptor{}, fmt.Errorf("layout %s holds %d artifacts: name one, such as %s:%s", l.path, len(found), l.path, tagsOf(manifests))
}

func tagsOf(manifests []Descriptor) string {
	var tags []string
	for _, m := range manifests {
		if tag := m.Annotations[AnnotationRefName]; tag != "" && !strings.HasPrefix(tag, "sha256-") {
			tags = append(tags, tag)
		}
	}
	slices.Sort(tags)
	if len(tags) == 0 {
		return "none"
	}
	return strings.Join(tags, " or ")
}

// byDigest describes a manifest that the index does not name.
func (l *Layout) byDigest(digest source.Digest) (Descriptor, error) {
	data, err := l.read(blobName(digest))
	if errors.Is(err, fs.ErrNotExist) {
		return Descriptor{}, fmt.Errorf("layout %s has no %s: %w", l.path, digest, ErrNotFound)
	}
	var said struct {
		MediaType string `json:"mediaType"`
	}
	if err == nil {
		err = json.Unmarshal(data, &said)
	}
	if err != nil || said.MediaType == "" {
		return Descriptor{}, fmt.Errorf("%s in layout %s is not a manifest", digest, l.path)
	}
	return Descriptor{MediaType: said.MediaType, Digest: digest, Size: int64(len(data))}, nil
}

// Tag implements Writer. Without names the manifest is listed under none. A manifest that loses its last name is no longer listed; its blobs stay.
func (l *Layout) Tag(ctx context.Context, d Descriptor, names ...string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	manifests, err := l.Manifests(ctx)
	if err != nil {
		return err
	}
	if len(names) == 0 && slices.ContainsFunc(manifests, func(m Descriptor) bool { return m.Digest == d.Digest }) {
		return nil
	}
	manifests = slices.DeleteFunc(manifests, func(m Descriptor) bool {
		name := m.Annotations[AnnotationRefName]
		return slices.Contains(names, name) || name == "" && m.Digest == d.Digest
	})
	for _, name := range names {
		named := plain(d)
		named.Annotations = map[string]string{AnnotationRefName: name}
		manifests = append(manifests, named)
	}
	if len(names) == 0 {
		manifests = append(manifests, plain(d))
	}
	return l.writeIndex(Index{Manifests: manifests})
}

func (l *Layout) writeIndex(x Index) error {
	if l.files != nil && !l.writable {
		return errReadOnly
	}
	x.SchemaVersion, x.MediaType = 2, MediaTypeIndex
	data, err := json.Marshal(x)
	if err != nil {
		return fmt.Errorf("index of layout %s: %w", l.path, err)
	}
	return atomicfile.Write(filepath.Join(l.path, layoutIndex), data, atomicfile.Options{Mode: 0o644})
}
