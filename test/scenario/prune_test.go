package scenario

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
)

// confirm confirms the hold of a source.
func (w *world) confirm(source, id string) answer {
	w.t.Helper()
	return w.do(http.MethodPost, "/api/delivery/v1/sources/"+source+"/prune", fmt.Sprintf(`{"id":%q}`, id))
}

// settled waits until a source may prune: what is removed then only waits for its delay.
func (w *world) settled(source string) {
	w.t.Helper()
	w.inState(source, delivery.Ready)
	time.Sleep(settle() + 200*time.Millisecond)
}

// A source that loses one file after the other is held at half, as one that loses half at once.
func TestR13ErosionIsHeldAtHalf(t *testing.T) {
	w := newWorld(t, "src")
	w.fill("src", 20)
	w.start()
	w.eventually("all are there", func() bool { return w.listed() == 20 })
	w.settled("src")
	const half = 10 // of 21, with the project
	for i := range 16 {
		w.remove("src/" + numbered(i) + ".yaml")
		time.Sleep(length(0, 3*time.Second))
		if i < half {
			w.gone(numbered(i))
		}
	}
	w.eventually("six deletions are held under an ID", func() bool {
		h := w.source("src").Hold
		return h != nil && h.ID != "" && len(h.Deletions) == 6
	})
	w.stays(3*delay(), "the other half is served", func() bool { return w.listed() == 20-half })
	w.write("src/new.yaml", dashboard("new", "1"))
	w.serves("new", "1") // creates go on
}

// An ID that was of other deletions confirms nothing; the present one does what it lists, and survives a restart.
func TestR14HoldIsConfirmedByItsID(t *testing.T) {
	w := newWorld(t, "src")
	w.fill("src", 12)
	w.start()
	w.eventually("all are there", func() bool { return w.listed() == 12 })
	w.settled("src")
	for i := range 9 {
		w.remove("src/" + numbered(i) + ".yaml")
	}
	var first string
	w.eventually("nine are held", func() bool {
		h := w.source("src").Hold
		if h != nil {
			first = h.ID
		}
		return h != nil && len(h.Deletions) == 9
	})
	w.write("src/d00.yaml", dashboard("d00", "1"))
	var second string
	w.eventually("eight are held, under another ID", func() bool {
		h := w.source("src").Hold
		if h != nil {
			second = h.ID
		}
		return h != nil && len(h.Deletions) == 8 && second != first
	})
	for _, id := range []string{first, "00000000", ""} {
		if a := w.confirm("src", id); a.status/100 != 4 {
			t.Errorf("confirming %q: %d %s, want it refused", id, a.status, a.body)
		}
	}
	w.restart()
	w.eventually("it is held as before", func() bool { h := w.source("src").Hold; return h != nil && h.ID == second })
	w.stays(time.Second, "nothing is deleted", func() bool { return w.listed() == 12 })
	w.wants(http.StatusAccepted, "", w.confirm("src", second))
	w.eventually("four are left", func() bool { return w.listed() == 4 })
	w.inState("src", delivery.Ready)
}

// A directory that turns empty is held at any size: a mount that failed looks like that.
func TestR13EmptyIsHeldAtAnySize(t *testing.T) {
	w := newWorld(t, "src")
	w.write("src/all.yaml", projectP+"---\n"+dashboard("a", "1"))
	w.start()
	w.serves("a", "1")
	w.settled("src")
	w.remove("src/all.yaml")
	w.inState("src", delivery.Held)
	w.stays(2*delay()+time.Second, "a is served", func() bool { return w.title("a") == "1" })
	w.write("src/all.yaml", projectP+"---\n"+dashboard("a", "1"))
	w.inState("src", delivery.Ready)
}

// One project of many that loses more than half is held, though the source as a whole lost little.
func TestR13HalfOfOneProjectIsHeld(t *testing.T) {
	w := newWorld(t, "src")
	for _, project := range []string{"big", "small"} {
		w.write("src/"+project+".yaml", "kind: Project\nmetadata: {name: "+project+"}\nspec: {}\n")
	}
	for i := range 40 {
		w.write("src/big/"+numbered(i)+".yaml", dashboardIn("big", numbered(i), "1"))
	}
	for i := range 10 {
		w.write("src/small/"+numbered(i)+".yaml", dashboardIn("small", numbered(i), "1"))
	}
	w.start()
	w.settled("src")
	for i := range 8 {
		w.remove("src/small/" + numbered(i) + ".yaml")
	}
	w.remove("src/big/d00.yaml")
	w.inState("src", delivery.Held)
	w.eventually("the other project's deletion goes on", func() bool {
		return w.get("/api/v1/projects/big/dashboards/d00").status == http.StatusNotFound
	})
	if n := strings.Count(w.get("/api/v1/projects/small/dashboards").body, `"kind":"Dashboard"`); n != 10 {
		t.Errorf("%d of 10 are left in the small project", n)
	}
}

