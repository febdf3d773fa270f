package scenario

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/delivery"
)

// The volume of a server comes up empty and is filled file by file, by something that writes into the file in place: at every moment
// the directory says that most is gone, and now and then that a file has fewer documents than it has. Nobody notices.
func TestR15SlowRefill(t *testing.T) {
	w := newWorld(t, "src")
	files := refill(length(40, 600))
	w.pour(files, 0)
	w.start()
	w.inState("src", delivery.Ready)
	before := w.identities()
	if len(before) != 2*len(files) {
		t.Fatalf("%d dashboards are served, want %d", len(before), 2*len(files))
	}
	w.stop()
	w.must(os.RemoveAll(w.path("src")))
	w.must(os.Mkdir(w.path("src"), 0o755))
	w.start()
	w.always(func() string { return w.whole(before) })
	w.pour(files, time.Second/20) // 20 files a second
	time.Sleep(settle() + 2*delay() + time.Second)
	w.inState("src", delivery.Ready)
	if diff := cmp.Diff(before, w.identities()); diff != "" {
		t.Errorf("versions and creation times (-before +after):\n%s", diff)
	}
}

// refill makes files with two dashboards each; the first file begins with their project.
func refill(n int) []string {
	files := make([]string, n)
	for i := range files {
		files[i] = dashboard(fmt.Sprintf("x%03d", i), "1") + "---\n" + dashboard(fmt.Sprintf("y%03d", i), "1")
	}
	files[0] = projectP + "---\n" + files[0]
	return files
}

// pour writes files in place, a pause after each; every fifth stops at its first separator for a pause.
func (w *world) pour(files []string, pause time.Duration) {
	w.t.Helper()
	for i, text := range files {
		head, tail, _ := strings.Cut(text, "---\n")
		f, err := os.Create(w.path("src", fmt.Sprintf("%03d.yaml", i)))
		w.must(err)
		_, err = f.WriteString(head + "---\n")
		w.must(err)
		if i%5 == 0 {
			time.Sleep(4 * pause)
		}
		_, err = f.WriteString(tail)
		w.must(err)
		w.must(f.Close())
		time.Sleep(pause)
	}
}

// identity is what must not change of a resource whose document does not.
type identity struct {
	Version              uint64
	CreatedAt, UpdatedAt time.Time
}

// identities are those of all dashboards, as they are listed.
func (w *world) identities() map[string]identity {
	w.t.Helper()
	found, err := identitiesOf(w.get("/api/v1/dashboards"))
	w.must(err)
	return found
}

func identitiesOf(a answer) (map[string]identity, error) {
	var list []stored
	if err := json.Unmarshal([]byte(a.body), &list); err != nil || a.status != http.StatusOK {
		return nil, fmt.Errorf("list: %d %.300s %w", a.status, a.body, err)
	}
	found := map[string]identity{}
	for _, d := range list {
		found[d.Metadata.Project+"/"+d.Metadata.Name] = identity{d.Metadata.Version, d.Metadata.CreatedAt, d.Metadata.UpdatedAt}
	}
	return found, nil
}

// whole complains if the list of dashboards is not what it was.
func (w *world) whole(before map[string]identity) string {
	a := w.probe("/api/v1/dashboards")
	if a.status == 0 {
		return ""
	}
	now, err := identitiesOf(a)
	if err != nil {
		return err.Error()
	}
	if diff := cmp.Diff(before, now); diff != "" {
		return fmt.Sprintf("%d of %d dashboards are listed, or others (-before +now):\n%.1000s", len(now), len(before), diff)
	}
	return ""
}

// A running server's directory is emptied and filled again, as a checkout does that is not atomic: what is held until it is back stays held,
// also when more than half of it is back.
func TestR14EmptiedAndRefilled(t *testing.T) {
	w := newWorld(t, "src")
	files := refill(length(40, 600))
	w.pour(files, 0)
	w.start()
	w.settled("src")
	before := w.identities()
	w.always(func() string { return w.whole(before) })
	for i := range files {
		w.remove(fmt.Sprintf("src/%03d.yaml", i))
	}
	w.inState("src", delivery.Held)
	time.Sleep(2 * delay())
	w.pour(files, time.Second/20)
	w.inState("src", delivery.Ready)
	time.Sleep(2*delay() + time.Second)
}
