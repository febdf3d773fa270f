package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/problem"
)

func TestSourceReport(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	file := filepath.Join(t.TempDir(), "cpu.yaml")
	if err := os.WriteFile(file, []byte("kind: Dashboard\nmetadata: {name: a b}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := delivery.Source{
		Name: "it's", Kind: "directory", Location: "/srv", State: delivery.Held, Reason: "1 deletion waits", Revision: "abc", Documents: 2,
		Since: now.Add(-time.Minute), LastAttempt: now, LastSuccess: now.Add(-time.Hour),
		Counts: map[delivery.Outcome]int{delivery.Invalid: 1, delivery.Unchanged: 1},
		Hold:   &delivery.Hold{ID: "h1", Reason: "more than half would go", Deletions: []string{"dashboard demo/old"}},
		Pin:    &delivery.Pin{Revision: "abc", Configured: true},
	}
	documents := []delivery.Document{{
		Origin: file, Kind: "Dashboard", Name: "a b", Outcome: delivery.Invalid, Awaits: "a corrected document",
		Problems: []problem.Problem{{Severity: problem.Error, Origin: file, Line: 2, Column: 18, Path: "metadata.name", Message: "wrong", Hint: "mend it"}},
	}}
	var b strings.Builder
	sourceReport(&b, false, s, documents, now)
	if diff := cmp.Diff(strings.ReplaceAll(goldenSource, "FILE", file), b.String()); diff != "" {
		t.Error(diff)
	}
}

const goldenSource = `it's
  state      held: 1 deletion waits (since 1m ago)
  reads      directory /srv
  last read  0s ago, with success 1h ago
  revision   abc
  documents  2: 1 unchanged, 1 invalid
  pin        abc (by the configuration)
held back: 1 deletion, more than half would go
  dashboard demo/old
to carry them out: perseid prune 'it'\''s' --confirm h1

invalid   dashboard a b
error: FILE:2:18: metadata.name: wrong
  | metadata: {name: a b}
  |                  ^
  hint: mend it
  awaits: a corrected document
`

// R33: no line of a file that may hold secrets is shown, and no other place than a file is opened.
func TestExcerptsShowNoSecrets(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := write("good.yaml", "kind: Dashboard\n")
	mixed := write("mixed.yaml", "kind: Dashboard\n---\nkind: Secret\nspec: {password: hush}\n")
	line := func(source delivery.Source, origin string) string {
		return newExcerpts(source).of(delivery.Document{Origin: origin})(problem.Problem{Line: 1})
	}
	directory := delivery.Source{Kind: "directory"}
	if got := line(directory, good); got != "kind: Dashboard" {
		t.Errorf("%q", got)
	}
	for name, got := range map[string]string{
		"a file with a secret": line(directory, mixed), "not there": line(directory, good+"x"), "a directory": line(directory, dir),
		"not of a directory": line(delivery.Source{Kind: "kubernetes"}, good),
	} {
		if got != "" {
			t.Errorf("%s: %q is shown", name, got)
		}
	}
}

// What changes with every listing is no change; what ends is said too.
func TestChangeLines(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	before := statusReport{
		Sources:   []delivery.Source{{Name: "a", State: delivery.Degraded, Reason: "1 bad", Revision: "1"}, {Name: "b", State: delivery.Ready, LastAttempt: at}},
		Documents: []delivery.Document{{Source: "a", Origin: "x.yaml", Name: "x", Kind: "Dashboard", Project: "p", Outcome: delivery.Invalid, Problems: []problem.Problem{{Origin: "x.yaml", Message: "wrong"}}}},
	}
	after := statusReport{Sources: []delivery.Source{{Name: "a", State: delivery.Ready, Revision: "2"}, {Name: "b", State: delivery.Ready, LastAttempt: at.Add(time.Hour)}}}
	var b strings.Builder
	changeLines(&b, nil, before, at)
	changeLines(&b, &before, before, at)
	b.WriteString("then\n")
	changeLines(&b, &before, after, at)
	want := `03:04:05 a is degraded at 1: 1 bad
03:04:05 b is ready at -
03:04:05 invalid dashboard p/x  x.yaml; wrong
then
03:04:05 a is ready at 2
03:04:05 no longer: invalid dashboard p/x  x.yaml; wrong
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}
