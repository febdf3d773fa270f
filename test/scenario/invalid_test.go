package scenario

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
)

// An invalid document keeps its last good version and its neighbours get theirs; restarts change neither.
func TestR18InvalidKeepsItsLastGoodVersion(t *testing.T) {
	w := newWorld(t, "src")
	w.fill("src", 3)
	w.start()
	w.serves("d00", "1")
	w.always(func() string { return missing(w, "d00", "d01") })
	w.write("src/d00.yaml", invalid("d00"))
	w.write("src/d01.yaml", dashboard("d01", "2"))
	w.serves("d01", "2")
	d := w.becomes("src", "d00", delivery.Invalid)
	if len(d.Problems) != 1 || d.Problems[0].Path != "spec.duration" || d.Problems[0].Line != 6 {
		t.Errorf("problems = %+v, want one at spec.duration, line 6", d.Problems)
	}
	w.inState("src", delivery.Degraded)
	w.restart()
	w.serves("d00", "1")
	w.write("src/d00.yaml", dashboard("d00", "mended"))
	w.serves("d00", "mended")
	w.inState("src", delivery.Ready)
}

// A file that is not even YAML takes nothing with it that it gave before.
func TestR18UndecodableFilePrunesNothing(t *testing.T) {
	w := newWorld(t, "src")
	w.fill("src", 2)
	w.write("src/many.yaml", dashboard("m1", "1")+"---\n"+dashboard("m2", "1")+"---\n"+dashboard("m3", "1"))
	w.start()
	w.serves("m3", "1")
	w.settled("src")
	w.always(func() string { return missing(w, "m1", "m2", "m3") })
	w.write("src/many.yaml", dashboard("m1", "2")+"---\nkind: [")
	w.inState("src", delivery.Degraded)
	time.Sleep(2*delay() + time.Second)
	w.restart()
	time.Sleep(settle() + 2*delay())
	if m1, m2 := w.title("m1"), w.title("m2"); m1 != "1" || m2 != "1" {
		t.Errorf("m1 %q and m2 %q, want what the file gave when it could be read", m1, m2)
	}
}

// A release is served as a whole or not at all, and all that is wrong with it is said at once.
func TestR19ReleaseIsHeldWhole(t *testing.T) {
	w := newWorld(t, "src")
	w.fill("src", 50)
	w.index("src", "r1")
	w.start()
	w.eventually("all are there", func() bool { return w.listed() == 50 })
	w.always(func() string {
		if a := w.probe(dashboards); a.status == 200 && strings.Count(a.body, `"name":"1"`) != 50 {
			return "what is served is not all of the first release"
		}
		return ""
	})
	w.release("r2", func() {
		for i := range 50 {
			w.write("src/"+numbered(i)+".yaml", dashboard(numbered(i), "2"))
		}
		w.write("src/d10.yaml", invalid("d10"))
		w.write("src/d20.yaml", "kind: Dashboard\nmetadata: {name: d20, project: nowhere}\nspec: {panels: {}, layouts: [], duration: 1h}\n")
		w.remove("src/d30.yaml")
	})
	w.becomes("src", "d10", delivery.Invalid)
	w.becomes("src", "d20", delivery.Invalid)
	w.becomes("src", "d11", delivery.HeldBack)
	w.inState("src", delivery.Degraded)
	w.restart()
	w.inState("src", delivery.Degraded)
	time.Sleep(time.Second)
}

// The first release on an empty database has no one before it to hold on to.
func TestR19FirstReleaseIsServedAsFarAsItIsValid(t *testing.T) {
	w := newWorld(t, "src")
	w.fill("src", 50)
	w.write("src/d07.yaml", invalid("d07"))
	w.index("src", "r1")
	w.start()
	w.eventually("49 are served", func() bool { return w.listed() == 49 })
	w.inState("src", delivery.Degraded)
	w.becomes("src", "d07", delivery.Invalid)
	w.restart()
	w.stays(settle()+time.Second, "49 are served", func() bool { return w.listed() == 49 })
	w.release("r2", func() { w.write("src/d07.yaml", dashboard("d07", "1")) })
	w.eventually("50 are served", func() bool { return w.listed() == 50 })
	w.inState("src", delivery.Ready)
}

// Two documents that only fit together arrive together: what is checked is what will be, not a step on the way.
func TestR20ChecksSeeWhatWillBe(t *testing.T) {
	w := newWorld(t, "src")
	w.write("src/..v1/all.yaml", datasource("x", true)+"---\n"+datasource("y", false)+"---\n"+projectP)
	w.write("src/..v2/all.yaml", datasource("x", false)+"---\n"+datasource("y", true)+"---\n"+projectP+"---\n"+dashboard("a", "1"))
	w.must(os.Symlink("..v1", w.path("src/..data")))
	w.must(os.Symlink("..data/all.yaml", w.path("src/all.yaml")))
	w.start()
	w.becomes("src", "x", delivery.Applied)
	for _, version := range []string{"..v2", "..v1", "..v2"} {
		w.must(os.Symlink(version, w.path("src/..new")))
		w.must(os.Rename(w.path("src/..new"), w.path("src/..data")))
		isDefault := map[string]string{"..v1": "x", "..v2": "y"}[version]
		w.eventually(isDefault+" is the default", func() bool {
			return strings.Contains(w.get("/api/v1/globaldatasources/"+isDefault).body, `"default":true`)
		})
		w.inState("src", delivery.Ready)
	}
}
