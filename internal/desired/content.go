// Package desired turns what the sources hold into one set of resources to serve: which document wins, which is invalid,
// what stays as it last was (DELIVERY R6-R11, R18-R20).
//
// Two ideas. A Content is all that building needs to know of a file's bytes, small enough to keep for every digest, so that a
// body is opened only when it is applied. Build is pure: snapshots, contents and what is served now go in, a Set comes out;
// no clock, no goroutine, no disk.
//
// It does not say what to write or delete: that is package reconcile's Plan.
package desired

import (
	"slices"
	"strings"

	"github.com/perseid-dev/perseid/internal/inventory"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/source"
	"github.com/perseid-dev/perseid/internal/validate"
)

// Content is what the bytes of a digest were found to be. It is plain data and kept as JSON across restarts.
type Content struct {
	Documents []Document `json:"documents,omitempty"`
	// Problems are those of the file as a whole: it is then undecodable, whatever Documents says.
	Problems problem.List `json:"problems,omitempty"`
}

// Illegible says whether something in the file may declare anything: it cannot be decoded, or does not say
// what it is about (R18).
func (c *Content) Illegible() bool {
	return c.Problems.Invalid() || slices.ContainsFunc(c.Documents, func(d Document) bool { return !d.ID.Possible() })
}

// Declares lists the identities that can be told and had, whether their documents are valid or not.
func (c *Content) Declares() []resource.ID {
	var ids []resource.ID
	for _, d := range c.Documents {
		if d.ID.Possible() {
			ids = append(ids, d.ID)
		}
	}
	return ids
}

// Document is one document of a Content.
type Document struct {
	Index int `json:"index"`
	// ID is as far as it could be made out, folded where the database is case-insensitive. Its name is empty if it could not, and may be
	// one that no resource can have.
	ID       resource.ID    `json:"id"`
	Hash     inventory.Hash `json:"hash"` // canonical hash; keyed where the kind holds secrets
	Facts    validate.Facts `json:"facts"`
	Keep     bool           `json:"keep,omitempty"` // the tag prune-disabled (R16)
	Problems problem.List   `json:"problems,omitempty"`
}

// KeepTag is the tag by which one resource opts out of prune (R16).
const KeepTag = "prune-disabled"

// Key names a content: the same bytes mean different things as JSON and as YAML, and where they belong to another project.
type Key struct {
	Digest source.Digest
	Format resource.Format
	// Project is that of documents which name none: by an annotation.
	Project string
}

// KeyOf is the key of a file's content. A source hands over only files whose format is known.
func KeyOf(f source.File) Key {
	format, _ := resource.FormatOf(f.Path)
	return Key{Digest: f.Digest, Format: format, Project: defaultProject(f)}
}

// Examiner makes contents of bytes. It is immutable.
type Examiner struct {
	CaseSensitive bool
	HashKey       []byte // for kinds that hold secrets (R33)
	// What dashboards must not bring along: datasource.disable_local and variable.disable_local.
	NoLocalDatasources, NoLocalVariables bool
}

// Examine decodes and checks every document of a file, whose key says how. decoded, where not nil, is handed each resource that is valid on its own.
func (x Examiner) Examine(data []byte, key Key, decoded func(index int, r *resource.Resource)) *Content {
	documents, problems := resource.Decode(data, key.Format)
	c := &Content{Problems: problems}
	places := resource.NewPlaces(data, key.Format)
	for _, d := range documents {
		belong(&d, key.Project)
		doc := x.document(d)
		places.Complete(d.Index, doc.Problems)
		c.Documents = append(c.Documents, doc)
		if d.Resource != nil && !doc.Problems.Invalid() && decoded != nil {
			decoded(d.Index, d.Resource)
		}
	}
	return c
}

// belong gives a document that names no project the one it belongs to.
func belong(d *resource.Document, project string) {
	kind, err := resource.KindByName(d.ID.Kind)
	if err != nil || !kind.Project || d.ID.Project != "" {
		return
	}
	d.ID.Project = project
	for _, r := range []*resource.Resource{d.Resource, d.Draft} {
		if r != nil {
			r.Metadata.Project = project
		}
	}
}

func (x Examiner) document(d resource.Document) Document {
	doc := Document{Index: d.Index, ID: d.ID, Problems: d.Problems}
	if d.Draft != nil {
		_, problems := x.inspect(d.Draft)
		doc.Problems = append(doc.Problems, elsewhere(problems, d.Problems)...)
	}
	if d.Resource != nil {
		if !x.CaseSensitive {
			Fold(d.Resource)
		}
		facts, problems := x.inspect(d.Resource)
		doc.ID, doc.Facts = d.Resource.ID(), facts
		doc.Problems = append(doc.Problems, problems...)
		doc.Hash = x.Hash(d.Resource)
		doc.Keep = slices.Contains(d.Resource.Metadata.Tags, KeepTag)
		if !d.Resource.Kind.Provisioned {
			doc.Problems = append(doc.Problems, notProvisioned(d.Resource))
		}
	}
	if !x.CaseSensitive {
		doc.ID = doc.ID.Fold()
	}
	return doc
}

// elsewhere keeps the problems of a draft that do not follow from those found before: at their places, or below or above them.
func elsewhere(problems, before problem.List) problem.List {
	return slices.DeleteFunc(problems, func(p problem.Problem) bool {
		return slices.ContainsFunc(before, func(b problem.Problem) bool {
			return b.Severity != problem.Warning && (strings.HasPrefix(p.Path, b.Path) || strings.HasPrefix(b.Path, p.Path))
		})
	})
}

// inspect applies every check of one document that a created resource must pass (perses.md §1.15).
func (x Examiner) inspect(r *resource.Resource) (validate.Facts, problem.List) {
	facts, problems := validate.Inspect(r)
	problems = append(problems, validate.Create(r)...)
	return facts, append(problems, validate.Local(r, x.NoLocalDatasources, x.NoLocalVariables)...)
}

// Hash is the hash by which documents of this examiner are compared.
func (x Examiner) Hash(r *resource.Resource) inventory.Hash {
	if r.Kind.Secret {
		return r.Hash(x.HashKey)
	}
	return r.Hash(nil)
}

func notProvisioned(r *resource.Resource) problem.Problem {
	return problem.Problem{
		Code: problem.CodeKind, Severity: problem.Error, Path: "kind",
		Message: "kind " + r.Kind.Name + " cannot be delivered from files",
		Hint:    "create it through the API",
	}
}

// Fold lower-cases name and project, as a case-insensitive database keeps them.
func Fold(r *resource.Resource) {
	r.Metadata.Name = strings.ToLower(r.Metadata.Name)
	r.Metadata.Project = strings.ToLower(r.Metadata.Project)
}
