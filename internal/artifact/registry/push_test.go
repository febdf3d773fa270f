package registry

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/perseid-dev/perseid/internal/archive"
	"github.com/perseid-dev/perseid/internal/artifact"
	testregistry "github.com/perseid-dev/perseid/test/registry"
)

// build packs files, with annotations.
func build(t testing.TB, files map[string]string, annotations map[string]string) *artifact.Image {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, "in", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	layout, err := artifact.CreateLayout(filepath.Join(dir, "layout"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = layout.Close() })
	image, err := artifact.Build(t.Context(), layout, artifact.Options{Directory: filepath.Join(dir, "in"), Annotations: annotations})
	if err != nil {
		t.Fatal(err)
	}
	return image
}

func sample(n string) map[string]string {
	return map[string]string{"a.yaml": "kind: Project\nmetadata:\n  name: p" + n + "\n", "prod/b.json": "{}"}
}

func push(t testing.TB, g rig, image *artifact.Image, tags ...string) Pushed {
	t.Helper()
	p, err := g.repo.Push(t.Context(), image, tags...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPush(t *testing.T) {
	g := start(t, &testregistry.Registry{}, Options{})
	image := build(t, sample("1"), map[string]string{artifact.AnnotationVersion: "v1"})
	if p := push(t, g, image, "v1", "latest"); p.Unchanged || p.Descriptor.Digest != image.Descriptor.Digest {
		t.Errorf("%+v", p)
	}
	digest := image.Descriptor.Digest.String()
	if diff := cmp.Diff(map[string]string{"v1": digest, "latest": digest}, g.Tags("team/boards")); diff != "" {
		t.Error(diff)
	}
	d, err := g.repo.Resolve(t.Context(), "latest")
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := artifact.Load(t.Context(), g.repo, d)
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "out")
	if err := loaded.Unpack(t.Context(), out, archive.ExtractOptions{}); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(out, "a.yaml")); string(got) != sample("1")["a.yaml"] || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// A push of what is there already costs at most three requests and two kilobytes, whether the digest is the same or only the files are.
func TestPushUnchanged(t *testing.T) {
	annotations := map[string]string{
		artifact.AnnotationVersion: "v1", artifact.AnnotationRevision: strings.Repeat("0123456789", 4), artifact.AnnotationSource: "https://git.example.com/team/boards",
	}
	for _, recompressed := range []bool{false, true} {
		g := start(t, &testregistry.Registry{}, Options{})
		image := build(t, sample("1"), annotations)
		push(t, g, image, "v1")
		want := image.Descriptor.Digest.String()
		if recompressed { // as if another release had compressed the layer
			m := image.Manifest
			m.Layers[0].Digest[0]++
			m.Layers[0].Size++
			data, err := json.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			want = g.PutManifest("team/boards", artifact.MediaTypeManifest, data, "v1")
		}
		before := g.Tags("team/boards")
		g.Requests()
		p := push(t, g, image, "v1")
		requests, bytes := g.Requests(), int64(0)
		for _, r := range requests {
			bytes += r.Sent + r.Got
		}
		t.Logf("recompressed %t: %d requests, %d bytes", recompressed, len(requests), bytes)
		if len(requests) > 3 || bytes > 2000 {
			t.Errorf("%d requests, %d bytes: %v", len(requests), bytes, requests)
		}
		if !p.Unchanged || p.Descriptor.Digest.String() != want {
			t.Errorf("%+v, want unchanged %s", p, want)
		}
		if diff := cmp.Diff(before, g.Tags("team/boards")); diff != "" {
			t.Error(diff)
		}
		// A further tag is given to what is there.
		if push(t, g, image, "v1", "prod"); g.Tags("team/boards")["prod"] != want {
			t.Errorf("prod is %s, want %s", g.Tags("team/boards")["prod"], want)
		}
	}
}

// Other files, or other words about them, are another version. What the registry has of it is not sent again.
func TestPushChanged(t *testing.T) {
	g := start(t, &testregistry.Registry{}, Options{})
	v1 := map[string]string{artifact.AnnotationVersion: "v1"}
	push(t, g, build(t, sample("1"), v1), "latest")
	g.PutManifest("team/boards", "application/vnd.example+json", []byte("{}"), "foreign")
	for name, image := range map[string]*artifact.Image{
		"other files": build(t, sample("2"), v1),
		"other words": build(t, sample("1"), map[string]string{artifact.AnnotationVersion: "v2"}),
	} {
		p := push(t, g, image, "latest")
		if p.Unchanged || g.Tags("team/boards")["latest"] != image.Descriptor.Digest.String() {
			t.Errorf("%s: %+v", name, p)
		}
	}
	image := build(t, sample("1"), v1)
	g.Requests()
	push(t, g, image, "foreign")
	for _, r := range g.Requests() {
		if strings.Contains(r.Path, "/uploads/") {
			t.Errorf("sent again: %v", r)
		}
	}
}

// A layer lost under a reader is an error that says so, and another push brings it back.
func TestGarbageCollectedUnderOurFeet(t *testing.T) {
	g := start(t, &testregistry.Registry{}, Options{})
	image := build(t, sample("1"), nil)
	push(t, g, image, "v1")
	loaded, err := artifact.Load(t.Context(), g.repo, image.Descriptor)
	if err != nil {
		t.Fatal(err)
	}
	g.Forget("team/boards", image.Manifest.Layers[0].Digest.String())
	err = loaded.Unpack(t.Context(), filepath.Join(t.TempDir(), "out"), archive.ExtractOptions{})
	if err == nil || !strings.Contains(err.Error(), "no such") {
		t.Errorf("%v", err)
	}
}
