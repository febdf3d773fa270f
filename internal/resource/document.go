package resource

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/perseid-dev/perseid/internal/problem"
)

// frame is the outermost object of every document.
var frame = &object{fields: []field{
	{name: "kind", shape: text, always: true},
	{name: "metadata", shape: projectMetadata, always: true},
	{name: "spec", shape: &anything{}, always: true},
}}

// document reads one document, of kind k or (nil) of whatever kind it says. The resource may be nil where there are problems.
func (w *walker) document(v Value, k *Kind) (*Resource, ID) {
	if v.Type != Object {
		w.mismatch("an object with kind, metadata and spec", v)
		return nil, ID{}
	}
	if k == nil {
		v = w.custom(v)
	}
	k = w.kind(v, k)
	if k == nil {
		return nil, ID{}
	}
	id := guessID(v, k.Name)
	if !k.Project {
		id.Project = ""
	}
	return w.resource(v, k), id
}

// guessID makes out of a document what is to be known of its identity before anything is checked.
func guessID(v Value, kind string) ID {
	metadata := v.foldedLast("metadata")
	return ID{Kind: kind, Project: strings.Clone(metadata.foldedLast("project").Text), Name: strings.Clone(metadata.foldedLast("name").Text)}
}

// kind reads the kind, which must be want unless that is nil; nil if it is not to be had.
func (w *walker) kind(v Value, want *Kind) *Kind {
	kind := v.foldedLast("kind")
	if kind.Type != Null && kind.Type != String && kind.Type != plain {
		w.enter("kind")
		w.fail(problem.CodeType, "expected a string, found "+found(kind))
		w.leave()
		return want
	}
	k, err := KindByName(kind.Text)
	switch {
	case want != nil && kind.Type == Null, err == nil && want != nil && k != want:
		err = fmt.Errorf("%s", mismatched(want, kind.Text))
	case err == nil:
		return k
	}
	w.enter("kind")
	w.report(problem.Problem{Code: problem.CodeKind, Severity: problem.Error, Message: err.Error(), Hint: nearestKind(kind.Text)})
	w.leave()
	return want
}

// mismatched is what Perses says of a kind that is not the one expected, with its own articles and quotes.
func mismatched(k *Kind, kind string) string {
	article, quote := "a", `"`
	switch k.Name {
	case "EphemeralDashboard":
		article = "an"
	case "User":
		quote = "'"
	}
	return fmt.Sprintf("invalid kind: %s%s%s for %s %s type", quote, shown(kind), quote, article, k.Name)
}

// resource normalises a document of a kind.
func (w *walker) resource(v Value, k *Kind) *Resource {
	w.secret = k.Secret
	found, unknown := frame.match(w, v.Fields)
	r := &Resource{Kind: k}
	w.enter("metadata")
	r.Metadata = w.metadata(k, pick(v.Fields, found[1]))
	w.leave()
	spec := pick(v.Fields, found[2])
	w.enter("spec")
	w.path = append(w.path, w.nested...)
	if spec.Type == Null && k.specRequired {
		w.require("spec cannot be empty")
		spec.Type = Object
	}
	r.Spec = k.spec.normalise(w, spec)
	w.path = w.path[:0]
	r.Extra = frame.keep(w, unknown)
	return r
}

// metadata reads perses.md §1.2. Its texts are copies: they are kept long after the document they are part of.
func (w *walker) metadata(k *Kind, v Value) Metadata {
	shape := globalMetadata
	if k.Project {
		shape = projectMetadata
	}
	v = shape.normalise(w, v)
	m := Metadata{
		Name:      strings.Clone(v.Str("name")),
		CreatedAt: timeOf(v.Str("createdAt")),
		UpdatedAt: timeOf(v.Str("updatedAt")),
		Tags:      w.tags(v.Get("tags")),
	}
	if version := v.Get("version"); version != nil {
		m.Version, _ = strconv.ParseUint(version.Text, 10, 64) // the shape has reported what is no number
	}
	if k.Project {
		m.Project = strings.Clone(v.Str("project"))
	}
	w.name("name", m.Name)
	w.name("project", m.Project)
	m.Extra = extra(shape, v)
	return m
}

// timeOf reads a time that the shape has checked; the zero time for anything else.
func timeOf(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// extra returns the members of a normalised value that no row of the shape knows.
func extra(o *object, v Value) []Field {
	for i := range v.Fields {
		if o.row(v.Fields[i].Name) < 0 {
			return v.Fields[i:]
		}
	}
	return nil
}
