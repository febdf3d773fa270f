package scenario

import (
	"fmt"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
)

// A part of the tree that cannot be read, here because what a link leads to is missing, is not an absence, also not across restarts.
func TestR3UnreadIsNotGone(t *testing.T) {
	w := newWorld(t, "src")
	w.write("src/project.yaml", projectP)
	w.write("src/..mount/a.yaml", dashboard("a", "1"))
	w.write("src/b.yaml", dashboard("b", "1"))
	w.must(os.Symlink("..mount", w.path("src/team")))
	w.start()
	w.serves("a", "1")
	served := w.always(func() string { return missing(w, "a") })

	w.must(os.Rename(w.path("src/..mount"), w.path("src/..gone")))
	w.write("src/b.yaml", dashboard("b", "2"))
	w.serves("b", "2")
	if s := w.inState("src", delivery.Degraded); len(s.Problems) != 1 || s.Problems[0].Origin != "team" {
		t.Errorf("problems = %+v, want the place that cannot be read", s.Problems)
	}
	w.restart()
	time.Sleep(settle() + delay() + time.Second)
	w.inState("src", delivery.Degraded)

	w.must(os.Rename(w.path("src/..gone"), w.path("src/..mount")))
	w.inState("src", delivery.Ready)
	served()
	w.remove("src/..mount/a.yaml")
	w.gone("a")
}

// missing complains if a dashboard of project p is answered with anything but 200. A server that is not there says nothing.
func missing(w *world, names ...string) string {
	for _, name := range names {
		if a := w.probe(dashboards + "/" + name); a.status != 0 && a.status != http.StatusOK && a.status != http.StatusServiceUnavailable {
			return fmt.Sprintf("dashboard %s: %d %s", name, a.status, a.body)
		}
	}
	return ""
}

func TestR5EditIsServedSoon(t *testing.T) {
	w := newWorld(t, "src")
	w.write("src/all.yaml", projectP+"---\n"+dashboard("a", "1"))
	w.start()
	w.serves("a", "1")
	for n := range length(3, 20) {
		time.Sleep(1100 * time.Millisecond) // a calm second
		title := fmt.Sprint("edit ", n)
		begun := time.Now()
		w.write("src/all.yaml", projectP+"---\n"+dashboard("a", title))
		w.serves("a", title)
		if took := time.Since(begun); took > length(2*time.Second, time.Second) {
			t.Errorf("an edit is served after %s", took)
		}
	}
}

// Others who keep writing do not keep an edit from being served.
func TestR5EditAmongManyIsServedIn2Seconds(t *testing.T) {
	w := newWorld(t, "src")
	w.write("src/all.yaml", projectP+"---\n"+dashboard("a", "1"))
	w.start()
	w.serves("a", "1")
	n := 0
	stop := w.always(func() string {
		n++
		_ = os.WriteFile(w.path("src/noise.txt"), fmt.Append(nil, n), 0o644) // one that fails is quiet
		return ""
	})
	time.Sleep(time.Second)
	begun := time.Now()
	w.write("src/all.yaml", projectP+"---\n"+dashboard("a", "2"))
	w.serves("a", "2")
	if took := time.Since(begun); took > 4*time.Second {
		t.Errorf("an edit among others is served after %s", took)
	}
	stop()
}

// Without events, as on a network file system, the interval finds everything.
func TestR5IntervalWithoutEvents(t *testing.T) {
	w := newWorld(t, "src")
	w.set("provisioning.enable_watch", false)
	w.option(0, "interval", "1s")
	w.write("src/all.yaml", projectP+"---\n"+dashboard("a", "1")+"---\n"+dashboard("b", "1"))
	w.start()
	w.serves("a", "1")
	w.write("src/all.yaml", projectP+"---\n"+dashboard("a", "2"))
	w.serves("a", "2")
	w.gone("b")
}

// What waits for something else is served once that is there, without another event of its own source, restarts in between included.
func TestR6PromotedWithoutAnEvent(t *testing.T) {
	w := newWorld(t, "base", "over")
	w.write("base/a.yaml", dashboard("a", "base"))
	w.write("over/a.yaml", dashboard("a", "over"))
	w.start()
	w.becomes("over", "a", delivery.Invalid)
	w.restart()
	w.wants(http.StatusOK, "", w.do(http.MethodPost, "/api/v1/projects", `{"kind":"Project","metadata":{"name":"p"},"spec":{}}`))
	w.serves("a", "over")
	w.becomes("base", "a", delivery.Shadowed)
	w.restart()
	w.remove("over/a.yaml")
	w.serves("a", "base")
}

// A source that is not there when the program starts takes part as it last was: its resources stay, and win where they won.
func TestR7SourceThatIsNotThere(t *testing.T) {
	w := newWorld(t, "low", "high")
	w.write("low/all.yaml", projectP+"---\n"+dashboard("a", "low"))
	w.write("high/a.yaml", dashboard("a", "high"))
	w.write("high/b.yaml", dashboard("b", "high"))
	w.start()
	w.serves("a", "high")
	w.serves("b", "high")
	w.always(func() string { return missing(w, "a", "b") })
	w.stop()
	w.must(os.Rename(w.path("high"), w.path("away")))
	w.start()
	w.inState("high", delivery.Failing)
	w.write("low/a.yaml", dashboard("a", "low again"))
	w.becomes("low", "a", delivery.Shadowed)
	w.stays(settle()+delay()+time.Second, "a and b are those of high", func() bool { return w.title("a") == "high" && w.title("b") == "high" })
	w.must(os.Rename(w.path("away"), w.path("high")))
	w.inState("high", delivery.Ready)
}
