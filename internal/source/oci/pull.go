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
	"sync"

	"github.com/perseid-dev/perseid/internal/archive"
	"github.com/perseid-dev/perseid/internal/artifact"
	"github.com/perseid-dev/perseid/internal/source"
)

// maxNotes is how many files outside of an index are named.
const maxNotes = 100

// keptAtOnce is how many files are hashed and kept at the same time, each with a buffer of its size.
const keptAtOnce = 3

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
	w := newWalk(p)
	err = image.Walk(ctx, archive.Limits{}, w.visit)
	if err = cmp.Or(w.wait(), err); err != nil {
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

// walk collects the files of an artifact that count. While the next file is unpacked, those before are hashed and kept.
type walk struct {
	p     *poller
	below string // the directory to read, with a slash; "" for all
	index *source.Index

	buffers chan []byte // as many as may be kept at once
	keeping sync.WaitGroup
	mu      sync.Mutex
	files   []source.File
	failed  error // the first that could not be kept
}

func newWalk(p *poller) *walk {
	w := &walk{p: p, below: prefixOf(p.o.Path), buffers: make(chan []byte, keptAtOnce)}
	for range keptAtOnce {
		w.buffers <- nil
	}
	return w
}

// wait ends what is being kept.
func (w *walk) wait() error {
	w.keeping.Wait()
	return w.failed
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
	buffer := <-w.buffers
	data := slices.Grow(buffer[:0], int(f.Size))[:f.Size]
	if _, err := io.ReadFull(r, data); err != nil {
		w.buffers <- data
		return err
	}
	w.keeping.Go(func() {
		w.keep(name, data)
		w.buffers <- data // the bodies do not hold on to it
	})
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.failed
}

func (w *walk) keep(name string, data []byte) {
	file := source.File{Path: name, Digest: source.DigestOf(data), Size: int64(len(data))}
	var err error
	if !w.p.o.Bodies.Has(file.Digest) {
		err = w.p.o.Bodies.Put(file.Digest, data, false)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.files = append(w.files, file)
	w.failed = cmp.Or(w.failed, err)
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
