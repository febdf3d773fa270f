package scenario

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/perseid-dev/perseid/internal/delivery"
	"github.com/perseid-dev/perseid/test/registry"
)

// pollEvery is how often the scenarios of artifacts ask their registry.
const pollEvery = 100 * time.Millisecond

// registered starts a registry for the scenario, and returns the name of a repository in it.
func (w *world) registered() (repository string) {
	server := httptest.NewServer(&registry.Registry{})
	w.t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://") + "/team/boards"
}

// follows makes an artifact the only source, named src: its tag live, signed by team.
func (w *world) follows(repository string) {
	w.t.Helper()
	w.says(0, "", "artifact", "sign", "--generate-key", w.path("team"))
	w.set("delivery.sources", []any{map[string]any{
		"name": "src", "interval": pollEvery.String(),
		"artifact": map[string]any{"reference": repository + ":live", "verify": map[string]any{"keys": []any{w.path("team.pub")}}},
	}})
}

// step tells a part of a story; what follows makes no sense without it.
func (w *world) step(name string, tell func()) {
	w.t.Helper()
	t := w.t
	ok := t.Run(name, func(t *testing.T) {
		w.t = t
		tell()
	})
	if w.t = t; !ok {
		t.FailNow()
	}
}

// builds makes an artifact of the directory work, in a layout named as the version.
func (w *world) builds(version string, more ...string) {
	w.t.Helper()
	args := []string{"artifact", "build", w.path("work"), w.path("layout"), "-t", version, "--version", version, "--revision", "commit " + version,
		"--annotation", "org.opencontainers.image.authors=Ann"}
	w.says(0, "sha256:", append(args, more...)...)
}

// offers pushes a version, signed or not, and lets the tag live name it: what a pipeline does.
func (w *world) offers(repository, version string, signed bool) {
	w.t.Helper()
	w.says(0, "@sha256:", "artifact", "push", w.path("layout")+":"+version, repository+":"+version)
	if signed {
		w.says(0, "@sha256:", "artifact", "sign", "--key", w.path("team.key"), repository+":"+version)
	}
	w.again(repository, version)
}

// again lets the tag live name a version that was offered before.
func (w *world) again(repository, version string) {
	w.t.Helper()
	reference := strings.TrimSpace(w.says(0, "@sha256:", "artifact", "tag", repository+":"+version, "live"))
	_, w.offered, _ = strings.Cut(reference, "@")
}

// boards writes dashboards of a title into a directory, with their project, in the way of the chart's documentation.
func (w *world) boards(dir, title string, names ...string) {
	w.t.Helper()
	w.must(os.RemoveAll(w.path(dir)))
	w.write(dir+"/projects/p.yaml", projectP)
	w.write(dir+"/datasources/metrics.yaml", datasource("metrics", true))
	for _, name := range names {
		w.write(dir+"/dashboards/"+name+".yaml", dashboard(name, title))
	}
}

// lists says whether exactly these dashboards are served, all of a title.
func (w *world) lists(title string, names ...string) bool {
	w.t.Helper()
	return w.listed() == len(names) && !slices.ContainsFunc(names, func(name string) bool { return w.title(name) != title })
}

func (w *world) shows(title string, names ...string) {
	w.t.Helper()
	w.eventually("dashboards "+strings.Join(names, ", ")+" of "+title+", and no other", func() bool { return w.lists(title, names...) })
}

// seen waits until the server has read what the tag names now.
func (w *world) seen() {
	w.t.Helper()
	w.eventually("what is offered is seen", func() bool { return w.source("src").Revision == w.offered })
}

// keeps wants the same to be so for some polls.
func (w *world) keeps(title string, names ...string) {
	w.t.Helper()
	w.stays(3*pollEvery, "dashboards of "+title, func() bool { return w.lists(title, names...) })
}

