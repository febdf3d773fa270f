package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/api"
	"github.com/perseid-dev/perseid/internal/delivery"
)

const (
	pathOfA   = "/api/v1/projects/p/dashboards/a"
	statusOfA = "/api/delivery/v1/resources/projects/p/dashboards/a"
)

// order gives a command and expects a status of its answer.
func (w *world) order(status int, path, body string) string {
	w.t.Helper()
	got, answer := w.do(http.MethodPost, path, body)
	if got != status {
		w.t.Fatalf("POST %s %s: %d %s, want %d", path, body, got, answer, status)
	}
	return answer
}

// atSource is the path of a command to a source.
func atSource(name, verb string) string {
	return "/api/delivery/v1/sources/" + url.PathEscape(name) + "/" + verb
}

// preview is a dry run of a command, a line for each change.
func (w *world) preview(path, body string) []string {
	w.t.Helper()
	var p delivery.Preview
	w.must(json.Unmarshal([]byte(w.order(http.StatusOK, path+"?dryRun=true", body)), &p))
	lines := []string{}
	for _, c := range p.Changes {
		line := strings.Join(strings.Fields(c.Action+" "+c.Kind+" "+c.Project+" "+c.Name), " ")
		for _, f := range c.Fields {
			line += fmt.Sprintf(" %s:%s>%s", f.Path, f.Before, f.After)
		}
		lines = append(lines, line)
	}
	return lines
}

func (w *world) statusOfA() api.ResourceStatus {
	w.t.Helper()
	code, body := w.get(statusOfA)
	if code != http.StatusOK {
		w.t.Fatalf("GET %s: %d %s", statusOfA, code, body)
	}
	var s api.ResourceStatus
	w.must(json.Unmarshal([]byte(body), &s))
	return s
}

// edit is a PUT of dashboard a under another title.
func (w *world) edit(title string) int {
	w.t.Helper()
	_, stored := w.get(pathOfA)
	code, _ := w.do(http.MethodPut, pathOfA, strings.Replace(stored, fmt.Sprintf(`"name":%q`, w.title("a")), fmt.Sprintf(`"name":%q`, title), 1))
	return code
}

// looked waits until a source was listed after now.
func (w *world) looked(name string) {
	w.t.Helper()
	now := time.Now()
	w.order(http.StatusAccepted, atSource(name, "reconcile"), "{}")
	w.eventually("another look", func() bool { return w.source(name).LastAttempt.After(now) })
}

// servingA starts a server over project p and dashboard a.
func servingA(t *testing.T) *world {
	w := newWorld(t)
	w.write("project.yaml", projectP)
	w.write("a.yaml", dashboard("a", "one"))
	w.start()
	w.serves("a", "one")
	return w
}

func TestR23RollbackOfOneResource(t *testing.T) {
	w := servingA(t)
	first, _ := w.version("a")
	w.write("a.yaml", dashboard("a", "two"))
	w.serves("a", "two")
	back := fmt.Sprintf(`{"version":%d}`, first)

	want := []string{`updated Dashboard p a spec.display.name:"two">"one"`}
	if diff := cmp.Diff(want, w.preview(statusOfA+"/rollback", back)); diff != "" {
		t.Errorf("preview (-want +got):\n%s", diff)
	}
	if got := w.title("a"); got != "two" {
		t.Errorf("a dry run serves %q", got)
	}
	w.order(http.StatusNotFound, statusOfA+"/rollback", `{"version":99}`)
	w.order(http.StatusOK, statusOfA+"/rollback", back)
	if got := w.title("a"); got != "one" {
		t.Errorf("rolled back to %q, want one", got)
	}

	w.write("a.yaml", dashboard("a", "three"))
	w.looked("dir:" + w.dir)
	w.restart()
	w.looked("dir:" + w.dir)
	if got := w.title("a"); got != "one" {
		t.Errorf("pinned to %q, want one", got)
	}
	pinned := 0
	for _, v := range w.statusOfA().History {
		if v.Pinned {
			pinned++
			if v.Version != first {
				t.Errorf("pinned to version %d, want %d", v.Version, first)
			}
		}
	}
	if pinned != 1 {
		t.Errorf("%d versions are pinned, want 1: %+v", pinned, w.statusOfA().History)
	}

	w.order(http.StatusOK, statusOfA+"/unpin", "{}")
	if got := w.title("a"); got != "three" {
		t.Errorf("unpinned serves %q, want three", got)
	}
	w.order(http.StatusBadRequest, statusOfA+"/unpin", "{}")
}

