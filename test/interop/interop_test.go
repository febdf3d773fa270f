// Package interop holds Perseid against the programs of others: crane, cosign, and what Flux and oras are made of.
//
// It is a module of its own, so that nobody who builds Perseid gets their dependencies. make test-interop builds the programs once,
// outside the tree, and runs it.
package interop

import (
	"bytes"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	ggcr "github.com/google/go-containerregistry/pkg/registry"

	"github.com/perseid-dev/perseid/test/registry"
)

// program finds one of the programs that make test-interop builds.
func program(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(os.Getenv("PERSEID_INTEROP_BIN"), name)
	if _, err := os.Stat(path); os.Getenv("PERSEID_INTEROP_BIN") == "" || err != nil {
		t.Skipf("there is no %s; run make test-interop", name)
	}
	return path
}

// world is a directory to work in, and a registry.
type world struct {
	*testing.T
	dir, host string
}

// run runs a program and returns its standard output.
func (w world) run(name string, args ...string) string {
	w.Helper()
	out, err := w.try(name, args...)
	if err != nil {
		w.Fatalf("%s %s: %v", name, strings.Join(args, " "), err)
	}
	return out
}

type failed struct {
	err    error
	stderr string
}

func (f *failed) Error() string { return f.err.Error() + "\n" + f.stderr }

func (w world) try(name string, args ...string) (string, error) {
	w.Helper()
	var out, problems bytes.Buffer
	cmd := exec.CommandContext(w.Context(), program(w.T, name), args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = w.dir, &out, &problems
	cmd.Env = []string{"HOME=" + w.dir, "PATH=/nowhere", "COSIGN_PASSWORD=open", "TUF_ROOT=" + w.dir}
	if err := cmd.Run(); err != nil {
		return "", &failed{err, problems.String()}
	}
	return strings.TrimSpace(out.String()), nil
}

func (w world) write(files map[string]string) {
	w.Helper()
	for name, text := range files {
		path := filepath.Join(w.dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			w.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			w.Fatal(err)
		}
	}
}

// documents are what is packed.
func documents() map[string]string {
	return map[string]string{
		"boards/project.yaml":       "kind: Project\nmetadata:\n  name: demo\n",
		"boards/prod/variable.json": `{"kind":"GlobalVariable","metadata":{"name":"v"},"spec":{"kind":"TextVariable","spec":{"value":"x"}}}` + "\n",
	}
}

// registries runs a test on each sort of registry.
func registries(t *testing.T, test func(w world)) {
	quiet := ggcr.Logger(log.New(io.Discard, "", 0))
	for name, handler := range map[string]http.Handler{
		"ours":                     &registry.Registry{},
		"ours without referrers":   &registry.Registry{NoReferrers: true},
		"theirs":                   ggcr.New(quiet, ggcr.WithReferrersSupport(true)),
		"theirs without referrers": ggcr.New(quiet),
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(handler)
			t.Cleanup(server.Close)
			w := world{t, t.TempDir(), strings.TrimPrefix(server.URL, "http://")}
			w.write(documents())
			test(w)
		})
	}
}
