package scenario

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
)

// The process is killed while it applies a release, again and again: what is served afterwards is one release, whole and owned.
func TestR21KilledWhileApplying(t *testing.T) {
	w := newWorld(t, "src")
	const n = 40
	w.write("src/project.yaml", projectP)
	w.titled("r1", n)
	w.start()
	w.servesRelease("r1", n)
	w.always(func() string { return oneRelease(w) })
	for round := range length(6, 100) {
		revision := []string{"r2", "r3"}[round%2]
		w.titled(revision, n)
		time.Sleep(time.Duration(round*37%300) * time.Millisecond)
		w.kill()
		w.start()
		w.servesRelease(revision, n)
		for i := range n {
			if owner := w.owner(numbered(i)); owner != "src" {
				t.Fatalf("round %d: %s is owned by %q", round, numbered(i), owner)
			}
		}
	}
}

// onSmallDisk puts the database on a file system of its own, of so many bytes, mounted with options.
func (w *world) onSmallDisk(size int, options ...string) {
	w.t.Helper()
	w.must(os.Mkdir(w.database, 0o755))
	out, err := exec.Command("mount", "-t", "tmpfs", "-o", strings.Join(append(options, fmt.Sprintf("size=%d", size)), ","), "tmpfs", w.database).CombinedOutput()
	if err != nil {
		w.t.Skipf("a small file system cannot be mounted here: %v: %s", err, out)
	}
	w.t.Cleanup(func() {
		if out, err := exec.Command("umount", w.database).CombinedOutput(); err != nil {
			w.t.Errorf("umount: %v: %s", err, out)
		}
	})
}

// bulky is a dashboard that cannot be compressed much.
func bulky(t *testing.T, name string, bytes int) string {
	t.Helper()
	noise := make([]byte, bytes/2)
	if _, err := rand.Read(noise); err != nil {
		t.Fatal(err)
	}
	return dashboard(name, hex.EncodeToString(noise))
}

// One source brings more than the disk takes: the other gets its edit, everybody keeps what they had, and it recovers by itself.
func TestR21OneSourceFillsTheDisk(t *testing.T) {
	w := newWorld(t, "big", "small")
	w.onSmallDisk(8 << 20)
	w.fill("big", 5)
	w.write("small/a.yaml", dashboard("a", "1"))
	w.start()
	w.serves("a", "1")
	w.serves("d04", "1")
	w.always(func() string { return missing(w, "a", "d00", "d01", "d02", "d03", "d04") })
	for i := range 30 {
		w.write(fmt.Sprintf("big/bulky%d.yaml", i), bulky(t, fmt.Sprintf("bulky%d", i), 1<<20))
	}
	w.write("small/a.yaml", dashboard("a", "2"))
	w.serves("a", "2")
	w.eventually("big is not well", func() bool {
		state := w.source("big").State
		return state == delivery.Failing || state == delivery.Degraded
	})
	w.kill()
	w.start()
	w.serves("a", "2")
	for i := range 30 {
		w.remove(fmt.Sprintf("big/bulky%d.yaml", i))
	}
	w.write("big/d00.yaml", dashboard("d00", "2"))
	w.serves("d00", "2")
	w.inState("big", delivery.Ready)
}

// The disk is full of something else: nothing can be written, everything is served, across a crash too, and it ends with the reason.
func TestR21DiskIsFull(t *testing.T) {
	w := newWorld(t, "src")
	w.onSmallDisk(4 << 20)
	w.fill("src", 5)
	w.start()
	w.serves("d04", "1")
	w.inState("src", delivery.Ready)
	w.always(func() string { return missing(w, "d00", "d01", "d02", "d03", "d04") })
	ballast := filepath.Join(w.database, "ballast")
	w.fillDisk(ballast)
	w.write("src/d00.yaml", dashboard("d00", "2"))
	w.eventually("the source is not well", func() bool {
		state := w.source("src").State
		return state == delivery.Failing || state == delivery.Degraded
	})
	if a := w.do(http.MethodPost, dashboards, dashboardJSON("new", "1")); a.status/100 != 5 {
		t.Errorf("a write to a full disk is answered %d %s", a.status, a.body)
	}
	w.kill()
	w.start()
	w.stays(time.Second, "what was served is", func() bool { return w.title("d00") == "1" && w.listed() == 5 })
	w.must(os.Remove(ballast))
	w.serves("d00", "2")
	w.inState("src", delivery.Ready)
	w.wants(http.StatusOK, "", w.do(http.MethodPost, dashboards, dashboardJSON("new", "1")))
}

// fillDisk writes a file until nothing fits any more.
func (w *world) fillDisk(path string) {
	w.t.Helper()
	f, err := os.Create(path)
	w.must(err)
	defer f.Close()
	for size := 64 << 10; size > 0; size /= 2 {
		for err = nil; err == nil; {
			_, err = f.Write(make([]byte, size))
		}
	}
}
