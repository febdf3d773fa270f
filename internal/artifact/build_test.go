package artifact

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/archive"
	"github.com/perseid-dev/perseid/internal/problem"
	"github.com/perseid-dev/perseid/internal/source"
)

// sample is two environments, a shared file, and what is left out.
var sample = map[string]string{
	"project.yaml":         "kind: Project\nmetadata:\n  name: demo\nspec: {}\n",
	"prod/cpu.json":        `{"kind":"Dashboard","metadata":{"name":"cpu","project":"demo"},"spec":{"duration":"1h"}}`,
	"prod/deep/mem.json":   `{"kind":"Dashboard","metadata":{"name":"mem","project":"demo"},"spec":{"duration":"1h"}}`,
	"staging/cpu.yml":      "kind: Dashboard\nmetadata: {name: cpu, project: demo}\nspec: {duration: 1h}\n",
	"README.md":            "not a document",
	"prod/ünï.yaml":        "kind: GlobalVariable\nmetadata: {name: u}\nspec: {kind: TextVariable, spec: {value: a}}\n",
	"drafts/next.json":     "{}",
	".perseidignore":       "# not yet\n/drafts/\n",
	"prod/perseid.index":   "an old one",
	".git/config.json":     "{}",
	"prod/..data/cpu.json": "{}",
}

