package server

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/internal/source"
)

// rack holds releases side by side, and the link that one of them is served by.
type rack struct {
	*world
	base string
}

// slowPrune would keep a test waiting for an hour if an index did not speak for its directory.
const slowPrune = "delivery: {prune: {settle: 1h, delay: 1h}}\n"

func newRack(t *testing.T) *rack {
	w := newWorld(t)
	s := &rack{world: w, base: t.TempDir()}
	w.dir, w.config = filepath.Join(s.base, "current"), slowPrune
	return s
}

// put lays a release down, with an index of its files.
func (s *rack) put(version string, files map[string]string) {
	s.t.Helper()
	x := source.Index{Version: version, Complete: true}
	for path, text := range files {
		full := filepath.Join(s.base, version, path)
		s.must(os.MkdirAll(filepath.Dir(full), 0o755))
		s.must(os.WriteFile(full, []byte(text), 0o644))
		x.Files = append(x.Files, source.IndexFile{Path: path, Digest: source.DigestOf([]byte(text)), Size: int64(len(text))})
	}
	data, err := x.Encode()
	s.must(err)
	s.must(os.WriteFile(filepath.Join(s.base, version, source.IndexName), data, 0o644))
}

// turn leads the link to another release, at once.
func (s *rack) turn(version string) {
	s.t.Helper()
	s.must(os.Symlink(version, s.dir+".next"))
	s.must(os.Rename(s.dir+".next", s.dir))
}

func (s *rack) state() delivery.Source { return s.source("dir:" + s.dir) }

func (s *rack) becomes(state delivery.State) {
	s.t.Helper()
	s.eventually("state "+string(state), func() bool { return s.state().State == state })
}

// whole fails unless exactly these dashboards are served, by name and title.
func (s *rack) whole(what string, titles map[string]string) {
	s.t.Helper()
	for _, name := range []string{"a", "b", "old", "new"} {
		if got := s.title(name); got != titles[name] {
			s.t.Errorf("%s: dashboard %s is titled %q, want %q", what, name, got, titles[name])
		}
	}
}

var (
	firstRelease  = map[string]string{"a": "a1", "b": "b", "old": "old"}
	secondRelease = map[string]string{"a": "a2", "b": "b", "new": "new"}
)

func documentsOf(titles map[string]string) map[string]string {
	files := map[string]string{"project.yaml": projectP}
	for name, title := range titles {
		files["team/"+name+".yaml"] = dashboard(name, title)
	}
	return files
}

// releases serves the first release and has the second ready.
func releases(t *testing.T) *rack {
	s := newRack(t)
	s.put("v1", documentsOf(firstRelease))
	s.put("v2", documentsOf(secondRelease))
	s.turn("v1")
	s.start()
	s.serves("a", "a1")
	s.whole("v1", firstRelease)
	return s
}

// R15: what v1 had and v2 has not goes in the transaction that brings v2, and R22: both are releases.
func TestR15IndexedReleaseIsOneTransaction(t *testing.T) {
	s := releases(t)
	s.turn("v2")
	s.serves("a", "a2")
	s.whole("v2", secondRelease) // at once: what is gone never waits
	s.turn("v1")
	s.serves("a", "a1")
	s.whole("back at v1", firstRelease)
	s.becomes(delivery.Ready)
	if got := s.state(); len(got.Problems) > 0 {
		t.Errorf("%+v", got)
	}
}

// R19: with one invalid document the release before stays whole, through restarts too, and all problems are shown.
func TestR19IndexedReleaseIsHeldWhole(t *testing.T) {
	s := releases(t)
	s.turn("v2")
	s.serves("a", "a2")
	broken := documentsOf(map[string]string{"a": "a3"})
	broken["team/b.yaml"] = strings.Replace(dashboard("b", "b3"), "duration: 1h", "duration: soon", 1)
	broken["team/new.yaml"] = "kind: Dashboard\nmetadata: {"
	s.put("v3", broken)
	s.turn("v3")
	s.becomes(delivery.Degraded)
	s.whole("v3 is offered", secondRelease)
	invalid := map[string]int{}
	for _, d := range s.documents() {
		if d.Outcome == delivery.Invalid {
			invalid[strings.TrimPrefix(d.Origin, s.dir+"/")] = len(d.Problems)
		}
	}
	if len(invalid) != 2 || invalid["team/b.yaml"] == 0 || invalid["team/new.yaml"] == 0 {
		t.Errorf("invalid documents, with how many problems: %v", invalid)
	}
	if got := s.outcome("a"); got != delivery.HeldBack {
		t.Errorf("the valid document of v3 is %s, want held", got)
	}
	s.restart()
	s.becomes(delivery.Degraded)
	s.whole("after a restart", secondRelease)

	s.must(s.stop())
	s.must(os.Remove(s.dir))
	s.start()
	s.becomes(delivery.Failing)
	s.whole("nothing can be read after a restart", secondRelease)
	s.turn("v1")
	s.serves("a", "a1")
	s.whole("back at v1", firstRelease)
}

