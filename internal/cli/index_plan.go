package cli

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/perseid-dev/perseid/internal/atomicfile"
	"github.com/perseid-dev/perseid/internal/desired"
	"github.com/perseid-dev/perseid/internal/source"
)

// What an index is found to be, and what became of it.
const (
	indexUnchanged = "unchanged"
	indexStale     = "stale"
	indexMissing   = "missing"
	indexWritten   = "written"
)

// indexPlan is one index that a directory should have.
type indexPlan struct {
	Index string `json:"index"` // its path
	Files int    `json:"files"`
	State string `json:"state"`
	Why   string `json:"why,omitempty"` // it is stale

	data []byte
}

// planIndexes compares the indexes that a directory should have with those it has, the directories below it first.
func planIndexes(g *given, o indexOptions, directory string) ([]*indexPlan, error) {
	root := source.Index{Revision: o.revision, Version: o.version, Complete: true, Files: g.indexFiles(directory)}
	if len(root.Files) == 0 {
		return nil, fmt.Errorf("%s holds no documents (.json, .yaml, .yml): an index of nothing would be no release", directory)
	}
	below := root.Below()
	if err := addLeftOver(below, root, directory); err != nil {
		return nil, err
	}
	var plans []*indexPlan
	for _, name := range slices.Sorted(maps.Keys(below)) {
		p, err := planIndex(filepath.Join(directory, name, source.IndexName), below[name], o.check)
		if err != nil {
			return nil, err
		}
		plans = append(plans, p)
	}
	p, err := planIndex(filepath.Join(directory, source.IndexName), root, o.check)
	return append(plans, p), err
}

// indexFiles are the files that were given, as the index of their directory lists them.
func (g *given) indexFiles(directory string) []source.IndexFile {
	var files []source.IndexFile
	for _, f := range g.sorted() {
		files = append(files, source.IndexFile{
			Path:   strings.TrimPrefix(f.Path, filepath.ToSlash(directory)+"/"),
			Digest: f.Digest, Size: f.Size, Kinds: g.kindsOf(f),
		})
	}
	return files
}

func (g *given) kindsOf(f source.File) []string {
	kinds := map[string]bool{}
	for _, d := range g.contents[desired.KeyOf(f)].Documents {
		if d.ID.Kind != "" {
			kinds[d.ID.Kind] = true
		}
	}
	return slices.Sorted(maps.Keys(kinds))
}

// addLeftOver adds directories that have an index and no documents any more: theirs has to say so, or it would stay wrong.
func addLeftOver(below map[string]source.Index, root source.Index, directory string) error {
	entries, err := os.ReadDir(directory)
	if err != nil {
		return fmt.Errorf("read %w", err)
	}
	root.Files = nil
	for _, e := range entries {
		if _, known := below[e.Name()]; known || strings.HasPrefix(e.Name(), "..") {
			continue
		}
		if info, err := os.Lstat(filepath.Join(directory, e.Name(), source.IndexName)); err == nil && info.Mode().IsRegular() {
			below[e.Name()] = root
		}
	}
	return nil
}

// planIndex compares one index with what it should be. With check, a revision or version that want leaves out is not compared.
func planIndex(path string, want source.Index, check bool) (*indexPlan, error) {
	p := &indexPlan{Index: path, Files: len(want.Files), State: indexMissing}
	data, err := readIndexFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	was, decodeErr := source.DecodeIndex(data)
	switch {
	case err != nil:
	case decodeErr != nil:
		p.State, p.Why = indexStale, decodeErr.Error()
	case was.Label != "":
		return nil, fmt.Errorf("%s is kept by a mirror of %q, which knows where its files are from; leave it alone", path, was.Label)
	default:
		if check {
			want.Revision, want.Version = cmp.Or(want.Revision, was.Revision), cmp.Or(want.Version, was.Version)
		}
		p.State, p.Why = indexStale, difference(was, want)
	}
	if p.data, err = want.Encode(); err != nil {
		return nil, err
	}
	if bytes.Equal(data, p.data) {
		p.State, p.Why = indexUnchanged, ""
	}
	return p, nil
}

func readIndexFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, source.MaxIndexBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read %w", err)
	}
	return data, nil
}

// difference says what an index has wrong: the files first.
func difference(was, want source.Index) string {
	var files []source.File
	for _, f := range want.Files {
		files = append(files, source.File{Path: f.Path, Digest: f.Digest})
	}
	_, extra, mismatch := was.Select(files)
	switch {
	case mismatch != "":
		return mismatch
	case len(extra) == 1:
		return extra[0] + " is not listed"
	case len(extra) > 1:
		return fmt.Sprintf("%s and %s are not listed", extra[0], plural(len(extra)-1, "more file"))
	case was.Revision != want.Revision:
		return fmt.Sprintf("its revision is %q, expected %q", was.Revision, want.Revision)
	case was.Version != want.Version:
		return fmt.Sprintf("its version is %q, expected %q", was.Version, want.Version)
	}
	return "it was not written by this version of perseid index"
}

func writeIndexes(plans []*indexPlan) error {
	for _, p := range plans {
		if p.State == indexUnchanged {
			continue
		}
		if err := atomicfile.Write(p.Index, p.data, atomicfile.Options{Mode: 0o644}); err != nil {
			return err
		}
		p.State, p.Why = indexWritten, ""
	}
	return nil
}
