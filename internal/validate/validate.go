// Package validate answers: is this document acceptable? It holds the relations between fields of one document and between documents
// (contracts: perses.md §1.5-§1.15, §2.5); the shape of single fields is package resource's.
//
// Inspect looks at one document alone and extracts Facts: all that other checks need of it, small enough to keep for every
// document of a large set. Against holds facts against the rest of the final set. Both are pure.
package validate

import (
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

// Facts is what the checks against other documents need to know of one document. It is plain data, kept as JSON across restarts.
type Facts struct {
	// Variable is the name a Variable or GlobalVariable contributes to the variable graph of dashboards; empty for other kinds.
	Variable string `json:"variable,omitempty"`
	// Uses lists variable names used in a dashboard that the dashboard itself does not define, with who uses them.
	Uses []Use `json:"uses,omitempty"`
	// DefaultOf is the plugin kind this Datasource or GlobalDatasource is the default of; empty if it is none.
	DefaultOf string `json:"defaultOf,omitempty"`
}

// Use is one variable used by another one.
type Use struct {
	Name string `json:"name"` // the variable used
	In   string `json:"in"`   // the variable that uses it
	Path string `json:"path"` // where
}

// Rest is the final set without the document in question, in the case in which identities are compared.
type Rest interface {
	// HasProject says whether a project exists.
	HasProject(name string) bool
	// HasVariable says whether a Variable of the project, or a GlobalVariable, of that name exists. Case as stored.
	HasVariable(project, name string) bool
	// DefaultDatasource names the default datasource for a plugin kind in a project ("" for global), other than id; "" if there is none.
	DefaultDatasource(project, plugin string, other resource.ID) string
}

// Inspect checks a decoded document alone. Problems have Path and no line.
func Inspect(r *resource.Resource) (Facts, problem.List) { panic("todo") }

// Against checks facts against the rest: project, variables, default datasource unicity.
func Against(id resource.ID, f Facts, rest Rest) problem.List { panic("todo") }
