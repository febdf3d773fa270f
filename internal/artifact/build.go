package artifact

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/perseid-dev/perseid/internal/archive"
	"github.com/perseid-dev/perseid/internal/source"
)

// Options says what to build. Directory is required.
type Options struct {
	Directory string
	// Annotations of the manifest, repeated as labels; empty values are left out. Revision and version are in the indexes too.
	Annotations map[string]string
	// Created is the time the artifact bears; zero is 1970, so that it says nothing and changes nothing.
	Created time.Time
	// Check, where not nil, is shown each file's bytes, from several goroutines. It does not keep them.
	Check func(f source.File, data []byte)
	// Progress, where not nil, is told after each file how many are done, and their bytes.
	Progress func(done, total int, bytes int64)
}

// Build makes an artifact of the documents of a directory and writes it into a layout, manifest last; it does not tag.
// Memory is bounded whatever the size of the directory. Files that cannot be in an artifact are a problem.List in the error, all of them.
func Build(ctx context.Context, l *Layout, o Options) (*Image, error) {
	image, err := build(ctx, l, o)
	if err != nil {
		return nil, fmt.Errorf("build %s: %w", o.Directory, err)
	}
	return image, nil
}

func build(ctx context.Context, l *Layout, o Options) (*Image, error) {
	if err := source.CheckRelease(o.Annotations[AnnotationRevision], o.Annotations[AnnotationVersion]); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(o.Directory)
	if err != nil {
		return nil, cause(err)
	}
	defer root.Close()
	files, err := list(ctx, root)
	if err != nil {
		return nil, err
	}
	p := &packer{o: o, pipeline: pipeline{l: files, check: o.Check}}
	layer, err := l.ingest(MediaTypeLayer, func(w io.Writer) error { return p.layer(ctx, w) })
	if err != nil {
		return nil, err
	}
	if p.plain > archive.RatioFrom && p.plain > archive.MaxRatio*layer.Size {
		return nil, fmt.Errorf("%w: its files are so alike that they shrink more than %d times, which readers take for an attack", archive.ErrLimit, archive.MaxRatio)
	}
	return finish(ctx, l, o, layer, p.diffID)
}

// packer writes the one layer: directories, then files, then the indexes, which are known last; each of them sorted.
type packer struct {
	o        Options
	pipeline pipeline
	tar      *archive.Writer
	index    source.Index
	done     int64 // bytes of files
	plain    int64 // bytes of the tar
	diffID   archive.Digest
}

func (p *packer) layer(ctx context.Context, w io.Writer) error {
	z := archive.NewGzip(w)
	sum := archive.NewSum(z)
	p.tar = archive.NewWriter(sum)
	for _, dir := range p.pipeline.l.directories() {
		if err := p.tar.Directory(dir); err != nil {
			return err
		}
	}
	if err := p.pipeline.run(ctx, p.file); err != nil {
		return err
	}
	if err := p.indexes(); err != nil {
		return err
	}
	if err := p.tar.Close(); err != nil {
		return err
	}
	p.plain, p.diffID = sum.Size(), sum.Digest()
	if p.plain > archive.MaxTotal {
		return errTooLarge
	}
	return z.Close()
}

func (p *packer) file(r *read) error {
	p.index.Files = append(p.index.Files, r.entry)
	p.done += r.size
	if err := p.tar.File(r.path, r.data); err != nil {
		return err
	}
	if p.o.Progress != nil {
		p.o.Progress(len(p.index.Files), len(p.pipeline.l.files), p.done)
	}
	return nil
}

// indexes writes that of the root, and one for each first-level directory (DELIVERY R38).
func (p *packer) indexes() error {
	p.index.Complete = true
	p.index.Revision, p.index.Version = p.o.Annotations[AnnotationRevision], p.o.Annotations[AnnotationVersion]
	all := map[string]source.Index{source.IndexName: p.index}
	for name, below := range p.index.Below() {
		all[name+"/"+source.IndexName] = below
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		data, err := all[name].Encode()
		if err != nil {
			return err
		}
		if err := p.tar.File(name, data); err != nil {
			return err
		}
	}
	return nil
}

// finish writes config and manifest.
func finish(ctx context.Context, l *Layout, o Options, layer Descriptor, diffID archive.Digest) (*Image, error) {
	i := &Image{blobs: l}
	created := o.Created.UTC()
	if o.Created.IsZero() {
		created = time.Unix(0, 0).UTC()
	}
	annotations := map[string]string{AnnotationCreated: created.Format(time.RFC3339)}
	for name, value := range o.Annotations {
		if value != "" {
			annotations[name] = value
		}
	}
	i.Config = Config{Created: &created, Architecture: "amd64", OS: "linux", RootFS: RootFS{Type: "layers", DiffIDs: []source.Digest{source.Digest(diffID)}}}
	i.Config.Config.Labels = annotations
	var err error
	i.Manifest = Manifest{SchemaVersion: 2, MediaType: MediaTypeManifest, Layers: []Descriptor{layer}, Annotations: annotations}
	if i.RawConfig, i.Manifest.Config, err = putJSON(ctx, l, MediaTypeConfig, i.Config); err != nil {
		return nil, err
	}
	i.RawManifest, i.Descriptor, err = putJSON(ctx, l, MediaTypeManifest, i.Manifest)
	return i, err
}

func putJSON(ctx context.Context, l *Layout, mediaType string, v any) ([]byte, Descriptor, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, Descriptor{}, err
	}
	d := Descriptor{MediaType: mediaType, Digest: source.DigestOf(data), Size: int64(len(data))}
	return data, d, l.Put(ctx, d, bytes.NewReader(data))
}
