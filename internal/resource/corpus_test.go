package resource

import (
	"os"
	"path/filepath"
	"testing"
)

// TestCorpus reads real documents where they are at hand.
func TestCorpus(t *testing.T) {
	root := filepath.Join("..", "..", "..", "shared", "corpus")
	files, err := filepath.Glob(filepath.Join(root, "dashboards", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("no corpus of real documents beside the checkout")
	}
	for _, file := range append(files, filepath.Join(root, "project.yaml"), filepath.Join(root, "datasource.yaml")) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		r := only(t, data, YAML)
		comesBack(t, r)
		stored, err := DecodeStored(r.YAML(), YAML, r.Kind)
		if err != nil || string(stored.JSON()) != string(r.JSON()) {
			t.Errorf("%s: stored it is read as another: %v", file, err)
		}
	}
}
