// Package validate answers: is this document acceptable? It holds the relations between fields of one document and between documents
// (contracts: perses.md §1.5-§1.15, §2.5); the shape of single fields is package resource's.
//
// Three ideas. Inspect looks at one document alone and extracts Facts: all that other checks need of it, small enough to keep for every
// document of a large set. Against holds facts against the rest of the final set, so no check ever reads a second body. And what depends
// on the moment (a creation, a change, a switch of the configuration) is asked for by name: Create, Update, Local.
//
// All of it is pure and deterministic: problems come all at once, in the order of the document. It reads nothing, stores nothing, and
// does not know plugins: what a plugin's spec must look like is not checked here.
package validate

import (
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
)

// Facts is what the checks against other documents need to know of one document. It is plain data, kept as JSON across restarts.
type Facts struct {
	// Variable is the name a Variable or GlobalVariable contributes to the variable graph of dashboards; empty for other kinds.
	Variable string `json:"variable,omitempty"`
	// Uses lists variable names used in a dashboard that the dashboard itself does not define, with who uses them,
	// once per user and name.
	Uses []Use `json:"uses,omitempty"`
	// DefaultOf is the plugin kind this Datasource or GlobalDatasource is the default of; empty if it is none.
	DefaultOf string `json:"defaultOf,omitempty"`
	// Files are the places of fields that name a file or a variable of whoever uses the document (DELIVERY R34).
	Files []string `json:"files,omitempty"`
}

// Use is one variable used by another one.
type Use struct {
	Name string `json:"name"` // the variable used
	In   string `json:"in"`   // the variable that uses it
	Path string `json:"path"` // where
}

// inspections has the checks of each kind that has relations inside its documents.
var inspections = map[string]func(*check){
	"Dashboard":          (*check).dashboard,
	"EphemeralDashboard": (*check).dashboard,
	"Datasource":         (*check).datasource,
	"GlobalDatasource":   (*check).datasource,
	"Variable":           (*check).variable,
	"GlobalVariable":     (*check).variable,
	"Secret":             (*check).secret,
	"GlobalSecret":       (*check).secret,
	"Folder":             (*check).folder,
	"Role":               (*check).role,
	"User":               (*check).user,
}

// Inspect checks a decoded document alone. Problems have Path and no line.
//
// It finishes the normalisation of the one field that depends on another: the default of a list variable in a dashboard that allows
// one value becomes a string if it is a list of one (perses.md §1.7). r is changed in place for that, and only then.
func Inspect(r *resource.Resource) (Facts, problem.List) {
	c := &check{r: r, spec: node{&r.Spec, "spec"}}
	if inspect, ok := inspections[r.Kind.Name]; ok {
		inspect(c)
	}
	if r.Kind.Secret {
		c.masks()
	}
	c.references()
	return c.facts, c.problems
}
