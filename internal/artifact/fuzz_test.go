package artifact

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/perseid-dev/perseid/internal/archive"
)

// FuzzBuild: whatever files can be built, unpacking and building again gives the same artifact.
func FuzzBuild(f *testing.F) {
	f.Add("a.json", []byte("{}"), "b/c.yaml", []byte("kind: Project\n"))
	f.Add("perseid.index.json", []byte{}, "ü/.json", bytes.Repeat([]byte("x"), 5000))
	f.Fuzz(func(t *testing.T, first string, one []byte, second string, two []byte) {
		dir := t.TempDir()
		root, err := os.OpenRoot(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer root.Close()
		for name, data := range map[string][]byte{first: one, second: two} {
			if root.MkdirAll(filepath.Dir(name), 0o755) != nil || root.WriteFile(name, data, 0o644) != nil {
				return
			}
		}
		i, err := Build(context.Background(), newLayout(t), Options{Directory: dir})
		if err != nil {
			return
		}
		out := filepath.Join(t.TempDir(), "out")
		if err := i.Unpack(context.Background(), out, archive.ExtractOptions{}); err != nil {
			t.Fatalf("what was built cannot be unpacked: %v", err)
		}
		again, err := Build(context.Background(), newLayout(t), Options{Directory: out})
		if err != nil || again.Descriptor.Digest != i.Descriptor.Digest {
			t.Errorf("built again: %v", err)
		}
	})
}
