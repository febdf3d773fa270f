package archive

import (
	"archive/tar"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode"
)

// The names by which a layer says what of the layers below is gone.
const (
	whiteoutPrefix = ".wh."
	whiteoutOpaque = ".wh..wh..opq"
)

// harmless are the extended records that may stand in a header: they say what the plain fields say too, and none of it is used but path
// and size.
var harmless = []string{"path", "size", "mtime", "atime", "ctime", "uid", "gid", "uname", "gname"}

// CheckPath says whether a path may be that of a file or directory in an archive: relative, clean, of bounded length and depth,
// and free of what another system, or a terminal, takes for more than a name.
func CheckPath(name string) error {
	switch {
	case len(name) > MaxPath:
		return fmt.Errorf("%w: a path of more than %d bytes: %.60q…", ErrLimit, MaxPath, name)
	case !fs.ValidPath(name) || name == ".":
		return fmt.Errorf("%w: %q is not a clean relative path", ErrUnsafe, name)
	case strings.Contains(name, `\`):
		return fmt.Errorf("%w: %q has a backslash in it", ErrUnsafe, name)
	case len(name) > 1 && name[1] == ':' && unicode.IsLetter(rune(name[0])):
		return fmt.Errorf("%w: %q starts with the name of a drive", ErrUnsafe, name)
	case strings.ContainsFunc(name, unicode.IsControl):
		return fmt.Errorf("%w: %q has a control character in it", ErrUnsafe, name)
	case strings.Count(name, "/") >= MaxDepth:
		return fmt.Errorf("%w: %.60q… is deeper than %d directories", ErrLimit, name, MaxDepth)
	}
	for part := range strings.SplitSeq(name, "/") {
		if len(part) > MaxName {
			return fmt.Errorf("%w: a name of more than %d bytes: %.60q…", ErrLimit, MaxName, part)
		}
		if strings.HasPrefix(part, whiteoutPrefix) {
			return fmt.Errorf("%w: %q means to a container runtime that something is gone", ErrUnsafe, name)
		}
	}
	return nil
}

// entry is a header that was accepted.
type entry struct {
	path      string // "." for the root
	directory bool
	// whiteout: path is gone from the layers below; opaque: everything below path is.
	whiteout, opaque bool
}

// accept checks a header. bottom says that there is no layer below, so that nothing can be gone from one.
func accept(h *tar.Header, bottom bool) (entry, error) {
	if h.Typeflag != tar.TypeReg && h.Typeflag != tar.TypeDir {
		return entry{}, fmt.Errorf("%w: %q is %s; only files and directories are", ErrUnsafe, h.Name, typeName(h.Typeflag))
	}
	for record := range h.PAXRecords {
		if !slices.Contains(harmless, record) {
			return entry{}, fmt.Errorf("%w: %q has the extended attribute %.60q", ErrUnsafe, h.Name, record)
		}
	}
	e := entry{path: strings.TrimPrefix(h.Name, "./"), directory: h.Typeflag == tar.TypeDir}
	if e.directory {
		e.path = strings.TrimSuffix(e.path, "/")
	}
	if e.directory && (e.path == "" || e.path == ".") {
		return entry{path: ".", directory: true}, nil
	}
	if dir, name := path.Split(e.path); !bottom && !e.directory && strings.HasPrefix(name, whiteoutPrefix) {
		e.path, e.whiteout = dir+strings.TrimPrefix(name, whiteoutPrefix), true
		if name == whiteoutOpaque {
			e.path, e.whiteout, e.opaque = path.Clean(dir), false, true
		}
	}
	if e.opaque && e.path == "." {
		return e, nil
	}
	return e, CheckPath(e.path)
}

func typeName(flag byte) string {
	switch flag {
	case tar.TypeSymlink:
		return "a symbolic link"
	case tar.TypeLink:
		return "a hard link"
	case tar.TypeChar, tar.TypeBlock:
		return "a device"
	case tar.TypeFifo:
		return "a pipe"
	case tar.TypeGNUSparse:
		return "a sparse file"
	}
	return fmt.Sprintf("of the unknown type %q", flag)
}

// Fold spells a path as a file system that does not tell cases apart sees it.
func Fold(name string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for n := unicode.SimpleFold(r); n != r; n = unicode.SimpleFold(n) {
			least = min(least, n)
		}
		return least
	}, name)
}
