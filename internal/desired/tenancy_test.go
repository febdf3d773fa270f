package desired

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/inventory"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/resource"
	"github.com/perseid-dev/perseid/internal/source"
)

// object adds a ConfigMap with one key to the last source: as "namespace/name", created at a moment.
func (w *world) object(name string, created int64, change func(*source.Object), documents ...Document) *world {
	namespace, name, _ := strings.Cut(name, "/")
	o := source.Object{Kind: "configmap", Namespace: namespace, Name: name, UID: name, Created: created}
	if change != nil {
		change(&o)
	}
	src := &w.in.Sources[len(w.in.Sources)-1]
	path := o.String() + "/x.json"
	f := source.File{Path: path, Origin: o.String() + ":x.json", Digest: source.DigestOf([]byte(path)), Object: o}
	for i := range documents {
		documents[i].Index = i
	}
	w.contents[KeyOf(f)] = &Content{Documents: documents}
	src.Files = append(src.Files, f)
	return w
}

// owns says that a served identity came from a ConfigMap of the source "k".
func (w *world) owns(id resource.ID, object, body string) *world {
	namespace, name, _ := strings.Cut(object, "/")
	o := source.Object{Kind: "configmap", Namespace: namespace, Name: name}
	h := Have{Hash: hash(body)}
	h.Mark = &inventory.Mark{
		Source: "k", Path: o.String() + "/x.json", Origin: o.String() + ":x.json", Object: o.String(), Declared: h.Hash, Stored: h.Hash,
	}
	w.in.Have[id] = h
	return w
}

func cluster() *world { return newWorld().source("k", func(s *Source) { s.Home = "perseid" }) }

func weight(text string) func(*source.Object) { return func(o *source.Object) { o.Priority = text } }

// rows says what became of every document, by origin without the key.
func rows(s *Set) map[string]delivery.Outcome {
	out := map[string]delivery.Outcome{}
	for _, r := range s.Rows {
		out[strings.TrimSuffix(r.Origin, ":x.json")] = r.Outcome
	}
	return out
}

// R8: the oldest ConfigMap wins, then the first by name; R36: priority counts only in one namespace.
func TestR8R36OrderInsideACluster(t *testing.T) {
	id := dashID("p", "x")
	served := project("p")
	for name, tt := range map[string]struct {
		add  func(*world)
		want string
	}{
		"oldest": {func(w *world) {
			w.object("a/new", 20, nil, dash("p", "x", "1")).object("a/old", 10, nil, dash("p", "x", "2"))
		}, "a/configmap/old"},
		"by name": {func(w *world) {
			w.object("a/y", 10, nil, dash("p", "x", "1")).object("a/b", 10, nil, dash("p", "x", "2"))
		}, "a/configmap/b"},
		"priority in one namespace": {func(w *world) {
			w.object("a/new", 20, weight("1"), dash("p", "x", "1")).object("a/old", 10, nil, dash("p", "x", "2"))
		}, "a/configmap/new"},
		"priority of another namespace": {func(w *world) {
			w.object("b/new", 20, weight("9999"), dash("p", "x", "1")).object("a/old", 10, nil, dash("p", "x", "2"))
		}, "a/configmap/old"},
		"the oldest claim speaks for its namespace": {func(w *world) {
			w.object("a/new", 30, weight("9"), dash("p", "x", "1")).object("b/middle", 20, nil, dash("p", "x", "2")).
				object("a/old", 10, nil, dash("p", "x", "3"))
		}, "a/configmap/new"},
	} {
		w := cluster().serves(served.ID, "", "", "p")
		tt.add(w)
		if got := Build(w.in).Winners[id]; got == nil || got.Object != tt.want {
			t.Errorf("%s: winner %+v, want %s", name, got, tt.want)
		}
	}
}

