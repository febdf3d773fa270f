package notice

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/problem"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func row(object string, outcome delivery.Outcome, problems ...problem.Problem) delivery.Document {
	namespace, name, _ := strings.Cut(object, "/")
	return delivery.Document{
		Source: "k", Origin: namespace + "/configmap/" + name + ":cpu.json", Kind: "Dashboard", Project: "p", Name: "cpu", Outcome: outcome,
		Object: &delivery.Object{Kind: "configmap", Namespace: namespace, Name: name, UID: "uid-" + name}, Problems: problems,
	}
}

func broken(message string) problem.Problem {
	return problem.Problem{Severity: problem.Error, Line: 3, Column: 5, Path: "spec.duration", Message: message, Hint: "write 1h"}
}

// said is what is due, one line each.
func said(l *Ledger, now time.Time, documents ...delivery.Document) []string {
	notices, _ := l.Due(documents, now)
	var out []string
	for _, n := range notices {
		out = append(out, fmt.Sprintf("%d %s %s: %s", n.Again, n.Object.Name, n.Reason, n.Text))
	}
	return out
}

// What is wrong is told once, again when it is another thing, and its end is told; what was never wrong is not told of.
func TestWhatIsToldOverTime(t *testing.T) {
	l := NewLedger()
	shadowed := row("a/x", delivery.Shadowed)
	shadowed.Winner = "k (a/configmap/y:cpu.json)"
	for i, tt := range []struct {
		now  delivery.Document
		want []string
	}{
		{row("a/x", delivery.Applied), nil},
		{row("a/x", delivery.Invalid, broken("bad")), []string{"0 x Invalid: cpu.json:3:5: spec.duration: bad (write 1h)"}},
		{row("a/x", delivery.Invalid, broken("bad")), nil},
		{row("a/x", delivery.Invalid, broken("worse"), broken("bad")), []string{"1 x Invalid: cpu.json:3:5: spec.duration: worse (write 1h); and 1 more problem"}},
		{row("a/x", delivery.Unchanged), []string{"2 x Applied: all of its documents are served now"}},
		{row("a/x", delivery.Unchanged), nil},
		{shadowed, []string{"3 x Shadowed: cpu.json: dashboard p/cpu is declared by k (a/configmap/y:cpu.json) too, which is served instead; remove one of them"}},
		{row("a/x", delivery.Refused, problem.Problem{Severity: problem.Error, Path: "kind", Message: "not yours"}),
			[]string{"4 x Refused: cpu.json dashboard p/cpu: kind: not yours"}},
		{row("a/x", delivery.HeldBack), nil},
		{row("a/x", delivery.Applied), []string{"5 x Applied: all of its documents are served now"}},
	} {
		if diff := cmp.Diff(tt.want, said(l, noon, tt.now)); diff != "" {
			t.Errorf("step %d: %s", i, diff)
		}
	}
}

// Of two troubles the end of one is not told, but it is news when it comes back.
func TestOneTroubleOfTwo(t *testing.T) {
	l := NewLedger()
	invalid, refused := row("a/x", delivery.Invalid, broken("1")), row("a/x", delivery.Refused, broken("2"))
	for i, tt := range []struct {
		rows []delivery.Document
		want int
	}{{[]delivery.Document{invalid, refused}, 2}, {[]delivery.Document{refused}, 0}, {[]delivery.Document{invalid, refused}, 1}} {
		if got := said(l, noon, tt.rows...); len(got) != tt.want {
			t.Errorf("step %d: %q, want %d", i, got, tt.want)
		}
	}
}

// An object is told of by itself; one that is gone is forgotten, and a directory has nobody to tell.
func TestObjectsAreToldOfByThemselves(t *testing.T) {
	l := NewLedger()
	file := row("a/f", delivery.Invalid)
	file.Object = nil
	got := said(l, noon, row("a/y", delivery.Invalid, broken("1")), row("a/x", delivery.Invalid, broken("1")), file)
	if len(got) != 2 || !strings.HasPrefix(got[0], "0 x") {
		t.Errorf("%q", got)
	}
	said(l, noon, row("a/x", delivery.Invalid, broken("1")))
	if got := said(l, noon, row("a/x", delivery.Invalid, broken("1")), row("a/y", delivery.Invalid, broken("1"))); len(got) != 1 {
		t.Errorf("an object that came back: %q", got)
	}
}

// A text names the first documents, and stays within what an Event takes.
func TestTextIsBounded(t *testing.T) {
	var documents []delivery.Document
	for range 9 {
		documents = append(documents, row("a/x", delivery.Invalid, broken(strings.Repeat("é", 300))))
	}
	got := text(documents)
	if lines := strings.Split(got, "\n"); len(lines) != 3 || lines[2] != "… and 7 more: perseid status k" || len(got) > 1024 {
		t.Errorf("%d bytes: %s", len(got), got)
	}
	if got := text(documents[:1]); strings.ContainsRune(got, '�') {
		t.Errorf("cut inside a character: %s", got)
	}
}

// One namespace cannot flood: what it has no room for comes later, as it then is, and others are told meanwhile.
func TestANamespaceHasABudget(t *testing.T) {
	l := NewLedger()
	var documents []delivery.Document
	for i := range Burst + 10 {
		documents = append(documents, row(fmt.Sprintf("loud/x%02d", i), delivery.Invalid, broken("1")))
	}
	notices, more := l.Due(append(documents, row("quiet/x", delivery.Invalid, broken("1"))), noon)
	if len(notices) != Burst+1 || !more {
		t.Fatalf("%d told, more %t", len(notices), more)
	}
	if notices, more = l.Due(documents, noon.Add(3*Pause)); len(notices) != 3 || !more {
		t.Errorf("after three pauses: %d told, more %t", len(notices), more)
	}
	if notices, more = l.Due(documents, noon.Add(30*Pause)); len(notices) != 7 || more {
		t.Errorf("at the end: %d told, more %t", len(notices), more)
	}
	l.Due(nil, noon.Add(100*Pause))
	if len(l.budgets) != 0 || len(l.told) != 0 {
		t.Errorf("remembers %d budgets and %d objects for nothing", len(l.budgets), len(l.told))
	}
}
