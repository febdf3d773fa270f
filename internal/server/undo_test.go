package server

import (
	"net/http"
	"strings"
	"testing"

	"github.com/perseid-dev/perseid/internal/delivery"
)

// I3: what a source took over from nobody in particular can be had back, and stays until it is unpinned.
func TestI3UndoOfATakeover(t *testing.T) {
	w := newWorld(t)
	w.write("project.yaml", projectP)
	w.start()
	w.eventually("project p", func() bool { code, _ := w.get("/api/v1/projects/p"); return code == http.StatusOK })
	mine := `{"kind":"Dashboard","metadata":{"name":"a","project":"p"},"spec":{"display":{"name":"mine"},"panels":{},"layouts":[],"duration":"1h"}}`
	if code, body := w.do(http.MethodPost, "/api/v1/dashboards", mine); code != http.StatusOK {
		t.Fatalf("POST: %d %s", code, body)
	}
	w.write("a.yaml", dashboard("a", "one"))
	w.serves("a", "one")
	if h := w.statusOfA().History; len(h) != 1 || h[0].Why != delivery.WhyTaken {
		t.Errorf("history %+v, want what was taken over", h)
	}
	w.order(http.StatusOK, statusOfA+"/undo", "{}")
	if got := w.title("a"); got != "mine" || !w.statusOfA().Managed {
		t.Errorf("undone, it is served as %q, want mine, and managed", got)
	}
	w.write("a.yaml", dashboard("a", "two"))
	w.looked("dir:" + w.dir)
	if got := w.title("a"); got != "mine" {
		t.Errorf("after an edit of the file it is served as %q, want mine", got)
	}
	w.order(http.StatusOK, statusOfA+"/unpin", "{}")
	w.serves("a", "two")
}

// R33: nothing that the delivery API says of a secret holds its value, what it would change included.
func TestR33SecretsAreNotTold(t *testing.T) {
	w := newWorld(t)
	w.write("secret.yaml", secretDocument)
	w.start()
	const path = "/api/delivery/v1/resources/globalsecrets/token"
	w.eventually("the secret", func() bool { code, _ := w.get("/api/v1/globalsecrets/token"); return code == http.StatusOK })
	w.write("secret.yaml", strings.Replace(secretDocument, "hush", "quiet", 1))
	w.eventually("its history", func() bool { _, body := w.get(path); return strings.Contains(body, `"why":"updated"`) })
	preview := w.order(http.StatusOK, path+"/rollback?dryRun=true", "{}")
	if !strings.Contains(preview, `"action":"updated"`) {
		t.Errorf("preview %s, want an update", preview)
	}
	told := []string{preview, w.order(http.StatusOK, path+"/rollback", "{}")}
	for _, at := range []string{path, "/api/delivery/v1/documents", "/api/delivery/v1/sources"} {
		_, body := w.get(at)
		told = append(told, body)
	}
	for _, text := range told {
		if strings.Contains(text, "hush") || strings.Contains(text, "quiet") {
			t.Errorf("a value is told: %s", text)
		}
	}
}