func TestR24Unlock(t *testing.T) {
	w := servingA(t)
	if code := w.edit("mine"); code != http.StatusForbidden {
		t.Errorf("PUT of a managed dashboard: %d, want 403", code)
	}
	w.order(http.StatusBadRequest, statusOfA+"/unlock", `{"for":"1000h"}`)
	w.order(http.StatusOK, statusOfA+"/unlock", `{"for":"1h"}`)
	if s := w.statusOfA(); !s.Managed || !s.Owner.Writable || time.Until(s.Owner.Until) < 59*time.Minute {
		t.Errorf("unlocked: %+v", s.Owner)
	}
	if code := w.edit("mine"); code != http.StatusOK {
		t.Fatalf("PUT of an unlocked dashboard: %d, want 200", code)
	}
	edited, _ := w.version("a")
	w.looked("dir:" + w.dir)
	w.restart()
	w.looked("dir:" + w.dir)
	if got := w.title("a"); got != "mine" {
		t.Errorf("unlocked, it is served as %q, want mine", got)
	}

	w.order(http.StatusOK, statusOfA+"/unlock", `{"for":"100ms"}`)
	w.serves("a", "one")
	if code := w.edit("again"); code != http.StatusForbidden {
		t.Errorf("PUT after the unlock is over: %d, want 403", code)
	}
	s := w.statusOfA()
	if len(s.History) == 0 || s.History[0].Version != edited || s.History[0].Why != delivery.WhyTaken || s.Owner.Writable {
		t.Fatalf("the edit is not in the history: %+v %+v", s.Owner, s.History)
	}
	w.order(http.StatusOK, statusOfA+"/rollback", fmt.Sprintf(`{"version":%d}`, edited))
	if got := w.title("a"); got != "mine" {
		t.Errorf("the edit comes back as %q, want mine", got)
	}
}

// TestR24UnlockedDelete: an unlock is for editing. What is deleted comes back, for its source goes on declaring it (I1).
func TestR24UnlockedDelete(t *testing.T) {
	w := servingA(t)
	w.order(http.StatusOK, statusOfA+"/unlock", "{}")
	if code, body := w.do(http.MethodDelete, pathOfA, ""); code != http.StatusNoContent {
		t.Fatalf("DELETE of an unlocked dashboard: %d %s, want 204", code, body)
	}
	w.serves("a", "one")
	w.order(http.StatusNotFound, "/api/delivery/v1/resources/projects/p/dashboards/none/unlock", "{}")
}

func TestR24Suspend(t *testing.T) {
	w := servingA(t)
	name := "dir:" + w.dir
	w.order(http.StatusOK, atSource(name, "suspend"), "{}")
	if s := w.source(name); s.State != delivery.Suspended {
		t.Errorf("state %s, want suspended", s.State)
	}
	w.write("a.yaml", dashboard("a", "two"))
	w.write("b.yaml", dashboard("b", "new"))
	w.looked(name)
	w.restart()
	w.looked(name)
	if a, b := w.title("a"), w.title("b"); a != "one" || b != "" {
		t.Errorf("suspended serves %q and %q, want one and nothing", a, b)
	}
	if code := w.edit("mine"); code != http.StatusOK {
		t.Errorf("PUT while its source is suspended: %d, want 200", code)
	}
	w.looked(name)
	if got := w.title("a"); got != "mine" {
		t.Errorf("suspended serves %q, want mine", got)
	}
	w.order(http.StatusOK, atSource(name, "resume"), "{}")
	w.serves("a", "two")
	w.serves("b", "new")
	if code := w.edit("again"); code != http.StatusForbidden {
		t.Errorf("PUT after resume: %d, want 403", code)
	}
}

func TestR14ConfirmAHold(t *testing.T) {
	w := newWorld(t)
	w.write("project.yaml", projectP)
	for i := range 12 {
		directory := ""
		if i < 7 {
			directory = "seven/"
		}
		w.write(fmt.Sprintf("%sd%02d.yaml", directory, i), dashboard(fmt.Sprintf("d%02d", i), "x"))
	}
	w.start()
	w.serves("d11", "x")
	name := "dir:" + w.dir
	w.must(os.Rename(filepath.Join(w.dir, "seven"), filepath.Join(w.t.TempDir(), "seven"))) // at once: in parts, the first would go unheld
	w.eventually("held", func() bool { s := w.source(name); return s.Hold != nil && len(s.Hold.Deletions) == 7 })
	stale := w.source(name).Hold.ID
	w.remove("d07.yaml")
	w.eventually("held anew", func() bool { s := w.source(name); return s.Hold != nil && len(s.Hold.Deletions) == 8 })
	hold := w.source(name).Hold
	answer := w.order(http.StatusPreconditionFailed, atSource(name, "prune"), fmt.Sprintf(`{"id":%q}`, stale))
	if !strings.Contains(answer, hold.ID) || w.title("d00") != "x" {
		t.Errorf("a stale ID: %s, d00 %q", answer, w.title("d00"))
	}
	w.order(http.StatusAccepted, atSource(name, "prune"), fmt.Sprintf(`{"id":%q}`, hold.ID))
	for i := range 8 {
		w.gone(fmt.Sprintf("d%02d", i))
	}
	if w.title("d08") != "x" || w.title("d11") != "x" {
		t.Error("a confirmed hold takes more than it lists")
	}
	w.order(http.StatusPreconditionFailed, atSource(name, "prune"), fmt.Sprintf(`{"id":%q}`, hold.ID))
}

