package oci

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/perseid-dev/perseid/internal/archive"
	"github.com/perseid-dev/perseid/internal/artifact"
	"github.com/perseid-dev/perseid/internal/source"
)

// maxNotes is how many files outside of an index are named.
const maxNotes = 100

// pulled is one version that was read as a whole, and verified.
type pulled struct {
	Digest   source.Digest       `json:"digest"` // of what was resolved
	Manifest artifact.Descriptor `json:"manifest"`
	Path     string              `json:"path,omitempty"`
	Version  string              `json:"version,omitempty"`
	Author   string              `json:"author,omitempty"`
	Commit   string              `json:"commit,omitempty"`
	Files    []source.File       `json:"files"` // without origin
	Notes    []source.Unread     `json:"notes,omitempty"`
	Indexed  bool                `json:"indexed,omitempty"`

	trusted trusted // as of this run
}

// pull reads every document of an artifact into the bodies, and believes them once all digests have matched.
func (p *poller) pull(ctx context.Context, at named) (*pulled, error) {
	image, err := artifact.Load(ctx, p.repo, at.Descriptor)
	if err != nil {
		return nil, err
	}
	w := &walk{p: p, below: prefixOf(p.o.Path)}
	if err := image.Walk(ctx, archive.Limits{}, w.visit); err != nil {
		return nil, fmt.Errorf("%s@%s: %w", p.repo.Name(), at.Digest, err)
	}
	if err := p.o.Bodies.Sync(); err != nil {
		return nil, err
	}
	slices.SortFunc(w.files, func(a, b source.File) int { return strings.Compare(a.Path, b.Path) })
	got := &pulled{
		Digest: at.Digest, Manifest: at.Descriptor, Path: p.o.Path, Files: w.files,
	}
	says := image.Manifest.Annotations
	got.Version, got.Author, got.Commit = line(says[artifact.AnnotationVersion]), line(says[artifact.AnnotationAuthors]), line(says[artifact.AnnotationRevision])
	return got, got.vouch(w, p.o)
}

// line is an annotation, if it can be shown as such: what its maker wrote may be anything.
func line(text string) string {
	if source.CheckRelease(text) != nil {
		return ""
	}
	return text
}

func prefixOf(directory string) string {
	if directory = strings.Trim(path.Clean("/"+directory), "/"); directory == "" {
		return ""
	}
	return directory + "/"
}

// walk collects the files of an artifact that count.
type walk struct {
	p      *poller
	below  string // the directory to read, with a slash; "" for all
	files  []source.File
	index  *source.Index
	buffer []byte
}

func (w *walk) visit(f archive.File, r io.Reader) error {
	name, ok := strings.CutPrefix(f.Path, w.below)
	if !ok {
		return nil
	}
	if name == source.IndexName {
		return w.readIndex(f, r)
	}
	if !listed(name) {
		return nil
	}
	if err := w.fill(f.Size, r); err != nil {
		return err
	}
	file := source.File{Path: name, Digest: source.DigestOf(w.buffer), Size: f.Size}
	w.files = append(w.files, file)
	if w.p.o.Bodies.Has(file.Digest) {
		return nil
	}
	return w.p.o.Bodies.Put(file.Digest, w.buffer, false)
}

// fill reads a file into the buffer, which the bodies do not keep.
func (w *walk) fill(size int64, r io.Reader) error {
	if size > int64(cap(w.buffer)) {
		w.buffer = make([]byte, size)
	}
	w.buffer = w.buffer[:size]
	_, err := io.ReadFull(r, w.buffer)
	return err
}

func (w *walk) readIndex(f archive.File, r io.Reader) error {
	if f.Size > source.MaxIndexBytes {
		return fmt.Errorf("%s is larger than the limit of %d MiB", f.Path, source.MaxIndexBytes>>20)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	x, err := source.DecodeIndex(data)
	if err != nil {
		return fmt.Errorf("%s: %w", f.Path, err)
	}
	w.index = &x
	return nil
}

// listed says whether a path is a document's, as in a directory.
func listed(name string) bool {
	return source.IsDocument(name) && !slices.ContainsFunc(strings.Split(path.Dir(name), "/"), source.IsPassedOver)
}

// vouch holds the files against the index (DELIVERY R39). An artifact that holds no document is never believed: it is a mistake, or
// somebody else's.
func (g *pulled) vouch(w *walk, o Options) error {
	where := "the artifact"
	if o.Path != "" {
		where = fmt.Sprintf("directory %s of the artifact", o.Path)
	}
	if w.index == nil {
		switch {
		case len(g.Files) == 0:
			return fmt.Errorf("%s holds no documents", where)
		case o.RequireIndex:
			return fmt.Errorf("%s has no %s, which require_index asks for", where, source.IndexName)
		}
		g.Notes = []source.Unread{{Reason: where + " is unindexed: only its digest vouches for it; perseid artifact build writes an index"}}
		return nil
	}
	x := *w.index
	x.Files = slices.DeleteFunc(slices.Clone(x.Files), func(f source.IndexFile) bool { return !listed(f.Path) })
	kept, extra, mismatch := x.Select(g.Files)
	switch {
	case mismatch != "":
		return errors.New(mismatch)
	case len(kept) == 0:
		return fmt.Errorf("%s holds no documents", where)
	case !x.Complete:
		return fmt.Errorf("%s of %s says that it is not complete", source.IndexName, where)
	}
	g.Files, g.Indexed, g.Version = kept, true, cmp.Or(x.Version, g.Version)
	for i, name := range extra {
		if i == maxNotes {
			g.Notes = append(g.Notes, source.Unread{Reason: fmt.Sprintf("%d more files are not listed in %s, so not applied", len(extra)-i, source.IndexName)})
			break
		}
		g.Notes = append(g.Notes, source.Unread{Prefix: name, Reason: "not listed in " + source.IndexName + ", so not applied"})
	}
	return nil
}
