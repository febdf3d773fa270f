package scenario

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/perseid-dev/perseid/internal/delivery"
)

// The folder is made, with all that leads there; a file in its way is named, and what to do about it.
func TestR29FolderIsMissing(t *testing.T) {
	w := newWorld(t, "src")
	w.fill("src", 2)
	w.database = filepath.Join(w.root, "not", "there", "yet")
	w.start()
	w.serves("d01", "1")
	w.stop()
	w.write("in-the-way", "theirs")
	w.database = w.path("in-the-way", "database")
	w.refuses(1, "a file is in the place of a directory of the database: move it away")
	w.refuses(1, "in-the-way")
}

// On a read-only disk the start says so: it could keep no promise.
func TestR29DiskIsReadOnly(t *testing.T) {
	w := newWorld(t, "src")
	w.fill("src", 2)
	w.onSmallDisk(4 << 20)
	w.start()
	w.serves("d01", "1")
	w.stop()
	w.remount("ro")
	w.refuses(1, "the disk of the database is read-only: mount it for writing")
	w.refuses(1, w.database)
	w.remount("rw")
	w.start()
	w.serves("d01", "1")
}

func (w *world) remount(how string) {
	w.t.Helper()
	if out, err := exec.Command("mount", "-o", "remount,"+how, w.database).CombinedOutput(); err != nil {
		w.t.Skipf("remount: %v: %s", err, out)
	}
}

// No inodes are left, though there is room: the same as a full disk, in words that say so.
func TestR21NoInodesLeft(t *testing.T) {
	w := newWorld(t, "src")
	w.fill("src", 3)
	w.onSmallDisk(8<<20, "nr_inodes=60")
	w.start()
	w.serves("d02", "1")
	w.inState("src", delivery.Ready)
	w.always(func() string { return missing(w, "d00", "d01", "d02") })
	ballast := filepath.Join(w.database, "ballast")
	w.must(os.Mkdir(ballast, 0o755))
	for n := 0; os.WriteFile(filepath.Join(ballast, fmt.Sprint(n)), nil, 0o600) == nil; n++ {
	}
	w.write("src/d00.yaml", dashboard("d00", "2"))
	w.eventually("the source says why", func() bool { return strings.Contains(problems(w.source("src")), "no inodes left: make room") })
	w.wants(http.StatusServiceUnavailable, "no inodes left: make room", w.do(http.MethodPost, dashboards, dashboardJSON("new", "1")))
	w.must(os.RemoveAll(ballast))
	w.serves("d00", "2")
	w.inState("src", delivery.Ready)
}

func problems(s delivery.Source) string { return fmt.Sprintf("%+v", s) }

// Another process has the database: the second is alive and not ready, names the first, and takes over when that is gone.
func TestR31AnotherProcess(t *testing.T) {
	w := newWorld(t, "src")
	w.fill("src", 2)
	w.start()
	w.serves("d01", "1")
	first := w.process
	second := launch(t, nil, environ(), w.serving()...)
	w.logs = append(w.logs, second.log)
	w.process = second
	w.listen()
	w.eventually("it says who holds the database", func() bool {
		return strings.Contains(w.probe("/readyz").body, fmt.Sprintf("in use by process %d", first.cmd.Process.Pid))
	})
	if a := w.probe("/livez"); a.status != http.StatusOK {
		t.Errorf("livez is %d while it waits", a.status)
	}
	first.stop(t)
	w.eventually("the second is ready", func() bool { return w.probe("/readyz").status == http.StatusOK })
	w.serves("d01", "1")
}

// Whatever lies in the folder: it is named, the rest is served, and nothing of it is touched.
func TestR29Garbage(t *testing.T) {
	w := newWorld(t, "src")
	w.set("database.file.extension", "json")
	w.fill("src", 3)
	w.start()
	w.serves("d02", "1")
	w.stop()
	noise := make([]byte, 500)
	_, _ = rand.Read(noise)
	whole, err := os.ReadFile(w.stored("d00"))
	w.must(err)
	strange := map[string][]byte{
		"dashboards/p/noise.json": noise, "dashboards/p/empty.json": nil, "dashboards/p/half.json": whole[:len(whole)/2],
		"dashboards/p/other.json": whole, "dashboards/p/UPPER.json": whole, "dashboards/p/deep/er.json": whole, "dashboards/noise.json": noise,
		"nonsense/x.json": noise, "noise": noise, "datasources/p/wrong.json": whole, "dashboards/p/list.json": []byte("[1, 2]"),
	}
	for path, data := range strange {
		w.must(os.MkdirAll(filepath.Join(w.database, filepath.Dir(path)), 0o755))
		w.must(os.WriteFile(filepath.Join(w.database, path), data, 0o600))
	}
	w.must(os.Mkdir(filepath.Join(w.database, "dashboards", "p", "directory.json"), 0o755))
	w.start()
	for n := range 3 {
		w.serves(numbered(n), "1")
	}
	if a := w.get("/api/v1/dashboards"); a.status != http.StatusOK || !json.Valid([]byte(a.body)) {
		t.Errorf("list: %d %s", a.status, a.body)
	}
	for path, data := range strange {
		if got, err := os.ReadFile(filepath.Join(w.database, path)); err != nil || string(got) != string(data) {
			t.Errorf("%s was touched: %v", path, err)
		}
	}
	w.stop()
	checked := w.perseid("db", "check", w.database)
	for _, path := range []string{"noise.json", "empty.json", "half.json", "other.json", "UPPER.json", "wrong.json", "list.json", "directory.json"} {
		if !strings.Contains(checked.text, path) {
			t.Errorf("db check does not name %s:\n%s", path, checked.text)
		}
	}
}

// Two documents whose files were exchanged are no documents: what was read last is served, and what they should be is written anew.
func TestR29SwappedDocuments(t *testing.T) {
	w := newWorld(t, "src")
	w.set("database.file.extension", "json")
	w.fill("src", 3)
	w.start()
	w.serves("d02", "1")
	w.always(func() string { return missing(w, "d00", "d01", "d02") })
	w.must(os.Rename(w.stored("d00"), w.stored("d00")+"~"))
	w.must(os.Rename(w.stored("d01"), w.stored("d00")))
	w.must(os.Rename(w.stored("d00")+"~", w.stored("d01")))
	w.must(os.Truncate(w.stored("d02"), 40))
	for n := range 3 {
		w.eventually("its own document is written again", func() bool {
			data, err := os.ReadFile(w.stored(numbered(n)))
			return err == nil && strings.Contains(string(data), fmt.Sprintf("%q", numbered(n))) && json.Valid(data)
		})
	}
	w.inState("src", delivery.Ready)
}
