package desired

import (
	"slices"
	"strings"
	"testing"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/inventory"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/source"
	"github.com/perseid-dev/perseid/internal/validate"
)

// world builds inputs in a few words: what files hold, and what is served.
type world struct {
	in       Input
	contents map[Key]*Content
}

func newWorld() *world {
	w := &world{contents: map[Key]*Content{}}
	w.in.Have = map[resource.ID]Have{}
	w.in.Contents = func(k Key) *Content { return w.contents[k] }
	return w
}

func (w *world) source(name string, options ...func(*Source)) *world {
	src := Source{Name: name, OnInvalid: Skip}
	for _, o := range options {
		o(&src)
	}
	w.in.Sources = append(w.in.Sources, src)
	return w
}

func priority(n int) func(*Source) { return func(s *Source) { s.Priority = n } }
func holding(s *Source)            { s.OnInvalid = Hold }

// file adds a file to the last source.
func (w *world) file(path string, documents ...Document) *world {
	return w.content(path, &Content{Documents: documents})
}

func (w *world) content(path string, c *Content) *world {
	src := &w.in.Sources[len(w.in.Sources)-1]
	f := source.File{Path: path, Origin: "/" + src.Name + "/" + path, Digest: source.DigestOf([]byte(src.Name + path))}
	for i := range c.Documents {
		c.Documents[i].Index = i
	}
	w.contents[KeyOf(f)] = c
	src.Files = append(src.Files, f)
	slices.SortFunc(src.Files, func(a, b source.File) int { return strings.Compare(a.Path, b.Path) })
	return w
}

// serves adds what is served now, managed by owner unless that is "".
func (w *world) serves(id resource.ID, owner, path, body string) *world {
	h := Have{Hash: hash(body)}
	if owner != "" {
		h.Mark = &inventory.Mark{Source: owner, Path: path, Origin: "/" + owner + "/" + path, Declared: h.Hash, Stored: h.Hash}
	}
	w.in.Have[id] = h
	return w
}

func hash(body string) inventory.Hash { return inventory.Hash(source.DigestOf([]byte(body))) }

func project(name string) Document {
	return Document{ID: resource.ID{Kind: "Project", Name: name}, Hash: hash(name)}
}

func dash(project, name, body string, uses ...string) Document {
	d := Document{ID: dashID(project, name), Hash: hash(body)}
	for _, u := range uses {
		d.Facts.Uses = append(d.Facts.Uses, validate.Use{Name: u, In: "v"})
	}
	return d
}

func datasource(project, name string, isDefault bool) Document {
	d := Document{ID: resource.ID{Kind: "Datasource", Project: project, Name: name}, Hash: hash(name)}
	if isDefault {
		d.Facts.DefaultOf = "PrometheusDatasource"
	}
	return d
}

func dashID(project, name string) resource.ID {
	return resource.ID{Kind: "Dashboard", Project: project, Name: name}
}

func broken(d Document) Document {
	d.Problems = problem.List{{Code: problem.CodeValue, Severity: problem.Error, Message: "broken"}}
	return d
}

func undecodable() *Content {
	return &Content{Problems: problem.List{{Code: problem.CodeSyntax, Severity: problem.Error, Message: "not YAML"}}}
}

// winner says who serves an identity: source, path and whether it is the last good version; "" for nobody.
func winner(s *Set, id resource.ID) string {
	c := s.Winners[id]
	if c == nil {
		return ""
	}
	if c.LastGood {
		return c.Source + "/" + c.Path + " last good"
	}
	return c.Source + "/" + c.Path
}

func outcome(t *testing.T, s *Set, origin string) delivery.Outcome {
	t.Helper()
	for _, r := range s.Rows {
		if r.Origin == origin {
			return r.Outcome
		}
	}
	t.Fatalf("no row for %s in %+v", origin, s.Rows)
	return ""
}

func messages(s *Set) string {
	var out []string
	for _, r := range s.Rows {
		for _, p := range r.Problems {
			out = append(out, p.String())
		}
	}
	return strings.Join(out, "\n")
}
