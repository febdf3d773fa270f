package server

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/delivery"
)

func TestServeFollowsADirectory(t *testing.T) {
	w := newWorld(t)
	w.write("project.yaml", projectP)
	w.write("a.yaml", dashboard("a", "first"))
	w.write("b.yaml", dashboard("b", "second"))
	w.start()
	w.serves("a", "first")

	w.write("a.yaml", dashboard("a", "edited"))
	w.serves("a", "edited")
	w.write("c.json", `{"kind":"Dashboard","metadata":{"name":"c","project":"p"},"spec":{"display":{"name":"third"},"panels":{},"layouts":[],"duration":"1h"}}`)
	w.serves("c", "third")

	version, created := w.version("b")
	w.must(os.Rename(filepath.Join(w.dir, "b.yaml"), filepath.Join(w.dir, "renamed.yaml")))
	w.eventually("origin follows the rename", func() bool {
		_, body := w.get("/api/delivery/v1/resources/projects/p/dashboards/b")
		return strings.Contains(body, "renamed.yaml")
	})
	if v, c := w.version("b"); v != version || !c.Equal(created) {
		t.Errorf("a renamed file changes the resource: version %d to %d", version, v)
	}

	w.remove("a.yaml")
	w.gone("a")
	if w.title("b") != "second" || w.title("c") != "third" {
		t.Error("a deleted file takes others with it")
	}
}

func TestR12SecondRunWritesNothing(t *testing.T) {
	for _, extension := range []string{"json", "yaml"} {
		t.Run(extension, func(t *testing.T) {
			w := newWorld(t)
			w.config = fmt.Sprintf("database: {file: {folder: x, extension: %s}}\n%s", extension, quickPrune)
			w.write("all.yaml", projectP+"---\n"+dashboard("a", "1")+"---\n"+userDocument+"---\n"+secretDocument)
			w.start()
			w.serves("a", "1")
			w.restart()
			w.must(w.stop())
			before := fingerprint(t, w.database)
			w.start()
			w.serves("a", "1")
			w.must(w.stop())
			if diff := cmp.Diff(before, fingerprint(t, w.database)); diff != "" {
				t.Errorf("a second run writes (-before +after):\n%s", diff)
			}
		})
	}
}

const userDocument = `kind: User
metadata: {name: jane}
spec: {firstName: Jane, nativeProvider: {password: correct horse}}
`

const secretDocument = `kind: GlobalSecret
metadata: {name: token}
spec: {authorization: {type: Bearer, credentials: hush}}
`