// The story of a team that packages, signs, delivers, goes back, and goes on.
func TestR23ArtifactsThatRollBack(t *testing.T) {
	w := newWorld(t)
	repository := w.registered()
	w.follows(repository)
	w.boards("work", "v1", "a", "b")
	w.builds("1.0.0")
	w.offers(repository, "1.0.0", true)
	w.start()

	w.step("v1 is served", func() { w.shows("v1", "a", "b") })
	w.step("v2 goes live without a restart", func() {
		w.boards("work", "v2", "a", "b", "c")
		w.builds("2.0.0")
		w.offers(repository, "2.0.0", true)
		w.shows("v2", "a", "b", "c")
		w.inState("src", delivery.Ready)
	})
	w.step("v3 is held with every problem shown", func() {
		w.boards("work", "v3", "a", "b", "c", "d")
		w.write("work/dashboards/a.yaml", invalid("a")+"  refreshInterval: never\n")
		w.says(5, "duration", "artifact", "build", w.path("work"), w.path("layout"))
		w.builds("3.0.0", "--no-validate")
		w.offers(repository, "3.0.0", true)
		if d := w.becomes("src", "a", delivery.Invalid); len(d.Problems) == 0 {
			w.t.Error("a is invalid, and nothing says why")
		}
		text := w.says(0, "duration", "status", "src")
		if !strings.Contains(text, "refreshInterval") {
			w.t.Errorf("not every problem is shown:\n%s", text)
		}
		w.keeps("v2", "a", "b", "c")
	})
	w.step("rollback returns to v1", func() {
		if text := w.says(0, "commit 1.0.0", "history", "src"); !strings.Contains(text, "Ann") {
			w.t.Errorf("the history does not say whose a release is:\n%s", text)
		}
		w.says(0, "c", "rollback", "src", "--dry-run")
		w.says(0, "", "rollback", "src", "--until-newer")
		w.shows("v1", "a", "b")
		w.inState("src", delivery.Pinned)
	})
	w.step("what was offered before changes nothing", func() {
		for _, version := range []string{"3.0.0", "2.0.0", "1.0.0", "3.0.0"} {
			w.again(repository, version)
			w.seen()
			w.keeps("v1", "a", "b")
		}
	})
	w.step("nor does a correction of an older version", func() {
		w.boards("work", "v1.0.1", "a", "b")
		w.builds("1.0.1")
		w.offers(repository, "1.0.1", true)
		w.seen()
		w.keeps("v1", "a", "b")
		w.inState("src", delivery.Pinned)
	})
	w.step("a newer good v4 goes live", func() {
		w.boards("work", "v4", "a", "d")
		w.builds("4.0.0")
		w.offers(repository, "4.0.0", true)
		w.shows("v4", "a", "d")
		w.inState("src", delivery.Ready)
	})
	w.step("an unsigned v5 never does", func() {
		w.boards("work", "v5", "a", "d", "e")
		w.builds("5.0.0")
		w.offers(repository, "5.0.0", false)
		w.eventually("the source says why", func() bool { return strings.Contains(w.source("src").Reason, "not served") })
		w.keeps("v4", "a", "d")
	})
	w.step("by version, and only to what a key signed that counts", func() {
		w.again(repository, "4.0.0")
		w.inState("src", delivery.Ready)
		w.says(0, "", "rollback", "src", "1.0.0")
		w.shows("v1", "a", "b")
		w.says(0, "", "unpin", "src")
		w.shows("v4", "a", "d")
		w.says(0, "", "artifact", "sign", "--generate-key", w.path("other"))
		w.must(os.Rename(w.path("other.pub"), w.path("team.pub")))
		w.says(1, "none of the keys", "rollback", "src", "1.0.0", "--dry-run")
		w.says(1, "none of the keys", "rollback", "src", "1.0.0")
		w.keeps("v4", "a", "d")
	})
}

