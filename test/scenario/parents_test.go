package scenario

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
)

const project = "/api/v1/projects/p"

// A project's file goes while others still have dashboards in the project.
func TestR17ProjectThatHoldsSomethingStays(t *testing.T) {
	w := newWorld(t, "src", "other")
	w.write("src/project.yaml", projectP)
	w.write("src/keep.yaml", "kind: Project\nmetadata: {name: keep}\nspec: {}\n")
	w.write("other/theirs.yaml", dashboard("theirs", "1"))
	w.start()
	w.serves("theirs", "1")
	w.wants(http.StatusOK, "", w.do(http.MethodPost, dashboards, dashboardJSON("ours", "1")))
	intact := w.always(func() string { return missing(w, "theirs", "ours") })
	w.settled("src")
	refused := w.wants(http.StatusForbidden, "managed by src", w.do(http.MethodDelete, project, ""))
	if !strings.Contains(refused.body, "owner") {
		t.Errorf("the refusal names no owner: %s", refused.body)
	}

	w.remove("src/project.yaml")
	w.becomes("src", "p", delivery.Retained)
	w.wants(http.StatusForbidden, "holds managed resources: 1 of other", w.do(http.MethodDelete, project, ""))
	w.wants(http.StatusOK, "", w.get(project))

	w.write("other/theirs.yaml", dashboard("theirs", "2"))
	w.serves("theirs", "2")
	time.Sleep(2*delay() + time.Second)
	w.restart()
	time.Sleep(settle() + 2*delay())
	intact()
	w.write("src/project.yaml", projectP)
	w.wantsOwner(project, "src")
}

// wantsOwner waits until a write to what a source declares again is refused in its name.
func (w *world) wantsOwner(path, source string) {
	w.t.Helper()
	w.eventually(path+" is managed by "+source, func() bool {
		return strings.Contains(w.do(http.MethodDelete, path, "").body, "managed by "+source)
	})
}

// A project goes with the last thing it holds, not before it.
func TestR17ProjectGoesWithItsContents(t *testing.T) {
	w := newWorld(t, "src")
	w.fill("src", 3)
	w.write("src/keep.yaml", "kind: Project\nmetadata: {name: keep}\nspec: {}\n")
	w.start()
	w.eventually("all are there", func() bool { return w.listed() == 3 })
	w.settled("src")
	for _, name := range []string{"project", "d00", "d01", "d02"} {
		w.remove("src/" + name + ".yaml")
	}
	w.eventually("the project is gone", func() bool { return w.get(project).status == http.StatusNotFound })
	if n := w.listed(); n > 0 {
		t.Errorf("%d dashboards outlive their project", n)
	}
	w.wants(http.StatusOK, "", w.get("/api/v1/projects/keep"))
}

// A project that was made because a document needed it is nobody's.
func TestR17CreatedProjectsAreUnmanaged(t *testing.T) {
	w := newWorld(t, "src")
	w.set("delivery.create_projects", true)
	w.write("src/a.yaml", dashboard("a", "1"))
	w.write("src/b.yaml", dashboardIn("q", "b", "1"))
	w.start()
	w.serves("a", "1")
	w.wants(http.StatusForbidden, "1 of src", w.do(http.MethodDelete, project, ""))
	w.settled("src")
	w.remove("src/a.yaml")
	w.gone("a")
	w.wants(http.StatusOK, "", w.get(project))
	w.wants(http.StatusNoContent, "", w.do(http.MethodDelete, project, ""))
}
