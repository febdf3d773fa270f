package input

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"
)

// Encode writes a document as compact JSON, or as YAML in the indentation that Perses uses.
func Encode(r Resource, format string) ([]byte, error) {
	switch format {
	case "json":
		return json.Marshal(r)
	case "yaml":
		var b bytes.Buffer
		e := yaml.NewEncoder(&b)
		e.SetIndent(4)
		err := e.Encode(r)
		return b.Bytes(), err
	default:
		return nil, fmt.Errorf("format %q: expected json or yaml", format)
	}
}

// Write fills a directory with a number of dashboards and what they need, one document a file, a hundred files a directory.
// It returns how many bytes the dashboards have.
func Write(dir, format string, dashboards int) (size int64, err error) {
	for _, r := range Base() {
		if _, err := write(filepath.Join(dir, r.Metadata.Name+"."+format), r, format); err != nil {
			return 0, err
		}
	}
	for n := range dashboards {
		written, err := write(Path(dir, format, n), Dashboard(n), format)
		if err != nil {
			return 0, err
		}
		size += int64(written)
	}
	return size, nil
}

// Path is where Write puts the dashboard of a number.
func Path(dir, format string, n int) string {
	return filepath.Join(dir, "dashboards", fmt.Sprintf("%03d", n/100), Name(n)+"."+format)
}

func write(path string, r Resource, format string) (int, error) {
	data, err := Encode(r, format)
	if err != nil {
		return 0, fmt.Errorf("encode %s: %w", path, err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return 0, err
	}
	return len(data), os.WriteFile(path, data, 0o644)
}
