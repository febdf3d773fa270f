package api

import (
	"net/http"
	"slices"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/validate"
)

// validateRoutes are the kinds that can be checked without storing them (perses.md §2.7).
func (a *api) validateRoutes() []route {
	var table []route
	for _, name := range []string{"Dashboard", "Datasource", "GlobalDatasource", "Variable", "GlobalVariable"} {
		k, err := resource.KindByName(name)
		if err != nil {
			continue // the table of kinds decides what there is
		}
		table = append(table, route{http.MethodPost, "/api/validate/" + k.Plural, a.validateHandler(k)})
	}
	return table
}

// validateHandler answers 200 with nothing if a document is valid. It does not ask for a content type, for the project to exist,
// or for other default datasources: the document may be meant for another place.
func (a *api) validateHandler(k *resource.Kind) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		data, done, err := a.intake.body(w, r)
		if err != nil {
			return err
		}
		defer done()
		doc, problems := resource.DecodeBody(data, k)
		if doc == nil || problems.Invalid() {
			return problems.Err()
		}
		known := &rest{store: a.Store}
		facts, more := validate.Inspect(doc)
		problems = append(problems, more...)
		if k.Name == "Variable" || k.Name == "GlobalVariable" { // the rule of names is asked here for both (perses.md §1.15)
			problems = append(problems, validate.Named(doc)...)
		}
		id := doc.ID()
		id.Name, id.Project = a.fold(id.Name), a.fold(id.Project)
		problems = append(problems, validate.Against(id, facts, known)...)
		problems = slices.DeleteFunc(problems, func(p problem.Problem) bool { return p.Code == problem.CodeProject })
		if known.err != nil {
			return &problem.Failure{Err: known.err}
		}
		return problems.Err()
	}
}
