package scenario

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
)

// put changes the title of a dashboard through the API.
func (w *world) put(name, title string) answer {
	w.t.Helper()
	path := dashboards + "/" + name
	return w.do(http.MethodPut, path, retitled(w.get(path).body, title))
}

// A resource is unlocked for a while: it can be written, across a restart too, then its source returns and the edit is kept.
func TestR24Unlock(t *testing.T) {
	w := newWorld(t, "src")
	w.fill("src", 2)
	w.start()
	w.serves("d00", "1")
	w.wants(http.StatusForbidden, "managed by src", w.put("d00", "by hand"))
	w.says(0, "", "unlock", "dashboard", "p/d00", "--for", "6s")
	begun := time.Now()
	w.wants(http.StatusOK, "", w.put("d00", "by hand"))
	w.wants(http.StatusForbidden, "managed by src", w.put("d01", "by hand"))
	w.write("src/d00.yaml", dashboard("d00", "2"))
	w.restart()
	for time.Since(begun) < 4*time.Second {
		if got := w.title("d00"); got != "by hand" {
			t.Fatalf("titled %q while it is unlocked, %s after", got, time.Since(begun))
		}
		time.Sleep(50 * time.Millisecond)
	}
	w.serves("d00", "2")
	w.wants(http.StatusForbidden, "managed by src", w.put("d00", "again"))
	w.says(0, "", "undo", "dashboard", "p/d00")
	w.serves("d00", "by hand")
}

// What a suspended source serves stays as it is, and writable, until the source is resumed.
func TestR24Suspend(t *testing.T) {
	w := newWorld(t, "src")
	w.fill("src", 12)
	w.start()
	w.eventually("all are there", func() bool { return w.listed() == 12 })
	w.settled("src")
	w.says(0, "", "suspend", "src")
	w.inState("src", delivery.Suspended)
	w.write("src/d00.yaml", dashboard("d00", "2"))
	w.write("src/new.yaml", dashboard("new", "1"))
	w.remove("src/d01.yaml")
	w.wants(http.StatusOK, "", w.put("d02", "by hand"))
	w.restart()
	w.inState("src", delivery.Suspended)
	w.stays(settle()+2*delay(), "nothing changes", func() bool {
		return w.listed() == 12 && w.title("d00") == "1" && w.title("d02") == "by hand"
	})
	w.says(0, "", "resume", "src")
	w.serves("d00", "2")
	w.serves("d02", "1")
	w.serves("new", "1")
	w.gone("d01")
}

// What was deleted, or taken over from somebody's hand, comes back as it was (I3).
func TestR11UndoOfTakeoverAndDeletion(t *testing.T) {
	w := newWorld(t, "src")
	w.fill("src", 3)
	w.start()
	w.serves("d00", "1")
	w.settled("src")
	created := w.dashboard("d00").Metadata.CreatedAt
	w.remove("src/d00.yaml")
	w.gone("d00")
	w.says(0, "", "undo", "dashboard", "p/d00")
	w.serves("d00", "1")
	if got := w.dashboard("d00").Metadata.CreatedAt; !got.Equal(created) || w.owner("d00") != "" {
		t.Errorf("created %s, owner %q; want %s and nobody", got, w.owner("d00"), created)
	}
	w.wants(http.StatusOK, "", w.do(http.MethodPost, dashboards, dashboardJSON("mine", "by hand")))
	w.write("src/mine.yaml", dashboard("mine", "delivered"))
	w.serves("mine", "delivered")
	w.restart()
	w.says(0, "", "undo", "dashboard", "p/mine")
	w.serves("mine", "by hand")
}

// Giving up a source that is gone from the configuration leaves its resources to everybody, or deletes them.
func TestR10Forget(t *testing.T) {
	for _, prune := range []bool{false, true} {
		t.Run(fmt.Sprint("prune ", prune), func(t *testing.T) {
			w := newWorld(t, "old", "other")
			w.write("other/project.yaml", projectP)
			w.write("old/a.yaml", dashboard("a", "1"))
			w.start()
			w.serves("a", "1")
			w.stop()
			w.sources("other")
			w.start()
			w.inState("old", delivery.Orphaned)
			w.says(1, "configured", "forget", "other")
			args := []string{"forget", "old"}
			if prune {
				args = append(args, "--prune")
			}
			w.says(0, "", args...)
			if prune {
				w.gone("a")
				return
			}
			w.wants(http.StatusNoContent, "", w.do(http.MethodDelete, dashboards+"/a", ""))
		})
	}
}