func TestI3UndoOfADeletion(t *testing.T) {
	w := servingA(t)
	_, created := w.version("a")
	w.order(http.StatusNotFound, statusOfA+"/undo", "{}")
	w.remove("a.yaml")
	w.gone("a")
	if s := w.statusOfA(); s.Managed || len(s.History) != 1 || s.History[0].Why != delivery.WhyDeleted {
		t.Errorf("deleted: %+v", s)
	}
	w.order(http.StatusOK, statusOfA+"/undo", "{}")
	w.looked("dir:" + w.dir)
	if got := w.title("a"); got != "one" {
		t.Errorf("undone, it is served as %q, want one", got)
	}
	if _, c := w.version("a"); !c.Equal(created) {
		t.Errorf("created at %s, want %s", c, created)
	}
	if code := w.edit("mine"); code != http.StatusOK || w.statusOfA().Managed {
		t.Errorf("PUT of what came back: %d, want 200, and managed by nobody", code)
	}
	w.order(http.StatusConflict, statusOfA+"/undo", "{}")
}

// orphaned is a server that was told to forget about the source teams, which declared dashboard a.
func orphaned(t *testing.T) *world {
	w := newWorld(t)
	teams := t.TempDir()
	w.must(os.WriteFile(filepath.Join(teams, "a.yaml"), []byte(dashboard("a", "one")), 0o644))
	w.write("project.yaml", projectP)
	base := strings.TrimSuffix(quickPrune, "}\n") + fmt.Sprintf(", sources: [{name: base, directory: {path: %q}}", w.dir)
	w.config = base + fmt.Sprintf(", {name: teams, directory: {path: %q}}]}\n", teams)
	w.start()
	w.serves("a", "one")
	w.config = base + "]}\n"
	w.restart()
	w.eventually("orphaned", func() bool {
		_, body := w.get("/api/delivery/v1/sources")
		return strings.Contains(body, `"state":"orphaned"`)
	})
	return w
}

func TestR10Forget(t *testing.T) {
	w := orphaned(t)
	if code := w.edit("mine"); code != http.StatusForbidden || w.title("a") != "one" {
		t.Errorf("PUT of what an orphaned source left: %d, want 403", code)
	}
	if diff := cmp.Diff([]string{"released Dashboard p a"}, w.preview(atSource("teams", "forget"), "{}")); diff != "" {
		t.Errorf("preview (-want +got):\n%s", diff)
	}
	if !w.statusOfA().Managed {
		t.Error("a dry run forgets")
	}
	w.order(http.StatusBadRequest, atSource("base", "forget"), "{}")
	w.order(http.StatusNotFound, atSource("nobody", "forget"), "{}")
	w.order(http.StatusOK, atSource("teams", "forget"), "{}")
	if code := w.edit("mine"); code != http.StatusOK {
		t.Errorf("PUT of what is forgotten: %d, want 200", code)
	}
	if code, _ := w.get("/api/delivery/v1/sources/teams"); code != http.StatusNotFound {
		t.Errorf("GET of a forgotten source: %d, want 404", code)
	}
	w.order(http.StatusNotFound, atSource("teams", "forget"), "{}")
}

func TestR10ForgetAndPrune(t *testing.T) {
	w := orphaned(t)
	if diff := cmp.Diff([]string{"deleted Dashboard p a"}, w.preview(atSource("teams", "forget"), `{"prune":true}`)); diff != "" {
		t.Errorf("preview (-want +got):\n%s", diff)
	}
	if got := w.title("a"); got != "one" {
		t.Errorf("a dry run leaves %q", got)
	}
	w.order(http.StatusOK, atSource("teams", "forget"), `{"prune":true}`)
	if got := w.title("a"); got != "" {
		t.Errorf("pruned, it is served as %q", got)
	}
	w.order(http.StatusOK, statusOfA+"/undo", "{}")
	if got := w.title("a"); got != "one" {
		t.Errorf("undone, it is served as %q, want one", got)
	}
}
