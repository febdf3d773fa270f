package dir

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/perseid-dev/perseid/internal/source"
)

// link follows a symbolic link, within the root and no further.
func (w *walk) link(path, real string, chain []string) error {
	to, info, why := w.target(real)
	switch {
	case why != "":
		w.miss(path, why)
	case info.IsDir() && slices.Contains(chain, to):
		w.miss(path, "a link that leads back to a directory that holds it; remove it")
	case info.IsDir() && !w.listedItself(to, true):
		return w.directory(path, to, chain)
	case !info.IsDir() && IsDocument(path) && !w.listedItself(to, false):
		w.file(path, to, func() (unix.Stat_t, error) { return lstat(w.absolute(to)) })
	}
	return nil
}

// target is what a link leads to, below the root, or why that cannot be had.
func (w *walk) target(real string) (to string, info fs.FileInfo, why string) {
	path := w.through(real)
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", nil, linkReason(path, err)
	}
	to, inside := w.below(target)
	if !inside {
		return "", nil, "a link that leads outside the directory; copy the file, or declare its directory as a source of its own"
	}
	if info, err = os.Lstat(target); err != nil {
		return "", nil, linkReason(path, err)
	}
	return to, info, ""
}

// indexFile notes where the index of the root is.
func (w *walk) indexFile(e fs.DirEntry, real string) {
	regular, why := e.Type().IsRegular(), ""
	if e.Type()&fs.ModeSymlink != 0 {
		var info fs.FileInfo
		if real, info, why = w.target(real); why == "" {
			regular = info.Mode().IsRegular()
		}
	}
	if why == "" && !regular {
		why = errIrregular.Error()
	}
	if why != "" {
		w.indexFault = source.IndexName + ": " + why
		return
	}
	w.index = real
}

// through is the absolute path to evaluate for a link: its target, with the ..data beside it replaced by what it led to
// when the directory was entered.
func (w *walk) through(real string) string {
	link := w.absolute(real)
	dir := filepath.Dir(link)
	to, ok := w.swaps[join(dir, swap)]
	if !ok {
		return link
	}
	target, err := os.Readlink(link)
	rest, isData := strings.CutPrefix(target, swap)
	if err != nil || !isData || rest != "" && rest[0] != '/' {
		return link
	}
	if filepath.IsAbs(to) {
		return to + rest
	}
	return join(dir, to) + rest
}

// below makes an absolute path one below the root.
func (w *walk) below(target string) (string, bool) {
	if target == w.root {
		return "", true
	}
	prefix := strings.TrimSuffix(w.root, "/") + "/"
	return strings.CutPrefix(target, prefix)
}

// listedItself says whether the walk comes by a real path without any link, so that a link to it is only another name.
func (w *walk) listedItself(real string, dir bool) bool {
	if real == "" {
		return true
	}
	if dir {
		return !slices.ContainsFunc(strings.Split(real, "/"), skip)
	}
	return isListed(real)
}

func linkReason(path string, err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "a link that leads to nothing; mend or remove it"
	}
	if _, err := os.Stat(path); errors.Is(err, unix.ELOOP) { // EvalSymlinks gives up without saying so in a way to be tested
		return "a link that leads back to itself; mend or remove it"
	}
	return "a link that cannot be followed: " + reason(err)
}
