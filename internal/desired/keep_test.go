package desired

import (
	"testing"

	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/source"
)

// I1, R18: a file that cannot be read as a whole goes on declaring what it declared, also what another source serves.
func TestR18WhatAnIllegibleFileGaveIsDeclared(t *testing.T) {
	id := dashID("p", "x")
	for name, content := range map[string]*Content{
		"undecodable":                   undecodable(),
		"without a name":                {Documents: []Document{broken(dash("p", "", "1"))}},
		"without a project":             {Documents: []Document{broken(dash("", "x", "1"))}},
		"of a name that none can have":  {Documents: []Document{broken(dash("p", "a/b", "1"))}},
		"in a project that none can be": {Documents: []Document{broken(dash("..", "x", "1"))}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld().source("a").content("x.yaml", content).source("b").serves(id, "b", "x.yaml", "1")
			if Build(w.in).Declared[id] {
				t.Fatal("declared by nothing")
			}
			w.in.Sources[0].Gave = map[string][]resource.ID{"x.yaml": {id}}
			if s := Build(w.in); !s.Declared[id] || s.Winners[id] != nil {
				t.Errorf("declared %t, winner %q; want declared, and left to its owner", s.Declared[id], winner(s, id))
			}
		})
	}
}

// R18: what a file holds now counts more than what it gave before, though something else in it is illegible.
func TestLegibleBesideIllegibleIsFollowed(t *testing.T) {
	id := dashID("p", "x")
	w := newWorld().source("a").file("0.yaml", dash("p", "x", "2"), broken(dash("p", "", "1"))).
		serves(project("p").ID, "", "", "p").serves(id, "a", "0.yaml", "1")
	if got, want := winner(Build(w.in), id), "a/0.yaml"; got != want {
		t.Errorf("winner = %q, want %q", got, want)
	}
}

// R3: while a source cannot be read, what it serves is not up for grabs.
func TestR3UnreadKeepsWhatItServesFromOthers(t *testing.T) {
	id := dashID("p", "x")
	w := newWorld().source("b").file("p.yaml", project("p")).file("x.yaml", dash("p", "x", "2")).source("a").serves(id, "a", "x.yaml", "1")
	if got, want := winner(Build(w.in), id), "b/x.yaml"; got != want {
		t.Fatalf("winner = %q, want %q: a no longer declares it", got, want)
	}
	w.in.Sources[1].Unread = []source.Unread{{Reason: "unmounted"}}
	if got, want := winner(Build(w.in), id), "a/x.yaml last good"; got != want {
		t.Errorf("winner = %q, want %q", got, want)
	}
}

// R18, R23: what is pinned to content of another file is still declared by its own.
func TestR18PinnedIsKeptWithItsFile(t *testing.T) {
	id := dashID("p", "x")
	w := newWorld().source("a").content("x.yaml", undecodable()).serves(id, "a", "kept.json", "1")
	w.in.Have[id].Mark.Place = "x.yaml"
	if s := Build(w.in); !s.Declared[id] || s.Winners[id].Place != "x.yaml" {
		t.Errorf("declared %t, winner %+v; want it as it is", s.Declared[id], s.Winners[id])
	}
	w = newWorld().source("a").file("p.yaml", project("p")).file("x.yaml", dash("p", "x", "2"))
	w.in.Pinned = map[resource.ID]Candidate{id: {ID: id, Source: "a", Path: "kept.json", Hash: hash("1")}}
	if c := Build(w.in).Winners[id]; c == nil || c.Path != "kept.json" || c.Place != "x.yaml" || c.Origin != "/a/x.yaml" {
		t.Errorf("winner = %+v, want the content of kept.json at the place of x.yaml", c)
	}
}
