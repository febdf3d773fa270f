package scenario

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// stored is the path of a dashboard of project p in the database.
func (w *world) stored(name string) string {
	return filepath.Join(w.database, "dashboards", "p", name+".json")
}

// foreign is a dashboard as another program writes it into the database.
func foreign(name, title string, version int) string {
	return fmt.Sprintf(`{"kind":"Dashboard","metadata":{"name":%q,"createdAt":"2024-05-01T10:00:00Z","updatedAt":"2024-05-02T10:00:00Z","version":%d,"project":"p"},"spec":{"display":{"name":%q},"panels":{},"layouts":[],"duration":"1h"}}`,
		name, version, title)
}

// shared is a world whose database others write to as well.
func shared(t *testing.T) *world {
	w := newWorld(t, "src")
	w.set("database.file.extension", "json")
	w.fill("src", 2)
	w.start()
	w.serves("d00", "1")
	return w
}

// Another program writes, rewrites in place and removes documents while we serve: a GET sees it at once, a list soon.
func TestR29AnotherProgramWrites(t *testing.T) {
	w := shared(t)
	for n := range length(5, 50) {
		title := fmt.Sprint("theirs ", n)
		w.must(os.WriteFile(w.stored("theirs"), []byte(foreign("theirs", title, n)), 0o600))
		if got := w.title("theirs"); got != title {
			t.Fatalf("titled %q after another program wrote %q", got, title)
		}
		w.eventually("the list has it", func() bool { return strings.Contains(w.get(dashboards).body, title) })
	}
	w.wants(http.StatusConflict, "", w.do(http.MethodPost, dashboards, dashboardJSON("theirs", "ours")))
	w.wants(http.StatusOK, "", w.put("theirs", "ours"))
	if v := w.dashboard("theirs").Metadata.Version; int(v) != length(5, 50) {
		t.Errorf("version %d after a PUT, want the one after theirs", v)
	}
	w.must(os.Remove(w.stored("theirs")))
	if w.dashboard("theirs") != nil {
		t.Error("it is served after another program removed it")
	}
	w.eventually("the list has lost it", func() bool { return w.listed() == 2 })
}

// A file of the database that cannot be read is neither moved nor an error for those who read: what it last said is served.
func TestR29UnreadableFile(t *testing.T) {
	w := shared(t)
	w.wants(http.StatusOK, "", w.do(http.MethodPost, dashboards, dashboardJSON("free", "1")))
	w.must(os.WriteFile(w.stored("free"), []byte("{ cut o"), 0o600))
	w.stays(2*time.Second, "it is served as it was", func() bool {
		return w.title("free") == "1" && strings.Contains(w.get(dashboards).body, `"name":"free"`)
	})
	if data, err := os.ReadFile(w.stored("free")); err != nil || string(data) != "{ cut o" {
		t.Errorf("the unreadable file is now %q, %v", data, err)
	}
	w.wants(http.StatusOK, "unreadable", w.get("/api/delivery/v1/resources/projects/p/dashboards/free"))
	w.says(5, "free.json", "db", "check", w.database, "--config", w.path("perses.yaml"))
}

// What another program does to a managed document does not last: what its source declares comes back, and nothing is lost on the way.
func TestR29AnotherProgramChangesWhatIsManaged(t *testing.T) {
	w := shared(t)
	w.must(os.WriteFile(w.stored("d00"), []byte(foreign("d00", "theirs", 7)), 0o600))
	w.serves("d00", "1")
	if v := w.dashboard("d00").Metadata.Version; v != 8 {
		t.Errorf("version %d, want the one after theirs", v)
	}
	w.says(0, "", "undo", "dashboard", "p/d00")
	w.serves("d00", "theirs")
	w.must(os.Remove(w.stored("d01")))
	w.serves("d01", "1")
}

