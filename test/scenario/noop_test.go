package scenario

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/delivery"
)

// Whatever is read again, restarted or rewritten as it was: nothing is written.
func TestR12NothingChangesNothingIsWritten(t *testing.T) {
	for _, extension := range []string{"yaml", "json"} {
		t.Run(extension, func(t *testing.T) {
			w := newWorld(t, "src")
			w.set("database.file.extension", extension)
			w.fill("src", 20)
			w.write("src/secrets.yaml", user+"---\n"+globalSecret)
			w.start()
			w.eventually("all are there", func() bool { return w.listed() == 20 })
			w.restart()
			w.inState("src", delivery.Ready)
			w.stop()
			before := prints(t, w.database)
			w.start()
			w.rereads()
			w.stop()
			if diff := cmp.Diff(before, prints(t, w.database)); diff != "" {
				t.Errorf("a run without changes writes (-before +after):\n%s", diff)
			}
		})
	}
}

// rereads asks for a listing, and waits for it.
func (w *world) rereads() {
	w.t.Helper()
	last := w.inState("src", delivery.Ready).LastAttempt
	w.wants(http.StatusAccepted, "", w.do(http.MethodPost, "/api/delivery/v1/sources/src/reconcile?full=true", "{}"))
	w.eventually("it is listed again", func() bool { return w.source("src").LastAttempt.After(last) })
}

const (
	user         = "kind: User\nmetadata: {name: jane}\nspec: {firstName: Jane, nativeProvider: {password: correct horse}}\n"
	globalSecret = "kind: GlobalSecret\nmetadata: {name: token}\nspec: {authorization: {type: Bearer, credentials: hush}}\n"
)

// prints is content, mode and times of every file below a directory, but for the lock, which says who runs now.
func prints(t *testing.T, root string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Base(path) == "lock" {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		out[path] = fmt.Sprintf("%x %s %s", sha256.Sum256(data), info.Mode(), info.ModTime().Format(time.RFC3339Nano))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestR12PutOfWhatIsStored(t *testing.T) {
	w := newWorld(t, "src")
	w.write("src/all.yaml", projectP+"---\n"+dashboard("managed", "1"))
	w.start()
	w.serves("managed", "1")
	w.wants(http.StatusOK, "", w.do(http.MethodPost, dashboards, dashboardJSON("free", "1")))
	for _, name := range []string{"managed", "free"} {
		w.wants(http.StatusOK, "", w.do(http.MethodPut, dashboards+"/"+name, w.get(dashboards+"/"+name).body))
	}
	if v := w.dashboard("managed").Metadata.Version; v != 0 {
		t.Errorf("a PUT of what is stored makes a managed dashboard version %d", v)
	}
	if v := w.dashboard("free").Metadata.Version; v != 1 {
		t.Errorf("a PUT makes an unmanaged dashboard version %d, want 1 as in Perses", v)
	}
}
