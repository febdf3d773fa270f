package scenario

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/delivery"
)

// A second process on the same database, as a rolling update makes it, waits, alive and not ready, and takes over.
func TestR31SecondProcessWaitsAndTakesOver(t *testing.T) {
	w := newWorld(t, "src")
	w.fill("src", 3)
	w.start()
	w.serves("d00", "1")
	first := w.process
	w.begin() // the second
	w.stays(2*time.Second, "the second is alive and not ready", func() bool {
		ready := w.probe("/readyz")
		return w.probe("/api/v1/health").status == http.StatusOK && ready.status == http.StatusServiceUnavailable
	})
	a := w.do(http.MethodPost, dashboards, dashboardJSON("new", "1"))
	w.wants(http.StatusServiceUnavailable, "in use by process", a)
	w.write("src/d00.yaml", dashboard("d00", "2"))
	first.kill()
	w.eventually("the second is ready", func() bool { return w.probe("/readyz").status == http.StatusOK })
	w.serves("d00", "2")
	if n := w.listed(); n != 3 {
		t.Errorf("%d dashboards after the takeover, want 3", n)
	}
}

const (
	oneKey     = "0123456789abcdef0123456789abcdef"
	anotherKey = "fedcba9876543210fedcba9876543210"
)

// With another encryption key nothing is served, nothing rewritten, and a sentence says why.
func TestR32AnotherEncryptionKey(t *testing.T) {
	w := newWorld(t, "src")
	w.set("security.encryption_key", oneKey)
	w.fill("src", 1)
	w.write("src/secret.yaml", globalSecret)
	w.start()
	w.serves("d00", "1")
	w.stop()
	before := prints(t, w.database)
	w.set("security.encryption_key", anotherKey)
	w.refuses(1, "written with encryption key")
	if diff := cmp.Diff(before, prints(t, w.database)); diff != "" {
		t.Errorf("refusing changes the database (-before +after):\n%s", diff)
	}
	w.set("security.encryption_key", oneKey)
	w.start()
	w.serves("d00", "1")
}

// The extension is changed: the documents under the former one are out of sight, which deletes nothing, and coming back finds them.
func TestR32AnotherExtensionPrunesNothing(t *testing.T) {
	w := newWorld(t, "src")
	w.fill("src", 12)
	w.start()
	w.eventually("all are there", func() bool { return w.listed() == 12 })
	w.settled("src")
	created := w.dashboard("d00").Metadata.CreatedAt
	w.stop()
	for i := range 4 {
		w.remove("src/" + numbered(i) + ".yaml")
	}
	w.set("database.file.extension", "json")
	w.start()
	w.eventually("what is declared is served", func() bool { return w.listed() == 8 })
	time.Sleep(settle() + 2*delay())
	files, err := filepath.Glob(filepath.Join(w.database, "dashboards/p/*.yaml"))
	if err != nil || len(files) != 12 {
		t.Errorf("%d files of the former extension are left, want 12 (%v)", len(files), err)
	}
	w.stop()
	w.set("database.file.extension", "yaml")
	w.start()
	w.serves("d05", "1")
	if got := w.dashboard("d05").Metadata.CreatedAt; got.IsZero() || got.Before(created.Add(-time.Minute)) {
		t.Errorf("created %s, want %s", got, created)
	}
}

// The case mode is changed: names are others, and nothing goes because of that.
func TestR32AnotherCaseModePrunesNothing(t *testing.T) {
	w := newWorld(t, "src")
	w.set("database.file.case_sensitive", true)
	w.fill("src", 3)
	w.write("src/mixed.yaml", dashboard("MyDash", "1"))
	w.start()
	w.serves("MyDash", "1")
	w.settled("src")
	w.stop()
	w.set("database.file.case_sensitive", false)
	w.start()
	w.serves("mydash", "1")
	w.inState("src", delivery.Ready)
	w.stays(settle()+2*delay(), "all are served", func() bool { return w.title("mydash") == "1" && w.title("d00") == "1" })
}

// A file reference is text to those who deliver and read it: what the file holds does not come to light.
func TestR34FileReferencesStayReferences(t *testing.T) {
	const hidden = "the content of a file on the server"
	w := newWorld(t, "src")
	file := w.path("hidden.txt")
	w.must(os.WriteFile(file, []byte(hidden), 0o600))
	w.fill("src", 1)
	w.write("src/secret.yaml", "kind: GlobalSecret\nmetadata: {name: s}\nspec: {basicAuth: {username: u, passwordFile: "+file+"}}\n")
	w.write("src/reference.yaml", dashboard("reference", "${file:"+file+"} $HOME ${env:HOME}"))
	w.start()
	w.serves("reference", "${file:"+file+"} $HOME ${env:HOME}")
	for _, path := range []string{"/api/v1/globalsecrets", dashboards, "/api/delivery/v1/documents", "/metrics"} {
		if a := w.get(path); a.status != http.StatusOK || strings.Contains(a.body, hidden) {
			t.Errorf("GET %s: %d, and what a reference leads to is in it", path, a.status)
		}
	}
	w.stop()
	w.nowhere(map[string]string{"the file's content": hidden})
}
