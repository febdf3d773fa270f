package validate

import (
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

// Create is what must hold for a document that does not exist yet, beside Inspect: the name of a Variable can be used, and a User
// has a password (perses.md §1.15).
func Create(r *resource.Resource) problem.List {
	switch r.Kind.Name {
	case "Variable":
		return Named(r)
	case "User":
		if r.Spec.Str("nativeProvider", "password") == "" {
			return problem.List{failure("spec.nativeProvider.password", problem.CodeRequired, "password cannot be empty", "")}
		}
	}
	return nil
}

// Named is the rule of names for variable resources (perses.md §1.7).
func Named(r *resource.Resource) problem.List {
	if err := VariableName(r.Metadata.Name); err != nil {
		return problem.List{failure("metadata.name", problem.CodeValue, err.Error(), "")}
	}
	return nil
}

// Update is what must hold between a stored document and the one that replaces it, beside Inspect: a binding keeps its role
// (perses.md §1.13). Both are of one kind.
func Update(old, next *resource.Resource) problem.List {
	switch next.Kind.Name {
	case "RoleBinding", "GlobalRoleBinding":
		if old.Spec.Str("role") != next.Spec.Str("role") {
			return problem.List{failure("spec.role", problem.CodeValue, "spec.role can't be updated", "delete the binding and create it anew")}
		}
	}
	return nil
}

// Local is what the switches datasource.disable_local and variable.disable_local forbid in a Dashboard (perses.md §2.5).
// They do not concern an EphemeralDashboard.
func Local(r *resource.Resource, noLocalDatasource, noLocalVariable bool) problem.List {
	if r.Kind.Name != "Dashboard" {
		return nil
	}
	var list problem.List
	forbid := func(field, what, instead string) {
		if v := r.Spec.Get(field); v != nil && len(v.Fields)+len(v.Items) > 0 {
			list = append(list, failure("spec."+field, problem.CodeUnsupported,
				"local "+what+" cannot be used as it has been disabled in the configuration", "use "+instead))
		}
	}
	if noLocalDatasource {
		forbid("datasources", "datasource", "a Datasource or GlobalDatasource")
	}
	if noLocalVariable {
		forbid("variables", "variable", "a Variable or GlobalVariable")
	}
	return list
}
