package desired

import (
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/validate"
)

// rest is the final set as far as it is decided: what is unmanaged or orphaned, then each winner as it is accepted (R20).
// It implements validate.Rest. Its maps are keyed as identities are: folded where the database is case-insensitive.
type rest struct {
	projects  map[string]bool
	variables map[scoped]bool
	defaults  map[scoped]resource.ID // project and plugin kind
}

var _ validate.Rest = (*rest)(nil)

type scoped struct{ project, name string }

// newRest starts with what no candidate speaks for and nobody will delete. Every project that exists counts: one that still holds something is never
// removed (R17), and a document that needs it makes it hold something.
func newRest(b *build) *rest {
	r := &rest{projects: map[string]bool{}, variables: map[scoped]bool{}, defaults: map[scoped]resource.ID{}}
	for id := range b.in.Have {
		if id.Kind == "Project" {
			r.projects[id.Name] = true
		}
		if len(b.candidates[id]) > 0 {
			continue
		}
		have := b.in.Have[id]
		if have.Mark == nil || b.set.Declared[id] || !b.configured(have.Mark.Source) || have.Left() != "" {
			r.add(id, have.Facts)
		}
	}
	return r
}

func (b *build) configured(name string) bool {
	for _, src := range b.in.Sources {
		if src.Name == name {
			return true
		}
	}
	return false
}

func (r *rest) accept(c *Candidate) { r.add(c.ID, c.Facts) }

func (r *rest) add(id resource.ID, f validate.Facts) {
	if id.Kind == "Project" {
		r.projects[id.Name] = true
	}
	if f.Variable != "" {
		r.variables[scoped{id.Project, f.Variable}] = true
	}
	if f.DefaultOf != "" {
		r.defaults[scoped{id.Project, f.DefaultOf}] = id
	}
}

// HasProject implements validate.Rest.
func (r *rest) HasProject(name string) bool { return r.projects[name] }

// HasVariable implements validate.Rest.
func (r *rest) HasVariable(project, name string) bool {
	return r.variables[scoped{project, name}] || r.variables[scoped{"", name}]
}

// DefaultDatasource implements validate.Rest.
func (r *rest) DefaultDatasource(project, plugin string, other resource.ID) string {
	if id, ok := r.defaults[scoped{project, plugin}]; ok && id != other {
		return id.Name
	}
	return ""
}
