package server

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"testing"
)

func TestR29ManagedDocumentEditedOnDiskComesBack(t *testing.T) {
	w := newWorld(t)
	w.config = "database: {file: {folder: x, extension: json}}\n" + quickPrune
	w.write("all.yaml", projectP+"---\n"+dashboard("a", "declared"))
	w.start()
	w.serves("a", "declared")
	file := filepath.Join(w.database, "dashboards", "p", "a.json")
	stored, err := os.ReadFile(file)
	w.must(err)
	w.must(os.WriteFile(file, bytes.Replace(stored, []byte("declared"), []byte("by hand!"), 1), 0o600))
	w.serves("a", "by hand!")
	w.serves("a", "declared")
}

func TestR29ForeignDocumentGivesAProject(t *testing.T) {
	w := newWorld(t)
	w.config = "database: {file: {folder: x, extension: json}}\n" + quickPrune
	w.write("a.yaml", dashboard("a", "1"))
	w.start()
	if status, _ := w.get("/api/v1/projects/p"); status != http.StatusNotFound {
		t.Fatalf("project p: %d", status)
	}
	dir := filepath.Join(w.database, "projects")
	w.must(os.MkdirAll(dir, 0o750))
	w.must(os.WriteFile(filepath.Join(dir, "p.json"), []byte(`{"kind":"Project","metadata":{"name":"p"},"spec":{}}`), 0o600))
	w.serves("a", "1")
}

func TestR29DamagedDocumentIsWrittenAnew(t *testing.T) {
	t.Parallel() // it waits for seconds
	w := newWorld(t)
	w.config = "database: {file: {folder: x, extension: json}}\n" + quickPrune
	w.write("all.yaml", projectP+"---\n"+dashboard("a", "declared"))
	w.start()
	w.serves("a", "declared")
	file := filepath.Join(w.database, "dashboards", "p", "a.json")
	w.must(os.WriteFile(file, []byte(`{"kind":"Dash`), 0o600))
	if got := w.title("a"); got != "declared" {
		t.Errorf("served %q while the file is damaged, want the last readable version", got)
	}
	w.eventually("the file is whole again", func() bool {
		data, err := os.ReadFile(file)
		return err == nil && bytes.Contains(data, []byte("declared"))
	})
	kept, err := filepath.Glob(filepath.Join(w.database, ".perseid", "quarantine", "dashboards", "p", "*"))
	if err != nil || len(kept) != 1 {
		t.Errorf("quarantine holds %v, want the damaged bytes", kept)
	}
}
