package scenario

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
)

// What looks odd and is well-formed is served.
func TestHostileLooksOnly(t *testing.T) {
	w := newWorld(t, "src")
	utf16 := "\xff\xfe"
	for _, c := range dashboard("wide", "1") {
		utf16 += string([]byte{byte(c), 0})
	}
	files := map[string]string{
		"bom.yaml":  "\ufeff" + dashboard("bom-yaml", "1"),
		"bom.json":  "\ufeff" + dashboardJSON("bom-json", "1"),
		"crlf.yaml": strings.ReplaceAll(dashboard("crlf-yaml", "1"), "\n", "\r\n"),
		"crlf.json": strings.ReplaceAll(dashboardJSON("crlf-json", "1"), ",", ",\r\n"),
		"merged.yaml": strings.Replace(dashboard("merged", "1"), "panels: {}",
			"panels: {a: &a {kind: Panel, spec: {plugin: {kind: P, spec: {}}}}, b: {<<: *a}}", 1),
		"wide.yaml": utf16,
		"list.json": "[" + dashboardJSON("one", "1") + "," + dashboardJSON("two", "1") + "]",
	}
	w.write("src/project.yaml", projectP)
	for name, text := range files {
		w.write("src/"+name, text)
	}
	w.start()
	for _, name := range []string{"bom-yaml", "bom-json", "crlf-yaml", "crlf-json", "merged", "wide", "one", "two"} {
		w.serves(name, "1")
	}
	w.inState("src", delivery.Ready)
	w.says(0, "no problems", "validate", w.path("src"))
}

// One identity, twice: the last place counts, and the other one is told where that is.
func TestHostileDuplicates(t *testing.T) {
	w := newWorld(t, "src")
	w.write("src/project.yaml", projectP)
	w.write("src/a.yaml", dashboard("across", "first"))
	w.write("src/b.json", dashboardJSON("across", "second"))
	w.write("src/c.yaml", dashboard("within", "first")+"---\n"+dashboard("within", "second"))
	w.write("src/d.json", "["+dashboardJSON("list", "first")+","+dashboardJSON("list", "second")+"]")
	w.start()
	for name, winner := range map[string]string{
		"across": w.path("src/b.json"), "within": "document 2 of " + w.path("src/c.yaml"), "list": "document 2 of " + w.path("src/d.json"),
	} {
		w.serves(name, "second")
		loser := w.becomes("src", name, delivery.Shadowed)
		want := fmt.Sprintf("dashboard p/%s is declared twice in src: here and in %s, which wins (remove or rename one of them)", name, winner)
		if len(loser.Problems) != 1 || !strings.HasSuffix(said(loser.Problems[0]), want) {
			t.Errorf("%s: problems %+v, want %s", name, loser.Problems, want)
		}
		w.says(0, strings.Replace(want, "in src:", "in these files:", 1)[:60], "validate", w.path("src"))
	}
	w.remove("src/b.json")
	w.serves("across", "first")
}

// What is wrong only in the company of others: the one document is refused, and served once the others let it.
func TestHostileCompany(t *testing.T) {
	w := newWorld(t, "src")
	w.write("src/project.yaml", projectP)
	w.write("src/one.yaml", datasource("one", true))
	w.write("src/two.yaml", datasource("two", false))
	w.write("src/stray.yaml", dashboardIn("nowhere", "stray", "1"))
	w.write("src/good.yaml", dashboard("good", "1"))
	w.start()
	w.serves("good", "1")
	w.says(0, `metadata.project "nowhere" doesn't exist (declare it, or set delivery.create_projects: true)`, "status")
	w.becomes("src", "stray", delivery.Invalid)
	w.says(5, `metadata.project "nowhere" doesn't exist`, "validate", "--strict", w.path("src"))

	w.write("src/two.yaml", datasource("two", true))
	const sentence = `datasource "two" cannot be a default "PrometheusDatasource" because there is already one defined named "one" (one of them can be the default: write default: false in the other)`
	d := w.becomes("src", "two", delivery.Invalid)
	if got := said(d.Problems[0]); got != "4:12: spec.default: "+sentence {
		t.Errorf("problem %s\nwant %s", got, sentence)
	}
	w.wants(http.StatusOK, `"default":true`, w.get("/api/v1/globaldatasources/one"))
	w.wants(http.StatusOK, `"default":false`, w.get("/api/v1/globaldatasources/two"))
	w.write("src/one.yaml", datasource("one", false))
	w.eventually("two is the default", func() bool {
		return strings.Contains(w.get("/api/v1/globaldatasources/two").body, `"default":true`)
	})
	w.write("src/nowhere.yaml", "kind: Project\nmetadata: {name: nowhere}\nspec: {}\n")
	w.becomes("src", "stray", delivery.Applied)
	w.inState("src", delivery.Ready)
}

