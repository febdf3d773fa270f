package server

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

const corpus = "../../../shared/corpus"

// declared is a document of the corpus as a YAML library reads it, with nothing of ours in between.
type declared struct {
	file string
	tree map[string]any
}

func (d declared) kind() string { return d.tree["kind"].(string) }

// path is where the API serves it.
func (d declared) path() string {
	metadata := d.tree["metadata"].(map[string]any)
	path, plural := "/api/v1/", strings.ToLower(d.kind())+"s"
	if project, ok := metadata["project"]; ok {
		path += "projects/" + project.(string) + "/"
	}
	return path + plural + "/" + metadata["name"].(string)
}

func readCorpus(t *testing.T) []declared {
	t.Helper()
	if _, err := os.Stat(corpus); err != nil {
		t.Skip("no corpus beside this checkout")
	}
	var all []declared
	err := filepath.WalkDir(corpus, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".yaml" {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var tree any
		if err := yaml.Unmarshal(data, &tree); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		all = append(all, declared{path, asJSON(t, tree)})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// asJSON gives numbers and times the types that JSON gives them.
func asJSON(t *testing.T, tree any) map[string]any {
	t.Helper()
	data, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestCorpusIsServedAsDeclared(t *testing.T) {
	all := readCorpus(t)
	if len(all) != 24 {
		t.Fatalf("%d documents in the corpus, want 24", len(all))
	}
	for _, extension := range []string{"json", "yaml"} {
		t.Run(extension, func(t *testing.T) {
			w := newWorld(t)
			w.config = fmt.Sprintf("database: {file: {folder: x, extension: %s}}\n", extension)
			w.dir = corpus
			w.start()
			w.hasNoProblem(all)
			w.servesAsDeclared(all)
			w.restartsWithoutWriting(all)
		})
	}
}

func (w *world) hasNoProblem(all []declared) {
	w.t.Helper()
	documents := w.documents()
	if len(documents) != len(all) {
		w.t.Errorf("%d documents in the status, want %d", len(documents), len(all))
	}
	for _, d := range documents {
		if len(d.Problems) > 0 || d.Outcome != "applied" {
			w.t.Errorf("%s: %s %v", d.Origin, d.Outcome, d.Problems)
		}
	}
}

// servesAsDeclared compares with what a YAML library makes of each file, and each list with its parts.
func (w *world) servesAsDeclared(all []declared) {
	w.t.Helper()
	lists := map[string][]string{}
	for _, d := range all {
		body := w.answers(200, "GET", d.path(), "")
		lists[path.Dir(d.path())] = append(lists[path.Dir(d.path())], body)
		var got map[string]any
		w.must(json.Unmarshal([]byte(body), &got))
		if diff := cmp.Diff(withoutServerFields(d.tree), withoutServerFields(got)); diff != "" {
			w.t.Errorf("%s (-declared +served):\n%.2000s", d.file, diff)
		}
	}
	for list, want := range lists {
		slices.Sort(want) // as the names do: what stands before them is the same
		if got := w.answers(200, "GET", list, ""); got != "["+strings.Join(want, ",")+"]" {
			w.t.Errorf("GET %s is not the list of what GET of each answers", list)
		}
	}
}

// withoutServerFields leaves out what the server sets (perses.md §1.2).
func withoutServerFields(tree map[string]any) map[string]any {
	tree = maps.Clone(tree)
	metadata := maps.Clone(tree["metadata"].(map[string]any))
	for _, name := range []string{"createdAt", "updatedAt", "version"} {
		delete(metadata, name)
	}
	tree["metadata"] = metadata
	return tree
}

// restartsWithoutWriting holds a restart to R12 and R29: nothing below the database changes but the lock, and nothing is served differently.
func (w *world) restartsWithoutWriting(all []declared) {
	w.t.Helper()
	before := map[string]string{}
	for _, d := range all {
		before[d.path()] = w.answers(200, "GET", d.path(), "")
	}
	w.must(w.stop())
	written := fingerprint(w.t, w.database)
	w.start()
	for path, want := range before {
		if got := w.answers(200, "GET", path, ""); got != want {
			w.t.Errorf("GET %s answers something else after a restart", path)
		}
	}
	w.must(w.stop())
	if diff := cmp.Diff(written, fingerprint(w.t, w.database)); diff != "" {
		w.t.Errorf("a restart writes (-before +after):\n%s", diff)
	}
}
