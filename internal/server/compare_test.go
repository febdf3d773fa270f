package server

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/delivery"
)

func (s *rack) compare(query string) delivery.Comparison {
	s.t.Helper()
	var c delivery.Comparison
	s.ask(atSource("dir:"+s.dir, "compare")+query, &c)
	return c
}

func linesOf(changes []delivery.Change) []string {
	lines := []string{}
	for _, c := range changes {
		lines = append(lines, c.Action+" "+c.Kind+" "+c.Name)
	}
	return lines
}

// R22: any two releases can be compared, whichever of them is served, and one resource of them field by field.
func TestR22CompareReleases(t *testing.T) {
	s := releases(t)
	if code, body := s.get(atSource("dir:"+s.dir, "compare")); code != http.StatusBadRequest {
		t.Errorf("with one release: %d %s, want 400", code, body)
	}
	s.turn("v2")
	s.serves("a", "a2")
	s.eventually("two releases", func() bool { return len(s.history().Releases) == 2 })
	want := []string{"updated Dashboard a", "created Dashboard new", "deleted Dashboard old"}
	if diff := cmp.Diff(want, linesOf(s.compare("").Changes)); diff != "" {
		t.Errorf("v1 to v2 (-want +got):\n%s", diff)
	}
	want = []string{"updated Dashboard a", "deleted Dashboard new", "created Dashboard old"}
	if diff := cmp.Diff(want, linesOf(s.compare("?from=v2&to=v1").Changes)); diff != "" {
		t.Errorf("v2 to v1 (-want +got):\n%s", diff)
	}
	one := s.compare("?from=v1&to=v2&kind=dashboard&project=p&name=a")
	fields := []delivery.FieldChange{{Path: "spec.display.name", Before: `"a1"`, After: `"a2"`}}
	if diff := cmp.Diff(fields, one.Changes[0].Fields); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	if !strings.Contains(string(one.Before), `"a1"`) || !strings.Contains(string(one.After), `"a2"`) {
		t.Errorf("before %s after %s", one.Before, one.After)
	}
	if gone := s.compare("?from=v1&to=v2&kind=Dashboard&project=p&name=old"); gone.After != nil || !strings.Contains(string(gone.Before), "old") {
		t.Errorf("of what is deleted: before %s after %s", gone.Before, gone.After)
	}
	for query, status := range map[string]int{"?from=v9": 404, "?from=v1&to=v9": 404} {
		if code, body := s.get(atSource("dir:"+s.dir, "compare") + query); code != status {
			t.Errorf("%s: %d %s, want %d", query, code, body, status)
		}
	}
}

// R33: a comparison says that a secret changed, and not what.
func TestR33CompareShowsNoSecret(t *testing.T) {
	s := newRack(t)
	s.put("v1", map[string]string{"project.yaml": projectP, "secret.yaml": secretDocument})
	s.put("v2", map[string]string{"project.yaml": projectP, "secret.yaml": strings.Replace(secretDocument, "hush", "quiet", 1)})
	s.turn("v1")
	s.start()
	s.eventually("a release", func() bool { return len(s.history().Releases) == 1 })
	s.turn("v2")
	s.eventually("two releases", func() bool { return len(s.history().Releases) == 2 })
	for _, query := range []string{"", "?kind=GlobalSecret&name=token"} {
		code, body := s.get(atSource("dir:"+s.dir, "compare") + query)
		if code != http.StatusOK || !strings.Contains(body, `"action":"updated"`) || strings.Contains(body, "hush") || strings.Contains(body, "quiet") {
			t.Errorf("%s: %d %s", query, code, body)
		}
		if asked := query != ""; asked != strings.Contains(body, `"concealed"`) || strings.Contains(body, `"before":{`) {
			t.Errorf("%s: %s", query, body)
		}
	}
}

func (s *rack) history() delivery.History {
	s.t.Helper()
	var h delivery.History
	s.ask(atSource("dir:"+s.dir, "history"), &h)
	return h
}

// TestRuns: what a source changed is remembered, through restarts too.
func TestRuns(t *testing.T) {
	s := releases(t)
	s.turn("v2")
	s.serves("a", "a2")
	s.eventually("two runs", func() bool { return len(s.history().Runs) == 2 })
	s.restart()
	runs := s.history().Runs
	if len(runs) != 2 {
		t.Fatalf("runs %+v, want two", runs)
	}
	if diff := cmp.Diff(map[string]int{"updated": 1, "created": 1, "deleted": 1}, runs[0].Changes); diff != "" {
		t.Errorf("the last run (-want +got):\n%s", diff)
	}
	if runs[0].Revision != s.history().Releases[0].Revision || runs[0].Version != "v2" || runs[0].At.Before(runs[1].At) {
		t.Errorf("%+v", runs)
	}
}

// TestTries: what a command would change is told, and nothing is changed.
func TestTries(t *testing.T) {
	s := releases(t)
	name := "dir:" + s.dir
	s.turn("v2")
	s.serves("a", "a2")
	s.eventually("two releases", func() bool { return len(s.history().Releases) == 2 })
	s.order(http.StatusOK, atSource(name, "rollback"), "{}")
	s.serves("a", "a1")
	want := []string{`updated Dashboard p a spec.display.name:"a1">"a2"`, "created Dashboard p new", "deleted Dashboard p old"}
	if diff := cmp.Diff(want, s.preview(atSource(name, "unpin"), "{}")); diff != "" {
		t.Errorf("unpin (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{}, s.preview(atSource(name, "reconcile"), "{}")); diff != "" {
		t.Errorf("reconcile (-want +got):\n%s", diff)
	}
	s.whole("after tries", firstRelease)
	s.becomes(delivery.Pinned)
	s.order(http.StatusOK, atSource(name, "unpin"), "{}")
	s.serves("a", "a2")
	s.order(http.StatusOK, atSource(name, "suspend"), "{}")
	s.turn("v1")
	s.looked(name)
	want = []string{`updated Dashboard p a spec.display.name:"a2">"a1"`, "deleted Dashboard p new", "created Dashboard p old"}
	if diff := cmp.Diff(want, s.preview(atSource(name, "resume"), "{}")); diff != "" {
		t.Errorf("resume (-want +got):\n%s", diff)
	}
	s.whole("suspended", secondRelease)
	s.order(http.StatusBadRequest, atSource(name, "suspend")+"?dryRun=true", "{}")
	s.order(http.StatusPreconditionFailed, atSource(name, "prune")+"?dryRun=true", `{"id":"none"}`)
}
