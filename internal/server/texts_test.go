package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/delivery"
)

// ask gets JSON.
func (w *world) ask(path string, into any) {
	w.t.Helper()
	code, body := w.get(path)
	if code != http.StatusOK {
		w.t.Fatalf("GET %s: %d %s", path, code, body)
	}
	w.must(json.Unmarshal([]byte(body), into))
}

func (w *world) excerpt(origin string, line int) delivery.Excerpt {
	w.t.Helper()
	var e delivery.Excerpt
	w.ask(fmt.Sprintf("%s?origin=%s&line=%d", atSource("dir:"+w.dir, "excerpt"), url.QueryEscape(origin), line), &e)
	return e
}

// TestExcerpt: the lines around a problem, as they are in the file.
func TestExcerpt(t *testing.T) {
	w := servingA(t)
	w.write("a.yaml", strings.Replace(dashboard("a", "two"), "duration: 1h", "duration: soon", 1))
	w.eventually("a problem", func() bool { return w.outcome("a") == delivery.Invalid })
	i := slices.IndexFunc(w.documents(), func(d delivery.Document) bool { return d.Name == "a" })
	row := w.documents()[i]
	want := delivery.Excerpt{Source: "dir:" + w.dir, Origin: row.Origin, First: 3, Line: 7, Total: 7, Lines: []string{
		"spec:", `  display: {name: "two"}`, "  panels: {}", "  layouts: []", "  duration: soon",
	}}
	if diff := cmp.Diff(want, w.excerpt(row.Origin, row.Problems[0].Line)); diff != "" {
		t.Errorf("excerpt (-want +got):\n%s", diff)
	}
	for path, status := range map[string]int{"?line=1&origin=none.yaml": 404, "?line=8&origin=" + url.QueryEscape(row.Origin): 400} {
		if code, body := w.get(atSource("dir:"+w.dir, "excerpt") + path); code != status {
			t.Errorf("%s: %d %s, want %d", path, code, body, status)
		}
	}
}

// R33: of a file with a secret, and of one that may hold one, no line is shown.
func TestR33NoExcerptOfSecrets(t *testing.T) {
	w := newWorld(t)
	w.write("project.yaml", projectP)
	w.write("invalid.yaml", strings.Replace(secretDocument, "spec:", "spec:\n  what: hush", 1))
	w.write("both.yaml", dashboard("a", "one")+"---\n"+strings.Replace(secretDocument, "token", "other", 1))
	w.write("broken.yaml", secretDocument+"  - [\n")
	w.write("misspelt.yaml", strings.Replace(secretDocument, "GlobalSecret", "GlobalSecrte", 1))
	w.write("plain.yaml", "kind: Dashboard\nmetadata: {name: b\n")
	w.start()
	w.eventually("all documents", func() bool { return len(w.documents()) >= 7 })
	seen := map[string]bool{}
	for _, d := range w.documents() {
		code, body := w.get(atSource("dir:"+w.dir, "excerpt") + "?origin=" + url.QueryEscape(d.Origin))
		if code != http.StatusOK || strings.Contains(body, "hush") {
			t.Errorf("%s: %d %s", d.Origin, code, body)
		}
		seen[d.Origin[strings.LastIndex(d.Origin, "/")+1:]] = !strings.Contains(body, `"lines"`)
	}
	want := map[string]bool{"project.yaml": false, "invalid.yaml": true, "both.yaml": true, "broken.yaml": true, "misspelt.yaml": true, "plain.yaml": false}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("concealed (-want +got):\n%s", diff)
	}
}

// TestContentOfAVersion: what was there before can be read, and a secret cannot.
func TestContentOfAVersion(t *testing.T) {
	w := servingA(t)
	w.write("secret.yaml", secretDocument)
	first, _ := w.version("a")
	w.write("a.yaml", dashboard("a", "two"))
	w.serves("a", "two")
	var before struct {
		Kind string
		Spec struct{ Display struct{ Name string } }
	}
	w.ask(fmt.Sprintf("%s/content?version=%d", statusOfA, first), &before)
	if before.Kind != "Dashboard" || before.Spec.Display.Name != "one" {
		t.Errorf("%+v, want the dashboard titled one", before)
	}
	if code, body := w.get(statusOfA + "/content?version=99"); code != 404 || !strings.Contains(body, "version 99 of dashboard p/a is not kept") {
		t.Errorf("%d %s", code, body)
	}
	const secret = "/api/delivery/v1/resources/globalsecrets/token"
	w.eventually("the secret", func() bool { code, _ := w.get("/api/v1/globalsecrets/token"); return code == http.StatusOK })
	w.write("secret.yaml", strings.Replace(secretDocument, "hush", "quiet", 1))
	w.eventually("its history", func() bool { _, body := w.get(secret); return strings.Contains(body, `"why":"updated"`) })
	if code, body := w.get(secret + "/content?version=0"); code != http.StatusForbidden || strings.Contains(body, "hush") {
		t.Errorf("%d %s, want 403", code, body)
	}
}
