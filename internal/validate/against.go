package validate

import (
	"fmt"

	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

// Rest is the final set without the document in question, in the case in which identities are compared.
type Rest interface {
	// HasProject says whether a project exists.
	HasProject(name string) bool
	// HasVariable says whether a Variable of the project, or a GlobalVariable, of that name exists. Case as stored.
	HasVariable(project, name string) bool
	// DefaultDatasource names the default datasource for a plugin kind in a project ("" for global), other than id; "" if there is none.
	DefaultDatasource(project, plugin string, other resource.ID) string
}

// Against checks facts against the rest: the project exists, variables used are defined somewhere, one default datasource.
// The rest is the final set, never a step on the way to it (DELIVERY R20).
func Against(id resource.ID, f Facts, rest Rest) problem.List {
	var list problem.List
	if p, ok := project(id, rest); !ok {
		list = append(list, p)
	}
	for _, use := range f.Uses {
		if !rest.HasVariable(id.Project, use.Name) {
			list = append(list, failure(use.Path, problem.CodeReference,
				fmt.Sprintf("variable %q is used in the variable %q but not defined", shown(use.Name), shown(use.In)),
				"define it in the dashboard, as a Variable of the project or as a GlobalVariable"))
		}
	}
	if f.DefaultOf == "" {
		return list
	}
	if other := rest.DefaultDatasource(id.Project, f.DefaultOf, id); other != "" {
		list = append(list, failure("spec.default", problem.CodeDefault,
			fmt.Sprintf("datasource %q cannot be a default %q because there is already one defined named %q", id.Name, shown(f.DefaultOf), other),
			"one of them can be the default: write default: false in the other"))
	}
	return list
}

func project(id resource.ID, rest Rest) (problem.Problem, bool) {
	kind, err := resource.KindByName(id.Kind)
	if err != nil || !kind.Project {
		return problem.Problem{}, true
	}
	if id.Project == "" {
		return failure("metadata.project", problem.CodeProject, "metadata.project cannot be empty", "name the project the document belongs to"), false
	}
	if rest.HasProject(id.Project) {
		return problem.Problem{}, true
	}
	name := shown(id.Project)
	return failure("metadata.project", problem.CodeProject, fmt.Sprintf("metadata.project %q doesn't exist", name),
		fmt.Sprintf("declare it, or set delivery.create_projects: true\nkind: Project\nmetadata: {name: %q}", name)), false
}
