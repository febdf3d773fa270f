// Package perseid_test holds the shape of the project to what ARCHITECTURE.md says of it.
//
// It reads the imports out of the sources: no build and no `go list`, whose result would be cached across edits.
// Test files may import what they like; the limits on length hold for them too.
package perseid_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

const module = "github.com/perseid-dev/perseid"

// project is what must hold. A new package is one row in floors, and one in ARCHITECTURE.md.
var project = rules{
	floors: map[string]int{
		"internal/atomicfile":        0,
		"internal/buildinfo":         0,
		"internal/pace":              0,
		"internal/problem":           0,
		"internal/seal":              0,
		"internal/watch":             0,
		"internal/webui":             0,
		"internal/archive":           1,
		"internal/delivery":          1,
		"internal/resource":          1,
		"internal/source":            1,
		"internal/artifact":          2,
		"internal/config":            2,
		"internal/configmap":         2,
		"internal/inventory":         2,
		"internal/kube":              2,
		"internal/kube/kubetest":     2,
		"internal/mirror":            2,
		"internal/notice":            2,
		"internal/objects":           2,
		"internal/reply":             2,
		"internal/source/dir":        2,
		"internal/store":             2,
		"internal/validate":          2,
		"internal/api":               3,
		"internal/artifact/registry": 3,
		"internal/artifact/verify":   3,
		"internal/desired":           3,
		"internal/proxy":             3,
		"internal/source/kubernetes": 3,
		"internal/reconcile":         4,
		"internal/sidecar":           4,
		"internal/source/oci":        4,
		"internal/server":            5,
		"internal/cli":               6,
	},
	homes: map[string][]string{
		"compress":                         {"internal/api", "internal/archive", "internal/configmap", "internal/objects", "internal/source/kubernetes", "internal/store", "internal/webui"},
		"cuelang.org/go":                   {"internal/validate"},
		"github.com/fsnotify/fsnotify":     {"internal/watch"},
		"github.com/klauspost/compress":    {"internal/archive", "internal/objects", "internal/source/kubernetes"},
		"github.com/Masterminds/semver":    {"internal/artifact/registry"},
		"github.com/opencontainers":        {"internal/artifact/registry"},
		"github.com/secure-systems-lab":    {"internal/artifact/verify"},
		"github.com/prometheus":            {"internal/api", "internal/proxy", "internal/server"},
		"github.com/prometheus/prometheus": {"internal/validate"},
		"github.com/spf13":                 {"internal/cli"},
		"go.yaml.in/yaml":                  {"internal/config", "internal/resource", "test/bench", "test/input"},
		"github.com/go-json-experiment":    {"internal/resource"},
		"golang.org/x/crypto":              {"internal/seal"},
		"golang.org/x/oauth2":              {"internal/proxy"},
		"golang.org/x/crypto/x509roots":    {"images"},
		"golang.org/x/sys":                 {"internal/atomicfile", "internal/mirror", "internal/source/dir", "internal/store"},
		"google.golang.org/protobuf":       {"internal/kube", "internal/kube/kubetest"},
		"k8s.io":                           {"internal/kube"},
		"oras.land":                        {"internal/artifact/registry"},
	},
	lean: map[string][]string{
		"cmd/perseid-sidecar": {
			module + "/internal/resource", module + "/internal/webui",
			"cuelang.org/go", "github.com/prometheus/prometheus", "oras.land",
		},
	},
	lines: 400,
}

func TestArchitecture(t *testing.T) {
	for _, finding := range project.check(load(t, ".")) {
		t.Error(finding)
	}
}

// TestCheck shows the checks a small tree with one fault of each sort; its comment lists what they must say.
func TestCheck(t *testing.T) {
	small := rules{
		floors: map[string]int{"internal/low": 0, "internal/high": 1, "internal/beside": 1, "internal/gone": 1},
		homes: map[string][]string{
			"example.com/heavy":       {"internal/low"},
			"example.com/heavy/core":  {"internal/high"},
			"example.com/heavyweight": {"internal/high"},
		},
		lean:  map[string][]string{"cmd/small": {"example.com/heavy"}, "cmd/absent": {"example.com/heavy"}},
		lines: 12,
	}
	archives, err := filepath.Glob("testdata/arch/*.txtar")
	if err != nil || len(archives) < 2 {
		t.Fatalf("testdata/arch: %v, %v; expected a sound tree and a faulty one", archives, err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			want, root := unpack(t, name)
			if diff := cmp.Diff(want, small.check(load(t, root))); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// unpack writes the files of an archive and returns the findings its comment lists, and where the files are.
func unpack(t *testing.T, name string) (want []string, root string) {
	t.Helper()
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	root = t.TempDir()
	for _, f := range archive.Files {
		path := filepath.Join(root, f.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for line := range strings.Lines(string(archive.Comment)) {
		if finding, ok := strings.CutPrefix(strings.TrimSpace(line), "want: "); ok {
			want = append(want, finding)
		}
	}
	return want, root
}

// sorted gives the keys of a map in order.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
