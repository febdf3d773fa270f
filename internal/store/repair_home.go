package store

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/perseid-dev/perseid/internal/atomicfile"
	"github.com/perseid-dev/perseid/internal/resource"
)

// home is where a document belongs.
type home struct {
	to      string // in the database
	data    []byte // what is to lie there
	rewrite bool   // data is not what lies at the old place: the format is another one
	copied  bool   // to holds the same document already
}

// home finds where the document at a path belongs, by what it says of itself. The error says why it cannot be moved there.
func (r *repairer) home(path string) (home, error) {
	format, ok := resource.FormatOf(path)
	if !ok {
		return home{}, errors.New("nothing that a document is written in")
	}
	data, err := contents(filepath.Join(r.root, path))
	if err != nil {
		return home{}, bare(err)
	}
	id, err := r.claimed(path, data, format)
	if err != nil {
		return home{}, err
	}
	h := home{to: r.relative(id), data: data, rewrite: format != r.format()}
	if h.to == path {
		return home{}, errors.New("this is its place")
	}
	if h.rewrite {
		if h.data, err = r.rewritten(id, data, format); err != nil {
			return home{}, err
		}
	}
	if _, err := r.decode(id, h.data); err != nil {
		return home{}, cut(err)
	}
	return r.vacant(h)
}

// vacant looks at the place where a document is to go.
func (r *repairer) vacant(h home) (home, error) {
	there, s, err := lstatContents(filepath.Join(r.root, h.to))
	switch {
	case err != nil:
		return home{}, bare(err)
	case s == nothing && !r.taken[h.to]:
		return h, nil
	case !h.rewrite && bytes.Equal(there, h.data):
		h.copied = true
		return h, nil
	}
	return home{}, fmt.Errorf("another document lies at its place, %s: remove one of them", h.to)
}

func lstatContents(path string) ([]byte, sort, error) {
	_, s, err := lstat(path)
	if err != nil || s != regular {
		return nil, s, err
	}
	data, err := contents(path)
	return data, s, err
}

// claimed is the identity that a document claims. What it does not say of its project, its directory does.
func (r *repairer) claimed(path string, data []byte, format resource.Format) (resource.ID, error) {
	documents, problems := resource.Decode(data, format)
	if problems.Invalid() || len(documents) != 1 {
		return resource.ID{}, errors.New("not one document")
	}
	id := documents[0].ID
	if k, err := resource.KindByName(id.Kind); err == nil && k.Project && id.Project == "" {
		if parts := strings.Split(path, string(filepath.Separator)); len(parts) > 2 {
			id.Project = parts[1]
		}
	}
	if id = r.fold(id); !id.Possible() {
		return id, errors.New("it does not say what it is: kind, name and project are needed")
	}
	return id, nil
}

// rewritten is a document in the database's format. Its secrets stay as they are.
func (r *repairer) rewritten(id resource.ID, data []byte, format resource.Format) ([]byte, error) {
	k, err := resource.KindByName(id.Kind)
	if err != nil {
		return nil, err
	}
	stored, err := resource.DecodeStored(data, format, k)
	if err != nil {
		return nil, cut(err)
	}
	if r.format() == resource.YAML {
		return stored.YAML(), nil
	}
	return stored.JSON(), nil
}

// move brings a document to its place. One that has to be written anew is kept as it was in quarantine.
func (r *repairer) move(path string, h home, why string) {
	r.taken[h.to] = true
	if !h.rewrite {
		var err error
		if r.apply {
			err = r.relocate(path, h.to)
		}
		r.note(Action{Path: path, To: h.to, Done: "moved to its place: " + why}, err)
		return
	}
	var err error
	if r.apply {
		err = r.rewrite(h)
	}
	r.note(Action{Path: path, To: h.to, Done: "written anew at its place: " + why}, err)
	if err == nil {
		r.quarantine(path, "it is at "+h.to+" now")
	}
}

func (r *repairer) rewrite(h home) error {
	path := filepath.Join(r.root, h.to)
	if err := r.disk.MkdirAll(filepath.Dir(path), dirMode); err != nil {
		return err
	}
	return r.disk.Write(path, h.data, atomicfile.Options{Mode: fileMode, Stage: r.state(stageDir)})
}