func write(t testing.TB, dir string, files map[string]string, mode fs.FileMode) string {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), mode|0o111|0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func newLayout(t testing.TB) *Layout {
	t.Helper()
	l, err := CreateLayout(filepath.Join(t.TempDir(), "layout"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func mustBuild(t testing.TB, l *Layout, o Options) *Image {
	t.Helper()
	i, err := Build(context.Background(), l, o)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

var release = map[string]string{AnnotationRevision: "0123abc", AnnotationVersion: "v1.2.0", AnnotationSource: "https://example.com/team/dashboards", AnnotationTitle: ""}

// TestGolden: these are the digests on any machine, under any umask, with any times and modes, and files made in any order.
func TestGolden(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0))
	want := []string{
		"sha256:99afd7a279286fa1e3e9119c187ec7a5a6c7d509b5e618edf0a50c671d9b78c8",
		"sha256:e8458f7057b1470fb3bd7bf3462b13641e4a012691511d18ec97b1c21822479a",
		"sha256:d75e6e313ee3a67f543eb60a44dd8f274237fefbb3af784a0f2b13af40c44316",
	}
	for umask, mode := range map[int]fs.FileMode{0o077: 0o600, 0o002: 0o664, 0o022: 0o755} { // a map: in any order
		syscall.Umask(umask)
		dir := write(t, t.TempDir(), sample, mode)
		if err := os.Chtimes(filepath.Join(dir, "project.yaml"), time.Time{}, time.Unix(int64(umask), 0)); err != nil {
			t.Fatal(err)
		}
		i := mustBuild(t, newLayout(t), Options{Directory: dir, Annotations: release})
		got := []string{i.Descriptor.Digest.String(), i.Manifest.Config.Digest.String(), i.Manifest.Layers[0].Digest.String()}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("umask %o: manifest, config, layer (-want +got):\n%s\n%s\n%s", umask, diff, i.RawManifest, i.RawConfig)
		}
	}
}

// TestUnpack: what is in an artifact can be read by anybody, is what its indexes say, and makes the same artifact again.
func TestUnpack(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o077))
	l := newLayout(t)
	i := mustBuild(t, l, Options{Directory: write(t, t.TempDir(), sample, 0o600), Annotations: release})
	out := filepath.Join(t.TempDir(), "out")
	if err := i.Unpack(context.Background(), out, archive.ExtractOptions{}); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	err := fs.WalkDir(os.DirFS(out), ".", func(p string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if mode := info.Mode(); e.IsDir() && mode.Perm() != 0o755 || !e.IsDir() && mode != 0o644 {
			t.Errorf("%s: mode %v; uid 65534 cannot read it", p, mode)
		}
		if !e.IsDir() && filepath.Base(p) != source.IndexName {
			data, err := os.ReadFile(filepath.Join(out, p))
			got[p] = string(data)
			return err
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, name := range []string{"project.yaml", "prod/cpu.json", "prod/deep/mem.json", "prod/ünï.yaml", "staging/cpu.yml"} {
		want[name] = sample[name]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	expectIndex(t, filepath.Join(out, "prod"), map[string][]string{"cpu.json": {"Dashboard"}, "deep/mem.json": {"Dashboard"}, "ünï.yaml": {"GlobalVariable"}})
	expectIndex(t, out, map[string][]string{
		"project.yaml": {"Project"}, "prod/cpu.json": {"Dashboard"}, "prod/deep/mem.json": {"Dashboard"}, "prod/ünï.yaml": {"GlobalVariable"}, "staging/cpu.yml": {"Dashboard"},
	})
	again := mustBuild(t, newLayout(t), Options{Directory: out, Annotations: release})
	if again.Descriptor.Digest != i.Descriptor.Digest {
		t.Errorf("built again it is %s, not %s", again.Descriptor.Digest, i.Descriptor.Digest)
	}
}

func expectIndex(t *testing.T, dir string, want map[string][]string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, source.IndexName))
	if err != nil {
		t.Fatal(err)
	}
	x, err := source.DecodeIndex(data)
	if err != nil || !x.Complete || x.Revision != "0123abc" || x.Version != "v1.2.0" {
		t.Errorf("index of %s: %+v, %v", dir, x, err)
	}
	got := map[string][]string{}
	for _, f := range x.Files {
		got[f.Path] = f.Kinds
		if data, err := os.ReadFile(filepath.Join(dir, f.Path)); err != nil || source.DigestOf(data) != f.Digest || int64(len(data)) != f.Size {
			t.Errorf("%s is not as the index of %s says: %v", f.Path, dir, err)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("index of %s (-want +got):\n%s", dir, diff)
	}
}

func TestBuildRefuses(t *testing.T) {
	link := func(name, to string) func(string) error {
		return func(dir string) error { return os.Symlink(to, filepath.Join(dir, name)) }
	}
	for name, c := range map[string]struct {
		files map[string]string
		also  func(dir string) error
		want  string
	}{
		"nothing":        {map[string]string{"README.md": "x"}, nil, "holds no documents"},
		"everything out": {map[string]string{"a.json": "{}", IgnoreName: "*\n"}, nil, "holds no documents"},
		"bad pattern":    {map[string]string{"a.json": "{}", IgnoreName: "ok\n[a\n"}, nil, ".perseidignore:2: "},
		"case":           {map[string]string{"A.json": "{}", "a.json": "{}"}, nil, "differs from"},
		"backslash":      {map[string]string{`a\b.json`: "{}"}, nil, "backslash"},
		"whiteout":       {map[string]string{".wh.a.json": "{}"}, nil, "something is gone"},
		"index":          {map[string]string{"perseid.index/a.json": "{}"}, nil, "the name of the index"},
		"link outside":   {map[string]string{"a.json": "{}"}, link("b.json", "/etc/hostname"), "leads to nothing, or out of the directory"},
		"link to nothing": {
			map[string]string{"a.json": "{}"}, link("b.json", "c.json"), "leads to nothing"},
		"link to directory": {
			map[string]string{"a/a.json": "{}"}, link("b", "a"), "a link to a directory"},
		"pipe": {map[string]string{"a.json": "{}"}, func(dir string) error { return syscall.Mkfifo(filepath.Join(dir, "p.json"), 0o600) }, "not a regular file"},
		"large file": {map[string]string{"a.json": "{}"}, func(dir string) error { return os.Truncate(filepath.Join(dir, "a.json"), maxSource+1) },
			"larger than the limit of 16 MiB"},
		"1 GiB": {map[string]string{"a.json": "{}"}, sparse, "more than 1024 MiB of files"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := write(t, t.TempDir(), c.files, 0o644)
			if c.also != nil {
				if err := c.also(dir); err != nil {
					t.Fatal(err)
				}
			}
			l := newLayout(t)
			_, err := Build(context.Background(), l, Options{Directory: dir})
			var problems problem.List
			if text := fmt.Sprint(err); !strings.Contains(text, c.want) {
				t.Errorf("build: %v; expected %q", err, c.want)
			}
			if errors.As(err, &problems) && (len(problems) != 1 || problems[0].Origin == "") {
				t.Errorf("problems: %+v", problems)
			}
			if blobs, err := os.ReadDir(filepath.Join(l.path, layoutBlobs)); err != nil || len(blobs) > 0 {
				t.Errorf("left in the layout: %v, %v", blobs, err)
			}
		})
	}
}

func sparse(dir string) error {
	for n := range archive.MaxTotal/maxSource + 1 {
		name := filepath.Join(dir, fmt.Sprintf("%d.json", n))
		if err := os.WriteFile(name, nil, 0o644); err != nil {
			return err
		}
		if err := os.Truncate(name, maxSource); err != nil {
			return err
		}
	}
	return nil
}

// TestLink: a file that is shared by a link is in both places.
func TestLink(t *testing.T) {
	dir := write(t, t.TempDir(), map[string]string{"base/a.json": "{}"}, 0o644)
	if err := os.Symlink("base/a.json", filepath.Join(dir, "b.json")); err != nil {
		t.Fatal(err)
	}
	i := mustBuild(t, newLayout(t), Options{Directory: dir})
	copied := mustBuild(t, newLayout(t), Options{Directory: write(t, t.TempDir(), map[string]string{"base/a.json": "{}", "b.json": "{}"}, 0o644)})
	if i.Descriptor.Digest != copied.Descriptor.Digest {
		t.Error("a link and a copy make different artifacts")
	}
}

func TestCancel(t *testing.T) {
	dir := write(t, t.TempDir(), map[string]string{"a.json": "{}", "b.json": "{}"}, 0o644)
	ctx, cancel := context.WithCancel(context.Background())
	_, err := Build(ctx, newLayout(t), Options{Directory: dir, Check: func(source.File, []byte) { cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("build: %v", err)
	}
}
