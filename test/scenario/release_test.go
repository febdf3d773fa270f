package scenario

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
)

// index writes the index of a directory: the files it holds now are a release.
func (w *world) index(dir, revision string) {
	w.t.Helper()
	w.says(0, "", "index", w.path(dir), "--revision", revision, "--version", "v-"+revision, "--no-validate")
}

// release changes src and then writes its index: until then the directory is not what the index before says.
func (w *world) release(revision string, change func()) {
	w.t.Helper()
	change()
	w.index("src", revision)
}

// titled makes src a release of dashboards d00, d01, … of a title.
func (w *world) titled(revision string, n int) {
	w.t.Helper()
	w.release(revision, func() {
		for i := range n {
			w.write("src/"+numbered(i)+".yaml", dashboard(numbered(i), revision))
		}
	})
}

// servesRelease waits until every dashboard that is served is of a release, and there are so many of them.
func (w *world) servesRelease(revision string, n int) {
	w.t.Helper()
	w.eventually(fmt.Sprintf("all %d of release %s are served", n, revision), func() bool {
		return w.listed() == n && strings.Count(w.get(dashboards).body, fmt.Sprintf(`"name":%q}`, revision)) == n
	})
}

// oneRelease complains if what is listed is not all of one release.
func oneRelease(w *world) string {
	a := w.probe(dashboards)
	n := strings.Count(a.body, `"kind":"Dashboard"`)
	if a.status != 200 || n == 0 {
		return ""
	}
	for _, revision := range []string{"r1", "r2", "r3"} {
		if strings.Count(a.body, fmt.Sprintf(`"name":%q}`, revision)) == n {
			return ""
		}
	}
	return "what is listed is of two releases"
}

// remembers waits until the history of src has these releases, newest first.
func (w *world) remembers(want ...string) {
	w.t.Helper()
	w.eventually(fmt.Sprint("the releases of src are ", want), func() bool {
		var h delivery.History
		w.must(json.Unmarshal([]byte(w.get("/api/delivery/v1/sources/src/history").body), &h))
		var got []string
		for _, r := range h.Releases {
			got = append(got, r.Revision)
		}
		return slices.Equal(got, want)
	})
}

// A release is served in one step, with its deletions, and what was before is remembered.
func TestR22ReleasesFollowOneAnother(t *testing.T) {
	w := newWorld(t, "src")
	w.write("src/project.yaml", projectP)
	w.titled("r1", 30)
	w.start()
	w.servesRelease("r1", 30)
	w.always(func() string { return oneRelease(w) })
	w.titled("r2", 30)
	w.servesRelease("r2", 30)
	w.release("r3", func() {
		for i := range 30 {
			w.write("src/"+numbered(i)+".yaml", dashboard(numbered(i), "r3"))
		}
		for i := 5; i < 30; i++ { // more than half: the index is believed
			w.remove("src/" + numbered(i) + ".yaml")
		}
	})
	w.servesRelease("r3", 5)
	w.inState("src", delivery.Ready)
	w.kill()
	w.start()
	w.remembers("r3", "r2", "r1")
}

func TestR22OldestReleaseGoesFirst(t *testing.T) {
	w := newWorld(t, "src")
	w.write("src/project.yaml", projectP)
	var want []string
	for n := range 12 {
		revision := fmt.Sprintf("rev%02d", n)
		w.titled(revision, 1)
		if n == 0 {
			w.start()
		}
		w.servesRelease(revision, 1)
		if n >= 2 {
			want = append([]string{revision}, want...)
		}
	}
	w.remembers(want...)
}

// A source without releases has versions of each document.
func TestR22VersionsOfADocument(t *testing.T) {
	w := newWorld(t, "src")
	w.write("src/project.yaml", projectP)
	for n := range 3 {
		w.write("src/a.yaml", dashboard("a", fmt.Sprint("title ", n)))
		if n == 0 {
			w.start()
		}
		w.serves("a", fmt.Sprint("title ", n))
	}
	w.says(0, "updated", "history", "dashboard", "p/a")
	w.says(0, "", "rollback", "dashboard", "p/a", "0")
	w.serves("a", "title 0")
	w.write("src/a.yaml", dashboard("a", "title 3"))
	w.restart()
	w.stays(time.Second, "a stays where it was rolled back to", func() bool { return w.title("a") == "title 0" })
	w.says(0, "", "unpin", "dashboard", "p/a")
	w.serves("a", "title 3")
}

// A rollback until something newer is out removes what the bad release brought, and stands whatever is offered again that was there before.
func TestR23RollbackUntilNewer(t *testing.T) {
	w := newWorld(t, "src")
	w.write("src/project.yaml", projectP)
	w.titled("r1", 5)
	w.start()
	w.servesRelease("r1", 5)
	w.always(func() string { return oneRelease(w) })
	w.titled("r2", 8)
	w.servesRelease("r2", 8)
	if text := w.says(0, "", "rollback", "src", "--dry-run"); !strings.Contains(text, "d07") {
		t.Errorf("the preview does not show what goes: %s", text)
	}
	w.says(0, "", "rollback", "src", "--until-newer")
	w.servesRelease("r1", 5)
	w.inState("src", delivery.Pinned)
	w.restart()
	w.servesRelease("r1", 5)

	pinned := w.always(func() string {
		if n := w.listed(); n >= 0 && n != 5 {
			return fmt.Sprintf("%d dashboards are listed of a source that is pinned to 5", n)
		}
		return ""
	})
	w.release("r1", func() {
		for i := 5; i < 8; i++ {
			w.remove("src/" + numbered(i) + ".yaml")
		}
		w.titled("r1", 5)
	})
	time.Sleep(length(time.Second, 5*time.Second))
	w.titled("r2", 8)
	time.Sleep(length(time.Second, 5*time.Second))
	w.inState("src", delivery.Pinned)
	w.release("bad", func() { w.write("src/d00.yaml", invalid("d00")) })
	w.becomes("src", "d00", delivery.Invalid)
	w.inState("src", delivery.Pinned)
	w.kill()
	w.start()
	w.inState("src", delivery.Pinned)
	time.Sleep(length(time.Second, 5*time.Second))
	pinned()

	w.titled("r3", 8)
	w.servesRelease("r3", 8)
	w.inState("src", delivery.Ready)
}

// A plain rollback stays until somebody ends it, newer releases or not; the configuration can pin as well.
func TestR23RollbackAndConfiguredPin(t *testing.T) {
	w := newWorld(t, "src")
	w.write("src/project.yaml", projectP)
	w.titled("r1", 3)
	w.start()
	w.servesRelease("r1", 3)
	w.titled("r2", 3)
	w.servesRelease("r2", 3)
	w.says(0, "", "rollback", "src", "v-r1")
	w.servesRelease("r1", 3)
	w.titled("r3", 3)
	w.stays(2*time.Second, "r1 is served", func() bool { return w.title("d00") == "r1" })
	w.says(0, "", "unpin", "src")
	w.servesRelease("r3", 3)

	w.option(0, "pin", "v-r1")
	w.restart()
	w.servesRelease("r1", 3)
	if s := w.inState("src", delivery.Pinned); s.Pin == nil || !s.Pin.Configured {
		t.Errorf("pin = %+v, want one of the configuration", s.Pin)
	}
	w.says(1, "", "unpin", "src")
	w.option(0, "pin", "")
	w.restart()
	w.servesRelease("r3", 3)
}
