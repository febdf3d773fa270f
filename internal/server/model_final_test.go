package server

import (
	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/resource"
)

// final is the set that documents are held against: what will be served once all is decided (R20). What only waits to be deleted is
// not part of it.
type final struct {
	m         *model
	projects  map[string]bool        // every one that exists: a document that needs it keeps it (R17)
	variables map[string]bool        // by project: there is only v0
	defaults  map[string]resource.ID // by project
	created   []string               // projects of delivery.create_projects
}

// startFinal begins with what nothing declares and yet stays.
func (d *decision) startFinal() *final {
	f := &final{m: d.m, projects: map[string]bool{}, variables: map[string]bool{}, defaults: map[string]resource.ID{}}
	for id, s := range d.m.served {
		if id.Kind == "Project" {
			f.projects[id.Name] = true
		}
		if len(d.candidates[id]) > 0 {
			continue
		}
		if d.declared[id] || s.owner == nil || !d.m.configured(s.owner.source) || s.drifted() || s.damaged || s.Keep {
			f.add(id, s.content)
		}
	}
	return f
}

func (m *model) configured(name string) bool {
	for _, c := range m.setup.sources {
		if c.name == name {
			return true
		}
	}
	return false
}

func (f *final) add(id resource.ID, c content) {
	switch {
	case id.Kind == "Project":
		f.projects[id.Name] = true
	case id.Kind == "Variable":
		f.variables[id.Project] = true
	case c.Default:
		f.defaults[id.Project] = id
	}
}

// accepts says what becomes of a candidate that nothing shadows.
func (f *final) accepts(c *candidate) delivery.Outcome {
	if f.m.refuses(c) {
		return delivery.Refused
	}
	if c.Uses && !f.variables[c.id.Project] {
		return delivery.Invalid
	}
	if other, ok := f.defaults[c.id.Project]; c.Default && ok && other != c.id {
		return delivery.Invalid
	}
	if c.id.Kind != "Project" && !f.projects[c.id.Project] {
		if c.id.Project == "" || !f.m.setup.createProjects {
			return delivery.Invalid
		}
		f.projects[c.id.Project] = true
		f.created = append(f.created, c.id.Project)
	}
	return fine
}
