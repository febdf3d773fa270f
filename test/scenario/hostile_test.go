package scenario

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/problem"
)

// hostile is one way in which a document turns bad. Before it does, and after it is mended, its file holds a good dashboard of project p
// that has the name of the case.
type hostile struct {
	about string
	ext   string // of the file
	text  string // what the file holds; NAME stands for the name of the case
	want  string // the sentence: line:column: path: message (hint)
}

func (h hostile) name() string {
	return "case-" + strings.NewReplacer(" ", "-", ",", "", "'", "").Replace(h.about) + "-" + h.ext
}

func (h hostile) file() string { return "src/" + h.name() + "." + h.ext }

func (h hostile) bad() string { return strings.ReplaceAll(h.text, "NAME", h.name()) }

func (h hostile) good(title string) string {
	if h.ext == "json" {
		return dashboardJSON(h.name(), title)
	}
	return dashboard(h.name(), title)
}

// said is a problem without its file, as a person reads it.
func said(p problem.Problem) string {
	place := ""
	if p.Line > 0 {
		place = fmt.Sprintf("%d:%d: ", p.Line, p.Column)
	}
	p.Origin = ""
	return place + p.String()
}

// Whatever a file turns into: its neighbours get their edits, what it gave stays served, also after a sudden end, its author is told what is
// wrong in the same words by the server and by `perseid validate`, and it is followed again once it is mended.
func TestHostileDocuments(t *testing.T) {
	w := newWorld(t, "src")
	cases := slices.Concat(hostileBytes(), hostileYAML(), hostileJSON(), hostileMeanings())
	w.write("src/project.yaml", projectP)
	w.write("src/neighbour.yaml", dashboard("neighbour", "1"))
	for _, h := range cases {
		w.write(h.file(), h.good("good"))
	}
	w.start()
	w.inState("src", delivery.Ready)
	for _, h := range cases {
		w.serves(h.name(), "good")
	}
	w.always(func() string {
		for _, h := range cases {
			if gone := missing(w, h.name()); gone != "" {
				return gone
			}
		}
		return missing(w, "neighbour")
	})
	for _, h := range cases {
		w.write(h.file(), h.bad())
	}
	w.write("src/neighbour.yaml", dashboard("neighbour", "2"))
	w.serves("neighbour", "2")
	w.inState("src", delivery.Degraded)
	w.complains(cases)
	w.kill()
	w.start()
	w.inState("src", delivery.Degraded)
	time.Sleep(settle() + 2*delay())
	w.complains(cases)
	for _, h := range cases {
		w.write(h.file(), h.good("mended"))
	}
	w.inState("src", delivery.Ready)
	for _, h := range cases {
		w.serves(h.name(), "mended")
	}
}

// complains wants the last good version of every case served, and its sentence from the server and from validate.
func (w *world) complains(cases []hostile) {
	w.t.Helper()
	var status struct{ Documents []delivery.Document }
	var check struct{ Problems problem.List }
	w.must(json.Unmarshal([]byte(w.product(0, "status", "-o", "json")), &status))
	w.must(json.Unmarshal([]byte(w.product(5, "validate", "--strict", w.path("src"), "-o", "json")), &check))
	served, checked := map[string][]string{}, map[string][]string{}
	for _, d := range status.Documents {
		for _, p := range d.Problems {
			served[d.Origin] = append(served[d.Origin], said(p))
		}
	}
	for _, p := range check.Problems {
		checked[p.Origin] = append(checked[p.Origin], said(p))
	}
	for _, h := range cases {
		file := w.path(h.file())
		if got := served[file]; !slices.Equal(got, []string{h.want}) {
			w.t.Errorf("%s: status says\n\t%s\nwant\n\t%s", h.name(), strings.Join(got, "\n\t"), h.want)
		}
		if got := checked[file]; !slices.Equal(got, []string{h.want}) {
			w.t.Errorf("%s: validate says\n\t%s\nwant\n\t%s", h.name(), strings.Join(got, "\n\t"), h.want)
		}
		if title := w.title(h.name()); title != "good" {
			w.t.Errorf("%s: served as %q, want its last good version", h.name(), title)
		}
	}
}

// product is what a command prints that ends with an exit code.
func (w *world) product(code int, args ...string) string {
	w.t.Helper()
	c := w.perseid(args...)
	if c.code != code {
		w.t.Fatalf("perseid %s: exit code %d, want %d\n%.2000s", strings.Join(args, " "), c.code, code, c.text)
	}
	return c.text
}

// memory is the most memory, in MiB, that the server has had at once.
func (w *world) memory() int {
	w.t.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", w.process.cmd.Process.Pid))
	w.must(err)
	_, rest, _ := strings.Cut(string(data), "VmHWM:")
	var kib int
	_, err = fmt.Sscan(rest, &kib)
	w.must(err)
	return kib >> 10
}

// unread is the sentence about a place of the source that could not be read; "" if there is none.
func (w *world) unread(path string) string {
	for _, p := range w.source("src").Problems {
		if p.Origin == path {
			return p.Message
		}
	}
	return ""
}

// cannotRead waits until the server says of a place that it cannot be read, and wants validate to say the same.
func (w *world) cannotRead(path, sentence string) {
	w.t.Helper()
	w.eventually(fmt.Sprintf("%s is unread: %s", path, sentence), func() bool { return w.unread(path) == sentence })
	w.says(0, path+": "+sentence, "status")
	w.says(5, filepath.Join(w.path("src"), path)+": "+sentence, "validate", w.path("src"))
}