// R36: what one namespace owns no other one replaces, however old or important its ConfigMap; the owner gone, it may.
func TestR36ANamespaceOwnsWhatItServes(t *testing.T) {
	id := dashID("p", "x")
	w := cluster().serves(project("p").ID, "", "", "p").owns(id, "a/x", "1").
		object("a/x", 20, nil, dash("p", "x", "2")).object("b/old", 10, weight("9999"), dash("p", "x", "3"))
	s := Build(w.in)
	if got := s.Winners[id]; got.Object != "a/configmap/x" {
		t.Errorf("winner %s", got.Object)
	}
	if got := rows(s)["b/configmap/old"]; got != delivery.Refused {
		t.Errorf("the other is %q", got)
	}
	if got, want := messages(s), "dashboard p/x belongs to namespace a (a/configmap/x:x.json)"; !strings.Contains(got, want) {
		t.Errorf("%s\nwants %s", got, want)
	}
	w.in.Sources[0].Files = w.in.Sources[0].Files[1:]
	if got := Build(w.in).Winners[id]; got == nil || got.Object != "b/configmap/old" {
		t.Errorf("the owner gone: %+v", got)
	}
}

// R36: a claim on what another namespace owns neither keeps it from being deleted, nor freezes it at an earlier version.
func TestR36ClaimsOfOthersChangeNothing(t *testing.T) {
	id := dashID("p", "x")
	for name, claim := range map[string]Document{"invalid": broken(dash("p", "x", "9")), "refused": {ID: id, Hash: hash("9"), Facts: fileFacts()}} {
		w := cluster().serves(project("p").ID, "", "", "p").owns(id, "a/x", "1").object("b/old", 10, nil, claim)
		if s := Build(w.in); s.Declared[id] || s.Winners[id] != nil {
			t.Errorf("%s: declared %t, winner %v; want it deleted with its owner's ConfigMap", name, s.Declared[id], s.Winners[id])
		}
		w.object("a/x", 20, nil, dash("p", "x", "2"))
		if c := Build(w.in).Winners[id]; c.LastGood || c.Hash != hash("2") {
			t.Errorf("%s: winner %+v, want the owner's update", name, c)
		}
	}
}

