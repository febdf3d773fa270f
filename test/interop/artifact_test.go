package interop

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fluxcd/pkg/oci"
	v1 "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/content/memory"
	"oras.land/oras-go/v2/registry/remote"
)

// pushOurs builds and pushes the documents, and returns the reference by digest.
func (w world) pushOurs(tag string) string {
	w.Helper()
	w.run("perseid", "artifact", "build", "boards", "layout", "--version", tag, "-t", tag)
	return w.run("perseid", "artifact", "push", "layout:"+tag, w.host+"/team/boards:"+tag)
}

// tree reads the documents below a directory.
func (w world) tree(dir string) map[string]string {
	w.Helper()
	files := map[string]string{}
	root := filepath.Join(w.dir, dir)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "perseid.index") {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(root, path)
		files["boards/"+filepath.ToSlash(name)] = string(data)
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return files
}

func (w world) same(dir string) {
	w.Helper()
	got := w.tree(dir)
	for name, text := range documents() {
		if got[name] != text {
			w.Errorf("%s: %s is %q, want %q", dir, name, got[name], text)
		}
		delete(got, name)
	}
	if len(got) > 0 {
		w.Errorf("%s: also %v", dir, got)
	}
}

// Crane reads, validates and copies what we push, and a copy is the same to us.
func TestCraneReadsOurs(t *testing.T) {
	registries(t, func(w world) {
		ref := w.pushOurs("v1")
		if got := w.host + "/team/boards@" + w.run("crane", "digest", w.host+"/team/boards:v1"); got != ref {
			w.Errorf("crane finds %s, want %s", got, ref)
		}
		w.run("crane", "validate", "--remote", ref)
		if got := w.run("crane", "export", ref, "-"); !strings.Contains(got, `"name":"v"`) {
			w.Error("crane export does not show the documents")
		}
		w.run("crane", "copy", ref, w.host+"/mirror/boards:v1")
		if got, want := w.run("perseid", "artifact", "pull", w.host+"/mirror/boards:v1", "out"), strings.Replace(ref, "/team/", "/mirror/", 1); got != want {
			w.Errorf("pulled %s, want %s", got, want)
		}
		w.same("out")
		w.run("crane", "tag", ref, "prod")
		if got := w.run("perseid", "artifact", "list", "-o", "json", w.host+"/team/boards"); strings.Count(got, `"tag"`) != 2 {
			w.Errorf("listed: %s", got)
		}
	})
}

// We read what crane append makes of a tar, gzip or not.
func TestWeReadCranes(t *testing.T) {
	registries(t, func(w world) {
		w.image("v1")
		w.run("perseid", "artifact", "pull", w.host+"/team/boards:v1", "out")
		w.same("out")
		w.run("crane", "append", "-f", "layer.tar", "-t", w.host+"/team/boards:docker") // Docker's media types
		w.run("perseid", "artifact", "pull", w.host+"/team/boards:docker", "docker")
		w.same("docker")
	})
}

// We read a layer that oras-go pushed as an image, and say what is wrong with an artifact that no runtime can mount.
func TestWeReadOras(t *testing.T) {
	registries(t, func(w world) {
		w.layer("layer.tar")
		w.oras("image", v1.MediaTypeImageConfig)
		w.run("perseid", "artifact", "pull", w.host+"/team/boards:image", "out")
		w.same("out")
		w.oras("artifact", "")
		_, err := w.try("perseid", "artifact", "pull", w.host+"/team/boards:artifact", "none")
		if err == nil || !strings.Contains(err.Error(), "not an image that can be mounted") {
			w.Errorf("%v", err)
		}
	})
}

// oras packs layer.tar, with an image's config if its media type is given.
func (w world) oras(tag, configType string) {
	w.Helper()
	ctx := w.Context()
	plain, err := os.ReadFile(filepath.Join(w.dir, "layer.tar"))
	if err != nil {
		w.Fatal(err)
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(plain)
	_ = z.Close()
	store := memory.New()
	put := func(mediaType string, data []byte) v1.Descriptor {
		d := content.NewDescriptorFromBytes(mediaType, data)
		if err := store.Push(ctx, d, bytes.NewReader(data)); err != nil {
			w.Fatal(err)
		}
		return d
	}
	o := oras.PackManifestOptions{Layers: []v1.Descriptor{put(v1.MediaTypeImageLayerGzip, b.Bytes())}}
	kind, version := "application/vnd.example", oras.PackManifestVersion1_1
	if configType != "" {
		diff := content.NewDescriptorFromBytes("", plain).Digest.String()
		config := put(configType, []byte(`{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["`+diff+`"]}}`))
		o.ConfigDescriptor, kind = &config, ""
	}
	d, err := oras.PackManifest(ctx, store, version, kind, o)
	if err != nil {
		w.Fatal(err)
	}
	if err := store.Tag(ctx, d, tag); err != nil {
		w.Fatal(err)
	}
	repo, err := remote.NewRepository(w.host + "/team/boards")
	if err != nil {
		w.Fatal(err)
	}
	repo.PlainHTTP = true
	if _, err := oras.Copy(ctx, store, tag, repo, tag, oras.DefaultCopyOptions); err != nil {
		w.Fatal(err)
	}
}

// Flux pulls what we push.
func TestFluxReadsOurs(t *testing.T) {
	registries(t, func(w world) {
		ref := w.pushOurs("v1")
		out := filepath.Join(w.dir, "flux")
		meta, err := oci.NewClient(oci.DefaultOptions()).Pull(w.Context(), ref, out)
		if err != nil {
			w.Fatal(err)
		}
		if !strings.HasSuffix(ref, meta.Digest[strings.LastIndex(meta.Digest, "sha256:"):]) {
			w.Errorf("Flux pulled %s, want %s", meta.Digest, ref)
		}
		w.same("flux")
	})
}
