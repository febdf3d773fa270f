package api

import (
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/store"
	"github.com/perseid-dev/perseid/internal/validate"
)

// acceptable is the service-side validation of a document (perses.md §2.5): alone, against the rest, and what the configuration forbids.
// before are the problems found already: all are answered at once.
func (a *api) acceptable(r *resource.Resource, before problem.List) error {
	facts, problems := validate.Inspect(r)
	known := &rest{store: a.Store, defaults: true}
	problems = append(problems, validate.Against(r.ID(), facts, known)...)
	if known.err != nil {
		return known.err
	}
	problems = append(problems, validate.Local(r, a.NoLocalSources, a.NoLocalVars)...)
	return append(before, problems...).Err()
}

// rest is what is stored besides the document in question. It reads entries only, never bodies.
type rest struct {
	store     *store.Store
	defaults  bool // look for other default datasources
	variables map[string]map[string]bool
	err       error // the first one; answers given after it mean nothing
}

var _ validate.Rest = (*rest)(nil)

// HasProject is always true: the API has checked the project before, with other words, and not for a PUT (perses.md §2.3).
func (*rest) HasProject(string) bool { return true }

// HasVariable looks into the project's variables and the global ones.
func (r *rest) HasVariable(project, name string) bool {
	return r.names("GlobalVariable", "")[name] || (project != "" && r.names("Variable", project)[name])
}

func (r *rest) names(kind, project string) map[string]bool {
	key := kind + "/" + project
	if names, ok := r.variables[key]; ok {
		return names
	}
	names := make(map[string]bool)
	for _, e := range r.entries(kind, project) {
		names[e.Variable] = true
	}
	if r.variables == nil {
		r.variables = make(map[string]map[string]bool)
	}
	r.variables[key] = names
	return names
}

// DefaultDatasource finds another default for a plugin kind.
func (r *rest) DefaultDatasource(project, plugin string, other resource.ID) string {
	if !r.defaults {
		return ""
	}
	kind := "Datasource"
	if project == "" {
		kind = "GlobalDatasource"
	}
	for _, e := range r.entries(kind, project) {
		if e.Default && e.Plugin == plugin && e.ID != other {
			return e.Metadata.Name
		}
	}
	return ""
}

func (r *rest) entries(kind, project string) []*store.Entry {
	listing, err := r.store.List(kind, project, "")
	if err != nil {
		r.err = err
		return nil
	}
	defer listing.Close()
	return listing.Entries
}