// turned is what a good file, or the directory it is in, turns into; the sentence is about that place.
type turned struct {
	path, sentence string
	into           func(path string) error
}

// A file in whose place there is none is not an absence: what it gave stays.
func TestHostilePlaces(t *testing.T) {
	w := newWorld(t, "src")
	link := func(to string) func(string) error {
		return func(path string) error { return os.Symlink(to, path) }
	}
	all := []turned{
		{"dangling.yaml", "a link that leads to nothing; mend or remove it", link("nowhere.yaml")},
		{"itself.yaml", "a link that leads back to itself; mend or remove it", link("itself.yaml")},
		{"outside.yaml", "a link that leads outside the directory; copy the file, or declare its directory as a source of its own", link("/etc/hostname")},
		{"around", "a link that leads back to a directory that holds it; remove it", link("../src")},
		{"pipe.yaml", "not a regular file; replace it by one, or remove it", func(path string) error { return syscall.Mkfifo(path, 0o644) }},
		{"large.yaml", "larger than the limit of 16 MiB; split it", func(path string) error {
			if err := os.WriteFile(path, []byte("#"), 0o644); err != nil {
				return err
			}
			return os.Truncate(path, 100<<20)
		}},
	}
	file := func(c turned) string {
		if filepath.Ext(c.path) == "" {
			return "src/" + c.path + "/x.yaml"
		}
		return "src/" + c.path
	}
	w.write("src/project.yaml", projectP)
	w.write("src/good.yaml", dashboard("good", "1"))
	for i, c := range all {
		w.write(file(c), dashboard(numbered(i), "good"))
	}
	w.start()
	for i := range all {
		w.serves(numbered(i), "good")
	}
	w.settled("src")
	w.always(func() string { return missing(w, "d00", "d01", "d02", "d03", "d04", "d05", "good") })
	for _, c := range all {
		w.must(os.RemoveAll(w.path("src", c.path)))
		w.must(c.into(w.path("src", c.path)))
	}
	w.write("src/good.yaml", dashboard("good", "2"))
	w.write("src/\xff.yaml", dashboard("unnamed", "1"))
	w.write("src/\xfe/x.yaml", dashboard("unnamed", "1"))
	all = append(all, turned{path: `"\xff.yaml"`, sentence: "its name is not UTF-8; rename it"}, turned{path: `"\xfe"`, sentence: "its name is not UTF-8; rename it"})
	for range 2 {
		w.serves("good", "2")
		for _, c := range all {
			w.cannotRead(c.path, c.sentence)
		}
		time.Sleep(settle() + 2*delay())
		w.kill()
		w.start()
		w.inState("src", delivery.Degraded)
	}
	if w.memory() > 256 {
		t.Errorf("%d MiB of memory for files of which none was to be read", w.memory())
	}
	w.must(os.Rename(w.path("src/\xff.yaml"), w.path("src/named.yaml")))
	w.must(os.RemoveAll(w.path("src/\xfe")))
	for i, c := range all[:6] {
		w.must(os.RemoveAll(w.path("src", c.path)))
		w.write(file(c), dashboard(numbered(i), "mended"))
		w.serves(numbered(i), "mended")
	}
	w.serves("unnamed", "1")
	w.inState("src", delivery.Ready)
}

// A thousand places that cannot be read keep nobody from being served.
func TestHostileManyPlaces(t *testing.T) {
	w := newWorld(t, "src")
	w.write("src/project.yaml", projectP)
	w.write("src/good.yaml", dashboard("good", "1"))
	w.start()
	w.serves("good", "1")
	for i := range 1100 {
		w.must(os.Symlink("nowhere", w.path("src", fmt.Sprintf("%d.yaml", i))))
	}
	w.write("src/good.yaml", dashboard("good", "2"))
	w.serves("good", "2")
	w.eventually("the status says how many", func() bool {
		return strings.Contains(w.get("/api/delivery/v1/sources/src").body, "1100 paths could not be read; the first is 0.yaml: a link that leads to nothing")
	})
}