// R18: the setting wins over what an index would have.
func TestR18IndexedDirectoryThatSkips(t *testing.T) {
	s := newRack(t)
	s.config = "delivery: {on_invalid: skip, prune: {settle: 1h, delay: 1h}}\n"
	s.put("v1", documentsOf(firstRelease))
	s.turn("v1")
	s.start()
	s.serves("a", "a1")
	broken := documentsOf(map[string]string{"a": "a2"})
	broken["team/b.yaml"] = "kind: Dashboard\nmetadata: {"
	s.put("v2", broken)
	s.turn("v2")
	s.serves("a", "a2")
	s.whole("v2", map[string]string{"a": "a2", "b": "b"})
}

// R39: a directory that is not what its index says is failing, and prunes nothing.
func TestR39MismatchPrunesNothing(t *testing.T) {
	s := releases(t)
	s.put("v2", documentsOf(secondRelease))
	s.must(os.Remove(filepath.Join(s.base, "v2", "team", "new.yaml")))
	s.turn("v2")
	s.becomes(delivery.Failing)
	s.whole("v2 is offered", firstRelease)
	if got := s.state(); !strings.Contains(got.Reason, "perseid.index lists team/new.yaml, which is not there") {
		t.Errorf("reason %q", got.Reason)
	}
	s.put("v2", documentsOf(secondRelease))
	s.serves("a", "a2")
	s.whole("v2 is mended", secondRelease)
}

// R39: an indexed directory that turned empty is failing; a file outside the index is reported and not applied.
func TestR39EmptyAndExtra(t *testing.T) {
	s := releases(t)
	s.must(os.Mkdir(filepath.Join(s.base, "empty"), 0o755))
	s.turn("empty")
	s.becomes(delivery.Failing)
	s.whole("an empty directory is offered", firstRelease)

	s.must(os.WriteFile(filepath.Join(s.base, "v2", "extra.yaml"), []byte(dashboard("extra", "extra")), 0o644))
	s.turn("v2")
	s.serves("a", "a2")
	s.becomes(delivery.Ready)
	if got := s.state(); len(got.Problems) != 1 || got.Problems[0].Origin != "extra.yaml" {
		t.Errorf("%+v", got.Problems)
	}
	if s.title("extra") != "" {
		t.Error("a file outside the index is served")
	}
}

// R23: a pin in the configuration keeps the release that it names, whatever is offered.
func TestR23ConfiguredPin(t *testing.T) {
	s := releases(t)
	s.must(s.stop())
	s.turn("v2")
	s.config = fmt.Sprintf("delivery: {sources: [{directory: {path: %s}, pin: v1}]}\n", s.dir)
	s.start()
	s.becomes(delivery.Pinned)
	s.whole("pinned", firstRelease)
	s.must(s.stop())
	s.config = slowPrune
	s.start()
	s.serves("a", "a2")
	s.whole("unpinned", secondRelease)
}

// R39: require_index makes a directory without an index a failing one.
func TestR39RequireIndex(t *testing.T) {
	s := newRack(t)
	s.put("v1", documentsOf(firstRelease))
	s.must(os.Remove(filepath.Join(s.base, "v1", source.IndexName)))
	s.turn("v1")
	s.config = fmt.Sprintf("delivery: {sources: [{directory: {path: %s}, require_index: true}]}\n", s.dir)
	s.start()
	s.becomes(delivery.Failing)
	s.whole("without an index", nil)
	s.put("v1", documentsOf(firstRelease))
	s.serves("a", "a1")
}