// After a start nothing is deleted until the directory has been quiet, however often it changes.
func TestR15NothingGoesBeforeTheDirectoryIsQuiet(t *testing.T) {
	w := newWorld(t, "src")
	if !*full {
		w.set("delivery.prune.settle", "1500ms")
	}
	quiet := length(1500*time.Millisecond, 30*time.Second)
	w.fill("src", 5)
	w.start()
	w.eventually("all are there", func() bool { return w.listed() == 5 })
	w.stop()
	w.remove("src/d00.yaml")
	w.start()
	for n := range 3 {
		time.Sleep(quiet * 6 / 10)
		w.write("src/d01.yaml", dashboard("d01", fmt.Sprint("edit ", n)))
		w.serves("d01", fmt.Sprint("edit ", n))
		if w.dashboard("d00") == nil {
			t.Fatal("a dashboard goes while its directory is being written")
		}
	}
	w.gone("d00")
}

// A file that is away for a moment, as while it is being replaced, is not a deletion.
func TestR15FileIsReplaced(t *testing.T) {
	w := newWorld(t, "src")
	w.set("delivery.prune.delay", "2s")
	w.fill("src", 2)
	w.start()
	w.eventually("all are there", func() bool { return w.listed() == 2 })
	w.settled("src")
	w.always(func() string { return missing(w, "d00") })
	for range length(1, 5) {
		w.remove("src/d00.yaml")
		time.Sleep(time.Second)
		w.write("src/d00.yaml", dashboard("d00", "1"))
		time.Sleep(2 * time.Second)
	}
	if v := w.dashboard("d00").Metadata.Version; v != 0 {
		t.Errorf("version %d, want it untouched", v)
	}
}

// A directory that is gone deletes nothing, for as long as it is.
func TestR16MissingDirectoryPrunesNothing(t *testing.T) {
	w := newWorld(t, "src")
	w.fill("src", 3)
	w.start()
	w.settled("src")
	w.always(func() string { return missing(w, "d00", "d01", "d02") })
	w.must(os.Rename(w.path("src"), w.path("away")))
	w.inState("src", delivery.Failing)
	w.restart()
	w.inState("src", delivery.Failing)
	time.Sleep(settle() + 2*delay() + time.Second)
	w.must(os.Rename(w.path("away"), w.path("src")))
	w.inState("src", delivery.Ready)
}

func TestR16TagKeepsAResource(t *testing.T) {
	w := newWorld(t, "src")
	w.fill("src", 3)
	w.write("src/kept.yaml", strings.Replace(dashboard("kept", "1"), "project: p", "project: p, tags: [prune-disabled]", 1))
	w.start()
	w.serves("kept", "1")
	w.settled("src")
	w.remove("src/kept.yaml")
	w.becomes("src", "kept", delivery.Released)
	w.wants(http.StatusNoContent, "", w.do(http.MethodDelete, dashboards+"/kept", ""))
}

// What somebody changed since it was delivered is not ours to delete: it is left as it is, and nobody's (I2).
func TestI2ChangedByOthersIsReleased(t *testing.T) {
	w := newWorld(t, "src")
	w.set("database.file.extension", "json")
	w.fill("src", 3)
	w.start()
	w.serves("d00", "1")
	w.stop()
	w.must(os.WriteFile(w.stored("d00"), []byte(foreign("d00", "theirs", 3)), 0o600))
	w.remove("src/d00.yaml")
	w.start()
	w.becomes("src", "d00", delivery.Released)
	w.serves("d00", "theirs")
	w.wants(http.StatusOK, "", w.put("d00", "mine"))
}

func TestR16PruneIsOff(t *testing.T) {
	w := newWorld(t, "src")
	w.option(0, "prune", map[string]any{"disable": true})
	w.fill("src", 2)
	w.start()
	w.serves("d00", "1")
	w.settled("src")
	w.remove("src/d00.yaml")
	w.becomes("src", "d00", delivery.HeldBack)
	w.stays(3*delay()+time.Second, "it is served", func() bool { return w.title("d00") == "1" })
}
