package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/perseid-dev/perseid/internal/atomicfile"
	"github.com/perseid-dev/perseid/internal/configmap"
)

// placeManifests makes a directory hold the manifests, one file each, and none that an earlier run wrote for a document that is gone. Files of
// others are left alone. What it did is the product, as rows.
func placeManifests(directory string, manifests []configmap.Manifest) ([][]string, error) {
	rows := [][]string{{"MANIFEST", "DOCUMENT", "STATE"}}
	if err := os.MkdirAll(directory, 0o755); err != nil {
		return nil, fmt.Errorf("make %w", err)
	}
	wanted := map[string]bool{}
	for _, m := range manifests {
		path := filepath.Join(directory, m.Name+".yaml")
		wanted[path] = true
		state, err := placeManifest(path, m.Text)
		if err != nil {
			return rows, err
		}
		rows = append(rows, []string{printable(path), printable(m.Path), state})
	}
	stale, err := filepath.Glob(filepath.Join(escapeGlob(directory), "*.yaml"))
	if err != nil {
		return rows, err
	}
	for _, path := range stale {
		if wanted[path] || !isManifest(path) {
			continue
		}
		if err := atomicfile.Remove(path); err != nil {
			return rows, err
		}
		rows = append(rows, []string{printable(path), "", "removed"})
	}
	return rows, nil
}

func placeManifest(path string, text []byte) (state string, err error) {
	switch before, err := os.ReadFile(path); {
	case err == nil && bytes.Equal(before, text):
		return "unchanged", nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("read %w", err)
	}
	return "written", atomicfile.Write(path, text, atomicfile.Options{Mode: 0o644})
}

// isManifest says whether a file is one that this command wrote.
func isManifest(path string) bool {
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	start := make([]byte, len(configmap.Header))
	_, err = io.ReadFull(file, start)
	return err == nil && string(start) == configmap.Header
}

// escapeGlob makes a pattern that only a path itself matches.
func escapeGlob(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}
