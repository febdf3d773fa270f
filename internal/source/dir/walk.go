package dir

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"github.com/perseid-dev/perseid/internal/source"
)

// swap is the link that Kubernetes turns from one version of a volume to the next.
const swap = "..data"

// found is a file to be listed.
type found struct {
	path  string // in the snapshot
	real  string // below the resolved root, without links
	print fingerprint
}

// walk goes through a tree. All paths are below the resolved root, "" for itself, unless they are said to be absolute.
type walk struct {
	root  string // absolute
	found []found
	index string // where the index of the root is; "" if there is none
	// indexFault says why there is something in its place that cannot be one.
	indexFault string
	unread     []source.Unread
	swaps      map[string]string // absolute path of each ..data met, and where it led
	entered    map[string]bool   // real directories
	linked     map[string]bool   // real files that are listed by another path
	entries    int
}

// run walks from an absolute root without links in it. Its error means that nothing that was found can be relied on.
func (w *walk) run(root string) error {
	*w = walk{root: root, swaps: map[string]string{}, entered: map[string]bool{}, linked: map[string]bool{}}
	return w.directory("", "", nil)
}

func (w *walk) miss(path, reason string) {
	w.unread = append(w.unread, source.Unread{Prefix: path, Reason: reason})
}

// directory walks the directory at real, listing its files below path. chain holds the real directories that led here.
func (w *walk) directory(path, real string, chain []string) error {
	if w.entered[real] {
		return nil
	}
	w.entered[real] = true
	if len(chain) >= MaxDepth {
		w.miss(path, fmt.Sprintf("deeper than %d directories; move it up", MaxDepth))
		return nil
	}
	open, entries, err := w.readDir(real)
	if err != nil && path == "" {
		return err
	}
	if err != nil {
		w.miss(path, reason(err))
		return nil
	}
	defer open.Close()
	if w.entries += len(entries); w.entries > MaxEntries {
		return fmt.Errorf("more than %d files and directories", MaxEntries)
	}
	w.noteSwap(real, entries)
	chain = append(slices.Clip(chain), real)
	for _, e := range entries {
		if err := w.entry(e, open, path, real, chain); err != nil {
			return err
		}
	}
	if len(w.found) > MaxFiles {
		return fmt.Errorf("more than %d files", MaxFiles)
	}
	return nil
}

// readDir is os.ReadDir with a bound. It leaves the directory open, so that what it holds can be looked at without its path.
func (w *walk) readDir(real string) (*os.File, []fs.DirEntry, error) {
	f, err := os.Open(w.absolute(real))
	if err != nil {
		return nil, nil, err
	}
	entries, err := f.ReadDir(MaxEntries + 1)
	if err != nil && err != io.EOF {
		return nil, nil, errors.Join(err, f.Close())
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return f, entries, nil
}

func (w *walk) absolute(real string) string {
	if real == "" {
		return w.root
	}
	return w.root + string(filepath.Separator) + real
}

// noteSwap reads where ..data leads, once, so that all of a listing comes from one side.
func (w *walk) noteSwap(real string, entries []fs.DirEntry) {
	_, ok := slices.BinarySearchFunc(entries, swap, func(e fs.DirEntry, name string) int { return strings.Compare(e.Name(), name) })
	if !ok {
		return
	}
	link := join(w.absolute(real), swap)
	if target, err := os.Readlink(link); err == nil {
		w.swaps[link] = target
	}
}

func (w *walk) entry(e fs.DirEntry, open *os.File, dir, realDir string, chain []string) error {
	name := e.Name()
	path, real := join(dir, name), join(realDir, name)
	switch {
	case path == source.IndexName:
		w.indexFile(e, real)
	case skip(name), e.Type().IsRegular() && !IsDocument(name):
	case !utf8.ValidString(name):
		w.miss(join(dir, strconv.QuoteToASCII(name)), "its name is not UTF-8; rename it")
	case e.Type()&fs.ModeSymlink != 0:
		return w.link(path, real, chain)
	case e.IsDir():
		return w.directory(path, real, chain)
	case IsDocument(name):
		w.file(path, real, func() (unix.Stat_t, error) { return lstatAt(open, name) })
	}
	return nil
}

// file notes a document; look is how to find out what it is.
func (w *walk) file(path, real string, look func() (unix.Stat_t, error)) {
	st, err := look()
	switch {
	case path != real && w.linked[real]:
	case os.IsNotExist(err) && path == real: // removed since its directory was read
	case err != nil:
		w.miss(path, reason(err))
	case !isRegular(st):
		w.miss(path, errIrregular.Error())
	default:
		w.found = append(w.found, found{path: path, real: real, print: printOf(st)})
		if path != real {
			w.linked[real] = true
		}
	}
}

// isListed says whether a walk comes by this path, if it is a file.
func isListed(path string) bool {
	return IsDocument(path) && !slices.ContainsFunc(strings.Split(path, "/"), skip)
}

// join joins slash-separated paths of which the first may be empty.
func join(dir, name string) string {
	if dir == "" {
		return name
	}
	return dir + "/" + name
}

// skip says whether a name is passed over, whatever it is.
func skip(name string) bool { return source.IsPassedOver(name) }

// skipWatch is skip for what need not be watched: the contents behind ..data matter, though they are not listed there.
func skipWatch(name string) bool { return name == ".git" || name == ".perseid" }

// IsDocument is source.IsDocument.
func IsDocument(name string) bool { return source.IsDocument(name) }