// The webhook of a registry or a pipeline makes a poll immediate, whatever the interval.
func TestR26WebhookOfAnArtifact(t *testing.T) {
	w := newWorld(t)
	repository := w.registered()
	w.follows(repository)
	w.option(0, "interval", "1h")
	w.write("token", "secret-of-the-hook")
	w.set("delivery.api.token_file", w.path("token"))
	w.boards("work", "v1", "a")
	w.builds("1.0.0")
	w.offers(repository, "1.0.0", true)
	w.start()
	w.shows("v1", "a")
	w.boards("work", "v2", "a")
	w.builds("2.0.0")
	w.offers(repository, "2.0.0", true)
	a := w.do("POST", "/api/delivery/v1/sources/src/reconcile", `{"push":"what a registry says"}`, "Authorization", "Bearer secret-of-the-hook")
	if a.status/100 != 2 {
		t.Fatalf("the webhook is answered %d %s", a.status, a.body)
	}
	w.shows("v2", "a")
}

// unpacked is what a mount of an image that a Dockerfile made shows, put in place in one step.
func (w *world) unpacked(version string) {
	w.t.Helper()
	w.says(0, "sha256:", "artifact", "unpack", "--replace", w.path("docker")+":"+version, w.path("src"))
}

// A mount of an image without index is a plain directory: it is upgraded and rolled back by what is mounted, and has no releases of its own.
func TestR39MountOfADockerfile(t *testing.T) {
	w := newWorld(t, "src")
	w.boards("work", "v1", "a", "b")
	w.dockerfile("v1")
	w.boards("work", "v2", "a", "b", "c")
	w.dockerfile("v2")
	w.unpacked("v1")
	w.start()
	w.step("mounts", func() { w.shows("v1", "a", "b") })
	w.step("is upgraded", func() {
		w.unpacked("v2")
		w.shows("v2", "a", "b", "c")
	})
	w.step("has no releases", func() { w.says(1, "has no releases", "rollback", "src") })
	w.step("is rolled back by its mount", func() {
		w.unpacked("v1")
		w.shows("v1", "a", "b")
	})
	w.step("one dashboard can be rolled back", func() {
		w.says(0, "", "rollback", "dashboard", "p/a")
		w.serves("a", "v2")
		w.says(0, "", "unpin", "dashboard", "p/a")
		w.serves("a", "v1")
	})
	w.step("is missed once there was an index", func() {
		w.index("src", "r1")
		w.inState("src", delivery.Ready)
		w.remembers("r1")
		w.unpacked("v2")
		w.shows("v2", "a", "b", "c")
		w.eventually("the source is reported unindexed", func() bool { return strings.Contains(grievances(w.source("src")), "unindexed") })
	})
	w.step("an empty mount deletes nothing", func() {
		w.must(os.RemoveAll(filepath.Join(w.path("work"))))
		w.must(os.Mkdir(w.path("work"), 0o755))
		w.must(os.Rename(w.path("src"), w.path("away")))
		w.must(os.Rename(w.path("work"), w.path("src")))
		w.inState("src", delivery.Failing)
		w.keeps("v2", "a", "b", "c")
	})
}

// The same image pulled from a registry has releases, since its digest vouches for it.
func TestR39PullOfADockerfile(t *testing.T) {
	w := newWorld(t)
	repository := w.registered()
	w.follows(repository)
	for version, names := range map[string][]string{"v1": {"a", "b"}, "v2": {"a", "b", "c"}} {
		w.boards("work", version, names...)
		w.dockerfile(version)
		w.says(0, "@sha256:", "artifact", "push", w.path("docker")+":"+version, repository+":"+version)
		w.says(0, "@sha256:", "artifact", "sign", "--key", w.path("team.key"), repository+":"+version)
	}
	w.again(repository, "v1")
	w.start()
	w.shows("v1", "a", "b")
	if text := grievances(w.source("src")); !strings.Contains(text, "unindexed") {
		t.Errorf("the source is not reported unindexed: %s", text)
	}
	w.again(repository, "v2")
	w.shows("v2", "a", "b", "c")
	w.says(0, "", "rollback", "src", "--until-newer")
	w.shows("v1", "a", "b")
	for _, version := range []string{"v1", "v2"} {
		w.again(repository, version)
		w.seen()
		w.keeps("v1", "a", "b")
	}
	w.keeps("v1", "a", "b")
}

func grievances(s delivery.Source) string {
	var all []string
	for _, p := range s.Problems {
		all = append(all, p.Message)
	}
	return strings.Join(all, "\n")
}
