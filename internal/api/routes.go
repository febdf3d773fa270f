package api

import (
	"fmt"
	"net/http"

	"github.com/perseid-dev/perseid/internal/resource"
)

// verb is one thing that can be done with a kind.
type verb struct {
	method     string
	permission string // what Authorize is asked for
	single     bool   // on one named resource
	writes     bool
	do         func(*api, *call) error
}

// The order makes the order of methods in rows; nothing depends on it.
func verbs() []verb {
	return []verb{
		{http.MethodPost, "create", false, true, (*api).create},
		{http.MethodGet, "read", false, false, (*api).list},
		{http.MethodGet, "read", true, false, (*api).get},
		{http.MethodPut, "update", true, true, (*api).update},
		{http.MethodDelete, "delete", true, true, (*api).remove},
	}
}

// row is one resource route: a kind, a verb, and whether the project is in the path.
type row struct {
	kind   *resource.Kind
	verb   verb
	nested bool
}

// rows is the table of resource routes (perses.md §2.2).
func rows(kinds []*resource.Kind, disabled map[string]bool, readOnly bool) []row {
	var table []row
	for _, k := range kinds {
		for _, v := range verbs() {
			if disabled[k.Name] || (readOnly && v.writes) {
				continue
			}
			if !k.Project || !v.single {
				table = append(table, row{k, v, false})
			}
			if k.Project {
				table = append(table, row{k, v, true})
			}
		}
	}
	return table
}

func (r row) path() string {
	path := "/api/v1/" + r.kind.Plural
	if r.nested {
		path = "/api/v1/projects/{project}/" + r.kind.Plural
	}
	if r.verb.single {
		path += "/{name}"
	}
	return path
}

// call is one request on a row. Project and name are those of the path, lower-cased where the database is case-insensitive.
type call struct {
	row
	w             http.ResponseWriter
	r             *http.Request
	project, name string
	done          func() // lets go of the body, once there is one
}

func (c *call) id() resource.ID {
	return resource.ID{Kind: c.kind.Name, Project: c.project, Name: c.name}
}

func (a *api) resourceHandler(row row) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		c := &call{row: row, w: w, r: r, project: a.fold(r.PathValue("project")), name: a.fold(r.PathValue("name")), done: func() {}}
		defer func() { c.done() }()
		return row.verb.do(a, c)
	}
}

// route is one path and method with who answers it.
type route struct {
	method, path string
	handle       handler
}

// table is every route below the prefix.
func (a *api) table() []route {
	var table []route
	for _, row := range rows(resource.Kinds(), a.Disabled, a.ReadOnly) {
		table = append(table, route{row.verb.method, row.path(), a.resourceHandler(row)})
	}
	table = append(table, a.validateRoutes()...)
	table = append(table, a.deliveryRoutes()...)
	return append(table, a.serverRoutes()...)
}

// routes builds the mux out of the table and the few paths that are at the root whatever the prefix.
func (a *api) routes() (*http.ServeMux, error) {
	paths := make(map[string]*endpoint)
	add := func(prefix string, table []route) error {
		for _, r := range table {
			path := prefix + r.path
			if paths[path] == nil {
				paths[path] = &endpoint{api: a, path: path, methods: make(map[string]handler)}
			}
			if paths[path].methods[r.method] != nil {
				return fmt.Errorf("api: two routes for %s %s", r.method, path)
			}
			paths[path].methods[r.method] = r.handle
		}
		return nil
	}
	if err := add(a.Prefix, a.table()); err != nil {
		return nil, err
	}
	if err := add("", a.rootRoutes()); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	for path, e := range paths {
		mux.Handle(path, e)
	}
	mux.HandleFunc("/", a.unknown)
	return mux, nil
}
