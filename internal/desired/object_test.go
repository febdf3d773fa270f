package desired

import (
	"fmt"
	"strings"
	"testing"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/source"
	"github.com/perseid-dev/perseid/internal/validate"
)

func fileFacts() validate.Facts {
	return validate.Facts{Files: []string{"spec.basicAuth.passwordFile"}}
}

// R34: no document of a cluster has the server read its own files, whoever wrote it.
func TestR34FileReferencesFromAClusterAreRefused(t *testing.T) {
	secret := Document{ID: resource.ID{Kind: "Secret", Project: "p", Name: "s"}, Facts: fileFacts()}
	for _, name := range []string{"a/x", "perseid/x"} {
		s := Build(cluster().serves(project("p").ID, "", "", "p").object(name, 1, nil, secret).in)
		if len(s.Winners) != 0 || s.Rows[0].Outcome != delivery.Refused || !strings.Contains(messages(s), "passwordFile: names a file") {
			t.Errorf("%s: %s %s", name, s.Rows[0].Outcome, messages(s))
		}
	}
	if s := Build(newWorld().source("a").serves(project("p").ID, "", "", "p").file("s.yaml", secret).in); len(s.Winners) != 1 {
		t.Errorf("from a directory: %s", messages(s))
	}
}

// R33: nothing that came from a Kubernetes Secret is quoted in a problem, whatever its kind.
func TestR33WhatCameFromASecretIsNotQuoted(t *testing.T) {
	doc := dash("p", "x", "1", "hunter2")
	doc.Problems = problem.List{{Code: problem.CodeUnknown, Severity: problem.Warning, Path: "spec.x", Message: "hunter2", Hint: "did you mean hunter2?"}}
	w := cluster().serves(project("p").ID, "", "", "p").object("a/x", 1, nil, doc)
	if !strings.Contains(messages(Build(w.in)), "hunter2") {
		t.Fatal("nothing is quoted in the first place")
	}
	w.in.Sources[0].Files[0].Secret = true
	if got := messages(Build(w.in)); strings.Contains(got, "hunter2") || !strings.Contains(got, "spec.x: is not a field") {
		t.Error(got)
	}
}

func TestAnnotations(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*source.Object)
		want   string // the problem; empty for none
		keep   bool
	}{
		{"none", nil, "", false},
		{"all", func(o *source.Object) { o.Project, o.Priority, o.Prune, o.Suspend = "p", "-3", "disabled", "false" }, "", true},
		{"project", func(o *source.Object) { o.Project = "../x" }, `error annotation perseid.dev/project: "../x" is not the name of a project`, false},
		{"project of dots", func(o *source.Object) { o.Project = ".." }, `error annotation perseid.dev/project: ".." is not`, false},
		{"priority", weight("high"), `error annotation perseid.dev/priority: "high" is not a whole number from -1000000 to 1000000`, false},
		{"large priority", weight("99999999999999999999"), `error annotation perseid.dev/priority: `, false},
		{"prune", func(o *source.Object) { o.Prune = "off" }, `warning annotation perseid.dev/prune: "off" is not "disabled", which is assumed`, true},
		{"suspend", func(o *source.Object) { o.Suspend = "yes" }, `error annotation perseid.dev/suspend: "yes" is not "true" or "false"`, false},
		{"a long text", weight(strings.Repeat("9\x1b", 500)), `error annotation perseid.dev/priority: "`, false},
	} {
		s := Build(cluster().serves(project("p").ID, "", "", "p").object("a/x", 1, tt.change, dash("p", "x", "1")).in)
		row := s.Rows[0]
		got := ""
		for _, p := range row.Problems {
			p.Origin, p.Hint = "", ""
			got += string(p.Severity) + " " + p.String()
		}
		if !strings.HasPrefix(got, tt.want) || tt.want == "" && got != "" || len(got) > 300 {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
		invalid := strings.HasPrefix(tt.want, "error")
		if c := s.Winners[dashID("p", "x")]; (c == nil) != invalid || c != nil && c.Keep != tt.keep {
			t.Errorf("%s: winner %+v", tt.name, c)
		}
	}
}

// What a suspended object gave stays as it is, also what it no longer holds; the rest of its source goes on.
func TestSuspendedObject(t *testing.T) {
	stop := func(o *source.Object) { o.Suspend = "true" }
	w := cluster().serves(project("p").ID, "", "", "p").owns(dashID("p", "x"), "a/x", "1").owns(dashID("p", "gone"), "a/x", "1").
		object("a/x", 1, stop, dash("p", "x", "2"), dash("p", "new", "1")).object("a/y", 2, nil, dash("p", "y", "1"))
	s := Build(w.in)
	for id, want := range map[resource.ID]string{
		dashID("p", "x"):    "k/a/configmap/x/x.json last good",
		dashID("p", "gone"): "k/a/configmap/x/x.json last good",
		dashID("p", "new"):  "",
		dashID("p", "y"):    "k/a/configmap/y/x.json",
	} {
		if got := winner(s, id); got != want {
			t.Errorf("%s: winner %q, want %q", id, got, want)
		}
		if !s.Declared[id] {
			t.Errorf("%s is not declared", id)
		}
	}
	if got := rows(s)["a/configmap/x"]; got != delivery.HeldBack {
		t.Errorf("outcome %q", got)
	}
}

// The same bytes belong to different projects in two objects, and one found here does not decide what is found there.
func TestProjectByAnnotation(t *testing.T) {
	const text = "kind: Dashboard\nmetadata: {name: x}\nspec: {panels: {}}\n"
	digest := source.DigestOf([]byte(text))
	hashes := map[string]bool{}
	for annotation, want := range map[string]string{"": "", "Team-A": "team-a", "b": "b", "../x": ""} {
		f := source.File{Path: "x.yaml", Digest: digest, Object: source.Object{Namespace: "n", Name: "x", Project: annotation}}
		doc := Examiner{}.Examine([]byte(text), KeyOf(f), nil).Documents[0]
		if doc.ID != dashID(want, "x") {
			t.Errorf("annotation %q: %s, want project %q", annotation, doc.ID, want)
		}
		hashes[fmt.Sprint(doc.Hash)] = true
	}
	if len(hashes) != 3 {
		t.Errorf("%d hashes, want one for each project: equality is of the whole document", len(hashes))
	}
	named := strings.Replace(text, "{name: x}", "{name: x, project: own}", 1)
	if doc := (Examiner{}).Examine([]byte(named), Key{Format: resource.YAML, Project: "b"}, nil).Documents[0]; doc.ID.Project != "own" {
		t.Errorf("the document's own project gives way: %s", doc.ID)
	}
	global := "kind: GlobalVariable\nmetadata: {name: x}\nspec: {kind: TextVariable, spec: {value: a}}\n"
	if doc := (Examiner{}).Examine([]byte(global), Key{Format: resource.YAML, Project: "b"}, nil).Documents[0]; doc.ID.Project != "" {
		t.Errorf("a global kind is put into a project: %s", doc.ID)
	}
}