// Somebody else's directory, and a file in it, that may not be read.
func TestHostilePermissions(t *testing.T) {
	w := newWorld(t, "src")
	if os.Geteuid() == 0 {
		w.user = &syscall.Credential{Uid: 65534, Gid: 65534}
	}
	w.write("src/project.yaml", projectP)
	w.write("src/good.yaml", dashboard("good", "1"))
	w.write("src/file.yaml", dashboard("file", "1"))
	w.write("src/team/a.yaml", dashboard("a", "1"))
	w.must(os.MkdirAll(w.database, 0o750))
	w.configure()
	w.handOver()
	w.start()
	w.serves("a", "1")
	w.serves("file", "1")
	w.settled("src")
	w.always(func() string { return missing(w, "good", "file", "a") })
	w.must(os.Chmod(w.path("src/team"), 0))
	w.must(os.Chmod(w.path("src/file.yaml"), 0))
	w.write("src/good.yaml", dashboard("good", "2"))
	for range 2 {
		w.serves("good", "2")
		w.cannotRead("team", "permission denied; make it readable")
		w.cannotRead("file.yaml", "permission denied; make it readable")
		time.Sleep(settle() + 2*delay())
		w.restart()
	}
	w.must(os.Chmod(w.path("src/team"), 0o755))
	w.must(os.Chmod(w.path("src/file.yaml"), 0o644))
	w.inState("src", delivery.Ready)
	w.must(os.Chmod(w.path("src"), 0))
	w.inState("src", delivery.Failing)
	w.must(os.Chmod(w.path("src"), 0o755))
	w.inState("src", delivery.Ready)
}

// handOver gives all there is to the user who runs the program, and lets them get at it.
func (w *world) handOver() {
	w.t.Helper()
	w.must(os.Chmod(filepath.Dir(w.root), 0o755))
	if w.user == nil {
		return
	}
	w.must(filepath.WalkDir(w.root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chown(path, int(w.user.Uid), int(w.user.Gid))
	}))
}

// A file that is cut, removed and rewritten in place while it is read is served as one of the versions it had, all the time.
func TestHostileFileUnderTheReader(t *testing.T) {
	w := newWorld(t, "src")
	w.write("src/project.yaml", projectP)
	w.write("src/a.json", dashboardJSON("a", "0"))
	w.write("src/b.yaml", dashboard("b", "0"))
	w.start()
	w.serves("a", "0")
	w.serves("b", "0")
	w.settled("src")
	w.always(func() string { return missing(w, "a", "b") })
	w.always(func() string { return torn(w, "a") + torn(w, "b") })
	end := time.Now().Add(length(3*time.Second, time.Minute))
	n := 0
	for ; time.Now().Before(end); n++ {
		w.tear("src/a.json", dashboardJSON("a", fmt.Sprint(n)))
		w.tear("src/b.yaml", dashboard("b", fmt.Sprint(n)))
	}
	w.write("src/a.json", dashboardJSON("a", "last"))
	w.write("src/b.yaml", dashboard("b", "last"))
	w.serves("a", "last")
	w.serves("b", "last")
	w.inState("src", delivery.Ready)
}

// tear rewrites a file as badly as can be.
func (w *world) tear(path, text string) {
	w.t.Helper()
	path = w.path(path)
	if rand.IntN(4) == 0 {
		w.must(os.Remove(path))
	}
	w.must(os.WriteFile(path, []byte(text[:rand.IntN(len(text))]), 0o644))
	time.Sleep(time.Duration(rand.IntN(100)) * time.Millisecond)
	w.must(os.WriteFile(path, []byte(text), 0o644))
	time.Sleep(time.Duration(rand.IntN(100)) * time.Millisecond)
}

// torn complains of a dashboard that is served with a title it never had.
func torn(w *world, name string) string {
	a := w.probe(dashboards + "/" + name)
	var d stored
	if a.status != http.StatusOK {
		return ""
	}
	if err := json.Unmarshal([]byte(a.body), &d); err != nil || strings.Trim(d.Spec.Display.Name, "0123456789") != "" && d.Spec.Display.Name != "last" {
		return "served: " + a.body
	}
	return ""
}
