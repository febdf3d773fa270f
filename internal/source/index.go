package source

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
)

// IndexName is the file that vouches for a directory's content (DELIVERY R38). It lies in the root of an artifact and in each of its
// first-level directories, and covers its own subtree.
const IndexName = "perseid.index"

// IndexFormat is the first thing in an index; a reader refuses a format it does not know.
const IndexFormat = "perseid.index/v1"

// Bounds of an index that is read.
const (
	maxIndexBytes = 64 << 20
	maxIndexFiles = 200_000
)

// Index lists what a directory must hold. Whoever reads a directory with an index believes the index: a file that is missing
// or different makes the directory unreadable, one that is not listed is not applied (R39).
type Index struct {
	Format   string `json:"format"`
	Revision string `json:"revision,omitempty"` // of the content: a commit, a digest
	Version  string `json:"version,omitempty"`  // of the release: a tag
	// Complete: the writer vouches that nothing is missing. A mirror sets it once its own source was read as a whole.
	Complete bool `json:"complete"`
	// Label is the selector of the mirror that wrote the directory, "" for artifacts (R37).
	Label string      `json:"label,omitempty"`
	Files []IndexFile `json:"files"` // sorted by path
}

// IndexFile is one file of an index.
type IndexFile struct {
	Path   string   `json:"path"` // relative to the index, slash-separated
	Digest Digest   `json:"digest"`
	Size   int64    `json:"size"`
	Kinds  []string `json:"kinds,omitempty"`
	Origin string   `json:"origin,omitempty"` // where a mirror's file comes from
}

// Encode writes the index: the same index gives the same bytes.
func (x Index) Encode() ([]byte, error) {
	x.Format = IndexFormat
	x.Files = slices.SortedFunc(slices.Values(x.Files), func(a, b IndexFile) int { return strings.Compare(a.Path, b.Path) })
	if x.Files == nil {
		x.Files = []IndexFile{}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", " ")
	e.SetEscapeHTML(false)
	if err := e.Encode(x); err != nil {
		return nil, fmt.Errorf("encode index: %w", err)
	}
	return b.Bytes(), nil
}

// DecodeIndex reads an index and refuses one whose paths could lead out of its directory.
func DecodeIndex(data []byte) (Index, error) {
	var x Index
	if len(data) > maxIndexBytes {
		return x, fmt.Errorf("index larger than %d MiB", maxIndexBytes>>20)
	}
	if err := json.Unmarshal(data, &x); err != nil {
		return x, fmt.Errorf("decode index: %w", err)
	}
	if x.Format != IndexFormat {
		return x, fmt.Errorf("index of format %.40q, expected %q: a newer Perseid wrote it", x.Format, IndexFormat)
	}
	if len(x.Files) > maxIndexFiles {
		return x, fmt.Errorf("index of %d files, at most %d are read", len(x.Files), maxIndexFiles)
	}
	seen := map[string]bool{}
	for _, f := range x.Files {
		if f.Path != path.Clean(f.Path) || path.IsAbs(f.Path) || f.Path == ".." || strings.HasPrefix(f.Path, "../") || seen[f.Path] {
			return x, fmt.Errorf("index names %.200q, which is not a clean path below it, or twice", f.Path)
		}
		seen[f.Path] = true
	}
	return x, nil
}

// Select keeps the files the index lists, and says what is wrong with the rest: mismatch is what makes the directory unreadable,
// "" if nothing does; extra are paths that are there and not listed.
func (x Index) Select(files []File) (kept []File, extra []string, mismatch string) {
	there := make(map[string]File, len(files))
	for _, f := range files {
		there[f.Path] = f
	}
	for _, want := range x.Files {
		f, ok := there[want.Path]
		switch {
		case !ok:
			return nil, nil, fmt.Sprintf("%s lists %s, which is not there", IndexName, want.Path)
		case f.Digest != want.Digest:
			return nil, nil, fmt.Sprintf("%s is not what %s lists: its digest is %s, expected %s", want.Path, IndexName, f.Digest.Short(), want.Digest.Short())
		}
		if want.Origin != "" {
			f.Origin = want.Origin
		}
		kept = append(kept, f)
		delete(there, want.Path)
	}
	for p := range there {
		extra = append(extra, p)
	}
	slices.Sort(extra)
	slices.SortFunc(kept, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return kept, extra, ""
}
