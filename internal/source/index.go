package source

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode"
)

// IndexName is the file that vouches for a directory's content (DELIVERY R38). It lies in the root of an artifact and in each of its
// first-level directories, and covers its own subtree.
const IndexName = "perseid.index"

// IndexFormat is the first thing in an index; a reader refuses a format it does not know.
const IndexFormat = "perseid.index/v1"

// MaxIndexBytes bounds an index that is read, in bytes.
const MaxIndexBytes = 64 << 20

// Further bounds of an index that is read.
const (
	maxIndexFiles = 200_000
	maxIndexText  = 1024 // bytes of a revision, a version, a label or an origin
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
	// Outside are files a mirror keeps outside the directory, by absolute path. They are none of a reader's business:
	// after a restart they tell the mirror what is its own.
	Outside []IndexFile `json:"outside,omitempty"`
	// Pending are files a mirror is about to write, inside or outside, as they will be. An index with pending files was left
	// by a mirror that was stopped while it wrote.
	Pending []IndexFile `json:"pending,omitempty"`
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
	x.Files, x.Outside, x.Pending = byPath(x.Files), byPath(x.Outside), byPath(x.Pending)
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

func byPath(files []IndexFile) []IndexFile {
	return slices.SortedFunc(slices.Values(files), func(a, b IndexFile) int { return strings.Compare(a.Path, b.Path) })
}

// DecodeIndex reads an index and refuses one whose paths could lead out of its directory.
func DecodeIndex(data []byte) (Index, error) {
	var x Index
	if len(data) > MaxIndexBytes {
		return x, fmt.Errorf("index larger than %d MiB", MaxIndexBytes>>20)
	}
	if err := json.Unmarshal(data, &x); err != nil {
		return x, fmt.Errorf("decode index: %w", err)
	}
	if x.Format != IndexFormat {
		return x, fmt.Errorf("index of format %.40q, expected %q: a newer Perseid wrote it", x.Format, IndexFormat)
	}
	if n := len(x.Files) + len(x.Outside) + len(x.Pending); n > maxIndexFiles {
		return x, fmt.Errorf("index of %d files, at most %d are read", n, maxIndexFiles)
	}
	if err := CheckRelease(x.Revision, x.Version, x.Label); err != nil {
		return x, fmt.Errorf("index: %w", err)
	}
	for _, files := range [][]IndexFile{x.Files, x.Outside, x.Pending} {
		if err := checkFiles(files); err != nil {
			return x, err
		}
	}
	return x, x.checkPlaces()
}

// CheckRelease says whether texts may stand for a release in an index, as revision, version or label: one line of bounded length each.
func CheckRelease(texts ...string) error {
	for _, text := range texts {
		if !isLine(text) {
			return fmt.Errorf("%.40q cannot name a release: expected one line of at most %d bytes", text, maxIndexText)
		}
	}
	return nil
}

// checkFiles wants clean paths that do not climb, each once.
func checkFiles(files []IndexFile) error {
	seen := make(map[string]bool, len(files))
	for _, f := range files {
		switch {
		case f.Path != path.Clean(f.Path) || f.Path == ".." || strings.HasPrefix(f.Path, "../"):
			return fmt.Errorf("index names %.200q, which is not a clean path", f.Path)
		case seen[f.Path]:
			return fmt.Errorf("index names %.200q twice", f.Path)
		case !isLine(f.Origin):
			return fmt.Errorf("index gives %.200q the origin %.40q: expected one line of at most %d bytes", f.Path, f.Origin, maxIndexText)
		}
		seen[f.Path] = true
	}
	return nil
}

// checkPlaces wants the files of the directory inside it, and those outside by absolute path.
func (x Index) checkPlaces() error {
	for _, f := range x.Files {
		if path.IsAbs(f.Path) {
			return fmt.Errorf("index names %.200q, which is not a path below it", f.Path)
		}
	}
	for _, f := range x.Outside {
		if !path.IsAbs(f.Path) {
			return fmt.Errorf("index names %.200q as outside, which is not an absolute path", f.Path)
		}
	}
	return nil
}

// isLine says whether a text of an index can be shown as it is.
func isLine(text string) bool {
	return len(text) <= maxIndexText && !strings.ContainsFunc(text, unicode.IsControl)
}

// Below gives the indexes of the first-level directories, by name: each covers its own subtree, with paths relative to itself, and says
// the same of its release (R38). Files that lie in no directory are in none of them.
func (x Index) Below() map[string]Index {
	below := map[string]Index{}
	for _, f := range x.Files {
		name, rest, nested := strings.Cut(f.Path, "/")
		if !nested {
			continue
		}
		sub, ok := below[name]
		if !ok {
			sub = x
			sub.Files, sub.Outside, sub.Pending = nil, nil, nil
		}
		f.Path = rest
		sub.Files = append(sub.Files, f)
		below[name] = sub
	}
	return below
}

// Select keeps the files the index lists, with the origins it knows, and says what is wrong with the rest: mismatch is what makes the
// directory unreadable, "" if nothing does (it names the first such file and counts the others); extra are paths that are there and
// not listed. Kept files and extra paths are sorted.
func (x Index) Select(files []File) (kept []File, extra []string, mismatch string) {
	there := make(map[string]File, len(files))
	for _, f := range files {
		there[f.Path] = f
	}
	wrong := 0
	for _, want := range x.Files {
		f, ok := there[want.Path]
		delete(there, want.Path)
		if why := want.differs(f, ok); why != "" {
			if wrong++; wrong == 1 {
				mismatch = why
			}
			continue
		}
		if want.Origin != "" {
			f.Origin = want.Origin
		}
		kept = append(kept, f)
	}
	if wrong > 0 {
		return nil, nil, mismatch + more(wrong-1)
	}
	slices.SortFunc(kept, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return kept, slices.Sorted(maps.Keys(there)), ""
}

// differs says why a file is not the one of the index, "" if it is.
func (want IndexFile) differs(f File, there bool) string {
	switch {
	case !there:
		return fmt.Sprintf("%s lists %s, which is not there", IndexName, want.Path)
	case f.Digest != want.Digest:
		return fmt.Sprintf("%s is not what %s lists: its digest is %s, expected %s", want.Path, IndexName, f.Digest.Short(), want.Digest.Short())
	}
	return ""
}

func more(others int) string {
	switch others {
	case 0:
		return ""
	case 1:
		return "; 1 more file differs"
	}
	return fmt.Sprintf("; %d more files differ", others)
}
