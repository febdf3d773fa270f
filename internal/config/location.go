package config

import (
	"path/filepath"
	"reflect"
	"strings"

	"github.com/perseid-dev/perseid/internal/problem"
)

// Location is what a source reads: a *Directory, *ConfigMaps or *Artifact. Another sort is a type with these methods, a field of Source and a
// line of its locations; package server, which opens it, is the only other one to hear of it.
type Location interface {
	// String says where it is, for people: a path, a selector.
	String() string
	// name is what a source that reads it is called by default.
	name() string
	// resolve reports what is wrong with it, or with reading it as the entry says, and completes what is to be read and how.
	resolve(r *reader, at string, entry Source, s *SourceConfig)
}

// locations lists what an entry names, and under which keys.
func (s *Source) locations() (keys []string, named []Location) {
	for _, l := range []struct {
		key string
		Location
	}{
		{"directory", s.Directory},
		{"configmaps", s.ConfigMaps},
		{"artifact", s.Artifact},
	} {
		if !reflect.ValueOf(l.Location).IsNil() {
			keys, named = append(keys, l.key), append(named, l.Location)
		}
	}
	return keys, named
}

// locationOf is the one location that an entry names, and its key.
func (r *reader) locationOf(entry Source, at string) (key string, l Location, ok bool) {
	keys, named := entry.locations()
	switch len(named) {
	case 0:
		r.fail(problem.CodeRequired, at, "the source names nothing to read", "give it a directory: {path: ...}, configmaps: {namespaces: [...]}, or artifact: {reference: ...}")
	case 1:
		return keys[0], named[0], true
	default:
		r.fail(problem.CodeValue, at, "the source names "+strings.Join(keys, " and "), "make it one source for each")
	}
	return "", nil, false
}

// Directory is a directory tree of documents.
type Directory struct {
	Path string `json:"path"`
}

// String implements Location. The path is relative to the working directory unless it is absolute.
func (d *Directory) String() string { return filepath.Clean(d.Path) }

func (d *Directory) name() string { return "dir:" + d.String() }

func (d *Directory) resolve(r *reader, at string, entry Source, s *SourceConfig) {
	if d.Path == "" {
		r.fail(problem.CodeRequired, at, "the directory has no path", "write one, or remove the entry")
	}
	s.Pin, s.RequireIndex = entry.Pin, entry.RequireIndex
}
