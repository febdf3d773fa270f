package desired

import (
	"strings"
	"testing"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/resource"
)

// R17: a project without a name is nothing to create; the attempt would fail every source.
func TestCreateProjectsNeedsAName(t *testing.T) {
	w := newWorld().source("a").file("x.yaml", dash("", "x", "1"))
	w.in.CreateProjects = true
	s := Build(w.in)
	if len(s.Projects) > 0 || outcome(t, s, "/a/x.yaml") != delivery.Invalid {
		t.Errorf("projects %q, outcome %q; want none, and invalid", s.Projects, outcome(t, s, "/a/x.yaml"))
	}
	if !strings.Contains(messages(s), "metadata.project cannot be empty") {
		t.Errorf("problems = %q", messages(s))
	}
}

// isDefault makes a default of what is served under an identity.
func (w *world) isDefault(id resource.ID) *world {
	have := w.in.Have[id]
	have.Facts = datasource(id.Project, id.Name, true).Facts
	w.in.Have[id] = have
	return w
}

// R20: whatever stays in the end is part of what documents are held against.
func TestR20WhatStaysCounts(t *testing.T) {
	old, added := datasource("p", "old", true), datasource("p", "added", true)
	drifted := newWorld().source("a").file("p.yaml", project("p")).file("d.yaml", added).serves(old.ID, "a", "d.yaml", "1")
	have := drifted.in.Have[old.ID]
	have.Hash = hash("edited by hand") // so it is released, not deleted (I2)
	drifted.in.Have[old.ID] = have
	refused := newWorld().source("a").file("p.yaml", project("p")).file("d.yaml", added, old).serves(old.ID, "", "", "by hand")
	refused.in.Adopt = AdoptNever

	for name, w := range map[string]*world{
		"unmanaged":            newWorld().source("a").file("p.yaml", project("p")).file("d.yaml", added).serves(old.ID, "", "", "1"),
		"orphaned":             newWorld().source("a").file("p.yaml", project("p")).file("d.yaml", added).serves(old.ID, "gone", "d.yaml", "1"),
		"released":             drifted,
		"declared and refused": refused,
	} {
		t.Run(name, func(t *testing.T) {
			if s := Build(w.isDefault(old.ID).in); s.Winners[added.ID] != nil {
				t.Error("a second default datasource is accepted beside the one that stays")
			}
		})
	}
}

// R20: what only waits to be deleted is not held against its successor.
func TestR20WhatGoesDoesNotCount(t *testing.T) {
	old, added := datasource("p", "old", true), datasource("p", "added", true)
	w := newWorld().source("a").file("p.yaml", project("p")).file("d.yaml", added).serves(old.ID, "a", "d.yaml", "1").isDefault(old.ID)
	if s := Build(w.in); s.Winners[added.ID] == nil {
		t.Errorf("not accepted: %s", messages(s))
	}
}
