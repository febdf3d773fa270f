package sidecar

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/perseid-dev/perseid/internal/source"
	"github.com/perseid-dev/perseid/internal/source/kubernetes"
)

// defaultAnnotation is the annotation that names an object's directory.
const defaultAnnotation = "k8s-sidecar-target-directory"

// urlSuffix ends the keys whose values are URLs.
const urlSuffix = ".url"

// target is where a file of the snapshot goes.
type target struct {
	path string // absolute
	url  bool   // its value is the URL of the content
}

// errNowhere is wrapped by the errors about files that can go nowhere.
var errNowhere = errors.New("refused")

// target finds the place of a file: a directory, and a name that comes from the key.
func (c *Config) target(f source.File) (target, error) {
	dir, err := c.directory(f.Object)
	if err != nil {
		return target{}, err
	}
	key := path.Base(f.Path)
	name, url := strings.CutSuffix(key, urlSuffix)
	if name == "" {
		return target{}, fmt.Errorf("%w: the key %s leaves no name for the file", errNowhere, key)
	}
	if c.uniqueFilenames {
		name = fmt.Sprintf("namespace_%s.%s_%s.%s", f.Object.Namespace, f.Object.Kind, f.Object.Name, name)
	}
	return target{path: filepath.Join(dir, name), url: url}, nil
}

// directory is where the files of an object go: FOLDER, or what the annotation says.
func (c *Config) directory(o source.Object) (string, error) {
	base := c.folder
	if c.folderPerNamespace {
		base = filepath.Join(base, o.Namespace)
	}
	switch dir := o.Directory; {
	case dir == "":
		return base, nil
	// What is as long as the source keeps may have been cut.
	case len(dir) > kubernetes.MaxAnnotation-4 || strings.ContainsFunc(dir, unicode.IsControl):
		return "", fmt.Errorf("%w: the annotation %s is no path", errNowhere, c.annotationName())
	case filepath.IsAbs(dir):
		return filepath.Clean(dir), nil
	default:
		full := filepath.Join(base, dir)
		if c.allowedFolders == nil && !inside(full, c.folder) {
			return "", fmt.Errorf("%w: the annotation %s leads out of FOLDER: %s; list the directory in ALLOWED_FOLDERS to allow it", errNowhere, c.annotationName(), dir)
		}
		return full, nil
	}
}

func (c *Config) annotationName() string {
	if c.annotation == nil {
		return defaultAnnotation
	}
	return *c.annotation
}

// inside says whether a path is a directory or below it.
func inside(full, root string) bool {
	rel, err := filepath.Rel(root, full)
	return err == nil && filepath.IsLocal(rel)
}

// objectOf is the part of an origin that names the object: namespace/configmap/name.
func objectOf(origin string) string {
	if i := strings.LastIndexByte(origin, ':'); i >= 0 {
		return origin[:i]
	}
	return origin
}

// unreadable says whether what has an origin could not be read. The path of what is expanded lacks the suffix that its origin has.
func unreadable(s *source.Snapshot, origin string) bool {
	i := strings.LastIndexByte(origin, ':')
	if i < 0 {
		return s.Unreadable(origin)
	}
	path := origin[:i] + "/" + origin[i+1:]
	return s.Unreadable(path) || s.Unreadable(strings.TrimSuffix(strings.TrimSuffix(path, ".gz"), ".zst"))
}
