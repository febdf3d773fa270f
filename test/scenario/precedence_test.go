package scenario

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
)

func TestR8WhoWins(t *testing.T) {
	w := newWorld(t, "first", "later", "important")
	w.option(2, "priority", 10)
	w.sourcesKeepOrder()
	w.write("first/project.yaml", projectP)
	for _, name := range []string{"first", "later", "important"} {
		w.write(name+"/a.yaml", dashboard("a", name))
	}
	w.write("later/base/b.yaml", dashboard("b", "base"))
	w.write("later/overlay/b.yaml", dashboard("b", "overlay"))
	w.start()
	w.serves("a", "important")
	w.serves("b", "overlay")
	if d := w.becomes("first", "a", delivery.Shadowed); !strings.HasPrefix(d.Winner, "important (") {
		t.Errorf("winner %q, want the source important and its file", d.Winner)
	}
	w.remove("important/a.yaml")
	w.serves("a", "later")
	w.remove("later/a.yaml")
	w.serves("a", "first")
}

// sourcesKeepOrder moves the source of highest priority to the front, so that its place cannot be why it wins.
func (w *world) sourcesKeepOrder() {
	entries := w.settings["delivery"].(map[string]any)["sources"].([]any)
	last := len(entries) - 1
	w.set("delivery.sources", append([]any{entries[last]}, entries[:last]...))
}

// Two servers that saw the documents come in another order agree.
func TestR8OrderOfArrivalDoesNotDecide(t *testing.T) {
	one, other := []string{"x/a.yaml", "y/a.yaml"}, []string{"y/a.yaml", "x/a.yaml"}
	w := newWorld(t, "x", "y")
	w.write("x/project.yaml", projectP)
	for n, order := range [][]string{one, other} {
		w.database = w.path("database", string(rune('a'+n)))
		w.start()
		for _, path := range order {
			w.write(path, dashboard("a", path))
			w.eventually("the first has arrived", func() bool { return w.title("a") != "" })
		}
		w.serves("a", "y/a.yaml")
		w.stop()
		w.remove("x/a.yaml")
		w.remove("y/a.yaml")
	}
}

// What a source leaves when it is taken out of the configuration stays, protected, until another source declares it.
func TestR10SourceGoneFromTheConfiguration(t *testing.T) {
	w := newWorld(t, "old", "new")
	w.write("old/all.yaml", projectP+"---\n"+dashboard("a", "1")+"---\n"+dashboard("b", "1"))
	w.start()
	w.serves("a", "1")
	created := w.dashboard("a").Metadata.CreatedAt
	w.always(func() string { return missing(w, "a", "b") })
	w.stop()
	w.sources("new")
	w.start()
	w.inState("old", delivery.Orphaned)
	w.wants(http.StatusForbidden, "managed by old", w.do(http.MethodDelete, dashboards+"/a", ""))
	w.write("new/a.yaml", dashboard("a", "2"))
	w.serves("a", "2")
	if got := w.dashboard("a"); !got.Metadata.CreatedAt.Equal(created) || w.owner("a") != "new" {
		t.Errorf("created %s by %q, want %s and owner new", got.Metadata.CreatedAt, w.owner("a"), created)
	}
	time.Sleep(settle() + delay())
	if w.owner("b") != "old" {
		t.Errorf("b is %q's, want old's still", w.owner("b"))
	}
}

func TestR11Adopt(t *testing.T) {
	for adopt, outcomes := range map[string][2]delivery.Outcome{
		"always": {delivery.Applied, delivery.Applied},
		"equal":  {delivery.Applied, delivery.Refused},
		"never":  {delivery.Refused, delivery.Refused},
	} {
		t.Run(adopt, func(t *testing.T) {
			w := newWorld(t, "src")
			w.set("delivery.adopt", adopt)
			w.start()
			w.do(http.MethodPost, "/api/v1/projects", `{"kind":"Project","metadata":{"name":"p"},"spec":{}}`)
			for _, name := range []string{"same", "other"} {
				w.wants(http.StatusOK, "", w.do(http.MethodPost, dashboards, dashboardJSON(name, "by hand")))
			}
			w.write("src/same.yaml", dashboard("same", "by hand"))
			w.write("src/other.yaml", dashboard("other", "delivered"))
			w.becomes("src", "same", outcomes[0])
			w.becomes("src", "other", outcomes[1])
			if version := w.dashboard("same").Metadata.Version; version != 0 {
				t.Errorf("taking over an equal document makes it version %d", version)
			}
			if got := w.title("other"); (got == "delivered") != (outcomes[1] == delivery.Applied) {
				t.Errorf("other is titled %q", got)
			}
		})
	}
}