// A damaged file of a managed document is overwritten by its source's next version, and its bytes are kept.
func TestR29DamagedManagedDocument(t *testing.T) {
	w := shared(t)
	w.always(func() string { return missing(w, "d00") })
	w.must(os.WriteFile(w.stored("d00"), []byte("{ damaged"), 0o600))
	w.eventually("the damage is seen", func() bool {
		return strings.Contains(w.get("/api/delivery/v1/resources/projects/p/dashboards/d00").body, "unreadable")
	})
	w.write("src/d00.yaml", dashboard("d00", "2"))
	w.serves("d00", "2")
	kept, err := filepath.Glob(filepath.Join(w.database, ".perseid/quarantine/dashboards/p/*"))
	if err != nil || len(kept) != 1 {
		t.Fatalf("quarantine holds %v, %v", kept, err)
	}
	if data, err := os.ReadFile(kept[0]); err != nil || string(data) != "{ damaged" {
		t.Errorf("quarantine holds %q, %v", data, err)
	}
}

// Opening a folder that another program has written rewrites nothing in it.
func TestR29OpeningRewritesNothing(t *testing.T) {
	w := newWorld(t, "src")
	w.set("database.file.extension", "json")
	for path, text := range map[string]string{
		"projects/p.json":           `{"kind":"Project","metadata":{"name":"p","createdAt":"2024-05-01T10:00:00Z","updatedAt":"2024-05-01T10:00:00Z","version":0},"spec":{}}`,
		"dashboards/p/a.json":       foreign("a", "theirs", 4),
		"dashboards/p/strange.json": "{ not json",
		"notes.txt":                 "mine",
	} {
		w.must(os.MkdirAll(filepath.Dir(filepath.Join(w.database, path)), 0o750))
		w.must(os.WriteFile(filepath.Join(w.database, path), []byte(text), 0o600))
	}
	before := prints(t, w.database)
	w.start()
	w.serves("a", "theirs")
	w.wants(http.StatusOK, `"name":"a"`, w.get(dashboards))
	w.restart()
	w.stop()
	after := prints(t, w.database)
	for path := range after {
		if strings.Contains(path, ".perseid") {
			delete(after, path)
		}
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("opening changes the folder (-before +after):\n%s", diff)
	}
}

// State of a newer program is served, and nobody prunes or writes by it.
func TestR30NewerState(t *testing.T) {
	w := newWorld(t, "src")
	w.fill("src", 3)
	w.start()
	w.serves("d00", "1")
	w.stop()
	w.must(os.WriteFile(filepath.Join(w.database, ".perseid/VERSION"), []byte("999\n"), 0o600))
	before := prints(t, w.database)
	w.remove("src/d00.yaml")
	w.write("src/d01.yaml", dashboard("d01", "2"))
	w.begin()
	w.serves("d00", "1")
	w.wants(http.StatusServiceUnavailable, "", w.do(http.MethodPost, dashboards, dashboardJSON("new", "1")))
	w.stays(settle()+2*delay()+time.Second, "what was served is", func() bool { return w.listed() == 3 && w.title("d01") == "1" })
	w.stop()
	if diff := cmp.Diff(before, prints(t, w.database)); diff != "" {
		t.Errorf("an older program changes a newer database (-before +after):\n%s", diff)
	}
}

// A folder can be handed back to Perses, also after a crash: everything is where Perses looks for it.
func TestR30HandBack(t *testing.T) {
	w := shared(t)
	w.says(1, "in use", "db", "release", w.database)
	w.write("src/d01.yaml", dashboard("d01", "2"))
	w.serves("d01", "2")
	w.kill()
	w.says(0, "", "db", "release", w.database)
	data, err := os.ReadFile(w.stored("d01"))
	if err != nil || !strings.Contains(string(data), `"name":"2"`) {
		t.Errorf("the file that Perses reads holds %s, %v", data, err)
	}
	w.must(os.RemoveAll(filepath.Join(w.database, ".perseid")))
	w.start()
	w.serves("d01", "2")
	if v := w.dashboard("d01").Metadata.Version; v != 1 {
		t.Errorf("version %d after the folder came back without our state, want 1", v)
	}
}
