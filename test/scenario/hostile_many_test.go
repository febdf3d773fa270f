package scenario

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
)

// A hundred thousand files, of which every second is empty: what is good is served, what is not is told, an edit among them is followed, and
// none of it takes memory or time out of proportion.
func TestHostileManyFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("writes thousands of files")
	}
	n := length(2_000, 100_000)
	w := newWorld(t, "src")
	w.write("src/project.yaml", projectP)
	w.write("src/good.yaml", dashboard("good", "1"))
	for i := range n / 2 {
		name := fmt.Sprintf("m%06d", i)
		dir := fmt.Sprintf("src/%03d/", i/500)
		if i%500 == 0 {
			w.must(os.MkdirAll(w.path(dir), 0o755))
		}
		w.must(os.WriteFile(w.path(dir, name+".json"), []byte(dashboardJSON(name, "1")), 0o644))
		w.must(os.WriteFile(w.path(dir, name+".yaml"), nil, 0o644))
	}
	begun := time.Now()
	w.start()
	w.takes(10*time.Minute, "all are served", func() bool { return w.source("src").Counts[delivery.Applied] == n/2+2 })
	loaded := time.Since(begun)
	status := w.source("src")
	if status.Counts[delivery.Invalid] != n/2 || status.State != delivery.Degraded {
		t.Errorf("%s, %v; want %d documents refused", status.State, status.Counts, n/2)
	}
	begun = time.Now()
	w.write("src/good.yaml", dashboard("good", "2"))
	w.takes(time.Minute, "the edit is served", func() bool { return w.title("good") == "2" })
	edited := time.Since(begun)
	begun = time.Now()
	var report struct{ Documents []json.RawMessage }
	w.must(json.Unmarshal([]byte(w.product(0, "status", "-o", "json")), &report))
	if len(report.Documents) != n/2 {
		t.Errorf("status of %d documents, want %d", len(report.Documents), n/2)
	}
	t.Logf("%d files: served in %s, an edit in %s, status in %s, %d MiB at the most", n, loaded, edited, time.Since(begun), w.memory())
	if limit := length(200, 2000); w.memory() > limit {
		t.Errorf("%d MiB of memory, want at most %d", w.memory(), limit)
	}
}

// takes is eventually with a patience of its own.
func (w *world) takes(most time.Duration, what string, holds func() bool) {
	w.t.Helper()
	for end := time.Now().Add(most); !holds(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) || w.process.hasEnded() {
			w.t.Fatalf("not within %s: %s\nsources: %s", most, what, w.probe("/api/delivery/v1/sources").body)
		}
	}
}
