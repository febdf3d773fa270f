package resource

import (
	"bytes"
	"fmt"
	"path"

	"github.com/perseid-dev/perseid/internal/problem"
)

// Format is how a document is written.
type Format int

// The two formats. YAML reads JSON too, but slower and with YAML's idea of scalars.
const (
	JSON Format = iota
	YAML
)

// maxDocuments bounds the documents of a file.
const maxDocuments = 10_000

// Document is one document found in a file.
type Document struct {
	Index    int       // 0-based, in order of appearance (array items count)
	Resource *Resource // nil if it could not be decoded
	// Draft is what there is of a resource that could not be decoded, to look for further problems in; nil if there is too little.
	Draft *Resource
	// ID is what could be made out of the identity, even where Resource is nil; the zero ID if not even the kind is known.
	ID ID
	// Problems have Path, and Line and Column; Origin is left to the caller. Warnings do not make Resource nil, errors do.
	Problems problem.List
}

// FormatOf tells the format by a path's extension: .json, .yaml or .yml, exact case (perses.md §4.2).
func FormatOf(name string) (Format, bool) {
	switch path.Ext(name) {
	case ".json":
		return JSON, true
	case ".yaml", ".yml":
		return YAML, true
	}
	return 0, false
}

// Decode reads every document of a file: one object, an array of objects, or (YAML) several documents of either.
// The second result is what is wrong with the file as a whole (syntax, limits, emptiness); the documents before a mistake are there.
// All problems of a document come at once. Custom resources (apiVersion: perses.dev/...) are read as what they contain.
func Decode(data []byte, f Format) ([]Document, problem.List) {
	values, syntax := read(data, f)
	var file problem.List
	switch {
	case syntax != nil:
		file = problem.List{*syntax}
	case len(values) == 0:
		file = fileProblem(problem.CodeSyntax, "data is empty", "remove the file or write a resource into it")
	}
	if len(values) > maxDocuments {
		values = values[:maxDocuments]
		file = fileProblem(problem.CodeLimit, fmt.Sprintf("more than %d documents in one file", maxDocuments), "split the file")
	}
	docs := make([]Document, len(values))
	wanting := false
	for i, v := range values {
		w := &walker{}
		r, id := w.document(v, nil)
		docs[i] = Document{Index: i, Resource: r, ID: id, Problems: w.problems}
		if w.problems.Invalid() {
			docs[i].Resource, docs[i].Draft = nil, r
		}
		wanting = wanting || len(w.problems) > 0
	}
	if wanting {
		locateAll(data, f, docs)
	}
	return docs, file
}

func fileProblem(code problem.Code, message, hint string) problem.List {
	return problem.List{{Code: code, Severity: problem.Error, Line: 1, Column: 1, Message: message, Hint: hint}}
}

// DecodeBody reads one document of a known kind from an API request's body: JSON, with trailing bytes refused.
// Messages are those of perses.md §1. The kind may be spelled in any case. Of fields that are there twice the last counts.
// Warnings come with a resource, errors without.
func DecodeBody(data []byte, k *Kind) (*Resource, problem.List) {
	v, syntax := readAtMost(trimBOM(data), maxValues)
	if syntax != nil {
		return nil, problem.List{*syntax}
	}
	w := &walker{forgiving: true}
	r, _ := w.document(v, k)
	if w.problems.Invalid() {
		return nil, w.problems
	}
	return r, w.problems
}

// DecodeStored reads one document that a database holds at the place of identity's kind; it is lenient where an older or foreign writer
// may have left something our checks refuse (DELIVERY R29), and fails only on what cannot be represented: other than one object,
// or of another kind. What our checks refuse is kept as it is.
func DecodeStored(data []byte, f Format, k *Kind) (*Resource, error) {
	values, syntax := readRoots(data, f)
	switch {
	case syntax != nil:
		return nil, fmt.Errorf("line %d: %s", syntax.Line, syntax.Message)
	case len(values) != 1 || values[0].Type != Object:
		return nil, fmt.Errorf("expected one object with kind, metadata and spec")
	}
	v := values[0]
	if kind := v.foldedLast("kind"); kind.Text != "" {
		if found, err := KindByName(kind.Text); err != nil || found != k {
			return nil, fmt.Errorf("%s", mismatched(k, kind.Text))
		}
	}
	w := &walker{forgiving: true}
	return w.resource(v, k), nil
}

// read reads a file's documents: arrays are taken apart.
func read(data []byte, f Format) ([]Value, *problem.Problem) {
	roots, syntax := readRoots(data, f)
	var values []Value
	for _, root := range roots {
		if root.Type == Array {
			values = append(values, root.Items...)
			continue
		}
		values = append(values, root)
	}
	return values, syntax
}

func readRoots(data []byte, f Format) ([]Value, *problem.Problem) {
	data = trimBOM(data)
	if f == YAML {
		return readYAML(data)
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, nil
	}
	v, syntax := readJSON(data)
	if syntax != nil {
		return nil, syntax
	}
	return []Value{v}, nil
}

// trimBOM drops the byte order mark that some editors put first.
func trimBOM(data []byte) []byte { return bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")) }
