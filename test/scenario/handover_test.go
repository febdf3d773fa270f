package scenario

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
)

// between is the time between two halves of a change that belong together, made by two pipelines.
func between() time.Duration { return length(2*time.Second, 30*time.Second) }

// handover is a dashboard of source a, watched: it may have one owner after the other, each once.
func handover(t *testing.T) (w *world, created time.Time, owners func() []string) {
	w = newWorld(t, "a", "b")
	w.write("a/project.yaml", projectP)
	w.write("a/keep.yaml", dashboard("keep", "1"))
	w.write("a/moving.yaml", dashboard("moving", "1"))
	w.write("b/other.yaml", dashboard("other", "1"))
	w.start()
	w.serves("moving", "1")
	w.eventually("a owns it", func() bool { return w.owner("moving") == "a" })
	var seen []string
	stop := w.always(func() string {
		if now := w.owner("moving"); now != "" && (len(seen) == 0 || seen[len(seen)-1] != now) {
			seen = append(seen, now)
		}
		return ""
	})
	return w, w.dashboard("moving").Metadata.CreatedAt, func() []string { stop(); return seen }
}

func (w *world) handedOver(created time.Time, owners []string) {
	w.t.Helper()
	if got := fmt.Sprint(owners); got != "[a b]" {
		w.t.Errorf("owners in turn: %s, want a and then b", got)
	}
	d := w.dashboard("moving")
	if d == nil || !d.Metadata.CreatedAt.Equal(created) {
		w.t.Fatalf("after the move: %+v, want what was created at %s", d, created)
	}
}

// B has it before A drops it: it is there all the time.
func TestR9MoveNewFirst(t *testing.T) {
	w, created, owners := handover(t)
	served := w.always(func() string { return missing(w, "moving") })
	w.write("b/moving.yaml", dashboard("moving", "1"))
	time.Sleep(between())
	w.remove("a/moving.yaml")
	w.eventually("b owns it", func() bool { return w.owner("moving") == "b" })
	time.Sleep(settle() + 2*delay())
	served()
	w.handedOver(created, owners())
	if version := w.dashboard("moving").Metadata.Version; version != 0 {
		t.Errorf("a move without a change makes it version %d", version)
	}
}

// A drops it before B has it: it goes, and comes back as what it was.
func TestR9MoveOldFirst(t *testing.T) {
	w, created, owners := handover(t)
	w.remove("a/moving.yaml")
	w.gone("moving")
	time.Sleep(between())
	w.write("b/moving.yaml", dashboard("moving", "2"))
	w.serves("moving", "2")
	time.Sleep(settle() + 2*delay())
	w.handedOver(created, owners())
	if version := w.dashboard("moving").Metadata.Version; version != 1 {
		t.Errorf("version %d after its return, want it continued at 1", version)
	}
}

// The process dies between the two halves, and again and again afterwards.
func TestR9MoveAndKill(t *testing.T) {
	w, created, owners := handover(t)
	served := w.always(func() string { return missing(w, "moving") })
	w.write("b/moving.yaml", dashboard("moving", "1"))
	w.eventually("b owns it", func() bool { return w.owner("moving") == "b" })
	w.kill()
	w.remove("a/moving.yaml")
	w.start()
	for range length(4, 20) {
		w.kill()
		w.start()
		w.eventually("b owns it", func() bool { return w.owner("moving") == "b" })
	}
	time.Sleep(settle() + 2*delay())
	served()
	w.handedOver(created, owners())
}

// The same source under another name takes over what it had under the old one, whatever dies meanwhile.
func TestR9SourceIsRenamed(t *testing.T) {
	w := newWorld(t, "before")
	w.fill("before", length(30, 300))
	w.start()
	n := length(30, 300)
	w.eventually("all are there", func() bool { return w.listed() == n })
	w.inState("before", delivery.Ready)
	first := w.get(dashboards).body
	w.always(func() string {
		if got := w.listed(); got >= 0 && got != n {
			return fmt.Sprintf("%d of %d dashboards are listed", got, n)
		}
		return ""
	})
	w.stop()
	w.must(os.Rename(w.path("before"), w.path("after")))
	w.sources("after")
	w.begin()
	w.kill()
	w.start()
	w.inState("after", delivery.Ready)
	time.Sleep(settle() + 2*delay())
	if a := w.get("/api/delivery/v1/sources/before"); a.status != 404 {
		t.Errorf("the former name still has something: %s", a.body)
	}
	if got := w.get(dashboards).body; got != first {
		t.Errorf("what is served changed with the name of the source")
	}
}