// R35: what a namespace may declare without rules, what only its own rules allow, and what Perseid's own may.
func TestR35Kinds(t *testing.T) {
	global := func(kind string) Document { return Document{ID: resource.ID{Kind: kind, Name: "g"}, Hash: hash(kind)} }
	inside := func(kind string) Document {
		return Document{ID: resource.ID{Kind: kind, Project: "p", Name: "i"}, Hash: hash(kind)}
	}
	teamRule := Rule{Namespaces: []string{"team-*"}, Projects: []string{namespaceVariable, namespaceVariable + "-*"}, Kinds: []string{"Project", "Dashboard"}}
	pRule := Rule{Namespaces: []string{"team-b"}, Projects: []string{"p"}, Kinds: []string{"Role"}}
	for _, tt := range []struct {
		name      string
		namespace string
		doc       Document
		rules     []Rule
		want      string // what the problem starts with; empty for none
	}{
		{"dashboard", "team-b", inside("Dashboard"), nil, ""},
		{"secret", "team-b", inside("Secret"), nil, "warning: namespace team-b declares secret p/i"},
		{"project", "team-b", global("Project"), nil, "warning: namespace team-b declares project g"},
		{"global datasource", "team-b", global("GlobalDatasource"), nil, "warning: "},
		{"global variable", "team-b", global("GlobalVariable"), nil, "warning: "},
		{"role", "team-b", inside("Role"), nil, "error: namespace team-b may not declare role p/i without a rule"},
		{"role binding", "team-b", inside("RoleBinding"), nil, "error: "},
		{"global role", "team-b", global("GlobalRole"), nil, "error: "},
		{"global role binding", "team-b", global("GlobalRoleBinding"), nil, "error: "},
		{"user", "team-b", global("User"), nil, "error: "},
		{"global secret", "team-b", global("GlobalSecret"), nil, "error: "},
		{"own namespace", "perseid", global("GlobalRole"), nil, ""},
		{"own namespace with rules", "perseid", global("GlobalRole"), []Rule{teamRule}, ""},
		{"not in the rule's project", "team-b", inside("Dashboard"), []Rule{teamRule}, "error: no rule of delivery.tenancy lets namespace team-b declare dashboard p/i"},
		{"in its own project", "team-b", dash("team-b", "x", "1"), []Rule{teamRule}, ""},
		{"in a project of its own", "team-b", dash("team-b-prod", "x", "1"), []Rule{teamRule}, ""},
		{"its own project", "team-b", project("team-b"), []Rule{teamRule}, ""},
		{"another's project", "team-b", project("team-a"), []Rule{teamRule}, "error: "},
		{"another kind", "team-b", Document{ID: resource.ID{Kind: "Folder", Project: "team-b", Name: "f"}}, []Rule{teamRule}, "error: "},
		{"role by rule", "team-b", inside("Role"), []Rule{teamRule, pRule}, ""},
		{"another namespace's rule", "team-c", inside("Role"), []Rule{teamRule, pRule}, "error: "},
		{"any rule ends the warnings", "team-b", global("GlobalVariable"), []Rule{teamRule}, "error: "},
	} {
		w := cluster().object(tt.namespace+"/x", 1, nil, tt.doc)
		for _, name := range []string{"p", "team-b", "team-b-prod"} {
			w.serves(project(name).ID, "", "", name)
		}
		w.in.Tenancy = tt.rules
		var got string
		for _, p := range Build(w.in).Rows[0].Problems {
			got += string(p.Severity) + ": " + p.Message
		}
		if got != tt.want && (tt.want == "" || !strings.HasPrefix(got, tt.want)) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// R35: the problem prints the rule that allows the document, and with that rule it is allowed.
func TestR35TheRuleToPaste(t *testing.T) {
	w := cluster().object("team-b/x", 1, nil, Document{ID: resource.ID{Kind: "Role", Project: "p", Name: "i"}})
	p := Build(w.in).Rows[0].Problems[0]
	want := "to allow it, add a rule to the configuration\ndelivery:\n  tenancy:\n  - {namespaces: [\"team-b\"], projects: [\"p\"], kinds: [Role]}"
	if diff := cmp.Diff(want, p.Hint); p.Code != problem.CodeTenancy || diff != "" {
		t.Error(p.Code, diff)
	}
	for id, want := range map[resource.ID]string{
		project("team-b").ID:                      `{namespaces: ["team-b"], projects: ["{namespace}"], kinds: [Project]}`,
		{Kind: "GlobalVariable", Name: "x"}:       `{namespaces: ["team-b"], kinds: [GlobalVariable]}`,
		{Kind: "Folder", Project: "q", Name: "x"}: `{namespaces: ["team-b"], projects: ["q"], kinds: [Folder]}`,
	} {
		if got := ruleFor("team-b", id); !strings.HasSuffix(got, "- "+want) {
			t.Errorf("%s: %s", id, got)
		}
	}
}

// R11: from a cluster a differing unmanaged resource is taken over only under a rule; an equal one as ever.
func TestR11TakeoverFromAClusterNeedsARule(t *testing.T) {
	id := dashID("p", "x")
	rule := Rule{Namespaces: []string{"a"}, Projects: []string{"p"}, Kinds: []string{"Dashboard"}}
	for _, tt := range []struct {
		body  string
		rules []Rule
		want  delivery.Outcome
	}{{"2", nil, delivery.Refused}, {"1", nil, ""}, {"2", []Rule{rule}, ""}} {
		w := cluster().serves(project("p").ID, "", "", "p").serves(id, "", "", "1").object("a/x", 1, nil, dash("p", "x", tt.body))
		w.in.Tenancy = tt.rules
		if got := rows(Build(w.in))["a/configmap/x"]; got != tt.want {
			t.Errorf("body %s with %d rules: %q, want %q", tt.body, len(tt.rules), got, tt.want)
		}
	}
}