// fingerprint is content, mode and identity of every file below the database, except the lock.
func fingerprint(t *testing.T, root string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Base(path) == "lock" {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		out[rel] = fmt.Sprintf("%x %s %s", sha256.Sum256(data), info.Mode(), info.ModTime())
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSymlinkSwapOfTheDirectory(t *testing.T) {
	w := newWorld(t)
	base := t.TempDir()
	for version, title := range map[string]string{"v1": "one", "v2": "two"} {
		dir := filepath.Join(base, version)
		w.must(os.Mkdir(dir, 0o755))
		w.must(os.WriteFile(filepath.Join(dir, "all.yaml"), []byte(projectP+"---\n"+dashboard("a", title)), 0o644))
	}
	w.must(os.WriteFile(filepath.Join(base, "v1", "old.yaml"), []byte(dashboard("old", "old")), 0o644))
	link := filepath.Join(base, "current")
	w.must(os.Symlink("v1", link))
	w.dir = link
	w.start()
	w.serves("a", "one")
	w.serves("old", "old")

	w.must(os.Symlink("v2", link+".new"))
	w.must(os.Rename(link+".new", link))
	w.serves("a", "two")
	w.gone("old")
}

func TestR18InvalidKeepsLastGoodAndSaysWhy(t *testing.T) {
	w := newWorld(t)
	w.write("project.yaml", projectP)
	w.write("a.yaml", dashboard("a", "good"))
	w.start()
	w.serves("a", "good")
	w.write("a.yaml", strings.Replace(dashboard("a", "bad"), "duration: 1h", "duration: soon", 1))
	w.eventually("invalid", func() bool { return w.outcome("a") == delivery.Invalid })
	if got := w.title("a"); got != "good" {
		t.Errorf("served %q, want the last good version", got)
	}
	s := w.source("dir:" + w.dir)
	if s.State != delivery.Degraded {
		t.Errorf("state %s, want degraded", s.State)
	}
	for _, d := range w.documents() {
		if d.Outcome == delivery.Invalid && (len(d.Problems) != 1 || d.Problems[0].Line != 7 || d.Problems[0].Path != "spec.duration") {
			t.Errorf("problems = %+v, want one, with line 7 and spec.duration", d.Problems)
		}
	}
	w.write("a.yaml", "kind: Dashboard\n\tmetadata: {")
	w.eventually("undecodable", func() bool { return w.outcome("a") == "" })
	w.restart()
	if got := w.title("a"); got != "good" {
		t.Errorf("served %q after a restart, want the last good version", got)
	}
	w.write("a.yaml", dashboard("a", "mended"))
	w.serves("a", "mended")
}

func TestDocumentWithoutAProject(t *testing.T) {
	w := newWorld(t)
	w.write("a.yaml", dashboard("a", "1"))
	w.start()
	w.eventually("invalid", func() bool { return w.outcome("a") == delivery.Invalid })
	d := w.documents()[0]
	if p := d.Problems[0]; !strings.Contains(p.Hint, "kind: Project") {
		t.Errorf("the problem does not print what mends it: %+v", p)
	}
	w.do(http.MethodPost, "/api/v1/projects", `{"kind":"Project","metadata":{"name":"p"},"spec":{}}`)
	w.serves("a", "1")
}

func TestCreateProjects(t *testing.T) {
	w := newWorld(t)
	w.config = "delivery: {create_projects: true}\n"
	w.write("a.yaml", dashboard("a", "1"))
	w.start()
	w.serves("a", "1")
	if status, _ := w.do(http.MethodDelete, "/api/v1/projects/p", ""); status != http.StatusForbidden {
		t.Errorf("DELETE of a project that holds managed resources: %d, want 403", status)
	}
}

func TestR25ManagedIsReadOnly(t *testing.T) {
	w := newWorld(t)
	w.write("all.yaml", projectP+"---\n"+dashboard("a", "1"))
	w.start()
	w.serves("a", "1")
	const path = "/api/v1/projects/p/dashboards/a"
	_, stored := w.get(path)
	version, _ := w.version("a")
	if status, body := w.do(http.MethodPut, path, stored); status != http.StatusOK {
		t.Errorf("PUT of what is stored: %d %s, want 200", status, body)
	}
	status, body := w.do(http.MethodPut, path, strings.Replace(stored, `"name":"1"`, `"name":"2"`, 1))
	want := fmt.Sprintf("forbidden access: dashboard p/a is managed by dir:%s (%s)", w.dir, filepath.Join(w.dir, "all.yaml"))
	if status != http.StatusForbidden || !strings.Contains(body, want) || !strings.Contains(body, `"owner"`) {
		t.Errorf("PUT: %d %s, want 403 %s and an owner", status, body, want)
	}
	if status, _ := w.do(http.MethodDelete, path, ""); status != http.StatusForbidden {
		t.Errorf("DELETE: %d, want 403", status)
	}
	if v, _ := w.version("a"); v != version {
		t.Errorf("version %d, want %d", v, version)
	}
}

func TestI3DeclaredAgainContinues(t *testing.T) {
	w := newWorld(t)
	w.write("project.yaml", projectP)
	w.write("a.yaml", dashboard("a", "1"))
	w.start()
	w.serves("a", "1")
	w.write("a.yaml", dashboard("a", "2"))
	w.serves("a", "2")
	version, created := w.version("a")
	w.remove("a.yaml")
	w.gone("a")
	w.write("a.yaml", dashboard("a", "3"))
	w.serves("a", "3")
	if v, c := w.version("a"); v != version+1 || !c.Equal(created) {
		t.Errorf("version %d created %s, want %d %s", v, c, version+1, created)
	}
}
