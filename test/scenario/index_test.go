package scenario

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/source"
)

// A directory inside a release has an index of its own, so that it can be served alone.
func TestR38IndexOfASubdirectory(t *testing.T) {
	w := newWorld(t, "src/prod")
	w.write("src/prod/project.yaml", projectP)
	w.write("src/prod/team/a.yaml", dashboard("a", "prod"))
	w.write("src/test/a.yaml", dashboard("a", "test"))
	w.index("src", "r1")
	w.says(0, "", "index", "--check", w.path("src"))
	w.start()
	w.serves("a", "prod")
	if s := w.inState("src/prod", delivery.Ready); s.Revision != "r1" {
		t.Errorf("revision %q, want that of the index", s.Revision)
	}
	w.write("src/prod/team/b.yaml", dashboard("b", "prod"))
	w.says(1, "", "index", "--check", w.path("src"))
}

// mirror writes the index of a mirror into a source: it says where each file comes from, and whether it is complete.
func (w *world) mirror(dir string, complete bool, files ...string) {
	w.t.Helper()
	x := source.Index{Complete: complete, Label: "perses.dev/resource=true"}
	for _, file := range files {
		data, err := os.ReadFile(w.path(dir, file))
		w.must(err)
		x.Files = append(x.Files, source.IndexFile{
			Path: file, Digest: source.DigestOf(data), Size: int64(len(data)), Origin: "team-a/configmap/dashboards:" + file,
		})
	}
	data, err := x.Encode()
	w.must(err)
	w.write(dir+"/"+source.IndexName, string(data))
}

// A mirror tells where its files come from, and is believed when it says that it is complete, even of nothing; not before.
func TestR13CompleteMirrorIsBelieved(t *testing.T) {
	w := newWorld(t, "src", "base")
	w.write("base/project.yaml", projectP)
	var files []string
	for i := range 12 {
		files = append(files, numbered(i)+".yaml")
		w.write("src/"+files[i], dashboard(numbered(i), "1"))
	}
	w.mirror("src", true, files...)
	w.start()
	w.eventually("all are there", func() bool { return w.listed() == 12 })
	w.wants(http.StatusForbidden, "(team-a/configmap/dashboards:d00.yaml)", w.do(http.MethodDelete, dashboards+"/d00", ""))
	w.settled("src")

	w.mirror("src", false, files[:2]...) // it was restarted, and has not seen everything yet
	w.stays(settle()+3*delay()+3*time.Second, "nothing is deleted", func() bool { return w.listed() == 12 })
	w.mirror("src", true)
	w.eventually("all are gone", func() bool { return w.listed() == 0 })
	w.inState("src", delivery.Ready)
}

// A directory that is not what its index says serves what it did, until it is.
func TestR39Mismatch(t *testing.T) {
	w := newWorld(t, "src")
	w.write("src/project.yaml", projectP)
	w.titled("r1", 3)
	w.start()
	w.servesRelease("r1", 3)
	w.always(func() string { return oneRelease(w) })
	w.write("src/d00.yaml", dashboard("d00", "r2"))
	w.remove("src/d01.yaml")
	s := w.inState("src", delivery.Failing)
	if !strings.Contains(s.Reason, "d0") || !strings.Contains(s.Reason, "1 more file differs") {
		t.Errorf("reason %q, want a file, and how many more", s.Reason)
	}
	w.restart()
	w.inState("src", delivery.Failing)
	w.stays(settle()+2*delay(), "the release is served", func() bool { return w.listed() == 3 && w.title("d00") == "r1" })
	w.titled("r2", 3)
	w.servesRelease("r2", 3)
	w.inState("src", delivery.Ready)
}

// A file that the index does not list is reported and not served.
func TestR39FileOutsideTheIndex(t *testing.T) {
	w := newWorld(t, "src")
	w.write("src/project.yaml", projectP)
	w.titled("r1", 2)
	w.write("src/stray.yaml", dashboard("stray", "1"))
	w.start()
	w.servesRelease("r1", 2)
	w.eventually("the file is reported", func() bool {
		problems := w.source("src").Problems
		return len(problems) == 1 && strings.Contains(problems[0].Origin, "stray.yaml")
	})
	w.inState("src", delivery.Ready)
}

// The index is gone: with documents it is a directory as any other, and says so; empty it is failing, as it never was empty.
func TestR39IndexIsMissing(t *testing.T) {
	w := newWorld(t, "src")
	w.write("src/project.yaml", projectP)
	w.titled("r1", 2)
	w.start()
	w.servesRelease("r1", 2)
	w.remove("src/" + source.IndexName)
	w.write("src/d00.yaml", dashboard("d00", "2"))
	w.serves("d00", "2")
	w.eventually("it is reported", func() bool {
		problems := w.source("src").Problems
		return len(problems) == 1 && strings.Contains(problems[0].Message, "unindexed")
	})
	w.must(os.RemoveAll(w.path("src")))
	w.must(os.Mkdir(w.path("src"), 0o755))
	w.inState("src", delivery.Failing)
	w.restart()
	w.inState("src", delivery.Failing)
	w.stays(settle()+2*delay(), "all is served", func() bool { return w.listed() == 2 })
}

func TestR39RequiredIndex(t *testing.T) {
	w := newWorld(t, "src")
	w.option(0, "require_index", true)
	w.fill("src", 2)
	w.start()
	if s := w.inState("src", delivery.Failing); !strings.Contains(s.Reason, "require_index") {
		t.Errorf("reason %q", s.Reason)
	}
	if n := w.listed(); n > 0 {
		t.Errorf("%d dashboards of a directory without the index it must have", n)
	}
	w.index("src", "r1")
	w.serves("d00", "1")
}
